"""Every act of every procedure, from every stage, by every role, at home and elsewhere.

Allowed exactly where the programme file says so, as a small oracle reads it here; there is no list by hand.
"""

import pytest
from tests.procedure.made import (
    EXPERTS,
    LEAD,
    ORGANISATION,
    PARTNERS,
    STEPS,
    Player,
    acts,
    done,
    made,
    named,
    players,
    programmes,
)

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.procedure.engine import decide
from cultivar.procedure.record import NEW, Done, StepKind

ALL_ACTS = list(acts())
PROPOSER = "somebody"


def test_there_is_something_to_test():
    assert programmes()
    assert len(ALL_ACTS) > 50


def _part(act: Act, step: StepKind) -> tuple[str, str]:
    words = act.agrees or act.by.split(".")[0] if step in ("confirm", "decline") else act.by
    part, _, post = words.partition(".")
    return part, post


def _concerns(programme: Programme, part: str, who: Player, joint: bool) -> bool:
    return {
        "own cases": who.organisation == ORGANISATION,
        "lead region": who.region == LEAD,
        "partner regions": joint and who.region in PARTNERS,
        "regions concerned": who.region == LEAD or (joint and who.region in PARTNERS),
        "assigned cases": who.person_key in EXPERTS,
        "whole region": who.region == programme.region,
        "published matters": True,
        "everything": True,
    }[programme.bodies[part].scope]


def _office_allows(programme: Programme, act: Act, step: StepKind, who: Player, joint: bool) -> bool:
    part, post = _part(act, step)
    playing = programme.bodies[part].played_by or part
    return (
        who.body == playing
        and _concerns(programme, part, who, joint)
        and post in ("", who.post)
        and (act.when != "joint" or joint)
    )


def _time_allows(
    procedure, act_id: str, step: StepKind, stage: str, pending: Done | None, who: Player
) -> bool:
    act = procedure.acts[act_id]
    if stage not in act.from_ or act.four_eyes != (step != "do"):
        return False
    if step in ("confirm", "decline"):
        return pending is not None and pending.act == act_id and pending.person != who.person_key
    if pending is None:
        return True
    held = procedure.acts[pending.act].by.split(".")[0] == act.by.split(".")[0]
    return step == "do" and not held


# A draft differs little from what became of it, and nothing is done under it.
ISSUED = [one for one in ALL_ACTS if one[0].status != "draft"]


@pytest.mark.parametrize(("programme", "name", "act_id"), ISSUED, ids=named)
def test_allowed_exactly_where_the_file_says_so(programme, name, act_id):
    procedure = programme.procedures[name]
    act = procedure.acts[act_id]
    pendings = [None, *(done(one, person=PROPOSER) for one, spec in procedure.acts.items() if spec.four_eyes)]
    askers = [
        *players(programme),
        *(Player(PROPOSER, w.body, w.post, w.region, w.organisation) for w in players(programme)[::7]),
    ]
    found = 0
    for joint in (False, True):
        around = made(programme, procedure, act, joint=joint)
        for stage in (NEW, *procedure.stages):
            for pending in pendings if stage in act.from_ else pendings[:1]:
                question = around.question(stage, pending)
                for step in STEPS:
                    for who in askers:
                        wanted = _office_allows(programme, act, step, who, joint) and _time_allows(
                            procedure, act_id, step, stage, pending, who
                        )
                        got = decide(act_id, step, who, question)
                        assert got.allowed == wanted, (stage, joint, pending, step, who, got.reasons)
                        found += wanted
    assert found, "nobody may ever do it"


GUARDED = [(*one, guard) for one in ALL_ACTS for guard in one[0].procedures[one[1]].acts[one[2]].needs]


@pytest.mark.parametrize(("programme", "name", "act_id", "guard"), GUARDED, ids=named)
def test_each_guard_alone_refuses_with_its_code(programme, name, act_id, guard):
    procedure = programme.procedures[name]
    act = procedure.acts[act_id]
    question = made(programme, procedure, act, joint=True, failing=guard).question(act.from_[0])
    step: StepKind = "propose" if act.four_eyes else "do"
    allowed = [who for who in players(programme) if _office_allows(programme, act, step, who, joint=True)]
    assert allowed
    for who in allowed:
        option = decide(act_id, step, who, question)
        assert [reason.code for reason in option.reasons] == [guard]
        (reason,) = option.reasons
        assert reason.articles == tuple(act.articles)
        assert reason.text.zh
        assert reason.text.en


ONCE = [one for one in ALL_ACTS if one[0].procedures[one[1]].acts[one[2]].once_per]


@pytest.mark.parametrize(("programme", "name", "act_id"), ONCE, ids=named)
def test_what_is_done_once_is_not_done_again(programme, name, act_id):
    procedure = programme.procedures[name]
    act = procedure.acts[act_id]
    for who in players(programme):
        if not _office_allows(programme, act, "do", who, joint=True):
            continue
        others = {"region": "a third region", "person": "a third person", "stay": ""}[act.once_per]
        around = made(programme, procedure, act, joint=True)
        around.entries.append(done(act_id, person=who.person_key, region=who.region))
        again = decide(act_id, "do", who, around.question(act.from_[0]))
        assert [reason.code for reason in again.reasons] == ["done-already"]
        if others:
            around.entries[-1] = done(act_id, person=others, region=others)
            assert decide(act_id, "do", who, around.question(act.from_[0])).allowed


DECLINED = [one for one in ALL_ACTS if one[0].procedures[one[1]].acts[one[2]].four_eyes]


@pytest.mark.parametrize(("programme", "name", "act_id"), DECLINED, ids=named)
def test_a_proposal_can_be_declined_even_when_its_ground_is_gone(programme, name, act_id):
    procedure = programme.procedures[name]
    act = procedure.acts[act_id]
    for guard in act.needs:
        around = made(programme, procedure, act, joint=True, failing=guard)
        question = around.question(act.from_[0], done(act_id, person=PROPOSER))
        who = next(w for w in players(programme) if _office_allows(programme, act, "decline", w, joint=True))
        assert decide(act_id, "decline", who, question).allowed
        assert [one.code for one in decide(act_id, "confirm", who, question).reasons] == [guard]
