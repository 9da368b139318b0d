"""What nobody types: figures of a dossier that follow from its other entries, or from the roster. Pure and exact.

An entry that is not given, or is no number, makes what follows from it unknown, never nought. So does one cell that
is missing in a table, and a table of which nothing was said; a table that is stated to be empty has no rows and sums
to nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from cultivar.appraisal.numbers import number_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import Follows, FormField

NONE = "none"  # the value of a table that is stated to be empty
Row = Mapping[str, str]
_PLACES = Decimal("0.000001")
_DIGITS = 60
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Source:
    """A figure that another one is made of: the field, the column of a table ("" for a field), what it comes to.

    ``rows`` is the number of rows that were looked at, None for a field; ``value`` is None while it is unknown.
    """

    field: str
    column: str
    value: Decimal | None
    rows: int | None = None


@dataclass(frozen=True)
class Derived:
    """A figure that follows: None while it is unknown, and what it is made of."""

    value: Decimal | None
    sources: tuple[Source, ...]


def rows_of(value: Any) -> list[Row] | None:
    """The rows of a table as it is kept; None where nothing was said, [] where it is stated to be empty."""
    if value == NONE:
        return []
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return list(value)
    return None


def column_sum(rows: Sequence[Row], column: str) -> Decimal | None:
    """The sum of a column; None where a row gives no number there."""
    numbers = [number_of(row.get(column, "")) for row in rows]
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if len(known) == len(numbers) else None


def derive(programme: Programme, spec: FormField, data: Mapping[str, Any]) -> Derived:
    """A computed figure of a dossier. Raises ``ValueError`` for a field that follows from nothing."""
    follows = spec.follows
    if follows is None or not follows.way:
        raise ValueError(f"{spec.id} follows from nothing")
    with localcontext() as context:
        context.prec = _DIGITS
        if follows.table:
            return _over_rows(follows, data)
        sources = tuple(Source(name, "", _figure(programme, name, data)) for name in follows.figures)
        known = [source.value for source in sources if source.value is not None]
        value = _AMONG[follows.way](known) if len(known) == len(sources) else None
        return Derived(value, sources)


def _figure(programme: Programme, name: str, data: Mapping[str, Any]) -> Decimal | None:
    spec = programme.form_fields[name]
    if spec.type == "computed":
        return derive(programme, spec, data).value
    return number_of(data.get(name, ""))


def _over_rows(follows: Follows, data: Mapping[str, Any]) -> Derived:
    rows = rows_of(data.get(follows.table))
    column = follows.sum_of_column[1] if follows.sum_of_column else ""
    if rows is None:
        return Derived(None, (Source(follows.table, column, None),))
    chosen = _chosen(rows, follows.where)
    if chosen is None:
        return Derived(None, (Source(follows.table, column, None, len(rows)),))
    value = column_sum(chosen, column) if column else Decimal(len(chosen))
    return Derived(value, (Source(follows.table, column, value, len(rows)),))


def _chosen(rows: Sequence[Row], where: Sequence[str] | None) -> list[Row] | None:
    """The rows that say so; None where a row leaves it open."""
    if where is None:
        return list(rows)
    column, wanted = where
    if any(not row.get(column) for row in rows):
        return None
    return [row for row in rows if row[column] == wanted]


def _sum(known: Sequence[Decimal]) -> Decimal | None:
    return sum(known, Decimal(0))


def _difference(known: Sequence[Decimal]) -> Decimal | None:
    return known[0] - known[1]


def _ratio(known: Sequence[Decimal]) -> Decimal | None:
    if not known[1]:
        return None
    return (known[0] * _HUNDRED / known[1]).quantize(_PLACES, ROUND_HALF_UP)


_AMONG = {"sum_of": _sum, "difference_of": _difference, "ratio_of": _ratio}


def as_text(number: Decimal) -> str:
    """A figure as it is kept: digits, no exponent, no trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def completed(
    programme: Programme, data: Mapping[str, Any], readings: Mapping[str, Decimal] | None = None
) -> dict[str, Any]:
    """The data of a dossier with what nobody types; ``readings`` are the roster's, by indicator.

    What cannot be derived stays as the data have it: a submitted version keeps what it said, and one made under another
    version of the programme says what was typed there.
    """
    whole = dict(data)
    for spec in programme.form_fields.values():
        value: Decimal | None = None
        if spec.type == "computed":
            value = derive(programme, spec, data).value
        elif spec.from_roster and readings:
            value = readings.get(spec.indicator or "")
        if value is not None:
            whole[spec.id] = as_text(value)
    return whole
