"""The applicant's pages: apply, fill the dossier section by section, read it, fetch its files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cultivar.appraisal.completeness import Item, by_condition, check
from cultivar.cases import dossier_forms as typing_in
from cultivar.cases import evidence as files_of
from cultivar.cases.citing import chip, first_chip
from cultivar.cases.dossier import Closed, Conflict, is_open, save_field, save_section
from cultivar.cases.dossier_changes import compare
from cultivar.cases.dossier_earlier import (
    NOTHING,
    Offers,
    answers_taken,
    offers,
    take_files,
    with_offers,
)
from cultivar.cases.dossier_forms import ApplyForm, Control, Setting
from cultivar.cases.dossier_values import whole
from cultivar.cases.dossier_view import (
    dossier_view,
    evidence_rows,
    is_own,
    sees_personal,
    shown_to,
)
from cultivar.cases.dossier_words import words
from cultivar.cases.evidence_pages import set_pages
from cultivar.cases.models import Case, Dossier, Subject
from cultivar.cases.offices import find, for_offices
from cultivar.cases.opening import NewSubject, open_application, opening_act
from cultivar.cases.perform import Refused, question
from cultivar.cases.programmes import calendar, concerns, lies_in, pinned
from cultivar.cases.record import Folded, Opening, load
from cultivar.cases.uploading import bounded
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.model_form import FormField, FormSection
from cultivar.policy.text import Text
from cultivar.procedure.engine import Option, available, decide, plays
from cultivar.procedure.guards import Question, Reason
from cultivar.procedure.record import State
from cultivar.registry.actors import Actor
from cultivar.web import formats, toast
from cultivar.web.components import (
    ActButton,
    ArticleChip,
    Completeness,
    CompletenessRow,
    Due,
    ErrorItem,
    ErrorSummary,
    Link,
    Saved,
)
from cultivar.web.due import due
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


# ---------------------------------------------------------------------------------------------------- apply


@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: ActorRequest, number: str) -> HttpResponse:
    """Chooses the subject for which a round is applied to, and opens the application."""
    actor = request.actor
    round_ = Case.objects.select_related("notice").filter(number=number, notice__isnull=False).first()
    if round_ is None:
        raise Http404
    programme = pinned(round_.digest)
    procedure = _application(programme, actor)
    kind = programme.subject.kind
    own = Subject.objects.filter(organisation=actor.organisation, kind=kind)
    subjects = [one for one in own if lies_in(programme, one.region_id)]
    form = ApplyForm(programme, subjects, request.POST if request.method == "POST" else None)
    key = request.POST.get("key") or str(uuid4())
    reasons = _cannot_apply(round_, programme, procedure, actor)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            subject = _chosen(subjects, form.cleaned_data)
            opened = open_application(round_, procedure, subject, actor, key=key).case
        except Refused as refused:
            reasons = refused.reasons
        else:
            toast.done(
                request,
                Text("申报已开始，填了就会保存。", "The application is open; what you type is saved."),
            )
            return redirect("dossier", opened, programme.form[0].id)
    failed = request.method == "POST"
    context = {
        "round": round_,
        "programme": programme,
        "what": programme.subject.text,
        "form": form,
        "new": typing_in.NEW,
        "refusals": [(reason.text, first_chip(programme, reason.articles)) for reason in reasons],
        "errors": ErrorSummary.of(form, blocks=_TO_APPLY) if form.errors else None,
        "due": _closing(round_.notice.closes_at),
        "chips": [
            chip(programme, article)
            for article in programme.procedures[procedure]
            .acts[opening_act(programme.procedures[procedure])]
            .articles
        ],
        "key": key,
    }
    return render(request, "cases/dossier_apply.html", context, status=422 if failed else 200)


_TO_APPLY = Text("改好再开始", "correct them to start")


def _application(programme: Programme, actor: Actor) -> str:
    """The procedure by which this office applies. Raises ``PermissionDenied`` in words for other offices."""
    for name, procedure in programme.procedures.items():
        if procedure.about != "application":
            continue
        part = procedure.acts[opening_act(procedure)].body
        if plays(programme, part, actor) and concerns(programme, actor):
            return name
    whose = Text("你的单位不是这个批次的申报主体。", "Your office does not apply in this round.")
    raise PermissionDenied(whose)


def _cannot_apply(round_: Case, programme: Programme, procedure: str, actor: Actor) -> tuple[Reason, ...]:
    """Why this organisation cannot open an application now, as the engine answers."""
    opening = Opening(procedure, round_.name, round=round_.number, applicant=actor.organisation)
    unborn = Folded("", programme, round_.digest, opening, State())
    act = opening_act(programme.procedures[procedure])
    return decide(act, "do", actor, question(unborn, clock.now())).reasons


def _chosen(subjects: Sequence[Subject], said: Mapping[str, Any]) -> Subject | NewSubject:
    """The subject of the register that was chosen, or the new one that was named."""
    name = Text(said["name_zh"], said["name_en"] or said["name_zh"])
    known = {subject.code: subject for subject in subjects}
    return known.get(said["subject"]) or NewSubject(name, said.get("field", ""), said.get("core_park", ""))


# ------------------------------------------------------------------------------------------------- sections


@dataclass(frozen=True)
class SectionTab:
    """A section in the row of tabs."""

    number: int
    name: Text
    url: str
    whole: bool
    current: bool


@dataclass(frozen=True)
class Meter:
    """What stands beside the form and changes with every save: tabs, completeness, the act of submitting."""

    tabs: tuple[SectionTab, ...]
    completeness: Completeness
    submit: tuple[ActButton, ...]
    due: Due | None
    missing: int
    here: str  # id of the section that is open
    answered: bool  # whether the programme has conditions to be answered


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
    items = check(setting.programme, data, _counts(files))
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


def _counts(files: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in files:
        counts[row["slot"]] = counts.get(row["slot"], 0) + 1
    return counts


def _save_section(request: ActorRequest, case: Case, setting: Setting) -> HttpResponse:
    specs = [spec for spec in setting.section.fields if typing_in.was_shown(spec, request.POST)]
    typed = {spec.id: typing_in.posted(setting, spec, request.POST) for spec in specs}
    bases = {spec.id: typing_in.posted_base(spec, request.POST) for spec in specs}
    take = request.POST.get("take", "")
    found = offers(setting, {}, ()) if take else NOTHING
    for name, value in answers_taken(found, take, typed, bases).items():
        typed[name], bases[name] = value, bases.get(name) or ""
    try:
        done = save_section(case, typed, bases)
        refused = _take_files(request, case, setting, found)
        unread = _set_pages(request, case, setting.section.fields)
    except Closed:
        return _too_late(request, setting, typed)
    files = evidence_rows(case)
    items = check(setting.programme, done.data, _counts(files))
    fields = typing_in.controls(setting, done.data, items, files)
    fields = [
        _contest(one, setting, typed[one.id], done.conflicts[one.id]) if one.id in done.conflicts else one
        for one in fields
    ]
    fields = [replace(one, problem=refused.get(one.id, one.problem)) for one in fields]
    fields = [_with_unread(one, unread) for one in fields]
    wrong = [ErrorItem(one.problem, _place(one)) for one in fields if one.problem is not None]
    if wrong:
        saved = Saved("saved", clock.now()) if not done.conflicts else None
        return _section_page(request, setting, fields, items, saved, wrong, status=422)
    toast.done(request, Text("已保存。", "Saved."))
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


def _take_files(request: ActorRequest, case: Case, setting: Setting, found: Offers) -> dict[str, Text]:
    """Stores what was uploaded with the form or taken over, removes what was asked for; refusals by field."""
    slot, _, sha256 = request.POST.get("remove", "").partition(":")
    if sha256 and _spec(setting, slot).type == "evidence":
        files_of.remove(case, slot, sha256)
    refused = take_files(case, found, request.POST.get("take", ""), request.actor)
    for spec in setting.section.fields:
        if spec.type == "evidence":
            refused.setdefault(spec.id, []).extend(_store(request, case, spec))
    return {
        name: Text("".join(one.zh for one in texts), " ".join(one.en for one in texts))
        for name, texts in refused.items()
        if texts
    }


Unread = dict[
    tuple[str, str], tuple[str, Text]
]  # (field, file) -> the pages as typed, and why they were refused


def _set_pages(request: ActorRequest, case: Case, specs: Iterable[FormField]) -> Unread:
    """Keeps which pages of the files are to be read; what was refused comes back as it was typed."""
    refused: Unread = {}
    fields = {spec.id for spec in specs if spec.type == "evidence"}
    for name, typed in request.POST.items():
        slot, _, sha256 = name.removeprefix("pages.").partition(":")
        if not name.startswith("pages.") or slot not in fields or not isinstance(typed, str):
            continue
        try:
            set_pages(case, slot, sha256, typed)
        except files_of.Refused as problem:
            refused[slot, sha256] = typed, problem.text
    return refused


def _with_unread(shown: Control, refused: Unread) -> Control:
    """A field of files that keeps the pages as they were typed and says what is wrong with them."""
    if not any(slot == shown.id for slot, _ in refused):
        return shown
    files_ = tuple(
        replace(one, pages=refused[shown.id, one.sha256][0]) if (shown.id, one.sha256) in refused else one
        for one in shown.files
    )
    said = [text for (slot, _), (_, text) in refused.items() if slot == shown.id]
    return replace(
        shown, files=files_, problem=Text("".join(t.zh for t in said), " ".join(t.en for t in said))
    )


def _store(request: ActorRequest, case: Case, spec: FormField) -> list[Text]:
    """Stores the uploads of one field; what was refused, in words."""
    field_name = f"file.{spec.id}"
    uploads = request.FILES.getlist(field_name)  # reads the post, so that what was skipped is known
    skipped = getattr(request, "skipped_files", [])
    refused = [files_of.too_large(name) for field, name in skipped if field == field_name]
    for upload in uploads:
        try:
            files_of.store(case, spec.id, upload, request.actor)
        except files_of.Refused as problem:
            refused.append(problem.text)
    return refused


def _spec(setting: Setting, field_id: str) -> FormField:
    found = next((spec for spec in setting.section.fields if spec.id == field_id), None)
    if found is None:
        raise Http404
    return found


def _too_late(request: ActorRequest, setting: Setting, typed: Mapping[str, Any]) -> HttpResponse:
    """The dossier was submitted meanwhile: says so and keeps what was typed on the page."""
    dossier = Dossier.objects.get(case=setting.case)
    files = evidence_rows(setting.case)
    data = whole(setting.case, setting.programme, dossier.data)
    items = check(setting.programme, data, _counts(files))
    fields = [
        typing_in.typed(one, setting, _spec(setting, one.id), typed[one.id], dossier.data.get(one.id))
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
    names = [one.id for one in programme.form]
    here = names.index(setting.section.id)
    context = {
        "case": case,
        "section": setting.section.text,
        "number": here + 1,
        "chips": [chip(programme, article) for article in setting.section.articles],
        "fields": fields,
        "meter": _meter(case, programme, request.actor, items, setting.section),
        "saved": saved,
        "errors": ErrorSummary(tuple(wrong), _TO_SAVE if status == 422 else _TOO_LATE) if wrong else None,
        "previous": reverse("dossier", args=[case.number, names[here - 1]]) if here else "",
        "next": here + 2 if here + 1 < len(names) else 0,
        "offered": sum(field.offer is not None or bool(field.file_offers) for field in fields),
        "multipart": any(spec.type == "evidence" for spec in setting.section.fields),
    }
    return render(request, "cases/dossier_section.html", context, status=status)


_TO_SAVE = Text("其他内容都已保存", "everything else is saved")
_TOO_LATE = Text("这一页没有存", "this page was not saved")


# --------------------------------------------------------------------------------------------------- meter


def _meter(
    case: Case,
    programme: Programme,
    actor: Actor,
    items: Sequence[Item],
    here: FormSection | None,
    swap: bool = False,
) -> Meter:
    asked = question(load(case.number), clock.now())
    options = [
        option
        for option in available(actor, asked)
        if case.stage in option.act.from_
        and any(spec.type == "dossier" for spec in option.act.content.values())
    ]
    return Meter(
        _tabs(case, programme, items, here),
        _completeness(case, programme, items, swap),
        tuple(_button(case, programme, option, items) for option in options),
        _due(asked, options),
        sum(not item.complete for item in items),
        here.id if here else "",
        bool(programme.conditions),
    )


def _tabs(
    case: Case, programme: Programme, items: Sequence[Item], here: FormSection | None
) -> tuple[SectionTab, ...]:
    unfinished = {item.section for item in items if not item.complete}
    return tuple(
        SectionTab(
            number,
            one.text,
            reverse("dossier", args=[case.number, one.id]),
            one.id not in unfinished,
            here is not None and one.id == here.id,
        )
        for number, one in enumerate(programme.form, 1)
    )


def _completeness(case: Case, programme: Programme, items: Sequence[Item], swap: bool) -> Completeness:
    rows = []
    for heading in by_condition(programme, items):
        tally, target = heading.tally, heading.first_open or heading.items[0]
        name = (
            programme.condition[heading.condition].text
            if heading.condition
            else Text("申报单位与对象", "Applicant and what it applies for")
        )
        rows.append(CompletenessRow(name, tally.done, tally.wrong, tally.empty, _address(case, target)))
    basis = Text("按申报条件", "by condition")
    return Completeness(tuple(rows), basis, swap=swap)


def _address(case: Case, item: Item) -> str:
    return f"{reverse('dossier', args=[case.number, item.section])}#id_{item.field}-field"


def _button(case: Case, programme: Programme, option: Option, items: Sequence[Item]) -> ActButton:
    """The act of submitting as the engine answers, with the way to the first thing that is missing."""
    act = option.act
    cited = [article for reason in option.reasons for article in reason.articles] or act.articles
    button = ActButton(option.act_id, act.text, chip=first_chip(programme, cited))
    if option.allowed:
        consequence = act.consequence.text if act.consequence else None
        address = reverse("act", args=[case.number, option.act_id])
        return replace(button, url=address, tone="primary", consequence=consequence)
    reason = Text(
        "".join(one.text.zh for one in option.reasons), " ".join(one.text.en for one in option.reasons)
    )
    first = next((item for item in items if not item.complete), None)
    short = any(one.missing for one in option.reasons)
    way = Link(Text("去补第一项", "Go to the first one"), _address(case, first)) if first and short else None
    return replace(button, reason=reason, remedy=way)


def _due(asked: Question, options: Sequence[Option]) -> Due | None:
    """Until when: the limit of the act, or the end of the round's window where the act needs it open."""
    today = asked.now.date()
    for option in options:
        if option.due is not None:
            left = calendar().working_days_between(today, option.due.last_day)
            return due(option.due.last_day, today, left, option.due.provisional)
        needs_window = any(asked.programme.guards[name].window for name in option.act.needs)
        if needs_window and asked.matter.terms.closes_at is not None:
            return _closing(asked.matter.terms.closes_at)
    return None


