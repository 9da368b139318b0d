"""What the readers of all sheets of a workbook share: rows at their place, and what is wrong with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cultivar.policy.text import Text
from cultivar.registry import credit_code
from cultivar.registry.statements import FirmRow, HeldRow, IncidentRow, SupplyRow
from cultivar.roster import headings
from cultivar.roster.cells import Cell, is_blank
from cultivar.roster.firm_cells import ANYWHERE, Within
from cultivar.roster.headings import Heading, Known
from cultivar.roster.opening import Sheet
from cultivar.roster.places import Places
from cultivar.roster.problems import Finding, Findings, Said, Wrong, letters, shown
from cultivar.roster.titles import Kind

OLDEST_YEAR = 1990


@dataclass(frozen=True)
class Setting:
    """For whom and for which year a workbook is read.

    ``within``: the regions that its giver may speak for. ``known``: which of some credit codes the giver may state
    incidents and purchases of although they are not in the file. ``refused``: what the register itself has against
    some of these credit codes; it is asked for all good rows in their order, each once.
    """

    year: int
    places: Places
    within: Within = ANYWHERE
    known: Callable[[Iterable[str]], set[str]] = lambda codes: set()
    refused: Callable[[Sequence[str]], Mapping[str, Said]] = lambda codes: {}


@dataclass(frozen=True, slots=True)
class Firm:
    """A good row of an enterprise. ``said``: the titles that it speaks for; others of the giver's stay as they are."""

    row: FirmRow
    said: frozenset[Kind] = frozenset()


Good = Firm | IncidentRow | SupplyRow


@dataclass
class Counts:
    """Rows of data: read, good, wrong. Empty rows, sums and notes are none."""

    read: int = 0
    good: int = 0
    wrong: int = 0


ROWS = 1 << 24  # more than any sheet has


