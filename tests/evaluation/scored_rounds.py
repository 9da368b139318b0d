"""Rounds with judged applications, as the tables hold them: for what is worked out over many at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests import world as w

from cultivar.cases.models import Case, Seat
from cultivar.evaluation.models import Sheet
from cultivar.ledger import clock
from cultivar.registry import regions
from cultivar.registry.models import Region

Points = tuple[str | int, str | int]  # for strength, for innovation


def announced(**more: Any) -> Case:
    """A round of Guizhou."""
    if not Region.objects.exists():
        regions.load()
    with w.at("2026-03-01"):
        return w.announce(**more)


def judged(
    round_: Case,
    number: str,
    sheets: Mapping[str, Points],
    *,
    seats: Sequence[str] = (),
    field: str = "sauce-liquor",
    region: str = w.ZUNYI,
    **more: Any,
) -> Case:
    """An application with a sheet of each expert given; ``seats``: who sits, unless it is those."""
    case = Case.objects.create(
        number=number,
        procedure="recognition",
        about="application",
        programme=round_.programme,
        digest=round_.digest,
        round=round_,
        name_en=f"Cluster {number} (fictional)",
        field=field,
        lead_region_id=region,
        **{"stage": "evaluation", "last_seq": 1, "name_zh": f"集群{number}（虚构）", **more},
        opened_at=clock.now(),
        stage_since=clock.now(),
    )
    for person in seats or sheets:
        Seat.objects.create(case=case, person=person, done=person in sheets)
    for person, (strength, innovation) in sheets.items():
        points = {"strength": str(strength), "innovation": str(innovation)}
        total = sum((Decimal(one) for one in points.values()), Decimal(0))
        Sheet.objects.create(case=case, person=person, total=total, points=points)
    return case


def evenly(total: int, innovation: int = 20, experts: str = "abc") -> dict[str, Points]:
    """The same sheet from each expert."""
    return {expert: (total - innovation, innovation) for expert in experts}
