"""What stands in the register of the enterprises of a file, for its giver, read before anything is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from cultivar.registry.models import Enterprise, Incident, Qualification, SupplyLink
from cultivar.registry.standing import own_and_counting
from cultivar.registry.statements import Giver, HeldRow, IncidentRow, SupplyRow, own_word
from cultivar.roster.changes import Stands
from cultivar.roster.sheet_reading import Firm, Good

_Links = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Register:
    """The register as one giver sees it: ``checking.Against``.

    Three queries for enterprises however many, two for incidents and purchases.
    """

    giver: Giver
    own: Mapping[str, str]

    @classmethod
    def of(cls, giver: Giver) -> "Register":
        """Asks once whose word it is."""
        return cls(giver, own_word(giver))

    @property
    def corrects(self) -> bool:
        """Names, regions and industries are an authority's to correct."""
        return not self.giver.organisation

    def firms(self, firms: Sequence[Firm]) -> Mapping[str, Stands]:
        """What stands of these enterprises by their codes; none of those that the register does not have."""
        codes = [firm.row.code for firm in firms]
        known = Enterprise.objects.filter(code__in=codes).order_by()
        named = {row[0]: row[1:] for row in known.values_list("code", "name_zh", "region_id", "industry")}
        if not named:
            return {}
        years = {year for firm in firms for year in firm.row.years}
        own, counts = own_and_counting(list(named), self.own, {*years, *(year - 1 for year in years)})
        told = [firm.row.code for firm in firms if firm.row.held is not None and firm.row.code in named]
        held = self._held(told) if told else {}
        return {
            code: Stands(own.get(code, {}), counts.get(code, {}), tuple(held.get(code, ())), identity)
            for code, identity in named.items()
        }

    def _held(self, codes: Sequence[str]) -> dict[str, list[HeldRow]]:
        found: dict[str, list[HeldRow]] = {}
        rows = Qualification.objects.filter(enterprise__in=codes, **self.own, ended_at=None).order_by()
        columns = ("enterprise_id", "kind", "rank", "number", "from_on", "until_on")
        for code, *held in rows.values_list(*columns):
            found.setdefault(code, []).append(HeldRow(*held))
        return found

    def links(self, rows: Sequence[Good]) -> _Links:
        """What stands of the giver's own incidents and purchases of these rows' enterprises."""
        events = {one.code for one in rows if isinstance(one, IncidentRow)}
        buyers = {one.buyer for one in rows if isinstance(one, SupplyRow)}
        found: _Links = {}
        if events:
            found |= self._links(Incident, "enterprise_id", events, ("kind", "grade", "on"), ("document",))
        if buyers:
            names = ("supplier", "product", "year")
            found |= self._links(SupplyLink, "buyer_id", buyers, names, ("supplier_name", "amount_yuan"))
        return found

    def _links(
        self, model: type[Model], of: str, codes: set[str], names: tuple[str, ...], says: tuple[str, ...]
    ) -> _Links:
        rows = model._default_manager.filter(**{f"{of}__in": codes}, **self.own, ended_at=None)
        cut = 1 + len(names)
        return {row[:cut]: row[cut:] for row in rows.values_list(of, *names, *says)}
