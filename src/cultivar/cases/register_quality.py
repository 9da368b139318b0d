"""The register's figures of the regions that an office answers for, read for the page on their quality."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Max, QuerySet

from cultivar.appraisal.quality import Quality, Reported, quality
from cultivar.cases.models import Membership
from cultivar.cases.programmes import concerns, scopes_of, versions
from cultivar.ledger import clock
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.actors import Actor
from cultivar.registry.models import Enterprise, Region, YearlyFigures
from cultivar.registry.standing import merged, place

MINUTES = 5  # for which a page may be behind where only a name or a region changed
_ANSWERING = frozenset({"lead region", "regions concerned", "whole region", "everything"})


def answers_for(actor: Actor) -> bool:
    """Whether an office answers for the figures of a region, or oversees those who do."""
    return not actor.is_public and not actor.organisation and bool(scopes_of(actor) & _ANSWERING)


def regions_of(actor: Actor) -> tuple[Region, ...]:
    """The regions whose figures stand side by side: the prefectures of a province, or a city alone; one query."""
    every = Region.objects.exclude(kind=Region.Kind.COUNTY)
    if not actor.region:
        return tuple(every.exclude(parent=None).order_by("code"))
    parts = tuple(every.filter(parent=actor.region).order_by("code"))
    return parts or tuple(every.filter(code=actor.region))


def quality_of(actor: Actor, year: int) -> Quality:
    """The quality of the figures of ``year`` for the regions of an office.

    Nine queries, whatever the number of enterprises; four while nothing new was said.
    """
    codes = tuple(region.code for region in regions_of(actor))
    state = _figures(codes).aggregate(last=Max("pk"), count=Count("pk"))
    members = Membership.objects.aggregate(last=Max("pk"), count=Count("pk"))
    known = Enterprise.objects.filter(region__in=_in(codes).order_by().values("pk")).count()
    minutes = int(clock.now().timestamp()) // (60 * MINUTES)
    stamp = (*state.values(), *members.values(), known, minutes)
    return _as_of(codes, year, tuple(measures_asked(actor)), stamp)


def measures_asked(actor: Actor) -> Iterator[str]:
    """The measures that the programmes of an office's region compute from, in the order of the vocabulary."""
    asked = {
        name
        for programme in versions().values()
        if concerns(programme, actor)
        for indicator in programme.indicators
        if indicator.computed
        for name in indicator.computed.measures
    }
    return (name for name in vocabulary().measures if name in asked)


@lru_cache(maxsize=4)
def _as_of(codes: tuple[str, ...], year: int, measures: tuple[str, ...], _stamp: tuple[int, ...]) -> Quality:
    """Kept in memory while no statement, member or enterprise is added or ended; a name for some minutes."""
    return quality(list(_reported(codes, year)), measures, year)


def _in(codes: tuple[str, ...]) -> QuerySet[Region]:
    return Region.objects.filter(pk__in=codes) | Region.objects.filter(parent__in=codes)


def _figures(codes: tuple[str, ...]) -> QuerySet[YearlyFigures]:
    regions = _in(codes).order_by().values("pk")
    return YearlyFigures.objects.filter(ended_at=None, enterprise__region__in=regions).order_by()


def _reported(codes: tuple[str, ...], year: int) -> Iterator[Reported]:
    above = {
        code: parent if code not in codes else code for code, parent in _in(codes).values_list("pk", "parent")
    }
    figures = _merged(codes, year)
    latest = dict(_figures(codes).filter(year__lte=year).values_list("enterprise").annotate(Max("year")))
    fields = _fields(codes)
    rows = Enterprise.objects.filter(region__in=above).order_by("code")
    for code, name, region, industry in rows.values_list("code", "name_zh", "region_id", "industry"):
        yield Reported(
            code,
            name,
            above[region] or region,
            industry,
            fields.get(code, ()),
            figures.get(code, {}),
            latest.get(code, 0),
        )


def _merged(codes: tuple[str, ...], year: int) -> dict[str, Mapping[str, int]]:
    """What is known of each enterprise for a year, whoever said it; an authority's word before an applicant's."""
    found: dict[str, Mapping[str, int]] = {}
    said = _figures(codes).filter(year=year).order_by("enterprise", "giver")  # "" is first: an authority
    columns = ("enterprise_id", "giver", "authority", "enterprise__region", "figures")
    rows = said.values_list(*columns).iterator(chunk_size=5000)
    for code, group in groupby(rows, key=itemgetter(0)):
        known = list(group)
        known.sort(key=lambda row: (row[1], place(row[2], row[3])))
        found[code] = merged(row[4] for row in known)
    return found


def _fields(codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    regions = _in(codes).order_by().values("pk")
    rows = Membership.objects.filter(enterprise__region__in=regions).exclude(subject__field="")
    found: dict[str, tuple[str, ...]] = {}
    for code, name in rows.order_by("enterprise", "subject__field").values_list(
        "enterprise_id", "subject__field"
    ):
        known = found.get(code, ())
        found[code] = known if name in known else (*known, name)
    return found
