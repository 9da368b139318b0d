"""The linter's rules of procedures: bodies, guards, acts with their time, stages, and what the examples name."""

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import (
    DOCUMENTS,
    FACTS,
    GUARD_TESTS,
    PUBLISHED,
    Act,
    ContentField,
    Guard,
    Procedure,
)
from cultivar.policy.problems import Place
from cultivar.procedure import linter_rules as rules
from cultivar.procedure.linter_names import (
    ACT,
    BODY,
    CHOICE,
    DOCUMENT,
    FACT,
    FIELD,
    GUARD,
    POST,
    PROCEDURE,
    PUBLIC,
    SETTING,
    STAGE,
    TITLE,
    Found,
    unknown,
)
from cultivar.procedure.record import ERASE, NEW
from cultivar.procedure.voting import MAJORITIES


def bodies(programme: Programme) -> Found:
    """Bodies that take a part, owe support or are kept away are there."""
    for name, body in programme.bodies.items():
        yield from unknown(BODY, body.played_by, programme.bodies, ("bodies", name, "played_by"))
    for number, measure in enumerate(programme.measures):
        for body_id in measure.by:
            yield from unknown(BODY, body_id, programme.bodies, ("measures", number, "by"))
    for name, procedure in programme.procedures.items():
        for body_id in procedure.hidden_from:
            yield from unknown(BODY, body_id, programme.bodies, ("procedures", name, "hidden_from"))
        for stage_id, stage in procedure.stages.items():
            for body_id in stage.seen_by:
                place: Place = ("procedures", name, "stages", stage_id, "seen_by")
                yield from unknown(BODY, body_id, programme.bodies, place)


def guards(programme: Programme) -> Found:
    """A guard makes exactly one test, with what that test needs."""
    for name, guard in programme.guards.items():
        given = [test for test in GUARD_TESTS if getattr(guard, test) is not None]
        if len(given) != 1:
            yield rules.TESTS_OF_GUARD.at(("guards", name), name=name, given=len(given))
        if (guard.fewer is not None or guard.at_least is not None) and guard.than is None:
            yield rules.THAN.at(("guards", name), name=name)
        if guard.since and guard.test not in ("done", "not_done", "at_least", "settled"):
            yield rules.SINCE_OF_WHAT.at(("guards", name), name=name)
        if guard.settled is not None and not guard.since:
            yield rules.SINCE.at(("guards", name), name=name)


def unused_guards(programme: Programme) -> Found:
    """A guard that no act needs guards nothing."""
    needed = {
        name
        for procedure in programme.procedures.values()
        for act in procedure.acts.values()
        for name in act.needs
    }
    for name in programme.guards:
        if name not in needed:
            yield rules.UNUSED_GUARD.at(("guards", name), name=name)


def acts(programme: Programme) -> Found:
    """An act is done by somebody who is there, on a stage that is there, after guards that can be met."""
    for name, procedure in programme.procedures.items():
        place: Place = ("procedures", name)
        if not any(act.opens_case for act in procedure.acts.values()):
            yield rules.NOTHING_OPENS.at(place, name=procedure.text)
        yield from unknown(PROCEDURE, procedure.parent, programme.procedures, (*place, "parent"))
        if (procedure.about == "case") != (procedure.parent is not None):
            yield rules.PARENT.at(place)
        if procedure.designated and (procedure.about != "subject" or not programme.designations):
            yield rules.DESIGNATED.at((*place, "designated"))
        for act_id, act in procedure.acts.items():
            if act_id == ERASE:
                yield rules.RESERVED.at((*place, "acts", act_id), name=act_id)
            yield from _one_act(programme, procedure, act, (*place, "acts", act_id))


def _one_act(programme: Programme, procedure: Procedure, act: Act, place: Place) -> Found:
    for office in (act.by, *([act.agrees] if act.agrees else [])):
        part, _, post = office.partition(".")
        yield from unknown(BODY, part, programme.bodies, (*place, "by"))
        if post and part in programme.bodies:
            yield from unknown(POST, post, programme.bodies[part].posts, (*place, "by"))
    for stage in act.from_:
        yield from unknown(STAGE, stage, (*procedure.stages, NEW), (*place, "from"))
    yield from unknown(STAGE, act.to, procedure.stages, (*place, "to"))
    if act.to is None and act.opens_case:
        yield rules.OPENS_NOWHERE.at(place)
    for name in act.needs:
        yield from unknown(GUARD, name, programme.guards, (*place, "needs"))
        if name in programme.guards:
            yield from _guard_meets(programme, procedure, name, (*place, "needs"))
    for earlier in act.again_after:
        yield from unknown(ACT, earlier, procedure.acts, (*place, "again_after"))
    yield from _tallies(programme, procedure, act, place)
    yield from unknown(TITLE, act.grants, programme.titles, (*place, "grants"))
    yield from unknown(TITLE, act.ends, programme.titles, (*place, "ends"))
    for body_id in act.hidden_from:
        yield from unknown(BODY, body_id, programme.bodies, (*place, "hidden_from"))
    yield from _said(programme, procedure, act, place)
    yield from _sealed(procedure, act, place)
    yield from _sheet(act, place)
    yield from _timing(procedure, act, place)


