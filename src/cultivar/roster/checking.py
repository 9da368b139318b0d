"""From the cells of a workbook to rows that can be stored, and everything that is wrong with the others.

A row is good or it is not; what is wrong with one never keeps another back. Rows come out as they are read, so that
a hundred thousand need no more memory than one batch.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from cultivar.policy.text import Text
from cultivar.roster import headings
from cultivar.roster.cells import Cell
from cultivar.roster.changes import Changes, Stands
from cultivar.roster.columns import IDENTITY, OF_SHEET
from cultivar.roster.firm_sheet import FirmSheet
from cultivar.roster.headings import Heading, Known
from cultivar.roster.jumps import Jump, jumps, on_paper, said_of
from cultivar.roster.opening import Book, Sheet
from cultivar.roster.other_sheets import OtherSheet
from cultivar.roster.problems import Finding, Findings, Said, letters, shown
from cultivar.roster.sheet_reading import OLDEST_YEAR, ROWS, Counts, Firm, Good, Setting, State

ASKED = 500  # enterprises that the register is asked about at a time


NOTHING_STANDS = Stands()


class Against(Protocol):
    """What stands of enterprises, asked some hundreds at a time, in a constant number of queries."""

    @property
    def corrects(self) -> bool: ...

    def firms(self, firms: Sequence[Firm]) -> Mapping[str, Stands]: ...

    def links(self, rows: Sequence[Good]) -> Mapping[tuple[Any, ...], tuple[Any, ...]]: ...


@dataclass
class Checking:
    """One reading of one file. ``run`` gives the good rows; counts and findings are whole once it is at its end."""

    setting: Setting
    progress: Callable[[int, int], None] = lambda done, expected: None
    against: "Against | None" = None  # what stands, where it is asked what the file would change
    changes: Changes = field(default_factory=Changes)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = State(self.setting)
        self.changes.corrects = self.against is not None and self.against.corrects

    @property
    def findings(self) -> Findings:
        """What was found."""
        return self.state.findings

    @property
    def counts(self) -> Counts:
        """How many rows."""
        return self.state.counts

    def run(self, book: Book) -> Iterator[Good]:
        """The good rows of a book: enterprises, then incidents, then purchases. Raises ``Refused``."""
        self.state.kind, self.state.system_1904 = book.kind, book.system_1904
        firms = False
        for sheet in book.sheets:
            first = next(sheet.rows, [])
            heading = headings.find(sheet.name, first[: headings.LOOKED_AT], sheet.merged, self.setting.year)
            if heading is None:
                firms |= self._not_read(sheet, first)
                continue
            firms |= heading.kind == "firms"
            yield from self._allowed(self._sheet(sheet, heading, first), heading)
        if not firms:
            self.findings.add(Finding(NO_FIRMS))
        self._unlisted_titles()
        yield from self._linked(self._waiting())
        self._about_book(book)

    # ------------------------------------------------------------------------------------------ sheets

    def _sheet(self, sheet: Sheet, heading: Heading, first: list[list[Cell]]) -> Iterator[Good]:
        self._about_heading(sheet, heading)
        needed = IDENTITY if heading.kind == "firms" else OF_SHEET[heading.kind]
        missing = [one.name for one in needed if one.required and heading.of(one.meaning.part) is None]
        if missing:
            self.findings.add(Finding(_missing(missing), sheet.name, heading.body))
            return
        make = FirmSheet if heading.kind == "firms" else OtherSheet
        reader: FirmSheet | OtherSheet = make(self.state, sheet, heading)
        number, rows = heading.body, first[heading.body :]
        while True:
            for row in rows:
                number += 1
                good = reader.take(number, row)
                if good is not None:
                    yield good
            self.progress(number, max(number, sheet.expected))
            following = next(sheet.rows, None)
            if following is None:
                return
            rows = following

    def _allowed(self, rows: Iterator[Good], heading: Heading) -> Iterator[Good]:
        """The good rows without those of enterprises that the register refuses."""
        columns = {(one.meaning.year, one.meaning.measure): one for one in heading.columns}
        while batch := list(islice(rows, ASKED)):
            refused = self.setting.refused([one.row.code for one in batch if isinstance(one, Firm)])
            good = []
            for one in batch:
                if isinstance(one, Firm) and one.row.code in refused:
                    self._refuse(one.row.code, refused[one.row.code])
                else:
                    good.append(one)
            if self.against is not None:
                self._compare(self.against, [one for one in good if isinstance(one, Firm)], columns)
            yield from good

    def _compare(
        self, against: "Against", firms: list[Firm], columns: Mapping[tuple[int, str], Known]
    ) -> None:
        """Holds enterprises against what stands: what would change, and which figures jump."""
        stood = against.firms(firms)
        for firm in firms:
            stands = stood.get(firm.row.code, NOTHING_STANDS)
            self.changes.firm(firm, stands)
            for jump in jumps(firm.row.years, stands.own, stands.counts):
                self._jump(firm.row.code, jump, columns[jump.year, jump.measure])

    def _jump(self, code: str, jump: Jump, known: Known) -> None:
        sheet, row = divmod(self.state.seen[code], ROWS)
        said, value = said_of(jump, known.scale), on_paper(jump.value, known.scale)
        place = (self.state.sheets[sheet], row, letters(known.index), known.heading)
        self.findings.add(Finding(said, *place, value))

    def _linked(self, rows: Iterator[Good]) -> Iterator[Good]:
        """Incidents and purchases, held against those that stand."""
        while batch := list(islice(rows, ASKED)):
            if self.against is not None:
                self.changes.links(self.against.links(batch), batch)
            yield from batch

    def _refuse(self, code: str, said: Said) -> None:
        """A row that was good is wrong after all."""
        state = self.state
        sheet, row = divmod(state.seen[code], ROWS)
        self.findings.add(Finding(said, state.sheets[sheet], row, value=code))
        state.good.discard(code)
        state.counts.good -= 1
        state.counts.wrong += 1

    def _unlisted_titles(self) -> None:
        """Titles of enterprises that are not in the file."""
        state = self.state
        for code, (sheet, row) in state.held_at.items():
            if code not in state.seen:
                self.findings.add(Finding(NOT_LISTED, sheet, row, value=code))
                state.counts.wrong += len(state.held[code])
                state.counts.good -= len(state.held[code])

    def _waiting(self) -> Iterator[Good]:
        """Incidents and purchases, now that it is known which enterprises are good."""
        state = self.state
        elsewhere = {code for _, _, code, _ in state.later if code not in state.seen}
        known = self.setting.known(elsewhere) if elsewhere else set()
        for sheet, row, code, good in state.later:
            if code in state.good or code in known:
                state.counts.good += 1
                yield good
            else:
                said = WITH_ITS_FIRM if code in state.seen else NOT_LISTED
                self.findings.add(Finding(said, sheet, row, value=code))
                state.counts.wrong += 1

    # ---------------------------------------------------------------------------------- about the whole

    def _not_read(self, sheet: Sheet, first: list[list[Cell]]) -> bool:
        """Says why a sheet was not read; gives whether it seems to be the one of enterprises."""
        if all(headings.blank_row(row) for row in first):
            return False
        near = headings.without_code(first, sheet.merged)
        if near is not None:
            self.findings.add(Finding(_missing([IDENTITY[0].name]), sheet.name, near.body))
        else:
            self.findings.add(Finding(SHEET_NOT_READ, sheet.name))
        return near is not None

    def _about_heading(self, sheet: Sheet, heading: Heading) -> None:
        for index, text in heading.unknown:
            self._head(sheet, heading, index, text, COLUMN_NOT_READ)
        for index, text in heading.doubled:
            self._head(sheet, heading, index, text, COLUMN_TWICE)
        for index, text, unit in heading.units:
            self._head(sheet, heading, index, text, _unit(unit))
        for one in heading.columns:
            if one.meaning.year and not OLDEST_YEAR <= one.meaning.year <= self.setting.year + 1:
                self._head(sheet, heading, one.index, one.heading, ODD_YEAR)

    def _head(self, sheet: Sheet, heading: Heading, index: int, text: str, said: Said) -> None:
        self.findings.add(Finding(said, sheet.name, heading.body, letters(index), text, shown(text)))

    def _about_book(self, book: Book) -> None:
        if book.links:
            self.findings.add(Finding(LINKS))
        for name in book.hidden:
            self.findings.add(Finding(HIDDEN, name))


NO_FIRMS = Said(
    "no-firms",
    Text(
        "没有找到企业名单：没有一张表有带“统一社会信用代码”的表头。",
        "No roster was found: no sheet has a heading with a credit code.",
    ),
    Text("下载模板，把数据粘贴进去再传。", "Download the template, paste your data and upload that."),
)

NOT_LISTED = Said(
    "not-listed",
    Text("这个代码的企业不在“企业”表里。", "No enterprise of this code is on the sheet of enterprises."),
    Text("核对代码，或在“企业”表补上这一家。", "Check the code, or add the enterprise there."),
)

WITH_ITS_FIRM = Said(
    "with-its-firm",
    Text(
        "这家企业在“企业”表里的那一行有误，这一行等它改好。",
        "The enterprise's own row has errors; this one waits for it.",
    ),
    Text("先改“企业”表。", "Correct that row first."),
)

SHEET_NOT_READ = Said(
    "sheet-not-read",
    Text("没有读：前 40 行里没有认得的表头。", "Not read: no known heading in the first 40 rows."),
    Text("要读就照模板写表头；不用就不必管。", "If it should be read, write the headings of the template."),
    blocks=False,
)

COLUMN_NOT_READ = Said(
    "column-not-read",
    Text("这一列认不出，没有读。", "This column is not known and was not read."),
    Text("要读就照模板写表头。", "If it should be read, write the heading of the template."),
    blocks=False,
)

COLUMN_TWICE = Said(
    "column-twice",
    Text("前面已有同样的一列，这一列没有读。", "An earlier column says the same; this one was not read."),
    Text("删去重复的一列，或写明年份。", "Delete one of them, or write the year."),
    blocks=False,
)

ODD_YEAR = Said(
    "odd-year",
    Text(
        "表头里的年份不合常理，这一列没有读。",
        "The year in the heading is beyond reason; the column was not read.",
    ),
    Text("核对年份。", "Check the year."),
    blocks=False,
)

LINKS = Said(
    "links",
    Text(
        "工作簿引用了别的文件，按保存时的数值读。",
        "The workbook links to other files; the values saved in it were read.",
    ),
    Text("核对这些数值，或改成数值后再传。", "Check them, or turn them into values."),
    blocks=False,
)

HIDDEN = Said(
    "hidden",
    Text("这张表是隐藏的，没有读。", "This sheet is hidden and was not read."),
    Text("要读就取消隐藏。", "Show it if it should be read."),
    blocks=False,
)


def _missing(names: list[Text]) -> Said:
    zh, en = "、".join(f"“{one.zh}”" for one in names), ", ".join(f"“{one.en}”" for one in names)
    return Said(
        "missing-columns",
        Text(f"缺少{zh}列，整张表没有读。", f"Columns are missing: {en}. The sheet was not read."),
        Text("补上这几列，或把数据粘贴到模板里。", "Add them, or paste your data into the template."),
    )


def _unit(unit: str) -> Said:
    return Said(
        "unit-of-column",
        Text(
            "单位“{unit}”换算不了，这一列没有读。",
            "The unit “{unit}” cannot be converted; the column was not read.",
        ).fill(unit=unit),
        Text("换算成模板的单位。", "Convert the figures to the unit of the template."),
    )
