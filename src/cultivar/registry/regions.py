"""The regions: divisions of GB/T 2260 down to counties, and custom units, from the files of ``data``."""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from cultivar.policy.text import Text
from cultivar.registry.models import Region

DATA = Path(__file__).parent / "data" / "regions.yaml"
COUNTIES = DATA.with_name("counties.yaml")


def load() -> int:
    """Brings the table in line with the data file; returns how many regions stand there. Repeatable."""
    regions = read()
    Region.objects.bulk_create(
        regions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name_zh", "name_en", "short_zh", "kind", "parent", "tile_column", "tile_row"],
    )
    return len(regions)


def read() -> list[Region]:
    """The regions of the data files, unsaved, each before its parts."""
    data = _parsed(DATA)
    countries = [_region(row, Region.Kind.COUNTRY, None) for row in data["countries"]]
    larger = [region for province in data["provinces"] for region in _province(province)]
    return [*countries, *larger, *_counties()]


@cache
def _parsed(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _counties() -> Iterator[Region]:
    for prefecture, counties in _parsed(COUNTIES).items():
        for code, names in counties.items():
            yield _region({"code": code, **names}, Region.Kind.COUNTY, prefecture)


def _province(row: dict[str, Any]) -> list[Region]:
    return [
        _region(row, "province", None),
        *(_region(part, "prefecture", row["code"]) for part in row["parts"]),
    ]


def _region(row: dict[str, Any], kind: str, parent: str | None) -> Region:
    column, line = row.get("tile", (None, None))
    return Region(
        code=row["code"],
        name_zh=row["zh"],
        name_en=row["en"],
        short_zh=row.get("short", row["zh"]),
        kind=row.get("kind", kind),
        parent_id=parent,
        tile_column=column,
        tile_row=line,
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, Text]:
    return {region.code: region.name for region in read()}


def name_of(code: str) -> Text | None:
    """The full name of a region by its code, from the data file; None for an unknown code."""
    return _names().get(code)


@lru_cache(maxsize=64)
def parts_of(province: str) -> frozenset[str]:
    """The codes of the regions right under a province, Gui'an New Area and its like included.

    Of the whole country: those right under any province.
    """
    known = [region for region in read() if region.kind != Region.Kind.COUNTY]
    country = any(region.code == province and region.kind == Region.Kind.COUNTRY for region in known)
    return frozenset(
        region.code for region in known if region.parent_id and (country or region.parent_id == province)
    )