def _closing(closes_at: datetime) -> Due:
    """The end of a window, with its hour."""
    at, now = closes_at.astimezone(formats.SHANGHAI), clock.now()
    words = formats.moment(at)
    date = Text(f"{words.zh} 截止", f"until {words.en}")
    if now >= at:
        return Due("late", Text("申报已截止", "Applications are closed"), date)
    left = calendar().working_days_between(now.date(), at.date())
    provisional = calendar().is_provisional(at.date())
    return replace(due(at.date(), now.date(), left, provisional, closes=at.time()), date=date)


# ------------------------------------------------------------------------------------------------- autosave


@never_cache
@for_offices
@require_POST
def field(request: ActorRequest, number: str, section: str, field: str) -> HttpResponse:
    """Saves one field as it is typed and answers with what changes around it; the control itself stays."""
    case, setting = _own_section(request, number, section)
    spec = _spec(setting, field)
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
        "meter": _meter(case, setting.programme, request.actor, saved.items, setting.section, swap=True),
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
    spec = _spec(setting, field)
    if spec.type != "evidence":
        raise Http404
    refused: list[Text] = []
    unread: Unread = {}
    try:
        sha256 = request.POST.get("remove", "").partition(":")[2]
        if sha256:
            files_of.remove(case, spec.id, sha256)
        refused = _store(request, case, spec)
        unread = _set_pages(request, case, [spec])
    except Closed:
        refused = [SUBMITTED]
    dossier = Dossier.objects.filter(case=case).first()
    rows = evidence_rows(case)
    data = whole(case, setting.programme, dossier.data if dossier else {})
    items = check(setting.programme, data, _counts(rows))
    item = next(one for one in items if one.field == spec.id)
    shown = typing_in.control(setting, spec, None, item, rows)
    (shown,) = with_offers([_with_unread(shown, unread)], offers(setting, data, rows))
    if refused:
        shown = replace(shown, problem=Text("".join(t.zh for t in refused), " ".join(t.en for t in refused)))
    context = {
        "field": shown,
        "saved": None if refused or unread else Saved("saved", clock.now()),
        "case": case,
        "meter": _meter(case, setting.programme, request.actor, items, setting.section, swap=True),
    }
    return render(
        request, "cases/parts/dossier_files_answer.html", context, status=422 if refused or unread else 200
    )


