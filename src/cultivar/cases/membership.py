"""Which enterprises are on the roster of what is cultivated: bringing some onto it, taking some off. Idempotent.

Whose roster it is, and whether it may still be changed, is for the caller to ask; what was submitted is frozen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from cultivar.cases.models import Membership, Subject
from cultivar.registry.models import Enterprise

AT_ONCE = 2000


@dataclass(frozen=True)
class Enrolled:
    """What came of it, by credit code, in order: newly on the roster, on it already, and not in the register."""

    new: tuple[str, ...]
    already: tuple[str, ...]
    unknown: tuple[str, ...]


@transaction.atomic
def enrol(subject: Subject, codes: Iterable[str]) -> Enrolled:
    """Brings enterprises of the register onto a roster; those that the register does not know are told."""
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
