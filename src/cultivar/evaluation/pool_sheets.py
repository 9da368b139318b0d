"""From the sheets of a workbook to the experts of a pool, and everything that is wrong with the others.

A pool is small: all of it is read before anything is decided, and one wrong row keeps no other back.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cultivar.evaluation.models import Knowledge
from cultivar.evaluation.pool import EVERYTHING, ExpertRow, Remark, TieRow
from cultivar.evaluation.pool_columns import COLUMNS, KINDS, NONE, NOTHING, SHEETS, TIES, Column, SheetKind
from cultivar.policy.text import Text
from cultivar.registry import industries
from cultivar.roster.cells import Cell, bare, clean_text, code_reader, day_reader, flat, is_blank, text_reader
from cultivar.roster.opening import Book, Sheet
from cultivar.roster.places import Places
from cultivar.roster.problems import Finding, Findings, Said, Wrong, letters, shown

MOST_EXPERTS = 5000
MOST_ROWS = 50_000  # of one sheet
LOOKED_AT = 10  # rows among which the heading is sought
Fields = Mapping[
    str, frozenset[tuple[str, str]]
]  # by the bare name of a field: scheme and id in each programme


@dataclass
class PoolReading:
    """What a file says: the experts that can be taken, and the findings."""

    rows: list[ExpertRow] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    read: int = 0  # rows of the sheet of experts


def read_pool(book: Book, fields: Fields, places: Places) -> PoolReading:
    """Reads a whole book. Raises ``Refused`` where the file itself cannot be read."""
    reading = PoolReading()
    tables: dict[SheetKind, list[_Row]] = {}
    for sheet in book.sheets:
        kind, found = _table(sheet, reading.findings)
        if kind is not None:
            tables.setdefault(kind, []).extend(found)
    if "experts" not in tables:
        reading.findings.add(Finding(_NO_EXPERTS))
        return reading
    reader = _Reader(reading, fields, places, book.system_1904, book.kind == "csv")
    ties, absences = reader.ties(tables.get("ties")), reader.absences(tables.get("absences"))
    reader.experts(tables["experts"], ties, absences)
    return reading


@dataclass(frozen=True)
class _Row:
    """A row with its place; ``cells`` by the id of the column."""

    sheet: str
    number: int
    columns: Mapping[str, tuple[int, Column]]
    cells: Sequence[Cell]

    def cell(self, name: str) -> Cell:
        index = self.columns[name][0] if name in self.columns else -1
        return self.cells[index] if 0 <= index < len(self.cells) else ""

    def finding(self, name: str, said: Said) -> Finding:
        if name not in self.columns:
            return Finding(said, self.sheet, self.number)
        index, column = self.columns[name]
        value = shown(self.cell(name))
        return Finding(said, self.sheet, self.number, letters(index), column.name.zh, value)


def _table(sheet: Sheet, findings: Findings) -> tuple[SheetKind | None, list[_Row]]:
    """What a sheet is about, by its heading, and its rows; None for a sheet that is not of a pool.

    The heading is the fullest of the first rows: a row above it may well hold one of its words.
    """
    rows = [row for batch in sheet.rows for row in batch]
    heads = [(kind, at) for at, row in enumerate(rows[:LOOKED_AT]) if (kind := _kind(sheet.name, row))]
    if not heads:
        return None, []
    kind, at = max(heads, key=lambda one: (len(_columns(one[0], rows[one[1]])), -one[1]))
    columns = _columns(kind, rows[at])
    missing = [one.name for one in COLUMNS[kind] if one.required and one.id not in columns]
    if missing:
        findings.add(Finding(_missing(missing), sheet.name, at + 1))
        return kind, []
    if len(rows) - at > MOST_ROWS:
        findings.add(Finding(_TOO_MANY, sheet.name))
        return kind, []
    body = enumerate(rows[at + 1 :], at + 2)
    return kind, [
        _Row(sheet.name, number, columns, cells) for number, cells in body if not all(map(is_blank, cells))
    ]


def _kind(name: str, row: Sequence[Cell]) -> SheetKind | None:
    """What a heading row is about; None for a row that is no heading of a pool.

    A sheet of our name is that; else the kind whose needed columns are all there, and of several the fullest.
    """
    names = {bare(cell) for cell in row}
    scores: dict[SheetKind, int] = {}
    for kind, columns in COLUMNS.items():
        found = {one.id for one in columns if _names(one) & names}
        if "number" in found:
            ours = bare(name) in {bare(one) for one in SHEETS[kind]}
            whole = all(one.id in found for one in columns if one.required)
            scores[kind] = len(found) + 100 * ours + 50 * whole
    return max(scores, key=scores.__getitem__, default=None)


def _columns(kind: SheetKind, row: Sequence[Cell]) -> dict[str, tuple[int, Column]]:
    found: dict[str, tuple[int, Column]] = {}
    for index, cell in enumerate(row):
        for one in COLUMNS[kind]:
            if one.id not in found and bare(cell) in _names(one):
                found[one.id] = index, one
    return found


def _names(column: Column) -> set[str]:
    """Everything that a heading may be called; a template writes both languages on two lines."""
    both = f"{column.name.zh}{column.name.en}"
    return {bare(one) for one in (*column.name, both, *column.also)}


class _Reader:
    def __init__(
        self, reading: PoolReading, fields: Fields, places: Places, system_1904: bool, guarded: bool
    ) -> None:
        self.reading, self.fields, self.places = reading, fields, places
        self.notes: list[Said] = []
        self.text = {
            "name": text_reader(Text("姓名", "The name"), 60, guarded),
            "title": text_reader(Text("职称", "The title"), 60, guarded),
            "organisation": text_reader(Text("单位名称", "The organisation"), 120, guarded),
        }
        self._text = text_reader(Text("编号", "The number"), 60, guarded)
        self.day = {name: day_reader(Text("日期", "The day"), system_1904) for name in ("from", "until")}
        self.code = code_reader(self.notes.append)
        self.bad = False

    def place(self, row: _Row, name: str, read: Callable[[Cell], Any]) -> Any:
        """What a cell says; where it is wrong the row is."""
        self.notes.clear()
        try:
            value = read(row.cell(name))
        except Wrong as wrong:
            self.say(row, name, wrong.said)
            return None
        for said in self.notes:
            self.reading.findings.add(row.finding(name, said))
        column = row.columns.get(name)
        if column is not None and column[1].required and value in ("", None):
            self.say(row, name, _empty(column[1].name))
        return value

    def say(self, row: _Row, name: str, said: Said) -> None:
        """Notes what is wrong with a row."""
        self.reading.findings.add(row.finding(name, said))
        self.bad |= said.blocks

    def span(self, row: _Row) -> tuple[date | None, date | None]:
        """From when until when."""
        since, until = (self.place(row, name, self.day[name]) for name in ("from", "until"))
        if since and until and until < since:
            self.say(row, "until", _BACKWARDS)
        return since, until

    def experts(
        self,
        rows: Sequence[_Row],
        ties: Mapping[str, list[TieRow] | None],
        absences: Mapping[str, list[tuple[date, date]] | None],
    ) -> None:
        """The experts of the first sheet with what the others say of them."""
        seen: dict[str, _Row] = {}
        for row in rows:
            self.reading.read += 1
            self.bad = False
            expert = self.expert(row, ties, absences)
            earlier = seen.setdefault(expert.number, row) if expert.number else row
            if earlier is not row:
                self.say(row, "number", _twice(earlier))
            if self.reading.read > MOST_EXPERTS:
                self.say(row, "number", _TOO_MANY)
            if not self.bad:
                self.reading.rows.append(expert)
        for number in (ties.keys() | absences.keys()) - seen.keys():
            self.reading.findings.add(Finding(_unlisted(number)))

    def expert(
        self,
        row: _Row,
        ties: Mapping[str, list[TieRow] | None],
        absences: Mapping[str, list[tuple[date, date]] | None],
    ) -> ExpertRow:
        number = self.place(row, "number", self.number) or ""
        name = self.place(row, "name", self.text["name"]) or ""
        kind = self.place(row, "kind", _chooser(KINDS)) or ""
        title = self.place(row, "title", self.text["title"]) or ""
        region = self.place(row, "region", self.region) or ""
        known = frozenset(self.place(row, "fields", self.field_names) or ())
        codes = frozenset(self.place(row, "industries", self.industry_codes) or ())
        most = self.place(row, "most", _whole)
        since, until = self.span(row)
        bonds, gone = ties.get(number), absences.get(number)
        return ExpertRow(
            number,
            name,
            kind,
            title,
            region,
            known | codes,
            most,
            since,
            until,
            tuple(bonds) if bonds is not None else None,
            tuple(gone) if gone is not None else None,
            frozenset(row.columns) & EVERYTHING,
            (row.sheet, row.number),
        )

    def ties(self, rows: Sequence[_Row] | None) -> dict[str, list[TieRow] | None]:
        """The bonds by number: none where it is stated that there are none, None where a row of the expert is wrong."""
        found: dict[str, list[TieRow] | None] = {}
        for row in rows or ():
            self.bad = False
            number = self.place(row, "number", self.number)
            kind = self.place(row, "kind", _chooser({**TIES, NONE: NOTHING}))
            if kind == NONE and not self.bad:
                found.setdefault(number, [])
                continue
            name = self.place(row, "organisation", self.text["organisation"])
            code = self.place(row, "code", self.code) or ""
            since, until = self.span(row)
            self.keep(found, number, TieRow(kind, code, name, since, until))
        return found

    def absences(self, rows: Sequence[_Row] | None) -> dict[str, list[tuple[date, date]] | None]:
        """The absences by number; a row without days states that there are none."""
        found: dict[str, list[tuple[date, date]] | None] = {}
        for row in rows or ():
            self.bad = False
            number = self.place(row, "number", self.number)
            if is_blank(row.cell("from")) and is_blank(row.cell("until")) and not self.bad:
                found.setdefault(number, [])
                continue
            since, until = self.span(row)
            self.keep(found, number, (since, until))
        return found

    def keep(self, found: "dict[str, list[Any] | None]", number: str | None, what: Any) -> None:
        """Adds what a row says; where it is wrong nothing is said of the expert here, so that nothing is lost."""
        if number and self.bad:
            found[number] = None
        elif number and found.setdefault(number, []) is not None:
            found[number] = [*(found[number] or ()), what]

    def number(self, cell: Cell) -> str:
        """The number of an expert, "" for nothing."""
        number = self._text(cell)
        if number and not _NUMBER.match(number):
            raise Wrong(Said("number", _NO_NUMBER.fill(cell=number)))
        return number.upper()

    def region(self, cell: Cell) -> str:
        """The code of a region, "" for nothing."""
        if is_blank(cell):
            return ""
        code = self.places.find(cell)
        if code is None:
            raise Wrong(Said("region", _NO_REGION.fill(cell=clean_text(cell))))
        return code

    def field_names(self, cell: Cell) -> set[tuple[str, str]]:
        """Fields of programmes by their names."""
        found: set[tuple[str, str]] = set()
        for name in _several(cell):
            known = self.fields.get(bare(name))
            if known is None:
                raise Wrong(Said("field", _NO_FIELD.fill(name=name)))
            found |= known
        return found

    def industry_codes(self, cell: Cell) -> set[tuple[str, str]]:
        """Codes of GB/T 4754."""
        found: set[tuple[str, str]] = set()
        for name in _several(cell):
            code = bare(name).upper()
            code = code[1:] if code[:1] in industries.SECTIONS and code[1:].isdecimal() else code
            if industries.section_of(code) is None:
                raise Wrong(Said("industry", _NO_INDUSTRY.fill(name=name)))
            found.add((Knowledge.GB4754, code))
        return found


def _several(cell: Cell) -> list[str]:
    """The parts of a cell that lists things."""
    text = clean_text(cell)
    for sign in "、，,；;/|":
        text = text.replace(sign, ";")
    return [part.strip() for part in text.split(";") if part.strip()]


def _chooser(words: Mapping[str, Text]) -> Callable[[Cell], str]:
    """Reads one of some words by its id or either name, "" for nothing."""
    known = {bare(name): key for key, text in words.items() for name in (key, *text)}

    def read(cell: Cell) -> str:
        if is_blank(cell):
            return ""
        found = known.get(bare(cell))
        if found is None:
            choice = Text(
                "、".join(one.zh for one in words.values()), ", ".join(one.en for one in words.values())
            )
            raise Wrong(Said("choice", _NO_CHOICE.fill(cell=clean_text(cell)), _CHOOSE.fill(choice=choice)))
        return found

    return read


def _whole(cell: Cell) -> int | None:
    """A whole number from 1 to 999, None for nothing."""
    plain = flat(cell)
    if not plain:
        return None
    if not plain.isdecimal() or not 1 <= int(plain) <= 999:
        raise Wrong(Said("whole", _NO_WHOLE.fill(cell=clean_text(cell))))
    return int(plain)


def finding_of(remark: Remark) -> Finding:
    """What the pool says of a row, as a finding of the file."""
    sheet, row = remark.row.place
    return Finding(Said(remark.kind, remark.text, blocks=remark.blocks), sheet, row, value=remark.row.number)


def field_names(programmes: Iterable[Any]) -> Fields:
    """Every field of some programmes by what it is called; one name may be a field of several."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for programme in programmes:
        for one in programme.fields:
            for name in (one.id, one.zh, one.en):
                pair = frozenset({(programme.programme, one.id)})
                found[bare(name)] = found.get(bare(name), frozenset()) | pair
    return found


