"""The panels of a round: who sits where, which sheets are in, who left and who came, when the defence is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.cases.models import Case, Todo
from cultivar.cases.offices import for_offices
from cultivar.cases.record import Folded, folded
from cultivar.evaluation import defences as d
from cultivar.evaluation.overseeing import overseen
from cultivar.evaluation.panel_groups import Panel, panels_of
from cultivar.evaluation.panel_people import Seated, seated
from cultivar.ledger import clock
from cultivar.ledger.models import Entry
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.procedure.record import Done
from cultivar.procedure.voting import OUTCOMES
from cultivar.web import components as c
from cultivar.web import formats
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ROWS = 10  # panels on a page


@dataclass(frozen=True)
class Change:
    """Somebody left a panel or joined it later. ``how``: recused, released or joined."""

    person: str
    how: Text
    at: date


RECUSED, RELEASED = Text("回避", "recused"), Text("解除", "released")
JOINED = Text("后补", "joined later")


@dataclass(frozen=True)
class Vote:
    """The latest vote of a panel on a case: open, or counted."""

    words: Text
    tone: str


@dataclass(frozen=True)
class Story:
    """What the record of a case says of its panel: who is late, who was absent from the defence, who left or came."""

    record: Folded
    late: frozenset[str]
    absent: tuple[str, ...]
    changes: tuple[Change, ...]


@never_cache
@for_offices
@require_safe
def panels(request: ActorRequest, number: str) -> HttpResponse:
    """Every panel with its experts and applications: twelve queries, whatever the page holds."""
    notice, programme = overseen(request.actor, number)
    found = panels_of(request.actor, number)
    page = page_number(request)
    shown = found[(page - 1) * ROWS : page * ROWS]
    context = {
        "round": notice.case,
        "panels": _rows(shown),
        "pages": c.Pagination(len(found), page, ROWS, other_parameters(request)),
        "defended": d.scheduling(programme) is not None,
        "empty": c.Empty(
            Text("还没有专家组。", "There is no panel yet."),
            Text("给申报派了专家以后，列在这里。", "They stand here once experts are named."),
        ),
    }
    return render(request, "evaluation/panels.html", context)


def _rows(shown: Sequence[Panel]) -> list[dict[str, Any]]:
    cases = [case for panel in shown for case in panel.cases]
    records = _records(cases)
    late = _late(records)
    stories = {case.number: _story(case, records[case.number], late) for case in cases}
    gone = {change.person for story in stories.values() for change in story.changes}
    everybody = {one.person: one for one in seated({*gone, *(p for panel in shown for p in panel.people)})}
    names = {person: one.name for person, one in everybody.items()}
    return [
        {
            "panel": panel,
            "people": [
                _expert(everybody[person], panel, stories)
                for person in sorted(panel.people, key=lambda one: (everybody[one].number, names[one]))
            ],
            "cases": [_case(case, stories[case.number], names) for case in panel.cases],
        }
        for panel in shown
    ]


def _records(cases: Sequence[Case]) -> dict[str, Folded]:
    """The records of cases, in one query."""
    entries: dict[str, list[Entry]] = {case.number: [] for case in cases}
    for entry in Entry.objects.filter(case__in=list(entries)).order_by("seq"):
        entries[entry.case].append(entry)
    return {number: folded(number, kept) for number, kept in entries.items()}


def _late(records: Mapping[str, Folded]) -> dict[str, set[str]]:
    """Who is late with a sheet, by case: one query."""
    late: dict[str, set[str]] = {}
    due = Todo.objects.filter(case__in=list(records), due_on__lt=clock.today()).exclude(person="")
    for number, act, person in due.values_list("case", "act", "person"):
        fields = records[number].procedure.acts[act].content
        if any(spec.type == "score-sheet" for spec in fields.values()):
            late.setdefault(number, set()).add(person)
    return late


def _absent(case: Case, record: Folded) -> list[str]:
    """Who sat on the panel when the defence was held and was not there, where that was noted."""
    defence, held = d.defence_of(case), record.state.last(d.RECORD)
    if defence is None or held is None or not defence.present:
        return []
    named = {
        person
        for done in record.state.acts
        if done.seq < held.seq
        for name, spec in record.act_of(done).content.items()
        if spec.type == "experts"
        for person in done.content.get(name, ())
    }
    seats = (seat.person for seat in case.seats.all())
    return [person for person in seats if person in named and person not in defence.present]


def _expert(one: Seated, panel: Panel, stories: Mapping[str, Story]) -> dict[str, Any]:
    told = [stories[case.number] for case in panel.cases]
    seats = [seat for case in panel.cases for seat in case.seats.all() if seat.person == one.person]
    return {
        "seated": one,
        "sheets": sum(seat.done for seat in seats),
        "seats": len(seats),
        "late": sum(one.person in story.late for story in told),
        "absent": sum(one.person in story.absent for story in told),
    }


def _story(case: Case, record: Folded, late: Mapping[str, set[str]]) -> Story:
    return Story(
        record,
        frozenset(late.get(case.number, ())),
        tuple(_absent(case, record)),
        tuple(_changes(record)),
    )


def _case(case: Case, story: Story, names: Mapping[str, str]) -> dict[str, Any]:
    record = story.record
    seats = list(case.seats.all())
    missing = [seat.person for seat in seats if not seat.done]
    defence = d.defence_of(case)
    return {
        "case": case,
        "stage": record.procedure.stages[record.state.stage].text,
        "defence": defence,
        "absent": [names[one] for one in story.absent],
        "sheets": len(seats) - len(missing),
        "seats": len(seats),
        "missing": [(names[one], one in story.late) for one in missing] if not case.final else [],
        "changes": [(names[change.person], change) for change in story.changes],
        "vote": vote_of(record),
    }


def _changes(case: Folded) -> list[Change]:
    """Who left the panel of a case, and who was named after somebody had left, in order."""
    changes: list[Change] = []
    for done in case.state.acts:
        act = case.procedure.acts.get(done.act)
        if act is None:
            continue
        if act.leaves_panel:
            changes.append(Change(done.person, RECUSED, done.day))
        for name, spec in act.content.items():
            changes += _named(spec, done, name, replaced=bool(changes))
    return changes


def _named(spec: ContentField, done: Done, name: str, *, replaced: bool) -> Iterator[Change]:
    if spec.type == "seated-experts":
        yield from (Change(person, RELEASED, done.day) for person in done.content.get(name, ()))
    if spec.type == "experts" and replaced:
        yield from (Change(person, JOINED, done.day) for person in done.content.get(name, ()))


def vote_of(case: Folded) -> Vote | None:
    """How the latest vote stands; nothing of what anybody voted before it is counted."""
    for done in reversed(case.state.stay):
        fields = case.procedure.acts[done.act].content
        for name, spec in fields.items():
            if spec.type == "tally":
                return _counted(done.content[name])
        voting = [act for act in case.procedure.acts.values() if done.act in act.again_after]
        ballots = [act for act in voting if any(spec.type == "ballot" for spec in act.content.values())]
        if ballots:
            return _open(case, done)
    return None


def _counted(tally: Mapping[str, Any]) -> Vote:
    words = Text(
        "{outcome}（同意 {agree}，不同意 {disagree}，弃权 {abstain}）",
        "{outcome} ({agree} agree, {disagree} disagree, {abstain} abstain)",
    )
    tone = {"carried": "ok", "not-carried": "plain", "no-quorum": "warn"}[tally["outcome"]]
    return Vote(words.fill(**{**tally, "outcome": OUTCOMES[tally["outcome"]]}), tone)


def _open(case: Folded, called: Done) -> Vote:
    acts = case.procedure.acts
    voted = {
        done.person
        for done in case.state.since([called.act])
        if any(spec.type == "ballot" for spec in acts[done.act].content.values())
    }
    period = acts[called.act].period
    until = called.content.get(period.until or "") if period else None
    words = Text("表决中，已投 {n}/{of}", "open, {n} of {of} have voted")
    if until:
        words = Text("{words}，{day}截止", "{words}, until {day}").fill(
            words=words, day=formats.day(date.fromisoformat(until))
        )
    return Vote(words.fill(n=len(voted & set(case.state.experts)), of=len(case.state.experts)), "info")
