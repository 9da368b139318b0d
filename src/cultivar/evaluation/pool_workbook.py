"""The workbook of a pool: empty as a template, or with its experts; what is written is read back as it was."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cultivar.evaluation.models import Knowledge
from cultivar.evaluation.pool import ExpertRow
from cultivar.evaluation.pool_columns import COLUMNS, KINDS, NONE, NOTHING, SHEETS, TIES, Column, SheetKind
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.roster.writing import LONGEST_PROMPT, LONGEST_TITLE, Formats, formats, options

ROWS = 5000  # to which lists and messages reach
Cell = str | int | date | None


def write_pool(
    path: Path,
    rows: Iterable[ExpertRow],
    programmes: Sequence[Programme],
    regions: Mapping[str, Text],
    language: str = "zh",
) -> None:
    """Writes the experts of a pool, or for none the template. ``regions``: names by code."""
    fields = {
        (one.programme, field.id): field.text.say(language) for one in programmes for field in one.fields
    }
    with Workbook(path, options()) as book:
        known = formats(book)
        sheets = {kind: book.add_worksheet(text.say(language)) for kind, text in SHEETS.items()}
        for kind, sheet in sheets.items():
            _head(sheet, COLUMNS[kind], _CHOICES[kind], known, language)
        lines = dict.fromkeys(sheets, 0)
        for row in rows:
            for about, cells in _lines(row, fields, regions, language):
                lines[about] += 1
                _line(sheets[about], lines[about], cells, known)


_CHOICES: Mapping[SheetKind, Mapping[str, Text]] = {
    "experts": KINDS,
    "ties": {**TIES, NONE: NOTHING},
    "absences": {},
}


def _lines(
    row: ExpertRow, fields: Mapping[tuple[str, str], str], regions: Mapping[str, Text], language: str
) -> Iterable[tuple[SheetKind, Sequence[Cell]]]:
    codes = sorted(code for scheme, code in row.knowledge if scheme == Knowledge.GB4754)
    named = sorted({fields.get(one, one[1]) for one in row.knowledge if one[0] != Knowledge.GB4754})
    region = regions[row.region].say(language) if row.region in regions else row.region
    kind = KINDS[row.kind].say(language)
    yield (
        "experts",
        (
            *(row.number, row.name, kind, row.title, region, "、".join(named), "、".join(codes)),
            *(row.most, row.from_on, row.until_on),
        ),
    )
    for tie in row.ties or ():
        said = TIES[tie.kind].say(language)
        yield "ties", (row.number, said, tie.name, tie.organisation, tie.from_on, tie.until_on)
    for since, until in row.absences or ():
        yield "absences", (row.number, since, until)


def _head(
    sheet: Worksheet, columns: Sequence[Column], kinds: Mapping[str, Text], known: Formats, language: str
) -> None:
    """The heading row with what each column means; the column of the kind offers the words of ``kinds``."""
    sheet.set_row(0, 32)
    for index, column in enumerate(columns):
        day = column.id in ("from", "until")
        sheet.set_column(index, index, column.width, known.day if day else known.text)
        name = column.name.say(language)
        sheet.write_string(0, index, name, known.must if column.required else known.head)
        help_ = {
            "input_title": name[:LONGEST_TITLE],
            "input_message": column.note.say(language)[:LONGEST_PROMPT],
        }
        words = [one.say(language) for one in kinds.values()] if column.id == "kind" else []
        asked = {"validate": "list", "source": words} if words else {"validate": "any"}
        sheet.data_validation(1, index, ROWS, index, {**asked, **help_})
    sheet.freeze_panes(1, 2)


def _line(sheet: Worksheet, number: int, cells: Sequence[Cell], known: Formats) -> None:
    for index, cell in enumerate(cells):
        if isinstance(cell, date):
            sheet.write_datetime(number, index, cell, known.day)
        elif isinstance(cell, int):
            sheet.write_number(number, index, cell)
        elif cell:
            sheet.write_string(number, index, cell, known.quoted if cell[0] in "=+-@" else known.text)
