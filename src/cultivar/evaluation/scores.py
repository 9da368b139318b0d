"""The official score and order of a round's applications: exact, in ``Decimal``, and told so that it can be followed.

A score is the mean of the sheets' totals; under ``drop`` one highest and one lowest sheet are left out first. It is
rounded once, at the end, to the places and in the manner that the rule names. The order is by score, then by the mean
of each criterion that the rule names, in that order, over the same sheets and rounded alike, then by a drawn order
where there is one. Whoever is still equal shares a rank.

Who stands within the line, under quotas of fields and regions, is ``quota``; what is too close to call is ``shadow``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from cultivar.policy.text import Text
from cultivar.procedure import content as notice

Rounding: TypeAlias = Literal["half-up", "half-even"]
Decider: TypeAlias = str  # "total", a criterion's name, "draw", or "" where nothing decides

TOTAL, DRAWN = "total", notice.DRAWN
FEWEST_TO_DROP, ENOUGH_TO_DROP = notice.FEWEST_TO_DROP, notice.ENOUGH_TO_DROP

_NO_SHEETS = Text("“{id}”没有评分表，不能计分。", "“{id}” has no score sheet and cannot be scored.")
_TOO_FEW = Text(
    "“{id}”只有 {sheets} 份评分表；去掉一个最高分和一个最低分至少要 {fewest} 份。",
    "“{id}” has {sheets} score sheets; to leave out one highest and one lowest takes at least {fewest}.",
)
_FEW = Text(
    "只有 {sheets} 份评分表；去掉一个最高分和一个最低分宜有 {enough} 份以上。",
    "Only {sheets} score sheets; leaving out one highest and one lowest should have at least {enough}.",
)
_SAME_EXPERT = Text(
    "“{id}”有同一专家“{expert}”的两份评分表。", "“{id}” has two sheets of the expert “{expert}”."
)
_TWICE = Text("“{id}”出现了两次。", "“{id}” is given twice.")
_NOT_FINITE = Text("“{id}”的评分不是有限的数。", "A score of “{id}” is no finite number.")
_NO_CRITERION = Text(
    "“{id}”的评分表没有指标“{criterion}”的分，不能按它区分同分。",
    "A sheet of “{id}” gives no points for “{criterion}”, so ties cannot be told apart by it.",
)
_NOT_DRAWN = Text("抽签顺序里没有“{id}”。", "“{id}” is not in the drawn order.")
_BAD_RULE = Text("计分规则不对：{why}。", "The rule of scoring is wrong: {why}.")
_PLACES = Text("小数位数应为 0 到 6", "places go from 0 to 6")
_ROUNDING = Text("舍入方式只有 half-up 和 half-even", "rounding is half-up or half-even")
_TIES = Text(
    "同分规则以 total 开头，每项一次，draw 只能在最后",
    "the tie rule begins with total, names each once, and draw last",
)


class BadScores(ValueError):
    """Sheets or a rule that give no score; ``text`` says which application and why, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Sheet(NamedTuple):
    """A score sheet: who scored, the total in points and, where known, the points by criterion."""

    expert: str
    total: Decimal
    points: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True)
class Entry:
    """An application with its sheets and the groups it belongs to, as ``{"field": "batteries"}``."""

    id: str
    sheets: tuple[Sheet, ...]
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """How scores are made and ties are told apart; ``places`` after the point.

    ``ties`` begins with ``total`` and may go on with criteria in order and end with ``draw``.
    """

    drop: bool = False
    places: int = 2
    rounding: Rounding = "half-up"
    ties: tuple[Decider, ...] = (TOTAL,)

    def __post_init__(self) -> None:
        middle = self.ties[1:-1] if self.ties[-1:] == (DRAWN,) else self.ties[1:]
        if not 0 <= self.places <= notice.MOST_PLACES:
            raise BadScores(_BAD_RULE.fill(why=_PLACES))
        if self.rounding not in get_args(Rounding):
            raise BadScores(_BAD_RULE.fill(why=_ROUNDING))
        if self.ties[:1] != (TOTAL,) or {TOTAL, DRAWN} & set(middle) or len(set(self.ties)) != len(self.ties):
            raise BadScores(_BAD_RULE.fill(why=_TIES))

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria that tell ties apart, in order."""
        return tuple(one for one in self.ties if one not in (TOTAL, DRAWN))


class Dropped(NamedTuple):
    """A sheet that was left out, and why."""

    sheet: Sheet
    why: Literal["highest", "lowest"]


@dataclass(frozen=True)
class Score:
    """An application's score with the sheets that made it, those left out, and what is to be said of it."""

    entry: Entry
    score: Decimal
    kept: tuple[Sheet, ...]
    dropped: tuple[Dropped, ...]
    criteria: Mapping[str, Decimal]
    warnings: tuple[Text, ...]

    @property
    def id(self) -> str:
        """The application's number."""
        return self.entry.id


@dataclass(frozen=True)
class Place:
    """A rank. ``decided_by`` tells this place from the one above it; "" for the first and for a shared rank."""

    rank: int
    score: Score
    tied: bool
    decided_by: Decider

    @property
    def id(self) -> str:
        """The application's number."""
        return self.score.id


