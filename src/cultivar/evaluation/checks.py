"""How the experts of a round scored: who is mild or harsh, which sheets stand apart, how far panels agree.

All of it is a lead for a person, never a verdict: a harsh expert may be the only one who is right. Pure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from cultivar.evaluation.agreement import BadRatings, icc, kendall_w, krippendorff_alpha
from cultivar.evaluation.scores import Entry, Rule
from cultivar.evaluation.shadow import severity
from cultivar.policy.text import Text

Answer: TypeAlias = Decimal | Text  # a coefficient to two places, or why it is not defined
Table: TypeAlias = Sequence[Sequence[Decimal | None]]

EXACT = Rule(places=6)
PLACES = Decimal("0.01")
RESIDUALS = 20  # the largest that are listed

_GAPS = Text("缺 {n} 份评分表，没有定义", "not defined, sheets missing: {n}")
_ONE_CASE = Text("只有一个申报，没有定义", "not defined for one application")


class Judged(NamedTuple):
    """An expert's mean distance from the others, in points: above 0 mild, below harsh."""

    expert: str
    sheets: int
    severity: Decimal


class Residual(NamedTuple):
    """How far a sheet lies from what application and expert lead one to expect, in points."""

    case: str
    expert: str
    total: Decimal
    expected: Decimal

    @property
    def apart(self) -> Decimal:
        """Above 0: more than expected."""
        return _rounded(self.total - self.expected)


@dataclass(frozen=True)
class Panel:
    """Applications that the same experts judge, with how far those agree. ``one_rater``: ICC2, ``mean``: ICC2k."""

    experts: tuple[str, ...]
    cases: tuple[str, ...]
    alpha: Answer
    one_rater: Answer
    mean: Answer
    order: Answer


def judged(entries: Iterable[Entry]) -> tuple[list[Judged], list[Residual]]:
    """The experts, the furthest from the others first, and the largest residuals, the largest first.

    One ridge regression over all sheets (``shadow.severity``, exact to six places). Nothing without a sheet.
    """
    found = list(entries)
    if not found:
        return [], []
    fitted = severity(found, EXACT)
    sheets: dict[str, int] = {}
    residuals = []
    for entry in found:
        for sheet in entry.sheets:
            sheets[sheet.expert] = sheets.get(sheet.expert, 0) + 1
            expected = fitted.scores[entry.id] + fitted.experts[sheet.expert]
            residuals.append(Residual(entry.id, sheet.expert, sheet.total, _rounded(expected)))
    experts = [Judged(one, count, _rounded(fitted.experts[one])) for one, count in sheets.items()]
    experts.sort(key=lambda one: (-abs(one.severity), one.expert))
    residuals.sort(key=lambda one: (-abs(one.apart), one.case, one.expert))
    return experts, residuals[:RESIDUALS]


def overall(entries: Iterable[Entry]) -> Answer:
    """Krippendorff's alpha, interval level, over all sheets of the round.

    Who gave a rating does not matter to it, so the sheets of an application are one column of a narrow table.
    """
    units = [[sheet.total for sheet in entry.sheets] for entry in entries]
    table = list(zip_longest(*units))
    return _answer(lambda: krippendorff_alpha(table, "interval"))


def groups(seats: Mapping[str, Iterable[str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Experts with the cases that they all judge together; ``seats``: experts by case. Larger groups first."""
    together: dict[tuple[str, ...], list[str]] = {}
    for case, experts in seats.items():
        together.setdefault(tuple(sorted(experts)), []).append(case)
    found = [(experts, tuple(sorted(cases))) for experts, cases in together.items() if experts]
    return sorted(found, key=lambda one: (-len(one[1]), one))


def panel(experts: Sequence[str], cases: Sequence[str], entries: Mapping[str, Entry]) -> Panel:
    """How far the experts of a group agree on its cases; ``entries`` by case, where sheets are in."""
    totals = {
        (case, sheet.expert): sheet.total
        for case in cases
        if case in entries
        for sheet in entries[case].sheets
    }
    by_expert: Table = [[totals.get((case, expert)) for case in cases] for expert in experts]
    by_case: Table = [[totals.get((case, expert)) for expert in experts] for case in cases]
    missing = sum(one is None for row in by_expert for one in row)
    whole = _ONE_CASE if len(cases) < 2 else _GAPS.fill(n=missing) if missing else None
    return Panel(
        experts=tuple(experts),
        cases=tuple(cases),
        alpha=_ONE_CASE if len(cases) < 2 else _answer(lambda: krippendorff_alpha(by_expert, "interval")),
        one_rater=whole or _answer(lambda: icc(by_case, "ICC2")),
        mean=whole or _answer(lambda: icc(by_case, "ICC2k")),
        order=whole or _answer(lambda: kendall_w(by_expert)),
    )


def _answer(coefficient: Callable[[], float]) -> Answer:
    try:
        return _rounded(Decimal(repr(coefficient())))
    except BadRatings as bad:
        return bad.text


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP) + 0  # no "-0.00"