# -------------------------------------------------------------------------------------------------- reading


@never_cache
@for_offices
@require_safe
def read(request: ActorRequest, number: str) -> HttpResponse:
    """The whole dossier to read and print; before submission only the applicant sees one."""
    actor = request.actor
    case = find(request, number)
    programme = pinned(case.digest)
    personal = sees_personal(case, programme, actor)
    about = programme.procedures[case.procedure].about
    shown = shown_to(case, actor, personal=personal) if about == "application" else None
    if shown is None:
        raise Http404
    editing = shown.version is None
    meter = None
    if editing:
        items = check(programme, shown.data, _counts(shown.evidence))
        meter = _meter(case, programme, actor, items, None)
    context = {
        "case": case,
        "view": dossier_view(case, programme, shown.data, shown.evidence, actor),
        "shown": shown,
        "changes": None if editing else compare(case, programme, actor),
        "meter": meter,
        "chips": _basis(programme),
    }
    return render(request, "cases/dossier_read.html", context)


def _basis(programme: Programme) -> list[ArticleChip]:
    first = programme.form[0].articles if programme.form else []
    return [chip(programme, article) for article in first[-1:]]


@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def evidence_file(request: ActorRequest, number: str, sha256: str) -> HttpResponseBase:
    """A file of a case, to whoever may see it; saved to disk, never opened as a page of this site."""
    return _sent(_kept(request, number, sha256), as_attachment=True)


