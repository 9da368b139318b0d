"""The ranking of a round, for those who answer for the programme and those who read all of it. Never public."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cultivar.cases import scoring_words
from cultivar.cases.citing import chip
from cultivar.cases.models import Case, RoundNotice
from cultivar.cases.offices import for_offices
from cultivar.cases.presenting import stage_name
from cultivar.cases.programmes import pinned
from cultivar.cases.queries import visible
from cultivar.cases.sight import oversees
from cultivar.cases.work_queries import person_names
from cultivar.evaluation import ranking_words as words
from cultivar.evaluation.models import Expert
from cultivar.evaluation.pool_queries import reads_experts
from cultivar.evaluation.ranking import Place, Ranking, person_of, seed_of
from cultivar.evaluation.ranking import ranking as rank
from cultivar.evaluation.ranking_workbook import write_ranking
from cultivar.evaluation.rounds import drawn_order
from cultivar.evaluation.scores import DRAWN
from cultivar.evaluation.scoring import rule_of
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.web import components as c
from cultivar.web.formats import signed
from cultivar.web.language import is_chinese, speak
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

ROWS = 100  # places on a page
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SETTINGS = ("criteria", "scoring", "quota", "panel")  # what a notice fixes of a ranking
_PLAIN = {"drop": False, "places": 2, "rounding": "half-up", "ties": (), "quotas": ()}
_QUOTA, _NOTED = Text("名额", "Quota"), Text("要留意的", "To be noted")
_GAVE_WAY = Text("按分组名额调整的", "Who gave way to quotas of groups")
_UNSCORED = Text("还没有得分的", "Without a score yet")
_NONE = c.Empty(
    Text("还没有评分表。", "No score sheet is in yet."),
    Text("专家交表后列在这里。", "They stand here once experts hand them in."),
)


@dataclass(frozen=True)
class Overseen:
    """A round whose evaluation an office oversees: its notice, its version, the cases that the office sees."""

    notice: RoundNotice
    programme: Programme
    cases: QuerySet[Case]


@dataclass(frozen=True)
class Row:
    """A place as the table shows it."""

    place: Place
    stage: Text
    field: Text | None
    cut: bool  # the line runs above this row
    span: str  # the lowest and the highest total
    decided: Text | None = None
    left_out: tuple[Text, ...] = ()
    difference: str = ""
    chance: str = ""
    leads: tuple[tuple[Text, Text | None], ...] = ()


def overseen(actor: Actor, number: str) -> Overseen:
    """The round, for offices that oversee it; ``Http404`` for all others."""
    notice = RoundNotice.objects.select_related("case").filter(case=number).first()
    programme = pinned(notice.case.digest) if notice else None
    if notice is None or programme is None or not oversees(programme, actor):
        raise Http404(Text("没有这一页。", "There is no such page."))
    cases = visible(actor).filter(round=number).select_related("lead_region").prefetch_related("seats")
    return Overseen(notice, programme, cases)


def _ranked(found: Overseen) -> Ranking:
    """The ranking by the notice's rule, with the drawn order where equals are told apart by lot."""
    values = found.notice.values
    lots = DRAWN in rule_of(values).ties
    drawn = drawn_order(found.notice.case, found.programme) if lots else ()
    return rank(found.notice.case_id, list(found.cases), values, drawn or None)


@never_cache
@for_offices
@require_safe
def ranking(request: ActorRequest, number: str) -> HttpResponse:
    """Order by the official score, where the line is, what is too close to call, who gave way to whom."""
    found = overseen(request.actor, number)
    values, programme = found.notice.values, found.programme
    ranked = _ranked(found)
    all_places, page = (*ranked.places, *ranked.out), page_number(request)
    shown = all_places[(page - 1) * ROWS : page * ROWS]
    people, below = _people(shown), _below_line(ranked)
    rule = values.get("scoring") or _PLAIN
    context = {
        "round": found.notice.case,
        "rows": [_row(one, below, ranked, found, people, request.actor) for one in shown],
        "pages": c.Pagination(len(all_places), page, ROWS, other_parameters(request)),
        "unscored": ranked.unscored,
        "many": len(all_places),
        "rule": tuple(scoring_words.rows(rule, values, programme)),
        "fixed": "scoring" in values,
        "quota": ranked.quota,
        "line": _has_line(ranked),
        "beside": any(one.beside for one in ranked.places),
        "chances": any(one.beside and one.beside.probability is not None for one in ranked.places),
        "no_shadow": ranked.no_shadow,
        "seed": seed_of(number).decode("ascii"),
        "remarks": tuple(words.remarks(ranked, programme)),
        "displacements": tuple(words.displacements(ranked, programme)),
        "aside": reads_experts(programme, request.actor),
        "empty": _NONE,
        "chips": [chip(programme, article) for article in _articles(programme, values)],
    }
    return render(request, "evaluation/ranking.html", context)


