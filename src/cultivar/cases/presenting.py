"""Cases as pages show them: steps, acts done, acts to do. Pure over what the queries fetched."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from django.urls import reverse

from cultivar.cases.citing import chip, first_chip
from cultivar.cases.perform import DECLINING
from cultivar.cases.receipts import badge
from cultivar.cases.record import Folded
from cultivar.cases.sight import hidden, parts_of, record
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, ContentField, Stage
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.engine import Option, available, plays
from cultivar.procedure.erasure import act_in
from cultivar.procedure.guards import Question, Reason
from cultivar.procedure.limits import days_late
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor
from cultivar.registry.regions import name_of
from cultivar.web import components as c
from cultivar.web.due import due
from cultivar.web.formats import day, moment

NOTHING = Text("—", "—")
SHOWN = 3  # how many missing things a refusal names before it counts the rest
_OUTSIDE = frozenset({"own cases", "assigned cases", "published matters"})


def is_outsider(programme: Programme, actor: Actor) -> bool:
    """Whether an office only applies, judges or looks on in this programme, and so reads public names."""
    parts = [body.scope for part, body in programme.bodies.items() if plays(programme, part, actor)]
    return all(scope in _OUTSIDE for scope in parts)


def stage_name(stage: Stage, programme: Programme, actor: Actor) -> Text:
    """The internal name for offices, the public one for outsiders."""
    public = stage.public
    return public.text if public is not None and is_outsider(programme, actor) else stage.text


def due_on(last_day: date, provisional: bool, today: date, calendar: Calendar) -> c.Due:
    """A last day in words, counted from today."""
    left = None if provisional else calendar.working_days_between(today, last_day)
    return due(last_day, today, left, provisional)


def stepper(question: Question, case: Folded, actor: Actor, offices: Mapping[str, Text]) -> c.Stepper:
    """The main line with what was done when and by whom; a stage beside the line stands where it was entered."""
    stages, visits = case.procedure.stages, case.state.visits
    visited = {visit.stage: visit.since for visit in visits}
    here = case.state.stage
    main = [name for name, stage in stages.items() if stage.step is not None]
    if here in stages and stages[here].step is None:
        last = max((main.index(name) for name in visited if name in main), default=-1)
        main = main[: last + 1] + [here] + ([] if stages[here].final else main[last + 1 :])
    return c.Stepper.around_now(_step(name, main, question, case, actor, offices) for name in main)


def _step(
    name: str, main: list[str], question: Question, case: Folded, actor: Actor, offices: Mapping[str, Text]
) -> c.Step:
    stage, here = case.procedure.stages[name], case.state.stage
    label = (
        (stage.step or stage).text
        if stage.public is None or not is_outsider(case.programme, actor)
        else stage.public.text
    )
    if name == here:
        return c.Step(label, _now_text(question, case), _whose(name, case), _state_here(stage))
    if here in main and main.index(name) < main.index(here):
        left = _left(name, case)
        office = offices.get(left.office, NOTHING) if left else NOTHING
        return c.Step(label, day(left.at) if left else NOTHING, office, "done")
    return c.Step(label, NOTHING, _whose(name, case), "future")


def _state_here(stage: Stage) -> Literal["done", "now", "back"]:
    if stage.step is None:
        return "back"
    return "done" if stage.final else "now"


def _left(name: str, case: Folded) -> Done | None:
    """The act by which the case last left a stage."""
    visits = case.state.visits
    leaving = [after.since for before, after in pairwise(visits) if before.stage == name]
    return leaving[-1] if leaving else None


def _now_text(question: Question, case: Folded) -> Text:
    entered = case.state.entered
    return Text("{day}起", "since {day}").fill(day=day(entered)) if entered else NOTHING


def _whose(name: str, case: Folded) -> Text:
    """The bodies that a stage waits for, by their short names."""
    bodies = case.programme.bodies
    waits = case.procedure.stages[name].waits_for
    parts = list(dict.fromkeys(case.procedure.acts[act].body for act in waits if _concerns(case, act)))
    if not parts:
        return NOTHING
    names = [(bodies[part].short or bodies[part]).text for part in parts[:2]]
    return Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))


def _concerns(case: Folded, act: str) -> bool:
    return case.procedure.acts[act].when != "joint" or bool(case.state.partners)


def timeline(
    question: Question,
    case: Folded,
    actor: Actor,
    offices: Mapping[str, Text],
    people: Mapping[str, str],
    waiting: list[c.ActLine],
) -> list[c.ActLine]:
    """What was done, newest first, as far as this office may see it; what is waited for on top."""
    done = [_line(question, case, one, actor, offices, people) for one in record(case, actor)]
    return waiting + done


def _line(
    question: Question,
    case: Folded,
    done: Done,
    actor: Actor,
    offices: Mapping[str, Text],
    people: Mapping[str, str],
) -> c.ActLine:
    act = case.act_of(done)
    declined = done.step == "decline"
    return c.ActLine(
        act=label(done).fill(act=act.text),
        office=_office(case, done, offices),
        at=done.at,
        state="return" if declined or _goes_back(case, done) else "done",
        person=people.get(done.person, "") if not is_outsider(case.programme, actor) else "",
        chip=first_chip(case.programme, act.articles),
        number=done.seq,
        note=late(question, done, act),
        quote=_quote(DECLINING if declined else act.content, done.content)
        if declined or act.harm or _goes_back(case, done)
        else "",
        link=c.Link(Text("看全文", "in full"), reverse("entry", args=[case.number, done.seq])),
    )


def label(done: Done) -> Text:
    """The sentence with which an entry of this step names its act, "{act}" still to be filled in."""
    steps = {
        "propose": Text("{act}（待审签）", "{act} (to be agreed)"),
        "decline": Text("{act}（审签不同意）", "{act} (not agreed)"),
    }
    return steps.get(done.step, Text("{act}", "{act}"))


def late(question: Question, done: Done, act: Act) -> Text | None:
    """By how many working days an entry came after its limit, in words; None where it was in time."""
    days = days_late(act, done, question.state, question.matter.terms, question.calendar)
    return Text(f"逾期 {days} 个工作日办理", f"done {days} working days late") if days else None


def _office(case: Folded, done: Done, offices: Mapping[str, Text]) -> Text:
    body = case.programme.bodies[done.body]
    return body.text if body.scope == "assigned cases" else offices.get(done.office, body.text)


def _goes_back(case: Folded, done: Done) -> bool:
    to = case.act_of(done).to
    return to is not None and case.procedure.stages[to].step is None and not case.procedure.stages[to].final


def _quote(fields: Mapping[str, ContentField], content: Mapping[str, Any]) -> str:
    for name, spec in fields.items():
        if spec.type == "long-text" and isinstance(content.get(name), str):
            return str(content[name])
    return ""


def awaited(
    question: Question, case: Folded, actor: Actor, items: list[tuple[str, date | None, Text]]
) -> list[c.ActLine]:
    """Deadlines ahead as hollow dots on top of the timeline: (act, due on, whose)."""
    lines = []
    for act_id, due_on_day, office in items:
        act = act_in(case.programme, case.procedure, act_id)
        if due_on_day is None or hidden(case, act_id, parts_of(case, actor)):
            continue
        label = Text("{act}：{day}到期", "{act}: due on {day}").fill(act=act.text, day=day(due_on_day))
        lines.append(c.ActLine(label, office, None, "wait", chip=first_chip(case.programme, act.articles)))
    return lines


@dataclass(frozen=True)
class Choices:
    """What an office can do now, and what it will be able to do and why not yet."""

    now: tuple[c.ActButton, ...]
    later: tuple[c.ActButton, ...]


def choices(question: Question, case: Folded, actor: Actor) -> Choices:
    """The buttons of a case: exactly what ``available`` answers, without acts that lie behind or far ahead."""
    options = [
        option
        for option in available(actor, question)
        if not option.act.opens_case or case.state.stage == "new"
    ]
    now = [option for option in options if option.allowed and option.step != "decline"]
    mine = {option.act_id for option in now}
    later = [option for option in options if not option.allowed and _near(option, case)]
    return Choices(
        tuple(
            _button(option, case, first=index == 0)
            for index, option in enumerate(_first_things_first(now, case))
        ),
        tuple(_refused(option, case, mine) for option in later),
    )


def _first_things_first(options: list[Option], case: Folded) -> list[Option]:
    """What the stage waits for comes first, harm last."""
    stage = case.procedure.stages.get(case.state.stage)
    waits = list(stage.waits_for) if stage else []
    rank = {name: index for index, name in enumerate(waits)}
    return sorted(
        options, key=lambda option: (option.act.harm, option.step != "confirm", rank.get(option.act_id, 99))
    )


def _near(option: Option, case: Folded) -> bool:
    """Whether a refused act belongs to this stage or to the next ones on the way."""
    if option.step == "decline" or any(reason.code in ("final", "done-already") for reason in option.reasons):
        return False
    here = case.state.stage
    if here in option.act.from_:
        return True
    onward = {act.to for act in case.procedure.acts.values() if here in act.from_ and act.to and not act.harm}
    return bool(onward & set(option.act.from_)) and not option.act.harm


def _button(option: Option, case: Folded, *, first: bool) -> c.ActButton:
    act = option.act
    label = Text("审签：{act}", "Agree: {act}").fill(act=act.text) if option.step == "confirm" else act.text
    return c.ActButton(
        key=option.act_id,
        label=label,
        url=reverse("act", args=[case.number, option.act_id]),
        tone="harm" if act.harm else "primary" if first else "plain",
        chip=first_chip(case.programme, act.articles),
        consequence=consequence(option, case),
    )


def consequence(option: Option, case: Folded) -> Text:
    """What follows from an act, and who else must agree."""
    act = option.act
    parts = [act.consequence.text] if act.consequence else []
    if act.consequence is None and act.to is not None:
        to = case.procedure.stages[act.to].text
        parts.append(Text("转入“{to}”。", "The case goes to “{to}”.").fill(to=to))
    if option.step == "propose" and act.consequence is None:
        parts.append(Text("须另一人审签。", "A second person must agree."))
    return Text("".join(one.zh for one in parts), " ".join(one.en for one in parts))


def _refused(option: Option, case: Folded, mine: Set[str]) -> c.ActButton:
    reason = option.reasons[0]
    act = option.act
    return c.ActButton(
        key=option.act_id,
        label=Text("审签：{act}", "Agree: {act}").fill(act=act.text)
        if option.step == "confirm"
        else act.text,
        chip=chip(case.programme, reason.articles[0])
        if reason.articles
        else first_chip(case.programme, act.articles),
        reason=sentence(reason, case),
        remedy=_remedy(reason, case, mine),
    )


def sentence(reason: Reason, case: Folded) -> Text:
    """A refusal in full: what is wrong and what is still missing."""
    missing = [one for one in reason.missing if one]
    named = [_named(one, case) for one in missing]
    known = [name for name in named if name is not None]
    if not known:
        return reason.text
    shown = known[:SHOWN]
    more = Text("、".join(name.zh for name in shown), ", ".join(name.en for name in shown))
    if len(known) > SHOWN:
        more = Text("{more}等 {n} 项", "{more} and {left} more").fill(
            more=more, n=len(known), left=len(known) - SHOWN
        )
    return Text("{text}还缺：{more}。", "{text} Still missing: {more}.").fill(text=reason.text, more=more)


def _named(one: str, case: Folded) -> Text | None:
    if one in case.programme.form_fields:
        return case.programme.form_fields[one].text
    if len(one) == 10 and one[4] == "-":
        return Text("{day}期满", "it ends on {day}").fill(day=day(date.fromisoformat(one)))
    return name_of(one)


def _remedy(reason: Reason, case: Folded, mine: Set[str]) -> c.Link | None:
    """The way to what removes the obstacle, where this office can do that itself now."""
    if reason.code == "dossier-complete" and reason.missing:
        section = next(
            section.id
            for section in case.programme.form
            if any(field.id == reason.missing[0] for field in section.fields)
        )
        address = reverse("dossier", args=[case.number, section])
        return c.Link(Text("去补齐", "Fill it in"), f"{address}#id_{reason.missing[0]}-field")
    remedy = reason.remedy
    if remedy is None or remedy not in mine:
        return None
    return c.Link(case.procedure.acts[remedy].text, reverse("act", args=[case.number, remedy]))


def receipt(done: Done, case: Folded) -> c.Receipt:
    """The badge of an entry: one query."""
    return badge(done.seq, reverse("entry", args=[case.number, done.seq]))


def when(at: datetime) -> Text:
    """A moment in words."""
    return moment(at)
