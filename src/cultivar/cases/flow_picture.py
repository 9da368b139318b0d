"""A procedure's picture for a page: placed in the language of the page, with its links and where a case stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cultivar.cases.citing import chip
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.flow import Flow, Node, flow
from cultivar.procedure.flow_layout import TURN, Layout, Line, PlacedNode, PlacedRow, Wire, lay_out
from cultivar.procedure.record import NEW
from cultivar.web.components import ArticleChip
from cultivar.web.language import spoken

NARROW, WIDE = 300, 660  # pixels: within a panel of a telephone, and of a page with columns

_ENDS = ("granted", "refused", "closed")


@dataclass(frozen=True)
class DrawnStage:
    """A stage: its frame and words, where it leads, and how the case stands to it."""

    x: float
    y: float
    w: float
    h: float
    lines: tuple[Line, ...]
    url: str
    kind: str  # start, main, side, granted, refused, closed
    state: str  # "", "been" or "here"

    @property
    def ends(self) -> bool:
        """Whether the case ends here."""
        return self.kind in _ENDS

    @property
    def inner(self) -> tuple[float, float, float, float]:
        """The second frame of an end."""
        return self.x + 3, self.y + 3, self.w - 6, self.h - 6


@dataclass(frozen=True)
class DrawnAct:
    """An act: its words, the way to its article, and its dot on the line (full where the case moves on)."""

    names: tuple[Line, ...]
    marks: tuple[Line, ...]
    url: str
    dot: tuple[float, float] | None
    moves: bool


@dataclass(frozen=True)
class DrawnWire:
    """A line as an SVG path, and the tip of its arrow as another ("" for none)."""

    path: str
    tip: str
    kind: str


@dataclass(frozen=True)
class Drawing:
    """A picture of one width."""

    width: int
    height: int
    items: tuple[tuple[DrawnAct | None, DrawnStage | None], ...]  # from top to bottom
    wires: tuple[DrawnWire, ...]


@dataclass(frozen=True)
class Picture:
    """A procedure drawn for narrow and for wide screens."""

    code: str
    name: Text
    here: Text | None
    narrow: Drawing
    wide: Drawing


def picture(
    programme: Programme,
    procedure: str,
    *,
    been: Collection[str] = (),
    here: str = "",
    names: Mapping[str, Text] | None = None,
) -> Picture:
    """The picture of a procedure; ``been`` and ``here`` are stages of a case, ``names`` other names for stages."""
    spec = programme.procedures[procedure]
    drawn = flow(programme, spec)
    if names:
        drawn = _renamed(drawn, names)
    address = reverse("programme", args=[programme.programme, programme.version])
    ways = _Ways(address, procedure, frozenset(been), here)
    narrow, wide = (lay_out(drawn, width, spoken()) for width in (NARROW, WIDE))
    present = next((node.name for node in drawn.nodes if node.stage == here and here != NEW), None)
    return Picture(procedure, spec.text, present, ways.drawing(narrow), ways.drawing(wide))


@dataclass(frozen=True)
class OutlinedAct:
    """An act in words: who, where it leads, and its marks."""

    name: Text
    to: Text | None
    marks: tuple[Text, ...]
    chip: ArticleChip


@dataclass(frozen=True)
class OutlinedStage:
    """A stage in words, with the acts that can be done there."""

    anchor: str
    name: Text
    ends: bool
    acts: tuple[OutlinedAct, ...]


def outline(programme: Programme, procedure: str) -> tuple[OutlinedStage, ...]:
    """What the picture of a procedure shows, as a list: every stage with all acts that leave it or stay there."""
    spec = programme.procedures[procedure]
    drawn = flow(programme, spec)
    rows = {row.act: row for row in drawn.rows}
    return tuple(
        OutlinedStage(
            anchor(procedure, node.stage),
            node.name,
            node.kind in _ENDS,
            tuple(
                OutlinedAct(
                    act.text,
                    spec.stages[act.to].text if act.to and act.to != node.stage else None,
                    rows[name].marks,
                    chip(programme, act.articles[0]),
                )
                for name, act in spec.acts.items()
                if node.stage in act.from_
            ),
        )
        for node in drawn.nodes
    )


def _renamed(drawn: Flow, names: Mapping[str, Text]) -> Flow:
    items = (
        Node(item.stage, names.get(item.stage, item.name), item.kind, item.depth)
        if isinstance(item, Node)
        else item
        for item in drawn.items
    )
    return Flow(drawn.name, tuple(items))


@dataclass(frozen=True)
class _Ways:
    address: str
    procedure: str
    been: frozenset[str]
    here: str

    def drawing(self, layout: Layout) -> Drawing:
        return Drawing(
            round(layout.width),
            round(layout.height),
            tuple(self._items(layout)),
            tuple(_wire(one) for one in layout.wires),
        )

    def _items(self, layout: Layout) -> Iterator[tuple[DrawnAct | None, DrawnStage | None]]:
        placed: list[PlacedNode | PlacedRow] = [*layout.nodes, *layout.rows]
        for one in sorted(placed, key=lambda one: one.box.y):
            yield (self._act(one), None) if isinstance(one, PlacedRow) else (None, self._stage(one))

    def _stage(self, one: PlacedNode) -> DrawnStage:
        box, name = one.box, one.node.stage
        state = "here" if name == self.here else "been" if name in self.been else ""
        url = (
            "" if name == NEW else f"{self.address}?procedure={self.procedure}#{anchor(self.procedure, name)}"
        )
        return DrawnStage(box.x, box.y, box.w, box.h, one.lines, url, one.node.kind, state)

    def _act(self, one: PlacedRow) -> DrawnAct:
        moves = one.row.goes != "stays"
        return DrawnAct(one.names, one.marks, f"{self.address}#{one.row.article}", one.dot, moves)


def anchor(procedure: str, stage: str) -> str:
    """The id of a stage on the page of its programme."""
    return f"stage-{procedure}-{stage}"


def _wire(wire: Wire) -> DrawnWire:
    return DrawnWire(path(wire.points), tip(wire.points) if wire.arrow else "", wire.kind)


def path(points: Sequence[tuple[float, float]]) -> str:
    """A line through points with round corners."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        first, last = _towards(at, before), _towards(at, after)
        parts.append(f"L{_n(first[0])} {_n(first[1])}Q{_n(at[0])} {_n(at[1])} {_n(last[0])} {_n(last[1])}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def tip(points: Sequence[tuple[float, float]]) -> str:
    """The arrow at the end of a line."""
    (x0, y0), (x, y) = points[-2:]
    if x == x0:
        back = y - 7 if y > y0 else y + 7
        return f"M{_n(x - 4)} {_n(back)}L{_n(x)} {_n(y)}L{_n(x + 4)} {_n(back)}"
    back = x - 7 if x > x0 else x + 7
    return f"M{_n(back)} {_n(y - 4)}L{_n(x)} {_n(y)}L{_n(back)} {_n(y + 4)}"


def _towards(at: tuple[float, float], to: tuple[float, float]) -> tuple[float, float]:
    """A point on the way from a corner, as far as it is rounded."""
    dx, dy = to[0] - at[0], to[1] - at[1]
    long = max(abs(dx), abs(dy))
    share = min(TURN, long / 2) / long if long else 0
    return at[0] + dx * share, at[1] + dy * share


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
