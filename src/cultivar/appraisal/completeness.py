"""What a dossier still lacks, field by field: pure over the form of a programme and the data typed so far."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cultivar.appraisal.computed_fields import NONE, Row, completed, rows_of
from cultivar.appraisal.numbers import number_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import MOST_ROWS, Column, FormField
from cultivar.policy.text import Text


@dataclass(frozen=True)
class Item:
    """A field of the dossier: filled or not, and what is wrong with what stands there."""

    field: str
    section: str
    condition: str | None
    label: Text
    filled: bool
    required: bool
    problem: Text | None = None

    @property
    def wrong(self) -> bool:
        """Whether something stands there that must be corrected."""
        return self.problem is not None

    @property
    def complete(self) -> bool:
        """Whether the field keeps nobody from submitting."""
        return not self.wrong and (self.filled or not self.required)


@dataclass(frozen=True)
class Tally:
    """How far the items of one condition (or section) are."""

    done: int
    wrong: int
    empty: int

    @property
    def total(self) -> int:
        """All items that count: required ones and whatever was filled in."""
        return self.done + self.wrong + self.empty


def check(programme: Programme, data: Mapping[str, Any], files: Mapping[str, int]) -> list[Item]:
    """Every field in the order of the form. ``files`` counts the files of each evidence field."""
    whole = completed(programme, data)
    return [
        item_of(programme, section.id, spec, whole.get(spec.id), files.get(spec.id, 0))
        for section in programme.form
        for spec in section.fields
    ]


def tally(items: Sequence[Item]) -> Tally:
    """Counts items: done, wrong, still empty. Optional empty fields do not count."""
    wrong = sum(item.wrong for item in items)
    done = sum(item.filled and not item.wrong for item in items)
    empty = sum(not item.filled and item.required for item in items)
    return Tally(done, wrong, empty)


@dataclass(frozen=True)
class Heading:
    """A line of the meter: a condition of the programme, or (None) the fields that have no condition."""

    condition: str | None
    items: tuple[Item, ...]

    @property
    def tally(self) -> Tally:
        """How far its items are."""
        return tally(self.items)

    @property
    def first_open(self) -> Item | None:
        """The first item that keeps the dossier from being submitted."""
        return next((item for item in self.items if not item.complete), None)


def by_condition(programme: Programme, items: Sequence[Item]) -> tuple[Heading, ...]:
    """The items under their conditions, in the order of the programme; first those that belong to none.

    Every item stands under exactly one heading; headings without items are left out.
    """
    known: list[str | None] = [None, *(condition.id for condition in programme.conditions)]
    headings = (
        Heading(name, tuple(item for item in items if _heading(item, programme) == name)) for name in known
    )
    return tuple(heading for heading in headings if heading.items)


def _heading(item: Item, programme: Programme) -> str | None:
    return item.condition if item.condition in programme.condition else None


def item_of(programme: Programme, section: str, spec: FormField, value: Any, files: int) -> Item:
    if spec.type == "evidence":
        too_many = spec.at_most is not None and files > spec.at_most
        problem = (
            Text(f"“{spec.zh}”最多 {spec.at_most} 份。", f"“{spec.en}” takes at most {spec.at_most} files.")
            if too_many
            else None
        )
        return Item(spec.id, section, spec.condition, spec.text, files > 0, spec.required, problem)
    filled = (value.strip() if isinstance(value, str) else value) not in (None, "", [], {})
    problem = problem_of(programme, spec, value) if filled else None
    # what a computed figure lacks is lacking where it comes from, and is asked for there
    required = spec.required and spec.type != "computed"
    return Item(spec.id, section, spec.condition, spec.text, filled, required, problem)


def problem_of(programme: Programme, spec: FormField, value: Any) -> Text | None:
    """What is wrong with the value of a field, or None."""
    if spec.type in ("text", "long-text"):
        return _text(spec, value)
    if spec.numeric:
        return _number(spec, value)
    if spec.type == "table":
        return _table(spec, value)
    if spec.type == "field":
        return _one_of(spec, value, {field.id for field in programme.fields})
    if spec.type == "choice":
        return _one_of(spec, value, set(spec.choices))
    if spec.type == "yes-no":
        return _one_of(spec, value, {"yes", "no"})
    if spec.type == "date":
        return _date(spec, value)
    if spec.type == "partner-regions" and not (
        isinstance(value, list) and all(isinstance(one, str) for one in value)
    ):
        return Text(f"“{spec.zh}”请从列表中选。", f"Choose “{spec.en}” from the list.")
    return None


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in a table: the row, counted from 1, and the id of the column."""

    row: int
    column: str
    text: Text


def cell_problems(spec: FormField, value: Any) -> list[CellProblem]:
    """Every cell of a table that is wrong or missing, row by row."""
    return [
        CellProblem(number, column.id, text)
        for number, row in enumerate(rows_of(value) or (), 1)
        for column in spec.columns
        if (text := _cell(column, row)) is not None
    ]


