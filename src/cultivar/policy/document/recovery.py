"""Finds articles whose number was lost: a paragraph that stands where the missing article must."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cultivar.policy.document.heads import Head
from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import Label, appendix_label, chapter_label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.model import Irregularity
from cultivar.policy.document.numerals import CHINESE

MOST = 5  # a longer gap is not a lost number but a lost page

_BROKEN = re.compile(
    rf"第? ?[{CHINESE}0-9]{{1,7}} ?条[ :.]|第 {{0,4}}条[ :.]|第 ?[{CHINESE}0-9]{{1,7}}[ :.](?! ?[章节编款项])|"
    rf"条 "
    r"|article\s*[:.]|article (?=[A-Z])",
    re.IGNORECASE,
)
_LEAD_ZH = re.compile(r"(?!前款|本条|前条|其中)([\u4e00-\u9fff、]{2,12})(?:。|：|:| {2,})(?=.{6})")
_LEAD_EN = re.compile(r"([A-Z][A-Za-z'’-]*(?: [A-Za-z'’-]+){0,7})[.:] (?=[A-Z“\"(].{10})")
_VERBAL = re.compile(r"应当|必须|不得|可以|是指|国家|适用|实行|负责|为了|予以")


def lead(head: str) -> str:
    """The lead that names a paragraph (提出申请。 or “Submission of Applications.”), or ""."""
    found = _LEAD_ZH.match(head)
    if found:
        return "" if _VERBAL.search(found[1]) else found[1]
    found = _LEAD_EN.match(head)
    return found[1] if found else ""


def recover(
    lines: Sequence[Line], heads: Sequence[Head], skipped: frozenset[int]
) -> tuple[list[Head], list[Irregularity]]:
    """The heads with those of lost numbers put in, each with its warning."""
    articles = [head for head in heads if not head.chapter]
    chapters = {head.index for head in heads if head.chapter}
    known = {(head.part, head.label.number) for head in articles}
    added: list[Head] = []
    for before, after in _gaps(heads, articles):
        missing = _missing(before, after)
        if not 0 < len(missing) <= MOST or any((after.part, number) in known for number in missing):
            continue
        between = [
            index
            for index in range(before.index + 1, after.index)
            if index not in skipped and index not in chapters
        ]
        places = _places(lines, heads, between, chapters, missing)
        added += [
            _head(lines[index], index, number, after) for index, number in zip(places, missing, strict=False)
        ]
    warnings = [
        irregular("article-number-missing", lines[head.index].start, number=head.label.number)
        for head in added
    ]
    return sorted([*heads, *added], key=lambda head: head.index), warnings


def _gaps(heads: Sequence[Head], articles: Sequence[Head]) -> Iterator[tuple[Head, Head]]:
    if articles and articles[0].label.number in range(2, MOST + 2):
        chapter = next((head for head in heads if head.chapter), None)
        if chapter is not None and chapter.index < articles[0].index:
            yield chapter, articles[0]
    for before, after in pairwise(articles):
        if before.part == after.part and before.label.language == after.label.language:
            yield before, after


def _missing(before: Head, after: Head) -> list[int]:
    start = 0 if before.chapter else before.label.number
    stop = after.label.number
    if start is None or stop is None or after.label.suffix or stop - start > MOST + 1:
        return []
    return list(range(start + 1, stop))


def _places(
    lines: Sequence[Line], heads: Sequence[Head], between: list[int], chapters: set[int], missing: list[int]
) -> list[int]:
    """The lines that open the missing articles, as many as are missing, or none."""
    text = [
        index
        for index in between
        if not item_labels(lines[index].head)
        and not appendix_label(lines[index].head)
        and (lines[index].finished or lines[index].length > 60 or _BROKEN.match(lines[index].head))
    ]
    broken = [index for index in text if _BROKEN.match(lines[index].head)]
    after_chapter = [index for index in text if index - 1 in chapters]
    led = [index for index in text if lead(lines[index].head) and _starts(lines, index)]
    for candidates in (
        broken,
        sorted({*broken, *after_chapter, *led}),
        sorted({*broken, *led}),
        after_chapter,
    ):
        if len(candidates) == len(missing):
            return candidates
    plain = [index for index in text if _starts(lines, index) and index - 1 not in chapters]
    if len(plain) == len(missing) and _one_paragraph_each(lines, heads, between):
        return plain
    return []


def _starts(lines: Sequence[Line], index: int) -> bool:
    """Whether a paragraph, not the rest of a wrapped line, starts here."""
    return lines[index].apart or lines[index - 1].finished or chapter_label(lines[index - 1].head) is not None


def _one_paragraph_each(lines: Sequence[Line], heads: Sequence[Head], between: list[int]) -> bool:
    """Whether every other article of the document is a single line: then a second one is an article of its own."""
    if any(item_labels(lines[index].head) for index in between):
        return False
    singles = 0
    for before, after in pairwise(heads):
        if before.chapter or before.index + 1 == between[0]:
            continue
        if after.index - before.index > 1:
            return False
        singles += 1
    return singles >= 5


def _head(line: Line, index: int, number: int, after: Head) -> Head:
    found = _BROKEN.match(line.head)
    length = found.end() if found else 0
    label = Label("lost", number, length, after.label.language)
    return Head(index, label, chapter=False, part=after.part, inferred=True)
