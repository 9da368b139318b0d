"""What the register holds of enterprises as a workbook or a CSV; to import it again gives the same rows.

Rows are written as they come and never gathered. A CSV has the enterprises only; texts that a spreadsheet would run
as formulas carry an apostrophe there, which the import takes off again.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.statements import FirmRow, HeldRow, IncidentRow, SupplyRow
from cultivar.roster.cells import FORMULA_SIGNS, guard
from cultivar.roster.columns import INCIDENTS, SHEETS, SUPPLY, Column, export_columns
from cultivar.roster.firm_cells import plain
from cultivar.roster.writing import Formats, cell_format, formats, options, write_heads

Progress = Callable[[int], object]  # is told rows written
Value = str | int | float | Decimal | date
BOM = "\ufeff"
YES, NO = Text("是", "yes"), Text("否", "no")


@dataclass
class Places:
    """Where in a row of an export each thing stands."""

    columns: tuple[Column, ...]
    language: str

    def __post_init__(self) -> None:
        measures = vocabulary().measures
        self.yes, self.no = YES.say(self.language), NO.say(self.language)
        self._figures: dict[tuple[int, str], tuple[int, bool, int]] = {}
        self._titles: dict[tuple[str, str], dict[str, int]] = {}
        for index, column in enumerate(self.columns):
            meaning = column.meaning
            if meaning.part == "figure":
                one = measures[meaning.measure]
                self._figures[meaning.year, one.id] = index, one.kind == "yes-no", one.scale
            elif meaning.kind:
                self._titles.setdefault((meaning.kind, meaning.rank), {})[meaning.part] = index

    def cells(self, row: FirmRow) -> Iterator[tuple[int, Value, int]]:
        """The cells of an enterprise that hold something: column, value, and by what a whole number is divided."""
        for index, text in enumerate((row.code, row.name, row.region, row.industry)):
            yield index, text, 1
        for year, figures in row.years.items():
            for measure, value in figures.items():
                index, answer, scale = self._figures[year, measure]
                if answer:
                    yield index, self.yes if value else self.no, 1
                else:
                    yield index, value, scale
        if row.held is not None:
            yield from self._held(row.held)

    def _held(self, held: tuple[HeldRow, ...]) -> Iterator[tuple[int, Value, int]]:
        for one in held:
            place = self._titles.get((one.kind, one.rank))
            if place is None:  # a ranked title whose rank nobody said: no column can say it
                continue
            yield place["held"], self.yes, 1
            for part, value in (("number", one.number), ("from", one.from_on), ("until", one.until_on)):
                if value:
                    yield place[part], value, 1
        if not held:
            for place in self._titles.values():
                yield place["held"], self.no, 1


def write_workbook(
    path: Path,
    firms: Iterable[FirmRow],
    years: Iterable[int],
    *,
    incidents: Iterable[IncidentRow] = (),
    supply: Iterable[SupplyRow] = (),
    language: str = "zh",
    progress: Progress = lambda done: None,
) -> int:
    """Writes a workbook of enterprises, incidents and purchases, and gives the number of enterprises."""
    columns = export_columns(years)
    places = Places(columns, language)
    with Workbook(path, options(constant_memory=True)) as book:
        known = formats(book)
        sheet = book.add_worksheet(SHEETS["firms"].say(language))
        write_heads(sheet, columns, known, language)
        looks = [cell_format(column, known) for column in columns]
        number = 0
        for number, row in enumerate(firms, 1):
            for index, value, scale in sorted(places.cells(row)):
                if type(value) is int:
                    sheet.write_number(number, index, value / scale, looks[index])
                elif isinstance(value, date):
                    sheet.write_datetime(number, index, value, known.day)
                else:
                    _text(sheet, number, index, str(value), known)
            progress(1)
        _events(book.add_worksheet(SHEETS["incidents"].say(language)), incidents, known, language)
        _purchases(book.add_worksheet(SHEETS["supply"].say(language)), supply, known, language)
    return number


def _text(sheet: Worksheet, row: int, column: int, text: str, known: Formats) -> None:
    """A text; one that would become a formula when it is edited is marked as text for good."""
    if text:
        sheet.write_string(row, column, text, known.quoted if text[0] in FORMULA_SIGNS else known.text)


def _events(sheet: Worksheet, rows: Iterable[IncidentRow], known: Formats, language: str) -> None:
    words = vocabulary()
    write_heads(sheet, INCIDENTS, known, language)
    for number, row in enumerate(rows, 1):
        kind, grade = words.incidents[row.kind].name, words.grades[row.grade].name
        for index, text in ((0, row.code), (2, kind.say(language)), (3, grade.say(language))):
            _text(sheet, number, index, text, known)
        sheet.write_datetime(number, 4, row.on, known.day)
        _text(sheet, number, 5, row.document, known)


def _purchases(sheet: Worksheet, rows: Iterable[SupplyRow], known: Formats, language: str) -> None:
    write_heads(sheet, SUPPLY, known, language)
    scale = vocabulary().measures["purchases"].scale
    for number, row in enumerate(rows, 1):
        for index, text in enumerate((row.buyer, row.supplier, row.supplier_name, row.product)):
            _text(sheet, number, index, text, known)
        sheet.write_number(number, 4, row.year)
        if row.amount_yuan is not None:
            sheet.write_number(number, 5, row.amount_yuan / scale, known.money)


def csv_lines(firms: Iterable[FirmRow], years: Iterable[int], language: str = "zh") -> Iterator[str]:
    """The lines of a CSV of enterprises, beginning with a byte-order mark, by which Excel knows that it is UTF-8."""
    columns = export_columns(years)
    places = Places(columns, language)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.head(language) for column in columns])
    yield BOM + _taken(buffer)
    for row in firms:
        cells = [""] * len(columns)
        for index, value, scale in places.cells(row):
            cells[index] = _written(value, scale)
        writer.writerow(cells)
        yield _taken(buffer)


def _written(value: Value, scale: int) -> str:
    if type(value) is int:
        return plain(Decimal(value) / scale)
    return value.isoformat() if isinstance(value, date) else guard(str(value))


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
