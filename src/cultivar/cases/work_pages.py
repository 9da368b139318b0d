"""The offices' pages: desk, list of cases, a case with its record."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, Literal

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cultivar.appraisal.completeness import check, tally
from cultivar.cases import presenting, queries, work_queries
from cultivar.cases.act_forms import OPINIONS, batchable
from cultivar.cases.citing import first_chip
from cultivar.cases.contents import said
from cultivar.cases.dossier import is_open
from cultivar.cases.dossier_view import dossier_view, last_changes, shown_to
from cultivar.cases.models import Case, Evidence, Membership, Todo
from cultivar.cases.navigation import DOING, OFFICES
from cultivar.cases.perform import question
from cultivar.cases.programmes import calendar, catalogue, pinned
from cultivar.cases.record import Folded, load
from cultivar.cases.sight import parts_of, record
from cultivar.cases.work_queries import Filters
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.procedure.guards import Question
from cultivar.registry.actors import Actor
from cultivar.registry.regions import name_of
from cultivar.web import components as c
from cultivar.web.formats import day, full_day
from cultivar.web.paging import page_number
from cultivar.web.requests import ActorRequest

Page = Callable[..., HttpResponse]

ALL_ROUNDS = ("", Text("全部批次", "All rounds"))
ALL_STAGES = ("", Text("全部环节", "All stages"))
ALL_MATTERS = ("", Text("全部事项", "All matters"))
ALL_FIELDS = ("", Text("全部领域", "All fields"))


def for_offices(page: Page) -> Page:
    """Only for people who hold an office; others are asked to sign in."""

    @wraps(page)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.is_public:
            raise Http404(Text("你没有担任任何单位的职务。", "You hold no office here."))
        return page(request, *args, **kwargs)

    return login_required(guarded)


def find(request: ActorRequest, number: str) -> Case:
    """A case in the sight of whoever asks; another's case is not found."""
    try:
        return queries.find(request.actor, number)
    except Case.DoesNotExist:
        raise Http404(
            Text("没有这个案件，或不属于你的单位。", "There is no such case in your office's jurisdiction.")
        ) from None


