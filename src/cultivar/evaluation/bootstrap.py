"""Other panels out of the sheets that were handed in: how often would each application stand within the line?

Every panel is as many sheets drawn with replacement from the application's own, and goes through the official rule.
All panels are worked out together, in whole numbers, so that no rounding of the machine decides anything. Lots come
from ``chance``: for each application its own stream, one byte a draw; a byte not below the greatest multiple of the
number of sheets within 256 is thrown away. Sheets count in the order of total and expert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from cultivar.evaluation.chance import Stream
from cultivar.evaluation.quota import GroupQuota, bounds_of, walked
from cultivar.evaluation.scores import FEWEST_TO_DROP, BadScores, Entry, Rule
from cultivar.policy.text import Text

Whole = NDArray[np.int64]
PARTS = 10**6  # a point's smallest part
MOST_POINTS = 10**5  # of a total
LARGEST = 2**63 - 1  # what 64 bits hold; the sum of a panel times the places of the rule must lie within
MOST_SHEETS = 256  # of one application: one byte chooses among them
_TOO_FINE = Text(
    "{id} 的分数最多六位小数、不超过 {most} 分，才能重抽。",
    "{id}: points need at most six places and must not exceed {most} to be resampled.",
)
_TOO_LARGE = Text(
    "{id} 有 {n} 份评分表，分数最高 {points}，得分保留 {places} 位小数，乘起来太大，不能重抽；减少小数位数。",
    "{id} has {n} sheets of up to {points} points and a score of {places} places: too much to be resampled; "
    "use fewer places.",
)
_TOO_MANY = Text("{id} 有 {n} 份评分表，最多 256 份。", "{id} has {n} sheets, at most 256.")


@dataclass(frozen=True)
class Panels:
    """Scores of every application in every panel: whole numbers of the rule's last place.

    ``scores``: repeats by applications by columns, the total first, then the criteria that tell ties apart.
    """

    numbers: tuple[str, ...]
    scores: Whole


def panels(entries: Sequence[Entry], rule: Rule, seed: bytes, repeats: int) -> Panels:
    """Other panels for all applications, in the order given. Raises ``BadScores``."""
    columns = 1 + len(rule.criteria)
    found = np.empty((repeats, len(entries), columns), np.int64)
    for at, entry in enumerate(entries):
        found[:, at] = _means(entry, rule, seed, repeats)
    return Panels(tuple(entry.id for entry in entries), found)


def inside(found: Panels, quota: int, drawn: Sequence[str] | None = None) -> Whole:
    """In how many panels each application stands within a line of ``quota`` places; who shares the last rank does.

    Where lots were ``drawn``, equals stand in that order and share nothing; who is not in it comes after, as given.
    """
    repeats, many, _ = found.scores.shape
    counts = np.zeros(many, np.int64)
    if quota < 1:
        return counts
    lots = None
    if drawn is not None:
        place = {number: at for at, number in enumerate(drawn)}
        lots = np.array([place.get(number, len(drawn)) for number in found.numbers], np.uint64)
    for panel in range(repeats):
        order, new = _order(found.scores[panel], lots)
        if lots is not None:
            counts[order[:quota]] += 1
            continue
        first = np.maximum.accumulate(np.where(new, np.arange(many), 0))  # the place of the first of equals
        counts[order[first < quota]] += 1
    return counts


def inside_by_groups(
    found: Panels, quota: int, quotas: Sequence[GroupQuota], entries: Sequence[Entry], seed: bytes
) -> Whole:
    """The same where groups have quotas: equals stand in an order by lot, drawn anew for each panel."""
    repeats, many, _ = found.scores.shape
    counts, at = np.zeros(many, np.int64), {number: place for place, number in enumerate(found.numbers)}
    groups = {entry.id: frozenset(entry.groups.items()) for entry in entries}
    bounds, stream = bounds_of(groups, quotas, quota), Stream(seed, "bootstrap lots")
    for panel in range(repeats):
        lots = np.frombuffer(stream.take(8 * many), ">u8")
        order, _ = _order(found.scores[panel], lots)
        chosen = walked([found.numbers[place] for place in order], groups, bounds, quota)
        counts[[at[number] for number in chosen]] += 1
    return counts


def _order(
    scores: Whole, lots: NDArray[np.uint64] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Applications from the best down, and which of them differ from the one above. Equals by lot, else as given."""
    keys = [-scores[:, column] for column in reversed(range(scores.shape[1]))]
    order = np.lexsort(keys if lots is None else [lots, *keys])
    sorted_ = scores[order]
    new = np.ones(len(order), bool)
    new[1:] = (sorted_[1:] != sorted_[:-1]).any(axis=1)
    return order, new


def _means(entry: Entry, rule: Rule, seed: bytes, repeats: int) -> Whole:
    """The scores of one application: repeats by columns."""
    sheets = sorted(entry.sheets, key=lambda one: (one.total, one.expert))
    many = len(sheets)
    if many > MOST_SHEETS:
        raise BadScores(_TOO_MANY.fill(id=entry.id, n=many))
    values = np.array(
        [
            [_parts(entry, one.total), *(_parts(entry, one.points[name]) for name in rule.criteria)]
            for one in sheets
        ],
        np.int64,
    )
    most = int(np.abs(values).max())
    if most * many * 10**rule.places > LARGEST:
        points = f"{Decimal(most) / PARTS:f}"
        raise BadScores(_TOO_LARGE.fill(id=entry.id, n=many, points=points, places=rule.places))
    drawn = np.sort(
        _indices(Stream(seed, f"bootstrap {entry.id}"), many, repeats * many).reshape(repeats, many)
    )
    sums = values[drawn].sum(axis=1)
    if rule.drop and many >= FEWEST_TO_DROP:
        sums -= values[drawn[:, 0]] + values[_highest(values[:, 0], drawn)]
        many -= 2
    return _rounded(sums, many, rule)


def _highest(totals: Whole, drawn: NDArray[np.intp]) -> NDArray[np.intp]:
    """The sheet left out as the highest of each panel: of the greatest totals the first, never the lowest's copy."""
    top = totals[drawn] == totals[drawn[:, -1:]]
    top[:, 0] = False
    return np.take_along_axis(drawn, top.argmax(axis=1)[:, None], axis=1)[:, 0]


def _indices(stream: Stream, among: int, count: int) -> NDArray[np.intp]:
    """``count`` choices below ``among``, each as likely."""
    limit, found, have = 256 - 256 % among, [], 0
    while have < count:
        some = np.frombuffer(stream.take(count - have), np.uint8)
        some = some[some < limit]
        found.append(some)
        have += len(some)
    return np.concatenate(found).astype(np.intp) % among


def _rounded(sums: Whole, many: int, rule: Rule) -> Whole:
    """Sums of ``PARTS`` over ``many``, rounded once to the places of the rule as ``scores.mean`` does."""
    under = many * PARTS
    whole, rest = np.divmod(np.abs(sums) * 10**rule.places, under)
    half = 2 * rest == under
    up = (2 * rest > under) | (half & ((whole % 2 == 1) if rule.rounding == "half-even" else True))
    rounded: Whole = np.sign(sums) * (whole + up)
    return rounded


def _parts(entry: Entry, points: Decimal) -> int:
    stored = points * PARTS
    if stored != int(stored) or abs(points) > MOST_POINTS:
        raise BadScores(_TOO_FINE.fill(id=entry.id, most=MOST_POINTS))
    return int(stored)
