"""How the experts of a round scored, for those who oversee it: leads for a person, never verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.cases.models import Case
from cultivar.cases.offices import for_offices
from cultivar.cases.queries import visible
from cultivar.evaluation.checks import Answer, Panel, groups, judged, overall, panel
from cultivar.evaluation.pages import Overseen, overseen, people_of
from cultivar.evaluation.ranking import entries_of, person_of
from cultivar.evaluation.ranking_words import points
from cultivar.evaluation.repeats import repeats
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.formats import grouped
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ROWS = 50
VIEWS = {
    "experts": Text("宽严与离群", "Severity and outliers"),
    "panels": Text("一致程度", "Agreement"),
    "repeats": Text("重复评审", "Repeats"),
}
_NO_SHEETS = c.Empty(
    Text("还没有可以检查的评分表。", "There are no sheets to be checked yet."),
    Text("专家组交齐后再看。", "Look again once panels are complete."),
)
_NO_PANELS = c.Empty(
    Text("还没有两个以上申报由同一组专家评审。", "No panel judges two applications or more."),
    Text(
        "由同一组专家评的申报才能比较他们是否一致。", "Only applications of one panel show how far it agrees."
    ),
)
_NO_REPEATS = c.Empty(
    Text(
        "没有专家在别的批次评过同一申报主体或同一对象。",
        "No expert judged the same applicant or subject in another round.",
    ),
)


@dataclass(frozen=True)
class PanelLine:
    """A panel as the table shows it: who sits on it, which cases, the coefficients."""

    experts: tuple[str, ...]
    cases: tuple[Case, ...]
    coefficients: tuple[Text, ...]  # alpha, ICC2, ICC2k, W


@never_cache
@for_offices
@require_safe
def checks(request: ActorRequest, number: str) -> HttpResponse:
    """Severity and residuals, agreement by panel, or repeats across rounds; one of them at a time."""
    found = overseen(request.actor, number)
    asked = request.GET.get("show", "")
    view = asked if asked in VIEWS else "experts"
    shown = {"experts": _experts, "panels": _panels, "repeats": _repeats}[view](request, found)
    base = reverse("ranking-checks", args=[number])
    tabs = [
        c.Tab(label, base if name == "experts" else f"{base}?show={name}", current=name == view)
        for name, label in VIEWS.items()
    ]
    context = {"round": found.notice.case, "view": view, "tabs": tabs, **shown}
    return render(request, "evaluation/checks.html", context)


def _experts(request: ActorRequest, found: Overseen) -> dict[str, Any]:
    cases = {case.number: case for case in found.cases}
    entries = entries_of(cases.values())
    experts, residuals = judged(entries.values())
    rows, pages = _page(request, experts)
    people = people_of({one.expert for one in (*rows, *residuals)})
    return {
        "overall": _said(overall(entries.values())) if entries else None,
        "rows": [(people.of(one.expert), one) for one in rows],
        "residuals": [(people.of(one.expert), cases[one.case], points(one.total), one) for one in residuals],
        "pages": pages,
        "empty": _NO_SHEETS,
    }


def _panels(request: ActorRequest, found: Overseen) -> dict[str, Any]:
    cases = {case.number: case for case in found.cases}
    seats = {number: [seat.person for seat in case.seats.all()] for number, case in cases.items()}
    together = groups(seats)
    compared = [one for one in together if len(one[1]) > 1 and len(one[0]) > 1]
    rows, pages = _page(request, compared)
    entries = entries_of(cases[number] for _, numbers in rows for number in numbers)
    people = people_of({expert for experts, _ in rows for expert in experts})
    called = {person_of(sheet.expert): sheet.expert for one in entries.values() for sheet in one.sheets}
    lines = [
        PanelLine(
            tuple(people.of(one) for one in experts),
            tuple(cases[one] for one in numbers),
            _coefficients(panel([called.get(one, one) for one in experts], numbers, entries)),
        )
        for experts, numbers in rows
    ]
    alone = sum(len(numbers) for _, numbers in together) - sum(len(numbers) for _, numbers in compared)
    return {"rows": lines, "alone": alone, "pages": pages, "empty": _NO_PANELS}


def _coefficients(one: Panel) -> tuple[Text, ...]:
    return tuple(_said(answer) for answer in (one.alpha, one.one_rater, one.mean, one.order))


def _said(answer: Answer) -> Text:
    """A coefficient, or why there is none."""
    return answer if isinstance(answer, Text) else Text(grouped(answer), grouped(answer))


def _repeats(request: ActorRequest, found: Overseen) -> dict[str, Any]:
    rows, pages = _page(request, repeats(found.cases, visible(request.actor), found.notice.case.number))
    people = people_of({one.person for one in rows})
    return {"rows": [(people.of(one.person), one) for one in rows], "pages": pages, "empty": _NO_REPEATS}


def _page(request: ActorRequest, rows: Sequence[Any]) -> tuple[Sequence[Any], c.Pagination]:
    number = page_number(request)
    pages = c.Pagination(len(rows), number, ROWS, other_parameters(request))
    return rows[(number - 1) * ROWS : number * ROWS], pages
