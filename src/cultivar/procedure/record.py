"""The record of a case: what was done, and where that leaves the case.

``fold`` is the only thing that decides a stage. It reads acts, never the clock and never a database.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from cultivar.policy.model_procedure import Act, Procedure

NEW = "new"  # the stage before the first act
ERASE = "erase"  # the one act that no programme file defines; see ``cultivar.procedure.erasure``

StepKind = Literal["do", "propose", "confirm", "decline"]


@dataclass(frozen=True)
class Done:
    """An act as the ledger keeps it. ``at`` is aware of Asia/Shanghai."""

    seq: int
    act: str
    step: StepKind
    body: str
    post: str
    office: str
    region: str
    person: str
    at: datetime
    content: Mapping[str, Any]
    proposal: int | None = None  # of an agreement: the entry that proposed it

    @property
    def said_in(self) -> int:
        """The entry that holds what the act says: its own, or the proposal that was agreed to."""
        return self.seq if self.proposal is None else self.proposal

    @property
    def day(self) -> date:
        """The Shanghai date."""
        return self.at.date()


@dataclass(frozen=True)
class Visit:
    """A stay in a stage: when it began and by which act."""

    stage: str
    since: Done


@dataclass(frozen=True)
class State:
    """Where a case stands. ``acts`` are the acts that took effect, in order."""

    stage: str = NEW
    visits: tuple[Visit, ...] = ()
    acts: tuple[Done, ...] = ()
    pending: Done | None = None  # proposed, and waiting for a second person
    partners: tuple[str, ...] = ()
    experts: tuple[str, ...] = ()
    stay: tuple[Done, ...] = ()  # acts since the case entered its stage
    declined: tuple[Done, ...] = ()  # answers of second persons who did not agree
    erasing: Done | None = None  # an erasure of personal values that waits for a second person
    erasures: tuple[Done, ...] = ()  # those that took effect
    latest: Done | None = None  # the last entry, whether or not it took effect

    @property
    def entered(self) -> datetime | None:
        """When the case entered its stage."""
        return self.visits[-1].since.at if self.visits else None

    def last(self, act: str) -> Done | None:
        """The latest effective act of this name."""
        return next((done for done in reversed(self.acts) if done.act == act), None)

    def said(self, act: str, name: str) -> Any:
        """What the latest act of this name said in a field, or None."""
        done = self.last(act)
        return None if done is None else done.content.get(name)

    def since(self, acts: Collection[str], *, ever: bool = False) -> tuple[Done, ...]:
        """What was done in this stay, or ever, after the last time of any of these acts; all of it without one."""
        looked_at = self.acts if ever else self.stay
        at = max((place for place, done in enumerate(looked_at, 1) if done.act in acts), default=0)
        return looked_at[at:]

    def count(self, act: str) -> int:
        """How often the act took effect."""
        return sum(done.act == act for done in self.acts)


class BrokenRecord(Exception):
    """A record that the procedure cannot have produced; ``seq`` is the offending entry."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq


def fold(procedure: Procedure, record: Iterable[Done], start: State | None = None) -> State:
    """The state after the acts of ``record``, in order. Raises ``BrokenRecord`` on an impossible one.

    ``start`` is what a case knows before its first act, such as the regions that a title concerns.
    """
    state = start or State()
    for done in record:
        state = after(procedure, state, done)
    return state


def after(procedure: Procedure, state: State, done: Done) -> State:
    """The state after one more act. Raises ``BrokenRecord`` where the procedure does not lead there."""
    return replace(_after(procedure, state, done), latest=done)


def _after(procedure: Procedure, state: State, done: Done) -> State:
    if done.act == ERASE:
        return _erasing(state, done)
    act = procedure.acts.get(done.act)
    if act is None:
        raise BrokenRecord(done.seq, f"the procedure has no act {done.act!r}")
    if state.stage not in act.from_:
        raise BrokenRecord(done.seq, f"{done.act!r} cannot be done from stage {state.stage!r}")
    if act.four_eyes != (done.step != "do"):
        raise BrokenRecord(done.seq, f"{done.act!r} was recorded as {done.step!r}")
    if done.step == "propose":
        if state.pending is not None:
            raise BrokenRecord(done.seq, "another act is already waiting for agreement")
        return replace(state, pending=done)
    if done.step in ("confirm", "decline"):
        return _answered(procedure, state, act, done)
    return _effective(procedure, state, act, done)


def _answered(procedure: Procedure, state: State, act: Act, done: Done) -> State:
    proposed = state.pending
    if proposed is None or proposed.act != done.act:
        raise BrokenRecord(done.seq, f"{done.act!r} was not proposed")
    if proposed.person == done.person:
        raise BrokenRecord(done.seq, "the same person cannot agree to their own proposal")
    if done.step == "decline":
        return replace(state, pending=None, declined=(*state.declined, done))
    if proposed.content.keys() & done.content.keys():
        raise BrokenRecord(done.seq, "an agreement cannot say otherwise than the proposal")
    # What takes effect is what was proposed; the time of effect is the agreement's.
    content = {**proposed.content, **done.content}
    agreed = replace(done, content=content, office=proposed.office, proposal=proposed.seq)
    return _effective(procedure, state, act, agreed)


def _erasing(state: State, done: Done) -> State:
    """What an erasure leaves: the same stage and the same acts, without what one of them said of a person."""
    proposed = state.erasing
    if done.step == "propose" and proposed is None and state.stage != NEW:
        return replace(state, erasing=done)
    if done.step not in ("confirm", "decline") or proposed is None:
        raise BrokenRecord(done.seq, f"an erasure cannot be recorded as {done.step!r} here")
    if proposed.person == done.person:
        raise BrokenRecord(done.seq, "the same person cannot agree to their own proposal")
    if done.step == "decline":
        return replace(state, erasing=None, declined=(*state.declined, done))
    content = {**proposed.content, **done.content}
    effective = replace(done, content=content, office=proposed.office, proposal=proposed.seq)
    return replace(state, erasing=None, erasures=(*state.erasures, effective))


def _effective(procedure: Procedure, state: State, act: Act, done: Done) -> State:
    state = replace(
        state,
        acts=(*state.acts, done),
        stay=(*state.stay, done),
        partners=_partners(act, done, state.partners),
        experts=_experts(act, done, state.experts),
        pending=None if act.to or (state.pending and state.pending.act == done.act) else state.pending,
    )
    if act.to is None:
        return state
    if act.to not in procedure.stages:
        raise BrokenRecord(done.seq, f"the procedure has no stage {act.to!r}")
    if act.to == state.stage:
        return replace(state, visits=(*state.visits, Visit(act.to, done)))
    return replace(state, stage=act.to, visits=(*state.visits, Visit(act.to, done)), stay=())


def _partners(act: Act, done: Done, partners: tuple[str, ...]) -> tuple[str, ...]:
    for name, spec in act.content.items():
        if spec.type == "partner-regions" and name in done.content:
            return tuple(done.content[name])
    return partners


def _experts(act: Act, done: Done, experts: tuple[str, ...]) -> tuple[str, ...]:
    if act.leaves_panel:
        return tuple(person for person in experts if person != done.person)
    for name, spec in act.content.items():
        if spec.type in ("seated-experts", "barred-experts") and name in done.content:
            return tuple(person for person in experts if person not in done.content[name])
        if spec.type == "experts" and name in done.content:
            added = [person for person in done.content[name] if person not in experts]
            return (*experts, *added)
    return experts
