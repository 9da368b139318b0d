"""Laws of the fold and of what the engine says may come next, over random walks of every procedure."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.procedure.made import (
    EXPERTS,
    LEAD,
    NOW,
    ORGANISATION,
    PARTNERS,
    STEPS,
    Player,
    calendar,
    named,
    programmes,
)

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Procedure
from cultivar.procedure.engine import available, decide, waiting
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Finding, Hanging, Matter, ParentCase, Terms
from cultivar.procedure.record import NEW, BrokenRecord, Done, State, after, fold

PROCEDURES = [(programme, name) for programme in programmes() for name in programme.procedures]
each_procedure = pytest.mark.parametrize(("programme", "name"), PROCEDURES, ids=named)
few = settings(max_examples=15)  # of each of some fifty procedures
# What refuses an act because the record could not hold it; the rest is about office or grounds.
IMPOSSIBLE = {"stage", "final", "not-proposed", "four-eyes", "step"}
NOT_ANYBODYS = {*IMPOSSIBLE, "office", "jurisdiction", "post", "pending", "done-already", "joint"}


def crowd(programme: Programme) -> list[Player]:
    """Two persons at each post of each office concerned, and the experts."""
    found = []
    for name, body in programme.bodies.items():
        if body.played_by or body.scope == "assigned cases":
            continue
        regions = (programme.region,) if body.scope == "whole region" else (LEAD, *PARTNERS)
        for post in body.posts or {"": None}:
            for region in regions:
                for n in (1, 2):
                    found.append(Player(f"{name}-{post}-{region}-{n}", name, post, region, ORGANISATION))
    judges = [name for name, body in programme.bodies.items() if body.scope == "assigned cases"]
    return found + [Player(expert, judge) for judge in judges for expert in EXPERTS]


def content_of(act: Act, draw: Any) -> dict[str, Any]:
    """Something that the act may say, as far as the fold and the guards read it."""
    said: dict[str, Any] = {}
    for name, spec in act.content.items():
        if spec.type == "partner-regions":
            said[name] = draw(st.sampled_from([[], [PARTNERS[0]], list(PARTNERS)]))
        elif spec.type == "experts":
            said[name] = draw(st.lists(st.sampled_from(EXPERTS), min_size=1, unique=True))
        elif spec.type == "choice":
            said[name] = draw(st.sampled_from(sorted(spec.choices)))
        elif spec.type == "date":
            said[name] = (NOW.date() + timedelta(days=draw(st.integers(0, 9)))).isoformat()
    return said


class Walk:
    """A walk of allowed acts, the surroundings drawn anew at each step."""

    def __init__(self, programme: Programme, name: str, draw: Any) -> None:
        self.programme, self.procedure, self.draw = programme, programme.procedures[name], draw
        self.state, self.record, self.now = State(), [], NOW
        self.people = crowd(programme)

    def question(self) -> Question:
        """A question about where the walk stands, in surroundings drawn by chance."""
        draw = self.draw
        facts = {
            guard.fact: Finding(draw(st.booleans())) for guard in self.programme.guards.values() if guard.fact
        }
        open_ = draw(st.booleans())
        hangs = [
            Hanging(other, stage, spec.final is not None)
            for other, procedure in self.programme.procedures.items()
            if procedure.parent == self.name
            for stage, spec in procedure.stages.items()
        ]
        around = Matter(
            applicant=ORGANISATION,
            lead_region=LEAD,
            terms=Terms(
                NOW, NOW + timedelta(days=300 if open_ else 0), {}, {"returns": draw(st.integers(0, 3))}
            ),
            findings=facts,
            hanging=tuple(draw(st.lists(st.sampled_from(hangs), max_size=1))) if hangs else (),
            parent=self._parent(),
        )
        return Question(self.programme, self.procedure, self.state, around, self.now, calendar())

    @property
    def name(self) -> str:
        """The procedure's id."""
        return next(name for name, one in self.programme.procedures.items() if one is self.procedure)

    def _parent(self) -> ParentCase | None:
        if self.procedure.parent is None:
            return None
        parent = self.programme.procedures[self.procedure.parent]
        started = [
            Done(0, act_id, "do", "", "", "", "", "p", self.now, {})
            for act_id, act in parent.acts.items()
            if act.period is not None and act.period.until is None
        ]
        stage = self.draw(st.sampled_from(sorted(parent.stages)))
        return ParentCase(self.procedure.parent, State(stage=stage, acts=tuple(started)))

    def step(self) -> bool:
        """One allowed act, if there is any."""
        question = self.question()
        options = [
            (option, who) for who in self.people for option in available(who, question) if option.allowed
        ]
        if not options:
            return False
        option, who = self.draw(st.sampled_from(options))
        act = self.procedure.acts[option.act_id]
        done = Done(
            seq=len(self.record),
            act=option.act_id,
            step=option.step,
            body=act.body,
            post=who.post,
            office=f"{who.body}-{who.region}",
            region=who.region,
            person=who.person_key,
            at=self.now,
            content=content_of(act, self.draw) if option.step in ("do", "propose") else {},
        )
        self.state = after(self.procedure, self.state, done)  # BrokenRecord here fails the test
        self.record.append(done)
        self.now += timedelta(hours=self.draw(st.integers(0, 60)))
        return True


