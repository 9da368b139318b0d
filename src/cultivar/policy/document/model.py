"""What the reader makes of a document: chapters, articles, items and irregularities, each with its offsets.

Offsets count characters of the decoded text, from 0; ``end`` is the first character after the unit, so that
``text[start:end]`` is the unit as written.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from cultivar.policy.text import Text


@dataclass(frozen=True)
class Span:
    """A stretch of the text."""

    start: int
    end: int


@dataclass(frozen=True)
class Irregularity:
    """Something a reader of the document should know: ``kind`` is a stable name listed in ``irregularities``."""

    kind: str
    offset: int
    text: Text

    def as_json(self) -> dict[str, Any]:
        """``{kind, offset, message, message_zh}``."""
        return {
            "kind": self.kind,
            "offset": self.offset,
            "message": self.text.en,
            "message_zh": self.text.zh,
        }


@dataclass(frozen=True)
class Item:
    """An item （一）, 1., (i) … with the items inside it; ``label`` is as written."""

    number: int | None
    label: str
    start: int
    end: int
    style: str
    items: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Article:
    """An article, or the top-level numbered section of an opinion or notice that has none.

    ``inferred`` says that the document lost the number and the reader worked it out; ``suffix`` counts articles
    inserted later (第十条之一); ``chapter`` is an index into ``Document.chapters``; ``part`` counts the documents
    in one file from 1; ``heading`` is the lead that names the article, or "".
    """

    number: int | None
    label: str
    start: int
    end: int
    heading: str = ""
    suffix: int = 0
    inferred: bool = False
    chapter: int | None = None
    part: int = 1
    paragraphs: tuple[Span, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def name(self) -> str:
        """The number as programme files write it: "6", "10-1" for one inserted later, "" where unknown."""
        if self.number is None:
            return ""
        return f"{self.number}-{self.suffix}" if self.suffix else str(self.number)


@dataclass(frozen=True)
class Chapter:
    """A part, chapter or section. ``depth`` counts from 1; ``parent`` is an index into ``Document.chapters``."""

    number: int | None
    label: str
    title: str
    level: str
    depth: int
    start: int
    end: int
    parent: int | None = None
    part: int = 1
    articles: tuple[int, ...] = ()  # indexes into ``Document.articles``, those of its sections included


@dataclass(frozen=True)
class Appendix:
    """An appendix. ``listed`` means that the document only names it in its list of attachments."""

    number: int | None
    label: str
    title: str
    start: int
    end: int
    listed: bool


@dataclass(frozen=True)
class Document:
    """A document as read. ``numbering`` says what its articles are: "articles", "sections" or "none"."""

    text: str = field(repr=False)
    title: str
    title_at: Span | None
    language: str  # "zh" or "en"
    numbering: str
    chapters: tuple[Chapter, ...]
    articles: tuple[Article, ...]
    appendices: tuple[Appendix, ...]
    notice: Span | None  # the notice by which it was issued
    signature: Span | None
    date: str | None  # of signature, YYYY-MM-DD
    before: Span | None  # debris
    after: Span | None
    warnings: tuple[Irregularity, ...]

    @property
    def item_count(self) -> int:
        """Items at every depth."""
        return sum(_count(article.items) for article in self.articles)

    def as_json(self) -> dict[str, Any]:
        """The document as plain data; the shape is described in ``docs/reader.md``."""
        return {
            "title": self.title,
            "title_at": asdict(self.title_at) if self.title_at else None,
            "language": self.language,
            "numbering": self.numbering,
            "chapters": [self._chapter(chapter) for chapter in self.chapters],
            "articles": [_article(article) for article in self.articles],
            "appendices": [asdict(appendix) for appendix in self.appendices],
            "notice": asdict(self.notice) if self.notice else None,
            "signature": asdict(self.signature) if self.signature else None,
            "date": self.date,
            "debris": {
                "before": asdict(self.before) if self.before else None,
                "after": asdict(self.after) if self.after else None,
            },
            "warnings": [warning.as_json() for warning in self.warnings],
        }

    def _chapter(self, chapter: Chapter) -> dict[str, Any]:
        return asdict(chapter) | {"articles": [self.articles[index].number for index in chapter.articles]}


def _count(items: tuple[Item, ...]) -> int:
    return sum(1 + _count(item.items) for item in items)


def _article(article: Article) -> dict[str, Any]:
    return asdict(article) | {
        "paragraphs": [asdict(paragraph) for paragraph in article.paragraphs],
        "items": [_item(item) for item in article.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "label": item.label,
        "start": item.start,
        "end": item.end,
        "items": [_item(inner) for inner in item.items],
    }
