"""The conditions of a case held against other bounds, and what that does to how the case ended.

Pure. Figures can take a recognition away, for a figure below a bound fails a condition whoever judged it. They
hardly ever give one: where a condition is left to judgement, an office has still to judge, and this says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from cultivar.appraisal.answers import readable
from cultivar.appraisal.simulated_case import CaseFacts, Known
from cultivar.policy.conditions import Bound, Measured, Outcome, all_hold, assess, bound_of
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Bar, Condition, Indicator
from cultivar.policy.text import Text

Verdict = Literal["same", "to refused", "refusal falls", "open"]
Kind = Literal[
    "figure",  # a stated figure fails a bound
    "cleared",  # the figure that was the ground no longer fails
    "judge",  # an office would have to judge
    "unstated",  # a figure or an entry that is asked for was never stated
    "field",  # the field is not among those of the version
    "joint",  # the version knows no joint applications
    "gate",  # an act that comes first there was never done
    "act",  # an act of the record would not have been allowed
    "quota",  # the place in the ranking is on the other side of the quota's line
]


@dataclass(frozen=True)
class Because:
    """Why a case comes out as it does: a sentence and the articles, ids of the version that is tried."""

    kind: Kind
    text: Text
    articles: tuple[str, ...] = ()
    condition: str = ""
    indicator: str = ""


Found = tuple[Verdict, tuple[Because, ...]]
SAME: Found = ("same", ())


@dataclass(frozen=True)
class Yardstick:
    """The bounds that cases are held against: a version with its bars, perhaps moved, and a round's thresholds."""

    programme: Programme
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    bars: Mapping[str, Decimal] = field(default_factory=dict)  # moved bars of the document, by indicator

    def outcomes(self, known: Known, judged: Mapping[str, Literal["meets", "fails"]]) -> dict[str, Outcome]:
        """Every condition of the version, by id."""
        return {
            condition.id: assess(
                condition,
                self.programme,
                known.figures,
                self.thresholds,
                judged.get(condition.id),
                floors=known.floors,
            )
            for condition in self._conditions
        }

    @cached_property
    def _conditions(self) -> list[Condition]:
        conditions = self.programme.conditions
        if not self.bars:
            return conditions
        return [
            one.model_copy(update={"bars": [_moved(bar, self.bars) for bar in one.bars]})
            for one in conditions
        ]

    def together(self, outcomes: Mapping[str, Outcome]) -> str:
        """The conditions together: holds, fails or open."""
        return all_hold(self.programme, {name: one.verdict for name, one in outcomes.items()})


def _moved(bar: Bar, bars: Mapping[str, Decimal]) -> Bar:
    if bar.indicator not in bars:
        return bar
    bound, _ = bound_of(bar)
    return bar.model_copy(update={bound: f"{bars[bar.indicator]:f}"})


def weigh(case: CaseFacts, before: Yardstick, after: Yardstick) -> Found:
    """What becomes of a case under ``after``; it was decided, or is in hand, under ``before``."""
    if case.end == "refused":
        return _weigh_refusal(case, before, after)
    met = _met(case)
    then = before.outcomes(case.known, met)
    now = after.outcomes(known_under(case, after.programme), met)
    if after.together(now) == "fails":
        if before.together(then) == "fails":
            return SAME  # the offices went past it under the round's own bounds too
        return "to refused", tuple(_failing(after.programme, now.values()))
    unsettled = tuple(_unsettled(after.programme, then, now))
    if after.programme.conditions_hold == "any" and _one_holds(now):
        return SAME
    return ("open", unsettled) if unsettled else SAME


def _one_holds(now: Mapping[str, Outcome]) -> bool:
    """Whether some condition holds with every figure that it asks for stated."""
    return any(
        one.verdict == "holds" and all(figure.met is not None for figure in one.measured)
        for one in now.values()
    )


def _met(case: CaseFacts) -> dict[str, Literal["meets", "fails"]]:
    """What offices found met. An opinion against was overcome by what came after it."""
    return {name: "meets" for name, said in case.opinions.items() if said == "meets"}


