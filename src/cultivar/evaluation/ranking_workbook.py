"""The ranking of a round as a workbook for the meeting: the order, the leads on a sheet of their own, the rule."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cultivar.evaluation.ranking import Place
from cultivar.policy.text import Text
from cultivar.roster.cells import FORMULA_SIGNS
from cultivar.roster.writing import Formats, formats, options

Cell = Text | str | int | Decimal | None

_ORDER = (
    (Text("名次", "Rank"), 8),
    (Text("编号", "Number"), 16),
    (Text("名称", "Name"), 34),
    (Text("牵头地", "Lead region"), 14),
    (Text("领域", "Field"), 20),
    (Text("环节", "Stage"), 20),
    (Text("名额内", "Within the quota"), 10),
    (Text("官方分", "Official score"), 12),
    (Text("同分由什么决定", "What decided a tie"), 30),
    (Text("最低", "Lowest"), 10),
    (Text("最高", "Highest"), 10),
    (Text("已交", "Sheets"), 8),
    (Text("应交", "Seats"), 8),
    (Text("去掉的评分表", "Sheets left out"), 40),
)
_LEADS = (
    (Text("编号", "Number"), 16),
    (Text("名称", "Name"), 34),
    (Text("影子分", "Shadow score"), 12),
    (Text("相差", "Apart"), 10),
    (Text("入围把握", "Chance"), 12),
    (Text("线索，待人核实", "Leads, for a person to check"), 60),
)
_RULE = ((Text("项", "Item"), 24), (Text("内容", "What it says"), 90))
_TITLES = (Text("排名", "Order"), Text("线索，不公开", "Leads, not public"), Text("规则", "Rule"))


class Line(Protocol):
    """A place with its words, as the page has it."""

    @property
    def place(self) -> Place: ...
    @property
    def stage(self) -> Text: ...
    @property
    def field(self) -> Text | None: ...
    @property
    def decided(self) -> Text | None: ...
    @property
    def left_out(self) -> tuple[Text, ...]: ...
    @property
    def chance(self) -> str: ...
    @property
    def leads(self) -> tuple[tuple[Text, Text | None], ...]: ...


def write_ranking(
    path: Path, lines: Sequence[Line], said: Iterable[tuple[Text, Text]], *, line: bool, language: str
) -> None:
    """Writes the places in order and what is ``said`` of the whole; ``line``: whether places are within or outside."""
    with Workbook(path, options()) as book:
        known = formats(book)
        heads = (_ORDER, _LEADS, _RULE)
        rows = (
            (_official(one, line) for one in lines),
            (_beside(one) for one in lines if one.place.beside is not None),
            said,
        )
        for title, columns, cells in zip(_TITLES, heads, rows, strict=True):
            sheet = book.add_worksheet(title.say(language))
            for index, (head, width) in enumerate(columns):
                sheet.set_column(index, index, width)
                sheet.write_string(0, index, head.say(language), known.head)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(cells, 1):
                _write(sheet, number, row, known, language)


def _official(one: Line, line: bool) -> Iterator[Cell]:
    place, case = one.place, one.place.case
    yield from (place.rank, case.number, case.name)
    yield case.lead_region.short if case.lead_region else None
    yield from (one.field, one.stage)
    yield _within(place) if line and place.rank else None
    yield from (place.score.score, one.decided, place.lowest, place.highest, place.sheets, place.seats)
    yield _joined(one.left_out)


def _within(place: Place) -> Text:
    return Text("内", "within") if place.inside else Text("外", "outside")


def _beside(one: Line) -> Iterator[Cell]:
    beside = one.place.beside
    yield from (one.place.case.number, one.place.case.name)
    if beside is not None:
        yield from (beside.shadow, beside.shadow - one.place.score.score)
    yield one.chance
    yield _joined(why or word for word, why in one.leads)


def _joined(texts: Iterable[Text]) -> Text:
    kept = tuple(texts)
    return Text("；".join(one.zh for one in kept), "; ".join(one.en for one in kept))


def _write(sheet: Worksheet, number: int, row: Iterable[Cell], known: Formats, language: str) -> None:
    """One row; a text that a spreadsheet would run as a formula is marked as text for good."""
    for index, cell in enumerate(row):
        if isinstance(cell, int | Decimal):
            sheet.write_number(number, index, cell)
            continue
        text = cell.say(language) if isinstance(cell, Text) else cell
        if text:
            sheet.write_string(number, index, text, known.quoted if text[0] in FORMULA_SIGNS else known.text)
