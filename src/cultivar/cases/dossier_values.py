"""What a dossier says beside what was typed: figures that follow from other entries, and those of the roster."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cultivar.appraisal.computed_fields import completed
from cultivar.cases import rosters
from cultivar.cases.models import Case
from cultivar.cases.programmes import pinned
from cultivar.ledger import clock
from cultivar.policy.model import Programme


def roster_values(case: Case) -> dict[str, Decimal]:
    """The indicators of a case that are read off its roster, by id; those that are not known are left out."""
    if case.subject is None:
        return {}
    roster = rosters.live(case.subject, rosters.reporting_year(case), clock.today())
    found = rosters.readings(pinned(case.digest), roster)
    return {name: one.value for name, one in found.items() if one.value is not None}


def whole(case: Case, programme: Programme, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a working copy with what nobody types; the roster is asked only where the form asks it."""
    taken = any(spec.from_roster for spec in programme.form_fields.values())
    return completed(programme, data, roster_values(case) if taken else None)
