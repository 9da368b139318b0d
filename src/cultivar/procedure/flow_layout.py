"""Where each piece of a procedure's picture stands, in pixels of a given width. Pure; nothing overlaps.

One column: each stage and each act has a band of its height to itself, so that words never meet. Lines that lead
elsewhere leave their band to the right and run in lanes between the words and the right edge; a lane is shared only by
lines to the same stage or by the lines to the same act.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cultivar.procedure.flow import Flow, Node, Row

NAME, MARK = 15, 13  # sizes of type
NAME_LINE, MARK_LINE = 21, 18
BOLD = 1.06  # how much wider the names of stages are
SPINE = 12  # the main line from the left edge; each depth begins INDENT further right
INDENT = 28
PAD = 12  # words of a stage from its frame
LANE = 12  # between lanes, and from the words to the first
GAP = 14  # between bands
TURN = 6  # radius of a corner
_NARROW = set("iljtfrI.,:;'|!()[]- ")
_WIDE = set("mwMW@%—…")


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h

    def meets(self, other: "Box") -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )


@dataclass(frozen=True)
class Line:
    """One line of words: its text, the left end of its base line, its size and the space that it takes."""

    text: str
    x: float
    y: float
    size: int
    box: Box


@dataclass(frozen=True)
class PlacedNode:
    """A stage with its frame and words."""

    node: Node
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PlacedRow:
    """An act with its name and marks; the dot stands on the line of its stage, None where it has none."""

    row: Row
    names: tuple[Line, ...]
    marks: tuple[Line, ...]
    dot: tuple[float, float] | None
    box: Box


@dataclass(frozen=True)
class Wire:
    """A line as points with square corners; ``arrow`` at its end. Lines to one goal share their last stretch."""

    points: tuple[tuple[float, float], ...]
    arrow: bool
    kind: Literal["spine", "side"]
    of: str  # the act or stage that it serves


@dataclass(frozen=True)
class Layout:
    """A picture of ``width`` by ``height``."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    rows: tuple[PlacedRow, ...]
    wires: tuple[Wire, ...]


def lay_out(flow: Flow, width: int, language: str) -> Layout:
    """The picture of a procedure in a language, ``width`` pixels wide (320 and more)."""
    return _Placing(flow, width, language).layout()


def text_width(text: str, size: int) -> float:
    """How wide words are drawn at most, in the fonts of the house."""
    return size * sum(_em(sign) for sign in text)


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF" or sign in _WIDE:
        return 1.02  # browsers may set a little space between Chinese and other signs
    if sign in _NARROW:
        return 0.36
    return 0.74 if sign.isupper() else 0.6


