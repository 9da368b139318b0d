"""Builds one article from its lines: heading, paragraphs and items."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import Label, item_labels
from cultivar.policy.document.lines import Line
from cultivar.policy.document.model import Irregularity, Item, Span
from cultivar.policy.document.nesting import DEPTH, Nest
from cultivar.policy.document.numerals import CHINESE
from cultivar.policy.document.recovery import lead

_BRACKETED = re.compile(r" *(?:【([^】]{1,40})】|\[([^\]]{1,40})\]|\(([^()]{2,20})\)(?=[ \u4e00-\u9fff]))")
_MENTION = re.compile(r" ?(?:项|款|目|、|和|或|至|所|规定|of\b|and\b|or\b|to\b|above\b|,|;)")
_TITLE_LIKE = re.compile(r"[^。，；]{2,40}。|[A-Z][^.;]{2,120}\.")
_SHORTEST_LIST = 8  # characters: …：（一）甲；（二）乙
_INLINE = re.compile(
    rf"(?:(?<=[：:；;。，,])|(?<=and )|(?<=or ))[ \u3000]{{0,2}}(?=[（(][{CHINESE}0-9０-９ivxa-z]{{1,5}}[）)]|"
    rf"[①-⑳⑴-⒇])"
)


@dataclass(frozen=True)
class Body:
    """What an article holds; offsets as in ``Article``."""

    heading: str
    end: int
    paragraphs: tuple[Span, ...]
    items: tuple[Item, ...]
    empty: bool
    warnings: tuple[Irregularity, ...]


def build(
    lines: Sequence[Line], label: Label, *, sections: bool, carried: dict[str, int] | None = None
) -> Body:
    """Reads the lines of one article, the first of which starts with ``label``.

    ``carried`` holds the last number of each style in the sections before, which items may go on from; it is updated.
    """
    builder = _Builder(sections, carried)
    for number, line in enumerate(lines):
        skip = label.length if number == 0 else 0
        for piece in _pieces(line, skip):
            builder.piece(piece, opening=number == 0 and piece.start <= line.start + skip + 8)
    return builder.done(lines, label)


def _pieces(line: Line, skip: int) -> Iterator[Line]:
    """The line, cut where a list runs on inside it (…：（一）…；（二）…). ``skip`` leaves out the article's label."""
    rest = line if not skip else line.cut(min(line.start + skip, line.end), line.end)
    if rest.length <= 0:
        return
    start = rest.start
    for cut in _cuts(rest):
        yield rest.cut(start, cut)
        start = cut
    yield rest if start == rest.start else rest.cut(start, rest.end)


def _cuts(line: Line) -> list[int]:
    cuts: list[int] = []
    if line.length < _SHORTEST_LIST:
        return cuts
    first = item_labels(line.head)
    runs = {label.style: label.number or 0 for label in first}
    ones: dict[str, int] = {}
    for found in _INLINE.finditer(line.text, line.start, line.end):
        here = Line(line.text, found.end(), min(line.end, found.end() + 12), apart=False)
        for label in item_labels(here.head):
            if label.number == 1 and label.style not in runs and line.text[found.start() - 1] in "：:":
                ones[label.style] = found.end()
            elif label.number == runs.get(label.style, 0) + 1 and label.style in runs:
                cuts.append(found.end())
            elif label.number == 2 and label.style in ones:
                cuts += [ones.pop(label.style), found.end()]
            else:
                continue
            if label.style in runs or label.number == 2:
                runs[label.style] = label.number or 0
            break
    return sorted(set(cuts))


class _Builder:
    def __init__(self, sections: bool, carried: dict[str, int] | None) -> None:
        self.sections = sections
        self.nest = Nest(carried=carried)
        self.paragraphs: list[Span] = []
        self.above: Line | None = None
        self.in_item = False
        self.bare = False  # the line above was nothing but the label of an item

    def piece(self, line: Line, *, opening: bool) -> None:
        labels = item_labels(line.head)
        running = self._running(line)
        if labels and not (running and _MENTION.match(line.head, labels[0].length)):
            self.nest.add(labels, line.text, line.start, line.end)
            self.in_item = True
            self.bare = line.length <= labels[0].length
            self.above = line
            return
        if running or (self.sections and self.in_item):
            self._continue(line)
        else:
            self._paragraph(line)
        self.above, self.bare = line, False

    def _running(self, line: Line) -> bool:
        above = self.above
        if above is None or line.broken:
            return False
        return self.bare or (not above.finished and not line.apart)

    def _continue(self, line: Line) -> None:
        if self.in_item:
            self.nest.stretch(line.end)
        elif self.paragraphs:
            self.paragraphs[-1] = Span(self.paragraphs[-1].start, line.end)
        else:
            self._paragraph(line)
        if self.sections and self.above is not None and self.above.finished:
            self.nest.interrupt()

    def _paragraph(self, line: Line) -> None:
        self.paragraphs.append(Span(line.start, line.end))
        self.nest.interrupt()
        self.in_item = False

    def done(self, lines: Sequence[Line], label: Label) -> Body:
        first = lines[0]
        self.nest.close()
        warnings = list(self.nest.warnings)
        if self.nest.too_deep:
            warnings.append(irregular("nested-too-deep", first.start, depth=DEPTH))
        return Body(
            heading(lines, label, sections=self.sections),
            max(line.end for line in lines),
            tuple(self.paragraphs),
            tuple(node.done() for node in self.nest.top),
            not self.paragraphs and not self.nest.top,
            tuple(warnings),
        )


def heading(lines: Sequence[Line], label: Label, *, sections: bool) -> str:
    """The lead that names an article: 【标题】, 提出申请。…, a line of its own; "" where there is none."""
    first = lines[0]
    rest = first.head[label.length :]
    bracketed = _BRACKETED.match(rest)
    if bracketed:
        return next(group for group in bracketed.groups() if group)
    plain = rest.lstrip(" :.、-—")
    if not plain:
        return ""
    named = lead(plain)
    if named:
        return named
    alone = not first.finished and _stands_alone(plain, lines, sections=sections)
    if alone or (sections and _TITLE_LIKE.fullmatch(plain)):
        return first.text[first.start + first.head.rindex(plain) : first.end].rstrip("。.")
    return ""


def _stands_alone(plain: str, lines: Sequence[Line], *, sections: bool) -> bool:
    """Whether the rest of the first line is a heading and not the start of a wrapped sentence."""
    if len(lines) == 1:
        return sections and len(plain) < 100
    if plain.isascii():
        return len(plain) <= 80 and (lines[1].apart or not lines[1].head[:1].islower())
    return len(plain) <= (60 if sections else 24)
