"""One tag per component: ``{% due item %}`` renders ``web/components/due.html`` with the frozen value as
``it``.
"""

from typing import Any

from django import forms, template
from django.forms import BoundField

from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.language import speak

register = template.Library()


def _tag(name: str, needs: type) -> None:
    """Registers the tag ``name`` for values of class ``needs``; renders nothing where there is none."""

    def context_of(it: Any) -> dict[str, Any]:
        if it not in (None, "") and not isinstance(it, needs):  # "" is how a missing variable resolves
            raise template.TemplateSyntaxError(
                f"{{% {name} %}} takes a {needs.__name__}, not {type(it).__name__}."
            )
        return {"it": it}

    register.inclusion_tag(f"web/components/{name}.html", name=name)(context_of)


_tag("article_chip", c.ArticleChip)
_tag("tag", c.Tag)
_tag("day_strip", c.DayStrip)
_tag("stepper", c.Stepper)
_tag("act_button", c.ActButton)
_tag("receipt", c.Receipt)
_tag("completeness", c.Completeness)
_tag("saved", c.Saved)
_tag("error_summary", c.ErrorSummary)
_tag("sort_head", c.SortHead)
_tag("filter_bar", c.FilterBar)
_tag("figures", c.Figures)
_tag("empty", c.Empty)
_tag("note", c.Note)
_tag("tile_map", c.TileMap)
_tag("pagination", c.Pagination)
_tag("bars", c.Bars)


@register.inclusion_tag("web/components/due.html")
def due(it: c.Due | None, dated: bool = True) -> dict[str, Any]:
    """``{% due item %}``: shape, words and date; ``dated=False`` leaves the date to a column of its own."""
    return {"it": it, "dated": dated}


@register.inclusion_tag("web/components/acts.html")
def acts(lines: list[c.ActLine]) -> dict[str, Any]:
    """``{% acts lines %}``: the timeline, newest first."""
    return {"lines": lines}


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: list[c.Tab], zh: str, en: str) -> dict[str, Any]:
    """``{% tabs items "案卷" "Dossier" %}``: tabs as links; the words name the navigation aloud."""
    return {"items": items, "name": Text(zh, en)}


@register.inclusion_tag("web/components/toasts.html", takes_context=True)
def toasts(context: template.Context) -> dict[str, Any]:
    """The messages of the request: what was done as one toast, warnings and errors as notes that stay."""
    kept = list(context.get("messages") or ())
    return {
        "done": [message for message in kept if message.level_tag in ("success", "info", "debug")],
        "troubles": [message for message in kept if message.level_tag in ("warning", "error")],
    }


@register.inclusion_tag("web/components/field.html")
def field(
    bound: BoundField, *, unit: c.Words = "", echo: c.Words = "", save: str = "", at_most: int = 0
) -> dict[str, Any]:
    """``{% field form.revenue unit=unit echo=echo save=url %}``: label, hint, error, control, unit, computed
    echo.

    ``unit`` and ``at_most`` are also read from attributes of the same name on the form field. ``at_most``
    adds a counter of characters. ``save`` is the address that saves this field by htmx and answers with the
    field again.
    """
    unit = unit or getattr(bound.field, "unit", "")
    at_most = at_most or getattr(bound.field, "at_most", 0)
    widget = bound.field.widget
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    parts = {
        "hint": bool(bound.help_text),
        "error": bool(bound.errors),
        "unit": bool(unit),
        "echo": bool(echo),
        "count": bool(at_most),
    }
    described = " ".join(f"{identifier}-{part}" for part, present in parts.items() if present)
    attributes: dict[str, Any] = {"class": _control_class(widget), "aria-describedby": described}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if isinstance(widget, forms.NumberInput):
        _as_text(widget)
        attributes |= {"inputmode": "numeric" if type(bound.field) is forms.IntegerField else "decimal"}
        attributes["class"] += " cv-amount"
    if at_most:
        attributes["data-at-most"] = at_most
    group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return {
        "bound": bound,
        "id": identifier,
        "group": group,
        "check": isinstance(widget, forms.CheckboxInput),
        "control": "" if group else bound.as_widget(attrs=attributes),
        "options": _options(bound) if group else (),
        "described": described,
        "unit": unit,
        "echo": echo,
        "save": save,
        "at_most": at_most,
        "written": len(_characters(bound.value())),
    }


def _as_text(widget: forms.NumberInput) -> None:
    """A number field of the browser drops what is not a number; a text field keeps what was typed."""
    widget.input_type = "text"
    for name in ("min", "max", "step"):
        widget.attrs.pop(name, None)


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def _options(bound: BoundField) -> list[dict[str, Any]]:
    """The choices of a group, each with its control and label, and what a widget notes of it."""
    options = []
    notes = getattr(bound.field.widget, "notes", {})
    for part in bound.subwidgets:
        part.data["attrs"]["class"] = "form-check-input"
        note = notes.get(part.data["value"])
        if note:
            part.data["attrs"]["aria-describedby"] = f"{part.id_for_label}-note"
        options.append(
            {
                "tag": part.tag(),
                "id": part.id_for_label,
                "label": speak(part.choice_label),
                "note": note,
            }
        )
    return options


def _characters(value: object) -> str:
    """The text as the browser submits it and the server counts it: line breaks are one character."""
    return "" if value is None else str(value).replace("\r\n", "\n")
