"""A procedure as a picture shows it: its stages and acts in the order in which they are drawn, each once. Pure.

The main line (stages with a step) runs from top to bottom. Beside it, under the stage that it leaves first, stands
a stage beside the line; ends that are reached from several places stand below the line. An act is drawn under its
stage, or, where several stages lead by it to a stage beside or below the line, just before that one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cultivar.policy.citation import number_text
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Procedure, Stage
from cultivar.policy.text import Text
from cultivar.policy.words import length
from cultivar.procedure.record import NEW

Kind = Literal["start", "main", "side", "granted", "refused", "closed"]


@dataclass(frozen=True)
class Node:
    """A stage; ``depth`` 0 stands on the main line or below it, 1 and more beside it."""

    stage: str
    name: Text
    kind: Kind
    depth: int


@dataclass(frozen=True)
class Row:
    """An act: its words, and how it is joined.

    ``depth`` is that of the stage under which it stands (``at``, "" for none); ``others`` are further stages from
    which a line leads to it. It goes on to ``to``: the ``next`` node that is drawn, by the line (``forward``), or to
    one elsewhere by a line of its own (``away``); or the case stays where it is.
    """

    act: str
    name: Text
    marks: tuple[Text, ...]
    article: str
    cites: Text
    at: str
    depth: int
    others: tuple[str, ...]
    to: str
    goes: Literal["stays", "forward", "next", "away"]


@dataclass(frozen=True)
class Flow:
    """A procedure in drawing order."""

    name: Text
    items: tuple[Node | Row, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The stages, the start first."""
        return tuple(item for item in self.items if isinstance(item, Node))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The acts."""
        return tuple(item for item in self.items if isinstance(item, Row))


def flow(programme: Programme, procedure: Procedure) -> Flow:
    """The picture of one procedure of a programme that the linter has found sound."""
    return Flow(procedure.text, tuple(_Drawing(programme, procedure).draw()))


START = Text("开始", "Start")


class _Drawing:
    def __init__(self, programme: Programme, procedure: Procedure) -> None:
        self.programme = programme
        self.procedure = procedure
        self.acts = procedure.acts
        self.main = [NEW, *(name for name, stage in procedure.stages.items() if stage.step is not None)]
        beside = [name for name in procedure.stages if name not in self.main]
        self.below = [name for name in beside if self._is_below(name)]
        self.host = {name: self._first_source(name) for name in beside if name not in self.below}
        self.drawn: set[str] = set()

    def draw(self) -> Iterator[Node | Row]:
        for name in self.main:
            yield from self._block(name, 0)
        hosted = [name for name in self.procedure.stages if name not in self.drawn and name not in self.below]
        for name in (*hosted, *self.below):
            if name not in self.drawn:
                yield from self._gathered(name)
                yield from self._block(name, 0)

    # ------------------------------------------------------------------------------ where things stand

    def _is_below(self, name: str) -> bool:
        """An end that several acts or stages lead to stands below the line, others beside it."""
        leading = self._leading(name)
        several = len(leading) != 1 or len(self.acts[leading[0]].from_) != 1
        return several and self.procedure.stages[name].final is not None

    def _leading(self, name: str) -> list[str]:
        return [act_id for act_id, act in self.acts.items() if act.to == name and name not in act.from_]

    def _first_source(self, name: str) -> str:
        """The stage under which a stage beside the line stands: the first of the main line that leads there."""
        sources = [source for act in self._leading(name) for source in self.acts[act].from_]
        on_line = [source for source in self.main if source in sources]
        return (on_line or sources or [NEW])[0]

    def _home(self, act_id: str) -> str:
        """The stage under which an act is drawn; "" where it is drawn just before the stage that it leads to."""
        act = self.acts[act_id]
        if act.to is None or act.to in act.from_:
            return self._earliest(act.from_)
        if act.to in self.below:
            return act.from_[0] if len(act.from_) == 1 else ""
        host = self.host.get(act.to) or self._before(act.to)
        return host if host in act.from_ else self._earliest(act.from_)

    def _before(self, name: str) -> str:
        place = self.main.index(name)
        return self.main[place - 1] if place else ""

    def _earliest(self, stages: list[str]) -> str:
        return next((name for name in self.main if name in stages), stages[0])

    # ---------------------------------------------------------------------------------- what is drawn

    def _block(self, name: str, depth: int) -> Iterator[Node | Row]:
        """A stage with the acts under it: those that stay, those that lead away, those that lead on."""
        self.drawn.add(name)
        yield self._node(name, depth)
        mine = [act_id for act_id in self.acts if self._home(act_id) == name]
        onward = self._next_of(name) if depth == 0 else ""
        staying = [act_id for act_id in mine if self._stays(act_id)]
        forward = [act_id for act_id in mine if onward and self.acts[act_id].to == onward]
        inward = [one for one, host in self.host.items() if host == name and one not in self.drawn]
        away = [act_id for act_id in mine if act_id not in (*staying, *forward)]
        outward = [act_id for act_id in away if self.acts[act_id].to not in inward]
        for act_id in (*staying, *outward):
            yield self._row(act_id, name, depth, "stays" if act_id in staying else "away")
        for child in inward:
            if child in self.drawn:
                continue
            into = [act_id for act_id in away if self.acts[act_id].to == child]
            for act_id in into:
                yield self._row(act_id, name, depth, "next" if act_id == into[-1] else "away")
            yield from self._block(child, depth + 1)
        for act_id in forward:
            yield self._row(act_id, name, depth, "forward")

    def _gathered(self, name: str) -> Iterator[Row]:
        """The acts by which several stages lead to one below the line."""
        into = [act_id for act_id in self.acts if self.acts[act_id].to == name and not self._home(act_id)]
        for act_id in into:
            yield self._row(act_id, "", 0, "next" if act_id == into[-1] else "away")

    def _stays(self, act_id: str) -> bool:
        act = self.acts[act_id]
        return act.to is None or act.from_ == [act.to]

    def _next_of(self, name: str) -> str:
        place = self.main.index(name) if name in self.main else len(self.main)
        return self.main[place + 1] if place + 1 < len(self.main) else ""

    def _node(self, name: str, depth: int) -> Node:
        if name == NEW:
            return Node(NEW, START, "start", depth)
        stage = self.procedure.stages[name]
        return Node(name, stage.text, _kind(stage, name in self.main), depth)

    def _row(
        self, act_id: str, at: str, depth: int, goes: Literal["stays", "forward", "next", "away"]
    ) -> Row:
        act = self.acts[act_id]
        others = tuple(name for name in act.from_ if name not in (at, act.to))
        also = others if goes == "stays" else tuple(name for name in act.from_ if name == act.to)
        return Row(
            act_id,
            act.text,
            tuple(self._marks(act, also if also != (at,) else ())),
            act.articles[0],
            number_text(self.programme.article[act.articles[0]].number, self.programme.counted),
            at,
            depth,
            () if goes == "stays" else others,
            act.to or at,
            goes,
        )

    def _marks(self, act: Act, also: tuple[str, ...]) -> Iterator[Text]:
        body = self.programme.bodies[act.body]
        yield (body.short or body).text
        if act.four_eyes:
            yield Text("两人办理", "two persons")
        yield from _times(act)
        if also:
            names = [self.procedure.stages[name].text for name in also]
            listed = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
            yield Text("也可在“{names}”办", "also in “{names}”").fill(names=listed)


def _kind(stage: Stage, on_line: bool) -> Kind:
    return stage.final or ("main" if on_line else "side")


def _times(act: Act) -> Iterator[Text]:
    """Within which time it is due, and which time it starts."""
    if act.limit is not None:
        stated = length(act.limit) if act.limit.set_by == "file" else None
        yield Text("{n}内", "within {n}").fill(n=stated) if stated else _BY_NOTICE
    if act.period is not None:
        stated = length(act.period)
        yield Text("为期 {n}", "runs {n}").fill(n=stated) if stated else _UNTIL


_BY_NOTICE = Text("时限由通知定", "time set by the notice")
_UNTIL = Text("至写明之日为止", "runs until the day stated")