def wrapped(text: str, size: int, width: float) -> tuple[str, ...]:
    """``text`` in lines no wider than ``width``, broken between words and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and text_width((line + piece).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return tuple(filter(None, (*lines, line.rstrip())))


_STICKS_BEFORE = set("，。；：、）”’》〉！？,.;:)!?%")
_STICKS_AFTER = set("（“‘《〈(")


def _pieces(text: str) -> Iterator[str]:
    """The least parts between which a line may break."""
    piece = ""
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        glued = sign in _STICKS_BEFORE or (piece and piece[-1] in _STICKS_AFTER)
        before_wide = bool(piece) and unicodedata.east_asian_width(piece[-1]) in "WF"
        if piece and not glued and (wide or before_wide or piece[-1].isspace()):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


@dataclass(frozen=True)
class _Lane:
    """What shares a lane: the bands that it joins and the one to which its arrow points."""

    goal: int
    ends: tuple[int, ...]

    @property
    def first(self) -> int:
        return min(self.goal, *self.ends)

    @property
    def last(self) -> int:
        return max(self.goal, *self.ends)


class _Placing:
    def __init__(self, flow: Flow, width: int, language: str) -> None:
        self.items = flow.items
        self.language = language
        self.width = float(width)
        self.band_of = {item.stage: n for n, item in enumerate(self.items) if isinstance(item, Node)}
        self.lanes = list(self._lanes())
        self.place = _places(self.lanes)
        self.most = max(self.place, default=-1) + 1
        self.words_end = self.width - (LANE * (self.most + 1) if self.most else 2)

    def _lanes(self) -> Iterator[_Lane]:
        """One lane to each stage that lines lead to, and one to each act that several stages lead to."""
        to_stage: dict[str, list[int]] = {}
        for number, item in enumerate(self.items):
            if not isinstance(item, Row):
                continue
            if item.goes == "away":
                to_stage.setdefault(item.to, []).append(number)
            if item.others:
                yield _Lane(number, tuple(self.band_of[name] for name in item.others))
        for name, bands in to_stage.items():
            yield _Lane(self.band_of[name], tuple(bands))

    # ------------------------------------------------------------------------------------------ bands

    def layout(self) -> Layout:
        y = 2.0
        placed: list[PlacedNode | PlacedRow] = []
        for number, item in enumerate(self.items):
            one = self._node(number, item, y) if isinstance(item, Node) else self._row(number, item, y)
            placed.append(one)
            y = one.box.bottom + GAP
        # Words that need less room draw the lanes to them.
        self.words_end = min(self.words_end, max(one.box.right for one in placed) + LANE)
        wires = (*self._spines(placed), *self._side_wires(placed))
        return Layout(
            self.words_end + (LANE * (self.most + 1) if self.most else 2),
            y - GAP + 2,
            tuple(one for one in placed if isinstance(one, PlacedNode)),
            tuple(one for one in placed if isinstance(one, PlacedRow)),
            wires,
        )

    def _ports(self, number: int) -> int:
        return sum(number == lane.goal or number in lane.ends for lane in self.lanes)

    def _node(self, number: int, node: Node, y: float) -> PlacedNode:
        x = INDENT * node.depth + 2.0
        lines = wrapped(node.name.say(self.language), NAME, (self.words_end - x - 2 * PAD) / BOLD)
        w = max(text_width(line, NAME) for line in lines) * BOLD + 2 * PAD
        h = max(NAME_LINE * len(lines) + PAD, 12.0 * self._ports(number) + 8)
        top = y + (h - NAME_LINE * len(lines)) / 2
        return PlacedNode(node, Box(x, y, w, h), tuple(_lines(lines, x + PAD, top, NAME, NAME_LINE)))

    def _row(self, number: int, row: Row, y: float) -> PlacedRow:
        x = INDENT * (row.depth + 1) + 2.0
        room = self.words_end - x
        names = wrapped(row.name.say(self.language), NAME, room)
        marks = _marks([mark.say(self.language) for mark in (*row.marks, row.cites)], room)
        name_lines = tuple(_lines(names, x, y, NAME, NAME_LINE))
        mark_lines = tuple(_lines(marks, x, y + NAME_LINE * len(names), MARK, MARK_LINE))
        h = max(NAME_LINE * len(names) + MARK_LINE * len(marks), 12.0 * self._ports(number))
        w = max(line.box.w for line in (*name_lines, *mark_lines))
        dot = (_spine(row.depth), y + NAME_LINE / 2) if row.at else None
        return PlacedRow(row, name_lines, mark_lines, dot, Box(x, y, w, h))

    # ------------------------------------------------------------------------------------------ lines

    def _spines(self, placed: Sequence[PlacedNode | PlacedRow]) -> Iterator[Wire]:
        """From each stage down to its last act, or on to the next stage where an act leads there."""
        for number, one in enumerate(placed):
            if isinstance(one, PlacedRow):
                if one.row.goes == "next":
                    yield self._into(one, placed[number + 1])
                continue
            mine = [
                other
                for other in placed[number:]
                if isinstance(other, PlacedRow) and other.row.at == one.node.stage
            ]
            if not mine:
                continue
            x, dot = _spine(one.node.depth), mine[-1].dot
            forward = mine[-1].row.goes == "forward"
            end = _box_of(placed, mine[-1].row.to).y if forward else (dot[1] if dot else 0.0)
            yield Wire(((x, one.box.bottom), (x, end)), forward, "spine", one.node.stage)

    def _into(self, row: PlacedRow, node: PlacedNode | PlacedRow) -> Wire:
        """From an act to the stage just below it."""
        if row.dot is not None:
            x = _spine(row.row.depth + 1)
            return Wire(((x, row.box.bottom), (x, node.box.y)), True, "side", row.row.act)
        x, y = _spine(row.row.depth), row.box.y + NAME_LINE / 2
        return Wire(((row.box.x - 4, y), (x, y), (x, node.box.y)), True, "side", row.row.act)

    def _side_wires(self, placed: Sequence[PlacedNode | PlacedRow]) -> Iterator[Wire]:
        used: dict[int, int] = {}
        for lane, place in sorted(
            zip(self.lanes, self.place, strict=True), key=lambda pair: (pair[1], pair[0].first)
        ):
            x = self.words_end + LANE * (place + 0.75)
            goal = self._port(placed, lane.goal, used)
            serves = _name_of(placed[lane.goal])
            starts = sorted((self._port(placed, end, used) for end in lane.ends), key=lambda at: at[1])
            outermost = {starts[0], starts[-1]} if starts[0][1] < goal[1] < starts[-1][1] else set()
            outermost |= {max(starts, key=lambda at: abs(at[1] - goal[1]))}
            for start in starts:
                if start in outermost:
                    yield Wire((start, (x, start[1]), (x, goal[1]), goal), True, "side", serves)
                else:  # joins the line of another
                    joins = start[1] + (2 * TURN if goal[1] > start[1] else -2 * TURN)
                    yield Wire((start, (x, start[1]), (x, joins)), False, "side", serves)

    def _port(
        self, placed: Sequence[PlacedNode | PlacedRow], number: int, used: dict[int, int]
    ) -> tuple[float, float]:
        """The next free place on the right edge of a band."""
        box, n = placed[number].box, used.get(number, 0)
        used[number] = n + 1
        return box.right + (0 if isinstance(placed[number], PlacedNode) else 4), box.y + box.h * (n + 1) / (
            self._ports(number) + 1
        )


def _spine(depth: int) -> float:
    return SPINE + INDENT * depth + 2.0


def _box_of(placed: Sequence[PlacedNode | PlacedRow], stage: str) -> Box:
    return next(one.box for one in placed if isinstance(one, PlacedNode) and one.node.stage == stage)


def _name_of(one: PlacedNode | PlacedRow) -> str:
    return one.node.stage if isinstance(one, PlacedNode) else one.row.act


def _lines(texts: Sequence[str], x: float, y: float, size: int, height: int) -> Iterator[Line]:
    for number, text in enumerate(texts):
        top = y + height * number
        base = top + height / 2 + size * 0.36
        yield Line(text, x, base, size, Box(x, top, text_width(text, size), height))


def _marks(marks: Sequence[str], room: float) -> tuple[str, ...]:
    """Marks joined by a point, broken between two of them where they fit."""
    lines: list[str] = []
    for mark in marks:
        joined = f"{lines[-1]} · {mark}" if lines else ""
        if joined and text_width(joined, MARK) <= room:
            lines[-1] = joined
        else:
            lines.extend(wrapped(mark, MARK, room))
    return tuple(lines)


def _places(lanes: Sequence[_Lane]) -> list[int]:
    """For each lane its number from the words outwards: the short ones inside, none on another."""
    places = [0] * len(lanes)
    taken: list[list[_Lane]] = []
    for number in sorted(range(len(lanes)), key=lambda n: (lanes[n].last - lanes[n].first, lanes[n].first)):
        lane = lanes[number]
        free = next(
            (
                place
                for place, others in enumerate(taken)
                if all(lane.last < other.first or other.last < lane.first for other in others)
            ),
            len(taken),
        )
        if free == len(taken):
            taken.append([])
        taken[free].append(lane)
        places[number] = free
    return places
