"""Who judges what: experts are given seats on applications by affinity, within loads, conflicts and a floor.

``assign`` is the one door to it, over plain arrays; docs/assignment.md is its contract. What it cannot give it names:
a load is never exceeded, nobody below the floor or with a conflict is seated, and an application that lacks experts
stands on the list of shortages with how many lack and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

import numpy as np
import numpy.typing as npt

from cultivar.evaluation.composition import Composition, compose
from cultivar.evaluation.seating_flow import Flow, best_flow
from cultivar.evaluation.seating_lots import drawn
from cultivar.evaluation.seating_task import BadInput, Task, Whole, task
from cultivar.policy.text import Text

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """An application and an expert by place, and their affinity."""

    application: int
    expert: int
    affinity: int


@dataclass(frozen=True, slots=True)
class Chance:
    """With which probability lots seat this expert on this application."""

    application: int
    expert: int
    probability: Fraction


@dataclass(frozen=True, slots=True)
class Shortage:
    """An application that lacks experts. Those not seated on it are counted by what stands first in their way."""

    application: int
    lacking: int
    experts: int  # all there are
    below_floor: int
    blocked: int  # at the floor or above, and in conflict
    full: int  # eligible, and at the limit of their loads elsewhere
    held: int  # eligible with free places, and kept out by the rules of composition or the bound on probabilities

    @property
    def text(self) -> Text:
        """How many lack, and why, in words."""
        return _SHORT.fill(
            lacking=self.lacking,
            experts=self.experts,
            below=self.below_floor,
            blocked=self.blocked,
            full=self.full,
            held=self.held,
        )


_SHORT = Text(
    "还缺 {lacking} 名专家。{experts} 名专家中：匹配分低于下限的 {below} 名，须回避的 {blocked} 名，"
    "任务已满的 {full} 名，受组成规则或随机上限限制的 {held} 名。",
    "{lacking} more expert(s) needed. Of {experts} experts {below} are below the floor, {blocked} must stand aside, "
    "{full} have full loads, {held} are kept out by the rules of composition or the bound on probabilities.",
)


@dataclass(frozen=True)
class Assignment:
    """Seats, by place in the caller's order, and what can be said of them.

    ``seats``: for each application its experts, ascending. ``loads``: for each expert how many applications.
    ``objective``: the sum of the affinity of all seats. ``bound``: the most that this sum can be with as many seats, as
    evenly lacking (mixed panels: with as many seats), proven; with a bound on probabilities the most it can be on
    average, which one draw may miss or pass.
    ``fillable``: the most seats that can be filled, proven. ``worst``: the seat of least affinity, if any.
    ``chances``: with a bound on probabilities, the probability of every pair that could have been seated.
    """

    seats: tuple[tuple[int, ...], ...]
    loads: tuple[int, ...]
    objective: int
    bound: Fraction
    fillable: Fraction
    worst: Pair | None
    shortages: tuple[Shortage, ...]
    chances: tuple[Chance, ...] = ()

    @property
    def gap(self) -> Fraction:
        """By how many points the sum could at most be better; nought where it is the best of all."""
        return self.bound - self.objective


def assign(
    affinity: npt.ArrayLike,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    blocked: npt.ArrayLike | None = None,
    floor: int = 0,
    seed: bytes = b"",
    most_probable: int = HUNDRED,
    composition: Composition | None = None,
    applications: Sequence[str] | None = None,
    experts: Sequence[str] | None = None,
) -> Assignment:
    """The best seats: as many as possible, lacks evenly spread, then the greatest sum of affinity, then by lot.

    ``affinity`` (applications, experts): whole numbers 0 to 100. ``demand`` (applications,) and ``capacity``
    (experts,): whole numbers, or one for all. ``blocked`` (applications, experts): true where a conflict stands.
    Nobody below ``floor`` is seated. ``most_probable``: no pair is seated with a probability of more than so many
    hundredths. ``composition``: how panels must be mixed. ``applications`` and ``experts`` are ids; with them the
    order of rows and columns changes nothing. Raises ``BadInput``; a lack of experts is a shortage, no error.
    """
    asked = task(
        affinity,
        demand,
        capacity,
        blocked=blocked,
        floor=floor,
        seed=seed,
        applications=applications,
        experts=experts,
    )
    if not 1 <= most_probable <= HUNDRED:
        raise BadInput(_PROBABLE, found=most_probable)
    if composition is not None:
        if most_probable < HUNDRED:
            raise BadInput(_BOTH)
        composed = compose(asked, composition)
        found = composed.rows, composed.columns
        return _assignment(asked, found, Fraction(composed.bound), Fraction(composed.fillable))
    part = gcd(most_probable, HUNDRED)
    flow = best_flow(asked, HUNDRED // part, most_probable // part)
    bound, fillable = Fraction(flow.bound, flow.units), Fraction(flow.filled, flow.units)
    if flow.units == 1:
        return _assignment(asked, (flow.rows, flow.columns), bound, fillable)
    return _assignment(asked, drawn(asked, flow), bound, fillable, _chances(asked, flow))


_PROBABLE = Text(
    "随机上限是 {found}，应为 1 至 100（百分之几）。",
    "The bound on probabilities is {found}; it must lie between 1 and 100 hundredths.",
)
_BOTH = Text(
    "组成规则和随机上限不能同时使用：抽签会打破组成规则。去掉其中一个。",
    "Rules of composition and a bound on probabilities cannot be used together: lots would break the rules. Drop one.",
)


def _assignment(
    asked: Task,
    found: tuple[Whole, Whole],
    bound: Fraction,
    fillable: Fraction,
    chances: tuple[Chance, ...] = (),
) -> Assignment:
    """What is said of the pairs found, back in the caller's order; everything that is promised is held against them."""
    rows, columns = found
    loads = np.bincount(columns, minlength=asked.capacity.size)
    taken = np.bincount(rows, minlength=asked.demand.size)
    kept = asked.allowed[rows, columns].all() and (loads <= asked.capacity).all()
    if not (kept and (taken <= asked.demand).all()):
        raise RuntimeError("the seats found break what they were asked to keep")
    seats: list[list[int]] = [[] for _ in range(asked.demand.size)]
    for row, column in zip(asked.rows[rows].tolist(), asked.columns[columns].tolist(), strict=True):
        seats[row].append(column)
    by_expert = np.zeros(asked.capacity.size, np.int64)
    by_expert[asked.columns] = loads
    points = asked.affinity[rows, columns]
    return Assignment(
        seats=tuple(tuple(sorted(panel)) for panel in seats),
        loads=tuple(by_expert.tolist()),
        objective=int(points.sum()),
        bound=bound,
        fillable=fillable,
        worst=_worst(asked, rows, columns, points),
        shortages=_shortages(asked, rows, columns, taken, loads),
        chances=chances,
    )


