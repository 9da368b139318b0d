"""What a reader or the linter finds wrong in a file: where, by which rule, in which article, and what to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cultivar.policy.citation import number_text, short_number
from cultivar.policy.text import Text

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One finding: file, line (from 1; 0 where the file itself cannot be had), what is wrong, what to do about it.

    ``article`` is the number of the nearest article around it as the document counts, "" where none is.
    ``rule`` names the rule that is broken.
    """

    path: Path
    line: int
    text: Text
    remedy: Text | None = None
    article: str = ""
    rule: str = ""
    counted: str = "articles"  # what the numbers count, as ``number_text`` takes it

    def say(self, language: str) -> str:
        """``file:line: [article] what is wrong, what to do`` in one language."""
        return f"{self.path}:{self.line}: {self._head().say(language)}{self._whole().say(language)}"

    def __str__(self) -> str:
        head, whole = self._head(), self._whole()
        return f"{self.path}:{self.line}: {head.zh}{whole.zh} / {head.en}{whole.en}"

    def plain(self) -> dict[str, str | int]:
        """The finding as JSON has it; ``what_to_do`` is absent where the message says it."""
        found: dict[str, str | int] = {
            "file": str(self.path),
            "line": self.line,
            "article": short_number(self.article),
            "rule": self.rule,
            "message": self.text.en,
            "message_zh": self.text.zh,
        }
        if self.remedy is not None:
            found |= {"what_to_do": self.remedy.en, "what_to_do_zh": self.remedy.zh}
        return found

    def _head(self) -> Text:
        if not self.article:
            return Text("", "")
        number = number_text(self.article, self.counted)
        return Text(f"〔{number.zh}〕", f"[{number.en}] ")

    def _whole(self) -> Text:
        if self.remedy is None:
            return self.text
        return Text(f"{self.text.zh}{self.remedy.zh}", f"{self.text.en} {self.remedy.en}")


class Finding(NamedTuple):
    """A broken rule at a place of a file."""

    place: Place
    rule: "Rule"
    text: Text
    remedy: Text


@dataclass(frozen=True)
class Rule:
    """What a file must not be: its name, what is said of it and what to do; braces are filled per finding."""

    code: str
    text: Text
    remedy: Text

    def at(self, place: Place, **values: Any) -> Finding:
        """The finding that this rule is broken at ``place``."""
        return Finding(place, self, self.text.fill(**values), self.remedy.fill(**values))


class BadFile(Exception):
    """A file that cannot be read at all; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
