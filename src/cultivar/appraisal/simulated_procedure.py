"""The record of a case walked again under another version: where it could not have gone on as it did.

Pure. Acts are matched by their ids. The walk ends at the first act that the other version would not have allowed,
for what would have been done instead nobody knows.
"""

from collections.abc import Iterable
from dataclasses import replace

from cultivar.appraisal.completeness import item_of
from cultivar.appraisal.simulated_case import CaseFacts
from cultivar.appraisal.simulated_conditions import Because
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar, YearNotCovered
from cultivar.procedure.engine import decide
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Finding, Matter, Terms
from cultivar.procedure.record import Done, State, StepKind, after


class _Asker:
    """Whoever did an act of the record, as the engine asks for them."""

    def __init__(self, case: CaseFacts, done: Done) -> None:
        body = case.programme.bodies[done.body]
        self.person_key = done.person
        self.body = body.played_by or done.body
        self.post = done.post
        self.region = done.region
        self.organisation = case.applicant if body.scope == "own cases" else ""


def barred(case: CaseFacts, programme: Programme) -> tuple[Because, ...]:
    """What keeps a case from being applied for at all under a version: its field, a joint application."""
    found = []
    asks = [
        spec for spec in programme.form_fields.values() if spec.register_ == "field" or spec.type == "field"
    ]
    if (
        case.field_id
        and asks
        and programme.fields
        and case.field_id not in {one.id for one in programme.fields}
    ):
        name = next(
            (one.text for one in case.programme.fields if one.id == case.field_id),
            Text(case.field_id, case.field_id),
        )
        text = Text("领域“{name}”不在所列领域之内", "the field “{name}” is not among those listed").fill(
            name=name
        )
        found.append(Because("field", text, (programme.fields[0].article,)))
    procedure = programme.procedures.get(case.procedure_id)
    if case.partners and procedure and not _takes_partners(procedure):
        text = Text("这个版本不接受联合申报", "this version takes no joint applications")
        found.append(Because("joint", text, (procedure.article,)))
    return tuple(found)


def _takes_partners(procedure: Procedure) -> bool:
    return any(
        spec.type == "partner-regions" for act in procedure.acts.values() for spec in act.content.values()
    )


def asked_otherwise(own: Programme, programme: Programme) -> list[tuple[str, FormField]]:
    """The fields, with their sections, that the form of a version has and ``own`` has not, or has otherwise.

    What the register says is left out: ``barred`` looks at the field. So is what is personal: no trial reads it.
    """
    return [
        (section.id, spec)
        for section in programme.form
        for spec in section.fields
        if not spec.fixed and not spec.personal and own.form_fields.get(spec.id) != spec
    ]


def unstated(
    case: CaseFacts, programme: Programme, asked: Iterable[tuple[str, FormField]]
) -> tuple[Because, ...]:
    """What of the fields ``asked`` by a version the dossier as last submitted does not say rightly."""
    items = (
        item_of(programme, section, spec, case.data.get(spec.id), case.files.get(spec.id, 0))
        for section, spec in asked
    )
    return tuple(_unstated(programme, item.field) for item in items if not item.complete)


def _unstated(programme: Programme, name: str) -> Because:
    spec = programme.form_fields[name]
    condition = next((one for one in programme.conditions if one.id == spec.condition), None)
    section = next(one for one in programme.form if spec in one.fields)
    text = Text(f"申报书没有写“{spec.zh}”", f"the dossier does not state “{spec.en}”")
    articles = (condition.article,) if condition else tuple(section.articles)
    return Because("unstated", text, articles, spec.condition or "", spec.indicator or "")


def first_obstacle(case: CaseFacts, programme: Programme, terms: Terms, calendar: Calendar) -> Because | None:
    """The first act of the record that a version would not have allowed, or the gate that it skipped; None: none."""
    procedure = programme.procedures.get(case.procedure_id)
    if procedure is None or procedure.about != "application":
        text = Text("这个版本没有“{name}”程序", "this version has no procedure “{name}”")
        return Because("gate", text.fill(name=case.procedure.text))
    state, matter = State(), _matter(case, programme, terms)
    proposed: Done | None = None  # where the record has two persons and the version asks for one
    for done in case.record:
        act = procedure.acts.get(done.act)
        if act is None:
            if not _moves(case, done):
                continue
            return _gate(case, procedure, state, done)
        if not act.four_eyes and done.step != "do":
            if done.step == "propose":
                proposed = done
                continue
            if done.step == "decline" or proposed is None:
                continue
            done = replace(done, step="do", content={**proposed.content, **done.content})
        question = Question(programme, procedure, state, matter, done.at, calendar)
        refused = _refused(case, act, done, question)
        if refused is not None:
            return refused
        state = after(procedure, state, done)
    return None


def _moves(case: CaseFacts, done: Done) -> bool:
    """Whether an entry took the case on: a note without effect on the stage can be missing elsewhere."""
    return done.step in ("do", "confirm") and case.procedure.acts[done.act].to is not None


def _gate(case: CaseFacts, procedure: Procedure, state: State, done: Done) -> Because:
    stage = procedure.stages.get(state.stage)
    first = procedure.acts[stage.waits_for[0]] if stage and stage.waits_for else None
    name = case.procedure.acts[done.act].text
    if first is None:
        text = Text("这个版本没有“{act}”这一步", "this version has no act “{act}”").fill(act=name)
        return Because("gate", text, (procedure.article,))
    text = Text(
        "这个版本没有“{act}”；要先“{first}”，本案没有办过",
        "this version has no “{act}”; “{first}” comes first and was never done",
    )
    return Because("gate", text.fill(act=name, first=first.text), tuple(first.articles))


def _refused(case: CaseFacts, act: Act, done: Done, question: Question) -> Because | None:
    if act.four_eyes and done.step == "do":
        text = Text("“{act}”须另一人审签，本案由一人办理", "“{act}” needs a second person; one alone did it")
        return Because("act", text.fill(act=act.text), tuple(act.articles))
    try:
        option = decide(done.act, done.step, _Asker(case, done), question)
    except YearNotCovered as uncovered:
        return Because("act", uncovered.text, tuple(act.articles))
    if not option.allowed:
        reason = option.reasons[0]
        text = Text("不能“{act}”：{reason}", "“{act}” would not be allowed: {reason}")
        why = Text(reason.text.zh.removesuffix("。"), reason.text.en.removesuffix("."))
        return Because("act", text.fill(act=act.text, reason=why), tuple(reason.articles))
    return _unsaid(act, done, done.step)


def _unsaid(act: Act, done: Done, step: StepKind) -> Because | None:
    """Personal values stay outside the record; that they are missing says nothing."""
    if step not in ("do", "propose"):
        return None
    for name, spec in act.content.items():
        if spec.required and not spec.personal and name not in done.content:
            text = Text("“{act}”还要写明“{name}”", "“{act}” must also state “{name}”")
            return Because("unstated", text.fill(act=act.text, name=spec.text), tuple(act.articles))
    return None


def _matter(case: CaseFacts, programme: Programme, terms: Terms) -> Matter:
    """The surroundings; what the house found out at the time is taken as found."""
    facts = {guard.fact: Finding(holds=True) for guard in programme.guards.values() if guard.fact}
    return Matter(case.applicant, case.lead_region, terms, facts, case.hanging)
