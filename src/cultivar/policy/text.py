"""Texts in the two languages of the house."""

from typing import Any, NamedTuple


class Text(NamedTuple):
    """A sentence in Chinese and in English; placeholders in braces are the same in both."""

    zh: str
    en: str

    def say(self, language: str, **values: Any) -> str:
        """The text in ``language`` ("zh..." gives Chinese, anything else English), placeholders filled."""
        sentence = self.zh if language.startswith("zh") else self.en
        return sentence.format(**values) if values else sentence

    def fill(self, **values: Any) -> "Text":
        """Both languages with the placeholders filled; a ``Text`` as value fills each language with its own."""
        zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
        en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
        return Text(self.zh.format(**zh), self.en.format(**en))
