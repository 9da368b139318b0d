"""The order of the applications of a round by the mean of their sheets."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cultivar.cases.models import Case
from cultivar.evaluation.models import Sheet

OUT = ("refused", "closed")  # ends that take a case out of the race


@dataclass(frozen=True)
class Place:
    """A case in the ranking. ``mean`` has two decimals, half up; equal means share a rank.

    A case that is finally refused or closed has no ``rank`` and takes no place within the quota.
    """

    rank: int | None
    case: Case
    mean: Decimal
    lowest: Decimal
    highest: Decimal
    sheets: int
    seats: int
    tied: bool
    inside: bool  # within the quota, where the notice sets one

    @property
    def complete(self) -> bool:
        """Whether every seated expert has handed in a sheet."""
        return self.sheets == self.seats


def ranking(cases: list[Case], quota: int | None) -> list[Place]:
    """Cases with at least one sheet, best mean first; cases of one mean share a rank (1, 2, 2, 4).

    Those that are out of the race stand last, by mean.
    """
    totals: dict[str, list[Decimal]] = {}
    for number, total in Sheet.objects.filter(case__in=cases).values_list("case_id", "total"):
        totals.setdefault(number, []).append(total)
    scored = [case for case in cases if case.number in totals]
    means = {case.number: _mean(totals[case.number]) for case in scored}
    order = sorted(scored, key=lambda case: (case.final in OUT, -means[case.number], case.number))
    values = [means[case.number] for case in order if case.final not in OUT]
    return [_place(case, means[case.number], totals[case.number], values, quota) for case in order]


def _place(
    case: Case, mean: Decimal, totals: list[Decimal], values: list[Decimal], quota: int | None
) -> Place:
    """``values`` are the means of the cases in the race."""
    rank = None if case.final in OUT else 1 + sum(value > mean for value in values)
    return Place(
        rank=rank,
        case=case,
        mean=mean,
        lowest=min(totals),
        highest=max(totals),
        sheets=len(totals),
        seats=len(case.seats.all()),
        tied=rank is not None and values.count(mean) > 1,
        inside=rank is not None and (quota is None or rank <= quota),
    )


def _mean(totals: list[Decimal]) -> Decimal:
    return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)
