"""The list of an expert's sheets."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cultivar.cases import presenting
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import calendar
from cultivar.evaluation import sheet_tasks
from cultivar.evaluation.sheet_tasks import Task
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.paging import page_number
from cultivar.web.requests import ActorRequest

PAGE = 50
NOT_HERE = Text("评分表只有评审专家有。", "Only experts have score sheets.")


@require_safe
@for_offices
def sheets(request: ActorRequest) -> HttpResponse:
    """What is to be scored until when, what is begun, late and handed in."""
    if not sheet_tasks.scores(request.actor):
        raise Http404(NOT_HERE)
    person, number = request.actor.person_key, page_number(request)
    found = sheet_tasks.seated(person)
    cases = list(found[(number - 1) * PAGE : number * PAGE])
    counted = sheet_tasks.figures(person, clock.today())
    context = {
        "rows": [_row(task) for task in sheet_tasks.tasks(cases, person) if task.act],
        "waiting": counted.waiting,
        "late": counted.late,
        "done": counted.done,
        "pages": c.Pagination(found.count(), number, PAGE),
        "empty": c.Empty(
            Text("还没有请你评审的案件。", "You are on no panel yet."),
            Text("进入专家组后列在这里。", "Cases stand here once you are named."),
        ),
    }
    return render(request, "evaluation/sheets.html", context)


def _row(task: Task) -> dict[str, Any]:
    state, detail = _state(task)
    todo = task.todo
    due = (
        presenting.due_on(todo.due_on, todo.provisional, clock.today(), calendar())
        if todo and todo.due_on and not task.sheet
        else None
    )
    address = (
        reverse("sheet", args=[task.case.number, task.act])
        if task.sheet is None
        else reverse("entry", args=[task.case.number, task.sheet.seq])
    )
    return {"case": task.case, "url": address, "state": state, "detail": detail, "due": due}


def _state(task: Task) -> tuple[c.Tag, Text | None]:
    if task.sheet is not None:
        late = task.sheet.days_late
        words = Text(f"逾期 {late} 个工作日交", f"{late} working days late") if late else None
        return c.Tag(Text("已交", "Handed in"), "ok"), words
    if task.todo is not None and task.todo.due_on is not None and task.todo.due_on < clock.today():
        words = Text("已开始，没有交", "begun, not handed in") if task.begun else None
        return c.Tag(Text("逾期", "Late"), "bad"), words
    if task.begun:
        return c.Tag(Text("已开始", "Begun"), "info"), None
    return c.Tag(Text("没有开始", "Not begun"), "plain"), None
