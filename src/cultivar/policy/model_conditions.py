"""What a programme file says of figures: indicators, conditions, criteria, named subjects and targets."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from cultivar.policy.model_parts import Day, Decimals, Id, Ids, Named, Pair, Part, Said


class Direction(Named):
    """A direction inside a field."""

    id: Id


class Computed(Part):
    """How an indicator follows from the enterprises of the roster. Exactly one of the first nine says what is done.

    Measures and qualifications are ids of the shared vocabulary. Money comes out in the indicator's unit,
    shares, ratios and rates in per cent. A figure that an enterprise did not give stays unknown.
    """

    count: Id | None = None
    """Enterprises: all of them, or those that answer yes to a yes-no measure."""
    qualified: Ids | None = None
    """Enterprises that hold one of these qualifications on the day."""
    total: Id | None = None
    """The sum of a measure."""
    ratio: Pair | None = None
    """The sum of the first measure over the sum of the second."""
    mean_ratio: Pair | None = None
    """The mean over the enterprises of the first measure over the second; those whose second is nought are left out."""
    share: Id | None = None
    """Enterprises that answer yes to a yes-no measure among all."""
    growth: Id | None = None
    """The sum of a measure against the year before."""
    fall: Pair | None = None
    """By how much the first measure per unit of the second fell against the year before."""
    incidents: Ids | None = None
    """Events of these kinds on record, of ``grade`` or graver, in the last ``years``. No record proves no event."""
    among: Id | None = None
    """Only enterprises that answer yes to this yes-no measure."""
    ranks: Ids | None = None
    """Of a qualification: the ranks that count; absent: any."""
    grade: Id | None = None
    """Of incidents: the least grade that counts; absent: any."""
    years: Annotated[int, Field(ge=1, le=30)] | None = None
    """Of incidents: how many years back from the day."""

    @cached_property
    def way(self) -> str:
        """The name of what is done; "" unless exactly one is given."""
        given = [name for name in COMPUTED_WAYS if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that every enterprise is asked for, in the order given."""
        single = (
            self.total,
            self.share,
            self.growth,
            self.count if self.count != "all" else None,
            self.among,
        )
        pairs = (self.ratio or [], self.mean_ratio or [], self.fall or [])
        named = [*(name for pair in pairs for name in pair), *(name for name in single if name)]
        return tuple(dict.fromkeys(named))

    @property
    def looks_back(self) -> bool:
        """Whether it needs the figures of the year before too."""
        return self.way in ("growth", "fall")


COMPUTED_WAYS = (
    *("count", "qualified", "total", "ratio", "mean_ratio"),
    *("share", "growth", "fall", "incidents"),
)


class Indicator(Named):
    """A figure that helps to judge a condition: computed over the roster, or stated in the dossier."""

    id: Id
    article: Id
    unit: Said
    better: Literal["higher", "lower"]
    """Which way is better; a threshold of a round bounds it from the other side."""
    formula: Said
    """How it is computed, in words."""
    computed: Computed | None = None
    """How it follows from the roster; absent: the dossier states it."""


class Evidence(Named):
    """A kind of supporting file."""

    id: Id
    article: Id
    hint: Said | None = None


class Bar(Part):
    """A figure that the document itself demands of an indicator: exactly one bound, valid until ``until``."""

    indicator: Id
    at_least: Decimals | None = None
    more_than: Decimals | None = None
    at_most: Decimals | None = None
    less_than: Decimals | None = None
    until: Day | None = None


class ConditionExample(Part):
    """Shows what a condition means: with these figures, these thresholds of a round and this judgement it holds.

    ``expect: open`` means that an office has still to judge, ``unknown`` that a figure is lacking.
    """

    case: Literal["passes", "fails", "boundary", "unknown"]
    figures: dict[Id, Decimals] = {}
    thresholds: dict[Id, Decimals] = {}
    judged: Literal["meets", "fails"] | None = None
    expect: Literal["holds", "fails", "open", "unknown"]


class Condition(Named):
    """What must hold. ``judged_by: discretion`` means that the text names no figure and an office judges."""

    id: Id
    article: Id
    summary: Said
    judged_by: Literal["discretion", "figures"]
    """Figures decide alone, or an office judges."""
    indicators: list[Id] = []
    evidence: list[Id] = []
    bars: list[Bar] = []
    """The figures that the document itself demands."""
    examples: list[ConditionExample] = []


class Criterion(Named):
    """A criterion of the evaluation where the document itself gives its points."""

    id: Id
    article: Id
    points: Annotated[int, Field(ge=1, le=1000)]


class Figure(Part):
    """A stated figure: a decimal of a unit in a year."""

    value: Decimals
    unit: Said
    year: int


class DesignationGroup(Named):
    """A class of the subjects that the document names, with what it states of all of them together."""

    id: Id
    article: Id
    baseline: dict[Id, Figure] = {}
    """What the document states of the group together, by indicator."""


class Designation(Named):
    """A subject that the document itself names: where it lies, what it is to become.

    ``places`` are region codes that the text names, in its order; none where it names only wider areas.
    """

    id: Id
    group: Id
    article: Id
    places: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[0-9A-Z]{2}$")]] = []
    layout: Said | None = None
    aim: Said | None = None
    directions: list[Direction] = []


class Target(Named):
    """What is to be reached, for whom, by when. Without ``value`` the text names no figure."""

    id: Id
    article: Id
    of: Ids
    """Groups or designations; empty: every subject."""
    indicator: Id | None = None
    kind: Literal["level", "yearly growth", "qualitative"]
    bound: Literal["at least", "more than", "in step", "about"] | None = None
    value: Decimals | None = None
    unit: Said | None = None
    by_year: int
