"""By which rules and for which days a round asks who may judge: as its frozen list says, else as proposed and today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cultivar.cases.models import Case
from cultivar.evaluation import rounds
from cultivar.evaluation.circumstances_query import Period
from cultivar.evaluation.conflicts import Setting
from cultivar.policy.model import Programme


@dataclass(frozen=True)
class Ruling:
    """The rules of a round, and the days on which its experts judge from now on; ``frozen``: a list says so."""

    during: Period
    settings: Mapping[str, Setting] = field(default_factory=dict)
    frozen: bool = False


def ruling(round_: Case | None, programme: Programme, today: date) -> Ruling:
    """As the latest list says that was frozen for the round and not abandoned. Two queries at most."""
    found = rounds.draws(round_, programme) if round_ is not None else []
    made = next((one for one in found if one.stood("frozen-draw") and not one.abandoned), None)
    if made is None:
        return Ruling(Period(today, today))
    plan = made.plan
    first = max(plan.since, today)
    return Ruling(Period(first, max(plan.until, first)), plan.settings, frozen=True)
