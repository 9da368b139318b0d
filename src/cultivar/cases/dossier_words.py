"""Values of a dossier for readers: names for ids, thousands apart, units; what is no number stands as typed."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cultivar.appraisal.answers import with_unit
from cultivar.appraisal.computed_fields import NONE, Source, derive, rows_of
from cultivar.appraisal.numbers import number_of
from cultivar.policy.model import Programme
from cultivar.policy.model_form import Column, FormField
from cultivar.policy.text import Text
from cultivar.registry.models import Region
from cultivar.web import formats

YES_NO = {"yes": Text("是", "Yes"), "no": Text("否", "No")}
WAN_YUAN = "万元"
NOT_GIVEN = Text("未填", "Not given")
NOTHING_TO_LIST = Text("没有要列的", "Nothing to list")


def unit_of(spec: FormField | Column) -> Text | None:
    """The unit of a figure; money without one is in 10,000 yuan."""
    if spec.unit is not None:
        return spec.unit.text
    return {"money": Text(WAN_YUAN, "10 000 yuan"), "percent": Text("%", "%")}.get(spec.type)


def choices(programme: Programme, spec: FormField | Column) -> dict[str, Text]:
    """The values that a field of choices takes, with their names."""
    if spec.type == "field":
        return {field.id: field.text for field in programme.fields}
    if spec.type == "choice":
        return {name: said.text for name, said in spec.choices.items()}
    return YES_NO if spec.type == "yes-no" else {}


def typed_text(value: Any) -> str:
    """A saved value as it was typed."""
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def echo(spec: FormField | Column, value: Any) -> Text | None:
    """The amount in larger units beside a field of money."""
    unit = unit_of(spec)
    if spec.type != "money" or unit is None or unit.zh != WAN_YUAN or value in (None, ""):
        return None
    number = number_of(value)
    return formats.money(number) if number is not None else None


def words(programme: Programme, spec: FormField | Column, value: Any, regions: Iterable[Region] = ()) -> Text:
    """A saved value for readers: names for ids, thousands apart; what is no number stands as typed."""
    if value in (None, "", []):
        return NOT_GIVEN
    if spec.type == "table":
        return _table_words(spec, value)
    if spec.type == "partner-regions" and isinstance(value, list):
        names = {region.code: region.short for region in regions}
        chosen = [names.get(code, Text(code, code)) for code in value]
        return Text("、".join(one.zh for one in chosen), ", ".join(one.en for one in chosen))
    if spec.numeric:
        number, unit = number_of(value), unit_of(spec)
        if number is None:
            return Text(str(value), str(value))
        shown = formats.grouped(number)
        return with_unit(shown, unit) if unit else Text(shown, shown)
    if spec.type == "date":
        return _date_words(value)
    return choices(programme, spec).get(str(value)) or Text(str(value), str(value))


def _date_words(value: Any) -> Text:
    try:
        return formats.day_year(date.fromisoformat(str(value)))
    except ValueError:
        return Text(str(value), str(value))


_NAMED_ROWS = 4


def _table_words(spec: FormField | Column, value: Any) -> Text:
    """How many rows, and the first ones by what their first column says."""
    rows = rows_of(value)
    if not rows:
        return NOTHING_TO_LIST if value == NONE else Text(str(value), str(value))
    first = spec.columns[0].id if isinstance(spec, FormField) else ""
    names = [name for row in rows if (name := row.get(first, ""))]
    count = Text(f"{len(rows)} 行", f"{len(rows)} rows")
    if not names:
        return count
    more = Text("等", " and more") if len(names) > _NAMED_ROWS else Text("", "")
    shown = names[:_NAMED_ROWS]
    return Text(f"{count.zh}：{'、'.join(shown)}{more.zh}", f"{count.en}: {', '.join(shown)}{more.en}")


# ------------------------------------------------------------------------------------------- where it comes from


def figure_words(spec: FormField | Column, number: Decimal | None) -> Text:
    """A figure with its unit; what is not known yet is said to be missing."""
    if number is None:
        return Text("未知", "not known")
    shown, unit = formats.grouped(number), unit_of(spec)
    return Text(f"{shown} {unit.zh}", f"{shown} {unit.en}") if unit else Text(shown, shown)


def derivation(programme: Programme, spec: FormField, data: Mapping[str, Any]) -> Text | None:
    """The figures that a computed one comes from, as a sentence; None for what is typed or comes from the roster."""
    follows = spec.follows
    if follows is None or not follows.way:
        return None
    sources = derive(programme, spec, data).sources
    if follows.table:
        return _from_table(programme, spec, sources[0])
    signs = {
        "sum_of": Text(" ＋ ", " + "),
        "difference_of": Text(" − ", " − "),
        "ratio_of": Text(" ÷ ", " ÷ "),
    }
    parts = [_named_figure(programme, source) for source in sources]
    sign = signs[follows.way]
    made = Text(sign.zh.join(part.zh for part in parts), sign.en.join(part.en for part in parts))
    return Text(f"＝{made.zh}", f"= {made.en}")


def _named_figure(programme: Programme, source: Source) -> Text:
    spec = programme.form_fields[source.field]
    said = figure_words(spec, source.value)
    return Text(f"“{spec.zh}”{said.zh}", f"“{spec.en}” {said.en}")


def _from_table(programme: Programme, spec: FormField, source: Source) -> Text:
    table, where = programme.form_fields[source.field], spec.follows.where if spec.follows else None
    if source.rows is None:
        return Text(
            f"由表“{table.zh}”得出，表还没有填", f"Follows from table “{table.en}”, which is still empty"
        )
    rows = Text(f"表“{table.zh}”共 {source.rows} 行", f"Table “{table.en}” has {source.rows} rows")
    if where:
        column = table.column[where[0]]
        chosen = choices(programme, column)[where[1]]
        rows = Text(
            f"{rows.zh}，取“{column.zh}”为“{chosen.zh}”的",
            f"{rows.en}; those with “{column.en}” “{chosen.en}”",
        )
    if source.column:
        summed = table.column[source.column]
        rows = Text(f"{rows.zh}，“{summed.zh}”合计", f"{rows.en}, their “{summed.en}” summed")
    if source.value is None:
        return Text(f"{rows.zh}；有的行还没有填全", f"{rows.en}; some rows are not complete")
    return rows
