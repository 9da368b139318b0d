"""Templates, exports and marked workbooks to download."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.cases.offices import for_offices
from cultivar.policy.text import Text
from cultivar.registry import regions
from cultivar.roster import jobs, queries
from cultivar.roster.columns import general_layout, programme_layout
from cultivar.roster.exporting import csv_lines, write_workbook
from cultivar.roster.files import marked_path
from cultivar.roster.import_pages import find_import
from cultivar.roster.roster_pages import NOT_THEIRS, asked_year, find_roster
from cultivar.roster.template import write_template
from cultivar.web.language import is_chinese, speak
from cultivar.web.requests import ActorRequest

NOT_MARKED_YET = Text(
    "标好问题的表还没有做好，过一会儿再来。", "The marked workbook is not ready yet; come back in a moment."
)
UNMARKABLE = Text(
    "标好问题的表没有做成。问题都列在导入结果里，照着改原来的文件。",
    "The marked workbook could not be made. The import lists everything found; correct your own file by it.",
)
PRUNED = Text(
    "原文件到期，已经删除，标好问题的表也不再生成。要再看，把表再传一次；问题都列在导入结果里。",
    "The file is no longer kept, nor is a marked workbook made of it. Upload it again to have one; the import lists "
    "everything found.",
)
MOST_AT_ONCE = 20_000  # enterprises of a workbook that is written while somebody waits: some ten seconds
TOO_MANY = Text(
    "本地有 {n} 家企业，网页一次最多导出 {most} 家的 Excel。导出 CSV，或请维护人员用命令 register export 导出。",
    "The region has {n} enterprises; a page writes Excel for at most {most}. Export the CSV, or ask the maintainers "
    "for the command register export.",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _workbook(name: Text, year: int, write: Callable[[Path], object]) -> HttpResponseBase:
    """A workbook written to a temporary file that is gone once it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write(path)
        content = path.open("rb")  # stays readable when its name is gone
    return _named(FileResponse(content, content_type=XLSX), f"{speak(name)}-{year}.xlsx")


def _named(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _language() -> str:
    return "zh" if is_chinese() else "en"


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def template(request: ActorRequest, code: str) -> HttpResponseBase:
    """The template of a roster, as its programme asks."""
    subject = find_roster(request.actor, code)
    year = asked_year(request, subject)
    programme = queries.programme_of(subject)
    layout = programme_layout(programme, year) if programme else general_layout(year)
    within = _regions(programme.region if programme else subject.region_id[:2] + "0000")
    title = Text("{name}企业名单（{year}年）", "Roster of {name}, {year}").fill(name=subject.name, year=year)
    return _workbook(
        Text("企业名单模板", "roster-template"),
        year,
        lambda path: write_template(path, layout, within, title, _template_language(request)),
    )


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def general_template(request: ActorRequest) -> HttpResponseBase:
    """The template with every word, for authorities."""
    actor, year = request.actor, asked_year(request)
    if not queries.speaks_for_region(actor):
        raise PermissionDenied(NOT_THEIRS)
    title = Text("企业数据（{year}年）", "Enterprises, {year}").fill(year=year)
    return _workbook(
        Text("企业数据模板", "enterprise-template"),
        year,
        lambda path: write_template(
            path, general_layout(year), _regions(actor.region), title, _template_language(request)
        ),
    )


def _template_language(request: ActorRequest) -> str:
    return "both" if request.GET.get("in") == "both" else _language()


def _regions(region: str) -> list[Text]:
    """The names of a region, or of those under it."""
    parts = regions.parts_of(region)
    return [one.name for one in regions.read() if (one.code in parts if parts else one.code == region)]


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def roster_workbook(request: ActorRequest, code: str) -> HttpResponseBase:
    """A roster as a workbook: this year's figures and those of the year before, titles, incidents, purchases."""
    subject = find_roster(request.actor, code)
    year = asked_year(request, subject)
    codes, whose, span = queries.roster_codes(subject), subject.organisation_id or "", (year - 1, year)
    return _workbook(
        Text("企业名单", "roster"),
        year,
        lambda path: write_workbook(
            path,
            queries.firm_rows(codes, whose, span),
            span,
            incidents=queries.incident_rows(codes, whose),
            supply=queries.supply_rows(codes, whose),
            language=_language(),
        ),
    )


def _csv(name: Text, codes: list[str], organisation: str, year: int) -> HttpResponseBase:
    span = (year - 1, year)
    lines = csv_lines(queries.firm_rows(codes, organisation, span), span, _language())
    answer = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    return _named(answer, f"{speak(name)}-{year}.csv")


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def roster_csv(request: ActorRequest, code: str) -> HttpResponseBase:
    """The enterprises of a roster as a CSV, line by line."""
    subject = find_roster(request.actor, code)
    codes = queries.roster_codes(subject)
    return _csv(
        Text("企业名单", "roster"), codes, subject.organisation_id or "", asked_year(request, subject)
    )


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def region_csv(request: ActorRequest) -> HttpResponseBase:
    """What authorities said of the enterprises of a region, as a CSV, line by line."""
    if not queries.speaks_for_region(request.actor):
        raise PermissionDenied(NOT_THEIRS)
    codes = queries.region_codes(request.actor.region)
    return _csv(Text("企业数据", "enterprises"), codes, "", asked_year(request))


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def region_workbook(request: ActorRequest) -> HttpResponseBase:
    """What authorities said of the enterprises of a region, as a workbook; of a very large region by the command."""
    actor, year = request.actor, asked_year(request)
    if not queries.speaks_for_region(actor):
        raise PermissionDenied(NOT_THEIRS)
    codes, span = queries.region_codes(actor.region), (year - 1, year)
    if len(codes) > MOST_AT_ONCE:
        raise Http404(TOO_MANY.fill(n=len(codes), most=MOST_AT_ONCE))
    return _workbook(
        Text("企业数据", "enterprises"),
        year,
        lambda path: write_workbook(
            path,
            queries.firm_rows(codes, "", span),
            span,
            incidents=queries.incident_rows(codes, ""),
            supply=queries.supply_rows(codes, ""),
            language=_language(),
        ),
    )


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def marked(request: ActorRequest, number: int) -> HttpResponseBase:
    """The workbook that was sent, with what is wrong in it marked."""
    one = find_import(request.actor, number)
    if one.pruned_at is not None:
        raise Http404(PRUNED)
    if one.unmarkable:
        raise Http404(UNMARKABLE)
    try:
        content = marked_path(one.pk, _language()).open("rb")
    except FileNotFoundError:
        jobs.mark_again(one)
        raise Http404(NOT_MARKED_YET) from None
    stem = one.name.rpartition(".")[0] or one.name
    suffix = Text("标注", "marked")
    return _named(FileResponse(content, content_type=XLSX), f"{stem}-{speak(suffix)}.xlsx")
