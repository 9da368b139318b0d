"""Runs the examples of a programme file: after these acts, may this office do that, and if not, why?

An example tells the acts by name; the runner invents the offices that a lawful run needs (one person for each
post, a second for what needs four eyes) and gives each act the day before the one that follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cultivar.policy.model import Example, Programme
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.engine import Option, decide
from cultivar.procedure.guards import Question
from cultivar.procedure.limits import period
from cultivar.procedure.matter import Finding, Hanging, Matter, ParentCase, Terms
from cultivar.procedure.record import Done, State, StepKind, after

SHANGHAI = ZoneInfo("Asia/Shanghai")
_START = date(2026, 3, 2)
_EXPERTS = tuple(f"expert-{n}" for n in range(1, 4))


@dataclass(frozen=True)
class Player:
    """Whoever acts in an example."""

    person_key: str
    body: str
    post: str = ""
    region: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of an example: ``problem`` is None where it agrees with what the file expects."""

    example: Example
    option: Option | None
    problem: Text | None


def run(programme: Programme, example: Example, calendar: Calendar) -> Outcome:
    """Plays one example."""
    procedure = programme.procedures[example.procedure]
    if example.parent is not None and not _stands(programme, procedure, example.parent):
        unknown = Text(
            f"上级案件没有“{example.parent}”这个环节。", f"The parent case has no stage “{example.parent}”."
        )
        return Outcome(example, None, unknown)
    lead = example.lead or programme.region
    matter = Matter(
        applicant="organisation",
        lead_region=lead,
        terms=_terms(example.round),
        hanging=tuple(_hanging(programme, name, stage) for name, stage in example.children.items()),
        parent=_parent(procedure, example),
    )
    state = State()
    for number, told in enumerate(example.acts):
        name, detail = (told, "") if isinstance(told, str) else next(iter(told.items()), ("", ""))
        if name not in procedure.acts:
            return Outcome(example, None, Text(f"没有“{name}”这个行为。", f"There is no act “{name}”."))
        for done in _play(procedure.acts[name], name, detail, number, example):
            try:
                state = after(procedure, state, done)
            except Exception as error:
                return Outcome(
                    example,
                    None,
                    Text(
                        f"第 {number + 1} 步走不到：{error}。",
                        f"Step {number + 1} cannot be reached: {error}.",
                    ),
                )
    at = datetime.combine(
        date.fromisoformat(example.at) if example.at else _START + timedelta(days=90), time(10), SHANGHAI
    )
    question = Question(programme, procedure, state, _with_facts(programme, matter), at, calendar)
    asker = _asker(programme, example, lead)
    option = decide(
        example.try_.act, _step(procedure.acts[example.try_.act], state, example.try_.act), asker, question
    )
    return Outcome(example, option, _disagreement(example, option, question))


def _terms(settings: Mapping[str, Any]) -> Terms:
    return Terms(
        datetime(2000, 1, 1, tzinfo=SHANGHAI), datetime(2100, 1, 1, tzinfo=SHANGHAI), values=dict(settings)
    )


def _with_facts(programme: Programme, matter: Matter) -> Matter:
    """An example takes the facts from outside as given; it is about the procedure."""
    facts = {guard.fact: Finding(True) for guard in programme.guards.values() if guard.fact}
    return replace(matter, findings=facts)


def _hanging(programme: Programme, procedure: str, stage: str) -> Hanging:
    return Hanging(procedure, stage, programme.procedures[procedure].stages[stage].final is not None)


def _stands(programme: Programme, procedure: Procedure, stage: str) -> bool:
    """Whether the case on which one of this procedure hangs can stand in this stage."""
    return procedure.parent is not None and stage in programme.procedures[procedure.parent].stages


def _parent(procedure: Procedure, example: Example) -> ParentCase | None:
    """The case on which it hangs, with everybody assigned to it who ever acts in examples."""
    if procedure.parent is None or example.parent is None:
        return None
    return ParentCase(procedure.parent, State(stage=example.parent, experts=_EXPERTS))


def _play(act: Act, name: str, detail: str, number: int, example: Example) -> list[Done]:
    day = (
        date.fromisoformat(detail)
        if detail[:2] == "20" and len(detail) == 10
        else _START + timedelta(days=number)
    )
    region = detail if detail.isdigit() else example.lead or ""
    person = detail if detail.startswith("expert-") else f"{act.by}-1"
    content = _content(act, example)
    steps: tuple[tuple[StepKind, str, dict[str, Any]], ...] = (
        (("propose", person, content), ("confirm", f"{person}-other", {}))
        if act.four_eyes
        else (("do", person, content),)
    )
    at = datetime.combine(day, time(9), SHANGHAI)
    return [
        Done(number, name, step, act.body, act.post, f"office-{region}", region, who, at, said)
        for step, who, said in steps
    ]


def _content(act: Act, example: Example) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, spec in act.content.items():
        if spec.type == "partner-regions":
            content[name] = example.partners
        elif spec.type == "experts":
            content[name] = list(_EXPERTS)
        elif spec.type == "choice":
            content[name] = next(iter(spec.choices))
        elif spec.type == "date":
            content[name] = (_START + timedelta(days=90)).isoformat()
    return content


def _asker(programme: Programme, example: Example, lead: str) -> Player:
    part, _, post = example.try_.as_.partition(".")
    body = programme.bodies[part]
    return Player(
        person_key=example.try_.person or f"{part}-tries",
        body=body.played_by or part,
        post=post,
        region=example.try_.region or (programme.region if body.scope == "whole region" else lead),
        organisation="organisation",
    )


def _step(act: Act, state: State, name: str) -> StepKind:
    if not act.four_eyes:
        return "do"
    return "confirm" if state.pending is not None and state.pending.act == name else "propose"


_MISMATCH = Text("预期{wanted}，实际{got}。", "Expected {wanted}, got {got}.")


def _answer(allowed: bool, codes: list[str]) -> Text:
    named = ", ".join(filter(None, codes))
    return Text("可办", "allowed") if allowed else Text(f"不可办（{named}）", f"refused ({named})")


def _disagreement(example: Example, option: Option, question: Question) -> Text | None:
    expect = example.expect
    codes = [reason.code for reason in option.reasons]
    if option.allowed != expect.allowed or (expect.reason and expect.reason not in codes):
        return _MISMATCH.fill(
            wanted=_answer(expect.allowed, [expect.reason or ""]), got=_answer(option.allowed, codes)
        )
    reason = next((reason for reason in option.reasons if reason.code == expect.reason), None)
    if reason is not None and expect.missing and list(reason.missing) != expect.missing:
        return Text(
            f"缺的应是 {expect.missing}，实际是 {list(reason.missing)}。",
            f"Missing should be {expect.missing}, is {list(reason.missing)}.",
        )
    articles = option.act.articles
    if expect.article and expect.article not in articles:
        return Text(
            f"依据应是 {expect.article}，实际是 {articles}。",
            f"The article should be {expect.article}, is {articles}.",
        )
    return _wrong_day(example, question)


def _wrong_day(example: Example, question: Question) -> Text | None:
    if example.expect.last_day is None:
        return None
    days = [
        due.last_day.isoformat()
        for name, act in question.procedure.acts.items()
        if act.period and (due := period(question.procedure, name, question.state, question.calendar))
    ]
    if example.expect.last_day in days:
        return None
    return Text(
        f"最后一日应是 {example.expect.last_day}，实际是 {days}。",
        f"The last day should be {example.expect.last_day}, is {days}.",
    )
