"""The best seats where nothing but loads binds the experts, with a proof: a flow of least cost.

First as many seats as possible are filled; then those that lack are spread as evenly as possible; then the sum of
affinity is the greatest possible. Among seatings that are equal in all, lots decide: every pair gets a number of its
own out of the seed, and the smallest sum of them wins.

How lacks are spread. Where seats lack, the flow is solved again, and the seats of an application cost the less the
earlier they are filled: ``seat`` for the last one, twice that for the one before, all negative. One lack of two weighs
more than two lacks of one. Two seatings differ by circles, each of which passes an application and an expert once at
most, so it changes affinity by 100 points for each of them at most, and lots by less than a point. ``seat`` is more
than that for the fewer of applications and experts, so evenness never gives way to affinity.

Why lots never cost a point. In the costs a point of affinity counts ``point`` = seats * units * ``lots``, and the lot
of a pair is a whole number from 0 to ``lots`` - 1. A seating has seats * units units of flow at most, so all its lots
together come to less than seats * units * ``lots`` = ``point``. A seating with one point less can therefore never win
by its lots. All costs are whole numbers, and ``_scale`` keeps them, times the number of nodes by which the solver
multiplies them, below 2^61.

Why it is fast and still exact. Only pairs that are among the best of their application or of their expert are given
to the solver at first. Then prices are worked out from its answer (shortest ways in what the flow leaves open), and
*every* pair is held against them. A pair that could still improve something is added, and the flow is solved again.
When no pair is left, the prices prove that the answer is the best of all (linear-programming duality), and ``bound``
is computed from the prices alone, in whole numbers, without trust in the solver.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from cultivar.evaluation.chance import Stream
from cultivar.evaluation.seating_task import BadInput, Task, Whole, Yes
from cultivar.policy.text import Text

FAR = 1 << 61  # farther than any sum of costs
AT_ONCE = 60_000  # so many pairs are given to the solver whole
ROWS = 256  # applications that are held against the prices at a time


@dataclass(frozen=True)
class Flow:
    """Pairs (``rows``, ``columns``) with what flows between them, in units of which ``units`` are a seat.

    ``bound``: the most points times units that as many seats, as evenly lacking, can have, proven. ``filled`` units is
    the most possible.
    """

    rows: Whole
    columns: Whole
    amounts: Whole
    units: int
    filled: int
    bound: int


@dataclass(frozen=True)
class _Costs:
    each: Whole  # (applications, experts)
    point: int
    seat: int  # nought while no seat lacks

    def of_seats(self, task: Task, filled: Whole) -> Whole:
        """The cost of the seat of each application after so many (applications,) are filled."""
        return (filled - task.demand) * self.seat


@dataclass(frozen=True)
class _Answer:
    """What flows over the pairs that were given to the solver (in order of rows), and what follows from it."""

    rows: Whole
    columns: Whole
    costs: Whole
    amounts: Whole
    taken: Whole  # (applications,)
    loads: Whole  # (experts,)


def best_flow(task: Task, units: int = 1, share: int = 1, first: Yes | None = None) -> Flow:
    """The best flow in which no pair has more than ``share`` of ``units``. Raises ``BadInput`` if it is too large.

    ``first`` (applications, experts): the pairs to begin with, those that look promising if it is None. The answer does
    not hang on them.
    """
    costs = _costs(task, units, even=False)
    kept = _promising(task, costs.each, -(-units // share)) if first is None else first & task.allowed
    answer, bound = _proven(task, kept, costs, units, share)
    if answer.taken.sum() < task.seats * units:
        answer, bound = _proven(task, kept, _costs(task, units, even=True), units, share)
    flows = answer.amounts > 0
    filled = int(answer.taken.sum())
    return Flow(answer.rows[flows], answer.columns[flows], answer.amounts[flows], units, filled, bound)


def _proven(task: Task, kept: Yes, costs: _Costs, units: int, share: int) -> tuple[_Answer, int]:
    """The best flow, with what its prices prove; adds to ``kept`` the pairs that it takes to prove it."""
    while True:
        answer = _solve(task, kept, costs, units, share)
        if _add_for_seats(task, kept, answer, units, share):
            continue
        prices = _prices(task, answer, costs, units, share)
        more, least = _held_against(task, kept, costs.each, prices, share)
        if not more:
            break
    filled = int(answer.taken.sum())
    if not filled:
        return answer, 0
    of_pairs = (
        _dual(task, prices, costs, units, least)
        - prices.source * filled
        - _of_seats(task, answer, costs, units)
    )
    return answer, (costs.point - 1 - of_pairs) // costs.point


_TOO_LARGE = Text(
    "申报、专家或席位太多，一次排不了。按领域分开排。",
    "There are too many applications, experts or seats for one go. Seat them field by field.",
)


def _costs(task: Task, units: int, even: bool) -> _Costs:
    """What each pair costs: its affinity, negative, with its lot. What seats cost: nought, or what spreads lacks."""
    point, bits = _scale(task, units, even)
    size = task.affinity.size
    words = np.frombuffer(Stream(task.seed, "seats").take(4 * size), dtype=">u4").astype(np.int64)
    lots = (words >> (32 - bits)).reshape(task.affinity.shape)
    return _Costs(lots - task.affinity * point, point, _seat(task, even) * point)


def _seat(task: Task, even: bool) -> int:
    """What a seat counts, in points."""
    return 101 * min(task.demand.size, task.capacity.size) + 1 if even else 0


def _scale(task: Task, units: int, even: bool) -> tuple[int, int]:
    """What a point counts, and how many bits a lot has: as many as fit, 31 at most, one at least."""
    nodes = task.demand.size + task.capacity.size + 4
    volume = max(1, task.seats) * units
    dearest = 101 + _seat(task, even) * int(task.demand.max(initial=1))  # points
    for bits in range(31, 0, -1):
        point = volume << bits
        if dearest * point * nodes < FAR:
            return point, bits
    raise BadInput(_TOO_LARGE)


def _promising(task: Task, costs: Whole, spread: int) -> Yes:
    """The pairs that are tried at first: all if they are few, else the cheapest of every row and of every column."""
    if int(task.allowed.sum()) <= AT_ONCE:
        return task.allowed.copy()
    count = max(24, 6 * int(task.demand.max(initial=1))) * spread
    masked = np.where(task.allowed, costs, FAR)
    kept = np.zeros(masked.shape, np.bool_)
    for axis in (0, 1):
        best = min(count, masked.shape[axis] - 1)
        places = np.argpartition(masked, best, axis=axis).take(range(best), axis=axis)
        np.put_along_axis(kept, places, True, axis=axis)
    return kept & task.allowed


def _solve(task: Task, kept: Yes, costs: _Costs, units: int, share: int) -> _Answer:
    applications, experts = kept.shape
    rows, columns = np.nonzero(kept)
    each = costs.each[rows, columns]
    flow = min_cost_flow.SimpleMinCostFlow()
    sink, source = applications + experts, applications + experts + 1
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        rows.astype(np.int32), (applications + columns).astype(np.int32), np.full(rows.size, share), each
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(applications, sink, dtype=np.int32),
        np.full(experts, sink, np.int32),
        task.capacity * units,
        np.zeros(experts, np.int64),
    )
    of, seats = _each_seat(task, costs)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(of.size, source, np.int32), of.astype(np.int32), np.full(of.size, units), seats
    )
    total = task.seats * units
    flow.set_nodes_supplies(np.array([sink, source], np.int32), np.array([-total, total]))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow could not be solved: {status}")
    amounts = np.asarray(flow.flows(pairs), np.int64) if rows.size else np.zeros(0, np.int64)
    taken = np.bincount(rows, amounts, applications).astype(np.int64)
    loads = np.bincount(columns, amounts, experts).astype(np.int64)
    return _Answer(rows, columns, each, amounts, taken, loads)


def _each_seat(task: Task, costs: _Costs) -> tuple[Whole, Whole]:
    """For every seat that is asked for its application, and its cost."""
    of = np.repeat(np.arange(task.demand.size), task.demand)
    before = np.arange(of.size) - np.repeat(np.cumsum(task.demand) - task.demand, task.demand)
    return of, (before - task.demand[of]) * costs.seat


def _add_for_seats(task: Task, kept: Yes, answer: _Answer, units: int, share: int) -> bool:
    """Adds pairs to ``kept`` where a seat that stays empty could still be filled through them; whether it did.

    From the applications that lack experts every pair that is not full is followed, and from an expert without a free
    place every application that could give the expert up. If no free place is reached, what was reached is a cut: no
    seating at all fills more.
    """
    reached: Yes = np.asarray(answer.taken < task.demand * units)
    if not reached.any():
        return False
    open_ = task.allowed.copy()
    full = answer.amounts == share
    open_[answer.rows[full], answer.columns[full]] = False
    free = answer.loads < task.capacity * units
    flows = answer.amounts > 0
    rows, columns = answer.rows[flows], answer.columns[flows]
    while True:
        seen: Yes = np.asarray(open_[reached].any(axis=0))
        if (seen & free).any():
            more = task.allowed & reached[:, None] & ~kept
            kept |= more
            return bool(more.any())
        further = reached.copy()
        further[rows[seen[columns]]] = True
        if (further == reached).all():
            return False
        reached = further


@dataclass(frozen=True)
class _Prices:
    applications: Whole
    experts: Whole
    source: int


def _prices(task: Task, answer: _Answer, costs: _Costs, units: int, share: int) -> _Prices:
    """Distances from the sink in what the flow leaves open (Bellman and Ford), nought for an expert at first.

    Open are: pair forth while it is not full, back while something flows; expert to sink while there is a free place,
    back while there is a load; source to application while seats lack, back while one is taken.
    """
    forth, back = answer.amounts < share, answer.amounts > 0
    order = np.argsort(answer.columns[forth], kind="stable")
    forth_rows, forth_costs = answer.rows[forth][order], answer.costs[forth][order]
    to_experts = _Groups(answer.columns[forth][order], task.capacity.size)
    back_columns, back_costs = answer.columns[back], answer.costs[back]
    to_applications = _Groups(answer.rows[back], task.demand.size)
    taken, lacking = answer.taken > 0, answer.taken < task.demand * units
    last = costs.of_seats(task, -(-answer.taken // units) - 1)[taken]
    next_ = costs.of_seats(task, answer.taken // units)[lacking]
    experts = np.zeros(task.capacity.size, np.int64)
    for _ in range(task.demand.size + task.capacity.size + 2):
        applications = to_applications.least(experts[back_columns] - back_costs)
        source = int((applications[taken] - last).min(initial=FAR))
        applications[lacking] = np.minimum(applications[lacking], source + next_)
        nearer = np.minimum(experts, to_experts.least(applications[forth_rows] + forth_costs))
        if (nearer == experts).all():
            return _Prices(applications, experts, source)
        experts = nearer
    raise RuntimeError("the flow is not of least cost")


class _Groups:
    """The least of each group of figures whose groups stand in ascending order."""

    def __init__(self, keys: Whole, count: int) -> None:
        self._present, self._starts = np.unique(keys, return_index=True)
        self._count = count

    def least(self, values: Whole) -> Whole:
        least = np.full(self._count, FAR, np.int64)
        if values.size:
            least[self._present] = np.minimum.reduceat(values, self._starts)
        return least


def _held_against(task: Task, kept: Yes, costs: Whole, prices: _Prices, share: int) -> tuple[bool, int]:
    """Adds to ``kept`` every allowed pair that is cheaper than its prices, and says whether any was new.

    Also the sum of what pairs are cheaper by, times ``share``: the part of the dual value that is theirs.
    """
    new, total = False, 0
    for part, over in _over_prices(costs, prices):
        cheaper = task.allowed[part] & (over < 0)
        total += sum(over[cheaper].tolist())
        if (cheaper & ~kept[part]).any():
            new = True
            kept[part] |= cheaper
    return new, total * share


def _over_prices(costs: Whole, prices: _Prices) -> Iterator[tuple[slice, Whole]]:
    for start in range(0, costs.shape[0], ROWS):
        part = slice(start, start + ROWS)
        yield part, costs[part] + prices.applications[part, None] - prices.experts[None, :]


def _dual(task: Task, prices: _Prices, costs: _Costs, units: int, cheaper: int) -> int:
    """The least that seats and pairs together can cost above the price of the source, whatever the seating.

    That is weak duality: what flows over a link costs (cost + price where it begins - price where it ends) for each
    unit; the prices of nodes that are passed cancel out, but for those of source and sink, and that is nought. Each
    link is taken here with the least that it can come to: full where that is below nought, else empty.
    """
    of, seats = _each_seat(task, costs)
    over = prices.source + seats - prices.applications[of]
    value: int = cheaper + sum(over[over < 0].tolist()) * units
    scarce = prices.experts < 0
    places = zip(prices.experts[scarce].tolist(), task.capacity[scarce].tolist(), strict=True)
    value += sum(price * capacity * units for price, capacity in places)
    return value


def _of_seats(task: Task, answer: _Answer, costs: _Costs, units: int) -> int:
    """What the filled seats cost, without their pairs; a seat is filled to so many units."""
    total = 0
    for taken, demand in zip(answer.taken.tolist(), task.demand.tolist(), strict=True):
        full, part = divmod(taken, units)
        total -= units * (full * demand - full * (full - 1) // 2) + part * (demand - full)
    return total * costs.seat
