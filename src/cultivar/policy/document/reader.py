"""Reads the text of a normative document into chapters, articles and items. Never refuses a text.

Conventions: those of Chinese laws, regulations, measures, opinions and notices (编 章 节 条 款 项 目) and of their
English translations; ``docs/reader.md`` lists them with every irregularity that is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cultivar.policy.document import checks
from cultivar.policy.document.body import build
from cultivar.policy.document.contents import contents
from cultivar.policy.document.front import Front, read_front, title_text
from cultivar.policy.document.heads import Head, find_heads, run_together
from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import LEVEL_NAMES, item_labels
from cultivar.policy.document.lines import Line, split
from cultivar.policy.document.marks import is_page_mark
from cultivar.policy.document.model import Article, Chapter, Document, Irregularity, Span
from cultivar.policy.document.numerals import CHINESE
from cultivar.policy.document.recovery import recover
from cultivar.policy.document.sections import find_sections
from cultivar.policy.document.tail import Tail, read_tail


def read_document(text: str, warnings: Sequence[Irregularity] = ()) -> Document:
    """Reads a decoded text. ``warnings`` (of decoding or extraction) stand before those found here.

    Offsets in the result count characters of ``text`` as given, line ends included.
    """
    return _Reader(text, warnings).document()


@dataclass
class _Unit:
    """A head with its lines: up to the next head, or to the tail of its part."""

    head: Head
    stop: int


class _Reader:
    def __init__(self, text: str, warnings: Sequence[Irregularity]) -> None:
        self.text = text
        self.warnings = list(warnings)
        self.lines, found = run_together(list(split(text)))
        self.warnings += found
        pages = {index for index, line in enumerate(self.lines) if is_page_mark(line)}
        table = contents(self.lines)
        self.skipped = table | pages
        self._tell_skipped(table, sorted(pages))
        self.heads, self.numbering = self._find()
        self.sections = self.numbering == "sections"
        self.carried: dict[str, int] | None = {} if self.sections else None
        self.tails = self._tails()

    def _tell_skipped(self, table: frozenset[int], pages: list[int]) -> None:
        if table:
            self.warnings.append(irregular("toc-skipped", self.lines[min(table)].start))
        if pages:
            self.warnings.append(irregular("page-marks", self.lines[pages[0]].start, count=len(pages)))

    def _find(self) -> tuple[list[Head], str]:
        """The heads of chapters and of articles or, where there are none, of sections."""
        reading = find_heads(self.lines, self.skipped)
        chapters = [head for head in reading.heads if head.chapter]
        articles = [head for head in reading.heads if not head.chapter]
        sections: list[Head] = []
        if len(articles) < 2:
            sections, self.ended = find_sections(
                self.lines, self.skipped, frozenset(head.index for head in chapters)
            )
        self.warnings += reading.warnings
        if len(sections) >= 2:
            end = min(self.ended, default=len(self.lines))
            kept = [head for head in chapters if head.index < end]
            return sorted([*kept, *sections], key=lambda head: head.index), "sections"
        if not articles:
            return chapters, "none"
        heads, found = recover(self.lines, reading.heads, self.skipped)
        self.warnings += found
        return heads, "articles"

    def _tails(self) -> dict[int, Tail]:
        """By part, what follows its last article."""
        last = {head.part: head.index for head in self.heads if not head.chapter}
        first = {head.part: head.index for head in reversed(self.heads)}
        tails = {}
        for part, index in last.items():
            stop = first.get(part + 1, len(self.lines))
            tails[part] = read_tail(self.lines, index, max(stop, index + 1), sections=self.sections)
        return tails

    def document(self) -> Document:
        """The document with its warnings in the order of the text."""
        first = next((head.index for head in self.heads), None) if self.numbering != "none" else None
        front = read_front(self.lines, first, self.skipped)
        articles = self._articles()
        chapters, articles = self._chapters(articles)
        before, after = self._debris(front)
        self._check(front, articles, chapters, before, after)
        signature, date = self._signature(front)
        appendices = tuple(appendix for tail in self.tails.values() for appendix in tail.appendices)
        title = front.title
        return Document(
            text=self.text,
            title=title_text(self.lines, title) if title else "",
            title_at=self._span(title) if title else None,
            language=self._language(articles),
            numbering=self.numbering if articles else "none",
            chapters=tuple(chapters),
            articles=tuple(articles),
            appendices=appendices,
            notice=self._span(front.notice) if front.notice else None,
            signature=signature,
            date=date,
            before=before,
            after=after,
            warnings=tuple(sorted(self.warnings, key=lambda warning: warning.offset)),
        )

    def _span(self, lines: tuple[int, int]) -> Span:
        return Span(self.lines[lines[0]].start, self.lines[lines[1] - 1].end)

    def _units(self) -> list[_Unit]:
        units = []
        for number, head in enumerate(self.heads, 1):
            stop = self.heads[number].index if number < len(self.heads) else len(self.lines)
            tail = self.tails.get(head.part)
            ends = min(stop, tail.begins) if tail and tail.begins > head.index else stop
            units.append(_Unit(head, ends))
        return units

    def _articles(self) -> list[Article]:
        articles = []
        for unit in self._units():
            if not unit.head.chapter:
                articles.append(self._article(unit))
        return articles

    def _article(self, unit: _Unit) -> Article:
        head = unit.head
        first = self.lines[head.index]
        lines = [
            self.lines[index]
            for index in range(head.index, unit.stop)
            if index == head.index or index not in self.skipped
        ]
        body = build(lines, head.label, sections=self.sections, carried=self.carried)
        self.warnings += body.warnings
        label = first.text[first.start : first.start + head.label.length].strip()
        if body.empty and not head.inferred:
            self.warnings.append(irregular("empty-article", first.start, label=label))
        return Article(
            number=head.label.number,
            label="" if head.inferred else label,
            start=first.start,
            end=body.end,
            heading=body.heading,
            suffix=head.label.suffix,
            inferred=head.inferred,
            part=head.part,
            paragraphs=body.paragraphs,
            items=body.items,
        )

    def _chapters(self, articles: list[Article]) -> tuple[list[Chapter], list[Article]]:
        """Chapters with their articles, and the articles with their chapter."""
        chapters: list[Chapter] = []
        holds: list[list[int]] = []
        open_: list[int] = []
        depths = self._depths()
        count = 0
        for unit in self._units():
            head = unit.head
            if head.chapter:
                open_ = [index for index in open_ if chapters[index].depth < depths[head.label.level]]
                open_ = [index for index in open_ if chapters[index].part == head.part]
                chapters.append(self._chapter(unit, depths[head.label.level], open_[-1] if open_ else None))
                holds.append([])
                open_.append(len(chapters) - 1)
                continue
            if open_ and chapters[open_[-1]].part == head.part:
                articles[count] = replace(articles[count], chapter=open_[-1])
                for index in open_:
                    holds[index].append(count)
                    chapters[index] = replace(chapters[index], end=articles[count].end)
            count += 1
        filled = [
            replace(chapter, articles=tuple(held)) for chapter, held in zip(chapters, holds, strict=True)
        ]
        return filled, articles

    def _depths(self) -> dict[int, int]:
        levels = sorted({head.label.level for head in self.heads if head.chapter})
        return {level: depth for depth, level in enumerate(levels, 1)}

    def _chapter(self, unit: _Unit, depth: int, parent: int | None) -> Chapter:
        line = self.lines[unit.head.index]
        label = unit.head.label
        title = line.text[line.start + label.length : line.end].strip(" \t\u3000\xa0:：.．—–-、")
        end = line.end
        following = unit.head.index + 1
        if not title and following < unit.stop and self._is_title_of_chapter(self.lines[following]):
            title, end = self.lines[following].words, self.lines[following].end
        return Chapter(
            number=label.number,
            label=line.text[line.start : line.start + label.length].strip() or line.words,
            title=_joined(title),
            level=LEVEL_NAMES[label.level],
            depth=depth,
            start=line.start,
            end=end,
            parent=parent,
            part=unit.head.part,
        )

    @staticmethod
    def _is_title_of_chapter(line: Line) -> bool:
        return line.length < 80 and not line.finished and not item_labels(line.head)

    def _debris(self, front: Front) -> tuple[Span | None, Span | None]:
        before = after = None
        if front.begins > 0 and self.heads:
            before = self._span((0, front.begins))
        tail = self.tails[max(self.tails)] if self.tails else None
        if tail is not None and tail.debris is not None and tail.debris < len(self.lines):
            after = self._span((tail.debris, len(self.lines)))
        return before, after

    def _signature(self, front: Front) -> tuple[Span | None, str | None]:
        """Of the document itself, else of the notice by which it was issued."""
        tail = self.tails[max(self.tails)] if self.tails else None
        if tail is not None and tail.date is not None:
            return tail.signature, tail.date
        if front.notice is None:
            return None, None
        above = read_tail(self.lines, front.notice[0], front.notice[1], sections=False)
        return above.signature, above.date

    def _language(self, articles: Sequence[Article]) -> str:
        sample = (
            "".join(self.text[article.start : article.start + 200] for article in articles[:50])
            or self.text[:4000]
        )
        chinese = sum("\u4e00" <= char <= "\u9fff" for char in sample)
        return "zh" if chinese * 4 > len("".join(sample.split())) else "en"

    def _check(
        self,
        front: Front,
        articles: Sequence[Article],
        chapters: Sequence[Chapter],
        before: Span | None,
        after: Span | None,
    ) -> None:
        add = self.warnings.append
        if not front.certain:
            add(irregular("title-missing", 0))
        if not articles:
            add(irregular("no-articles", 0))
            return
        if before:
            add(irregular("debris-before", before.start, count=before.end - before.start))
        if after:
            add(irregular("debris-after", after.start, count=after.end - after.start))
        self.warnings += checks.article_numbers(articles, restarts=self.sections and bool(chapters))
        self.warnings += checks.chapter_numbers(chapters)
        self.warnings += checks.empty_chapters(chapters)
        self.warnings += checks.label_styles(self.lines, self.heads)
        self.warnings += checks.item_styles(articles, sections=self.sections)


def _joined(title: str) -> str:
    """总 则 → 总则; other titles with single blanks."""
    words = title.split()
    if all(len(word) == 1 and word not in CHINESE for word in words):
        return "".join(words)
    return " ".join(words)