def _worst(asked: Task, rows: Whole, columns: Whole, points: Whole) -> Pair | None:
    """The seat of least affinity; the first by ids among equals."""
    if not points.size:
        return None
    at = int(np.lexsort((columns, rows, points))[0])
    return Pair(int(asked.rows[rows[at]]), int(asked.columns[columns[at]]), int(points[at]))


def _shortages(asked: Task, rows: Whole, columns: Whole, taken: Whole, loads: Whole) -> tuple[Shortage, ...]:
    full = loads >= asked.capacity
    found = []
    for row in np.nonzero(taken < asked.demand)[0].tolist():
        below = asked.affinity[row] < asked.floor
        left = asked.allowed[row].copy()
        left[columns[rows == row]] = False
        found.append(
            Shortage(
                application=int(asked.rows[row]),
                lacking=int(asked.demand[row] - taken[row]),
                experts=full.size,
                below_floor=int(below.sum()),
                blocked=int((asked.blocked[row] & ~below).sum()),
                full=int((left & full).sum()),
                held=int((left & ~full).sum()),
            )
        )
    return tuple(sorted(found, key=lambda one: one.application))


def _chances(asked: Task, flow: Flow) -> tuple[Chance, ...]:
    pairs = zip(
        asked.rows[flow.rows].tolist(),
        asked.columns[flow.columns].tolist(),
        flow.amounts.tolist(),
        strict=True,
    )
    return tuple(Chance(row, column, Fraction(amount, flow.units)) for row, column, amount in sorted(pairs))
