"""The best seats where a panel must be mixed: kinds of experts, organisations, cities.

Such rules cross one another, so no flow can hold them; they are a linear programme in whole numbers, which HiGHS solves
(``scipy.optimize.milp``). All are written as "at most", also "at least so many of a kind": the seats of all other kinds
are at most what these leave free. A panel that is not full therefore keeps a place for the kind that lacks, and there
is always a seating, an empty one if need be.

A seat counts ``SEAT`` points more than the affinity of its pair, so that places are filled before affinity is looked
at. Which of several best seatings is found follows from an order of the pairs that is shuffled by the seed.

Only promising pairs are given to the solver. The prices of the linear programme (its dual values) are rounded to whole
numbers, and every pair is held against them; a pair that could improve the programme is added and it is solved again.
From the same whole numbers follows ``bound``: by weak duality nothing allowed by the rules has more, whatever the
solver did.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from cultivar.evaluation.chance import Stream
from cultivar.evaluation.seating_task import BadInput, Task, Whole, Yes
from cultivar.policy.text import Text

SEAT = 1000  # points
FINE = 1 << 20  # prices are whole numbers of this part of a point
AT_ONCE = 20_000
BRANCHES = 500  # nodes of the search, not seconds: the answer must not hang on the machine
ADDED = 20  # pairs of one application at a time
FAR = 1 << 60
ROUNDS = 25  # of adding pairs; what is missed is said by the bound
ROWS = 256


@dataclass(frozen=True)
class Composition:
    """How a panel must be mixed; nothing of it is law, a round sets it.

    ``kinds``, ``organisations`` and ``cities`` name those of each expert, in the caller's order of experts; an empty
    organisation or city is unknown and counts with no other. ``at_least`` says how many of a kind every panel has.
    ``per_organisation`` and ``per_city`` are the most of one on a panel; None sets no limit.
    """

    kinds: Sequence[str]
    organisations: Sequence[str]
    cities: Sequence[str]
    at_least: Mapping[str, int] = field(default_factory=dict)
    per_organisation: int | None = 1
    per_city: int | None = 2

    def breaches(self, panel: Sequence[int], demand: int) -> list[Text]:
        """What ``panel`` (experts by place) of ``demand`` seats breaks, in words; empty for a sound one."""
        found = []
        short = sum(
            max(0, least - sum(self.kinds[expert] == kind for expert in panel))
            for kind, least in self.at_least.items()
        )
        if len(panel) + short > demand:
            found.append(_KINDS)
        for of, limit, text in (
            (self.organisations, self.per_organisation, _ORGANISATION),
            (self.cities, self.per_city, _CITY),
        ):
            names = [of[expert] for expert in panel if of[expert]]
            if limit is not None:
                crowded = sorted({name for name in names if names.count(name) > limit})
                found += [text.fill(name=name, limit=limit) for name in crowded]
        return found


_KINDS = Text(
    "专家类别不足，没有给所需类别留出席位。",
    "The panel leaves no seat for a kind of expert that it must have.",
)
_ORGANISATION = Text("{name} 的专家超过 {limit} 名。", "More than {limit} expert(s) of {name}.")
_CITY = Text("{name} 的专家超过 {limit} 名。", "More than {limit} expert(s) from {name}.")
_LENGTHS = Text(
    "组成规则要逐名给出专家的类别、单位和城市：专家 {experts} 名，给出的是 {found} 个。",
    "A mixed panel needs kind, organisation and city of each expert: there are {experts} experts and {found} entries.",
)
_NEGATIVE = Text("组成规则里的人数不能是负数。", "Numbers in the rules of composition cannot be negative.")
_SUM = Text(
    "各类别至少要 {sum} 名，而一件申报只要 {demand} 名。减少类别人数，或增加席位。",
    "The kinds ask for {sum} experts at least, but an application has {demand} seats. Ask for fewer, or add seats.",
)
_MANY_KINDS = Text("有最低人数的类别最多 5 个。", "At most 5 kinds can have a least number.")


@dataclass(frozen=True)
class Composed:
    """Pairs seated; ``bound`` on the points of so many seats, ``fillable`` on the number of seats. Both are proven."""

    rows: Whole
    columns: Whole
    bound: int
    fillable: int


@dataclass(frozen=True)
class _Family:
    """Rules of one sort: application i may have at most ``limits[i]`` of the experts of each group.

    ``group`` (experts,) is an expert's group, -1 for none. Group g of application i is row ``i * groups + g``.
    With ``across`` the rule runs over all applications instead: an expert's load.
    """

    group: Whole
    groups: int
    limits: Whole
    across: bool = False


def compose(task: Task, rules: Composition, first: Yes | None = None) -> Composed:
    """The best seating that keeps ``rules``. Raises ``BadInput``.

    ``first`` (applications, experts): the pairs to begin with, those that look promising if it is None.
    """
    families = _families(task, rules)
    values = task.affinity + SEAT
    kept = _promising(task, families) if first is None else first & task.allowed
    bound = _priced(task, families, values, kept)
    rows, columns = _solved(task, families, values, kept)
    fillable = task.seats
    if rows.size < task.seats:
        ones = np.ones_like(values)
        fillable = min(fillable, _priced(task, families, ones, kept))
    step = max(1, int(np.gcd.reduce(task.affinity[task.allowed], initial=0)))  # every sum is a multiple of it
    return Composed(rows, columns, (bound - SEAT * rows.size) // step * step, fillable)


def check(task: Task, rules: Composition) -> None:
    """Raises ``BadInput`` where ``rules`` do not fit the task."""
    experts = task.capacity.size
    for of in (rules.kinds, rules.organisations, rules.cities):
        if len(of) != experts:
            raise BadInput(_LENGTHS, experts=experts, found=len(of))
    limits = [limit for limit in (rules.per_organisation, rules.per_city) if limit is not None]
    if min([*limits, *rules.at_least.values()], default=0) < 0:
        raise BadInput(_NEGATIVE)
    least = int(task.demand[task.demand > 0].min(initial=1 << 30))
    if sum(rules.at_least.values()) > least:
        raise BadInput(_SUM, sum=sum(rules.at_least.values()), demand=least)
    if len(rules.at_least) > 5:
        raise BadInput(_MANY_KINDS)


def _families(task: Task, rules: Composition) -> list[_Family]:
    check(task, rules)
    experts = task.capacity.size
    kinds = [rules.kinds[place] for place in task.columns.tolist()]
    families = [
        _Family(np.zeros(experts, np.int64), 1, task.demand),
        _Family(np.arange(experts), experts, task.capacity, across=True),
    ]
    for of, limit in ((rules.organisations, rules.per_organisation), (rules.cities, rules.per_city)):
        if limit is not None:
            group, groups = _grouped([of[place] for place in task.columns.tolist()])
            families.append(_Family(group, groups, np.full(task.demand.size, limit)))
    wanted = {kind: least for kind, least in rules.at_least.items() if least}
    for size in range(1, len(wanted) + 1):
        for some in combinations(sorted(wanted), size):
            others = np.array([-1 if kind in some else 0 for kind in kinds], np.int64)
            left = np.maximum(0, task.demand - sum(wanted[kind] for kind in some))
            families.append(_Family(others, 1, left))
    return families


def _grouped(names: Sequence[str]) -> tuple[Whole, int]:
    known = sorted({name for name in names if name})
    places = {name: place for place, name in enumerate(known)}
    return np.array([places.get(name, -1) for name in names], np.int64), max(1, len(known))


def _promising(task: Task, families: list[_Family]) -> Yes:
    """The pairs that are tried at first: all if they are few, else the best of every row, by kind, and every column."""
    if int(task.allowed.sum()) <= AT_ONCE:
        return task.allowed.copy()
    count = max(16, 4 * int(task.demand.max(initial=1)))
    lots = np.frombuffer(Stream(task.seed, "tries").take(task.affinity.size), np.uint8)
    worth = np.where(task.allowed, -task.affinity * 256 + lots.reshape(task.affinity.shape), 1)
    kept = np.zeros(worth.shape, np.bool_)
    _keep_best(kept, worth, count, 1)
    _keep_best(kept, worth, count, 0)
    for family in families[2:]:
        if family.groups == 1:  # those of the kinds that a rule asks for
            of_kind = np.where(family.group < 0, worth, 1)
            _keep_best(kept, of_kind, count // 2, 1)
    return kept & task.allowed


def _keep_best(kept: Yes, worth: Whole, count: int, axis: int) -> None:
    best = min(count, worth.shape[axis] - 1)
    places = np.argpartition(worth, best, axis=axis).take(range(best), axis=axis)
    np.put_along_axis(kept, places, True, axis=axis)


def _priced(task: Task, families: list[_Family], values: Whole, kept: Yes) -> int:
    """Adds to ``kept`` what the linear programme wants, and gives a bound on the value of every seating."""
    bounds: list[int] = []
    for _ in range(ROUNDS):
        rows, columns = np.nonzero(kept)
        if not rows.size:
            return 0
        matrix, limits, places = _rows(families, rows, columns)
        worth = values[rows, columns]
        done = linprog(-worth, A_ub=matrix, b_ub=limits, bounds=(0, 1), method="highs")
        if done.status != 0:
            raise RuntimeError(f"the programme could not be solved: {done.message}")
        rounded = np.maximum(0, np.rint(-done.ineqlin.marginals * FINE)).astype(np.int64)
        prices = [rounded[part] for part in places]
        above, more = _above(task, families, values, kept, prices)
        total = sum(price * limit for price, limit in zip(rounded.tolist(), limits.tolist(), strict=True))
        bounds.append((total + above) // FINE)
        # where the bound is what the pairs tried come to, no other can add a point, whatever the prices still say
        if not more.any() or min(bounds) <= -done.fun + 0.001:
            break
        kept |= more
    return min(bounds)


def _rows(families: list[_Family], rows: Whole, columns: Whole) -> tuple[Any, Whole, list[Whole]]:
    """The rules over the pairs as a sparse matrix with their limits; for each family the place of its every rule.

    A rule with no more pairs than its limit cannot be broken and gets the place of an empty one, the last.
    """
    entries, pairs, limits, numbers = [], [], [], []
    count = 0
    for family in families:
        keys, of = _keys(family, rows, columns)
        size = (1 if family.across else family.limits.size) * family.groups
        sizes = np.bincount(keys, minlength=size)
        each = family.limits if family.across else np.repeat(family.limits, family.groups)
        binding = sizes > each
        place = np.where(binding, count + np.cumsum(binding) - 1, -1)
        used = binding[keys]
        entries.append(place[keys[used]])
        pairs.append(of[used])
        limits.append(each[binding])
        numbers.append(place)
        count += int(binding.sum())
    at = np.concatenate(entries)
    ones = np.ones(at.size)
    matrix = sparse.csr_matrix((ones, (at, np.concatenate(pairs))), shape=(count + 1, rows.size))
    return matrix, np.concatenate([*limits, [0]]).astype(np.int64), numbers


def _keys(family: _Family, rows: Whole, columns: Whole) -> tuple[Whole, Whole]:
    """The rule of each pair that has one, and which pairs these are."""
    group = family.group[columns]
    of = np.nonzero(group >= 0)[0]
    keys = group[of] if family.across else rows[of] * family.groups + group[of]
    return keys, of


def _above(
    task: Task, families: list[_Family], values: Whole, kept: Yes, prices: list[Whole]
) -> tuple[int, Yes]:
    """The sum over all allowed pairs of what they are worth above their prices; and the pairs not tried that are."""
    total = 0
    more = np.zeros(kept.shape, np.bool_)
    for part, price in _sums(task, families, prices):
        over = values[part] * FINE - price
        wins = task.allowed[part] & (over > 0)
        total += sum(over[wins].tolist())
        more[part] = _few(np.where(task.allowed[part] & ~kept[part], over, -FAR))
    return total, more


def _few(over: Whole) -> Yes:
    """Of each row where a pair is above its price the ``ADDED`` that are the most so, or the nearest to be.

    With all that are above, the programme would burst; without those that are near, it would be solved once for each.
    """
    few = np.zeros(over.shape, np.bool_)
    _keep_best(few, -over, ADDED, 1)
    above = (over > FINE // 1000).any(axis=1, keepdims=True)
    return few & (over > -FAR) & above


def _sums(task: Task, families: list[_Family], prices: list[Whole]) -> Iterator[tuple[slice, Whole]]:
    """For some applications at a time, the prices of all rules that each pair falls under."""
    for start in range(0, task.demand.size, ROWS):
        part = slice(start, min(start + ROWS, task.demand.size))
        total = np.zeros((part.stop - part.start, task.capacity.size), np.int64)
        for family, price in zip(families, prices, strict=True):
            has = family.group >= 0
            of = family.group[has]
            table = price[None, :] if family.across else price.reshape(-1, family.groups)[part]
            total[:, has] += table[:, of]
        yield part, total


def _solved(task: Task, families: list[_Family], values: Whole, kept: Yes) -> tuple[Whole, Whole]:
    rows, columns = np.nonzero(kept)
    if not rows.size:
        return rows, columns
    words = np.frombuffer(Stream(task.seed, "order of pairs").take(4 * rows.size), ">u4")
    order = np.argsort(words, kind="stable")
    rows, columns = rows[order], columns[order]
    matrix, limits, _ = _rows(families, rows, columns)
    done = milp(
        -values[rows, columns],
        integrality=np.ones(rows.size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, -np.inf, limits),
        options={"mip_rel_gap": 0.0, "node_limit": BRANCHES},
    )
    if done.x is None:
        raise BadInput(_UNSOLVED)
    seated: npt.NDArray[np.bool_] = done.x > 0.5
    return rows[seated], columns[seated]


_UNSOLVED = Text(
    "组成规则太复杂，没有排出席位。放宽一条规则，或按领域分开排。",
    "No seating was found under these rules of composition. Relax one of them, or seat field by field.",
)
