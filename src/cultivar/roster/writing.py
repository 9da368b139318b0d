"""What all workbooks that the house writes share: formats, widths, the sheet of explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cultivar.policy.vocabulary import vocabulary
from cultivar.roster.columns import Column

FONT = "微软雅黑"  # named, not shipped: every office suite in use has it or puts another in its place
BAD, WARN, HEAD, MUST = (
    "#FCEBE9",
    "#FDF1DC",
    "#EEF0F4",
    "#EAEEFA",
)  # colours of the pages: errors, hints, headings
LONGEST_PROMPT, LONGEST_TITLE = 255, 32  # characters that Excel takes in an input message
WIDTHS: Mapping[str, int] = {
    "code": 23,
    "name": 34,
    "region": 14,
    "industry": 26,
    "product": 20,
    "document": 34,
}


@dataclass(frozen=True)
class Formats:
    """The formats of a workbook."""

    head: Format
    must: Format
    text: Format
    money: Format
    count: Format
    amount: Format
    day: Format
    wrap: Format
    title: Format
    bad: Format
    warn: Format
    link: Format
    quoted: Format


def formats(book: Workbook) -> Formats:
    """Adds the formats to a workbook."""

    def add(**more: Any) -> Format:
        return book.add_format({"font_name": FONT, "font_size": 10, "valign": "vcenter", **more})

    head = {"bold": True, "text_wrap": True, "align": "center", "bottom": 1}
    return Formats(
        head=add(**head, bg_color=HEAD),
        must=add(**head, bg_color=MUST),
        text=add(num_format="@"),
        money=add(num_format="#,##0.####"),
        count=add(num_format="#,##0"),
        amount=add(num_format="#,##0.###"),
        day=add(num_format="yyyy-mm-dd"),
        wrap=add(text_wrap=True, valign="top"),
        title=add(bold=True, font_size=14),
        bad=add(bg_color=BAD, bottom=1, bottom_color="#B3261E"),
        warn=add(bg_color=WARN, bottom=1, bottom_color="#8A5300"),
        link=add(font_color="#2A4393", underline=1),
        quoted=add(num_format="@", quote_prefix=True),
    )


def options(**more: Any) -> dict[str, Any]:
    """How workbooks are written: nothing becomes a formula, a link or a number by itself."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return {**plain, "default_date_format": "yyyy-mm-dd", **more}


def cell_format(column: Column, known: Formats) -> Format | None:
    """How the cells of a column look."""
    meaning = column.meaning
    if meaning.part in ("from", "until", "on"):
        return known.day
    if meaning.part == "amount":
        return known.money
    if meaning.part == "year":
        return None
    if meaning.part != "figure":
        return known.text
    kind = vocabulary().measures[meaning.measure].kind
    return {"money": known.money, "count": known.count, "amount": known.amount}.get(kind)


def width(column: Column) -> int:
    """How wide a column is, in characters."""
    part = column.meaning.part
    if part in ("from", "until", "on"):
        return 13
    return WIDTHS.get(part) or (23 if part in ("buyer", "supplier") else 16)


def write_heads(sheet: Worksheet, columns: tuple[Column, ...], known: Formats, language: str) -> None:
    """The heading row, which stays in sight, with the widths and formats of the columns."""
    heads = [(column.head(language), width(column)) for column in columns]
    lines = max(sum(-(-_cells(line) // wide) for line in head.split("\n")) for head, wide in heads)
    sheet.set_row(0, max(30, 14 * lines + 6))
    for index, column in enumerate(columns):
        sheet.set_column(index, index, width(column), cell_format(column, known))
        sheet.write_string(0, index, column.head(language), known.must if column.required else known.head)
    sheet.freeze_panes(1, 2)
    print_on_paper(sheet, sum(wide for _, wide in heads))


_PAGE_WIDE = 190  # characters of a page's width, smaller than which nobody reads them


def print_on_paper(sheet: Worksheet, wide: int) -> None:
    """A4 on its side, the heading on every page, pages counted.

    A sheet of more than a page's width (``wide``, in characters) goes on over further pages, each with the first two
    columns.
    """
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.repeat_rows(0)
    if wide <= _PAGE_WIDE:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.print_across()
        sheet.repeat_columns(0, 1)


def _cells(text: str) -> int:
    """How wide a text is, in characters of the Latin alphabet."""
    return sum(1 if ord(sign) < 0x2E80 else 2 for sign in text)


_NOTE_WIDE, _NOTE_LINE = 44, 16  # a note of twice the usual width: Latin characters to a line, pixels of one


def note_size(words: str) -> dict[str, float]:
    """The options of a note so that all of its words can be read; Excel's own is 128 by 74 pixels."""
    lines = sum(-(-max(_cells(line), 1) // _NOTE_WIDE) for line in words.split("\n"))
    return {"x_scale": 2.2, "y_scale": max(0.6, (lines + 1) * _NOTE_LINE / 74), "font_size": 9}
