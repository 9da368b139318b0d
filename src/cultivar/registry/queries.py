"""Reads of the registry."""

from datetime import date

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
