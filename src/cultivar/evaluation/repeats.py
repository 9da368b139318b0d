"""Experts who judge again whom they judged in another round: the same applicant, or the same subject."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cultivar.cases.models import Case, Seat


@dataclass(frozen=True)
class Repeat:
    """An expert, a case of this round, and the cases of other rounds in which both met, the earliest first."""

    person: str
    case: Case
    before: tuple[Case, ...]


def repeats(cases: QuerySet[Case], sight: QuerySet[Case], round_: str) -> list[Repeat]:
    """Every repeat of a round's ``cases`` within what the asking office sees, by seats held to the end: two queries."""
    theirs = cases.order_by()
    same = Q(case__applicant__in=theirs.exclude(applicant=None).values("applicant"))
    same |= Q(case__subject__in=theirs.exclude(subject=None).values("subject"))
    now = list(Seat.objects.filter(case__in=theirs.values("number")).select_related("case"))
    other = (
        Seat.objects.filter(same, case__in=sight.order_by().exclude(round=round_).values("number"))
        .exclude(case__round=None)
        .filter(person__in=Seat.objects.filter(case__in=theirs.values("number")).values("person"))
        .select_related("case__round")
    )
    return _paired(now, other)


def _paired(now: Iterable[Seat], other: Iterable[Seat]) -> list[Repeat]:
    met: dict[tuple[str, str], dict[str, Case]] = {}
    for seat in other:
        for party in _parties(seat.case):
            met.setdefault((seat.person, party), {})[seat.case.number] = seat.case
    found = []
    for seat in now:
        before: dict[str, Case] = {}
        for party in _parties(seat.case):
            before |= met.get((seat.person, party), {})
        if before:
            ordered = sorted(before.values(), key=lambda case: (case.opened_at, case.number))
            found.append(Repeat(seat.person, seat.case, tuple(ordered)))
    return sorted(found, key=lambda one: (-len(one.before), one.case.number, one.person))


def _parties(case: Case) -> list[str]:
    """Who and what is judged: the applicant's code, and the subject's key."""
    subject = [] if case.subject_id is None else [f"subject {case.subject_id}"]
    return subject + ([f"applicant {case.applicant_id}"] if case.applicant_id else [])
