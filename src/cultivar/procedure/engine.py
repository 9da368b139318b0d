"""What may be done next: pure answers from the programme, the record, the surroundings and the clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure import limits
from cultivar.procedure.calendar import YearNotCovered
from cultivar.procedure.guards import Question, Reason, all_have, check, unmet
from cultivar.procedure.limits import Due
from cultivar.procedure.matter import Asker, Matter
from cultivar.procedure.record import NEW, State, StepKind


@dataclass(frozen=True)
class Option:
    """An act that an office has on this case: allowed now, or refused with reasons."""

    act_id: str
    act: Act
    step: StepKind
    reasons: tuple[Reason, ...]
    due: Due | None = None

    @property
    def allowed(self) -> bool:
        """Whether it may be done now."""
        return not self.reasons


@dataclass(frozen=True)
class Waiting:
    """What a case waits for: an act of a body, for one region or person where the act is theirs alone."""

    act_id: str
    step: StepKind
    body: str
    post: str
    region: str = ""
    person: str = ""
    not_person: str = ""  # who proposed and so cannot agree
    due: Due | None = None
    opens_on: date | None = None  # cannot be done before this day


def covers(programme: Programme, part: str, asker: Asker, matter: Matter, state: State) -> bool:
    """Whether a case lies in the jurisdiction of an office that takes this part."""
    body = programme.bodies[part]
    if body.scope == "own cases":
        return bool(matter.applicant) and asker.organisation == matter.applicant
    if body.scope == "lead region":
        return bool(matter.lead_region) and asker.region == matter.lead_region
    if body.scope == "partner regions":
        return asker.region in state.partners
    if body.scope == "regions concerned":
        return bool(asker.region) and asker.region in (matter.lead_region, *state.partners)
    if body.scope == "assigned cases":
        return bool(asker.person_key) and asker.person_key in assigned(matter, state)
    if body.scope == "whole region":
        return asker.region == programme.region
    if body.scope == "everything":
        return asker.region in ("", programme.region)
    return body.scope == "published matters"


def assigned(matter: Matter, state: State) -> tuple[str, ...]:
    """The people assigned to a case, or to the case on which it hangs."""
    above = matter.parent.state.experts if matter.parent is not None else ()
    return (*state.experts, *(person for person in above if person not in state.experts))


def plays(programme: Programme, part: str, asker: Asker) -> bool:
    """Whether the asker's office is of the body that takes this part."""
    body = programme.bodies[part]
    return (body.played_by or part) == asker.body


def decide(act_id: str, step: StepKind, asker: Asker, question: Question) -> Option:
    """May this office do this step of this act now? If not, every reason why."""
    act = question.procedure.acts[act_id]
    due = limits.due(act_id, act, question.state, question.matter.terms, question.calendar)
    reasons = (
        _not_theirs(act, step, asker, question)
        or _not_now(act_id, act, step, asker, question)
        or (() if step == "decline" else _not_yet(act_id, act, asker, question))
    )
    return Option(act_id, act, step, tuple(reasons), due)


def _not_yet(act_id: str, act: Act, asker: Asker, question: Question) -> tuple[Reason, ...]:
    """What keeps the act from taking effect; a proposal can be declined whatever became of its grounds."""
    return unmet(act, question) or _no_calendar(act, question) or _not_again(act_id, act, asker, question)


def available(asker: Asker, question: Question) -> tuple[Option, ...]:
    """Every act that is this office's on this case, in the order of the file, allowed or with its reasons."""
    return tuple(
        decide(act_id, step, asker, question)
        for act_id, act in question.procedure.acts.items()
        for step in _steps(act_id, act, question.state)
        if not _not_theirs(act, step, asker, question)
    )


def _steps(act_id: str, act: Act, state: State) -> tuple[StepKind, ...]:
    if not act.four_eyes:
        return ("do",)
    if state.pending is not None and state.pending.act == act_id:
        return ("confirm", "decline")
    return ("propose",)


