"""What another rule would have done to the cases of a round: which outcomes flip, and by which article.

Pure: facts, a version and a setting go in, a result for each case comes out; nothing is read or kept. Three things are
tried, alone or together: other thresholds (of the round, or bars of the document), other settings of the round (quota,
fewest sheets), another version of the policy. What cannot be known from the record is said to be open, never guessed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any

from cultivar.appraisal.simulated_case import CaseFacts, End
from cultivar.appraisal.simulated_conditions import SAME, Because, Found, Verdict, Yardstick, weigh
from cultivar.appraisal.simulated_procedure import asked_otherwise, barred, first_obstacle, unstated
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.matter import Terms

QUOTA, PANEL = "quota", "panel"  # the round settings that the ranking and the panel go by
FLIPS: tuple[Verdict, ...] = ("to refused", "refusal falls")


@dataclass(frozen=True)
class Setting:
    """What is tried. ``thresholds`` and ``bars`` are by indicator, in its unit; a threshold of None is dropped.

    ``programme`` is the version tried, None for each case's own; ``quota`` and ``panel`` None leave the round's own.
    """

    programme: Programme | None = None
    thresholds: Mapping[str, Decimal | None] = field(default_factory=dict)
    bars: Mapping[str, Decimal] = field(default_factory=dict)
    quota: int | None = None
    panel: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a case stands by the mean of its sheets: equal means share a place (1, 2, 2, 4)."""

    rank: int
    mean: Decimal
    tied: bool
    inside: bool


@dataclass(frozen=True)
class Result:
    """What becomes of one case. ``programme`` is the version that its articles belong to."""

    case: CaseFacts
    programme: Programme
    verdict: Verdict
    because: tuple[Because, ...] = ()
    place: Place | None = None  # under the setting, where it is scored and in the race

    @property
    def decided(self) -> bool:
        """Whether the case has come to its end."""
        return bool(self.case.end)

    @property
    def flips(self) -> bool:
        """Whether a decided case comes out otherwise."""
        return self.decided and self.verdict in FLIPS


@dataclass(frozen=True)
class Effect:
    """The results of a simulation, in the order of the case numbers."""

    results: tuple[Result, ...]

    @cached_property
    def flips(self) -> tuple[Result, ...]:
        """The decided cases that come out otherwise."""
        return tuple(one for one in self.results if one.flips)

    def of(self, verdict: Verdict, *, decided: bool = True) -> tuple[Result, ...]:
        """The results of one verdict, of decided cases or of those in hand."""
        return tuple(one for one in self.results if one.verdict == verdict and one.decided == decided)

    def ended(self, end: End) -> int:
        """How many cases really ended so; ``""``: are in hand."""
        return sum(one.case.end == end for one in self.results)

    @property
    def still_granted(self) -> int:
        """How many of the granted cases would certainly have been granted all the same."""
        return sum(one.case.end == "granted" and one.verdict == "same" for one in self.results)

    @property
    def perhaps_granted(self) -> int:
        """How many granted cases are open."""
        return sum(one.case.end == "granted" and one.verdict == "open" for one in self.results)


@dataclass(frozen=True)
class Spread:
    """The stated values of one indicator over a round, ascending."""

    values: tuple[Decimal, ...]

    @property
    def least(self) -> Decimal:
        """The smallest value."""
        return self.values[0]

    @property
    def middle(self) -> Decimal:
        """The median."""
        return Decimal(median(self.values))

    @property
    def most(self) -> Decimal:
        """The largest value."""
        return self.values[-1]


def simulate(cases: Iterable[CaseFacts], terms: Terms, setting: Setting, calendar: Calendar) -> Effect:
    """What the setting does to the cases of a round whose notice fixed ``terms``."""
    known = sorted(cases, key=lambda case: case.number)
    trial = _Trial(terms, setting, calendar)
    found = {case.number: trial.judge(case) for case in known}
    ranked = _ranked(known, found, terms, setting)
    results = (Result(case, setting.programme or case.programme, *ranked[case.number]) for case in known)
    return Effect(tuple(results))


def spreads(cases: Iterable[CaseFacts]) -> dict[str, Spread]:
    """The stated values by indicator; indicators that no case states are absent."""
    values: dict[str, list[Decimal]] = {}
    for case in cases:
        for name, value in case.figures.items():
            values.setdefault(name, []).append(value)
    return {name: Spread(tuple(sorted(some))) for name, some in values.items()}


def own_thresholds(terms: Terms) -> dict[str, Decimal]:
    """The thresholds that the notice of a round fixed."""
    return {name: Decimal(value) for name, value in (terms.values.get("thresholds") or {}).items()}