@never_cache
@for_offices  # type: ignore[arg-type]  # bytes are streamed
@require_safe
def ranking_workbook(request: ActorRequest, number: str) -> HttpResponseBase:
    """The whole ranking as a workbook for the meeting; leads stand on a sheet of their own."""
    found = overseen(request.actor, number)
    ranked = _ranked(found)
    places = (*ranked.places, *ranked.out)
    people, below = _people(places), _below_line(ranked)
    rows = [_row(one, below, ranked, found, people, request.actor) for one in places]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        language = "zh" if is_chinese() else "en"
        write_ranking(path, rows, _whole(ranked, found), line=_has_line(ranked), language=language)
        content = path.open("rb")  # stays readable when its name is gone
    answer = FileResponse(content, content_type=XLSX)
    name = Text("{round}评审排名", "Ranking {round}").fill(round=number)
    disposition = content_disposition_header(True, f"{speak(name)}.xlsx")
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer


def _whole(ranked: Ranking, found: Overseen) -> Iterator[tuple[Text, Text]]:
    """The rule and what is to be said of the whole, by item."""
    values = found.notice.values
    yield from scoring_words.rows(values.get("scoring") or _PLAIN, values, found.programme)
    if ranked.quota:
        yield _QUOTA, Text(str(ranked.quota), str(ranked.quota))
    for one in words.remarks(ranked, found.programme):
        yield _NOTED, one
    for one in words.displacements(ranked, found.programme):
        yield _GAVE_WAY, one
    for waiting in ranked.unscored:
        yield _UNSCORED, waiting.case.name


def _has_line(ranked: Ranking) -> bool:
    """Whether places are within or outside a line."""
    return ranked.selection is not None and bool(ranked.quota or ranked.quotas)


def _articles(programme: Programme, values: Mapping[str, Any]) -> Iterable[str]:
    """The articles by which the notice fixes what a ranking goes by, each once."""
    return dict.fromkeys(one.article for one in programme.round if one.id in SETTINGS and one.id in values)


def _people(places: Sequence[Place]) -> words.People:
    """Who gave the sheets that were left out: two queries."""
    keys = {dropped.sheet.expert for place in places for dropped in place.score.dropped}
    return people_of(keys)


def people_of(keys: set[str]) -> words.People:
    """Names and numbers of experts, by their keys or as entries call them: two queries."""
    keys = {person_of(key) for key in keys}
    numbers = Expert.objects.filter(person__key__in=keys).values_list("person__key", "number")
    return words.People(person_names(keys), dict(numbers))


def _row(
    place: Place, below: Place | None, ranked: Ranking, found: Overseen, people: words.People, actor: Actor
) -> Row:
    criteria = {one["id"]: Text(one["zh"], one["en"]) for one in found.notice.values.get("criteria") or []}
    field = next((one.text for one in found.programme.fields if one.id == place.case.field), None)
    return Row(
        place,
        _stage(place.case, actor),
        field,
        place is below,
        f"{words.points(place.lowest)}–{words.points(place.highest)}",
        words.decided(place, ranked, criteria),
        tuple(words.left_out(one, people) for one in place.score.dropped),
        _difference(place),
        words.percent(place.beside.probability)
        if place.beside and place.beside.probability is not None
        else "",
        tuple(words.leads(place)),
    )


def _difference(place: Place) -> str:
    if place.beside is None:
        return ""
    apart: Decimal = place.beside.shadow - place.score.score
    return signed(apart)


def _stage(case: Case, actor: Actor) -> Text:
    programme = pinned(case.digest)
    return stage_name(programme.procedures[case.procedure].stages[case.stage], programme, actor)


def _below_line(ranked: Ranking) -> Place | None:
    """The place above which the line runs; None where quotas of groups leave no single line, or all are within."""
    many = sum(one.inside for one in ranked.places)
    straight = all(one.inside for one in ranked.places[:many])
    return ranked.places[many] if straight and 0 < many < len(ranked.places) else None
