"""The linter's rules of figures: bars, what the roster gives, examples of conditions, criteria and targets."""

from decimal import Decimal

from cultivar.policy.conditions import BOUNDS, assess
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import COMPUTED_WAYS, Computed, Condition, Indicator
from cultivar.policy.problems import Place
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.procedure import linter_rules as rules
from cultivar.procedure.linter_names import (
    GRADE,
    GROUP,
    INCIDENT,
    INDICATOR,
    MEASURE,
    NUMBER,
    QUALIFICATION,
    RANK,
    YES_NO,
    YI,
    Found,
    unknown,
)


def bars(programme: Programme) -> Found:
    """A bar bounds a known indicator on one side, and not only before the document was in force."""
    indicators = {item.id for item in programme.indicators}
    for number, condition in enumerate(programme.conditions):
        for index, bar in enumerate(condition.bars):
            place: Place = ("conditions", number, "bars", index)
            yield from unknown(INDICATOR, bar.indicator, indicators, (*place, "indicator"))
            given = sum(getattr(bar, name) is not None for name in BOUNDS)
            if given != 1:
                yield rules.BOUNDS_OF_BAR.at(place, given=given)
            from_day = programme.in_force.from_ if programme.in_force else None
            if bar.until and from_day and bar.until < from_day:
                yield rules.EXPIRED_BAR.at((*place, "until"), day=from_day)


def computed_ways(programme: Programme) -> Found:
    """What is computed over the roster names one way, known measures of the right kind, and a unit that fits."""
    for number, indicator in enumerate(programme.indicators):
        computed, place = indicator.computed, ("indicators", number, "computed")
        if computed is None:
            continue
        if not computed.way:
            given = sum(getattr(computed, name) is not None for name in COMPUTED_WAYS)
            yield rules.COMPUTED_WAY.at(place, name=indicator.id, given=given, known=", ".join(COMPUTED_WAYS))
            continue
        yield from _computed_words(computed, place)
        yield from _computed_unit(indicator, computed, place)
        for key, way in (("ranks", "qualified"), ("grade", "incidents"), ("years", "incidents")):
            if getattr(computed, key) is not None and computed.way != way:
                yield rules.COMPUTED_ASIDE.at((*place, key), key=key)


def _computed_words(computed: Computed, place: Place) -> Found:
    words = vocabulary()
    for name in computed.measures:
        asked = YES_NO if name in (computed.count, computed.share, computed.among) else NUMBER
        if name not in words.measures:
            yield from unknown(MEASURE, name, words.measures, place)
        elif (words.measures[name].kind == "yes-no") != (asked is YES_NO):
            yield rules.COMPUTED_KIND.at(place, name=name, wanted=asked)
    for what, names, known in (
        (QUALIFICATION, computed.qualified, words.qualifications),
        (RANK, computed.ranks, words.ranks),
        (INCIDENT, computed.incidents, words.incidents),
        (GRADE, [computed.grade] if computed.grade else [], words.grades),
    ):
        for name in names or []:
            yield from unknown(what, name, known, place)


def _computed_unit(indicator: Indicator, computed: Computed, place: Place) -> Found:
    measure = vocabulary().measures.get(computed.total or "")
    if computed.way in ("ratio", "mean_ratio", "share", "growth", "fall"):
        wanted: tuple[Text, ...] = (Text("%", "%"),)
    elif measure is not None and measure.unit is not None:
        wanted = (measure.unit, YI) if measure.kind == "money" else (measure.unit,)
    else:
        return
    if indicator.unit.zh not in [one.zh for one in wanted]:
        listed = Text(" / ".join(one.zh for one in wanted), " / ".join(one.en for one in wanted))
        yield rules.COMPUTED_UNIT.at(place, name=indicator.id, unit=indicator.unit.text, wanted=listed)


def condition_examples(programme: Programme) -> Found:
    """A condition shows what it means: one case that passes, one that fails, one on the boundary.

    One where a figure is lacking too, wherever it has indicators: unknown is never taken for nought.
    """
    for number, condition in enumerate(programme.conditions):
        place: Place = ("conditions", number)
        if any(sum(getattr(bar, name) is not None for name in BOUNDS) != 1 for bar in condition.bars):
            continue  # said above
        shown = {example.case for example in condition.examples}
        cases = _CASES if condition.indicators else {n: w for n, w in _CASES.items() if n != "unknown"}
        lacking = [words for case, words in cases.items() if case not in shown]
        if lacking:
            what = Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
            yield rules.NO_CONDITION_EXAMPLE.at(place, name=condition.text, what=what)
        for index in range(len(condition.examples)):
            yield from _condition_example(programme, condition, index, (*place, "examples", index))


_CASES = {
    "passes": Text("符合的", "one that passes"),
    "fails": Text("不符合的", "one that fails"),
    "boundary": Text("临界的", "one on the boundary"),
    "unknown": Text("缺数据的", "one with a figure lacking"),
}


def _condition_example(programme: Programme, condition: Condition, index: int, place: Place) -> Found:
    example = condition.examples[index]
    for name in (*example.figures, *example.thresholds):
        yield from unknown(INDICATOR, name, condition.indicators, place)
    figures = {name: Decimal(value) for name, value in example.figures.items()}
    thresholds = {name: Decimal(value) for name, value in example.thresholds.items()}
    outcome = assess(condition, programme, figures, thresholds, example.judged)
    wanted = {"passes": "holds", "fails": "fails", "unknown": "unknown"}.get(example.case, example.expect)
    if example.expect != wanted:
        yield rules.CONDITION_EXAMPLE_SAYS.at(place, case=example.case, wanted=wanted)
    elif outcome.verdict != example.expect:
        yield rules.CONDITION_EXAMPLE_FAILS.at(place, expect=example.expect, verdict=outcome.verdict)


def criteria(programme: Programme) -> Found:
    """The points of the criteria sum to 100."""
    total = sum(criterion.points for criterion in programme.criteria)
    if programme.criteria and total != 100:
        yield rules.POINTS.at(("criteria",), total=total)


def designations(programme: Programme) -> Found:
    """Classes, named subjects and targets refer to one another and to indicators that are there."""
    groups = {group.id for group in programme.groups}
    indicators = {item.id for item in programme.indicators}
    known = groups | {one.id for one in programme.designations}
    for number, group in enumerate(programme.groups):
        for name in group.baseline:
            yield from unknown(INDICATOR, name, indicators, ("groups", number, "baseline", name))
    for number, one in enumerate(programme.designations):
        yield from unknown(GROUP, one.group, groups, ("designations", number, "group"))
    for number, target in enumerate(programme.targets):
        place: Place = ("targets", number)
        for name in target.of:
            yield from unknown(GROUP, name, known, (*place, "of"))
        yield from unknown(INDICATOR, target.indicator, indicators, (*place, "indicator"))
        if (target.value is None) != (target.unit is None):
            yield rules.TARGET_UNIT.at(place)
