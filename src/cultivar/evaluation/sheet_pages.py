"""The sheet of an expert: criteria with their bands beside the dossier; it saves by itself and is handed in once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cultivar.cases import presenting
from cultivar.cases.act_pages import new_key, said_to_be, tell
from cultivar.cases.citing import chip, first_chip
from cultivar.cases.dossier_view import DossierView, dossier_view, shown_to
from cultivar.cases.models import Case, Todo
from cultivar.cases.offices import find, for_offices
from cultivar.cases.perform import BadContent, Receipt, Refused, perform, question
from cultivar.cases.programmes import calendar
from cultivar.cases.record import Folded, load
from cultivar.evaluation import sheet_drafts, sheet_form
from cultivar.evaluation.sheet_drafts import Kept
from cultivar.evaluation.sheet_form import Entry, Row, Sheet
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.procedure.engine import Option, available
from cultivar.procedure.guards import Reason
from cultivar.web import toast
from cultivar.web.components import Due, ErrorItem, ErrorSummary, Saved
from cultivar.web.requests import ActorRequest

NOT_YOURS = Text("这里没有你要填的评分表。", "There is no sheet here for you to fill in.")
CLOSED = Text(
    "评分表已经交了，或者专家组已经关闭。刚输入的没有存，还在这一页，可以复制留用。",
    "The sheet is handed in, or the panel is closed. What you just typed was not saved; it is still on this page.",
)
STALE = Text(
    "“{label}”在另一个窗口改过，这里已换成新的。核对后再交。",
    "“{label}” was changed in another window; the new text stands here. Check it, then hand in.",
)
TO_HAND_IN = Text("改好才能交评分表；已填的都存了", "correct them to hand in; what you typed is saved")
NOT_SAVED = Text("这一页有没存上的", "not everything on this page is saved")


@dataclass(frozen=True)
class Desk:
    """An expert before the sheet of a case."""

    case: Case
    folded: Folded
    option: Option
    sheet: Sheet
    open: bool  # it may be written


def _desk(request: ActorRequest, number: str, act_id: str) -> Desk:
    """The sheet of a case for who asks: those to whom the act belongs. Raises Http404 for everybody else."""
    case = find(request, number)
    folded = load(number)
    asked = question(folded, clock.now())
    option = next((one for one in available(request.actor, asked) if one.act_id == act_id), None)
    if option is None or all(spec.type != "score-sheet" for spec in option.act.content.values()):
        raise Http404(NOT_YOURS)
    criteria = asked.matter.terms.values.get("criteria") or []
    sheet = Sheet.of(option.act, criteria, reverse("sheet-save", args=[number, act_id]))
    return Desk(case, folded, option, sheet, sheet_drafts.may_write(folded, act_id, request.actor.person_key))


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: ActorRequest, number: str, act_id: str) -> HttpResponse:
    """The sheet; a post saves it, or saves it and hands it in."""
    desk = _desk(request, number, act_id)
    if request.method == "POST":
        return _posted(request, desk)
    return _page(request, desk, sheet_drafts.draft_of(desk.case, request.actor.person_key))


def _posted(request: ActorRequest, desk: Desk) -> HttpResponse:
    typed, bases = sheet_form.typed(desk.sheet, request.POST), sheet_form.bases(desk.sheet, request.POST)
    handing_in = request.POST.get("go") == "hand-in"
    if not desk.open:
        return _not_open(request, desk, typed) if handing_in else _too_late(request, desk, typed)
    kept = sheet_drafts.save(desk.case, request.actor.person_key, typed, bases)
    if kept.conflicts:
        return _contested(request, desk, kept, typed)
    if handing_in:
        return _hand_in(request, desk, kept, typed)
    toast.done(request, Text("已保存。", "Saved."))
    entry, _, _ = request.POST.get("band", "").rpartition("=")
    place = f"#{sheet_form.control(desk.sheet, entry, {}).dom}" if entry in desk.sheet.entries else ""
    return redirect(reverse("sheet", args=[desk.case.number, desk.option.act_id]) + place)


def _hand_in(request: ActorRequest, desk: Desk, kept: Kept, typed: Mapping[str, str]) -> HttpResponse:
    """Hands in what this page showed and saved, and nothing that another window wrote meanwhile."""
    stale = [name for name, text in typed.items() if kept.data.get(name, "") != text]
    if stale:
        told = {name: STALE.fill(label=sheet_form.control(desk.sheet, name, {}).label) for name in stale}
        return _page(request, desk, kept, told, status=409)
    wrong = sheet_form.problems(desk.sheet, kept.data)
    if wrong and desk.option.allowed:
        return _page(request, desk, kept, wrong, status=422)
    try:
        receipt = _perform(request, desk, kept.data)
    except Refused as refused:
        return _page(request, desk, kept, reasons=refused.reasons, status=422)
    except BadContent as bad:
        told = {problem.field: problem.text for problem in bad.problems}
        return _page(request, desk, kept, told, status=422)
    return _done(request, desk, receipt)


@transaction.atomic
def _perform(request: ActorRequest, desk: Desk, data: Mapping[str, str]) -> Receipt:
    """The act, and the end of the draft: together or not at all."""
    receipt = perform(
        desk.case.number,
        desk.option.act_id,
        request.actor,
        desk.sheet.content(data),
        key=said_to_be(request),
    )
    sheet_drafts.forget(desk.case, request.actor.person_key)
    return receipt


def _done(request: ActorRequest, desk: Desk, receipt: Receipt) -> HttpResponse:
    tell(request, desk.option.act, receipt)
    return redirect("case", desk.case.number)


def _not_open(request: ActorRequest, desk: Desk, typed: Mapping[str, str]) -> HttpResponse:
    """Handed in before with the same key: the first receipt again; else why it cannot be."""
    try:
        return _done(request, desk, _perform(request, desk, typed))
    except Refused as refused:
        return _page(request, desk, Kept(typed, {}, None), reasons=refused.reasons, status=409)
    except BadContent:
        return _too_late(request, desk, typed)


def _too_late(request: ActorRequest, desk: Desk, typed: Mapping[str, str]) -> HttpResponse:
    return _page(request, desk, Kept(typed, {}, None), {"": CLOSED}, status=409)


def _contested(request: ActorRequest, desk: Desk, kept: Kept, typed: Mapping[str, str]) -> HttpResponse:
    """Two windows wrote the same entry: both texts are shown, and saving once more puts this one in its place."""
    return _page(request, desk, kept, mine={name: typed[name] for name in kept.conflicts}, status=409)


# --------------------------------------------------------------------------------------------------- the page


def _page(
    request: ActorRequest,
    desk: Desk,
    kept: Kept,
    wrong: Mapping[str, Text] | None = None,
    *,
    mine: Mapping[str, str] | None = None,
    reasons: tuple[Reason, ...] = (),
    status: int = 200,
) -> HttpResponse:
    folded, act = desk.folded, desk.option.act
    rows = [_row_with(row, kept, mine or {}) for row in sheet_form.rows(desk.sheet, kept.data, wrong)]
    texts = [_with(one, kept, mine or {}) for one in sheet_form.texts(desk.sheet, kept.data, wrong)]
    refused = reasons or desk.option.reasons
    context = {
        "case": desk.case,
        "act": act,
        "act_id": desk.option.act_id,
        "rows": rows,
        "texts": texts,
        "tally": sheet_form.tally(desk.sheet, kept.data),
        "saved": _saved(kept, desk, status),
        "errors": _errors(rows, texts, wrong or {}, status),
        "key": said_to_be(request) if request.method == "POST" else new_key(),
        "chips": [chip(folded.programme, article) for article in act.articles],
        "refusals": [
            (presenting.sentence(reason, folded), first_chip(folded.programme, reason.articles))
            for reason in refused
        ],
        "handed_in": _handed_in(desk, request.actor.person_key),
        "open": desk.open,
        "due": _due(desk, request.actor.person_key),
        "view": _dossier(desk, request),
        "recuse": next((name for name, one in folded.procedure.acts.items() if one.leaves_panel), ""),
        "sealed": next((one for one in act.content.values() if one.sealed_until), None) is not None,
    }
    return render(request, "evaluation/sheet.html", context, status=status)


def _row_with(row: Row, kept: Kept, mine: Mapping[str, str]) -> Row:
    reason = _with(row.reason, kept, mine) if row.reason else None
    return replace(row, score=_with(row.score, kept, mine), reason=reason)


def _with(shown: Entry, kept: Kept, mine: Mapping[str, str]) -> Entry:
    if shown.id not in kept.conflicts:
        return shown
    return sheet_form.in_conflict(shown, mine[shown.id], kept.conflicts[shown.id])


def _saved(kept: Kept, desk: Desk, status: int) -> Saved | None:
    if kept.conflicts or (status == 409 and not desk.open):
        return None
    return Saved("saved", kept.at) if kept.at else Saved()


def _errors(
    rows: list[Row], texts: list[Entry], wrong: Mapping[str, Text], status: int
) -> ErrorSummary | None:
    if status == 200:
        return None
    shown = [one for row in rows for one in (row.score, row.reason) if one is not None] + texts
    placed = {one.id: ErrorItem(one.problem, one.dom) for one in shown if one.problem is not None}
    general = [ErrorItem(text, "main") for name, text in wrong.items() if name not in placed]
    items = (*placed.values(), *general)
    return ErrorSummary(items, NOT_SAVED if status == 409 else TO_HAND_IN) if items else None


def _handed_in(desk: Desk, person: str) -> int | None:
    """The entry that handed in this expert's sheet."""
    acts = [one for one in desk.folded.state.stay if one.act == desk.option.act_id and one.person == person]
    return acts[-1].seq if acts else None


