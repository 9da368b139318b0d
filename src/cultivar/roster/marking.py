"""The workbook that was sent, with what is wrong in it: cells in colour with a note, and a first sheet that lists all.

Values are kept, looks are not: formulas stand as their values, merged cells are taken apart.
"""

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cultivar.policy.text import Text
from cultivar.roster.cells import Cell
from cultivar.roster.columns import LISTED
from cultivar.roster.opening import opened
from cultivar.roster.problems import Finding, letters
from cultivar.roster.writing import Formats, formats, note_size, options, print_on_paper

_HEADS = (
    (Text("位置", "Where"), 26),
    (Text("列", "Column"), 26),
    (Text("填的是", "What stands there"), 30),
    (Text("问题和改法", "What is wrong, and what to do"), 90),
    (Text("轻重", "Weight"), 10),
)
_BAD, _HINT = Text("要改", "error"), Text("提醒", "hint")
_LONGEST_TITLE = 31
_NO_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
_TAKEN = ("history",)  # a name that Excel keeps for itself


Marks = Mapping[tuple[str, int], Mapping[str, Finding]]  # by sheet and row: findings by letters of the column


def write_marked(source: Path, paths: Mapping[str, Path], findings: Sequence[Finding]) -> None:
    """Writes the marked workbook in each language (``paths`` by language) from one reading of the file.

    Raises ``Refused`` for a file that cannot be read.
    """
    marks: dict[tuple[str, int], dict[str, Finding]] = {}
    for one in sorted(
        findings, key=lambda one: one.said.blocks
    ):  # where both are said of a cell, the error shows
        if one.row:
            marks.setdefault((one.sheet, one.row), {})[one.column or "A"] = one
    with ExitStack() as open_books:
        books = {
            language: open_books.enter_context(Workbook(path, options(constant_memory=True)))
            for language, path in paths.items()
        }
        copies = [_Copy(book, language, findings) for language, book in books.items()]
        sent = open_books.enter_context(opened(source))
        for sheet in sent.sheets:
            for copy in copies:
                copy.begin(sheet.name)
            number = 0
            for batch in sheet.rows:
                for row in batch:
                    for copy in copies:
                        copy.row(number, row, marks.get((sheet.name, number + 1)))
                    number += 1


class _Tabs:
    """The names of the tabs as Excel takes them, each once; other programs take more."""

    def __init__(self, first: str) -> None:
        self._taken = {first.casefold(), *_TAKEN}
        self._by_sheet: dict[str, str] = {}

    def of(self, sheet: str) -> str:
        """The tab of a sheet of the file."""
        if sheet not in self._by_sheet:
            self._by_sheet[sheet] = self.new(sheet)
        return self._by_sheet[sheet]

    def new(self, sheet: str) -> str:
        """A tab of its own."""
        plain = _trimmed(_NO_TITLE.sub(" ", sheet)) or "-"
        ends = (f"+{number}" if number > 1 else "" for number in count(1))
        tries = (f"{_trimmed(plain, _LONGEST_TITLE - len(end))}{end}" for end in ends)
        title = next(one for one in tries if one.casefold() not in self._taken)
        self._taken.add(title.casefold())
        return title


def _trimmed(name: str, most: int = _LONGEST_TITLE) -> str:
    return name.strip("' ")[:most].strip("' ")


class _Copy:
    """One marked workbook while it is written."""

    def __init__(self, book: Workbook, language: str, findings: Sequence[Finding]) -> None:
        self._book, self._language, self._known = book, language, formats(book)
        self._tabs = _Tabs(LISTED.say(language))
        self._begun: set[str] = set()
        _list(book.add_worksheet(LISTED.say(language)), findings, self._tabs, self._known, language)

    def begin(self, name: str) -> None:
        """The next sheet; of two with one name the first is the one that the list leads to."""
        self._out = self._book.add_worksheet(
            self._tabs.new(name) if name in self._begun else self._tabs.of(name)
        )
        self._begun.add(name)
        self._out.set_column(0, 60, 16)

    def row(self, at: int, row: Sequence[Cell], marks: Mapping[str, Finding] | None) -> None:
        """A row, counted from 0, with what was found in it."""
        for index, cell in enumerate(row):
            found = marks.get(letters(index)) if marks else None
            _write(self._out, at, index, cell, self._known, found)
            if found is not None:
                words = found.words.say(self._language)
                self._out.write_comment(at, index, words, note_size(words))


def _list(sheet: Worksheet, findings: Sequence[Finding], tabs: _Tabs, known: Formats, language: str) -> None:
    for index, (head, wide) in enumerate(_HEADS):
        sheet.set_column(index, index, wide)
        sheet.write_string(0, index, head.say(language), known.head)
    sheet.freeze_panes(1, 0)
    print_on_paper(sheet, sum(wide for _, wide in _HEADS))
    for row, one in enumerate(findings, 1):
        name = one.place.say(language)
        if one.row:
            tab = tabs.of(one.sheet).replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{tab}'!{one.column or 'A'}{one.row}", known.link, name)
        else:
            sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, one.heading)
        sheet.write_string(row, 2, one.value)
        sheet.write_string(row, 3, one.words.say(language), known.wrap)
        said = _BAD if one.said.blocks else _HINT
        sheet.write_string(row, 4, said.say(language), known.bad if one.said.blocks else known.warn)


def _write(out: Worksheet, at: int, index: int, cell: Cell, known: Formats, found: Finding | None) -> None:
    look = None if found is None else known.bad if found.said.blocks else known.warn
    if isinstance(cell, bool):
        out.write_boolean(at, index, cell, look)
    elif isinstance(cell, float) and not math.isfinite(
        cell
    ):  # of a file made by hand; a workbook has no such number
        out.write_string(at, index, str(cell), look)
    elif isinstance(cell, int | float):
        out.write_number(at, index, cell, look)
    elif isinstance(cell, date):
        out.write_datetime(at, index, cell, look or known.day)
    elif cell:
        out.write_string(at, index, cell, look)
    elif look is not None:
        out.write_blank(at, index, None, look)
