"""Defences: out of the record of a case, by panel and half-day, and scheduled through the one door."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from cultivar.cases.models import Case, Seat
from cultivar.cases.perform import BadContent, Refused, perform
from cultivar.cases.projection import Row, Rows
from cultivar.cases.queries import visible
from cultivar.cases.record import Folded
from cultivar.cases.work_queries import person_names
from cultivar.evaluation.models import Absence, Defence
from cultivar.evaluation.panel_groups import Panel, people_of
from cultivar.evaluation.rounds import speaking_order
from cultivar.evaluation.sittings import HalfDay, Length, Room, Sitting, Slot, clashes, slots
from cultivar.ledger import append as ledger
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_procedure import Act
from cultivar.policy.text import Text
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.engine import plays
from cultivar.procedure.matter import Matter
from cultivar.registry.actors import Actor

SCHEDULE, RECORD = "schedule-defence", "record-defence"  # as programme files call these acts
DAY, MOST = 24 * 60, 9999  # minutes of a defence, and applications of a sitting, at most


def project(case: Folded, matter: Matter, calendar: Calendar) -> Rows:
    """The row of ``Defence``: what was scheduled last, and how it was held if that came after."""
    scheduled, recorded = case.state.last(SCHEDULE), case.state.last(RECORD)
    if scheduled is None or not _says_when(case.procedure.acts[SCHEDULE]):
        return {Defence: []}
    held = recorded if recorded is not None and recorded.seq > scheduled.seq else None
    said = scheduled.content
    row: Row = {
        "starts_at": datetime.fromisoformat(said["time"]),
        "minutes": _within(said.get("minutes"), DAY),
        "order": _within(said.get("order"), MOST),
        "place": said.get("place", ""),
        "held_on": None if held is None else datetime.fromisoformat(held.content["date"]).date(),
        "present": None if held is None else held.content.get("present"),
    }
    return {Defence: [row]}


def _says_when(act: Act) -> bool:
    """Whether an act of this name says a moment and a place, as here is meant by it."""
    kinds = {name: spec.type for name, spec in act.content.items()}
    return kinds.get("time") == "datetime" and kinds.get("place") == "text"


def _within(said: Any, most: int) -> int | None:
    """A number that a table can hold; another file may bound it otherwise."""
    return said if isinstance(said, int) and 0 < said <= most else None


def scheduling(programme: Programme) -> Act | None:
    """The act by which a programme schedules defences; None where it holds none."""
    for procedure in programme.procedures.values():
        act = procedure.acts.get(SCHEDULE)
        if procedure.about == "application" and act is not None and _says_when(act):
            return act
    return None


def arranges(programme: Programme, actor: Actor) -> bool:
    """Whether an office schedules defences under a programme."""
    act = scheduling(programme)
    return act is not None and plays(programme, act.body, actor) and act.post in ("", actor.post)


def defence_of(case: Case) -> Defence | None:
    """The defence of a case that was fetched with its defences."""
    return next(iter(case.defences.all()), None)


def to_hear(panel: Panel, stages: Sequence[str]) -> list[Case]:
    """The panel's applications that can be scheduled: in a stage for it, and not heard yet."""
    return [
        case
        for case in panel.cases
        if case.stage in stages and ((defence := defence_of(case)) is None or defence.held_on is None)
    ]


def sitting(panel_name: Text, people: Iterable[str], heard: Sequence[Defence]) -> Sitting:
    """What the defences of a panel in one place and half-day are together."""
    ends = [one.starts_at + timedelta(minutes=one.minutes or 0) for one in heard]
    begins = min(one.starts_at for one in heard)
    return Sitting(panel_name, frozenset(people), heard[0].place, begins, max(ends))


@dataclass(frozen=True)
class Plan:
    """What would be scheduled: turns in order, and every reason against it."""

    panel: Panel
    half: HalfDay
    place: str
    slots: tuple[Slot, ...]
    clashes: tuple[Text, ...]


def plan(
    panel: Panel,
    half: HalfDay,
    cases: Sequence[Case],
    starts_at: datetime,
    length: Length,
    place: str,
    actor: Actor,
) -> Plan:
    """Computes a sitting and holds it against everything else of that day: eight queries at most."""
    (round_number,) = {case.round_id or "" for case in cases}
    turns = slots([case.number for case in cases], speaking_order(round_number), starts_at, length)
    planned = Sitting(panel.name, frozenset(panel.people), place, turns[0].starts_at, turns[-1].ends_at)
    room = _room(panel, half, {case.number for case in cases}, actor)
    found = clashes(planned, half, room, clock.now())
    return Plan(panel, half, place, tuple(turns), tuple(found))


