"""When an expert stands aside after seats were given: the smallest change that seats another.

Everything that stays as it was need not be told to anybody again. So the change with the fewest seats moved is looked
for: first an expert with a free place; if there is none, one who hands an application on to an expert with a free
place; and so on, step by step. Of several changes of the same length the one with the greatest sum of affinity is
taken, then lots decide.

Without rules of composition the search is complete: if it finds nothing, no change of any length would do. With rules
each application is tried with one expert leaving it, the best by affinity; a longer chain may be missed, but no rule is
ever broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cultivar.evaluation.chance import Stream
from cultivar.evaluation.composition import Composition, check
from cultivar.evaluation.seating_task import BadInput, Task, task
from cultivar.policy.text import Text


@dataclass(frozen=True, slots=True)
class Move:
    """On this application one expert leaves and another joins."""

    application: int
    leaves: int
    joins: int


@dataclass(frozen=True)
class Replacement:
    """The seats afterwards, what moved (in the order to tell it), and the applications that stay one expert short."""

    seats: tuple[tuple[int, ...], ...]
    moves: tuple[Move, ...]
    short: tuple[int, ...]


def replace(
    affinity: npt.ArrayLike,
    seats: Sequence[Sequence[int]],
    capacity: npt.ArrayLike,
    recused: int,
    of: Sequence[int] | None = None,
    *,
    demand: npt.ArrayLike | None = None,
    blocked: npt.ArrayLike | None = None,
    floor: int = 0,
    seed: bytes = b"",
    composition: Composition | None = None,
    applications: Sequence[str] | None = None,
    experts: Sequence[str] | None = None,
) -> Replacement:
    """Seats others where expert ``recused`` stands aside: on the applications ``of``, or wholly where it is None.

    Arrays and ids are those of ``assign``, ``seats`` its seats; ``demand`` is needed where panels are mixed and some
    are not full. Several applications are seen to one after another,
    by id; each change is the smallest there is then. Raises ``BadInput``.
    """
    asked = task(
        affinity,
        [len(panel) for panel in seats] if demand is None else demand,
        capacity,
        blocked=blocked,
        floor=floor,
        seed=seed,
        applications=applications,
        experts=experts,
    )
    if composition is not None:
        check(asked, composition)
    search = _Search(asked, composition, *_canonical(asked, seats, recused))
    wanted = search.stand_aside(of)
    moves, short = [], []
    for row in wanted:
        chain = search.change(row)
        moves += chain
        short += [] if chain else [row]
    return Replacement(search.seats(), tuple(search.told(move) for move in moves), search.places(short))


_STRANGE = Text(
    "席位里有不存在的专家（第 {at} 件申报）。先核对席位表。",
    "The seats name an expert that does not exist (application {at}). Check the seats first.",
)
_NO_EXPERT = Text("要回避的专家不存在：{found}。", "There is no expert {found} who could stand aside.")
_NOT_SEATED = Text(
    "这名专家不评第 {at} 件申报，无须替换。",
    "This expert does not sit on application {at}; there is nobody to replace.",
)


def _canonical(asked: Task, seats: Sequence[Sequence[int]], recused: int) -> tuple[list[set[int]], int]:
    """The panels and the expert by canonical place."""
    places = np.empty(asked.columns.size, np.int64)
    places[asked.columns] = np.arange(places.size)
    if not 0 <= recused < places.size:
        raise BadInput(_NO_EXPERT, found=recused)
    panels = []
    for row in asked.rows.tolist():
        if any(not 0 <= expert < places.size for expert in seats[row]):
            raise BadInput(_STRANGE, at=row + 1)
        panels.append({int(places[expert]) for expert in seats[row]})
    return panels, int(places[recused])


@dataclass(frozen=True)
class _Step:
    """To this application an expert is wanted: ``leaves`` has left it, to join ``before``; ``gain`` points so far."""

    gain: int
    leaves: int
    before: int | None


@dataclass
class _Search:
    asked: Task
    rules: Composition | None
    panels: list[set[int]]
    recused: int
    sits: list[set[int]] = field(init=False)
    lots: list[int] = field(init=False)

    def __post_init__(self) -> None:
        count = self.asked.capacity.size
        self.sits = [set() for _ in range(count)]
        for row, panel in enumerate(self.panels):
            for expert in panel:
                self.sits[expert].add(row)
        order = Stream(self.asked.seed, "replacement").shuffled(range(count))
        self.lots = [0] * count
        for lot, expert in enumerate(order):
            self.lots[expert] = lot

    def stand_aside(self, of: Sequence[int] | None) -> list[int]:
        """Bars the recused expert from the applications; gives those that now want another, in order of ids."""
        if of is None:
            self.asked.allowed[:, self.recused] = False
            return sorted(self.sits[self.recused])
        places = {row: place for place, row in enumerate(self.asked.rows.tolist())}
        for row in of:
            if row not in places or places[row] not in self.sits[self.recused]:
                raise BadInput(_NOT_SEATED, at=row + 1)
        wanted = sorted(places[row] for row in set(of))
        self.asked.allowed[wanted, self.recused] = False
        return wanted

    def change(self, row: int) -> list[Move]:
        """The smallest change that seats another on ``row``, carried out; empty where there is none.

        The recused expert leaves ``row`` in any case.
        """
        self.panels[row].discard(self.recused)
        self.sits[self.recused].discard(row)
        steps = {row: _Step(0, self.recused, None)}
        level = [row]
        while level:
            ends = [end for at in level for end in self._ends(at, steps[at])]
            if ends:
                _, _, last, joins = max(ends)
                return self._carry_out(steps, last, joins)
            level = self._further(level, steps)
        return []

    def _candidates(self, row: int, step: _Step) -> list[int]:
        """Who may join ``row``, loads aside."""
        panel = self.panels[row] - {step.leaves}
        found = [
            expert
            for expert in np.nonzero(self.asked.allowed[row])[0].tolist()
            if expert not in panel and expert != step.leaves
        ]
        return [expert for expert in found if self._fits(row, panel | {expert})]

    def _fits(self, row: int, panel: set[int]) -> bool:
        if self.rules is None:
            return True
        named = self.asked.columns[sorted(panel)].tolist()
        return not self.rules.breaches(named, int(self.asked.demand[row]))

    def _ends(self, row: int, step: _Step) -> list[tuple[int, int, int, int]]:
        """The experts with a free place: points gained in all, lot, application, expert."""
        return [
            (step.gain + int(self.asked.affinity[row, expert]), -self.lots[expert], -row, expert)
            for expert in self._candidates(row, step)
            if len(self.sits[expert]) < self.asked.capacity[expert]
        ]

    def _further(self, level: list[int], steps: dict[int, _Step]) -> list[int]:
        """The applications that could hand an expert on to ``level`` and were not reached yet; notes the best way."""
        best: dict[int, tuple[int, int, int, _Step]] = {}
        points = self.asked.affinity
        for row in level:
            for expert in self._candidates(row, steps[row]):
                for giver in self.sits[expert] - steps.keys():
                    gain = steps[row].gain + int(points[row, expert]) - int(points[giver, expert])
                    way = (gain, -self.lots[expert], -row, _Step(gain, expert, row))
                    if giver not in best or way[:3] > best[giver][:3]:
                        best[giver] = way
        steps |= {giver: way[3] for giver, way in best.items()}
        return sorted(best)

    def _carry_out(self, steps: dict[int, _Step], last: int, joins: int) -> list[Move]:
        moves = []
        row: int | None = -last
        while row is not None:
            step = steps[row]
            moves.append(Move(row, step.leaves, joins))
            self.panels[row] = self.panels[row] - {step.leaves} | {joins}
            self.sits[step.leaves].discard(row)
            self.sits[joins].add(row)
            joins, row = step.leaves, step.before
        return moves[::-1]

    def seats(self) -> tuple[tuple[int, ...], ...]:
        """The panels in the caller's order."""
        panels: list[tuple[int, ...]] = [()] * len(self.panels)
        for place, row in enumerate(self.asked.rows.tolist()):
            panels[row] = tuple(sorted(self.asked.columns[sorted(self.panels[place])].tolist()))
        return tuple(panels)

    def told(self, move: Move) -> Move:
        """The move by the caller's places."""
        leaves, joins = self.asked.columns[[move.leaves, move.joins]].tolist()
        return Move(int(self.asked.rows[move.application]), leaves, joins)

    def places(self, rows: list[int]) -> tuple[int, ...]:
        """Applications by the caller's places."""
        return tuple(sorted(self.asked.rows[rows].tolist()))
