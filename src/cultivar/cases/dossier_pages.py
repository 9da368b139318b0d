"""The pages on which a dossier is filled in: section by section, saved as it is typed or as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cultivar.appraisal.completeness import Item, check
from cultivar.cases import dossier_forms as typing_in
from cultivar.cases import evidence as files_of
from cultivar.cases.citing import chip
from cultivar.cases.dossier import Closed, Conflict, is_open, save_field, save_section
from cultivar.cases.dossier_earlier import (
    ALL,
    NOTHING,
    answers_taken,
    offers,
    said_taken,
    with_offers,
)
from cultivar.cases.dossier_forms import Control, Setting
from cultivar.cases.dossier_meter import counts, meter_of
from cultivar.cases.dossier_saving import (
    Unread,
    set_posted_pages,
    spec_of,
    store_uploads,
    take_posted_files,
    with_unread,
)
from cultivar.cases.dossier_values import whole
from cultivar.cases.dossier_view import (
    evidence_rows,
    is_own,
)
from cultivar.cases.dossier_words import words
from cultivar.cases.models import Case, Dossier
from cultivar.cases.offices import find, for_offices
from cultivar.cases.programmes import pinned
from cultivar.cases.record import load
from cultivar.cases.returned import returned
from cultivar.cases.uploading import bounded
from cultivar.ledger import clock
from cultivar.policy.model_form import FormField
from cultivar.policy.text import Text
from cultivar.web import toast
from cultivar.web.components import (
    ErrorItem,
    ErrorSummary,
    Saved,
)
from cultivar.web.requests import ActorRequest

Page = Callable[..., HttpResponse]


SUBMITTED = Text(
    "申报书已经提交，不能再改。你刚输入的内容没有存，还在这一页，可以复制留用。",
    "The dossier has been submitted and cannot be changed. What you just typed was not saved; "
    "it is still on this page and can be copied.",
)
CONTESTED = Text(
    "“{label}”没有存：别人刚把它改成了“{theirs}”。你输入的内容还在框里。",
    "“{label}” was not saved: somebody else has just changed it to “{theirs}”. "
    "Your text is still in the box.",
)
KEEP_MINE = Text("要以你的为准，再保存一次。", "To put yours in its place, save once more.")


@bounded
@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: ActorRequest, number: str, section: str) -> HttpResponse:
    """A section to fill in; posting it saves it, takes its files and goes on to the next one."""
    case, setting = _own_section(request, number, section)
    if request.method == "POST":
        return _save_section(request, case, setting)
    if not is_open(case):
        return redirect("dossier-read", number)
    dossier = Dossier.objects.filter(case=case).first()
    data = whole(case, setting.programme, dossier.data if dossier else {})
    files = evidence_rows(case)
    items = check(setting.programme, data, counts(files))
    found = offers(setting, data, files)
    fields = with_offers(typing_in.controls(setting, data, items, files), found)
    saved = Saved("saved", dossier.saved_at) if dossier and dossier.saved_at else Saved()
    return _section_page(request, setting, fields, items, saved)


def _own_section(request: ActorRequest, number: str, section_id: str) -> tuple[Case, Setting]:
    """The applicant's own case and one of its sections; anybody else's does not exist."""
    actor = request.actor
    case = find(request, number)
    if not is_own(case, actor):
        raise Http404
    programme = pinned(case.digest)
    found = next((one for one in programme.form if one.id == section_id), None)
    if found is None:
        raise Http404
    regional = any(spec.type == "partner-regions" for spec in found.fields)
    regions = typing_in.partner_regions(case, programme) if regional else ()
    return case, Setting(case, programme, found, regions)


def _save_section(request: ActorRequest, case: Case, setting: Setting) -> HttpResponse:
    specs = [spec for spec in setting.section.fields if typing_in.was_shown(spec, request.POST)]
    typed = {spec.id: typing_in.posted(setting, spec, request.POST) for spec in specs}
    bases = {spec.id: typing_in.posted_base(spec, request.POST) for spec in specs}
    take = request.POST.get("take", "")
    found = offers(setting, {}, evidence_rows(case)) if take else NOTHING
    answers = answers_taken(found, take, typed, bases)
    for name, value in answers.items():
        typed[name], bases[name] = value, bases.get(name) or ""
    try:
        done = save_section(case, typed, bases)
        refused = take_posted_files(request, case, setting, found)
        unread = set_posted_pages(request, case, setting.section.fields)
    except Closed:
        return _too_late(request, setting, typed)
    files = evidence_rows(case)
    items = check(setting.programme, done.data, counts(files))
    fields = typing_in.controls(setting, done.data, items, files)
    fields = [
        _contest(one, setting, typed[one.id], done.conflicts[one.id]) if one.id in done.conflicts else one
        for one in fields
    ]
    fields = [replace(one, problem=refused.get(one.id, one.problem)) for one in fields]
    fields = [with_unread(one, unread) for one in fields]
    wrong = [ErrorItem(one.problem, _place(one)) for one in fields if one.problem is not None]
    if wrong:
        saved = Saved("saved", clock.now()) if not done.conflicts else None
        return _section_page(request, setting, fields, items, saved, wrong, status=422)
    files_taken = found.files if take == ALL else found.files.keys() & {take.partition(":")[0]}
    names = [*answers, *files_taken]
    toast.done(request, said_taken(setting.programme, names) if names else Text("已保存。", "Saved."))
    return redirect(_onward(request, case, setting))


def _place(shown: Control) -> str:
    """The control to which an error leads: of a table its first wrong cell."""
    rows = shown.table.rows if shown.table else ()
    return next((cell.dom for row in rows for cell in row.cells if cell.problem), shown.dom)


def _contest(shown: Control, setting: Setting, mine: Any, theirs: Any) -> Control:
    """A control with what was typed, and in words what another person saved there."""
    spec = setting.programme.form_fields[shown.id]
    again = typing_in.typed(shown, setting, spec, mine, theirs)
    values = words(setting.programme, spec, theirs, setting.regions)
    said = CONTESTED.fill(label=spec.text, theirs=values)
    return replace(again, problem=Text(f"{said.zh}{KEEP_MINE.zh}", f"{said.en} {KEEP_MINE.en}"))


def _too_late(request: ActorRequest, setting: Setting, typed: Mapping[str, Any]) -> HttpResponse:
    """The dossier was submitted meanwhile: says so and keeps what was typed on the page."""
    dossier = Dossier.objects.get(case=setting.case)
    files = evidence_rows(setting.case)
    data = whole(setting.case, setting.programme, dossier.data)
    items = check(setting.programme, data, counts(files))
    fields = [
        typing_in.typed(one, setting, spec_of(setting, one.id), typed[one.id], dossier.data.get(one.id))
        if one.id in typed
        else one
        for one in typing_in.controls(setting, data, items, files)
    ]
    errors = [ErrorItem(SUBMITTED, "main")]
    return _section_page(request, setting, fields, items, None, errors, status=409)


def _onward(request: ActorRequest, case: Case, setting: Setting) -> str:
    """Where to go after a save: the next section, after the last the whole dossier, or the same place."""
    ids = [one.id for one in setting.programme.form]
    here = ids.index(setting.section.id)
    if request.POST.get("go") != "next":
        named = (request.POST.get(name, "") for name in ("remove", "upload", "add", "drop", "take"))
        anchor = next((one.partition(":")[0] for one in named if one), "")
        field = f"#id_{anchor}-field" if any(anchor == spec.id for spec in setting.section.fields) else ""
        return reverse("dossier", args=[case.number, setting.section.id]) + field
    if here + 1 < len(ids):
        return reverse("dossier", args=[case.number, ids[here + 1]])
    return reverse("dossier-read", args=[case.number])


def _section_page(
    request: ActorRequest,
    setting: Setting,
    fields: Sequence[Control],
    items: Sequence[Item],
    saved: Saved | None,
    wrong: Sequence[ErrorItem] = (),
    status: int = 200,
) -> HttpResponse:
    case, programme = setting.case, setting.programme
    folded = load(case.number)
    names = [one.id for one in programme.form]
    here = names.index(setting.section.id)
    context = {
        "case": case,
        "section": setting.section.text,
        "number": here + 1,
        "chips": [chip(programme, article) for article in setting.section.articles],
        "fields": fields,
        "meter": meter_of(case, programme, request.actor, items, setting.section, folded=folded),
        "saved": saved,
        "errors": ErrorSummary(tuple(wrong), _TO_SAVE if status == 422 else _TOO_LATE) if wrong else None,
        "previous": reverse("dossier", args=[case.number, names[here - 1]]) if here else "",
        "next": here + 2 if here + 1 < len(names) else 0,
        "offered": sum(field.offer is not None or bool(field.file_offers) for field in fields),
        "multipart": any(spec.type == "evidence" for spec in setting.section.fields),
        "returned": returned(case, folded, request.actor),
    }
    return render(request, "cases/dossier_section.html", context, status=status)


_TO_SAVE = Text("其他内容都已保存", "everything else is saved")
_TOO_LATE = Text("这一页没有存", "this page was not saved")


# ------------------------------------------------------------------------------------------------- autosave


@never_cache
@for_offices
@require_POST
def field(request: ActorRequest, number: str, section: str, field: str) -> HttpResponse:
    """Saves one field as it is typed and answers with what changes around it; the control itself stays."""
    case, setting = _own_section(request, number, section)
    spec = spec_of(setting, field)
    if not typing_in.was_shown(spec, request.POST):
        raise Http404
    typed = typing_in.posted(setting, spec, request.POST)
    try:
        saved = save_field(case, spec.id, typed, typing_in.posted_base(spec, request.POST))
    except Closed:
        shown = replace(typing_in.control(setting, spec, typed), problem=SUBMITTED)
        return render(
            request, "cases/parts/dossier_answer.html", {"field": shown, "kept": "closed"}, status=409
        )
    except Conflict as conflict:
        return _conflict(request, setting, spec, typed, conflict.theirs)
    context = {
        "field": typing_in.control(setting, spec, typed, saved.item),
        "derived": typing_in.derived_controls(setting, saved.data, saved.items),
        "saved": Saved("saved", saved.at),
        "case": case,
        "meter": meter_of(case, setting.programme, request.actor, saved.items, setting.section, swap=True),
    }
    return render(request, "cases/parts/dossier_answer.html", context)


def _conflict(
    request: ActorRequest, setting: Setting, spec: FormField, typed: Any, theirs: Any
) -> HttpResponse:
    """Two people typed the same field: what stands now, in words, and a choice; nothing is lost."""
    contested = typing_in.contested(setting, spec, theirs)
    shown = typing_in.control(setting, spec, typed)
    said = CONTESTED.fill(label=spec.text, theirs=contested.words)
    base = typing_in.as_json(typing_in.posted_base(spec, request.POST))
    shown = replace(shown, problem=said, contested=contested, base=base)
    context = {"field": shown, "kept": "contested"}
    return render(request, "cases/parts/dossier_answer.html", context, status=409)


@bounded
@never_cache
@for_offices
@require_POST
def files(request: ActorRequest, number: str, section: str, field: str) -> HttpResponse:
    """Takes files into a field, or one out of it (``remove``), and answers with the field again."""
    case, setting = _own_section(request, number, section)
    spec = spec_of(setting, field)
    if spec.type != "evidence":
        raise Http404
    refused: list[Text] = []
    unread: Unread = {}
    try:
        sha256 = request.POST.get("remove", "").partition(":")[2]
        if sha256:
            files_of.remove(case, spec.id, sha256)
        refused = store_uploads(request, case, spec)
        unread = set_posted_pages(request, case, [spec])
    except Closed:
        refused = [SUBMITTED]
    dossier = Dossier.objects.filter(case=case).first()
    rows = evidence_rows(case)
    data = whole(case, setting.programme, dossier.data if dossier else {})
    items = check(setting.programme, data, counts(rows))
    item = next(one for one in items if one.field == spec.id)
    shown = typing_in.control(setting, spec, None, item, rows)
    (shown,) = with_offers([with_unread(shown, unread)], offers(setting, data, rows))
    if refused:
        shown = replace(shown, problem=Text("".join(t.zh for t in refused), " ".join(t.en for t in refused)))
    context = {
        "field": shown,
        "saved": None if refused or unread else Saved("saved", clock.now()),
        "case": case,
        "meter": meter_of(case, setting.programme, request.actor, items, setting.section, swap=True),
    }
    return render(
        request, "cases/parts/dossier_files_answer.html", context, status=422 if refused or unread else 200
    )
