"""The letters of an office, and each as a paper to edit, print and seal."""

from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cultivar.cases.citing import chip
from cultivar.cases.offices import for_offices
from cultivar.cases.readiness_pages import asked
from cultivar.ledger import clock
from cultivar.papers import letters
from cultivar.papers.readiness import paper
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.formats import moment_year
from cultivar.web.language import speak, spoken
from cultivar.web.paging import page_number
from cultivar.web.requests import ActorRequest

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFT = c.Tag(Text("草稿", "draft"), "warn")
ISSUED = c.Tag(Text("已出具", "issued"), "ok")


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The recommendation letters whose cases are all in the office's sight."""
    number = page_number(request)
    shown, total = letters.letters_of(_actor(request), number)
    rows = [
        (
            one,
            DRAFT if one.draft else ISSUED,
            _address(one),
            [chip(one.programme, article) for article in one.articles],
        )
        for one in shown
    ]
    pages = c.Pagination(total, number, letters.PAGE)
    return render(request, "papers/letters.html", {"rows": rows, "pages": pages})


@login_required
def docx(request: HttpRequest) -> HttpResponse:
    """One letter as docx; ``?number=&region=`` because a number holds brackets."""
    asked = request.GET.get("number", ""), request.GET.get("region", "")
    found = letters.find(_actor(request), *asked)
    if found is None:
        raise Http404(
            Text(
                "没有这份推荐意见，或它不在你的单位管辖内。",
                "There is no such letter, or it is not in your sight.",
            )
        )
    name = f"{'草稿-' if found.draft else ''}{found.number}.docx"
    shown_as = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(found.docx(), content_type=DOCX, headers=shown_as)


@for_offices
@require_safe
def readiness(request: ActorRequest, number: str) -> HttpResponse:
    """The report on the conditions of a case as PDF."""
    row, _, report = asked(request, number)
    address = request.build_absolute_uri(reverse("readiness", args=[row.number]))
    made = Text("Cultivar · {at} 生成", "Cultivar · made {at}").fill(at=moment_year(clock.now()))
    if settings.DEMO:
        made = Text(f"{made.zh} · 虚构示例", f"{made.en} · fictional example")
    name = f"{row.number}-{speak(Text('条件核对报告', 'conditions'))}.pdf"
    shown_as = {
        "Content-Disposition": content_disposition_header(True, name),
        "Cache-Control": "private, no-store",
    }
    body = paper(report, address, made, spoken())
    return HttpResponse(body, content_type="application/pdf", headers=shown_as)


def _address(one: letters.Letter) -> str:
    return f"{reverse('letter')}?{urlencode({'number': one.number, 'region': one.region})}"


def _actor(request: HttpRequest) -> Actor:
    actor = cast(Actor, request.actor)  # type: ignore[attr-defined]
    if not letters.deals_in_letters(actor):
        raise PermissionDenied(
            Text(
                "推荐意见由市（州）出具、省厅收文。",
                "Cities issue recommendation letters and the province receives them.",
            )
        )
    return actor
