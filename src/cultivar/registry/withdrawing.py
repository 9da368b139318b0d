"""Withdrawing what one stated of an enterprise: a figure, a title, an incident or a purchase, with a reason.

The statement ends and stays on record with the reason; what others stated is untouched and counts from then on where
it counted for less before. Nobody withdraws another's word: the giver is part of every query here. Nor does an office
withdraw what another office of the same giver said, as another department of the city; it may state otherwise.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import transaction

from cultivar.policy.text import Text
from cultivar.registry.models import Incident, Qualification, Statement, SupplyLink, YearlyFigures
from cultivar.registry.standing import office_of
from cultivar.registry.statements import Giver, own_word, take_turn

Kind = Literal["figure", "title", "incident", "purchase"]
TABLES: Mapping[str, tuple[type[Statement], str]] = {  # the table, and its column of the enterprise
    "figure": (YearlyFigures, "enterprise"),
    "title": (Qualification, "enterprise"),
    "incident": (Incident, "enterprise"),
    "purchase": (SupplyLink, "buyer"),
}
LONGEST_REASON = 200  # characters

_GONE = Text(
    "没有这条数据，或它不是你的单位填的，或刚被更正。回到企业页面，按现在的数据再办。",
    "There is no such statement of your office's, or it was corrected meanwhile. Look at the enterprise's page again.",
)
NO_REASON = Text(
    "写明为什么撤回，最多 {most} 个字。", "Say why it is withdrawn, in at most {most} characters."
).fill(most=LONGEST_REASON)


class NotStanding(LookupError):
    """The giver has no such statement that stands; ``text`` says so."""

    text = _GONE

    def __init__(self) -> None:
        super().__init__(_GONE.en)


class NoReason(ValueError):
    """The reason is missing or too long; ``text`` says so."""

    text = NO_REASON

    def __init__(self) -> None:
        super().__init__(NO_REASON.en)


def find_own(
    own: Mapping[str, str], code: str, kind: str, number: int, measure: str = "", *, office: str = ""
) -> Statement:
    """A statement of an enterprise that stands in a giver's own word (``statements.own_word``), by its key.

    Of a figure ``measure`` says which of the year. With ``office`` it must be that office's, as it must to be
    withdrawn. Raises ``NotStanding``.
    """
    model, of = TABLES.get(kind, (None, ""))
    if model is None or bool(measure) != (kind == "figure") or not any(own.values()):
        raise NotStanding
    row = model._default_manager.filter(pk=number, **{of: code}, **own, ended_at=None).first()
    if row is None or (isinstance(row, YearlyFigures) and measure not in row.figures):
        raise NotStanding
    if office and office != (office_of(row, measure) if isinstance(row, YearlyFigures) else row.office):
        raise NotStanding
    return row


@transaction.atomic
def withdraw(
    giver: Giver, code: str, kind: str, number: int, reason: str, *, at: datetime, measure: str = ""
) -> None:
    """Ends a statement of the giver's own office. Raises ``NotYours``, ``NotStanding`` and ``NoReason``."""
    take_turn()
    row = find_own(own_word(giver), code, kind, number, measure, office=giver.office)
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise NoReason
    row.ended_at, row.ended_by, row.reason = at, giver.office, said
    row.save(update_fields=["ended_at", "ended_by", "reason"])
    if not isinstance(row, YearlyFigures):
        return
    rest = {name: value for name, value in row.figures.items() if name != measure}
    if rest:  # the other figures of the year stand on, as whoever entered them said them
        YearlyFigures.objects.create(
            enterprise_id=row.enterprise_id,
            year=row.year,
            figures=rest,
            giver=row.giver,
            authority=row.authority,
            office=row.office,
            source=row.source,
            at=at,
        )
