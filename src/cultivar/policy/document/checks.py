"""Looks at the numbers of articles and chapters, and at how labels are written, and says what is irregular."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cultivar.policy.document.heads import Head
from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.lines import Line
from cultivar.policy.document.model import Article, Chapter, Irregularity, Item

_WIDE = frozenset("（）０１２３４５６７８９．：")
_NARROW = frozenset("().:0123456789")
_MARKS = frozenset("（）．：().:")


def article_numbers(articles: Sequence[Article], *, restarts: bool) -> Iterator[Irregularity]:
    """Gaps, repetitions and disorder. ``restarts``: the sections of an opinion may start at one in each chapter."""
    groups: dict[tuple[int, int | None], list[Article]] = defaultdict(list)
    for article in articles:
        groups[article.part, article.chapter if restarts else None].append(article)
    carried: dict[int, int] = {}
    for (part, _), group in groups.items():
        start = 0
        if restarts and group[0].number != 1:
            start = carried.get(part, 0)
        yield from _sequence(group, start)
        carried[part] = max(article.number or 0 for article in group)


def _sequence(articles: Sequence[Article], start: int) -> Iterator[Irregularity]:
    present = {article.number for article in articles}
    seen: set[tuple[int | None, int]] = set()
    highest = (start, 0)
    for article in articles:
        number, key = article.number or 0, (article.number, article.suffix)
        place = (number, article.suffix)
        if key in seen:
            yield irregular("article-number-repeated", article.start, number=article.name)
        elif place < highest:
            yield irregular("article-out-of-order", article.start, number=article.name, before=_name(highest))
        elif number > highest[0] + 1 and not _all_present(highest[0] + 1, number, present):
            yield irregular("article-gap", article.start, number=article.name, before=_name(highest))
        seen.add(key)
        highest = max(highest, place)


def _all_present(start: int, stop: int, present: set[int | None]) -> bool:
    return stop - start < 1000 and all(number in present for number in range(start, stop))


def _name(place: tuple[int, int]) -> str:
    return f"{place[0]}-{place[1]}" if place[1] else str(place[0])


def chapter_numbers(chapters: Sequence[Chapter]) -> Iterator[Irregularity]:
    """Gaps, repetitions and disorder among the chapters of each level; sections start again in each chapter."""
    last: dict[tuple[int, int], tuple[int | None, int]] = {}
    for chapter in chapters:
        if chapter.number is None:
            continue
        key = (chapter.part, chapter.depth)
        parent, number = last.get(key, (None, 0))
        new_parent = parent != chapter.parent
        last[key] = (chapter.parent, chapter.number)
        if chapter.number == number + 1 or (new_parent and chapter.number == 1):
            continue
        yield irregular(_kind(chapter.number, number), chapter.start, label=chapter.label, before=number)


def _kind(number: int, before: int) -> str:
    if number == before:
        return "chapter-repeated"
    return "chapter-gap" if number > before else "chapter-out-of-order"


def empty_chapters(chapters: Sequence[Chapter]) -> Iterator[Irregularity]:
    """Chapters without articles, where the document has articles at all."""
    for chapter in chapters:
        if not chapter.articles and chapter.number is not None:
            yield irregular("empty-chapter", chapter.start, label=chapter.label)


def label_styles(lines: Sequence[Line], heads: Sequence[Head]) -> Iterator[Irregularity]:
    """Articles and chapters that are numbered in another style or with other punctuation than their fellows."""
    labelled = [head for head in heads if not head.inferred and head.label.style != "none"]
    groups: dict[tuple[int, str, int], list[Head]] = defaultdict(list)
    for head in labelled:
        groups[head.part, head.label.language, head.label.level].append(head)
    for same in groups.values():
        written = [(head.label.style, lines[head.index], head.label.length) for head in same]
        yield from _minorities("mixed-numbering-style", written)
        if same[0].label.level == 0:
            points = [
                (_point(lines[head.index], head), lines[head.index], head.label.length) for head in same
            ]
            yield from _minorities("mixed-punctuation", [point for point in points if point[0] != "alone"])
        widths = [(width, line, length) for _, line, length in written if (width := _width(line, length))]
        yield from _minorities("mixed-width", widths)


def _point(line: Line, head: Head) -> str:
    following = line.head[head.label.length : head.label.length + 1]
    if not following:
        return "alone"
    return following if following in ":.、" else "none"


def _width(line: Line, length: int) -> str:
    return _width_of(line.text[line.start : line.start + length])


def _width_of(label: str) -> str:
    """Brackets and points decide; digits do where a label has neither."""
    marks = "".join(char for char in label if char in _MARKS) or label
    wide, narrow = any(char in _WIDE for char in label), any(char in _NARROW for char in marks)
    if wide and narrow:
        return "both"
    return "wide" if wide else "narrow" if narrow else ""


def _minorities(kind: str, written: Sequence[tuple[str, Line, int]]) -> Iterator[Irregularity]:
    """One finding for the first label of every style but the most usual."""
    count = Counter(style for style, _, _ in written)
    if len(count) < 2:
        return
    usual = count.most_common(1)[0][0]
    example = next(
        line.text[line.start : line.start + length + 1] for style, line, length in written if style == usual
    )
    told = {usual}
    for style, line, length in written:
        if style not in told:
            told.add(style)
            label = line.text[line.start : line.start + length + 1]
            yield irregular(kind, line.start, label=label.strip(), usual=example.strip())


def item_styles(articles: Iterable[Article], *, sections: bool) -> Iterator[Irregularity]:
    """Items of the first level in several styles, and labels of one style in both widths."""
    firsts = [article.items[0] for article in articles if article.items]
    if not sections:
        yield from _item_minorities("mixed-numbering-style", [(_family(item.style), item) for item in firsts])
    by_style: dict[str, list[tuple[str, Item]]] = defaultdict(list)
    for item in _every(article.items for article in articles):
        width = _width_of(item.label)
        if width:
            by_style[item.style].append((width, item))
    for widths in by_style.values():
        yield from _item_minorities("mixed-width", widths)


def _family(style: str) -> str:
    return "chinese-paren" if style == "chinese-circled" else style


def _every(lists: Iterable[Sequence[Item]]) -> Iterator[Item]:
    for items in lists:
        for item in items:
            yield item
            yield from _every([item.items])


def _item_minorities(kind: str, items: Sequence[tuple[str, Item]]) -> Iterator[Irregularity]:
    count = Counter(style for style, _ in items)
    if len(count) < 2:
        return
    usual = count.most_common(1)[0][0]
    example = next(item.label for style, item in items if style == usual)
    told = {usual}
    for style, item in items:
        if style not in told:
            told.add(style)
            yield irregular(kind, item.start, label=item.label, usual=example)