def _not_theirs(act: Act, step: StepKind, asker: Asker, question: Question) -> tuple[Reason, ...]:
    programme, state = question.programme, question.state
    part, post = act.agreeing if step in ("confirm", "decline") else (act.body, act.post)
    body = programme.bodies[part]
    joint = bool(state.partners)
    if act.when == "joint" and not joint:
        return (
            _reason(act, "joint", "只有联合申报才需要这一步。", "Only a joint application needs this step."),
        )
    if not plays(programme, part, asker):
        whose = Text("这一步由{who}办理。", "This step is for the {who}.").fill(who=body.text)
        return (Reason("office", whose, tuple(act.articles)),)
    if not covers(programme, part, asker, question.matter, state):
        outside = Text("这个案件不属于你的单位管辖。", "This case is outside your office's jurisdiction.")
        return (Reason("jurisdiction", outside, tuple(act.articles)),)
    if post and asker.post != post:
        whose = Text("这一步由{body}{post}办理。", "This step is for the {post} of the {body}.")
        return (Reason("post", whose.fill(body=body.text, post=body.posts[post].text), tuple(act.articles)),)
    return ()


def _not_now(act_id: str, act: Act, step: StepKind, asker: Asker, question: Question) -> tuple[Reason, ...]:
    state, procedure = question.state, question.procedure
    if state.stage not in act.from_:
        return (_wrong_stage(act, procedure, state),)
    if act.four_eyes != (step != "do"):
        return (_wrong_step(act),)
    pending = state.pending
    if step in ("confirm", "decline"):
        if pending is None or pending.act != act_id:
            return (
                _reason(act, "not-proposed", "还没有人提出，不能审签。", "Nobody has proposed this yet."),
            )
        if pending.person == asker.person_key:
            return (_reason(act, "four-eyes", "须由另一人审签。", "Another person must agree."),)
        return ()
    # While a proposal waits, its body does nothing else here: what was agreed to must be what was proposed on.
    if pending is not None and (step == "propose" or act.body == procedure.acts[pending.act].body):
        waits = Text(
            "“{act}”正等另一人审签，先办完它。", "“{act}” is waiting for a second person; settle that first."
        )
        return (Reason("pending", waits.fill(act=procedure.acts[pending.act].text), tuple(act.articles)),)
    return ()


def _wrong_step(act: Act) -> Reason:
    if act.four_eyes:
        return _reason(act, "step", "先由一人提出，再由另一人审签。", "One proposes, another person agrees.")
    return _reason(act, "step", "一人即可办理，不用提出和审签。", "One person does it; nobody has to agree.")


def _wrong_stage(act: Act, procedure: Procedure, state: State) -> Reason:
    here = procedure.stages.get(state.stage)
    if here is not None and here.final:
        text = Text("案件已办结（{stage}）。", "The case is closed ({stage}).").fill(stage=here.text)
        return Reason("final", text, tuple(act.articles))
    wanted = [procedure.stages[stage].text for stage in act.from_ if stage != NEW]
    if not wanted or here is None:
        return Reason(
            "stage", Text("案件已经开始。", "The case has already been opened."), tuple(act.articles)
        )
    needed = Text("、".join(text.zh for text in wanted), " or ".join(text.en for text in wanted))
    text = Text(
        "要先到“{needed}”环节，现在是“{stage}”。",
        "The case must first reach “{needed}”; it stands at “{stage}”.",
    )
    return Reason("stage", text.fill(needed=needed, stage=here.text), tuple(act.articles))


def _not_again(act_id: str, act: Act, asker: Asker, question: Question) -> tuple[Reason, ...]:
    mine = [done for done in question.state.since(act.again_after) if done.act == act_id]
    done_already = {
        None: False,
        "stay": bool(mine),
        "region": any(done.region == asker.region for done in mine),
        "person": any(done.person == asker.person_key for done in mine),
    }[act.once_per]
    if not done_already:
        return ()
    return (_reason(act, "done-already", "已经办过，不必再办。", "Already done; nothing more to do here."),)


def _no_calendar(act: Act, question: Question) -> tuple[Reason, ...]:
    """A period that the law counts in working days is not begun on a guess."""
    if act.period is None or act.period.n is None:
        return ()
    try:
        question.calendar.last_day(question.now.date(), act.period.n, act.period.unit, act.period.first_day)
    except YearNotCovered as uncovered:
        return (Reason("calendar", uncovered.text, tuple(act.articles)),)
    return ()


def _reason(act: Act, code: str, zh: str, en: str) -> Reason:
    return Reason(code, Text(zh, en), tuple(act.articles))


# Unmet, these do not make it another's turn: they are the waiting office's own work, or only time must pass.
_OWN_TURN = ("fact", "window", "over", "running", "settled")