class _Trial:
    """One setting, tried on case after case."""

    def __init__(self, terms: Terms, setting: Setting, calendar: Calendar) -> None:
        self.terms, self.setting, self.calendar = terms, setting, calendar
        self.own = own_thresholds(terms)
        self.moved = {
            name: value for name, value in {**self.own, **setting.thresholds}.items() if value is not None
        }
        values: dict[str, Any] = dict(terms.values)
        if setting.panel is not None:
            values[PANEL] = setting.panel
        self.tried_terms = replace(terms, values=values, closed=False)  # it was open when they applied
        self._yardsticks: dict[tuple[int, bool], Yardstick] = {}
        self._forms: dict[int, list[tuple[str, FormField]]] = {}

    def judge(self, case: CaseFacts) -> Found:
        """What becomes of one case, apart from its place in the ranking."""
        if case.end == "closed":
            return SAME  # withdrawn: nobody decided
        programme = self.setting.programme or case.programme
        weighed = weigh(
            case, self._yardstick(case.programme, tried=False), self._yardstick(programme, tried=True)
        )
        return _stronger(case, weighed, self._walk(case, programme))

    def _yardstick(self, programme: Programme, *, tried: bool) -> Yardstick:
        key = id(programme), tried
        if key not in self._yardsticks:
            self._yardsticks[key] = (
                Yardstick(programme, self.moved, self.setting.bars)
                if tried
                else Yardstick(programme, self.own)
            )
        return self._yardsticks[key]

    def _asked(self, own: Programme, programme: Programme) -> list[tuple[str, FormField]]:
        if id(own) not in self._forms:
            self._forms[id(own)] = asked_otherwise(own, programme)
        return self._forms[id(own)]

    def _walk(self, case: CaseFacts, programme: Programme) -> Found:
        """The record walked again: under another version, or where a setting that guards read has changed."""
        other = programme is not case.programme
        if not other and self.tried_terms.values == dict(self.terms.values):
            return SAME
        keeps = barred(case, programme) if other else ()
        missing = unstated(case, programme, self._asked(case.programme, programme)) if other else ()
        obstacle = first_obstacle(case, programme, self.tried_terms, self.calendar)
        unsettled = (*((obstacle,) if obstacle else ()), *missing)
        if keeps:
            return "to refused", (*keeps, *unsettled)
        return ("open", unsettled) if unsettled else SAME


def _stronger(case: CaseFacts, weighed: Found, walked: Found) -> Found:
    """The conditions and the walk together: a bar goes before what is open, what is open before what stays.

    A refused case that is barred as well stays refused, and so does one whose dossier merely leaves things unsaid.
    """
    if case.end == "refused":
        bars = tuple(one for one in walked[1] if one.kind in ("field", "joint"))
        late = all(one.kind == "unstated" for one in walked[1])
        if bars or (weighed[0] == "same" and late):
            return "same", (*bars, *weighed[1])
    first, second = sorted((walked, weighed), key=lambda found: _ORDER[found[0]])
    also = second[1] if second[0] in ("open", first[0]) else ()
    return first[0], (*first[1], *(one for one in also if one not in first[1]))


_ORDER: dict[Verdict, int] = {"to refused": 0, "open": 1, "refusal falls": 2, "same": 3}


def _ranked(
    cases: Sequence[CaseFacts], found: Mapping[str, Found], terms: Terms, setting: Setting
) -> dict[str, tuple[Verdict, tuple[Because, ...], Place | None]]:
    """The results with places: who stands inside the quota's line, before and after."""
    own = terms.values.get(QUOTA)
    quota = setting.quota if setting.quota is not None else own
    scored = [case for case in cases if case.mean is not None and case.end != "closed" and not case.grounds]
    old = places(scored, own)
    new = places([case for case in scored if found[case.number][0] != "to refused"], quota)
    settled = {}
    for case in cases:
        verdict, because = found[case.number]
        place, was = new.get(case.number), old.get(case.number)
        crossed = place is not None and was is not None and place.inside != was.inside
        if crossed and place is not None and verdict in ("same", "open") and _concerns(case, place):
            programme = setting.programme or case.programme
            verdict, because = "open", (*because, _line(programme, place, quota))
        settled[case.number] = (verdict, because, place)
    return settled


def _concerns(case: CaseFacts, place: Place) -> bool:
    """A granted case that falls outside, a refused one that comes inside, a case in hand either way."""
    return {"granted": not place.inside, "refused": place.inside}.get(case.end, True)


def _line(programme: Programme, place: Place, quota: int | None) -> Because:
    article = next((one.article for one in programme.round if one.id == QUOTA), None)
    zh = f"平均分 {place.mean}，第 {place.rank} 名" + ("（同分）" if place.tied else "")
    en = f"mean {place.mean}, place {place.rank}" + (" (tied)" if place.tied else "")
    if place.inside:
        text = Text(
            f"{zh}，名额 {quota} 以内；由综合评估判断",
            f"{en}, inside the quota of {quota}; the assessment judges",
        )
    else:
        text = Text(
            f"{zh}，名额 {quota} 以外；由综合评估判断",
            f"{en}, outside the quota of {quota}; the assessment judges",
        )
    return Because("quota", text, (article,) if article else ())


def places(cases: Sequence[CaseFacts], quota: int | None) -> dict[str, Place]:
    """The order of scored cases by mean, best first, as the ranking of the round has it.

    A refused case takes no place from the others; its own is the one that it would have among them. ``quota`` None
    puts everyone inside.
    """
    racing = sorted(case.mean for case in cases if case.mean is not None and case.end != "refused")
    found = {}
    for case in cases:
        if case.mean is not None:
            rank = 1 + len(racing) - bisect_right(racing, case.mean)
            equal = bisect_right(racing, case.mean) - bisect_left(racing, case.mean)
            tied = equal > (0 if case.end == "refused" else 1)
            found[case.number] = Place(rank, case.mean, tied, quota is None or rank <= quota)
    return found
