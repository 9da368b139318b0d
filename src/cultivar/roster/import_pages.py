"""Sending a workbook, how far it is, what was found in it, and taking its good rows."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from cultivar.cases.file_content import Refused
from cultivar.cases.file_store import Kept, too_large
from cultivar.cases.givers import giver_of
from cultivar.cases.models import Subject
from cultivar.cases.offices import for_offices
from cultivar.cases.uploading import bounded
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.roster import files, jobs, queries
from cultivar.roster.changes import Change
from cultivar.roster.models import Import
from cultivar.roster.roster_pages import NOT_THEIRS, find_roster, reporting_year, years
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import lazily
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ACCEPT = ".xlsx,.xls,.csv"
NO_IMPORT = Text("没有这次导入，或不属于你的单位。", "There is no such import of your office.")
NO_FILE = Text("先选一个文件再传。", "Choose a file first.")


class UploadForm(forms.Form):
    """A file and the year that it is about."""

    file = forms.FileField(
        label=lazily("文件（.xlsx、.xls、.csv）", "File (.xlsx, .xls, .csv)"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": lazily(*NO_FILE),
            "empty": lazily("文件是空的。换一个再传。", "The file is empty. Choose another."),
        },
    )
    year = forms.TypedChoiceField(
        label=lazily("年份", "Year"),
        help_text=lazily(
            "表头没有写年份的列，按这一年读。", "Columns whose heading names no year are read as of this one."
        ),
        coerce=int,
    )

    def __init__(self, subject: Subject | None, *args: Any) -> None:
        super().__init__(*args)
        self.fields["year"].choices = [(one, str(one)) for one in years()]  # type: ignore[attr-defined]
        self.fields["year"].initial = reporting_year(subject)


def find_import(actor: Actor, number: int) -> Import:
    """An import of the office. Raises ``Http404``."""
    one = queries.imports(actor).filter(pk=number).first()
    if one is None:
        raise Http404(NO_IMPORT)
    return one


@bounded
@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: ActorRequest, code: str = "") -> HttpResponse:
    """Sends a workbook: onto the office's own roster, or, an authority's, of its region."""
    subject = _whose(request.actor, code)
    posted = request.method == "POST"
    form = UploadForm(subject, request.POST or None, request.FILES or None) if posted else UploadForm(subject)
    refusal = None
    if posted:
        refusal = _skipped(request)
        if refusal is None and form.is_valid():
            try:
                kept = files.keep(form.cleaned_data["file"])
            except Refused as refused:
                refusal = refused.text
            else:
                one = begin(request.actor, kept, subject, form.cleaned_data["year"])
                return redirect("import", one.pk)
    context = {
        "form": form,
        "subject": subject,
        "refusal": refusal,
        "errors": c.ErrorSummary.of(form, blocks=Text("改好再传", "correct them to upload"))
        if form.errors and not refusal
        else None,
        "template": reverse("roster-template", args=[code]) if code else reverse("general-template"),
    }
    return render(request, "roster/upload.html", context, status=422 if posted else 200)


def _whose(actor: Actor, code: str) -> Subject | None:
    """The roster onto which an office may import, None for an authority's figures. Raises for other offices."""
    if not code:
        if not queries.speaks_for_region(actor):
            raise PermissionDenied(NOT_THEIRS)
        return None
    subject = find_roster(actor, code)
    if not queries.owns(actor, subject):
        raise PermissionDenied(
            Text(
                "这份名单由申报主体自己填。你的单位可从“导入企业数据”填报。",
                "The applicant keeps this roster; your office imports figures of its region.",
            )
        )
    return subject


def _skipped(request: ActorRequest) -> Text | None:
    """The refusal of a file that was too large to be read to its end."""
    skipped = getattr(request, "skipped_files", [])
    return too_large(skipped[0][1]) if skipped else None


@transaction.atomic
def begin(actor: Actor, kept: Kept, subject: Subject | None, year: int) -> Import:
    """Notes an import and asks a worker to check it."""
    giver = giver_of(actor, kept.name)
    one = Import.objects.create(
        office=actor.office_key,
        giver=giver.organisation,
        region="" if giver.organisation else actor.region,
        subject=subject,
        year=year,
        person=actor.person_key,
        name=kept.name,
        sha256=kept.sha256,
        size=kept.size,
        at=clock.now(),
    )
    jobs.check.enqueue(one.pk)
    return one


