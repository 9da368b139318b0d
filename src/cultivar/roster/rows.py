"""What one row of a workbook says, as the register takes it: one enterprise, one incident, one purchase."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A qualification that an enterprise holds, both days included; None: not known."""

    kind: str
    rank: str = ""
    number: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One enterprise as one giver states it: ``years`` by measure, only what is said.

    ``held`` None: nothing is said about qualifications; (): it has none.
    """

    code: str
    name: str
    region: str
    industry: str
    years: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    held: tuple[HeldRow, ...] | None = None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident of an enterprise."""

    code: str
    kind: str
    grade: str
    on: date
    document: str = ""


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """What an enterprise buys of another in a year, in yuan; None: the amount is not known."""

    buyer: str
    supplier: str
    supplier_name: str
    product: str
    year: int
    amount_yuan: int | None = None
