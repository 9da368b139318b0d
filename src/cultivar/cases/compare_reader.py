"""Two versions of a policy told side by side: article by article, changed words marked, changes below each. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from cultivar.policy.citation import number_text
from cultivar.policy.compare import Change
from cultivar.policy.compare_citing import TITLE, order
from cultivar.policy.compare_words import heading
from cultivar.policy.model import Article, Programme
from cultivar.policy.text import Text

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’.-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_LEAST_KEPT = 2  # words in common that are worth keeping between two changes


@dataclass(frozen=True)
class Piece:
    """A stretch of text: ``changed`` where the other version says something else there."""

    words: str
    changed: bool


@dataclass(frozen=True)
class Contrast:
    """A text of both versions in both languages; None where a version does not have it."""

    before: Text | None
    after: Text | None

    def pieces(self, language: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """Both texts in one language, cut where they differ; a text that stands alone is not marked."""
        one, other = (text.say(language) if text else "" for text in (self.before, self.after))
        if not (one and other):
            return tuple(Piece(text, False) for text in [one] if text), tuple(
                Piece(text, False) for text in [other] if text
            )
        return marked(one, other)


@dataclass(frozen=True)
class Section:
    """What stands at one article in both versions, and what changed there."""

    code: str
    name: Text
    before_number: Text | None
    after_number: Text | None
    text: Contrast
    changes: tuple[Change, ...]

    @property
    def moved(self) -> bool:
        """Whether it stands under another number."""
        return bool(self.before_number and self.after_number and self.before_number != self.after_number)

    @property
    def below(self) -> tuple[Change, ...]:
        """The changes beside that of the text, which the two columns show."""
        return tuple(change for change in self.changes if change.path not in self._shown)

    @property
    def _shown(self) -> frozenset[str]:
        return frozenset({"title", f"articles.{self.code}.summary", f"articles.{self.code}"})


def sections(before: Programme, after: Programme, changes: Iterable[Change]) -> tuple[Section, ...]:
    """The head of the document, every article of either version as the documents count, and what cites no article."""
    known = tuple(changes)
    return (
        Section(
            TITLE,
            heading(TITLE),
            None,
            None,
            Contrast(before.title.text, after.title.text),
            _at(known, TITLE),
        ),
        *_articles(before, after, known),
        *_without_article(known),
    )


def _articles(before: Programme, after: Programme, changes: tuple[Change, ...]) -> Iterator[Section]:
    numbers = {article.id: article.number for one in (before, after) for article in one.articles}
    for code in sorted(numbers, key=lambda code: order(numbers[code])):
        one, other = before.article.get(code), after.article.get(code)
        text = Contrast(_summary(one), _summary(other))
        yield Section(
            code,
            number_text(numbers[code], after.counted),
            _number(one, before),
            _number(other, after),
            text,
            _at(changes, code),
        )


def _without_article(changes: tuple[Change, ...]) -> Iterator[Section]:
    rest = tuple(change for change in changes if not change.cites)
    if rest:
        yield Section("none", heading(""), None, None, Contrast(None, None), rest)


def _at(changes: tuple[Change, ...], code: str) -> tuple[Change, ...]:
    return tuple(change for change in changes if code in change.cites)


def _summary(article: Article | None) -> Text | None:
    return article.summary.text if article else None


def _number(article: Article | None, programme: Programme) -> Text | None:
    return number_text(article.number, programme.counted) if article else None


def marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut where they differ: Chinese by the character, Latin letters and digits by the word.

    Joined, the pieces of each side are its text again.
    """
    one, other = _WORD.findall(before), _WORD.findall(after)
    left: list[tuple[list[str], bool]] = []
    right: list[tuple[list[str], bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        inside = a > 0 and b < len(one) and c > 0 and d < len(other)
        worth = b - a >= _LEAST_KEPT and any(word.strip() for word in one[a:b])
        changed = kind != "equal" or (inside and not worth)
        _grow(left, one[a:b], changed)
        _grow(right, other[c:d], changed)
    return _pieces(left), _pieces(right)


def _grow(runs: list[tuple[list[str], bool]], words: list[str], changed: bool) -> None:
    if runs and runs[-1][1] == changed:
        runs[-1][0].extend(words)
    elif words:
        runs.append((list(words), changed))


def _pieces(runs: list[tuple[list[str], bool]]) -> tuple[Piece, ...]:
    return tuple(Piece("".join(words), changed) for words, changed in runs)