_NUMBER = re.compile(r"[A-Za-z0-9-]{1,30}\Z")
_NO_NUMBER = Text(
    "编号“{cell}”只能用字母、数字和连字符，最多 30 个。",
    "The number “{cell}” may hold letters, digits and hyphens, at most 30.",
)
_NO_EXPERTS = Said(
    "no-experts",
    Text("没有找到专家表。", "No sheet of experts was found."),
    Text(
        "第一张表的表头要有“编号、姓名、类别”，可下载模板填写。",
        "The first sheet needs the headings number, name and kind; the template has them.",
    ),
)
_TOO_MANY = Said(
    "too-many",
    Text(
        f"行数太多，一个专家库最多 {MOST_EXPERTS} 人。",
        f"Too many rows; a pool holds at most {MOST_EXPERTS} experts.",
    ),
)
_BACKWARDS = Said("backwards", Text("止日早于起日。", "It ends before it begins."))
_NO_REGION = Text(
    "工作所在地“{cell}”认不出，请写市（州）名称。",
    "The region “{cell}” is not known; write the city or prefecture.",
)
_NO_FIELD = Text("领域“{name}”不在任何项目文件里。", "“{name}” is a field of no programme.")
_NO_INDUSTRY = Text(
    "行业代码“{name}”认不出，请填 GB/T 4754-2017 的 2 至 4 位代码。",
    "“{name}” is no code of GB/T 4754-2017 of two to four digits.",
)
_NO_CHOICE = Text("“{cell}”不在可选之列。", "“{cell}” is not one of the choices.")
_CHOOSE = Text("从这些里选：{choice}。", "Choose one of: {choice}.")
_NO_WHOLE = Text("“{cell}”不是 1 到 999 的整数。", "“{cell}” is no whole number from 1 to 999.")


def _missing(names: Sequence[Text]) -> Said:
    return Said(
        "missing-columns",
        Text(
            f"缺少列：{'、'.join(one.zh for one in names)}。",
            f"Columns are missing: {', '.join(one.en for one in names)}.",
        ),
        Text("补上表头再传。", "Add the headings and upload again."),
    )


def _empty(name: Text) -> Said:
    return Said("empty", Text(f"没有填{name.zh}。", f"{name.en} is missing."))


def _twice(earlier: _Row) -> Said:
    return Said(
        "twice",
        Text(f"编号与 {earlier.number} 行重复。", f"The number stands in row {earlier.number} already."),
        Text("一人一行，编号不重复。", "One row for each expert, with a number of its own."),
    )


def _unlisted(number: str) -> Said:
    return Said(
        "unlisted",
        Text(
            f"编号“{number}”的关系或日子没有用上：专家表里没有这个编号。",
            f"What is said of “{number}” was not used: the sheet of experts has no such number.",
        ),
        blocks=False,
    )
