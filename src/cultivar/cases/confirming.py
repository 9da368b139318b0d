"""Enterprises that stand in the register on an applicant's word alone, and the authority's word that confirms them."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from cultivar.cases.givers import MayNotState, giver_of
from cultivar.cases.models import Membership
from cultivar.cases.queries import visible
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.models import Enterprise
from cultivar.registry.statements import FirmRow, Giver, Stated, regions_under, state, take_turn

SOURCE = "核实企业信息"  # where an authority's word is from that was given on the page


def confirms(actor: Actor) -> bool:
    """Whether an office says who and where enterprises are: an authority of a region."""
    return _giver(actor) is not None


def _giver(actor: Actor) -> Giver | None:
    if actor.is_public or actor.organisation:
        return None
    try:
        return giver_of(actor, SOURCE)
    except MayNotState:
        return None


def unconfirmed(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that wait for this office's word, in the order of their codes; none for who has none."""
    if not confirms(actor):
        return Enterprise.objects.none()
    reach = regions_under(actor.region)
    return (
        Enterprise.objects.filter(confirmed=False, region__in=reach).select_related("region").order_by("code")
    )


def listed_on(codes: Iterable[str], actor: Actor) -> dict[str, list[Text]]:
    """The rosters on which enterprises stand, of the subjects whose cases the office may see: one query."""
    seen = visible(actor).filter(subject__isnull=False).order_by().values("subject")
    members = Membership.objects.filter(enterprise__in=list(codes), subject__in=seen).select_related(
        "subject"
    )
    found: dict[str, list[Text]] = {}
    for one in members.order_by("enterprise", "subject"):
        found.setdefault(one.enterprise_id, []).append(one.subject.name)
    return found


@transaction.atomic
def confirm(actor: Actor, codes: Iterable[str]) -> int:
    """Says of enterprises what stands of them, which confirms them; gives how many. Others are left alone.

    Raises ``MayNotState``.
    """
    take_turn()  # what is said again must be what stands: an import may have corrected it while this waited
    waiting = unconfirmed(actor).filter(code__in=list(codes))
    rows = [FirmRow(one.code, one.name_zh, one.region_id, one.industry, {}, None) for one in waiting]
    return _say(actor, rows).confirmed


@transaction.atomic
def correct(actor: Actor, code: str, said: Mapping[str, str]) -> Stated | None:
    """Says who and where one enterprise is (``name``, ``region``, ``industry``), and so confirms it.

    None, and nothing is written, where it waits no more. Raises ``MayNotState``.
    """
    take_turn()
    if not unconfirmed(actor).filter(code=code).exists():
        return None
    return _say(actor, [FirmRow(code, said["name"], said["region"], said["industry"], {}, None)])


def _say(actor: Actor, rows: list[FirmRow]) -> Stated:
    return state(giver_of(actor, SOURCE), rows, at=clock.now())