def waiting(question: Question) -> tuple[Waiting, ...]:
    """What the case waits for, by the stage's ``waits_for``, whoever asks and whatever the hour.

    An act that was proposed waits for its second person and holds up the other acts that would move the case.
    Where everything expected is blocked, it waits for what removes the obstacle: a case must stand on some desk.
    """
    state, acts = question.state, question.procedure.acts
    stage = question.procedure.stages.get(state.stage)
    expected = list(stage.waits_for) if stage else [name for name, act in acts.items() if act.opens_case]
    if state.pending is not None:
        held = acts[state.pending.act].body
        expected = [name for name in expected if acts[name].body != held]
        expected.insert(0, state.pending.act)
    found = tuple(item for act_id in expected for item in _waits(act_id, question))
    return found or tuple(_remedies(expected, question))


def _remedies(expected: list[str], question: Question) -> Iterator[Waiting]:
    """The acts that remove what blocks the expected ones, as far as they can be done from this stage."""
    guards, acts = question.programme.guards, question.procedure.acts
    blocking = (
        name
        for act_id in expected
        for name in acts[act_id].needs
        if guards[name].remedy and guards[name].test not in _OWN_TURN and check(name, acts[act_id], question)
    )
    remedies = [
        (remedy, acts[remedy])
        for remedy in dict.fromkeys(guards[name].remedy or "" for name in blocking)
        if remedy in acts and question.state.stage in acts[remedy].from_ and acts[remedy].once_per is None
    ]
    # one that is itself blocked waits for what removes its own obstacle, which stands here too
    for remedy, act in [one for one in remedies if not _blocked(one[1], question)] or remedies:
        step: StepKind = "propose" if act.four_eyes else "do"
        yield from _addressed(Waiting(remedy, step, act.body, act.post), act, question)


def _addressed(waits: Waiting, act: Act, question: Question) -> Iterator[Waiting]:
    """To each person or region whose office may do it, where the body is not one office alone."""
    state, matter = question.state, question.matter
    scope = question.programme.bodies[act.body].scope
    if scope == "assigned cases":
        yield from (replace(waits, person=person) for person in assigned(matter, state))
    elif scope == "partner regions":
        yield from (replace(waits, region=region) for region in state.partners)
    elif scope == "regions concerned":
        concerned = dict.fromkeys((matter.lead_region, *state.partners))
        yield from (replace(waits, region=region) for region in concerned if region)
    else:
        yield waits


def _waits(act_id: str, question: Question) -> Iterator[Waiting]:
    act, state = question.procedure.acts[act_id], question.state
    due = limits.due(act_id, act, state, question.matter.terms, question.calendar) or _while(act, question)
    if state.pending is not None and state.pending.act == act_id:
        body, post = act.agreeing
        yield Waiting(act_id, "confirm", body, post, not_person=state.pending.person, due=due)
        return
    if (act.when == "joint" and not state.partners) or _blocked(act, question):
        return
    step: StepKind = "propose" if act.four_eyes else "do"
    waits = Waiting(act_id, step, act.body, act.post, due=due, opens_on=_opens_on(act, question))
    done = [entry for entry in state.since(act.again_after) if entry.act == act_id]
    if act.once_per == "region":
        missing = set(state.partners) - {entry.region for entry in done}
        yield from (replace(waits, region=region) for region in state.partners if region in missing)
    elif act.once_per == "person":
        missing = set(state.experts) - {entry.person for entry in done}
        yield from (replace(waits, person=person) for person in state.experts if person in missing)
    elif done and not act.to:
        return
    else:
        yield from _addressed(waits, act, question)


def _while(act: Act, question: Question) -> Due | None:
    """The period during which alone the act can be done: it is due by the last day of that."""
    for name in act.needs:
        guard = question.programme.guards[name]
        if guard.running is not None and guard.of is None:
            return limits.period(question.procedure, guard.running, question.state, question.calendar)
    return None


def _opens_on(act: Act, question: Question) -> date | None:
    """The day after the period that must run out first."""
    for name in act.needs:
        guard = question.programme.guards[name]
        started = guard.over
        if guard.settled is not None and not all_have(guard, question.state):
            started = guard.since[0]
        if started is not None and guard.of is None:
            due = limits.period(question.procedure, started, question.state, question.calendar)
            return None if due is None else due.last_day + timedelta(days=1)
    return None


def _blocked(act: Act, question: Question) -> bool:
    guards = question.programme.guards
    return any(check(name, act, question) for name in act.needs if guards[name].test not in _OWN_TURN)
