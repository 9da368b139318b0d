"""What a seating is asked to do, checked and put in one order.

Rows are applications and columns are experts. Both are sorted by their ids before anything is solved or drawn by lot,
so that the order in which somebody happened to list them changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cultivar.policy.text import Text

Whole = npt.NDArray[np.int64]
Yes = npt.NDArray[np.bool_]

MOST = 100  # points of affinity


class BadInput(ValueError):
    """Figures that no seats can be given by; ``text`` says what is wrong, where, and what to do."""

    def __init__(self, text: Text, **values: Any) -> None:
        self.text = text.fill(**values) if values else text
        super().__init__(self.text.en)


@dataclass(frozen=True)
class Task:
    """A seating in canonical order (ids ascending).

    ``affinity`` int64 (applications, experts), 0 to 100; ``allowed`` bool of that shape: not blocked and not below the
    floor; ``demand`` int64 (applications,), experts wanted; ``capacity`` int64 (experts,), applications at most.
    ``rows`` and ``columns`` are the places in the caller's order.
    """

    affinity: Whole
    allowed: Yes
    blocked: Yes
    floor: int
    demand: Whole
    capacity: Whole
    seed: bytes
    rows: Whole
    columns: Whole

    @property
    def seats(self) -> int:
        """How many seats are asked for."""
        return int(self.demand.sum())


def task(
    affinity: npt.ArrayLike,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    blocked: npt.ArrayLike | None,
    floor: int,
    seed: bytes,
    applications: Sequence[str] | None,
    experts: Sequence[str] | None,
) -> Task:
    """The checked figures in canonical order; ``assignment.assign`` says their shapes. Raises ``BadInput``."""
    points = _whole(np.asarray(affinity), AFFINITY)
    if points.ndim != 2:
        raise BadInput(_NO_TABLE, dimensions=points.ndim)
    _within(points, AFFINITY, MOST)
    shape = points.shape
    if not 0 <= floor <= MOST:
        raise BadInput(_FLOOR, floor=floor)
    wanted = _along(demand, shape[0], DEMAND, _APPLICATIONS)
    loads = _along(capacity, shape[1], CAPACITY, _EXPERTS)
    if wanted.size and wanted.max() > shape[1]:
        at = int(wanted.argmax())
        raise BadInput(_TOO_MANY, at=_name(applications, at), wanted=int(wanted[at]), experts=shape[1])
    barred = _mask(blocked, (shape[0], shape[1]))
    rows = _order(applications, shape[0], _APPLICATIONS)
    columns = _order(experts, shape[1], _EXPERTS)
    points, barred = points[np.ix_(rows, columns)], barred[np.ix_(rows, columns)]
    allowed = (points >= floor) & ~barred
    return Task(points, allowed, barred, floor, wanted[rows], loads[columns], seed, rows, columns)


AFFINITY = Text("匹配分", "affinity")
DEMAND = Text("需要的专家人数", "the number of experts wanted")
CAPACITY = Text("专家任务上限", "the load limit of experts")
_APPLICATIONS = Text("申报", "applications")
_EXPERTS = Text("专家", "experts")
_NO_TABLE = Text(
    "匹配分应为“申报×专家”的二维表，这里是 {dimensions} 维。",
    "Affinity is a table of applications by experts; this one has {dimensions} dimension(s).",
)
_NO_NUMBER = Text(
    "{what}中有空缺（NaN）或无穷大，在 {at}。填 0 至 {most} 的整数。",
    "There is a gap (NaN) or infinity in {what}, at {at}. Give whole numbers from 0 to {most}.",
)
_NO_WHOLE = Text(
    "{what}只用整数；{at} 处不是整数。",
    "Only whole numbers are used for {what}; what stands at {at} is none.",
)
_NO_FIGURES = Text(
    "{what}只用整数，这里是别的数据。", "Only whole numbers are used for {what}; this is other data."
)
_OUTSIDE = Text(
    "{what}在 {at} 是 {found}，应在 0 至 {most} 之间。",
    "In {what}, {found} stands at {at}; it must lie between 0 and {most}.",
)
_FLOOR = Text(
    "匹配分下限是 {floor}，应在 0 至 100 之间。", "The floor is {floor}; it must lie between 0 and 100."
)
_LENGTH = Text(
    "{what}有 {found} 个数，{of}有 {expected} 个。每个给一个数，或统一给一个数。",
    "There are {found} figures for {what}, and {expected} {of}. Give one for each, or one for all.",
)
_TOO_MANY = Text(
    "{at} 要 {wanted} 名专家，一共只有 {experts} 名。减少人数，或先补充专家。",
    "{at} asks for {wanted} experts, and there are only {experts}. Ask for fewer, or add experts first.",
)
_MASK = Text(
    "回避表应与匹配分同为 {rows}×{columns} 的是/否表。",
    "The table of conflicts must be yes or no for {rows} by {columns}, like the affinity.",
)
_IDS = Text(
    "{of}有 {expected} 个，编号却有 {found} 个。每个给一个编号。",
    "There are {expected} {of} and {found} ids. Give one id for each.",
)
_TWICE = Text(
    "{of}的编号“{found}”重复。编号要各不相同。", "The id “{found}” of {of} is given twice. Ids must differ."
)


def _whole(values: npt.NDArray[Any], what: Text) -> Whole:
    """``values`` as int64; figures with a fraction of nought are taken."""
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    if values.dtype.kind != "f":
        if values.size == 0:
            return values.astype(np.int64)
        raise BadInput(_NO_FIGURES, what=what)
    finite = np.isfinite(values)
    if not finite.all():
        raise BadInput(_NO_NUMBER, what=what, at=_first(~finite), most=MOST)
    whole = values == np.floor(values)
    if not whole.all():
        raise BadInput(_NO_WHOLE, what=what, at=_first(~whole))
    return values.astype(np.int64)


def _within(values: Whole, what: Text, most: int) -> None:
    outside = (values < 0) | (values > most)
    if outside.any():
        place = _place(outside)
        raise BadInput(_OUTSIDE, what=what, at=_first(outside), found=int(values[place]), most=most)


def _along(values: npt.ArrayLike, length: int, what: Text, of: Text) -> Whole:
    """One figure for each, or one for all; none negative. A bound on loads keeps sums within 64 bits."""
    given = _whole(np.asarray(values), what)
    _within(given, what, LARGEST)
    if given.ndim == 0:
        return np.full(length, given, np.int64)
    if given.shape != (length,):
        raise BadInput(_LENGTH, what=what, found=given.size, of=of, expected=length)
    return given


LARGEST = 1_000_000  # seats of one application, or applications of one expert


def _mask(blocked: npt.ArrayLike | None, shape: tuple[int, int]) -> Yes:
    if blocked is None:
        return np.zeros(shape, np.bool_)
    given = np.asarray(blocked)
    if given.shape != shape or not (given.dtype.kind == "b" or np.isin(given, (0, 1)).all()):
        raise BadInput(_MASK, rows=shape[0], columns=shape[1])
    return given.astype(np.bool_)


def _order(ids: Sequence[str] | None, length: int, of: Text) -> Whole:
    """The places in ascending order of ids; as they stand where there are none."""
    if ids is None:
        return np.arange(length, dtype=np.int64)
    if len(ids) != length:
        raise BadInput(_IDS, of=of, expected=length, found=len(ids))
    order = sorted(range(length), key=lambda place: ids[place])
    for one, next_ in pairwise(order):
        if ids[one] == ids[next_]:
            raise BadInput(_TWICE, of=of, found=ids[one])
    return np.array(order, np.int64)


def _place(wrong: Yes) -> tuple[int, ...]:
    return tuple(int(at[0]) for at in np.nonzero(wrong)) if wrong.ndim else ()


def _first(wrong: Yes) -> Text:
    """Where the first wrong figure stands, counted from 1."""
    place = [at + 1 for at in _place(wrong)]
    if len(place) == 2:
        return Text("第 {row} 行第 {column} 列", "row {row}, column {column}").fill(
            row=place[0], column=place[1]
        )
    return Text("第 {n} 个", "place {n}").fill(n=place[0] if place else 1)


def _name(ids: Sequence[str] | None, at: int) -> Text:
    if ids is not None and at < len(ids):
        return Text(f"申报“{ids[at]}”", f"Application “{ids[at]}”")
    return Text(f"第 {at + 1} 件申报", f"Application {at + 1}")
