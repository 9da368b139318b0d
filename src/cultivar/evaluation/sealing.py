"""Whether the sheets of a case may be read: the one question that pages of scores ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from cultivar.cases.models import Case
from cultivar.cases.record import Folded
from cultivar.evaluation.models import Sheet
from cultivar.procedure.sealing import panel_closed


def unsealed(case: Folded) -> bool:
    """Whether the panel is closed and has not changed since: only then its scores, means and orders are shown."""
    return panel_closed(case.procedure, case.state.acts)


@dataclass(frozen=True)
class UnderSeal:
    """A case whose sheets are sealed: how many are in, and how many of them came late."""

    case: Case
    sheets: int
    seats: int
    late: int

    @property
    def complete(self) -> bool:
        """Whether every seated expert has handed in a sheet."""
        return self.sheets == self.seats


def under_seal(cases: Iterable[Case]) -> list[UnderSeal]:
    """Those of the cases (fetched with their seats) whose sheets wait to be opened, in the order given: one query.

    A case that ended before keeps its sheets sealed and waits for nothing.
    """
    kept = [case for case in cases if not case.final]
    counts = {
        number: (sheets, late)
        for number, sheets, late in Sheet.objects.filter(case__in=kept, open=False)
        .order_by()
        .values_list("case")
        .annotate(sheets=Count("id"), late=Count("id", filter=Q(days_late__gt=0)))
    }
    return [UnderSeal(case, *_counted(case, *counts[case.number])) for case in kept if case.number in counts]


def _counted(case: Case, sheets: int, late: int) -> tuple[int, int, int]:
    return sheets, len(case.seats.all()), late
