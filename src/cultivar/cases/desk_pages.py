"""The desk: what waits for an office, until when, by which article."""

from datetime import date
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cultivar.cases import presenting, work_queries
from cultivar.cases.act_forms import batchable
from cultivar.cases.citing import first_chip
from cultivar.cases.confirming import confirms, unconfirmed
from cultivar.cases.models import Todo
from cultivar.cases.navigation import acts, takes_part
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import calendar, pinned
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.procedure.erasure import act_in
from cultivar.procedure.record import ERASE
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.formats import day, full_day
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest


@for_offices
def desk(request: ActorRequest) -> HttpResponse:
    """What waits for me, until when, by which article; who only reads goes to what there is to read."""
    actor, today = request.actor, clock.today()
    if not acts(actor):
        return redirect("cases" if takes_part(actor) else "programmes")
    show, text, round_number = (request.GET.get(name, "") for name in ("show", "q", "round"))
    figures = work_queries.desk_figures(actor, today)
    todos = work_queries.desk(actor, today, show, text, round_number)
    number = page_number(request)
    rows = list(todos[(number - 1) * work_queries.PAGE : number * work_queries.PAGE])
    total = todos.count()
    return render(
        request,
        "cases/desk.html",
        {
            "today": full_day(today),
            "figures": _desk_figures(figures, show),
            "together": _together(rows),
            "unconfirmed": unconfirmed(actor).count() if confirms(actor) else 0,
            "groups": _grouped([_desk_row(todo, today) for todo in rows], today),
            "total": total,
            "filters": _desk_filters(actor, text, round_number, show),
            "pages": c.Pagination(total, number, work_queries.PAGE, other_parameters(request)),
            "empty": c.Empty(
                Text("今天没有等你办的事。", "Nothing waits for you today."),
                Text("有了新的事项会列在这里。", "What comes up will stand here."),
                c.Link(Text("看全部案件", "See all cases"), reverse("cases")),
            ),
        },
    )


def _together(todos: list[Todo]) -> list[c.Link]:
    """The acts that wait on several of these cases and can be done on all of them from one form."""
    counts: dict[tuple[str, str, Text], int] = {}
    for todo in todos:
        programme = pinned(todo.case.digest)
        act = act_in(programme, programme.procedures[todo.case.procedure], todo.act)
        if todo.act != ERASE and batchable(act) and (todo.opens_on is None or todo.opens_on <= clock.today()):
            key = (todo.act, todo.step, act.text)
            counts[key] = counts.get(key, 0) + 1
    words = {
        True: Text("一并审签：{act}（{n} 件）", "Agree together: {act} ({n})"),
        False: Text("一并办理：{act}（{n} 件）", "Together: {act} ({n})"),
    }
    return [
        c.Link(words[step == "confirm"].fill(act=label, n=n), reverse("batch", args=[act_id]))
        for (act_id, step, label), n in counts.items()
        if n > 1
    ]


def _desk_figures(figures: work_queries.DeskFigures, show: str) -> c.Figures:
    unit, here = Text("件", ""), reverse("desk")

    def figure(label: Text, value: int, which: str, tone: Literal["", "warn", "bad"] = "") -> c.Figure:
        return c.Figure(
            label,
            str(value),
            unit,
            f"{here}?show={which}" if which else here,
            show == which,
            tone if value else "",
        )

    return c.Figures(
        (
            figure(Text("等我办", "For me"), figures.waiting, ""),
            figure(Text("已逾期", "Late"), figures.late, "late", "bad"),
            figure(Text("今天到期", "Due today"), figures.today, "today", "warn"),
            figure(Text("到期才能办", "Not due to be done yet"), figures.later, "later"),
            c.Figure(
                Text("等别的单位", "Waiting for others"), str(figures.elsewhere), unit, reverse("cases")
            ),
        ),
        Text("按期限筛选", "Filter by time limit"),
    )


def _desk_filters(actor: Actor, text: str, round_number: str, show: str) -> c.FilterBar:
    options = (
        ("", Text("全部批次", "All rounds")),
        *((one.number, one.name) for one in work_queries.rounds(actor)),
    )
    selects = (c.Select("round", Text("批次", "Round"), options, round_number),)
    label = Text("名称或案件编号", "Name or case number")
    address = reverse("desk") + (f"?show={show}" if show else "")
    return c.FilterBar(address, search_label=label, search_value=text, selects=selects)


def _desk_row(todo: Todo, today: date) -> dict[str, Any]:
    case = todo.case
    programme = pinned(case.digest)
    procedure = programme.procedures[case.procedure]
    act = act_in(programme, procedure, todo.act)
    agreeing = todo.step == "confirm"
    label = Text("审签：{act}", "Agree: {act}").fill(act=act.text) if agreeing else (act.task or act).text
    direct = agreeing or act.task is None
    stage = procedure.stages.get(case.stage)
    when = todo.due_on or todo.opens_on
    return {
        "case": case,
        "where": case.round.name if case.round else procedure.text,
        "stage": stage.text if stage else procedure.text,
        "act": label,
        "url": reverse("act", args=[case.number, todo.act])
        if direct
        else reverse("case", args=[case.number]),
        "chip": first_chip(programme, act.articles),
        "due": presenting.due_on(todo.due_on, todo.provisional, today, calendar()) if todo.due_on else None,
        "opens": todo.opens_on if todo.opens_on and todo.opens_on > today else None,
        "when": day(when) if when else None,
        "due_on": todo.due_on,
        "joint": case.joint,
        "since": day(case.stage_since),
    }


GROUPS = (
    (Text("已逾期", "Late"), lambda due, today: due is not None and due < today),
    (Text("今天到期", "Due today"), lambda due, today: due == today),
    (Text("本周", "This week"), lambda due, today: due is not None and due <= work_queries.week_ends(today)),
    (Text("以后", "Later"), lambda due, today: due is not None),
    (Text("没有规定期限", "No time limit"), lambda due, today: True),
)


def _grouped(rows: list[dict[str, Any]], today: date) -> list[tuple[Text, list[dict[str, Any]]]]:
    groups: list[tuple[Text, list[dict[str, Any]]]] = []
    for name, belongs in GROUPS:
        taken = [row for row in rows if belongs(row["due_on"], today)]
        rows = [row for row in rows if row not in taken]
        if taken:
            groups.append((name, taken))
    return groups
