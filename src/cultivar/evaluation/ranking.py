"""The order of the applications of a round, out of the sheets that were handed in, by the rule of ``scores``."""

from dataclasses import dataclass
from decimal import Decimal

from cultivar.cases.models import Case
from cultivar.evaluation import scores
from cultivar.evaluation.models import Sheet
from cultivar.evaluation.quota import select

OUT = ("refused", "closed")  # ends that take a case out of the race
RULE = scores.Rule()  # the mean of all sheets to two places, half up; equal means share a rank


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
    """Cases with at least one sheet that is not sealed, best mean first; cases of one mean share a rank (1, 2, 2, 4).

    Those that are out of the race stand last, by mean.
    """
    by_number = {case.number: case for case in cases}
    sheets: dict[str, list[scores.Sheet]] = {}
    handed_in = Sheet.objects.filter(case__in=cases, open=True).values_list("case_id", "person", "total")
    for number, person, total in handed_in:
        sheets.setdefault(number, []).append(scores.Sheet(person, total))
    scored = [
        scores.score(scores.Entry(number, tuple(sheets[number])), RULE)
        for number in by_number
        if number in sheets
    ]
    racing = [one for one in scored if by_number[one.id].final not in OUT]
    out = [one for one in scored if by_number[one.id].final in OUT]
    order = scores.ranked(racing, RULE)
    inside = set(select(order, quota).inside)
    ranked = [_place(by_number[one.id], one.score, one.rank, one.tied, one.id in inside) for one in order]
    rest = [_place(by_number[one.id], one.score, None, False, False) for one in scores.ranked(out, RULE)]
    return ranked + rest


def _place(case: Case, score: scores.Score, rank: int | None, tied: bool, inside: bool) -> Place:
    totals = [sheet.total for sheet in score.kept]
    return Place(
        rank=rank,
        case=case,
        mean=score.score,
        lowest=min(totals),
        highest=max(totals),
        sheets=len(totals),
        seats=len(case.seats.all()),
        tied=tied,
        inside=inside,
    )