def _due(desk: Desk, person: str) -> Due | None:
    todo = Todo.objects.filter(case=desk.case, act=desk.option.act_id, person=person).first()
    if todo is None or todo.due_on is None:
        return None
    return presenting.due_on(todo.due_on, todo.provisional, clock.today(), calendar())


def _dossier(desk: Desk, request: ActorRequest) -> DossierView | None:
    """The dossier beside the sheet, so that nobody judges from memory."""
    shown = shown_to(desk.case, request.actor)
    if shown is None:
        return None
    return dossier_view(desk.case, desk.folded.programme, shown.data, shown.evidence, request.actor)


# ------------------------------------------------------------------------------------------------------ autosave


@never_cache
@for_offices
@require_POST
def save(request: ActorRequest, number: str, act_id: str) -> HttpResponse:
    """Saves one entry as it is typed and answers with what changes around it; the control itself stays."""
    desk = _desk(request, number, act_id)
    typed, bases = sheet_form.typed(desk.sheet, request.POST), sheet_form.bases(desk.sheet, request.POST)
    if len(typed) != 1:
        raise Http404(NOT_YOURS)
    ((name, text),) = typed.items()
    if not desk.open:
        shown = replace(sheet_form.control(desk.sheet, name, typed), problem=CLOSED)
        return _answer(request, {"field": shown, "kept": "closed"}, 409)
    kept = sheet_drafts.save(desk.case, request.actor.person_key, typed, bases)
    if name in kept.conflicts:
        shown = sheet_form.control(desk.sheet, name, typed)
        shown = sheet_form.in_conflict(shown, text, kept.conflicts[name])
        return _answer(request, {"field": shown, "kept": "contested"}, 409)
    of = name.partition(".")[2]
    number_of = next((n for n, one in enumerate(desk.sheet.criteria) if one["id"] == of), None)
    context: dict[str, Any] = {
        "field": sheet_form.control(desk.sheet, name, kept.data),
        "row": None if number_of is None else sheet_form.row(desk.sheet, number_of, kept.data),
        "saved": Saved("saved", kept.at),
        "tally": sheet_form.tally(desk.sheet, kept.data),
        "swap": True,
    }
    return _answer(request, context, 200)


def _answer(request: ActorRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "evaluation/parts/sheet_answer.html", context, status=status)
