"""What a reader or the linter finds wrong in a file: a place and a sentence in both languages."""

from dataclasses import dataclass
from pathlib import Path

from cultivar.policy.text import Text


@dataclass(frozen=True)
class Problem:
    """One finding: file, line (from 1; 0 where no single line is at fault), and what to do about it."""

    path: Path
    line: int
    text: Text

    def say(self, language: str) -> str:
        """``file:line: sentence`` in one language."""
        return f"{self.path}:{self.line}: {self.text.say(language)}"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text.zh} / {self.text.en}"


class BadFile(Exception):
    """A file that cannot be read at all; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
