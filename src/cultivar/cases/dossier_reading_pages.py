"""The pages on which a dossier is read: the whole of it, and its files."""

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.appraisal.completeness import check
from cultivar.cases import evidence as files_of
from cultivar.cases import file_content, file_store
from cultivar.cases.citing import chip
from cultivar.cases.dossier_changes import compare
from cultivar.cases.dossier_meter import counts, meter_of
from cultivar.cases.dossier_view import (
    dossier_view,
    sees_personal,
    shown_to,
)
from cultivar.cases.offices import find, for_offices
from cultivar.cases.programmes import pinned
from cultivar.cases.record import load
from cultivar.cases.returned import returned
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.web.components import (
    ArticleChip,
)
from cultivar.web.requests import ActorRequest


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
        raise Http404(
            Text(
                "这个案件没有申报书，或申报书还没有提交。",
                "This case has no dossier, or it is not submitted yet.",
            )
        )
    editing = shown.version is None
    meter = why = None
    if editing:
        items, folded = check(programme, shown.data, counts(shown.evidence)), load(number)
        meter = meter_of(case, programme, actor, items, None, folded=folded)
        why = returned(case, folded, actor)
    context = {
        "case": case,
        "view": dossier_view(case, programme, shown.data, shown.evidence, actor),
        "shown": shown,
        "changes": compare(case, programme, actor),
        "returned": why,
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
    if kept.kind not in file_content.SHOWN_KINDS:
        raise Http404
    return _sent(kept, as_attachment=False)


def _kept(request: ActorRequest, number: str, sha256: str) -> file_store.Kept:
    kept = files_of.find(find(request, number), sha256, request.actor)
    if kept is None:
        raise Http404
    return kept


def _sent(kept: file_store.Kept, *, as_attachment: bool) -> HttpResponseBase:
    try:
        content = file_store.open_file(kept)
    except FileNotFoundError:
        gone = Text(
            f"“{kept.name}”的文件不在库里。请告诉管理员，按编号 {kept.sha256[:12]} 从备份恢复。",
            f"The file of “{kept.name}” is missing. Tell the administrator to restore {kept.sha256[:12]} "
            "from the backup.",
        )
        raise Http404(gone) from None
    response = FileResponse(content, content_type=file_content.KINDS[kept.kind].media_type)
    disposition = content_disposition_header(as_attachment, kept.name)
    response["Content-Disposition"] = disposition or ("attachment" if as_attachment else "inline")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
