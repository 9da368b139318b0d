"""The pages of the pools of experts: who is in them, one of them, taking them in from a workbook, letting one go."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cultivar.cases.file_store import too_large
from cultivar.cases.offices import for_offices
from cultivar.cases.uploading import bounded
from cultivar.evaluation import pool_queries as q
from cultivar.evaluation.models import Expert, Knowledge, Tie
from cultivar.evaluation.pool import Taken, release, take, unnumbered
from cultivar.evaluation.pool_columns import KINDS, TIES
from cultivar.evaluation.pool_sheets import PoolReading, field_names, finding_of, read_pool
from cultivar.evaluation.pool_workbook import write_pool
from cultivar.ledger import clock
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry import industries
from cultivar.registry.models import Office, Region
from cultivar.roster.containers import Refused
from cultivar.roster.opening import opened
from cultivar.roster.places import Places
from cultivar.web import components as c
from cultivar.web import toast
from cultivar.web.language import is_chinese, lazily, speak
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5 * 1024 * 1024
NOT_THEIRS = Text("专家库由组织评审的单位查看。", "Pools of experts are for the offices that name panels.")
STATES = {
    "serving": Text("在库", "serving"),
    "absent": Text("暂不能参加", "away"),
    "coming": Text("尚未到聘期", "term to come"),
    "ended": Text("已出库", "ended"),
}
TONES = {"serving": "ok", "absent": "warn", "coming": "info", "ended": ""}
ASKED = ("serving", "absent", "ended")  # states by which a list is narrowed


@never_cache
@for_offices
@require_safe
def pool(request: ActorRequest) -> HttpResponse:
    """The experts of the pools that an office may read, narrowed by what is asked."""
    pools, today = _read(request), clock.today()
    programmes = [one for pool in pools for one in q.programmes_of(pool)]
    asked = _asked(request)
    found = q.narrowed(q.experts(q.read_by(request.actor), today), asked, today)
    count, number = found.count(), page_number(request)
    shown = found[(number - 1) * q.ROWS : number * q.ROWS]
    context = {
        "rows": [_line(one, programmes) for one in shown],
        "filters": _filters(asked, programmes, count),
        "pages": c.Pagination(count, number, q.ROWS, other_parameters(request)),
        "keeps": list(q.kept_by(request.actor)),
        "unnumbered": [one.name for pool in q.kept_by(request.actor) for one in unnumbered(pool, today)],
        "missing": not pools and q.keeps_pools(request.actor),
        "empty": _NOBODY if asked == q.Asked() else _NO_SUCH,
    }
    return render(request, "evaluation/pool.html", context)


_NOBODY = c.Empty(
    Text("库里还没有专家。", "There is no expert in the pool yet."),
    Text("下载模板，填好后导入。", "Download the template, fill it in and import it."),
)
_NO_SUCH = c.Empty(
    Text("没有这样的专家。", "There is no such expert."), Text("放宽筛选条件再看。", "Widen the filters.")
)


@never_cache
@for_offices
@require_POST
def open_pool(request: ActorRequest) -> HttpResponse:
    """Opens the pool of an office that names experts and has none."""
    if not q.keeps_pools(request.actor):
        raise PermissionDenied(NOT_THEIRS)
    return redirect("import-experts", q.open_pool(request.actor).key)


@never_cache
@for_offices
@require_safe
def expert(request: ActorRequest, pool: str, number: str) -> HttpResponse:
    """One expert: what it judges, its ties, when it is away, its terms."""
    one = _find(request, pool, number)
    programmes = q.programmes_of(one.pool)
    context = {
        "expert": one,
        "line": _line(one, programmes),
        "ties": [(TIES[tie.kind], tie) for tie in one.ties.all()],
        "declared": one.declarations.all(),
        "absences": one.absences.all(),
        "terms": reversed([term for term in one.person.terms if term.office_id == one.pool_id]),  # type: ignore[attr-defined]
        "keeps": q.kept_by(request.actor).filter(pk=one.pool_id).exists(),
    }
    return render(request, "evaluation/expert.html", context)


@never_cache
@for_offices
@require_POST
def end_term(request: ActorRequest, pool: str, number: str) -> HttpResponse:
    """Lets an expert go."""
    one = _find(request, pool, number)
    if not q.kept_by(request.actor).filter(pk=one.pool_id).exists():
        raise PermissionDenied(NOT_THEIRS)
    release(one, clock.today())
    toast.done(request, Text("已出库，从今天起不能再选。", "Ended: from today on it cannot be named."))
    return redirect("expert", pool, number)


class UploadForm(forms.Form):
    """A workbook, and whether it is only to be looked at."""

    file = forms.FileField(
        label=lazily("文件（.xlsx、.xls、.csv）", "File (.xlsx, .xls, .csv)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": lazily("先选一个文件再传。", "Choose a file first."),
            "empty": lazily("文件是空的。换一个再传。", "The file is empty. Choose another."),
        },
    )
    only_check = forms.BooleanField(
        label=lazily("只核对，不录入", "Only check, take nothing"), required=False
    )


@dataclass(frozen=True)
class Outcome:
    """What came of a file, or would come of it."""

    reading: PoolReading
    taken: Taken
    checked: bool  # nothing was taken


@bounded
@never_cache
@for_offices
@require_http_methods(["GET", "HEAD", "POST"])
def import_pool(request: ActorRequest, pool: str) -> HttpResponse:
    """Takes a workbook: good rows go in, wrong ones are listed with what to do."""
    office = _kept(request, pool)
    posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    refusal, outcome = None, None
    if posted:
        refusal = _skipped(request)
        if refusal is None and form.is_valid():
            try:
                outcome = _bring(office, form.cleaned_data["file"], bool(form.cleaned_data["only_check"]))
            except Refused as refused:
                refusal = refused.text
    failed = posted and outcome is None
    context = {
        "pool": office,
        "form": form,
        "refusal": refusal,
        "outcome": outcome,
        "left_out": list(outcome.reading.findings.left_out()) if outcome else [],
        "errors": c.ErrorSummary.of(form, blocks=Text("改好再传", "correct them to upload"))
        if form.errors and not refusal
        else None,
    }
    return render(request, "evaluation/pool_import.html", context, status=422 if failed else 200)


def _bring(pool: Office, upload: Any, only_check: bool) -> Outcome:
    """Reads an upload in a process of its own; nothing of the file stays. Raises ``Refused``."""
    programmes = q.programmes_of(pool)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        with opened(path, most_bytes=MOST_BYTES) as book:
            reading = read_pool(book, field_names(programmes), Places(Region.objects.all()))
    taken = take(pool, reading.rows, clock.today(), only_check=only_check)
    for remark in taken.remarks:
        reading.findings.add(finding_of(remark))
    return Outcome(reading, taken, only_check)


def _skipped(request: ActorRequest) -> Text | None:
    """The refusal of a file that was too large to be read to its end."""
    skipped = getattr(request, "skipped_files", [])
    return too_large(skipped[0][1]) if skipped else None


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def pool_template(request: ActorRequest, pool: str) -> HttpResponseBase:
    """An empty workbook."""
    return _workbook(_kept(request, pool), (), Text("专家库模板", "Experts-template"))


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def pool_workbook(request: ActorRequest, pool: str) -> HttpResponseBase:
    """The whole pool, in the form in which it is imported."""
    office = _kept(request, pool)
    return _workbook(
        office, list(q.experts(Office.objects.filter(pk=office.pk), clock.today())), office.short
    )


def _workbook(pool: Office, experts: Sequence[Expert], name: Text) -> HttpResponseBase:
    regions = {one.code: one.short for one in Region.objects.all()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        rows = map(q.as_row, experts)
        write_pool(path, rows, q.programmes_of(pool), regions, "zh" if is_chinese() else "en")
        content = path.open("rb")  # stays readable when its name is gone
    answer = FileResponse(content, content_type=XLSX)
    disposition = content_disposition_header(True, f"{speak(name)}.xlsx")
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer


# ---------------------------------------------------------------------------------------------- what pages share


def _read(request: ActorRequest) -> list[Office]:
    """The pools that an office may read; none where there is none yet. Raises for offices that have no part in it."""
    if not q.reads_pools(request.actor):
        raise PermissionDenied(NOT_THEIRS)
    return list(q.read_by(request.actor))


def _kept(request: ActorRequest, pool: str) -> Office:
    """A pool that the office keeps. Raises for others' and for unknown ones."""
    _read(request)
    found = q.kept_by(request.actor).filter(key=pool).first()
    if found is None:
        raise Http404(Text("没有这个专家库。", "There is no such pool."))
    return found


