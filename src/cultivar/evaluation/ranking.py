"""The order of the applications of a round, out of the sheets that were handed in, by the rule of its notice.

The order, the line and who gave way to whom are the official ones (``scores``, ``quota``); the second look
(``shadow``) stands beside each place and changes none. Its lots follow from ``seed_of``, so that anyone who has the
sheets works out the same figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import OuterRef, Subquery

from cultivar.cases.models import Case
from cultivar.evaluation import scores
from cultivar.evaluation.models import Expert, Sheet
from cultivar.evaluation.quota import GroupQuota, Selection, select
from cultivar.evaluation.scoring import quotas_of, rule_of
from cultivar.evaluation.sealing import under_seal
from cultivar.evaluation.shadow import Lead, leads, severity
from cultivar.policy.text import Text

OUT = ("refused", "closed")  # ends that take a case out of the race
SEED = "cultivar-bootstrap/1 {number}"  # of the other panels of a round; ASCII

_ONE = Text(
    "只有一个申报有评分，没有可比的。", "Only one application has scores; there is nothing to compare."
)
_APART = Text(
    "没有专家评过两个以上申报，分不清是专家宽严还是申报好坏，算不出影子分。",
    "No expert judged two applications, so severity cannot be told from merit; there is no shadow score.",
)


@dataclass(frozen=True)
class Beside:
    """The second look at one application; ``inside``, ``probability`` and ``flag`` need a line, else None."""

    shadow: Decimal
    inside: bool | None = None
    probability: Decimal | None = None
    flag: Text | None = None


@dataclass(frozen=True)
class Place:
    """A case in the ranking; who is finally refused or closed has no ``rank`` and takes no place within the line.

    ``decided_by`` as in ``scores.Place``: what tells this place from the one above. Equals share a rank (``tied``).
    """

    case: Case
    score: scores.Score
    rank: int | None = None
    tied: bool = False
    decided_by: scores.Decider = ""
    inside: bool = False
    beside: Beside | None = None

    @property
    def sheets(self) -> int:
        """How many sheets are in."""
        return len(self.score.entry.sheets)

    @property
    def seats(self) -> int:
        """How many experts sit on the panel."""
        return len(self.case.seats.all())

    @property
    def complete(self) -> bool:
        """Whether every seated expert has handed in a sheet."""
        return self.sheets == self.seats

    @property
    def lowest(self) -> Decimal:
        """The lowest total of all sheets, those left out included."""
        return min(sheet.total for sheet in self.score.entry.sheets)

    @property
    def highest(self) -> Decimal:
        """The highest total of all sheets, those left out included."""
        return max(sheet.total for sheet in self.score.entry.sheets)


@dataclass(frozen=True)
class Unscored:
    """A case that has no score yet: its sheets are sealed (``why`` None), or the rule gives none, with the reason."""

    case: Case
    sheets: int
    why: Text | None = None
    late: int = 0  # sheets that came after their limit

    @property
    def seats(self) -> int:
        """How many experts sit on the panel."""
        return len(self.case.seats.all())


@dataclass(frozen=True)
class Ranking:
    """The order of a round. ``refusal``: why no line can be drawn; ``no_shadow``: why there is no second look."""

    rule: scores.Rule
    quota: int | None
    quotas: tuple[GroupQuota, ...]
    places: tuple[Place, ...]  # in the race, in order
    out: tuple[Place, ...]  # out of it, by score
    unscored: tuple[Unscored, ...]
    selection: Selection | None
    refusal: Text | None
    no_shadow: Text | None

    @cached_property
    def by_number(self) -> Mapping[str, Place]:
        """The places in the race by the number of their case."""
        return {one.case.number: one for one in self.places}


def seed_of(round_: str) -> bytes:
    """The seed of the other panels of a round; published, so that the probabilities can be worked out again."""
    return SEED.format(number=round_).encode("ascii")


def entries_of(cases: Iterable[Case]) -> dict[str, scores.Entry]:
    """Sheets and groups by the number of the case, of cases whose sheets are not sealed: one query.

    An expert is called by the number in the pool, then the key of the person (``person_of``), so that equals stand in
    the order of numbers; by the key alone where there is no number.
    """
    by_number = {case.number: case for case in cases}
    sheets: dict[str, list[scores.Sheet]] = {}
    number_in_pool = Subquery(Expert.objects.filter(person__key=OuterRef("person")).values("number"))
    handed_in = Sheet.objects.filter(case__in=list(by_number), open=True).annotate(number=number_in_pool)
    for one in handed_in.values_list("case_id", "person", "number", "total", "points"):
        case, person, number, total, points = one
        given = {name: Decimal(value) for name, value in points.items()}
        expert = f"{number} {person}" if number else person
        sheets.setdefault(case, []).append(scores.Sheet(expert, total, given))
    return {
        number: scores.Entry(number, tuple(sheets[number]), _groups(case))
        for number, case in by_number.items()
        if number in sheets
    }


def person_of(expert: str) -> str:
    """The key of the person whom an entry calls so."""
    return expert.rpartition(" ")[2]


def _groups(case: Case) -> dict[str, str]:
    groups = {"field": case.field, "region": case.lead_region_id or ""}
    return {kind: value for kind, value in groups.items() if value}


def ranking(
    round_: str, cases: Sequence[Case], values: Mapping[str, Any], drawn: Sequence[str] | None = None
) -> Ranking:
    """The ranking of a round whose notice fixes ``values``; ``cases`` with their seats prefetched.

    ``drawn``: numbers of cases in drawn order, where the rule tells equals apart by lot and the lots were drawn.
    """
    rule, quotas, quota = rule_of(values), quotas_of(values), values.get("quota")
    entries, sealed = entries_of(cases), {one.case.number: one for one in under_seal(cases)}
    scored: dict[str, scores.Score] = {}
    unscored: list[Unscored] = []
    for case in cases:
        entry = entries.get(case.number)
        if entry is None and case.final in OUT:
            continue
        if case.number in sealed or (entry is None and case.seats.all()):
            shut = sealed.get(case.number)
            unscored.append(Unscored(case, shut.sheets if shut else 0, late=shut.late if shut else 0))
        elif entry is not None:
            try:
                scored[case.number] = scores.score(entry, rule)
            except scores.BadScores as bad:
                unscored.append(Unscored(case, len(entry.sheets), bad.text))
    by_number = {case.number: case for case in cases}
    racing = [one for one in scored.values() if by_number[one.id].final not in OUT]
    order, selection, refusal = _line(racing, rule, quota, quotas, drawn)
    beside, no_shadow = _second_look(round_, racing, rule, quota, quotas, drawn)
    inside = set(selection.inside) if selection is not None and quota is not None else set()
    places = tuple(
        Place(
            by_number[one.id],
            one.score,
            one.rank,
            one.tied,
            one.decided_by,
            one.id in inside,
            beside.get(one.id),
        )
        for one in order
    )
    rest = scores.ranked([one for one in scored.values() if by_number[one.id].final in OUT], _by_score(rule))
    out = tuple(Place(by_number[one.id], one.score) for one in rest)
    return Ranking(rule, quota, quotas, places, out, tuple(unscored), selection, refusal, no_shadow)


def _line(
    racing: Sequence[scores.Score],
    rule: scores.Rule,
    quota: int | None,
    quotas: tuple[GroupQuota, ...],
    drawn: Sequence[str] | None,
) -> tuple[list[scores.Place], Selection | None, Text | None]:
    """The order, who is within the line, and why that cannot be said; lots that do not fit leave equals together."""
    try:
        order, refusal = scores.ranked(racing, rule, drawn), None
    except scores.BadScores as bad:
        order, refusal = scores.ranked(racing, rule), bad.text
    try:
        return order, select(order, quota, quotas), refusal
    except scores.BadScores as bad:
        return order, None, bad.text


def _by_score(rule: scores.Rule) -> scores.Rule:
    return replace(rule, ties=(scores.TOTAL,))


def _second_look(
    round_: str,
    racing: Sequence[scores.Score],
    rule: scores.Rule,
    quota: int | None,
    quotas: tuple[GroupQuota, ...],
    drawn: Sequence[str] | None,
) -> tuple[Mapping[str, Beside], Text | None]:
    """What stands beside each place, or why nothing does."""
    if len(racing) < 2:
        return {}, _ONE if racing else None
    experts = [sheet.expert for one in racing for sheet in one.entry.sheets]
    if len(set(experts)) == len(experts):
        return {}, _APART
    plain = tuple(_Plain.of(one.entry) for one in sorted(racing, key=lambda one: one.id))
    try:
        if quota is None:
            return {
                number: Beside(shadow)
                for number, shadow in severity([one.entry for one in racing], rule).scores.items()
            }, None
        given = None if drawn is None else tuple(drawn)
        return {
            one.place.id: Beside(one.shadow, one.shadow_inside, one.probability, one.flag)
            for one in _leads(plain, rule, quota, seed_of(round_), quotas, given)
        }, None
    except scores.BadScores as bad:
        return {}, bad.text


@dataclass(frozen=True)
class _Plain:
    """An entry that can be remembered."""

    id: str
    sheets: tuple[tuple[str, Decimal, tuple[tuple[str, Decimal], ...]], ...]
    groups: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, entry: scores.Entry) -> "_Plain":
        sheets = tuple((one.expert, one.total, tuple(sorted(one.points.items()))) for one in entry.sheets)
        return cls(entry.id, tuple(sorted(sheets)), tuple(sorted(entry.groups.items())))

    @property
    def entry(self) -> scores.Entry:
        """The entry, its sheets in the order of the experts."""
        sheets = tuple(scores.Sheet(expert, total, dict(points)) for expert, total, points in self.sheets)
        return scores.Entry(self.id, sheets, dict(self.groups))


@lru_cache(maxsize=4)
def _leads(
    plain: tuple[_Plain, ...],
    rule: scores.Rule,
    quota: int,
    seed: bytes,
    quotas: tuple[GroupQuota, ...],
    drawn: tuple[str, ...] | None,
) -> tuple[Lead, ...]:
    """Remembered, for a page that is read again; the same sheets give the same figures."""
    return tuple(leads([one.entry for one in plain], rule, quota, seed, quotas, drawn))
