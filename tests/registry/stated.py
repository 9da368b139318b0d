"""Offices and rows with which tests state what is known of enterprises."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from tests import world as w

from cultivar.ledger.clock import SHANGHAI
from cultivar.registry import credit_code, regions
from cultivar.registry.models import Office, Organisation
from cultivar.registry.statements import FirmRow, Giver, HeldRow

AT = datetime(2026, 5, 7, 10, 0, tzinfo=SHANGHAI)
LATER = datetime(2026, 5, 8, 10, 0, tzinfo=SHANGHAI)


@cache
def code(number: int) -> str:
    """The credit code of an invented enterprise."""
    return credit_code.make("91", w.ZUNYI, f"{number:08d}")


def authority(region: str = "520000", source: str = "企业表.xlsx") -> Giver:
    """An authority's office."""
    regions.load()
    body = "province" if region.endswith("0000") else "city"
    return _office(f"{body}-{region}", body, region, "", source)


def applicant(organisation: str, source: str = "申报表.xlsx") -> Giver:
    """The office of an organisation that exists."""
    region = Organisation.objects.values_list("region_id", flat=True).get(code=organisation)
    return _office(f"applicant-{organisation}", "applicant", region, organisation, source)


def _office(key: str, body: str, region: str, organisation: str, source: str) -> Giver:
    words = {"name_zh": key, "name_en": key, "short_zh": key, "short_en": key}
    Office.objects.get_or_create(
        key=key,
        defaults={"body": body, "region_id": region, "organisation_id": organisation or None, **words},
    )
    return Giver(organisation, key, source)


def firm(
    number: int,
    years: Mapping[int, Mapping[str, int]] | None = None,
    held: tuple[HeldRow, ...] | None = None,
    *,
    name: str = "",
    region: str = w.ZUNYI,
    industry: str = "1512",
) -> FirmRow:
    """What is said of an enterprise."""
    return FirmRow(code(number), name or f"企业{number}（虚构）", region, industry, years or {}, held)
