"""Finds the numbered sections of opinions, notices and plans, which have no articles: 一、 or 1. or I. at the top."""

from collections import Counter
from collections.abc import Sequence

from cultivar.policy.document.heads import Head
from cultivar.policy.document.labels import Label, appendix_label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.marks import date_of
from cultivar.policy.document.nesting import Nest

_FIRST = ("chinese-dot", "roman-dot")  # the styles that stand at the top whenever a document uses them


def find_sections(
    lines: Sequence[Line], skipped: frozenset[int], chapters: frozenset[int]
) -> tuple[list[Head], set[int]]:
    """The lines that open sections, and the lines after which the text has ended (signature, appendices)."""
    read = {
        index: labels
        for index, line in enumerate(lines)
        if index not in skipped and index not in chapters and (labels := item_labels(line.head))
    }
    top = _top_style(read)
    if top is None:
        return [], set()
    return _collect(lines, read, top, chapters)


def _top_style(read: dict[int, tuple[Label, ...]]) -> str | None:
    count = Counter(labels[0].style for labels in read.values())
    ones = {label.style for labels in read.values() for label in labels if label.number == 1}
    for style in _FIRST:
        if count[style] >= 2 and style in ones:
            return style
    for labels in read.values():
        for label in labels:
            if label.number == 1 and count[label.style] >= 2:
                return label.style
    return None


def _collect(
    lines: Sequence[Line], read: dict[int, tuple[Label, ...]], top: str, chapters: frozenset[int]
) -> tuple[list[Head], set[int]]:
    heads: list[Head] = []
    nest = Nest(sections=True)
    part = 1
    for index, line in enumerate(lines):
        if index in chapters:
            nest = Nest(sections=True)
        if len(heads) > 1 and _ends(line, read.get(index)):
            return heads, {index}
        labels = read.get(index)
        if labels is None or (not nest.levels and labels[0].style != top):
            continue
        if top in _FIRST and nest.levels and nest.levels[0].last > 1 and _one(labels, top):
            part, nest = part + 1, Nest(sections=True)
        node = nest.add(labels, line.text, line.start, line.end)
        if len(nest.levels) == 1:
            label = next((label for label in labels if label.style == node.style), labels[0])
            heads.append(Head(index, label, chapter=False, part=part))
    return heads, set()


def _one(labels: tuple[Label, ...], top: str) -> bool:
    return any(label.style == top and label.number == 1 for label in labels)


def _ends(line: Line, labels: tuple[Label, ...] | None) -> bool:
    return labels is None and (appendix_label(line.head) is not None or date_of(line) is not None)