def _tallies(programme: Programme, procedure: Procedure, act: Act, place: Place) -> Found:
    """A tally counts an act that casts ballots, by settings of the round that are there."""
    settings = {setting.id for setting in programme.round}
    for name, spec in act.content.items():
        if spec.type != "tally":
            continue
        where: Place = (*place, "content", name)
        counts = procedure.acts.get(spec.counts or "")
        if counts is None or all(one.type != "ballot" for one in counts.content.values()):
            yield rules.COUNTS_NOTHING.at(where, name=spec.text)
        for setting in (spec.quorum, spec.majority):
            yield from unknown(SETTING, setting, settings, where)
        yield from _majorities(programme, spec, where)


def _majorities(programme: Programme, spec: ContentField, place: Place) -> Found:
    """What a round may choose as majority is what the house can count by."""
    offered = {
        choice
        for procedure in programme.procedures.values()
        if procedure.about == "round"
        for act in procedure.acts.values()
        if spec.majority in act.content
        for choice in act.content[spec.majority].choices
    }
    for choice in sorted(offered - set(MAJORITIES)):
        yield rules.MAJORITY.at(place, choice=choice)


def _said(programme: Programme, procedure: Procedure, act: Act, place: Place) -> Found:
    """What an act says and makes public."""
    for name in act.publishes:
        yield from unknown(PUBLIC, name, PUBLISHED, (*place, "publishes"))
    for name, spec in act.content.items():
        yield from _one_content(programme, spec, (*place, "content", name))
        yield from _worked_out(procedure, spec, (*place, "content", name))
        for other in spec.needed_when:
            yield from unknown(FIELD, other, act.content, (*place, "content", name, "needed_when"))


def _one_content(programme: Programme, spec: ContentField, place: Place) -> Found:
    for body_id in spec.seen_by:
        yield from unknown(BODY, body_id, programme.bodies, (*place, "seen_by"))
    settings = {setting.id for setting in programme.round if setting.type == "names"}
    if spec.type == "named" or spec.among is not None:
        yield from unknown(SETTING, spec.among or "", settings, place)
    if spec.type in ("choice", "counts") and not spec.choices:
        yield rules.NO_CHOICES.at(place, name=spec.text)


def _worked_out(procedure: Procedure, spec: ContentField, place: Place) -> Found:
    """Values belong to names that an act of the procedure lists; a document is one that the house knows."""
    if spec.type == "values" or spec.of is not None:
        lists = {
            name
            for act in procedure.acts.values()
            for name, one in act.content.items()
            if one.type == "names"
        }
        yield from unknown(FIELD, spec.of or "", lists, (*place, "of"))
    if spec.type == "document" or spec.document is not None:
        yield from unknown(DOCUMENT, spec.document or "", DOCUMENTS, (*place, "document"))


_SEALABLE = ("ballot", "score-sheet", "per-criterion", "text", "long-text", "choice", "whole", "decimal")


_SHEET = ("score-sheet", "per-criterion", "text", "long-text")


def _sheet(act: Act, place: Place) -> Found:
    """Of a score sheet there is one on its page, with reasons and texts beside it."""
    types = [spec.type for spec in act.content.values()]
    if "score-sheet" not in types and "per-criterion" not in types:
        return
    if types.count("score-sheet") != 1 or types.count("per-criterion") > 1 or set(types) - set(_SHEET):
        yield rules.SHEET_BESIDE.at((*place, "content"))


def _sealed(procedure: Procedure, act: Act, place: Place) -> Found:
    """What is sealed is unsealed by another act, and nothing else that the act does gives it away."""
    quiet = not (act.to or act.four_eyes or act.publishes or act.harm)
    for name, spec in act.content.items():
        if spec.sealed_until is None:
            continue
        where = (*place, "content", name, "sealed_until")
        yield from unknown(ACT, spec.sealed_until, procedure.acts, where)
        if procedure.acts.get(spec.sealed_until) is act:
            yield rules.SEALED_BY_ITSELF.at(where, name=spec.text)
        if not quiet or spec.type not in _SEALABLE:
            yield rules.SEALED_GIVEN_AWAY.at(where, name=spec.text)


