"""A table of the dossier: as controls, read back from a post, and to read. Rows are counted from 1."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from cultivar.appraisal.completeness import cell_problems, most_rows
from cultivar.appraisal.computed_fields import NONE, Row, column_sum, rows_of
from cultivar.cases import dossier_words
from cultivar.cases.dossier_words import figure_words, unit_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import Column, FormField
from cultivar.policy.text import Text

NEW_ROW = "__row__"  # stands for the number of a row in the piece that scripts copy
_UNKNOWN_SUM = Text("填全后得出", "when all are given")


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    id: str
    label: Text
    unit: Text | None
    hint: Text | None
    numeric: bool
    total: Text | None  # of a column that is summed


@dataclass(frozen=True)
class Choice:
    """One choice of a cell."""

    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True)
class Cell:
    """A control: ``kind`` is text, number, date or select."""

    name: str
    dom: str
    head: Head
    kind: str
    value: str
    choices: tuple[Choice, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True)
class RowOfCells:
    """A row of controls; ``number`` is None for one that is still empty."""

    key: str
    number: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class TableControl:
    """A table on the page: its rows, one empty row after them, and the piece that scripts copy for further ones."""

    heads: tuple[Head, ...]
    rows: tuple[RowOfCells, ...]
    blank: RowOfCells
    most: int
    may_be_empty: bool
    stated_empty: bool
    summed: bool


def table_control(spec: FormField, value: Any) -> TableControl:
    """The controls of a table with what is saved in them and which cells are wrong."""
    rows = rows_of(value) or []
    wrong = {(one.row, one.column): one.text for one in cell_problems(spec, value)}
    shown = heads(spec, rows)
    stated_empty = value == NONE
    made = [_row(spec, shown, str(index), index + 1, row, wrong) for index, row in enumerate(rows)]
    if len(rows) < most_rows(spec) and not stated_empty:
        made.append(_row(spec, shown, str(len(rows)), None, {}, {}))
    return TableControl(
        shown,
        tuple(made),
        _row(spec, shown, NEW_ROW, None, {}, {}),
        most_rows(spec),
        spec.least is not None and Decimal(spec.least) == 0,
        stated_empty,
        any(head.total for head in shown),
    )


def heads(spec: FormField, rows: Sequence[Row]) -> tuple[Head, ...]:
    """The heads of a table, with the totals of the columns that are summed."""
    return tuple(
        Head(
            column.id,
            column.text,
            unit_of(column),
            column.hint.text if column.hint else None,
            column.numeric,
            _total(column, rows) if column.sum else None,
        )
        for column in spec.columns
    )


def _total(column: Column, rows: Sequence[Row]) -> Text:
    total = column_sum(rows, column.id)
    return _UNKNOWN_SUM if total is None else figure_words(column, total)


def _row(
    spec: FormField,
    heads_: Sequence[Head],
    key: str,
    number: int | None,
    row: Row,
    wrong: Mapping[tuple[int, str], Text],
) -> RowOfCells:
    cells = tuple(
        _cell(spec, head, column, key, str(row.get(column.id, "")), wrong.get((number or 0, column.id)))
        for head, column in zip(heads_, spec.columns, strict=True)
    )
    return RowOfCells(key, number, cells)


_KINDS = {"text": "text", "date": "date", "choice": "select", "yes-no": "select"}


def _cell(spec: FormField, head: Head, column: Column, key: str, value: str, wrong: Text | None) -> Cell:
    known = {
        "choice": {name: said.text for name, said in column.choices.items()},
        "yes-no": dossier_words.YES_NO,
    }
    return Cell(
        f"t.{spec.id}:{key}:{column.id}",
        f"id_{spec.id}-{key}-{column.id}",
        head,
        _KINDS.get(column.type, "number"),
        value,
        tuple(Choice(one, text, one == value) for one, text in known.get(column.type, {}).items()),
        wrong,
    )


# ------------------------------------------------------------------------------------------- reading a post


def posted_table(spec: FormField, post: QueryDict) -> Any:
    """The rows that were typed, in the order of the page and without empty ones; ``NONE``; "" where nothing is said.

    A row that was to be removed (``drop``) is left out. What was typed goes before the tick that says there is nothing.
    """
    dropped = post.get("drop", "")
    pattern = re.compile(rf"t\.{re.escape(spec.id)}:([0-9]{{1,6}}):(.+)\Z")
    rows: dict[str, dict[str, str]] = {}
    for name in post:
        found = pattern.match(name)
        if found is None or found[2] not in spec.column or dropped == f"{spec.id}:{found[1]}":
            continue
        value = " ".join(str(post.get(name, "")).replace("\0", "").split())
        if value:
            rows.setdefault(found[1], {})[found[2]] = value
    if rows:
        return list(rows.values())
    return NONE if post.get(f"none.{spec.id}") else ""


# ------------------------------------------------------------------------------------------- reading aloud


@dataclass(frozen=True)
class ReadCell:
    """A cell to read."""

    head: Head
    words: Text
    given: bool
    problem: Text | None = None


@dataclass(frozen=True)
class ReadTable:
    """A table to read: heads, rows of cells, whether totals stand below."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[ReadCell, ...], ...]
    summed: bool


def read_table(programme: Programme, spec: FormField, value: Any) -> ReadTable | None:
    """A table to read; None where it has no rows."""
    rows = rows_of(value)
    if not rows:
        return None
    shown = heads(spec, rows)
    wrong = {(one.row, one.column): one.text for one in cell_problems(spec, value)}
    return ReadTable(
        shown,
        tuple(
            tuple(
                ReadCell(
                    head,
                    cell_words(programme, column, row),
                    bool(row.get(column.id)),
                    wrong.get((number, column.id)),
                )
                for head, column in zip(shown, spec.columns, strict=True)
            )
            for number, row in enumerate(rows, 1)
        ),
        any(head.total for head in shown),
    )


def cell_words(programme: Programme, column: Column, row: Row) -> Text:
    """A cell in words; the unit stands in the head."""
    bare = column.model_copy(update={"unit": None, "type": "decimal"}) if column.numeric else column
    return dossier_words.words(programme, bare, row.get(column.id, ""))