_TOLD = 5  # cells that the problem of a whole table names


def _table(spec: FormField, value: Any) -> Text | None:
    if value == NONE:
        return None if _least_rows(spec) == 0 else _too_few(spec, 0)
    rows = rows_of(value)
    if rows is None:
        return Text(f"“{spec.zh}”要逐行填写。", f"“{spec.en}” is given row by row.")
    if len(rows) < _least_rows(spec):
        return _too_few(spec, len(rows))
    if len(rows) > most_rows(spec):
        return Text(
            f"“{spec.zh}”有 {len(rows)} 行，最多 {most_rows(spec)} 行，请删去多出的。",
            f"“{spec.en}” has {len(rows)} rows; at most {most_rows(spec)} fit. Remove the others.",
        )
    wrong = cell_problems(spec, value)
    if not wrong:
        return None
    told = [_at_row(spec, one) for one in wrong[:_TOLD]]
    more = len(wrong) - len(told)
    rest = Text(f"还有 {more} 处。", f" There are {more} more.") if more else Text("", "")
    return Text("".join(one.zh for one in told) + rest.zh, " ".join(one.en for one in told) + rest.en)


def _at_row(spec: FormField, one: CellProblem) -> Text:
    return Text(f"“{spec.zh}”第 {one.row} 行：{one.text.zh}", f"“{spec.en}”, row {one.row}: {one.text.en}")


def _least_rows(spec: FormField) -> int:
    return int(Decimal(spec.least)) if spec.least is not None else 1


def most_rows(spec: FormField) -> int:
    """How many rows a table holds."""
    return spec.at_most if spec.at_most is not None else MOST_ROWS


def _too_few(spec: FormField, rows: int) -> Text:
    least = _least_rows(spec)
    return Text(
        f"“{spec.zh}”至少 {least} 行，现有 {rows} 行。",
        f"“{spec.en}” needs at least {least} rows; there are {rows}.",
    )


def _cell(column: Column, row: Row) -> Text | None:
    value = str(row.get(column.id, "")).strip()
    if not value:
        return Text(f"“{column.zh}”没有填。", f"“{column.en}” is empty.") if column.required else None
    if column.type == "text":
        return _text(column, value)
    if column.numeric:
        return _number(column, value)
    if column.type == "date":
        return _date(column, value)
    return _one_of(column, value, set(column.choices) if column.type == "choice" else {"yes", "no"})


def _text(spec: FormField | Column, value: Any) -> Text | None:
    if not isinstance(value, str):
        return Text(f"“{spec.zh}”要写文字。", f"“{spec.en}” must be text.")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\r\n\t" for sign in value):
        return Text(
            f"“{spec.zh}”里有不可见的控制字符，请删去后重填。",
            f"“{spec.en}” holds control characters; remove them.",
        )
    length = len(unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip())
    if spec.at_most is not None and length > spec.at_most:
        return Text(
            f"“{spec.zh}”有 {length} 字，最多 {spec.at_most} 字，请删去 {length - spec.at_most} 字。",
            f"“{spec.en}” has {length} characters; at most {spec.at_most} fit. "
            f"Remove {length - spec.at_most}.",
        )
    return None


def _number(spec: FormField | Column, value: Any) -> Text | None:
    number = number_of(value)
    if number is None:
        return Text(f"“{spec.zh}”请只填数字。", f"“{spec.en}” must be a number, digits only.")
    if spec.type == "whole" and number != number.to_integral_value():
        return Text(f"“{spec.zh}”请填整数。", f"“{spec.en}” must be a whole number.")
    least = Decimal(spec.least) if spec.least is not None else None
    most = Decimal(spec.most) if spec.most is not None else None
    if (least is not None and number < least) or (most is not None and number > most):
        if least is not None and most is not None:
            return Text(
                f"“{spec.zh}”请填 {least} 到 {most} 之间的数。",
                f"“{spec.en}” must lie between {least} and {most}.",
            )
        if least is not None:
            return Text(f"“{spec.zh}”不能小于 {least}。", f"“{spec.en}” must be at least {least}.")
        return Text(f"“{spec.zh}”不能大于 {most}。", f"“{spec.en}” must be at most {most}.")
    return None


def _one_of(spec: FormField | Column, value: Any, known: set[str]) -> Text | None:
    if isinstance(value, str) and value in known:
        return None
    return Text(f"“{spec.zh}”请从列表中选。", f"Choose “{spec.en}” from the list.")


def _date(spec: FormField | Column, value: Any) -> Text | None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return Text(
            f"“{spec.zh}”不是有效日期，写成 2026-05-07 这样。", f"“{spec.en}” is no date; write 2026-05-07."
        )
    return None