def _guard_meets(programme: Programme, procedure: Procedure, name: str, place: Place) -> Found:
    guard = programme.guards[name]
    asked = procedure
    if guard.of == "parent":
        if procedure.parent not in programme.procedures:
            yield rules.NO_PARENT.at(place, name=name)
            return
        asked = programme.procedures[procedure.parent]
    for act in (
        guard.done,
        guard.not_done,
        guard.over,
        guard.running,
        guard.chosen,
        guard.at_least,
        guard.settled,
        *(guard.fewer or []),
        *guard.since,
    ):
        yield from unknown(ACT, act, asked.acts, place)
    for act in (guard.over, guard.running, *(guard.since if guard.settled else ())):
        if act in asked.acts and asked.acts[act].period is None:
            yield rules.NO_PERIOD.at(place, act=act)
    if guard.chosen in asked.acts:
        yield from _chosen(asked.acts[guard.chosen], guard.field or "", guard.value or "", place)
    for stage in guard.in_stage or []:
        yield from unknown(STAGE, stage, asked.stages, place)
    yield from _hanging(programme, guard, place)
    yield from unknown(ACT, guard.remedy, procedure.acts, place)
    settings = {setting.id for setting in programme.round}
    yield from unknown(SETTING, guard.than, settings, place)
    yield from unknown(SETTING, guard.set_, settings, place)
    yield from unknown(FACT, guard.fact, FACTS, place)


def _hanging(programme: Programme, guard: Guard, place: Place) -> Found:
    for other in (guard.none_of, guard.some_of):
        yield from unknown(PROCEDURE, other, programme.procedures, place)
        if other in programme.procedures:
            for stage in guard.in_ or []:
                yield from unknown(STAGE, stage, programme.procedures[other].stages, place)


def _chosen(act: Act, field: str, value: str, place: Place) -> Found:
    yield from unknown(FIELD, field, act.content, place)
    if field in act.content and act.content[field].choices:
        yield from unknown(CHOICE, value, act.content[field].choices, place)


def _timing(procedure: Procedure, act: Act, place: Place) -> Found:
    if act.limit is not None:
        if not act.limit.after:
            yield rules.LIMIT_AFTER_NOTHING.at((*place, "limit"))
        for start in act.limit.after:
            yield from unknown(ACT, start, procedure.acts, (*place, "limit", "after"))
        if act.limit.set_by == "file" and act.limit.n is None:
            yield rules.LIMIT_LENGTH.at((*place, "limit"))
    if act.period is not None:
        if (act.period.n is None) == (act.period.until is None):
            yield rules.PERIOD_LENGTH.at((*place, "period"))
        yield from unknown(FIELD, act.period.until, act.content, (*place, "period", "until"))
        if act.period.until in act.content and act.content[act.period.until].when != "future":
            yield rules.PERIOD_IN_THE_PAST.at((*place, "period", "until"), field=act.period.until)


def stages(programme: Programme) -> Found:
    """A stage can be reached and left, and waits for acts that can be done in it."""
    for name, procedure in programme.procedures.items():
        reached = _reached(procedure)
        for stage_id in procedure.stages:
            yield from _one_stage(programme, procedure, stage_id, reached, (name, stage_id))


def _one_stage(
    programme: Programme, procedure: Procedure, stage_id: str, reached: set[str], where: tuple[str, str]
) -> Found:
    place: Place = ("procedures", where[0], "stages", where[1])
    stage = procedure.stages[stage_id]
    ways_out = [act for act in procedure.acts.values() if stage_id in act.from_]
    if stage_id not in reached:
        yield rules.UNREACHED.at(place, name=stage.text)
    if stage.final and ways_out:
        yield rules.FINAL_LEFT.at(place, name=stage.text)
    if not stage.final and not any(act.to and act.to != stage_id for act in ways_out):
        yield rules.DEAD_END.at(place, name=stage.text)
    for body_id in stage.seen_by:
        yield from unknown(BODY, body_id, programme.bodies, (*place, "seen_by"))
    for act in stage.waits_for:
        yield from unknown(ACT, act, procedure.acts, (*place, "waits_for"))
        if act in procedure.acts and stage_id not in procedure.acts[act].from_:
            yield rules.WAITS_IN_VAIN.at((*place, "waits_for"), act=act)
    if not stage.final and not stage.rests and not stage.waits_for:
        yield rules.WAITS_FOR_NOTHING.at(place, name=stage.text)


def _reached(procedure: Procedure) -> set[str]:
    reached = {NEW}
    while True:
        more = {act.to for act in procedure.acts.values() if act.to and reached & set(act.from_)} - reached
        if not more:
            return reached
        reached |= more


def example_names(programme: Programme) -> Found:
    """What an example names has to be there before it can be run."""
    for number, example in enumerate(programme.examples):
        place: Place = ("examples", number)
        part, _, post = example.try_.as_.partition(".")
        yield from unknown(BODY, part, programme.bodies, (*place, "try", "as"))
        if post and part in programme.bodies:
            yield from unknown(POST, post, programme.bodies[part].posts, (*place, "try", "as"))
        yield from unknown(PROCEDURE, example.procedure, programme.procedures, place)
        if example.procedure in programme.procedures:
            acts = programme.procedures[example.procedure].acts
            yield from unknown(ACT, example.try_.act, acts, (*place, "try", "act"))
        for child, stage in example.children.items():
            yield from unknown(PROCEDURE, child, programme.procedures, (*place, "children"))
            if child in programme.procedures:
                stages = programme.procedures[child].stages
                yield from unknown(STAGE, stage, stages, (*place, "children"))
