"""A case: where it stands, what may be done now and what not yet, what was done, and what its file says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cultivar.appraisal.completeness import check, tally
from cultivar.cases import entries, presenting, queries, work_queries
from cultivar.cases import roster_tab as rosters_of
from cultivar.cases.act_forms import OPINIONS
from cultivar.cases.answered import Answered
from cultivar.cases.citing import first_chip
from cultivar.cases.contents import said
from cultivar.cases.dossier import is_open
from cultivar.cases.dossier_changes import compare
from cultivar.cases.dossier_view import dossier_view, is_own, sees_personal, shown_to
from cultivar.cases.erasing import kept_on, may_agree, may_erase
from cultivar.cases.evidence_leads import elsewhere
from cultivar.cases.evidence_view import by_condition
from cultivar.cases.flow_picture import picture
from cultivar.cases.leads import leads_of, may_see
from cultivar.cases.models import Case, Evidence, Todo
from cultivar.cases.offices import find, for_offices
from cultivar.cases.opening import may_hang
from cultivar.cases.perform import question
from cultivar.cases.programmes import calendar
from cultivar.cases.readiness import report_on
from cultivar.cases.receipts import badge
from cultivar.cases.record import Folded, load
from cultivar.cases.sight import parts_of, record
from cultivar.ledger import clock
from cultivar.policy.model_procedure import ContentField
from cultivar.policy.text import Text
from cultivar.procedure.erasure import act_in
from cultivar.procedure.guards import Question
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor
from cultivar.registry.regions import name_of
from cultivar.web import components as c
from cultivar.web.paging import page_number
from cultivar.web.requests import ActorRequest

TABS = ("overview", "dossier", "roster", "evidence", "conditions", "leads", "changes")


@for_offices
def case(request: ActorRequest, number: str, tab: str = "overview") -> HttpResponse:
    """Where a case stands, what I may do now, and what not yet and why."""
    row = find(request, number)
    if tab not in TABS or (row.about != "application" and tab != TABS[0]):
        raise Http404(Text("没有这一页。", "There is no such page."))
    folded = load(number)
    asked = question(folded, clock.now())
    context = _frame(request, row, folded, asked)
    context |= {"tab": tab, "tabs": _tabs(row, folded, tab, request.actor)}
    context |= _TAB_CONTEXT[tab](request, row, folded) | {
        "instead": _instead(row, folded, tab, request.actor)
    }
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
    awaited = [
        (todo.act, todo.due_on, bodies[act_in(programme, folded.procedure, todo.act).body].text)
        for todo in waits
    ]
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
        "erasing": may_agree(folded, actor),
        "due": presenting.due_on(*due, clock.today(), calendar()) if due else None,
        "receipt": presenting.receipt(latest, folded) if latest else None,
        "children": children,
        "people": people,
        "editable": _is_writing(row, actor),
        "openings": _openings(row, folded, actor),
        "reader": reverse("programme", args=[programme.programme, programme.version]),
        "picture": picture(
            programme,
            row.procedure,
            been={visit.stage for visit in folded.state.visits},
            here=folded.state.stage,
            names={
                name: presenting.stage_name(stage, programme, actor)
                for name, stage in folded.procedure.stages.items()
            },
        ),
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
    for done in folded.state.acts:
        for name, spec in folded.procedure.acts[done.act].content.items():
            if spec.type in ("experts", "seated-experts", "barred-experts"):
                named.update(done.content.get(name) or ())
    waiting = (folded.state.pending, folded.state.erasing)
    named |= {done.person for done in (*waiting, *folded.state.erasures) if done}
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
    """The matters about its title, or hanging on the case itself, that this office may open from here."""
    held = bool(_granted(folded)) and work_queries.grant_of(row) is not None
    parts = parts_of(folded, actor)
    links = []
    for name, procedure in folded.programme.procedures.items():
        hangs = procedure.about == "case" and procedure.parent == row.procedure
        if not hangs and not (held and procedure.about == "title"):
            continue
        act = next(act for act in procedure.acts.values() if act.opens_case)
        mine = act.body in parts and act.post in ("", actor.post)
        if mine and (not hangs or may_hang(row, folded, name, actor)):
            links.append(c.Link(act.text, reverse("open", args=[row.number, name])))
    return links


def _tabs(row: Case, folded: Folded, current: str, actor: Actor) -> list[c.Tab]:
    if folded.procedure.about != "application":
        return []
    names = {
        "overview": Text("概要", "Overview"),
        "dossier": Text("申报书", "Dossier"),
        "roster": Text("企业名单", "Roster"),
        "evidence": Text("佐证", "Evidence"),
        "conditions": Text("条件核对", "Conditions"),
        "leads": Text("线索", "Leads"),
        "changes": Text("与上次提交比较", "Since the last submission"),
    }
    submitted = _submissions(folded)
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
        if (name != "changes" or _comparable(row, folded, actor))
        and (name != "leads" or (submitted and may_see(folded.programme, actor)))
    ]


def _submissions(folded: Folded) -> int:
    """How often a dossier was submitted."""
    return sum(isinstance(done.content.get("dossier"), str) for done in folded.state.acts)


def _is_writing(row: Case, actor: Actor) -> bool:
    """Whether the office has the dossier in hand."""
    return is_own(row, actor) and is_open(row)


def _comparable(row: Case, folded: Folded, actor: Actor) -> bool:
    """Whether there are two submissions, or one and what the applicant has written since."""
    submitted = _submissions(folded)
    return submitted > 1 or (submitted == 1 and _is_writing(row, actor))


def _instead(row: Case, folded: Folded, tab: str, actor: Actor) -> c.Empty | None:
    """What stands in the place of a dossier that this office may not read, so that nobody takes it for an empty one."""
    shown = _submissions(folded) or _is_writing(row, actor)
    if row.about != "application" or (shown and (tab != "changes" or _comparable(row, folded, actor))):
        return None
    if shown:
        words = Text("没有可以比较的两次提交", "There are no two submissions to compare")
        return c.Empty(words, Text("再次提交后在这里比较。", "They are compared here after the next one."))
    if is_own(row, actor):
        return c.Empty(
            Text("申报书没有提交，这个案件已经办结", "This case ended without a dossier submitted")
        )
    return c.Empty(
        Text("申报书还没有提交，不在这里显示", "The dossier is not submitted yet and not shown here"),
        Text(
            "提交以前只有申报单位能看；提交后，数字、佐证材料和当时的企业名单都在这里。",
            "Until then only the applicant reads it; afterwards its figures, evidence and roster stand here.",
        ),
    )


def _shown(
    row: Case, actor: Actor, *, personal: bool = False
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The data and files of the dossier that this office reads."""
    shown = shown_to(row, actor, personal=personal)
    return (shown.data, shown.evidence) if shown else ({}, ())


