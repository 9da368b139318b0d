"""Lists for offices: which cases are where, and which rounds there are."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cultivar.cases import presenting, work_queries
from cultivar.cases.models import Case, Todo
from cultivar.cases.offices import for_offices
from cultivar.cases.opening_pages import may_begin
from cultivar.cases.programmes import calendar, catalogue, pinned
from cultivar.cases.sight import oversees
from cultivar.cases.work_queries import Filters
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.procedure.erasure import act_in
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.formats import day
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ALL_ROUNDS = ("", Text("全部批次", "All rounds"))
ALL_STAGES = ("", Text("全部环节", "All stages"))
ALL_MATTERS = ("", Text("全部事项", "All matters"))
ALL_FIELDS = ("", Text("全部领域", "All fields"))


@for_offices
def case_list(request: ActorRequest) -> HttpResponse:
    """Which cases are where."""
    actor, today = request.actor, clock.today()
    filters = Filters(
        *(request.GET.get(name, "").strip() for name in ("q", "round", "procedure", "stage", "field"))
    )
    found = work_queries.cases(actor, filters)
    total, number = found.count(), page_number(request)
    page = list(found[(number - 1) * work_queries.PAGE : number * work_queries.PAGE])
    waits = _first_waits([case.number for case in page])
    return render(
        request,
        "cases/list.html",
        {
            "rows": [_list_row(case, actor, waits.get(case.number), today) for case in page],
            "total": total,
            "filters": _list_filters(actor, filters, total),
            "pages": c.Pagination(total, number, work_queries.PAGE, other_parameters(request)),
            "empty": c.Empty(
                Text("没有符合的案件。", "No case fits."),
                Text("换个条件，或清除筛选。", "Try other filters, or clear them."),
                c.Link(Text("清除筛选", "Clear"), reverse("cases")),
            ),
        },
    )


def _first_waits(numbers: list[str]) -> dict[str, Todo]:
    first: dict[str, Todo] = {}
    for todo in Todo.objects.filter(case__in=numbers).order_by("id"):
        first.setdefault(todo.case_id, todo)
    return first


def _list_row(case: Case, actor: Actor, todo: Todo | None, today: date) -> dict[str, Any]:
    programme = pinned(case.digest)
    procedure = programme.procedures[case.procedure]
    stage = procedure.stages.get(case.stage)
    field = next((one.text for one in programme.fields if one.id == case.field), None)
    part = act_in(programme, procedure, todo.act).body if todo else ""
    body = programme.bodies.get(part)
    return {
        "case": case,
        "url": reverse("case", args=[case.number]),
        "procedure": procedure.text,
        "round": case.round.name if case.round else None,
        "stage": presenting.stage_name(stage, programme, actor) if stage else Text("待审签", "to be agreed"),
        "tone": {"granted": "ok", "refused": "bad"}.get(case.final, "plain"),
        "field": field,
        "region": case.lead_region.short if case.lead_region else None,
        "waits": (body.short or body).text if body else None,
        "due": presenting.due_on(todo.due_on, todo.provisional, today, calendar())
        if todo and todo.due_on
        else None,
        "since": day(case.stage_since),
    }


def _list_filters(actor: Actor, filters: Filters, total: int) -> c.FilterBar:
    programmes = [reading.programme for reading in catalogue().values()]
    procedures = {
        name: one.text
        for programme in programmes
        for name, one in programme.procedures.items()
        if one.about != "round"
    }
    main = [
        programme.procedures[filters.procedure]
        for programme in programmes
        if filters.procedure in programme.procedures
    ]
    main = main or [
        one for programme in programmes for one in programme.procedures.values() if one.about == "application"
    ]
    stages = {name: stage.text for procedure in main for name, stage in procedure.stages.items()}
    fields = {field.id: field.text for programme in programmes for field in programme.fields}
    rounds = {one.number: one.name for one in work_queries.rounds(actor)}
    return c.FilterBar(
        reverse("cases"),
        search_label=Text("名称、申报主体或案件编号", "Name, applicant or case number"),
        search_value=filters.text,
        selects=(
            c.Select("round", Text("批次", "Round"), (ALL_ROUNDS, *rounds.items()), filters.round),
            c.Select(
                "procedure", Text("事项", "Matter"), (ALL_MATTERS, *procedures.items()), filters.procedure
            ),
            c.Select("stage", Text("环节", "Stage"), (ALL_STAGES, *stages.items()), filters.stage),
            c.Select("field", Text("领域", "Field"), (ALL_FIELDS, *fields.items()), filters.field),
        ),
        found=Text(f"共 {total} 件", f"{total} cases"),
    )


@for_offices
def rounds(request: ActorRequest) -> HttpResponse:
    """The rounds: which notice fixed what, how many applications each has, and preparing a new one."""
    actor = request.actor
    found = work_queries.rounds(actor)
    counts = work_queries.applications(actor, [one.number for one in found])
    rows = []
    for one in found:
        programme = pinned(one.digest)
        procedure = programme.procedures[one.procedure]
        stage = procedure.stages.get(one.stage)
        rows.append(
            {
                "round": one,
                "stage": stage.text if stage else procedure.text,
                "notice": getattr(one, "notice", None),
                "count": counts.get(one.number, 0),
                "ranked": oversees(programme, actor),
                "judged": oversees(programme, actor) and bool(programme.judging_bodies),
            }
        )
    ranked = any(row["ranked"] for row in rows)
    return render(
        request,
        "cases/rounds.html",
        {"rows": rows, "prepare": list(_rounds_to_prepare(actor)), "ranked": ranked},
    )


def _rounds_to_prepare(actor: Actor) -> Iterator[tuple[Programme, str, Text]]:
    """The first acts of rounds that are this office's: programme, procedure, what the button says.

    The button names the version, for there may be several; drafts for comment come last.
    """
    programmes = [reading.programme for reading in catalogue().values()]
    for programme in sorted(programmes, key=lambda one: one.status == "draft"):
        for name, procedure in programme.procedures.items():
            first = next(act for act in procedure.acts.values() if act.opens_case)
            if procedure.about == "round" and may_begin(programme, first, actor):
                label = Text("{act} · {version}", "{act} · {version}")
                yield programme, name, label.fill(act=first.text, version=programme.short_title.text)