ELSEWHERE = Text("另一批次的一个组", "a panel of another round")


def _room(panel: Panel, half: HalfDay, planned: set[str], actor: Actor) -> Room:
    """Sittings of that day, of every round; where the office may not see one, neither its place nor its panel."""
    day = half.begins_at.replace(hour=0, minute=0)
    seats = Prefetch("case__seats", Seat.objects.order_by("person"))
    that_day = (
        Defence.objects.filter(starts_at__gte=day, starts_at__lt=day + timedelta(days=1), held_on=None)
        .filter(case__final="")
        .exclude(case__in=planned)
        .select_related("case")
        .prefetch_related(seats)
    )
    groups: dict[tuple[Any, ...], list[Defence]] = {}
    for one in that_day:
        at = (one.case.round_id, people_of(one.case), HalfDay.at(one.starts_at), one.place)
        groups.setdefault(at, []).append(one)
    seen = set(
        visible(actor).filter(number__in=[one.case_id for one in that_day]).values_list("number", flat=True)
    )
    others = [_other(panel, heard, seen) for heard in groups.values()]
    away = Absence.objects.filter(
        expert__person__key__in=panel.people, from_on__lte=half.day, until_on__gte=half.day
    )
    return Room(
        others,
        frozenset(away.values_list("expert__person__key", flat=True)),
        person_names(set(panel.people)),
    )


def _other(panel: Panel, heard: list[Defence], seen: set[str]) -> Sitting:
    case = heard[0].case
    known = case.number in seen
    same = panel.siblings.get(people_of(case)) if case.round_id == panel.round else None
    one = sitting(same or ELSEWHERE, people_of(case), heard)
    return one if known else Sitting(one.name, one.people, "", one.starts_at, one.ends_at)


@dataclass(frozen=True)
class Carried:
    """What became of a plan: how many applications were scheduled, or every reason against it."""

    scheduled: int
    refusals: tuple[Text, ...] = ()


def carry_out(
    make: Callable[[], Plan], actor: Actor, act_of: Mapping[str, Act], key: str
) -> tuple[Plan, Carried]:
    """Makes a plan while nobody else can write, and schedules every application of it, or none.

    What already stands so is left as it is. ``act_of``: the act as each case's own version of the programme has it.
    """
    with transaction.atomic():
        ledger.lock()
        chosen = make()
        carried = (
            _schedule_all(chosen, actor, act_of, key) if not chosen.clashes else Carried(0, chosen.clashes)
        )
        if carried.refusals:
            transaction.set_rollback(True)
    return chosen, carried


def _schedule_all(chosen: Plan, actor: Actor, act_of: Mapping[str, Act], key: str) -> Carried:
    standing = {one.case_id: one for one in Defence.objects.filter(case__in=list(act_of))}
    refusals: list[Text] = []
    scheduled = 0
    for turn in chosen.slots:
        content = _content(turn, chosen.place, act_of[turn.case])
        if _same(standing.get(turn.case), content):
            continue
        try:
            perform(turn.case, SCHEDULE, actor, content, key=f"{key}-{turn.case}")
            scheduled += 1
        except Refused as refused:
            refusals += [_of(turn.case, reason.text) for reason in refused.reasons]
        except BadContent as bad:
            refusals += [_of(turn.case, problem.text) for problem in bad.problems]
    return Carried(0, tuple(refusals)) if refusals else Carried(scheduled)


def _of(case: str, text: Text) -> Text:
    return Text("{case}：{text}", "{case}: {text}").fill(case=case, text=text)


def _content(turn: Slot, place: str, act: Act) -> dict[str, Any]:
    """What the act says of a turn; an older version of the file may not know lengths and order."""
    said = {
        "time": turn.starts_at.isoformat(timespec="minutes"),
        "place": place,
        "minutes": turn.minutes,
        "order": turn.order,
    }
    return {name: value for name, value in said.items() if name in act.content}


def _same(standing: Defence | None, content: Mapping[str, Any]) -> bool:
    return (
        standing is not None
        and standing.held_on is None
        and standing.starts_at == datetime.fromisoformat(content["time"])
        and standing.place == content["place"]
        and (standing.minutes, standing.order) == (content.get("minutes"), content.get("order"))
    )
