"""The conditions of acts: each test answers with a refusal that says what is missing, or with nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Guard, Procedure
from cultivar.policy.text import Text
from cultivar.procedure import limits
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.matter import Matter
from cultivar.procedure.record import Done, State


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done: a code, a sentence, the articles, what is missing, the way out."""

    code: str
    text: Text
    articles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    remedy: str | None = None  # the act that removes the obstacle


@dataclass(frozen=True)
class Question:
    """What a guard is asked about."""

    programme: Programme
    procedure: Procedure
    state: State
    matter: Matter
    now: datetime
    calendar: Calendar


_Answer = tuple[bool, tuple[str, ...], Text | None]  # holds, missing, a more precise sentence
_YES: _Answer = (True, (), None)
_NO: _Answer = (False, (), None)


def unmet(act: Act, question: Question) -> tuple[Reason, ...]:
    """The guards of an act that do not hold, in the order of the file."""
    reasons = (check(name, act, question) for name in act.needs)
    return tuple(reason for reason in reasons if reason is not None)


def check(name: str, act: Act, question: Question) -> Reason | None:
    """One guard: None when it holds."""
    guard = question.programme.guards[name]
    holds, missing, text = _TESTS[guard.test](guard, question)
    if holds:
        return None
    return Reason(name, text or guard.text, tuple(act.articles), missing, guard.remedy)


def _subject(guard: Guard, question: Question) -> tuple[Procedure, State]:
    if guard.of == "parent" and question.matter.parent is not None:
        parent = question.matter.parent
        return question.programme.procedures[parent.procedure], parent.state
    return question.procedure, question.state


def _looked_at(guard: Guard, state: State) -> tuple[Done, ...]:
    return state.since(guard.since, ever=guard.ever)


def _done(guard: Guard, question: Question) -> _Answer:
    state = question.state
    acts = [done for done in _looked_at(guard, state) if done.act == guard.done]
    if guard.each is None:
        return (bool(acts), (), None)
    if guard.each == "partner-regions":
        wanted, have = state.partners, {done.region for done in acts}
    else:
        wanted, have = state.experts, {done.person for done in acts}
    missing = tuple(one for one in wanted if one not in have)
    return (not missing, missing, None)


def _not_done(guard: Guard, question: Question) -> _Answer:
    return (all(done.act != guard.not_done for done in _looked_at(guard, question.state)), (), None)


def _at_least(guard: Guard, question: Question) -> _Answer:
    seated = set(question.state.experts)
    acts = question.state.since(guard.since)
    persons = {done.person for done in acts if done.act == guard.at_least} & seated
    short = int(question.matter.terms.values.get(guard.than or "") or 1) - len(persons)
    return (short <= 0, (str(short),) if short > 0 else (), None)


def _set(guard: Guard, question: Question) -> _Answer:
    return (question.matter.terms.values.get(guard.set_ or "") not in (None, ""), (), None)


def all_have(guard: Guard, state: State) -> bool:
    """Of a ``settled`` guard: whether everybody on the panel has done the act."""
    done = {one.person for one in state.since(guard.since) if one.act == guard.settled}
    return done >= set(state.experts)


def _settled(guard: Guard, question: Question) -> _Answer:
    if all_have(guard, question.state):
        return _YES
    due = limits.period(question.procedure, guard.since[0], question.state, question.calendar)
    return (due is not None and question.now.date() > due.last_day, (), None)


def _over(guard: Guard, question: Question) -> _Answer:
    procedure, state = _subject(guard, question)
    due = limits.period(procedure, guard.over or "", state, question.calendar)
    if due is None:
        return _NO
    if due.provisional:
        return False, (due.last_day.isoformat(),), _uncovered(due.last_day.year)
    return (question.now.date() > due.last_day, (due.last_day.isoformat(),), None)


def _running(guard: Guard, question: Question) -> _Answer:
    procedure, state = _subject(guard, question)
    due = limits.period(procedure, guard.running or "", state, question.calendar)
    return (due is not None and due.started <= question.now.date() <= due.last_day, (), None)


def _uncovered(year: int) -> Text:
    return Text(
        f"期限跨入 {year} 年，该年的工作日历尚未公布，暂不能认定期满。请先补上工作日历。",
        f"The period runs into {year}, whose working-day calendar is not published yet, so its end is not certain. "
        "Add the calendar first.",
    )


def _in_stage(guard: Guard, question: Question) -> _Answer:
    _, state = _subject(guard, question)
    return (state.stage in (guard.in_stage or []), (), None)


def _none_of(guard: Guard, question: Question) -> _Answer:
    stages = guard.in_
    blocking = [
        case.stage
        for case in question.matter.hanging
        if case.procedure == guard.none_of and (not case.final if stages is None else case.stage in stages)
    ]
    return (not blocking, tuple(blocking), None)


def _some_of(guard: Guard, question: Question) -> _Answer:
    stages = guard.in_ or []
    cases = question.matter.hanging
    return (any(case.procedure == guard.some_of and case.stage in stages for case in cases), (), None)


def _fewer(guard: Guard, question: Question) -> _Answer:
    most = question.matter.terms.values.get(guard.than or "")
    done = sum(question.state.count(act) for act in guard.fewer or [])
    return (most is None or done < int(most), (), None)


def _chosen(guard: Guard, question: Question) -> _Answer:
    said = question.state.said(guard.chosen or "", guard.field or "")
    return (said == guard.value, (), None)


def _window(guard: Guard, question: Question) -> _Answer:
    terms = question.matter.terms
    if terms.opens_at is None or terms.closes_at is None:
        return _NO
    if terms.closed:
        return (
            False,
            (),
            Text("这个批次已经结束，不再收申报。", "This round is closed and takes no more applications."),
        )
    if question.now < terms.opens_at:
        return (
            False,
            (),
            _window_text(
                "申报 {at} 起受理，还没有开始。", "Applications open on {at}; not yet.", terms.opens_at
            ),
        )
    if question.now >= terms.closes_at:
        text = _window_text(
            "申报已于 {at} 截止，不能再提交。已填的内容都还在。",
            "Applications closed on {at}; nothing can be submitted any more. What you filled in is kept.",
            terms.closes_at,
        )
        return False, (), text
    return _YES


def _window_text(zh: str, en: str, at: datetime) -> Text:
    return Text(
        zh.format(at=f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"),
        en.format(at=f"{at.day} {at:%B %Y, %H:%M}"),
    )


def _fact(guard: Guard, question: Question) -> _Answer:
    finding = question.matter.findings.get(guard.fact or "")
    return _NO if finding is None else (finding.holds, finding.missing, finding.text)


_TESTS: dict[str, Callable[[Guard, Question], _Answer]] = {
    "done": _done,
    "not_done": _not_done,
    "over": _over,
    "running": _running,
    "in_stage": _in_stage,
    "none_of": _none_of,
    "some_of": _some_of,
    "fewer": _fewer,
    "chosen": _chosen,
    "window": _window,
    "fact": _fact,
    "at_least": _at_least,
    "set_": _set,
    "settled": _settled,
}
