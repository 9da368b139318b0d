"""The report on the conditions as a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cultivar.cases.case_pages import condition_rows, printed_code
from cultivar.cases.models import Case
from cultivar.cases.offices import find, for_offices
from cultivar.cases.readiness import Report, report_on
from cultivar.cases.record import Folded, load
from cultivar.policy.text import Text
from cultivar.web.requests import ActorRequest


@for_offices
@require_safe
def readiness(request: ActorRequest, number: str) -> HttpResponse:
    """Does it meet the conditions: the answers with figures, bounds, evidence and what is missing."""
    row, folded, report = asked(request, number)
    context = {
        "case": row,
        "report": report,
        "rows": condition_rows(folded, report.answered, request.actor),
        "qr": printed_code(request.build_absolute_uri(reverse("readiness", args=[row.number]))),
    }
    return render(request, "cases/readiness.html", context)


def asked(request: ActorRequest, number: str) -> tuple[Case, Folded, Report]:
    """The case asked for and its report. Raises ``Http404`` where there is none in the office's sight."""
    row = find(request, number)
    folded = load(number)
    report = report_on(row, folded, request.actor) if folded.programme.conditions else None
    if row.about != "application" or report is None:
        raise Http404(
            Text(
                "这个案件没有可核对的申报书，或申报书还没有提交。",
                "This case has no dossier to hold against conditions, or it is not submitted yet.",
            )
        )
    return row, folded, report