def score(entry: Entry, rule: Rule) -> Score:
    """The official score. Raises ``BadScores`` for no sheets, too few to leave two out, or sheets that do not fit."""
    _check(entry, rule)
    return scored(entry, entry.sheets, rule)


def scored(entry: Entry, sheets: Sequence[Sheet], rule: Rule) -> Score:
    """The score that ``sheets`` would give ``entry``. Raises ``BadScores`` where two cannot be left out.

    Of sheets with the same extreme total the one is left out whose expert comes first in the order of their names.
    """
    kept, dropped, warnings = tuple(sheets), tuple[Dropped, ...](), tuple[Text, ...]()
    if rule.drop:
        if len(sheets) < FEWEST_TO_DROP:
            raise BadScores(_TOO_FEW.fill(id=entry.id, sheets=len(sheets), fewest=FEWEST_TO_DROP))
        order = sorted(range(len(sheets)), key=lambda at: (sheets[at].total, sheets[at].expert))
        top = sheets[order[-1]].total
        lowest = order[0]
        highest = next(at for at in order[1:] if sheets[at].total == top)
        kept = tuple(one for at, one in enumerate(sheets) if at not in (lowest, highest))
        dropped = (Dropped(sheets[highest], "highest"), Dropped(sheets[lowest], "lowest"))
        if len(sheets) < ENOUGH_TO_DROP:
            warnings = (_FEW.fill(sheets=len(sheets), enough=ENOUGH_TO_DROP),)
    criteria = {name: mean([one.points[name] for one in kept], rule) for name in rule.criteria}
    return Score(entry, mean([one.total for one in kept], rule), kept, dropped, criteria, warnings)


def mean(values: Sequence[Decimal], rule: Rule) -> Decimal:
    """The mean of exact numbers, rounded once as ``rule`` says: a half away from nought, or to the even digit."""
    exact = sum((Fraction(value) for value in values), Fraction(0)) / len(values) * 10**rule.places
    whole = round(exact) if rule.rounding == "half-even" else int(abs(exact) + Fraction(1, 2))
    sign = -1 if exact < 0 and rule.rounding == "half-up" else 1
    return Decimal(sign * whole).scaleb(-rule.places)


def ranked(scores: Iterable[Score], rule: Rule, drawn: Sequence[str] | None = None) -> list[Place]:
    """The order, best first; ``drawn`` is the drawn order, where ties go that far and one was drawn.

    Who is equal in everything shares a rank (1, 2, 2, 4) and stands in the order of numbers. Raises ``BadScores`` for a
    number given twice, and for one of equals who is not in ``drawn``.
    """
    found = list(scores)
    _refuse_twice(found)
    lots = {number: at for at, number in enumerate(drawn or ())} if DRAWN in rule.ties else {}
    marks = {one.id: _marks(one) for one in found}
    equals = Counter(marks.values())
    for one in found:
        if lots and equals[marks[one.id]] > 1:
            if one.id not in lots:
                raise BadScores(_NOT_DRAWN.fill(id=one.id))
            marks[one.id] = (*marks[one.id], Decimal(-lots[one.id]))
    order = sorted(sorted(found, key=lambda one: one.id), key=lambda one: marks[one.id], reverse=True)
    return _places(order, marks, (TOTAL, *rule.criteria, DRAWN))


def _places(
    order: Sequence[Score], marks: Mapping[str, tuple[Decimal, ...]], names: Sequence[Decider]
) -> list[Place]:
    equals = Counter(marks[one.id] for one in order)
    places: list[Place] = []
    for at, one in enumerate(order):
        above = marks[order[at - 1].id] if at else marks[one.id]
        pairs = zip(names, above, marks[one.id], strict=False)
        decided = next((name for name, higher, lower in pairs if higher != lower), "")
        rank = places[-1].rank if at and not decided else at + 1
        places.append(Place(rank, one, equals[marks[one.id]] > 1, decided))
    return places


def _marks(one: Score) -> tuple[Decimal, ...]:
    return (one.score, *one.criteria.values())


def _check(entry: Entry, rule: Rule) -> None:
    if not entry.sheets:
        raise BadScores(_NO_SHEETS.fill(id=entry.id))
    seen: set[str] = set()
    for sheet in entry.sheets:
        if sheet.expert in seen:
            raise BadScores(_SAME_EXPERT.fill(id=entry.id, expert=sheet.expert))
        seen.add(sheet.expert)
        if not all(value.is_finite() for value in (sheet.total, *sheet.points.values())):
            raise BadScores(_NOT_FINITE.fill(id=entry.id))
        for name in rule.criteria:
            if name not in sheet.points:
                raise BadScores(_NO_CRITERION.fill(id=entry.id, criterion=name))


def _refuse_twice(scores: Sequence[Score]) -> None:
    for number, times in Counter(one.id for one in scores).items():
        if times > 1:
            raise BadScores(_TWICE.fill(id=number))
