"""The order of the applications of a round by the mean of their sheets."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cultivar.cases.models import Case
from cultivar.evaluation.models import Sheet


@dataclass(frozen=True)
class Place:
    """A case in the ranking. ``mean`` has two decimals, half up; equal means share a rank."""

    rank: int
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
    """Cases with at least one sheet, best mean first; cases of one mean share a rank (1, 2, 2, 4)."""
    totals: dict[str, list[Decimal]] = {}
    for number, total in Sheet.objects.filter(case__in=cases).values_list("case_id", "total"):
        totals.setdefault(number, []).append(total)
    scored = [case for case in cases if case.number in totals]
    means = {case.number: _mean(totals[case.number]) for case in scored}
    order = sorted(scored, key=lambda case: (-means[case.number], case.number))
    values = [means[case.number] for case in order]
    places = []
    for case in order:
        mean = means[case.number]
        rank = 1 + sum(value > mean for value in values)
        places.append(
            Place(
                rank=rank,
                case=case,
                mean=mean,
                lowest=min(totals[case.number]),
                highest=max(totals[case.number]),
                sheets=len(totals[case.number]),
                seats=len(case.seats.all()),
                tied=values.count(mean) > 1,
                inside=quota is None or rank <= quota,
            )
        )
    return places


def _mean(totals: list[Decimal]) -> Decimal:
    return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)
