"""When an act is due, and when a period that an act started is over."""

from dataclasses import dataclass, replace
from datetime import date

from cultivar.policy.model_procedure import Act, Procedure
from cultivar.procedure.calendar import Calendar, Count, YearNotCovered
from cultivar.procedure.matter import Terms
from cultivar.procedure.record import Done, State


@dataclass(frozen=True)
class Due:
    """The last day on which something can be done in time; ``provisional`` where a calendar is missing."""

    last_day: date
    provisional: bool
    started: date


def length(act_id: str, act: Act, terms: Terms) -> int | None:
    """How long the limit of an act is under a round's terms, in the limit's unit; None: not limited."""
    if act.limit is None:
        return None
    return terms.limits.get(act_id, act.limit.n) if act.limit.set_by == "round" else act.limit.n


def due(act_id: str, act: Act, state: State, terms: Terms, calendar: Calendar) -> Due | None:
    """When the act is due, counted from the latest of the acts that start its limit; None: no limit runs."""
    n = length(act_id, act, terms)
    if act.limit is None or n is None:
        return None
    started = _latest(state, act.limit.after)
    if started is None:
        return None
    try:
        return _due(calendar.last_day(started.day, n, act.limit.unit, act.limit.first_day), started)
    except YearNotCovered:
        return None  # nothing is due on a guess; pages say that the year has no table


def days_late(act: Act, done: Done, state: State, terms: Terms, calendar: Calendar) -> int:
    """By how many working days an act was past its limit when it was done; 0 when it was in time."""
    before = replace(state, acts=tuple(one for one in state.acts if one.seq < done.seq))
    limit = due(done.act, act, before, terms, calendar)
    if limit is None or limit.provisional or done.day <= limit.last_day:
        return 0
    return calendar.working_days_between(limit.last_day, done.day)


def period(procedure: Procedure, act_id: str, state: State, calendar: Calendar) -> Due | None:
    """The period that the latest such act started; None: it has not been done."""
    started = state.last(act_id)
    span = procedure.acts[act_id].period
    if started is None or span is None:
        return None
    if span.until is not None:
        return Due(date.fromisoformat(started.content[span.until]), provisional=False, started=started.day)
    return _due(calendar.last_day(started.day, span.n or 0, span.unit, span.first_day), started)


def _latest(state: State, acts: list[str]) -> Done | None:
    return next((done for done in reversed(state.acts) if done.act in acts), None)


def _due(count: Count, started: Done) -> Due:
    return Due(count.last_day, count.provisional, started.day)
