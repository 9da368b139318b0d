"""The rows that follow from a record. ``rows`` is pure in what it is given; only ``write`` touches the tables.

A slice above adds its own projector with ``register``; replay runs every one of them again and compares.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model

from cultivar.cases.models import Case, NoticeItem, Partner, RoundNotice, Seat, TitleChange, Todo
from cultivar.cases.record import Folded, terms_of
from cultivar.ledger import clock
from cultivar.policy.model_procedure import Act
from cultivar.procedure import limits
from cultivar.procedure.calendar import Calendar
from cultivar.procedure.engine import Waiting, waiting
from cultivar.procedure.guards import Question
from cultivar.procedure.matter import Matter
from cultivar.procedure.record import ERASE

Row = dict[str, Any]
Rows = Mapping[type[Model], list[Row]]
Projector = Callable[[Folded, Matter, Calendar], Rows]

_OWN = (Case, Partner, Seat, Todo, RoundNotice, NoticeItem, TitleChange)
_projectors: list[Projector] = []
_models: list[type[Model]] = [*_OWN]


def register(projector: Projector, *models: type[Model]) -> None:
    """Adds a projector and the models that it fills: each has a foreign key ``case`` and nothing else writes it."""
    if projector not in _projectors:
        _projectors.append(projector)
        _models.extend(models)


def all_models() -> tuple[type[Model], ...]:
    """Every projected model, ``Case`` first."""
    return tuple(_models)


def rows(case: Folded, matter: Matter, calendar: Calendar) -> dict[type[Model], list[Row]]:
    """Every projected row of a case, by model."""
    found: dict[type[Model], list[Row]] = {}
    for projector in (_own, *_projectors):
        found.update(projector(case, matter, calendar))
    return found


def write(number: str, before: Rows, after: Rows) -> None:
    """Brings the tables from ``before`` to ``after``, touching only what differs."""
    for model, new in after.items():
        if before.get(model) == new:
            continue
        if model is Case:
            (row,) = new
            Case.objects.update_or_create(number=number, defaults=row) if not before else Case.objects.filter(
                number=number
            ).update(**row)
            continue
        if before.get(model):
            model._default_manager.filter(case_id=number).delete()
        model._default_manager.bulk_create(model(case_id=number, **row) for row in new)


def _own(case: Folded, matter: Matter, calendar: Calendar) -> Rows:
    return {
        Case: [_case(case)],
        Partner: [{"region_id": region} for region in case.state.partners],
        Seat: _seats(case),
        Todo: _todos(case, matter, calendar),
        RoundNotice: _round(case),
        NoticeItem: _notice_items(case, calendar),
        TitleChange: _title_changes(case),
    }


def _case(case: Folded) -> Row:
    opening, state = case.opening, case.state
    latest = state.latest
    if latest is None:
        raise ValueError(f"{case.number} has no record")
    return {
        "procedure": opening.procedure,
        "about": case.procedure.about,
        "programme": case.programme.key,
        "digest": case.digest,
        "subject_id": opening.subject or None,
        "parent_id": opening.parent or None,
        "round_id": opening.round or None,
        "title": opening.title,
        "name_zh": opening.name.zh,
        "name_en": opening.name.en,
        "field": opening.field,
        "applicant_id": opening.applicant or None,
        "lead_region_id": opening.lead_region or None,
        "stage": state.stage,
        "final": _final(case),
        "joint": bool(state.partners),
        "opened_at": (state.visits[0].since if state.visits else latest).at,
        "stage_since": (state.visits[-1].since if state.visits else latest).at,
        "last_seq": latest.seq,
    }


def _final(case: Folded) -> str:
    stage = case.procedure.stages.get(case.state.stage)
    return (stage.final or "") if stage else ""


def _seats(case: Folded) -> list[Row]:
    sheets = {
        done.person
        for done in case.state.acts
        if any(spec.type == "score-sheet" for spec in case.procedure.acts[done.act].content.values())
    }
    return [{"person": person, "done": person in sheets} for person in case.state.experts]


def _todos(case: Folded, matter: Matter, calendar: Calendar) -> list[Row]:
    at = case.state.latest.at if case.state.latest else clock.now()  # no guard asked here looks at the hour
    question = Question(case.programme, case.procedure, case.state, matter, at, calendar)
    todos = [_todo(case, item) for item in waiting(question)]
    erasing = case.state.erasing
    if erasing is not None:
        todos.append(_todo(case, Waiting(ERASE, "confirm", erasing.body, "", not_person=erasing.person)))
    return todos


def _todo(case: Folded, item: Waiting) -> Row:
    body = case.programme.bodies[item.body]
    return {
        "act": item.act_id,
        "step": item.step,
        "body": body.played_by or item.body,
        "post": item.post,
        "region": item.region
        or {"lead region": case.opening.lead_region, "whole region": case.programme.region}.get(
            body.scope, ""
        ),
        "organisation": case.opening.applicant if body.scope == "own cases" else "",
        "person": item.person,
        "not_person": item.not_person,
        "due_on": item.due.last_day if item.due else None,
        "provisional": item.due.provisional if item.due else False,
        "opens_on": item.opens_on,
    }


def _round(case: Folded) -> list[Row]:
    if case.procedure.about != "round":
        return []
    terms = terms_of(case)
    announced = next(
        (done for done in case.state.acts if _says(case.procedure.acts[done.act], "window")), None
    )
    if announced is None or terms.opens_at is None:
        return []
    values = dict(terms.values)
    return [
        {
            "document_number": str(values.get("document-number", "")),
            "opens_at": terms.opens_at,
            "closes_at": terms.closes_at,
            "limits": dict(terms.limits),
            "values": values,
            "announced_at": announced.at,
        }
    ]


def _says(act: Act, content_type: str) -> bool:
    return any(spec.type == content_type for spec in act.content.values())


def _notice_items(case: Folded, calendar: Calendar) -> list[Row]:
    items = []
    for name, act in case.procedure.acts.items():
        done = case.state.last(name)
        if case.procedure.about == "case" or not act.publishes or act.period is None or done is None:
            continue
        due = limits.period(case.procedure, name, case.state, calendar)
        if due is not None:
            items.append(
                {
                    "notice": str(done.content.get("notice", case.number)),
                    "from_on": done.day,
                    "last_day": due.last_day,
                    "provisional": due.provisional,
                }
            )
    return items


def _title_changes(case: Folded) -> list[Row]:
    changes = []
    for done in case.state.acts:
        act = case.procedure.acts[done.act]
        if act.grants or act.ends:
            changes.append(
                {
                    "title": done.content["title"] if act.grants else case.opening.title,
                    "kind": TitleChange.Kind.GRANT if act.grants else TitleChange.Kind.END,
                    "on": done.day,
                    "decision": str(done.content.get("decision", "")),
                    "seq": done.seq,
                }
            )
    return changes
