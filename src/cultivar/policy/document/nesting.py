"""Nests items by their numbers: （一） 1. (1) (i) (a) ①, in whatever order a document uses its styles.

The line's own style and number decide: the deepest list of that style which this number continues takes it; a
number one in a style not open opens a list inside; anything else is an irregularity.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cultivar.policy.document.irregularities import irregular
from cultivar.policy.document.labels import Label
from cultivar.policy.document.model import Irregularity, Item

DEPTH = 8


@dataclass
class Node:
    """An item while its end is still open."""

    number: int | None
    label: str
    style: str
    start: int
    end: int
    items: list["Node"] = field(default_factory=list)

    def done(self) -> Item:
        """The item with everything inside it."""
        return Item(
            self.number,
            self.label,
            self.start,
            self.end,
            self.style,
            tuple(node.done() for node in self.items),
        )


@dataclass
class _Level:
    nodes: list[Node]
    style: str
    last: int
    interrupted: bool = False  # unnumbered text stood after its last item


class Nest:
    """The open lists of one article; ``top`` holds its items.

    With ``sections`` the top holds the sections of an opinion: text belongs to the item before it, and a number one
    in the style of the sections opens a list inside a section instead of starting the sections again. ``carried``
    holds the last number of every style in lists that were closed: （三） may go on under 二、 after （二） under 一、.
    """

    def __init__(self, *, sections: bool = False, carried: dict[str, int] | None = None) -> None:
        self.sections = sections
        self.closed = carried if carried is not None else {}
        self.top: list[Node] = []
        self.levels: list[_Level] = []
        self.warnings: list[Irregularity] = []
        self.too_deep = False

    def add(self, labels: Sequence[Label], text: str, start: int, end: int) -> Node:
        """Puts the item at ``text[start:end]`` where it belongs; ``labels`` are the ways to read its label."""
        label, depth = self._place(labels)
        node = Node(label.number, text[start : start + label.length].strip(), label.style, start, end)
        if depth == len(self.levels):
            self._open(label, node)
        else:
            self._continue(depth, label, node)
        self.stretch(end)
        return node

    def stretch(self, end: int) -> None:
        """The text up to ``end`` belongs to the innermost open item, and so to those around it."""
        for level in self.levels:
            level.nodes[-1].end = max(level.nodes[-1].end, end)

    def close(self) -> None:
        """The text of the article is over."""
        self._close(0)

    def interrupt(self) -> None:
        """Unnumbered text of the article: a list may go on after it or start again at one."""
        for level in self.levels:
            level.interrupted = True

    def _place(self, labels: Sequence[Label]) -> tuple[Label, int]:
        """The reading of the label and the level it goes to; ``len(self.levels)`` opens a new one."""
        for label, depth in self._same_style(labels):
            if label.number == self.levels[depth].last + 1:
                return label, depth
        first = next((label for label in labels if label.number == 1), None)
        if first is not None:
            return first, self._level_for_one(first)
        for label, depth in self._same_style(labels):
            return label, depth
        for label in labels:
            if label.number == self.closed.get(label.style, -1) + 1 and len(self.levels) < DEPTH:
                return label, len(self.levels)
        for label in labels:
            for depth in range(len(self.levels) - 1, -1, -1):
                if label.number == self.levels[depth].last + 1 and label.number > 2:
                    return label, depth
        return labels[0], min(len(self.levels), DEPTH - 1)

    def _same_style(self, labels: Sequence[Label]) -> Iterator[tuple[Label, int]]:
        for depth in range(len(self.levels) - 1, -1, -1):
            for label in labels:
                if self.levels[depth].style == label.style:
                    yield label, depth

    def _level_for_one(self, label: Label) -> int:
        """Where a number one goes: a list that starts again after text, else inside the item before it."""
        depth = len(self.levels) - 1
        if depth >= 0 and self.levels[depth].style == label.style and not (self.sections and depth == 0):
            return depth
        interrupted = [
            place
            for place, level in enumerate(self.levels)
            if level.style == label.style and level.interrupted and not self.sections
        ]
        if interrupted:
            return interrupted[0]
        if depth + 1 >= DEPTH:
            self.too_deep = True
            return depth
        return depth + 1

    def _open(self, label: Label, node: Node) -> None:
        if label.number is not None and label.number not in (1, self.closed.get(label.style, 0) + 1):
            self.warnings.append(irregular("item-gap", node.start, label=node.label))
        nodes = self.levels[-1].nodes[-1].items if self.levels else self.top
        nodes.append(node)
        self.levels.append(_Level(nodes, label.style, label.number or 0))

    def _continue(self, depth: int, label: Label, node: Node) -> None:
        self._close(depth + 1)
        level = self.levels[depth]
        if not self.sections:  # the numbers of sections are looked at as those of articles
            self._check(level, label, node)
        level.nodes.append(node)
        level.last = label.number or level.last
        level.interrupted = False

    def _close(self, depth: int) -> None:
        for level in self.levels[depth:]:
            self.closed[level.style] = level.last
        del self.levels[depth:]

    def _check(self, level: _Level, label: Label, node: Node) -> None:
        number = label.number or 0
        usual = level.nodes[-1].label
        if level.style != label.style:
            self.warnings.append(
                irregular("mixed-numbering-style", node.start, label=node.label, usual=usual)
            )
        if number == level.last + 1 or (number == 1 and level.interrupted):
            return
        if number == level.last:
            kind = "item-repeated"
        elif number > level.last:
            kind = "item-gap"
        else:
            kind = "item-out-of-order"
        self.warnings.append(irregular(kind, node.start, label=node.label))