@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def evidence_view(request: ActorRequest, number: str, sha256: str) -> HttpResponseBase:
    """A picture or PDF of a case as the browser shows it, to whoever may have the file; it can run and load nothing."""
    kept = _kept(request, number, sha256)
    if kept.kind not in files_of.SHOWN_KINDS:
        raise Http404
    return _sent(kept, as_attachment=False)


def _kept(request: ActorRequest, number: str, sha256: str) -> files_of.Kept:
    kept = files_of.find(find(request, number), sha256, request.actor)
    if kept is None:
        raise Http404
    return kept


def _sent(kept: files_of.Kept, *, as_attachment: bool) -> HttpResponseBase:
    try:
        content = files_of.open_file(kept)
    except FileNotFoundError:
        gone = Text(
            f"“{kept.name}”的文件不在库里。请告诉管理员，按编号 {kept.sha256[:12]} 从备份恢复。",
            f"The file of “{kept.name}” is missing. Tell the administrator to restore {kept.sha256[:12]} "
            "from the backup.",
        )
        raise Http404(gone) from None
    response = FileResponse(content, content_type=files_of.KINDS[kept.kind].media_type)
    disposition = content_disposition_header(as_attachment, kept.name)
    response["Content-Disposition"] = disposition or ("attachment" if as_attachment else "inline")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