def _find(request: ActorRequest, pool: str, number: str) -> Expert:
    _read(request)
    found = q.experts(q.read_by(request.actor), clock.today()).filter(pool__key=pool, number=number).first()
    if found is None:
        raise Http404(Text("库里没有这位专家。", "There is no such expert in the pool."))
    return found


def _asked(request: ActorRequest) -> q.Asked:
    get = request.GET.get
    scheme, _, field = get("field", "").partition(":")
    kind, state = get("kind", ""), get("state", "")
    return q.Asked(
        text=get("q", "").strip()[:60],
        kind=kind if kind in KINDS else "",
        scheme=scheme if field else "",
        field=field,
        state=state if state in ASKED else "",
    )


def _line(one: Expert, programmes: Sequence[Programme]) -> dict[str, Any]:
    names = {(each.programme, field.id): field.text for each in programmes for field in each.fields}
    state = q.state_of(one, clock.today())
    return {
        "expert": one,
        "kind": KINDS[one.kind],
        "fields": _fields_of(one, names),
        "employer": next((tie.name for tie in one.ties.all() if _employs(tie)), ""),
        "state": STATES[state],
        "tone": TONES[state],
        "term": q.term_of(one),
    }


_EVERY = Text("全部领域", "every field")


def _employs(tie: Tie) -> bool:
    return tie.kind == "employed" and (tie.until_on is None or tie.until_on >= clock.today())