@for_offices
def desk(request: ActorRequest) -> HttpResponse:
    """What waits for me, until when, by which article; who only reads goes to what there is to read."""
    actor, today = request.actor, clock.today()
    if actor.body not in DOING:
        return redirect("cases" if actor.body in OFFICES else "programmes")
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
            "groups": _grouped([_desk_row(todo, today) for todo in rows], today),
            "total": total,
            "filters": _desk_filters(actor, text, round_number, show),
            "pages": c.Pagination(total, number, work_queries.PAGE, _kept(request)),
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
        act = pinned(todo.case.digest).procedures[todo.case.procedure].acts[todo.act]
        if batchable(act) and (todo.opens_on is None or todo.opens_on <= clock.today()):
            key = (todo.act, todo.step, act.text)
            counts[key] = counts.get(key, 0) + 1
    words = {
        True: Text("一并复核：{act}（{n} 件）", "Agree together: {act} ({n})"),
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
    options = (ALL_ROUNDS, *((one.number, one.name) for one in work_queries.rounds(actor)))
    selects = (c.Select("round", Text("批次", "Round"), options, round_number),)
    label = Text("集群名称或案件编号", "Cluster or case number")
    address = reverse("desk") + (f"?show={show}" if show else "")
    return c.FilterBar(address, search_label=label, search_value=text, selects=selects)


def _desk_row(todo: Todo, today: date) -> dict[str, Any]:
    case = todo.case
    programme = pinned(case.digest)
    procedure = programme.procedures[case.procedure]
    act = procedure.acts[todo.act]
    agreeing = todo.step == "confirm"
    label = Text("复核：{act}", "Agree: {act}").fill(act=act.text) if agreeing else (act.task or act).text
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


def _kept(request: ActorRequest) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in request.GET.items() if name != "page" and value)


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
            "pages": c.Pagination(total, number, work_queries.PAGE, _kept(request)),
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
    part = procedure.acts[todo.act].body if todo else ""
    body = programme.bodies.get(part)
    return {
        "case": case,
        "url": reverse("case", args=[case.number]),
        "procedure": procedure.text,
        "round": case.round.name if case.round else None,
        "stage": presenting.stage_name(stage, actor) if stage else Text("待复核", "to be agreed"),
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
        search_label=Text("集群、申报主体或案件编号", "Cluster, applicant or case number"),
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


TABS = ("overview", "dossier", "roster", "evidence", "conditions", "changes")


@for_offices
def case(request: ActorRequest, number: str, tab: str = "overview") -> HttpResponse:
    """Where a case stands, what I may do now, and what not yet and why."""
    row = find(request, number)
    if tab not in TABS or (row.about != "application" and tab != TABS[0]):
        raise Http404(Text("没有这一页。", "There is no such page."))
    folded = load(number)
    asked = question(folded, clock.now())
    context = _frame(request, row, folded, asked)
    context |= {"tab": tab, "tabs": _tabs(row, folded, tab)}
    context |= _TAB_CONTEXT[tab](request, row, folded)
    return render(request, "cases/case.html", context)


def _frame(request: ActorRequest, row: Case, folded: Folded, asked: Question) -> dict[str, Any]:
    actor, programme = request.actor, folded.programme
    offices = work_queries.office_names({done.office for done in folded.state.acts})
    people = work_queries.person_names(_named_people(folded))
    choices = presenting.choices(asked, folded, actor)
    waits = list(Todo.objects.filter(case=row).order_by("id"))
    doable = {button.key for button in choices.now}
    due = min(
        ((todo.due_on, todo.provisional) for todo in waits if todo.act in doable and todo.due_on),
        default=None,
    )
    children = _children(row, folded, actor)
    bodies = programme.bodies
    awaited = [(todo.act, todo.due_on, (bodies[folded.procedure.acts[todo.act].body]).text) for todo in waits]
    latest = next(record(folded, actor), None)
    return {
        "case": row,
        "qr": printed_code(request.build_absolute_uri(reverse("case", args=[row.number]))),
        "folded": folded,
        "programme": programme,
        "procedure": folded.procedure,
        "partners": [name for region in folded.state.partners if (name := name_of(region))],
        "title": row.title
        or next((done.content["title"] for done in folded.state.acts if "title" in done.content), ""),
        "field": next((one.text for one in programme.fields if one.id == row.field), None),
        "stepper": presenting.stepper(asked, folded, actor, offices),
        "lines": presenting.timeline(
            asked, folded, actor, offices, people, presenting.awaited(asked, folded, actor, awaited)
        ),
        "choices": choices,
        "due": presenting.due_on(*due, clock.today(), calendar()) if due else None,
        "receipt": presenting.receipt(latest, folded) if latest else None,
        "children": children,
        "people": people,
        "editable": is_open(row) and actor.organisation == row.applicant_id and bool(row.applicant_id),
        "openings": _openings(row, folded, actor),
        "reader": reverse("programme", args=[programme.programme, programme.version]),
    }


def _granted(folded: Folded) -> str:
    """The number of the title that a case granted, or ""."""
    return next((str(done.content["title"]) for done in folded.state.acts if "title" in done.content), "")


def printed_code(address: str) -> SafeString:
    """A QR code as inline SVG, so that a printed page finds its case again."""
    return mark_safe(segno.make(address, micro=False).svg_inline(scale=2, border=2))  # noqa: S308 - digits and paths only


def _named_people(folded: Folded) -> set[str]:
    named = {done.person for done in folded.state.acts} | set(folded.state.experts)
    if folded.state.latest:
        named.add(folded.state.latest.person)
    if folded.state.pending:
        named.add(folded.state.pending.person)
    return named - {""}


def _children(row: Case, folded: Folded, actor: Actor) -> list[dict[str, Any]]:
    """The cases that hang on this one and that this office may see."""
    if not any(one.parent == row.procedure for one in folded.programme.procedures.values()):
        return []
    seen = queries.visible(actor).filter(parent=row.number).order_by("number")
    procedures = folded.programme.procedures
    return [
        {
            "url": reverse("case", args=[one.number]),
            "number": one.number,
            "name": procedures[one.procedure].text,
            "stage": procedures[one.procedure].stages[one.stage].text,
        }
        for one in seen
    ]


def _openings(row: Case, folded: Folded, actor: Actor) -> list[c.Link]:
    """The matters about the title that this office may open from here."""
    if (
        row.final != "granted"
        or folded.procedure.about != "application"
        or work_queries.grant_of(row) is None
    ):
        return []
    parts = parts_of(folded, actor)
    links = []
    for name, procedure in folded.programme.procedures.items():
        if procedure.about != "title":
            continue
        act = next(act for act in procedure.acts.values() if act.opens_case)
        if act.body in parts and act.post in ("", actor.post):
            links.append(c.Link(act.text, reverse("open", args=[row.number, name])))
    return links


def _tabs(row: Case, folded: Folded, current: str) -> list[c.Tab]:
    if folded.procedure.about != "application":
        return []
    names = {
        "overview": Text("概要", "Overview"),
        "dossier": Text("申报书", "Dossier"),
        "roster": Text("企业名单", "Roster"),
        "evidence": Text("佐证", "Evidence"),
        "conditions": Text("条件核对", "Conditions"),
        "changes": Text("与上次提交比较", "Since the last submission"),
    }
    submitted = sum(isinstance(done.content.get("dossier"), str) for done in folded.state.acts)
    return [
        c.Tab(
            label,
            reverse("case", args=[row.number])
            if name == "overview"
            else reverse("case-tab", args=[row.number, name]),
            "",
            name == current,
        )
        for name, label in names.items()
        if name != "changes" or submitted > 1
    ]


def _shown(row: Case, actor: Actor) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The data and files of the dossier that this office reads."""
    shown = shown_to(row, actor)
    return (shown.data, shown.evidence) if shown else ({}, ())


def _overview(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    if folded.procedure.about != "application":
        return {}
    data, files = _shown(row, request.actor)
    fields = folded.programme.form_fields
    keys = [spec for spec in fields.values() if spec.type in ("money", "percent", "whole")][:6]
    return {
        "figures": [
            (spec.text, data.get(spec.id), spec.unit.text if spec.unit else "", spec.type)
            for spec in keys
            if data.get(spec.id)
        ],
        "conditions": _condition_rows(folded, data, files, request.actor),
    }


def _opinions(folded: Folded, actor: Actor) -> dict[str, tuple[Text, dict[str, dict[str, str]]]]:
    """What each act said of each condition, the latest of each act: by act, its name and its opinions."""
    said: dict[str, tuple[Text, dict[str, dict[str, str]]]] = {}
    for done in reversed(list(record(folded, actor))):
        act = folded.procedure.acts[done.act]
        for name, spec in act.content.items():
            if done in folded.state.acts and spec.type == "per-condition" and name in done.content:
                said.pop(done.act, None)
                said[done.act] = (spec.text, done.content[name])
    return said


def _condition_rows(
    folded: Folded, data: Mapping[str, Any], files: Sequence[Mapping[str, Any]], actor: Actor
) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for file in files:
        counts[file["slot"]] = counts.get(file["slot"], 0) + 1
    checked = check(folded.programme, data, counts)
    said = _opinions(folded, actor)
    rows = []
    for condition in folded.programme.conditions:
        count = tally([item for item in checked if item.condition == condition.id])
        opinions = [(name, given[condition.id]) for name, given in said.values() if condition.id in given]
        latest = opinions[-1][1]["opinion"] if opinions else ""
        rows.append(
            {
                "condition": condition,
                "chip": first_chip(folded.programme, [condition.article]),
                "tag": _condition_tag(condition, count, latest),
                "opinions": [
                    (name, dict(OPINIONS)[one["opinion"]], one.get("remark", "")) for name, one in opinions
                ],
            }
        )
    return rows


def _condition_tag(condition: Any, count: Any, opinion: str) -> c.Tag:
    if opinion == "meets":
        return c.Tag(Text("认为符合", "Found met"), "ok")
    if opinion == "fails":
        return c.Tag(Text("认为不符合", "Found not met"), "bad")
    if count.wrong or count.empty:
        return c.Tag(
            Text(f"缺 {count.wrong + count.empty} 项", f"{count.wrong + count.empty} missing"), "warn"
        )
    if condition.judged_by == "discretion":
        return c.Tag(Text("裁量，由审核判断", "Discretion: an office judges"), "plain")
    return c.Tag(Text("材料齐", "Complete"), "info")


def _dossier(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    data, files = _shown(row, request.actor)
    return {"view": dossier_view(row, folded.programme, data, files, request.actor)}


def _roster(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    members = (
        Membership.objects.filter(cluster=row.cluster_id)
        .select_related("enterprise__region")
        .order_by("enterprise__code")
    )
    number = page_number(request)
    total = members.count()
    return {
        "members": [one.enterprise for one in members[(number - 1) * 50 : number * 50]],
        "pages": c.Pagination(total, number, 50),
        "total": total,
    }


def _evidence(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    _, files = _shown(row, request.actor)
    labels = {name: spec.text for name, spec in folded.programme.form_fields.items()}
    return {"files": [{**file, "label": labels.get(file["slot"])} for file in files]}


def _conditions(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    data, files = _shown(row, request.actor)
    fields = folded.programme.form_fields.values()
    rows = _condition_rows(folded, data, files, request.actor)
    for entry in rows:
        entry["values"] = [
            (spec.text, data.get(spec.id), spec.unit.text if spec.unit else "")
            for spec in fields
            if spec.condition == entry["condition"].id
            and spec.type in ("whole", "decimal", "percent", "money")
        ]
    return {"conditions": rows}


def _changes(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    return {"changes": last_changes(row, folded.programme, request.actor)}


_TAB_CONTEXT: dict[str, Callable[[ActorRequest, Case, Folded], dict[str, Any]]] = {
    "overview": _overview,
    "dossier": _dossier,
    "roster": _roster,
    "evidence": _evidence,
    "conditions": _conditions,
    "changes": _changes,
}


@for_offices
def entry(request: ActorRequest, number: str, seq: int) -> HttpResponse:
    """One act in full, with its place in the ledger."""
    row = find(request, number)
    folded = load(number)
    done = next((one for one in record(folded, request.actor) if one.seq == seq), None)
    if done is None:
        raise Http404(Text("没有这条记录，或不向你的单位显示。", "There is no such entry for your office."))
    people = work_queries.person_names(_named_people(folded))
    act = folded.procedure.acts[done.act]
    parts = parts_of(folded, request.actor)
    own = frozenset({act.body}) if done.person and done.person == request.actor.person_key else frozenset()
    return render(
        request,
        "cases/entry.html",
        {
            "case": row,
            "act": act,
            "done": done,
            "entries": said(folded, done, parts | own, people),
            "office": work_queries.office_names({done.office}).get(
                done.office, folded.programme.bodies[done.body].text
            ),
            "person": people.get(done.person, "") if request.actor.body not in presenting.OUTSIDERS else "",
            "chips": [first_chip(folded.programme, [article]) for article in act.articles],
            "leaf_hash": folded.leaf_hashes[seq],
            "names": dict(Evidence.objects.filter(case=row).values_list("sha256", "name")),
        },
    )


@for_offices
def rounds(request: ActorRequest) -> HttpResponse:
    """The rounds: which notice fixed what, how many applications each has, and preparing a new one."""
    actor = request.actor
    found = work_queries.rounds(actor)
    counts = work_queries.applications(actor, [one.number for one in found])
    rows = []
    for one in found:
        procedure = pinned(one.digest).procedures[one.procedure]
        stage = procedure.stages.get(one.stage)
        rows.append(
            {
                "round": one,
                "stage": stage.text if stage else procedure.text,
                "notice": getattr(one, "notice", None),
                "count": counts.get(one.number, 0),
            }
        )
    prepare = [
        (reading.programme, name, next(act.text for act in procedure.acts.values() if act.opens_case))
        for reading in catalogue().values()
        for name, procedure in reading.programme.procedures.items()
        if procedure.about == "round"
        and actor.body == "province"
        and any(act.opens_case and act.post in ("", actor.post) for act in procedure.acts.values())
    ]
    return render(
        request,
        "cases/rounds.html",
        {"rows": rows, "prepare": prepare, "ranked": actor.body in ("province", "auditor")},
    )
