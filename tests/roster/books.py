"""Workbooks for the tests, written by them: sheets by XlsxWriter, broken ones by hand."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from cultivar.registry import credit_code, regions
from cultivar.roster.checking import Checking
from cultivar.roster.firm_cells import Within
from cultivar.roster.opening import opened
from cultivar.roster.places import Places
from cultivar.roster.sheet_reading import Firm, Good, Setting

HEAD = ["统一社会信用代码", "企业名称", "所在地区", "行业代码"]
YEAR = 2025
PLACES = Places(regions.read())
Rows = Iterable[Sequence[Any]]


def code(number: int = 1) -> str:
    """A sound credit code."""
    return credit_code.make("91", "520300", f"MA{number:06d}")


def firm(number: int = 1, *more: Any) -> list[Any]:
    """The cells of an enterprise."""
    return [code(number), f"测试企业{number}（虚构）", "遵义市", "1512", *more]


def write(path: Path, sheets: Mapping[str, Rows], **options: Any) -> Path:
    """A workbook with these sheets; a day is written as a date, "=..." as a formula whose value is 7."""
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # the same sheets give the same bytes
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(at, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(at, column, cell, None, 7)
                    elif isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    elif cell is not None:
                        sheet.write(at, column, cell)
    return path


def setting(**more: Any) -> Setting:
    """A reading for the whole country."""
    return Setting(**{"year": YEAR, "places": PLACES, "within": Within(), **more})


def check(path: Path, **more: Any) -> tuple[list[Good], Checking]:
    """The good rows of a file, and what was found."""
    checking = Checking(setting(**more))
    with opened(path) as book:
        return list(checking.run(book)), checking


def firms(good: Iterable[Good]) -> list[Any]:
    """The rows of enterprises among the good ones."""
    return [one.row for one in good if isinstance(one, Firm)]


def sentences(checking: Checking) -> list[str]:
    """What was found, in Chinese."""
    return [one.sentence.zh for one in checking.findings.kept]


def kinds(checking: Checking) -> dict[str, int]:
    """How many of each kind were found."""
    return dict(checking.findings.counts)


def raw(path: Path, members: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of these members."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def by_hand(
    path: Path,
    sheet: bytes | str,
    properties: str = "",
    prologue: str = "",
    name: str = "企业",
    **members: bytes,
) -> Path:
    """An xlsx of one sheet whose XML is given; ``properties`` go into the workbook, ``prologue`` before it."""
    relation = (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
        "</Relationships>"
    )
    book = (
        f'<?xml version="1.0"?>{prologue}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return raw(
        path,
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": relation.format("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relation.format("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
            **members,
        },
    )


def sheet_xml(rows: Rows, more: str = "") -> str:
    """The XML of a sheet: texts inline, numbers as they are, what begins with "<" as the whole cell."""
    lines = []
    for at, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            place = f"{chr(65 + column)}{at}"
            if isinstance(cell, str) and cell.startswith("<"):
                cells.append(cell.replace("@", place))
            elif isinstance(cell, str):
                cells.append(f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>')
            elif cell is not None:
                cells.append(f'<c r="{place}"><v>{cell}</v></c>')
        lines.append(f'<row r="{at}">{"".join(cells)}</row>')
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{more}</worksheet>'
