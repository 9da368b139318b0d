"""The tags every template knows: two-language words, texts, dates, numbers, icons."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString

from cultivar.policy.text import Text
from cultivar.web import formats, language

register = template.Library()


@register.simple_tag(name="say")
def say(zh: str, en: str, **values: Any) -> SafeString:
    """``{% say "还剩 {n} 个工作日" "{n} working days left" n=3 %}``: the words in the active language,
    escaped.

    Values are escaped too, unless they are already safe (a link inside a sentence); a ``Text`` value is
    spoken. ``as name`` keeps the result for later.
    """
    words = escape(zh if language.is_chinese() else en)
    if not values:
        return words
    return format_html(words, **{key: _spoken(value) for key, value in values.items()})


@register.simple_tag(name="speak")
def speak(text: object, **values: Any) -> SafeString:
    """``{% speak text %}``: a ``Text`` in the active language, escaped.

    A plain string as it is, nothing for None.
    """
    return conditional_escape(language.speak(text, values))


@register.simple_tag(name="language_code")
def language_code() -> str:
    """The value of ``lang`` for this answer: ``zh-Hans`` or ``en``."""
    return "zh-Hans" if language.is_chinese() else "en"


@register.simple_tag(name="icon")
def icon(name: str) -> SafeString:
    """``{% icon "check" %}``: a symbol of the sprite in ``web/icons.svg``, hidden from readers aloud."""
    return format_html('<svg class="cv-i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


def _spoken(value: object) -> object:
    return language.speak(value) if isinstance(value, Text) else value


def _filter(name: str, text_of: Callable[[Any], Text], needs: type) -> None:
    """Registers ``value|name``: the text of the date in the active language, nothing for no date."""

    def spoken(value: object) -> str:
        return language.speak(text_of(value)) if isinstance(value, needs) else ""

    register.filter(name, spoken)


_filter("day", formats.day, date)
_filter("day_year", formats.day_year, date)
_filter("day_weekday", formats.day_weekday, date)
_filter("full_day", formats.full_day, date)
_filter("moment", formats.moment, datetime)
_filter("moment_year", formats.moment_year, datetime)


@register.filter(name="clock")
def clock(value: object, seconds: str = "") -> str:
    """``{{ at|clock }}`` "18:00"; ``{{ at|clock:"seconds" }}`` "18:00:07"; nothing for no time."""
    return formats.clock(value, seconds == "seconds") if isinstance(value, datetime | time) else ""


@register.filter(name="iso")
def iso(value: object) -> str:
    """The machine form for ``datetime`` attributes, in Shanghai time."""
    return formats.local(value).isoformat() if isinstance(value, date) else ""


@register.filter(name="grouped")
def grouped(value: object) -> str:
    """Thousands by thin space, true minus; what is not a number is returned as it stands."""
    number = _number(value)
    return formats.grouped(number) if number is not None else str(value or "")


@register.filter(name="signed")
def signed(value: object) -> str:
    """As ``grouped`` with a plus before what is above zero."""
    number = _number(value)
    return formats.signed(number) if number is not None else str(value or "")


@register.filter(name="money")
def money(value: object) -> str:
    """Echo of an amount in ten thousand yuan: "合 186.4 亿元"; nothing for what is not a number."""
    number = _number(value)
    return language.speak(formats.money(number)) if number is not None else ""


def _number(value: object) -> int | Decimal | None:
    if isinstance(value, int | Decimal):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
