"""The language of the page being made, and texts that wait for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import get_language

from cultivar.policy.text import Text

CHINESE = "zh-hans"
ENGLISH = "en"


def spoken() -> str:
    """Code of the language this answer is written in; Chinese where none is active."""
    return get_language() or CHINESE


def is_chinese() -> bool:
    """Whether this answer is written in Chinese."""
    return spoken().startswith("zh")


def speak(text: object, values: Mapping[str, Any] | None = None) -> str:
    """``text`` in the active language.

    A ``Text`` gives the sentence of its language with ``values`` filled in (a value that is itself a ``Text``
    is spoken first); ``None`` gives the empty string; anything else its own string.
    """
    if isinstance(text, Text):
        spoken_values = {
            key: speak(value) if isinstance(value, Text) else value for key, value in (values or {}).items()
        }
        return text.say(spoken(), **spoken_values)
    return "" if text is None else str(text)


class _Waiting:
    """Speaks its text each time it is asked for a string."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __str__(self) -> str:
        return speak(self.text)


def lazily(zh: str, en: str) -> Any:
    """A string that is spoken when the page is made: for form labels, hints and error messages of classes."""
    return lazystr(_Waiting(Text(zh, en)))
