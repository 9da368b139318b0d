"""The ranking of a round, for the province and the auditor."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cultivar.cases.citing import chip
from cultivar.cases.models import Case, RoundNotice
from cultivar.cases.offices import for_offices
from cultivar.cases.presenting import stage_name
from cultivar.cases.programmes import pinned
from cultivar.cases.queries import visible
from cultivar.cases.sight import oversees
from cultivar.evaluation.pool_queries import reads_experts
from cultivar.evaluation.ranking import Place
from cultivar.evaluation.ranking import ranking as rank
from cultivar.evaluation.sealing import under_seal
from cultivar.policy.text import Text
from cultivar.web import components as c
from cultivar.web.requests import ActorRequest


@for_offices
def ranking(request: ActorRequest, number: str) -> HttpResponse:
    """Order by the mean score, where the quota's line is, what is too close to call."""
    notice = RoundNotice.objects.select_related("case").filter(case=number).first()
    programme = pinned(notice.case.digest) if notice else None
    if notice is None or programme is None or not oversees(programme, request.actor):
        raise Http404(Text("没有这一页。", "There is no such page."))
    cases = (
        visible(request.actor).filter(round=number).select_related("lead_region").prefetch_related("seats")
    )
    quota = notice.values.get("quota")
    found = list(cases)
    places = rank(found, quota)
    rows = [
        {"place": place, "stage": _stage(place.case, request), "cut": _cut_before(places, index)}
        for index, place in enumerate(places)
    ]
    empty = c.Empty(
        Text("还没有启封的评分表。", "No score sheet is open yet."),
        Text(
            "评分表交齐、关闭专家组后列在这里。", "They stand here once all are in and the panel is closed."
        ),
    )
    context = {
        "round": notice.case,
        "rows": rows,
        "sealed": [{"row": one, "stage": _stage(one.case, request)} for one in under_seal(found)],
        "quota": quota,
        "empty": empty,
        "criteria": notice.values.get("criteria", []),
        "aside": reads_experts(programme, request.actor),
        "chips": [chip(programme, one.article) for one in programme.round if one.type == "criteria"],
    }
    return render(request, "evaluation/ranking.html", context)


def _stage(case: Case, request: ActorRequest) -> Text:
    programme = pinned(case.digest)
    stage = programme.procedures[case.procedure].stages[case.stage]
    return stage_name(stage, programme, request.actor)


def _cut_before(places: list[Place], index: int) -> bool:
    ranked = places[index].rank is not None  # those out of the race stand below, and not for the quota's sake
    return index > 0 and ranked and places[index - 1].inside and not places[index].inside