def walk(programme: Programme, name: str, data: Any, longest: int = 14) -> Walk:
    """A whole walk."""
    one = Walk(programme, name, data.draw)
    for _ in range(longest):
        if not one.step():
            break
    return one


@each_procedure
@few
@given(data=st.data())
def test_a_walk_of_allowed_acts_stays_within_the_file(programme, name, data):
    one = Walk(programme, name, data.draw)
    for _ in range(14):
        moved = one.step()
        assert one.state.stage in (NEW, *one.procedure.stages)
        assert set(one.state.experts) <= set(EXPERTS)
        if not moved:
            break
    final = one.state.stage in one.procedure.stages and one.procedure.stages[one.state.stage].final
    if final:
        question = one.question()
        assert not [who for who in one.people if any(o.allowed for o in available(who, question))]
        assert waiting(question) == ()


@each_procedure
@few
@given(data=st.data())
def test_the_fold_is_incremental_and_repeatable(programme, name, data):
    one = walk(programme, name, data)
    assert fold(one.procedure, one.record) == one.state == fold(one.procedure, iter(one.record))
    cut = data.draw(st.integers(0, len(one.record)))
    state = fold(one.procedure, one.record[:cut])
    for done in one.record[cut:]:
        state = after(one.procedure, state, done)
    assert state == one.state


@each_procedure
@few
@given(data=st.data())
def test_what_the_record_cannot_hold_is_never_allowed(programme, name, data):
    one = walk(programme, name, data, data.draw(st.integers(0, 10)))
    question = one.question()
    for act_id, act in one.procedure.acts.items():
        for step in STEPS:
            for who in one.people:
                option = decide(act_id, step, who, question)
                codes = {reason.code for reason in option.reasons}
                done = Done(
                    99, act_id, step, act.body, who.post, "o", who.region, who.person_key, one.now, {}
                )
                if option.allowed:
                    after(one.procedure, one.state, done)
                elif codes & IMPOSSIBLE:
                    with pytest.raises(BrokenRecord):
                        after(one.procedure, one.state, done)


@each_procedure
@few
@given(data=st.data())
def test_what_a_case_waits_for_somebody_can_do(programme, name, data):
    one = walk(programme, name, data, data.draw(st.integers(0, 10)))
    question = one.question()
    for item in waiting(question):
        answers = [
            decide(item.act_id, item.step, who, question)
            for who in one.people
            if item.region in ("", who.region)
            and item.person in ("", who.person_key)
            and item.post in ("", who.post)
            and who.person_key != item.not_person
        ]
        assert any(not {reason.code for reason in answer.reasons} & NOT_ANYBODYS for answer in answers), item


@each_procedure
@few
@given(data=st.data())
def test_a_disordered_record_is_refused_or_ends_where_it_may(programme, name, data):
    """Shuffled, cut or doubled entries: ``BrokenRecord``, or a walk that the file itself allows."""
    one = walk(programme, name, data)
    shuffled = data.draw(st.permutations(one.record))
    doubled = data.draw(st.lists(st.sampled_from(shuffled), max_size=3)) if shuffled else []
    try:
        state = fold(one.procedure, [*shuffled, *doubled])
    except BrokenRecord:
        return
    assert_path(one.procedure, state)


def assert_path(procedure: Procedure, state: State) -> None:
    """Every visit of the state follows from the one before by an act of the file."""
    stage = NEW
    for visit in state.visits:
        act = procedure.acts[visit.since.act]
        assert stage in act.from_
        assert visit.stage == act.to
        stage = visit.stage
    assert state.stage == stage


@each_procedure
@few
@given(data=st.data())
def test_a_corrupted_entry_is_refused(programme, name, data):
    one = walk(programme, name, data)
    if not one.record:
        return
    at = data.draw(st.integers(0, len(one.record) - 1))
    entry = one.record[at]
    before = fold(one.procedure, one.record[:at])
    strangers = [act_id for act_id, act in one.procedure.acts.items() if before.stage not in act.from_]
    spoilt = [replace(entry, act="no-such-act"), *(replace(entry, act=act_id) for act_id in strangers)]
    spoilt.append(replace(entry, step="do" if entry.step != "do" else "confirm"))
    if entry.step == "confirm":
        proposer = before.pending.person if before.pending else ""
        spoilt.append(replace(entry, person=proposer))
    for wrong in spoilt:
        with pytest.raises(BrokenRecord) as caught:
            fold(one.procedure, [*one.record[:at], wrong])
        assert caught.value.seq == entry.seq


@each_procedure
def test_a_record_begins_with_an_opening_act(programme, name):
    procedure = programme.procedures[name]
    for act_id, act in procedure.acts.items():
        if not act.opens_case:
            with pytest.raises(BrokenRecord):
                fold(procedure, [Done(0, act_id, "do", "", "", "", "", "p", NOW, {})])
