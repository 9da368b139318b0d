"""Which enterprises are on the roster of what is cultivated: bringing some onto it, taking some off. Idempotent.

Whose roster it is, and whether it may still be changed, is for the caller to ask; what was submitted is frozen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import OperationalError, transaction

from cultivar.cases.models import Membership, Subject
from cultivar.policy.text import Text
from cultivar.registry.models import Enterprise

AT_ONCE = 2000

# A dossier freezes its roster while it holds the ledger's lock, for which every other act of the house waits: some
# 0.2 s per thousand enterprises. With five thousand the wait is about a second.
MOST = 5000

_FULL = Text(
    "一份名单最多列 {most} 家企业：已有 {standing} 家，再列 {more} 家放不下。先移出不再属于的企业，或只列主要企业。",
    "A roster has at most {most} enterprises: {standing} are on it, {more} more do not fit. Take off those that no "
    "longer belong, or enter the main ones only.",
)


class RosterFull(Exception):
    """More enterprises than a roster has room for; ``text`` says so. None was enrolled."""

    def __init__(self, standing: int, more: int) -> None:
        self.text = _FULL.fill(most=MOST, standing=standing, more=more)
        super().__init__(self.text.en)


_HELD = "55P03"  # PostgreSQL's lock_not_available


def hold(subject: str, *, wait: bool = True) -> bool:
    """Holds a roster until the transaction is over: whoever freezes it or takes rows onto it does so alone.

    False where somebody else holds it and one does not ``wait``; the transaction is then of no more use. On SQLite
    whoever writes is alone already.
    """
    try:
        Subject.objects.select_for_update(no_key=True, nowait=not wait).filter(pk=subject).first()
    except OperationalError as error:
        if wait or getattr(error.__cause__, "sqlstate", "") != _HELD:
            raise
        return False
    return True


@dataclass(frozen=True)
class Enrolled:
    """What came of it, by credit code, in order: newly on the roster, on it already, and not in the register."""

    new: tuple[str, ...]
    already: tuple[str, ...]
    unknown: tuple[str, ...]


@transaction.atomic
def enrol(subject: Subject, codes: Iterable[str]) -> Enrolled:
    """Brings enterprises of the register onto a roster; those that the register does not know are told.

    Raises ``RosterFull`` where they would be more than ``MOST``.
    """
    wanted = sorted(set(codes))
    Subject.objects.select_for_update().get(pk=subject.pk)  # two who enrol at once wait for each other
    known: set[str] = set()
    already: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        known |= set(Enterprise.objects.filter(code__in=part).values_list("code", flat=True))
        rows = Membership.objects.filter(subject=subject, enterprise__in=part)
        already |= set(rows.values_list("enterprise_id", flat=True))
    new = [code for code in wanted if code in known and code not in already]
    standing = Membership.objects.filter(subject=subject).count() if new else 0
    if standing + len(new) > MOST:
        raise RosterFull(standing, len(new))
    Membership.objects.bulk_create(Membership(subject=subject, enterprise_id=code) for code in new)
    return Enrolled(tuple(new), tuple(sorted(already)), tuple(code for code in wanted if code not in known))


@transaction.atomic
def leave(subject: Subject, codes: Iterable[str]) -> int:
    """Takes enterprises off a roster and gives how many were on it; what was said of them stands."""
    wanted = sorted(set(codes))
    gone = 0
    for start in range(0, len(wanted), AT_ONCE):
        rows = Membership.objects.filter(subject=subject, enterprise__in=wanted[start : start + AT_ONCE])
        gone += rows.delete()[0]
    return gone
