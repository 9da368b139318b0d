"""Reads of the registry."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from cultivar.registry.models import Holding, HoldingQuerySet, Person, Region


def holdings(person: Person, on: date) -> HoldingQuerySet:
    """What ``person`` holds on a day, offices with their region and organisation: one query."""
    return (
        Holding.objects.current(on)
        .filter(person=person)
        .select_related("office__region", "office__organisation")
    )


def tiles(province: str) -> list[Region]:
    """The regions of a province's tile-grid map, row by row: one query."""
    parts = Region.objects.filter(parent=province, tile_row__isnull=False)
    return list(parts.order_by("tile_row", "tile_column"))


def holders(bodies: Iterable[str], on: date, region: str) -> dict[str, str]:
    """The people who hold an office of these bodies on a day: name by key, in order of their logins; one query.

    Only offices of the ``region``, or of none: another province's pool is not this one's.
    """
    here = Q(office__region=None) | Q(office__region=region)
    current = Holding.objects.current(on).filter(here, office__body__in=list(bodies))
    return dict(current.order_by("person__login").values_list("person__key", "person__name"))


def involved_people(
    organisation: str, regions: Iterable[str], on: date, judging: Iterable[str] = ()
) -> set[str]:
    """The keys of those in office with an organisation or with the authority of one of the regions: one query.

    Offices of the ``judging`` bodies are nobody's authority.
    """
    party = Q(office__region__in=list(regions)) & ~Q(office__body__in=list(judging))
    if organisation:
        party |= Q(office__organisation=organisation)
    return set(Holding.objects.current(on).filter(party).values_list("person__key", flat=True))