def _overview(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    if folded.procedure.about != "application":
        return {}
    data, files = _shown(row, request.actor)
    fields = folded.programme.form_fields
    keys = [spec for spec in fields.values() if spec.numeric and spec.type != "decimal"][:6]
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
        act = folded.act_of(done)
        for name, spec in act.content.items():
            if done in folded.state.acts and spec.type == "per-condition" and name in done.content:
                said.pop(done.act, None)
                said[done.act] = (spec.text, done.content[name])
    return said


def condition_rows(folded: Folded, shown: Answered, actor: Actor) -> list[dict[str, Any]]:
    """The answers to the conditions, each with what offices said of it."""
    said = _opinions(folded, actor)
    rows = []
    for row in shown.rows:
        opinions = [(name, given[row.id]) for name, given in said.values() if row.id in given]
        told = [(name, dict(OPINIONS)[one["opinion"]], one.get("remark", "")) for name, one in opinions]
        rows.append({**vars(row), "bounded": row.bounded, "opinions": told})
    return rows


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
        opinions = [given[condition.id]["opinion"] for _, given in said.values() if condition.id in given]
        rows.append(
            {
                "condition": condition,
                "chip": first_chip(folded.programme, [condition.article]),
                "tag": _condition_tag(condition, count, opinions[-1] if opinions else ""),
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
    personal = sees_personal(row, folded.programme, request.actor)
    data, files = _shown(row, request.actor, personal=personal)
    return {"view": dossier_view(row, folded.programme, data, files, request.actor)}


def _roster(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    """The roster that counts: the one submitted with the dossier, or the register's while that is open."""
    roster, submitted = rosters_of.roster_read(row, request.actor)
    number = page_number(request)
    lines = rosters_of.lines(roster, (number - 1) * 50, number * 50)
    may_fill = bool(row.subject_id) and is_open(row) and row.applicant_id == request.actor.organisation
    return {
        "firms": lines,
        "pages": c.Pagination(len(roster.firms), number, 50),
        "total": len(roster.firms),
        "year": roster.year,
        "submitted_at": submitted,
        "fill": reverse("roster", args=[row.subject_id]) if may_fill else "",
    }


def _evidence(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    _, files = _shown(row, request.actor)
    shared = elsewhere(row, {file["sha256"] for file in files}, request.actor)
    return {"asked": by_condition(row, folded.programme, files, shared), "total": len(files)}


def _conditions(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    report = report_on(row, folded, request.actor)
    if report is None:
        return {"rows": []}
    return {
        "answered": report.answered,
        "rows": condition_rows(folded, report.answered, request.actor),
    }


def _leads(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    if not may_see(folded.programme, request.actor):
        raise Http404(Text("没有这一页。", "There is no such page."))
    report = report_on(row, folded, request.actor)
    return {"leads": leads_of(row, folded.programme, report.answered, request.actor) if report else []}


def _changes(request: ActorRequest, row: Case, folded: Folded) -> dict[str, Any]:
    numbers = [_ordinal(request.GET.get(name, "")) for name in ("from", "to")]
    return {"changes": compare(row, folded.programme, request.actor, *numbers), "choosing": True}


def _ordinal(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 5 else None


_TAB_CONTEXT: dict[str, Callable[[ActorRequest, Case, Folded], dict[str, Any]]] = {
    "overview": _overview,
    "dossier": _dossier,
    "roster": _roster,
    "evidence": _evidence,
    "conditions": _conditions,
    "leads": _leads,
    "changes": _changes,
}


@for_offices
def entry(request: ActorRequest, number: str, seq: int) -> HttpResponse:
    """One act in full, or a proposal, with its place in the ledger."""
    row = find(request, number)
    folded = load(number)
    done = entries.readable(folded, request.actor, seq)
    if done is None:
        raise Http404(Text("没有这条记录，或不向你的单位显示。", "There is no such entry for your office."))
    people = work_queries.person_names(_named_people(folded) | {done.person})
    act = folded.act_of(done)
    parts = parts_of(folded, request.actor) | entries.own_part(folded, done, request.actor)
    outside = presenting.is_outsider(folded.programme, request.actor)
    return render(
        request,
        "cases/entry.html",
        {
            "case": row,
            "title": presenting.label(done).fill(act=act.text),
            "done": done,
            "entries": said(folded, done, parts, people, request.actor.person_key),
            "dossier": _dossier_read(row, folded, done, request.actor),
            "office": work_queries.office_names({done.office}).get(
                done.office, folded.programme.bodies[done.body].text
            ),
            "person": "" if outside else people.get(done.person, ""),
            "chips": [first_chip(folded.programme, [article]) for article in act.articles],
            "late": presenting.late(question(folded, clock.now()), done, act),
            "leaf_hash": folded.leaf_hashes[seq],
            "erasable": kept_on(folded, done) if may_erase(folded, request.actor) else [],
            "receipt": badge(seq, reverse("ledger-entry", args=[seq])),
            "names": dict(Evidence.objects.filter(case=row).values_list("sha256", "name")),
        },
    )


def _dossier_read(row: Case, folded: Folded, done: Done, actor: Actor) -> str:
    """The SHA-256 of the dossier that this entry froze, where the dossier that this office reads is that version."""
    fields = folded.act_of(done).content
    frozen = next((done.content[name] for name in done.content if _freezes(fields.get(name))), "")
    shown = shown_to(row, actor) if frozen else None
    return frozen if shown and shown.version and shown.version.sha256 == frozen else ""


def _freezes(spec: ContentField | None) -> bool:
    return spec is not None and spec.type == "dossier"
