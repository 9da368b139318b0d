"""The programme reader on what is stated rather than done: figures, criteria, named subjects, targets. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cultivar.cases.programme_rule import Fact, Rule, joined
from cultivar.policy.conditions import bound_of
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import (
    Condition,
    ConditionExample,
    Designation,
    DesignationGroup,
    Target,
)
from cultivar.policy.text import Text
from cultivar.registry.regions import name_of

_BOUNDS = {
    "at_least": Text("不低于 {n}", "at least {n}"),
    "more_than": Text("高于 {n}", "more than {n}"),
    "at_most": Text("不高于 {n}", "at most {n}"),
    "less_than": Text("低于 {n}", "less than {n}"),
}
_CASES = {
    "passes": Text("符合的例子", "One that passes"),
    "fails": Text("不符合的例子", "One that fails"),
    "boundary": Text("临界的例子", "One on the boundary"),
}
_OUTCOMES = {
    "holds": Text("具备", "it holds"),
    "fails": Text("不具备", "it fails"),
    "open": Text("待判断", "still to be judged"),
}
_JUDGED = {
    "meets": Text("判断为符合", "judged to meet it"),
    "fails": Text("判断为不符合", "judged to fail it"),
}
_TARGET_BOUNDS = {
    "at least": Text("不低于", "at least"),
    "more than": Text("高于", "more than"),
    "in step": Text("与…同步", "in step"),
    "about": Text("约", "about"),
}
_TARGET_KINDS = {
    "level": Text("水平", "a level"),
    "yearly growth": Text("每年增长", "yearly growth"),
    "qualitative": Text("条文没有数值", "the text gives no figure"),
}
NO_PLACE = Text("条文没有点名城市", "The text names no city")


def demands(programme: Programme, condition: Condition) -> Iterator[Fact]:
    """The figures that the document demands of a condition, and the examples of what it means."""
    indicators = {one.id: one for one in programme.indicators}
    bars = []
    for bar in condition.bars:
        bound, limit = bound_of(bar)
        unit = indicators[bar.indicator].unit
        figure = Text(f"{limit} {unit.zh}", f"{limit} {unit.en}")
        until = Text(f"（至{bar.until}）", f" (until {bar.until})") if bar.until else Text("", "")
        words = Text("{name}{bound}{until}", "{name}: {bound}{until}").fill(
            name=indicators[bar.indicator].text, bound=_BOUNDS[bound].fill(n=figure), until=until
        )
        bars.append(words)
    if bars:
        yield Text("条文的门槛", "Bar in the text"), tuple(bars)
    for case, label in _CASES.items():
        shown = [_example(programme, one) for one in condition.examples if one.case == case]
        if shown:
            yield label, tuple(shown)


def _example(programme: Programme, example: ConditionExample) -> Text:
    names = {one.id: one.text for one in programme.indicators}
    given = [
        Text("{name} {n}", "{name} {n}").fill(name=names[indicator], n=n)
        for indicator, n in example.figures.items()
    ]
    given += [
        Text("批次门槛 {n}", "threshold of the round {n}").fill(n=n) for n in example.thresholds.values()
    ]
    given += [_JUDGED[example.judged]] if example.judged else []
    what = joined(given) if given else Text("没有数值，也没有判断", "neither figure nor judgement")
    return Text("{what} → {outcome}", "{what} → {outcome}").fill(what=what, outcome=_OUTCOMES[example.expect])


def _indicators(programme: Programme, article: str) -> Iterator[Rule]:
    better = {"higher": Text("越高越好", "higher is better"), "lower": Text("越低越好", "lower is better")}
    for one in programme.indicators:
        if one.article == article:
            facts: tuple[Fact, ...] = (
                (Text("算法", "Formula"), (one.formula.text,)),
                (Text("单位", "Unit"), (one.unit.text,)),
                (Text("方向", "Better"), (better[one.better],)),
            )
            yield Rule(Text("指标", "Indicator"), one.text, one.id, facts)


def _evidence(programme: Programme, article: str) -> Iterator[Rule]:
    for one in programme.evidence:
        if one.article == article:
            facts: tuple[Fact, ...] = ((Text("说明", "Hint"), (one.hint.text,)),) if one.hint else ()
            yield Rule(Text("佐证材料", "Supporting evidence"), one.text, one.id, facts)


def _criteria(programme: Programme, article: str) -> Iterator[Rule]:
    for one in programme.criteria:
        if one.article == article:
            points: Fact = (Text("分值", "Points"), (Text(f"{one.points} 分", f"{one.points}"),))
            yield Rule(Text("评审指标", "Criterion"), one.text, one.id, (points,))


def _groups(programme: Programme, article: str) -> Iterator[Rule]:
    for group in programme.groups:
        if group.article == article:
            members = joined(one.text for one in programme.designations if one.group == group.id)
            facts = [*((Text("已有基础", "Baseline"), (line,)) for line in baseline(programme, group))]
            if members.zh:
                facts.append((Text("点名", "Named"), (members,)))
            yield Rule(Text("类别", "Class"), group.text, group.id, tuple(facts))


def _designations(programme: Programme, article: str) -> Iterator[Rule]:
    for one in programme.designations:
        if one.article == article:
            kind = Text("点名的{kind}", "Named {kind}").fill(kind=programme.subject.text)
            yield Rule(kind, one.text, one.id, tuple(_designation(one)))


def _designation(one: Designation) -> Iterator[Fact]:
    yield Text("所在地", "Places"), (places(one),)
    if one.aim:
        yield Text("定位", "Aim"), (one.aim.text,)
    if one.layout:
        yield Text("布局", "Layout"), (one.layout.text,)
    if one.directions:
        yield Text("方向", "Directions"), (joined(direction.text for direction in one.directions),)


def _targets(programme: Programme, article: str) -> Iterator[Rule]:
    for target in programme.targets:
        if target.article == article:
            facts: tuple[Fact, ...] = (
                (Text("对谁", "For"), (whose(programme, target),)),
                (Text("目标", "Target"), (aimed(programme, target),)),
                (Text("期限", "By"), (Text(f"{target.by_year}年", f"{target.by_year}"),)),
            )
            yield Rule(Text("目标", "Target"), target.text, target.id, facts)


TELLERS: tuple[Callable[[Programme, str], Iterator[Rule]], ...] = (
    _groups,
    _designations,
    _targets,
    _criteria,
    _indicators,
    _evidence,
)


def places(one: Designation) -> Text:
    """Where a named subject lies, in the order of the document."""
    named = [name_of(code) or Text(code, code) for code in one.places]
    return joined(named) if named else NO_PLACE


def baseline(programme: Programme, group: DesignationGroup) -> list[Text]:
    """What the document states of a class of subjects together."""
    names = {one.id: one.text for one in programme.indicators}
    return [
        Text("{year}年{name} {n} {unit}", "{name} in {year}: {n} {unit}").fill(
            name=names[indicator], year=figure.year, n=figure.value, unit=figure.unit.text
        )
        for indicator, figure in group.baseline.items()
    ]


def whose(programme: Programme, target: Target) -> Text:
    """For whom a target is set."""
    names = {one.id: one.text for one in programme.groups}
    names |= {one.id: one.text for one in programme.designations}
    if target.of:
        return joined(names[one] for one in target.of)
    return Text("全部{what}", "all {what}").fill(what=programme.subject.many)


def aimed(programme: Programme, target: Target) -> Text:
    """What is to be reached, in the indicator and the figure that the text gives, if it gives one."""
    names = {one.id: one.text for one in programme.indicators}
    parts = [names[target.indicator]] if target.indicator else []
    parts.append(_TARGET_KINDS[target.kind])
    if target.value is not None and target.unit is not None:
        bound = _TARGET_BOUNDS[target.bound] if target.bound else Text("", "")
        unit = target.unit
        parts.append(
            Text(
                f"{bound.zh} {target.value} {unit.zh}".strip(), f"{bound.en} {target.value} {unit.en}".strip()
            )
        )
    elif target.bound == "in step":
        parts.append(Text("与条文所说的速度同步", "in step with the rate that the text names"))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


@dataclass(frozen=True)
class NamedOne:
    """A subject that the document names, for a table: where it lies, what it is to become, its article."""

    designation: Designation
    places: Text
    aim: Text | None


@dataclass(frozen=True)
class NamedGroup:
    """A class of named subjects with what is stated of and aimed at for all of them."""

    group: DesignationGroup
    baseline: tuple[Text, ...]
    targets: tuple[Target, ...]
    members: tuple[NamedOne, ...]


def named(programme: Programme) -> tuple[NamedGroup, ...]:
    """The subjects that the document itself names, class by class."""
    return tuple(
        NamedGroup(
            group,
            tuple(baseline(programme, group)),
            tuple(target for target in programme.targets if group.id in target.of),
            tuple(
                NamedOne(one, places(one), one.aim.text if one.aim else None)
                for one in programme.designations
                if one.group == group.id
            ),
        )
        for group in programme.groups
    )
