"""Whether a condition holds, by stated figures, by the bars of the document and the thresholds of a round.

A figure below a bar fails the condition. A condition that the text leaves to judgement is never met by figures
alone: an office says so. A figure that is not known is never taken for nought: what hangs on it is unknown, unless
what is known of it settles the matter already. Nothing here looks at a clock or a database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Bar, Condition, Indicator

Verdict = Literal["holds", "fails", "open", "unknown"]  # open: an office has still to judge
Bound = Literal["at_least", "more_than", "at_most", "less_than"]
BOUNDS: tuple[Bound, ...] = ("at_least", "more_than", "at_most", "less_than")


@dataclass(frozen=True)
class Measured:
    """An indicator held against one bound. ``value`` is None where the figure is not known.

    ``floor``: it is at least this much, whatever is not known; None where nothing can be said.
    """

    indicator: str
    bound: Bound
    limit: Decimal
    value: Decimal | None
    by: Literal["document", "round"]
    floor: Decimal | None = None

    @property
    def met(self) -> bool | None:
        """Whether the figure lies within the bound; None where what is known does not settle it."""
        if self.value is None:
            return self._settled
        return {
            "at_least": self.value >= self.limit,
            "more_than": self.value > self.limit,
            "at_most": self.value <= self.limit,
            "less_than": self.value < self.limit,
        }[self.bound]

    @property
    def _settled(self) -> bool | None:
        """What the floor alone says: enough is enough, and too much stays too much."""
        if self.floor is None:
            return None
        return {
            "at_least": True if self.floor >= self.limit else None,
            "more_than": True if self.floor > self.limit else None,
            "at_most": False if self.floor > self.limit else None,
            "less_than": False if self.floor >= self.limit else None,
        }[self.bound]


@dataclass(frozen=True)
class Outcome:
    """What is known of a condition: the verdict and every figure that was held against a bound."""

    condition: str
    verdict: Verdict
    measured: tuple[Measured, ...]

    @property
    def failing(self) -> tuple[Measured, ...]:
        """The figures that fail it."""
        return tuple(one for one in self.measured if one.met is False)

    @property
    def lacking(self) -> tuple[Measured, ...]:
        """The figures that are not known well enough to decide."""
        return tuple(one for one in self.measured if one.met is None)


def assess(
    condition: Condition,
    programme: Programme,
    figures: Mapping[str, Decimal],
    thresholds: Mapping[str, Decimal],
    judged: Literal["meets", "fails"] | None = None,
    on: str = "",
    floors: Mapping[str, Decimal] | None = None,
) -> Outcome:
    """One condition. ``figures`` and ``thresholds`` are by indicator, in the indicator's unit.

    ``on`` is a day (ISO); a bar that was valid until an earlier one is no longer asked. Blank: every bar is.
    ``floors``: what an indicator is at least, where its figure is not known.
    """
    bars = [bar for bar in condition.bars if not (on and bar.until and bar.until < on)]
    held = _measured(condition, bars, programme, figures, thresholds)
    measured = tuple(replace(one, floor=(floors or {}).get(one.indicator)) for one in held)
    return Outcome(condition.id, _verdict(condition, measured, judged), measured)


def _verdict(condition: Condition, measured: tuple[Measured, ...], judged: str | None) -> Verdict:
    if judged == "fails" or any(one.met is False for one in measured):
        return "fails"
    if any(one.met is None for one in measured):
        return "unknown"
    if judged == "meets":
        return "holds"
    return "holds" if condition.judged_by == "figures" and measured else "open"


def _measured(
    condition: Condition,
    bars: Sequence[Bar],
    programme: Programme,
    figures: Mapping[str, Decimal],
    thresholds: Mapping[str, Decimal],
) -> Iterator[Measured]:
    for bar in bars:
        bound, limit = bound_of(bar)
        yield Measured(bar.indicator, bound, limit, figures.get(bar.indicator), "document")
    indicators = {one.id: one for one in programme.indicators}
    for name in condition.indicators:
        if name in thresholds and name in indicators:
            bound = bound_by(indicators[name])
            yield Measured(name, bound, thresholds[name], figures.get(name), "round")


def bound_of(bar: Bar) -> tuple[Bound, Decimal]:
    """The bound that a bar sets and its limit. Raises ``ValueError`` unless there is exactly one."""
    given = [(name, getattr(bar, name)) for name in BOUNDS if getattr(bar, name) is not None]
    if len(given) != 1:
        raise ValueError("a bar sets exactly one bound")
    return given[0][0], Decimal(given[0][1])


def bound_by(indicator: Indicator) -> Bound:
    """How a round's threshold bounds an indicator: from below where more is better, else from above."""
    return "at_least" if indicator.better == "higher" else "at_most"


def all_hold(programme: Programme, verdicts: Mapping[str, Verdict]) -> Verdict:
    """The conditions together, as the document asks for all of them or for any."""
    known = [verdicts.get(condition.id, "open") for condition in programme.conditions]
    deciding, other = ("fails", "holds") if programme.conditions_hold == "all" else ("holds", "fails")
    if deciding in known:
        return "fails" if deciding == "fails" else "holds"
    if all(verdict == other for verdict in known):
        return "holds" if other == "holds" else "fails"
    return "unknown" if "unknown" in known else "open"
