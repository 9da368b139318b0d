"""Constructed states for tests of the engine: every guard of an act made to hold, or one made to fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act, Guard, Procedure
from cultivar.policy.reading import read_programme
from cultivar.procedure import calendar as working_days
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Finding, Hanging, Matter, ParentCase, Terms
from cultivar.procedure.record import NEW, Done, State, StepKind, Visit

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "programmes").glob("*/*.yaml"))
STEPS: tuple[StepKind, ...] = ("do", "propose", "confirm", "decline")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, tzinfo=SHANGHAI)
LONG_AGO = datetime(2026, 1, 5, 10, tzinfo=SHANGHAI)
ORGANISATION, OTHER_ORGANISATION = "organisation", "another organisation"
LEAD, PARTNERS, ELSEWHERE = "lead", ("partner-1", "partner-2"), "elsewhere"
EXPERTS = ("expert-1", "expert-2", "expert-3")


@dataclass(frozen=True)
class Player:
    """Whoever asks."""

    person_key: str
    body: str
    post: str = ""
    region: str = ""
    organisation: str = ""


@cache
def programmes() -> tuple[Programme, ...]:
    """Every programme file of the project."""
    return tuple(read_programme(path).programme for path in FILES)


@cache
def calendar() -> Calendar:
    """The official tables."""
    return working_days.load(ROOT / "calendars")


def acts() -> Iterator[tuple[Programme, str, str]]:
    """Every act of every procedure of every programme: programme, procedure, act."""
    for programme in programmes():
        for name, procedure in programme.procedures.items():
            for act_id in procedure.acts:
                yield programme, name, act_id


def named(one: Any) -> str:
    """What a parameter is called in the list of tests."""
    return one.key if isinstance(one, Programme) else str(one)


def players(programme: Programme) -> list[Player]:
    """Somebody of each body and post, and of none: at home, in a partner region, elsewhere."""
    found = []
    for name, body in programme.bodies.items():
        if body.played_by:
            continue
        for post in ("", *body.posts):
            for region in (LEAD, PARTNERS[0], PARTNERS[1], ELSEWHERE, programme.region, ""):
                found.append(Player(EXPERTS[0], name, post, region, ORGANISATION))
                found.append(Player(f"{name}-{post}", name, post, region, OTHER_ORGANISATION))
    return [*found, Player("nobody", "", "", "", ""), Player("x", "no-such-body", "", LEAD, ORGANISATION)]


def done(
    act_id: str,
    at: datetime = NOW,
    step: StepKind = "do",
    person: str = "somebody",
    region: str = LEAD,
    content: Mapping[str, Any] | None = None,
) -> Done:
    """An act on record."""
    return Done(0, act_id, step, "", "", f"office-{region}", region, person, at, content or {})


@dataclass
class Made:
    """A state and its surroundings in the making."""

    programme: Programme
    procedure: Procedure
    joint: bool
    entries: list[Done] = field(default_factory=list)
    before: list[Done] = field(default_factory=list)  # on record, but not of this stay
    parent_entries: list[Done] = field(default_factory=list)
    parent_stage: str = ""
    hanging: list[Hanging] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Finding] = field(default_factory=dict)
    window: tuple[datetime, datetime] | None = None

    @property
    def partners(self) -> tuple[str, ...]:
        """The partner regions."""
        return PARTNERS if self.joint else ()

    def question(self, stage: str, pending: Done | None = None) -> Question:
        """The question, the case standing at ``stage``."""
        visits = () if stage == NEW else (Visit(stage, done("entered", LONG_AGO)),)
        state = State(
            stage=stage,
            visits=visits,
            acts=(*self.before, *self.entries),
            pending=pending,
            partners=self.partners,
            experts=EXPERTS,
            stay=tuple(self.entries),
            latest=self.entries[-1] if self.entries else None,
        )
        opens, closes = self.window or (None, None)
        matter = Matter(
            applicant=ORGANISATION,
            lead_region=LEAD,
            terms=Terms(opens, closes, {}, self.values),
            findings=self.facts,
            hanging=tuple(self.hanging),
            parent=self._parent(),
        )
        return Question(self.programme, self.procedure, state, matter, NOW, calendar())

    def _parent(self) -> ParentCase | None:
        if self.procedure.parent is None:
            return None
        stages = self.programme.procedures[self.procedure.parent].stages
        state = State(stage=self.parent_stage or next(iter(stages)), acts=tuple(self.parent_entries))
        return ParentCase(self.procedure.parent, state)


def made(
    programme: Programme, procedure: Procedure, act: Act, *, joint: bool, failing: str | None = None
) -> Made:
    """A state in which every guard of the act holds but the one named ``failing``."""
    one = Made(programme, procedure, joint)
    for name in act.needs:
        guard = programme.guards[name]
        _MAKERS[guard.test](one, guard, name != failing)
    return one


def _done(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.done
    if guard.each is None:
        content = _days(one.procedure, guard.done, NOW)
        one.entries += [done(guard.done, content=content)] * holds
        return
    everyone = one.partners if guard.each == "partner-regions" else EXPERTS
    for who in everyone if holds else everyone[:-1]:
        one.entries.append(done(guard.done, person=who, region=who))


def _not_done(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.not_done
    one.entries += [] if holds else [done(guard.not_done)]


def _at_least(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.at_least
    assert guard.than
    one.values[guard.than] = 1 if holds else 99
    one.entries.append(done(guard.at_least, person=EXPERTS[0], region=EXPERTS[0]))


def _period(one: Made, guard: Guard, act_id: str, at: datetime) -> None:
    inside = guard.of == "parent" and one.procedure.parent
    procedure = one.programme.procedures[inside] if inside else one.procedure
    assert procedure.acts[act_id].period is not None
    started = done(act_id, at, content=_days(procedure, act_id, at))
    if any(entry.act == act_id for entry in one.entries):  # another guard wants it in this stay
        one.entries = [started if entry.act == act_id else entry for entry in one.entries]
    else:
        (one.parent_entries if inside else one.before).append(started)


def _days(procedure: Procedure, act_id: str, at: datetime) -> dict[str, str]:
    """The last day that an act names, where it starts a period that way."""
    span = procedure.acts[act_id].period
    return {span.until: (at.date() + timedelta(days=3)).isoformat()} if span and span.until else {}


def _over(one: Made, guard: Guard, holds: bool) -> None:
    _period(one, guard, guard.over or "", LONG_AGO if holds else NOW)


def _running(one: Made, guard: Guard, holds: bool) -> None:
    _period(one, guard, guard.running or "", NOW if holds else LONG_AGO)


def _settled(one: Made, guard: Guard, holds: bool) -> None:
    _period(one, guard, guard.since[0], LONG_AGO if holds else NOW)


def _set(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.set_
    one.values |= {guard.set_: 1} if holds else {}


def _in_stage(one: Made, guard: Guard, holds: bool) -> None:
    assert one.procedure.parent
    stages = one.programme.procedures[one.procedure.parent].stages
    named_stages = guard.in_stage or []
    one.parent_stage = (
        named_stages[0] if holds else next(stage for stage in stages if stage not in named_stages)
    )


def _none_of(one: Made, guard: Guard, holds: bool) -> None:
    if not holds:
        assert guard.none_of
        stages = one.programme.procedures[guard.none_of].stages
        stage = guard.in_[0] if guard.in_ else next(name for name, spec in stages.items() if not spec.final)
        one.hanging.append(Hanging(guard.none_of, stage, stages[stage].final is not None))


def _some_of(one: Made, guard: Guard, holds: bool) -> None:
    if holds:
        assert guard.some_of
        assert guard.in_
        one.hanging.append(Hanging(guard.some_of, guard.in_[0], final=True))


def _fewer(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.than
    assert guard.fewer
    one.values[guard.than] = 2
    one.before += [done(guard.fewer[-1])] * (1 if holds else 2)


def _chosen(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.chosen
    one.before.append(
        done(guard.chosen, content={guard.field or "": guard.value if holds else "something else"})
    )


def _window(one: Made, guard: Guard, holds: bool) -> None:
    later = timedelta(days=0 if holds else 30)
    one.window = (NOW - timedelta(days=1) + later, NOW + timedelta(days=1) + later)


def _fact(one: Made, guard: Guard, holds: bool) -> None:
    assert guard.fact
    one.facts[guard.fact] = Finding(holds)


_MAKERS = {
    "done": _done,
    "not_done": _not_done,
    "at_least": _at_least,
    "settled": _settled,
    "set_": _set,
    "over": _over,
    "running": _running,
    "in_stage": _in_stage,
    "none_of": _none_of,
    "some_of": _some_of,
    "fewer": _fewer,
    "chosen": _chosen,
    "window": _window,
    "fact": _fact,
}


def days_from(day: date, n: int) -> date:
    """n calendar days later."""
    return day + timedelta(days=n)
