"""How near an expert is to an application: whole points from 0 to 100 by a published table.

Two things are compared: the programme's fields and directions, and industries of GB/T 4754-2017 (section, division,
group, class). Of each the nearest agreement counts once; the two are added. Nothing else is looked at, so that
everybody can work the number out on paper. The table is a proposal; a round may give other points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cultivar.evaluation.seating_task import BadInput, Whole
from cultivar.policy.text import Text
from cultivar.registry.industries import section_of


@dataclass(frozen=True)
class Match:
    """A kind of agreement, its points, and why it has them. ``of`` is what is compared: field or industry."""

    id: str
    of: str
    points: int
    text: Text
    reason: Text


TABLE: tuple[Match, ...] = (
    Match(
        "direction",
        "field",
        50,
        Text("方向相同", "the same direction"),
        Text("专家正是做这个方向的", "The expert works on just this"),
    ),
    Match(
        "field",
        "field",
        35,
        Text("领域相同", "the same field"),
        Text("同一领域内各方向的技术和市场相通", "Directions of one field share techniques and markets"),
    ),
    Match(
        "class",
        "industry",
        50,
        Text("行业小类相同", "the same industrial class"),
        Text("产品相同", "The products are the same"),
    ),
    Match(
        "group",
        "industry",
        40,
        Text("行业中类相同", "the same industrial group"),
        Text("工艺相近，产品不同", "The processes are alike, the products differ"),
    ),
    Match(
        "division",
        "industry",
        30,
        Text("行业大类相同", "the same industrial division"),
        Text("了解行业，未必了解产品", "The trade is known, the product perhaps not"),
    ),
    Match(
        "section",
        "industry",
        5,
        Text("行业门类相同", "the same industrial section"),
        Text("都属制造业说明不了多少", "That both are manufacturing says little"),
    ),
)
"""In each of field and industry the nearest agreement stands first."""

FLOOR = 35
"""A proposal: at least the same field, or the same industrial group."""


@dataclass(frozen=True)
class Knows:
    """What an expert knows, or an application is about. ``industries`` are codes of two to four digits, as text."""

    fields: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()


def table(points: Mapping[str, int]) -> tuple[Match, ...]:
    """The table with other points for some kinds of agreement, by id.

    Raises ``BadInput`` for unknown kinds, for points below 0, where a nearer agreement has fewer points than a farther
    one, and where field and industry together pass 100.
    """
    known = {match.id for match in TABLE}
    for name in points:
        if name not in known:
            raise BadInput(_UNKNOWN, name=name, known=" ".join(sorted(known)))
    found = tuple(replace(match, points=points.get(match.id, match.points)) for match in TABLE)
    for near, far in pairwise(found):
        if near.of == far.of and near.points < far.points:
            raise BadInput(_ORDER, near=near.text, far=far.text)
    most = sum(max(match.points for match in found if match.of == of) for of in ("field", "industry"))
    if min(match.points for match in found) < 0 or most > 100:
        raise BadInput(_SUM, most=most)
    return found


_UNKNOWN = Text("匹配表没有“{name}”这一项，只有：{known}。", "The table has no “{name}”, only: {known}.")
_ORDER = Text(
    "“{near}”的分数不能低于“{far}”。调整匹配表。",
    "“{near}” cannot have fewer points than “{far}”. Adjust the table.",
)
_SUM = Text(
    "匹配表里的分数不能为负，领域和行业两项最高分之和不能超过 100，现为 {most}。",
    "Points cannot be negative, and the highest for field and industry together cannot pass 100; they are {most}.",
)
_NO_CODE = Text(
    "“{code}”不是 GB/T 4754-2017 的行业代码。填 2 至 4 位代码，如 1512。",
    "“{code}” is no code of GB/T 4754-2017. Write two to four digits, such as 1512.",
)


def affinity(
    applications: Sequence[Knows], experts: Sequence[Knows], matches: Sequence[Match] = TABLE
) -> Whole:
    """Points, int64 (applications, experts). Raises ``BadInput`` for a code that GB/T 4754 does not know."""
    shape = (len(applications), len(experts))
    total = np.zeros(shape, np.int64)
    for of in ("field", "industry"):
        part = np.zeros(shape, np.int64)
        for match in reversed([match for match in matches if match.of == of]):
            agree = _agree(
                [_marks(one, match.id) for one in applications], [_marks(one, match.id) for one in experts]
            )
            part[agree] = match.points
        total += part
    return total


def _marks(knows: Knows, kind: str) -> frozenset[str]:
    """What must be in common for an agreement of this kind."""
    if kind == "direction":
        return frozenset(knows.directions)
    if kind == "field":
        return frozenset(knows.fields)
    marks = set()
    for code in knows.industries:
        section = section_of(code)
        if section is None:
            raise BadInput(_NO_CODE, code=code)
        digits = {"division": 2, "group": 3, "class": 4}.get(kind)
        if digits is None:
            marks.add(section)
        elif len(code) >= digits:
            marks.add(code[:digits])
    return frozenset(marks)


def _agree(ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Which of ours and theirs have a mark in common: a product of two tables of noughts and ones."""
    common = sorted(frozenset().union(*ours) & frozenset().union(*theirs))
    places = {mark: place for place, mark in enumerate(common)}
    return np.asarray(_ones(ours, places) @ _ones(theirs, places).T > 0)


def _ones(sets: Sequence[frozenset[str]], places: Mapping[str, int]) -> npt.NDArray[np.float32]:
    rows = np.zeros((len(sets), len(places)), np.float32)
    for row, marks in enumerate(sets):
        for mark in marks:
            if mark in places:
                rows[row, places[mark]] = 1
    return rows
