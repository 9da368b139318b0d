"""How good the register's figures are, for those who answer for them: coverage, age, figures that stand apart."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cultivar.appraisal.quality import Outlier, Quality
from cultivar.cases.offices import for_offices
from cultivar.cases.programmes import concerns, versions
from cultivar.cases.register_quality import answers_for, quality_of, regions_of
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.actors import Actor
from cultivar.registry.models import Region
from cultivar.web import components as c
from cultivar.web.formats import grouped
from cultivar.web.paging import other_parameters, page_number
from cultivar.web.requests import ActorRequest

PAGE = 50
NO_FIELD = Text("不在集群名单上", "On no cluster's roster")
YEARS = 5  # that can be looked at


@for_offices
@require_safe
def register_quality(request: ActorRequest) -> HttpResponse:
    """Coverage, freshness and outliers by field and region."""
    actor = request.actor
    if not answers_for(actor):
        raise PermissionDenied(
            Text("数据质量由主管部门查看。", "The quality of figures is for the competent departments.")
        )
    years = [str(clock.today().year - back) for back in range(1, YEARS + 1)]
    year = request.GET.get("year", "") if request.GET.get("year", "") in years else years[0]
    regions, found = regions_of(actor), quality_of(actor, int(year))
    fields = _field_names(actor)
    shown = [one for one in found.outliers if _asked_for(one, request)]
    number = page_number(request)
    names = {one.code: one.short for one in regions}
    context = {
        "year": year,
        "regions": regions,
        "total": sum(found.asked.values()),
        "coverage": list(_coverage(found, regions)),
        "ages": list(_ages(found, regions)),
        "spread": list(_spread(found, regions, fields)),
        "outliers": [_line(one, names, fields) for one in shown[(number - 1) * PAGE : number * PAGE]],
        "filters": _filters(request, years, year, regions, fields, len(shown)),
        "pages": c.Pagination(len(shown), number, PAGE, other_parameters(request)),
    }
    return render(request, "cases/quality.html", context)


def _field_names(actor: Actor) -> dict[str, Text]:
    return {
        one.id: one.text
        for programme in versions().values()
        if concerns(programme, actor)
        for one in programme.fields
    }


def _asked_for(one: Outlier, request: ActorRequest) -> bool:
    region, field = request.GET.get("region", ""), request.GET.get("field", "")
    return region in ("", one.region) and (not field or field in (one.fields or ("none",)))


def _coverage(found: Quality, regions: tuple[Region, ...]) -> Any:
    """A row for each measure: over all regions, and for each, the share that is known."""
    for row in found.coverage:
        measure = vocabulary().measures[row.measure]
        cells = [_share(row.known.get(one.code, 0), found.asked.get(one.code, 0)) for one in regions]
        yield measure.name, _share(sum(row.known.values()), sum(found.asked.values())), cells


def _share(known: int, asked: int) -> Text:
    if not asked:
        return Text("—", "—")
    percent = known * 100 // asked  # never rounded up to all
    return Text(f"{percent}%", f"{percent} %")


def _ages(found: Quality, regions: tuple[Region, ...]) -> Any:
    """A row for each region: enterprises, and of them those that reported this year, the last, earlier, never."""
    for one in regions:
        years, asked = found.latest.get(one.code, {}), found.asked.get(one.code, 0)
        now, last, never = years.get(found.year, 0), years.get(found.year - 1, 0), years.get(0, 0)
        yield (
            one.short,
            grouped(asked),
            [grouped(count) for count in (now, last, asked - now - last - never, never)],
        )


def _spread(found: Quality, regions: tuple[Region, ...], fields: dict[str, Text]) -> Any:
    """A row for each field in which a figure stands apart: how many, by region."""
    for name in (*fields, ""):
        cells = [found.spread.get((name, one.code), 0) for one in regions]
        if any(cells):
            yield fields.get(name, NO_FIELD), sum(cells), cells


def _line(one: Outlier, names: dict[str, Text], fields: dict[str, Text]) -> dict[str, Any]:
    told = [fields.get(name, Text(name, name)) for name in one.fields] or [NO_FIELD]
    return {
        "code": one.code,
        "name": one.name,
        "region": names.get(one.region, Text(one.region, one.region)),
        "field": Text("、".join(each.zh for each in told), ", ".join(each.en for each in told)),
        "what": one.what,
        "value": _plainly(one.value),
        "usual": _plainly(one.usual),
        "times": _times(one),
    }


def _plainly(value: float) -> str:
    """Three digits that say something, without an exponent."""
    return f"{Decimal(f'{value:.3g}'):f}"


def _times(one: Outlier) -> Text:
    """How far from the median, as people say it."""
    if one.times >= 1:
        return Text(f"{_plainly(one.times)} 倍", f"{_plainly(one.times)} times")
    part = _plainly(1 / one.times)
    return Text(f"1/{part}", f"1/{part}")


def _filters(
    request: ActorRequest,
    years: list[str],
    year: str,
    regions: tuple[Region, ...],
    fields: dict[str, Text],
    count: int,
) -> c.FilterBar:
    every = ("", Text("全部地区", "All regions")), ("", Text("全部领域", "All fields"))
    return c.FilterBar(
        reverse("register-quality"),
        search_name="",
        selects=(
            c.Select(
                "year", Text("年度", "Year"), tuple((one, Text(f"{one}年", one)) for one in years), year
            ),
            c.Select(
                "region",
                Text("地区", "Region"),
                (every[0], *((one.code, one.short) for one in regions)),
                request.GET.get("region", ""),
            ),
            c.Select(
                "field",
                Text("领域", "Field"),
                (every[1], *fields.items(), ("none", NO_FIELD)),
                request.GET.get("field", ""),
            ),
        ),
        found=Text(f"{count} 条线索", f"{count} leads"),
    )