def taken_before(one: Import) -> Import | None:
    """The last import of the very same file by the same office for the same roster and year that was taken."""
    same = Import.objects.filter(
        office=one.office, giver=one.giver, subject=one.subject_id, year=one.year, sha256=one.sha256
    )
    return same.filter(state=Import.State.TAKEN).exclude(pk=one.pk).order_by("-taken_at").first()


@never_cache
@for_offices
@require_safe
def show(request: ActorRequest, number: int) -> HttpResponse:
    """How far an import is and what was found; while a worker has it, the page asks again by itself."""
    one = find_import(request.actor, number)
    if getattr(request, "htmx", False):
        if one.working:
            return render(request, "roster/parts/progress.html", {"one": one})
        return HttpResponseClientRefresh()
    page = page_number(request)
    found = one.problems.order_by("-blocks", "pk")
    total = found.count()
    context = {
        "one": one,
        "figures": _figures(one),
        "problems": [
            (row, jobs.finding_of(row)) for row in found[(page - 1) * queries.PAGE : page * queries.PAGE]
        ],
        "pages": c.Pagination(total, page, queries.PAGE, other_parameters(request)),
        "before": taken_before(one) if one.state == Import.State.CHECKED else None,
        "outcome": _outcome(one),
        "preview": _preview(one),
    }
    return render(request, "roster/import.html", context)


def _figures(one: Import) -> c.Figures:
    return c.Figures(
        (
            c.Figure(Text("读到的行", "rows read"), str(one.read)),
            c.Figure(Text("可以录入", "good"), str(one.good)),
            c.Figure(Text("有误的行", "wrong"), str(one.wrong), tone="bad" if one.wrong else ""),
            c.Figure(Text("要改", "errors"), str(one.errors), tone="bad" if one.errors else ""),
            c.Figure(Text("提醒", "hints"), str(one.hints), tone="warn" if one.hints else ""),
        )
    )


_CHANGES = (
    ("new_firms", Text("新登记企业", "new enterprises")),
    ("enrolled", Text("新列入名单", "newly on the roster")),
    ("renamed", Text("更正企业信息", "enterprises corrected")),
    ("confirmed", Text("核实企业信息", "enterprises confirmed")),
    ("figures_changed", Text("年度数据有变", "years of figures changed")),
    ("figures_unchanged", Text("年度数据不变", "years of figures unchanged")),
    ("held_changed", Text("资质有变", "titles changed")),
    ("held_ended", Text("资质取消", "titles ended")),
    ("changed", Text("事件和采购有变", "incidents and purchases changed")),
    ("hinted", Text("登记册提醒", "hints of the register")),
)


def _outcome(one: Import) -> list[tuple[Text, int]]:
    return [(name, one.outcome[key]) for key, name in _CHANGES if one.outcome.get(key)]


@dataclass(frozen=True)
class Preview:
    """What taking an import would change: how many of each, and the first changes one by one."""

    counts: tuple[tuple[Text, int], ...]
    changes: tuple[Change, ...]
    more: int


_PREVIEW: tuple[tuple[str, Text], ...] = (
    ("new_firms", Text("新登记的企业", "enterprises not yet in the register")),
    ("new", Text("新填的数据", "statements that are new")),
    ("changed", Text("改动原有的", "statements that change what stood")),
    ("ended", Text("取消的资质", "titles that end")),
    ("same", Text("与原有相同", "statements that say again what stands")),
)


def _preview(one: Import) -> Preview | None:
    """What would change, of an import that waits to be taken; None of one from before this was asked."""
    if one.state != Import.State.CHECKED or one.pruned_at or not one.preview or not one.good:
        return None
    changes = tuple(Change.read(row) for row in one.preview["changes"])
    counts = tuple(
        (name, int(one.preview[key]))
        for key, name in _PREVIEW
        if key in ("changed", "same") or one.preview[key]
    )
    more = one.preview["changed"] + one.preview["ended"] - len(changes)
    return Preview(counts, changes, more)


@for_offices
@require_POST
def take(request: ActorRequest, number: int) -> HttpResponse:
    """Takes the good rows; those that are wrong wait for the corrected file."""
    one = find_import(request.actor, number)
    try:
        jobs.begin_taking(one)
    except jobs.NotNow as refusal:
        toast.trouble(request, refusal.text)
    return redirect("import", one.pk)


@for_offices
@require_POST
def stop(request: ActorRequest, number: int) -> HttpResponse:
    """Gives rows that wait to be taken onto a roster back."""
    one = find_import(request.actor, number)
    try:
        jobs.stop_taking(one)
    except jobs.NotNow as refusal:
        toast.trouble(request, refusal.text)
    return redirect("import", one.pk)