def _weigh_refusal(case: CaseFacts, before: Yardstick, after: Yardstick) -> Found:
    then = before.outcomes(case.known, {})
    by_figure = [name for name in case.grounds if name in then and then[name].failing]
    if not by_figure:
        return SAME  # no figure was the ground: the meeting, the ranking or an office's judgement was
    every = after.programme.conditions_hold == "all"
    if every and len(by_figure) < len(case.grounds):
        return SAME  # another ground stands
    now = after.outcomes(known_under(case, after.programme), _met(case))
    still = tuple(_failing(after.programme, now.values()))
    cleared = [name for name in by_figure if name not in now or not now[name].failing]
    if not cleared or (every and still):
        return "same", still
    told = tuple(because for name in cleared for because in _cleared(after.programme, now.get(name)))
    settled = [name in now and now[name].verdict == "holds" for name in cleared]
    if (all(settled) if every else any(settled)) and told:
        return "refusal falls", told
    judged = (now[name] for name in cleared if name in now and now[name].verdict != "holds")
    return "open", (*told, *(_to_judge(after.programme, one.condition) for one in judged))


def known_under(case: CaseFacts, programme: Programme) -> Known:
    """What is known of a case as a version can use it: of its indicators, in the same unit."""
    if programme is case.programme:
        return case.known
    units = {one.id: one.unit for one in case.programme.indicators}
    same = {one.id for one in programme.indicators if units.get(one.id) == one.unit}
    return Known(
        {name: value for name, value in case.known.figures.items() if name in same},
        {name: value for name, value in case.known.floors.items() if name in same},
    )


def _failing(programme: Programme, outcomes: Iterable[Outcome]) -> Iterator[Because]:
    for outcome in outcomes:
        for one in outcome.failing:
            yield _figure("figure", programme, outcome.condition, one)


def _cleared(programme: Programme, outcome: Outcome | None) -> Iterator[Because]:
    for one in outcome.measured if outcome else ():
        if one.met:
            yield _figure("cleared", programme, outcome.condition if outcome else "", one)


def _unsettled(
    programme: Programme, then: Mapping[str, Outcome], now: Mapping[str, Outcome]
) -> Iterator[Because]:
    """What nobody has settled: a bound without a stated figure, a condition that nobody has judged."""
    for name, outcome in now.items():
        if outcome.verdict == "fails":
            continue
        known = {(one.indicator, one.by) for one in then[name].measured} if name in then else set()
        new = [one for one in outcome.measured if one.met is None and (one.indicator, one.by) not in known]
        for one in new:
            yield _unstated(programme, name, one)
        if outcome.verdict == "open" and not new and (name not in then or then[name].verdict == "holds"):
            yield _to_judge(programme, name)


def _figure(kind: Kind, programme: Programme, condition: str, one: Measured) -> Because:
    indicator = _indicator(programme, one.indicator)
    return Because(
        kind, comparison(indicator, one), (_article(programme, condition),), condition, one.indicator
    )


def _unstated(programme: Programme, condition: str, one: Measured) -> Because:
    indicator = _indicator(programme, one.indicator)
    text = Text(f"申报书没有写“{indicator.zh}”", f"the dossier does not state “{indicator.en}”")
    return Because("unstated", text, (_article(programme, condition),), condition, one.indicator)


def _to_judge(programme: Programme, condition: str) -> Because:
    name = programme.condition[condition]
    text = Text(f"“{name.zh}”要由审核单位判断", f"“{name.en}” would be for an office to judge")
    return Because("judge", text, (name.article,), condition)


def _indicator(programme: Programme, name: str) -> Indicator:
    return next(one for one in programme.indicators if one.id == name)


def _article(programme: Programme, condition: str) -> str:
    return programme.condition[condition].article


_MET: dict[Bound, str] = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}
_FAILED: dict[Bound, str] = {"at_least": "<", "more_than": "≤", "at_most": ">", "less_than": "≥"}


def comparison(indicator: Indicator, one: Measured) -> Text:
    """A figure beside its bound: “研发投入强度 2.8% < 3%”."""
    sign = (_MET if one.met else _FAILED)[one.bound]
    known = one.value if one.value is not None else one.floor
    value, limit = plain(readable(known or Decimal(0), [one.limit])), plain(one.limit)
    unit = indicator.unit
    if unit.en == "%":
        return Text(f"{indicator.zh} {value}% {sign} {limit}%", f"{indicator.en} {value}% {sign} {limit}%")
    return Text(
        f"{indicator.zh} {value} {sign} {limit}（{unit.zh}）",
        f"{indicator.en} {value} {sign} {limit} ({unit.en})",
    )


def plain(number: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return f"{number.normalize():f}" if number else "0"