@dataclass
class State:
    """What is known of a file while it is read.

    ``held``: titles of the sheet of titles by code, ``held_at`` where the first of each stands. ``seen``: the row of
    ``sheets[n]`` on which each credit code stood first, as n * ROWS + row: one number for each of many. ``later``:
    incidents and purchases, which wait for their enterprises; ``good`` are these, where anything waits.
    """

    setting: Setting
    kind: str = ""
    system_1904: bool = False
    findings: Findings = field(default_factory=Findings)
    counts: Counts = field(default_factory=Counts)
    held: dict[str, list[HeldRow]] = field(default_factory=dict)
    held_at: dict[str, tuple[str, int]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    later: list[tuple[str, int, str, Good]] = field(default_factory=list)


class SheetReader:
    """Reads the rows of one sheet."""

    def __init__(self, state: State, sheet: Sheet, heading: Heading) -> None:
        self.state, self.sheet, self.heading = state, sheet, heading
        self.guarded = state.kind == "csv"
        self.notes: list[Said] = []
        self.bad = False
        self._told: frozenset[int] = (
            frozenset()
        )  # columns of the row of which it was said that they cannot be read
        self.row: list[Cell] = []
        self.number = 0
        self._key = heading.columns[0].index
        for one in heading.columns:
            if one.meaning.part in ("code", "buyer"):
                self._key = one.index
        self._width = max(one.index for one in heading.columns) + 1
        self._odd = _odd_cells(sheet, heading)

    def begin(self, number: int, row: list[Cell]) -> bool:
        """Takes a row; False where it is none of data."""
        if len(row) < self._width:
            row = [*row, *[""] * (self._width - len(row))]
        self.row, self.number, self.bad, self._told = row, number, False, frozenset()
        key = row[self._key]
        odd = self._odd.get(number - 1) if self._odd else None
        if odd or not (type(key) is str and len(key) == credit_code.LENGTH):
            if headings.blank_row(row) and not odd:
                return False
            if self._aside():
                return False
        for known, said, value in odd or ():
            if said is None:  # what is wrong was said on the row where the cell begins
                self.bad = True
            else:
                self.say(said, known, value)
        self._told = frozenset(known.index for known, _, _ in odd or ())
        return True

    def say(self, said: Said, known: Known | None, value: Cell = "") -> None:
        """Something is wrong with, or to be said of, a cell or the row; of a cell that cannot be read that is all."""
        self.bad |= said.blocks
        if known and known.index in self._told:
            return
        place = (letters(known.index), known.heading) if known else ("", "")
        self.state.findings.add(Finding(said, self.sheet.name, self.number, *place, shown(value)))

    def place(self, known: Known, read: Callable[[Cell], Any]) -> Any:
        """The value of a cell, None where it is wrong, which has then been said."""
        cell = self.row[known.index]
        try:
            value = read(cell)
        except Wrong as wrong:
            self.say(wrong.said, known, cell)
            return None
        if self.notes:
            self.say_notes(known, cell)
        return value

    def say_notes(self, known: Known, cell: Cell) -> None:
        """The hints that a reader gave on a cell."""
        for said in self.notes:
            self.say(said, known, cell)
        self.notes.clear()

    def _aside(self) -> bool:
        """Whether the row is a sum or a note, which is then said."""
        what = headings.left_aside(self.row)
        if what is None:
            return False
        self.say(_aside(what), None, next((cell for cell in self.row if not is_blank(cell)), ""))
        return True


def _odd_cells(sheet: Sheet, heading: Heading) -> dict[int, list[tuple[Known, Said | None, Cell]]]:
    """The cells of the body that cannot be read whatever stands in them, by row from 0; None: it was said above."""
    columns = {one.index: one for one in heading.columns}
    read = columns.keys()
    found: dict[int, list[tuple[Known, Said | None, Cell]]] = {}
    for (row, column), value in sheet.marked.items():
        if column in read and row >= heading.body:
            found.setdefault(row, []).append((columns[column], _error(value), value))
    merged: set[tuple[int, int]] = set()  # ranges of a file made by hand may overlap
    begins: dict[tuple[int, int], int] = {}  # where a merged cell begins, and its last row
    for top, left, bottom, right in sheet.merged:
        first = min((index for index in read if left <= index <= right), default=None)
        rows = range(max(top, heading.body), bottom + 1)
        if first is not None and rows:
            merged.update((row, first) for row in rows)
            begins[rows[0], first] = max(bottom, begins.get((rows[0], first), bottom))
    for row, column in sorted(merged):
        last = begins.get((row, column))
        said = None if last is None else _merged(row + 1, last + 1)
        found.setdefault(row, []).append((columns[column], said, ""))
    return found


def _merged(first: int, last: int) -> Said:
    """A merged cell, said once, whatever rows (from 1) it covers."""
    rows = Text(f"{first} 至 {last} 行", f"Rows {first} to {last}")
    return Said(
        "merged",
        Text(
            "{rows}合并成一格，分不清属于哪一行。"
            if last > first
            else "这里是合并的单元格，分不清属于哪一列。",
            "{rows} are one merged cell: it cannot be said to which row it belongs."
            if last > first
            else "Merged cells: it cannot be said to which column this belongs.",
        ).fill(rows=rows),
        Text("取消合并，每行都填上。", "Unmerge them and fill in every row."),
    )


def _error(value: str) -> Said:
    if value:
        return Said(
            "error-value",
            Text("公式出错，显示 {value}。", "A formula shows the error {value}.").fill(value=value),
            Text("改正公式，或直接填数值。", "Correct it, or type the value."),
        )
    return Said(
        "no-value",
        Text("公式没有算过，没有数值。", "The formula was never calculated and has no value."),
        Text(
            "在 Excel 或 WPS 里打开，保存一次再传。",
            "Open the file in Excel or WPS, save it and upload again.",
        ),
    )


def _aside(what: Text) -> Said:
    return Said(
        "left-aside",
        Text("{what}，没有读。", "Left aside: {what}.").fill(what=what),
        blocks=False,
    )


def empty(known: Known) -> Said:
    """A cell that must be filled in."""
    return Said(
        "empty",
        Text("没有填{name}。", "{name} is empty.").fill(name=known.heading),
        Text("补上；不是企业的行请删去。", "Fill it in; delete rows that are no enterprise."),
    )


def twice(sheet: str, row: int) -> Said:
    """A row that repeats an earlier one."""
    return Said(
        "twice",
        Text(
            "与“{sheet}”表 {row} 行是同一家企业。",
            'The same enterprise stands in sheet "{sheet}", row {row}.',
        ).fill(sheet=sheet, row=row),
        Text("只留一行。", "Keep one of the two rows."),
    )