def _fields_of(one: Expert, names: dict[tuple[str, str], Text]) -> list[Text]:
    """What an expert judges; who judges every field of the programmes is said to, and not by all their names."""
    known = one.knowledge.all()
    if names and names.keys() <= {(each.scheme, each.code) for each in known}:
        return [_EVERY, *(_knowledge(each, names) for each in known if each.scheme == Knowledge.GB4754)]
    return [_knowledge(each, names) for each in known]


def _knowledge(one: Knowledge, names: dict[tuple[str, str], Text]) -> Text:
    if one.scheme == Knowledge.GB4754:
        name = industries.division(one.code[:2])
        return Text(f"{one.code} {name.zh}", f"{one.code} {name.en}") if name else Text(one.code, one.code)
    return names.get((one.scheme, one.code), Text(one.code, one.code))


def _filters(asked: q.Asked, programmes: Sequence[Programme], count: int) -> c.FilterBar:
    fields = {f"{one.programme}:{field.id}": field.text for one in programmes for field in one.fields}
    return c.FilterBar(
        reverse("experts"),
        search_label=Text("姓名或编号", "Name or number"),
        search_value=asked.text,
        selects=(
            c.Select(
                "state",
                Text("状态", "State"),
                (("", Text("全部", "All")), *((one, STATES[one]) for one in ASKED)),
                asked.state,
            ),
            c.Select(
                "kind",
                Text("类别", "Kind"),
                (("", Text("全部类别", "All kinds")), *KINDS.items()),
                asked.kind,
            ),
            c.Select(
                "field",
                Text("领域", "Field"),
                (("", Text("全部领域", "All fields")), *fields.items()),
                f"{asked.scheme}:{asked.field}" if asked.field else "",
            ),
        ),
        found=Text(f"{count} 位专家", f"{count} experts"),
    )
