"""The linter's rules of the dossier: its fields, its tables, and what follows from other entries."""

from collections.abc import Mapping
from decimal import Decimal

from cultivar.policy.model import Programme
from cultivar.policy.model_form import FOLLOWS_WAYS, MOST_ROWS, NUMERIC, Follows, FormField
from cultivar.policy.problems import Place
from cultivar.procedure import linter_rules as rules
from cultivar.procedure.linter_names import (
    A_NUMBER,
    CHOICE,
    CHOICES,
    COLUMN,
    CONDITION,
    EVIDENCE,
    FIELD,
    INDICATOR,
    TABLE,
    Found,
    form_fields,
    unknown,
)


def named_by_form(programme: Programme) -> Found:
    """What conditions and fields name is there; a choice has something to choose."""
    indicators = {item.id for item in programme.indicators}
    evidence = {item.id for item in programme.evidence}
    conditions = {item.id for item in programme.conditions}
    for number, condition in enumerate(programme.conditions):
        for name in condition.indicators:
            yield from unknown(INDICATOR, name, indicators, ("conditions", number, "indicators"))
        for name in condition.evidence:
            yield from unknown(EVIDENCE, name, evidence, ("conditions", number, "evidence"))
    for place, field in form_fields(programme):
        yield from unknown(CONDITION, field.condition, conditions, (*place, "condition"))
        yield from unknown(INDICATOR, field.indicator, indicators, (*place, "indicator"))
        yield from unknown(EVIDENCE, field.evidence, evidence, (*place, "evidence"))
        if field.type == "choice" and not field.choices:
            yield rules.NO_CHOICES.at(place, name=field.text)


def tables(programme: Programme) -> Found:
    """A table has columns, room for its rows, and totals of numbers only."""
    for place, field in form_fields(programme):
        if (field.type == "table") != bool(field.columns):
            yield rules.TABLE_COLUMNS.at(place, name=field.text)
        if field.type != "table":
            continue
        least = Decimal(field.least or "0")
        rows = field.at_most if field.at_most is not None else MOST_ROWS
        if least != int(least) or not 0 <= least <= rows or rows * len(field.columns) > _MOST_CELLS:
            yield rules.TABLE_ROWS.at(place, name=field.text, most=_MOST_CELLS)
        for number, column in enumerate(field.columns):
            inside: Place = (*place, "columns", number)
            if column.sum and not column.numeric:
                yield rules.SUM_OF_WORDS.at(inside, name=column.text)
            if column.type == "choice" and not column.choices:
                yield rules.NO_CHOICES.at(inside, name=column.text)


_MOST_CELLS = 1000  # what one page can carry and a reader can take in


def derived(programme: Programme) -> Found:
    """What nobody types follows in one way from entries of the right kind, or from the roster."""
    indicators = {item.id: item for item in programme.indicators}
    for place, field in form_fields(programme):
        indicator = indicators.get(field.indicator or "")
        if field.from_roster and not (
            field.type in NUMERIC and indicator is not None and indicator.computed is not None
        ):
            yield rules.FROM_ROSTER.at(place, name=field.text)
        follows = field.follows
        if (field.type == "computed") != (follows is not None and bool(follows.way)):
            given = sum(getattr(follows, way) is not None for way in FOLLOWS_WAYS) if follows else 0
            known = ", ".join(FOLLOWS_WAYS)
            yield rules.FOLLOWS_WAY.at(place, name=field.text, given=given, known=known)
        elif follows is not None:
            yield from _follows(programme, field, follows, (*place, "follows"))


def _follows(programme: Programme, field: FormField, follows: Follows, place: Place) -> Found:
    fields = programme.form_fields
    named = [*follows.figures, *([follows.table] if follows.table else [])]
    for name in named:
        yield from unknown(FIELD, name, fields, place)
        other = fields.get(name)
        if other is None:
            continue
        wanted = TABLE if follows.table else A_NUMBER
        if not (other.type == "table" if follows.table else other.numeric):
            yield rules.FOLLOWS_KIND.at(place, name=field.text, other=other.text, wanted=wanted)
        if other.personal and not field.personal:
            yield rules.FOLLOWS_PERSONAL.at(place, name=field.text, other=other.text)
    if field.id in _leads_to(fields, field):
        yield rules.FOLLOWS_ROUND.at(place, name=field.text)
    if follows.ratio_of and (field.unit is None or field.unit.zh != "%"):
        yield rules.FOLLOWS_UNIT.at(place, name=field.text)
    if follows.where and not follows.table:
        yield rules.WHERE_ASIDE.at((*place, "where"), name=field.text)
    elif follows.table in fields:
        yield from _follows_columns(field, follows, fields[follows.table], place)


def _follows_columns(field: FormField, follows: Follows, table: FormField, place: Place) -> Found:
    """The column that is summed holds numbers, the one by which rows are chosen holds choices."""
    for pair, kinds, wanted in (
        (follows.sum_of_column[1:] if follows.sum_of_column else [], NUMERIC, A_NUMBER),
        (follows.where[:1] if follows.where else [], ("choice", "yes-no"), CHOICES),
    ):
        for name in pair:
            yield from unknown(COLUMN, name, table.column, place)
            column = table.column.get(name)
            if column is not None and column.type not in kinds:
                yield rules.FOLLOWS_KIND.at(place, name=field.text, other=column.text, wanted=wanted)
    chosen = table.column.get(follows.where[0]) if follows.where else None
    if follows.where and chosen is not None and chosen.type in ("choice", "yes-no"):
        known = chosen.choices if chosen.type == "choice" else {"yes": None, "no": None}
        yield from unknown(CHOICE, follows.where[1], known, (*place, "where"))


def _leads_to(fields: Mapping[str, FormField], field: FormField) -> set[str]:
    """The fields from which a figure follows, over however many steps."""
    found: set[str] = set()
    ahead = [field]
    while ahead:
        follows = ahead.pop().follows
        more = set(follows.figures if follows else ()) - found
        found |= more
        ahead += [fields[name] for name in more if name in fields]
    return found
