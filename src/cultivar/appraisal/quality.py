"""How good the register's figures are: how many there are, how old, and which stand far from their like. Pure.

An outlier is held against the enterprises of its division (two digits of GB/T 4754-2017): the logarithm of a quotient,
its distance from the median in units of the median absolute deviation (scaled by 1.4826 as for a normal spread; Leys et
al. 2013 recommend it over standard deviations). It is a lead to look at a figure, most often at its unit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from statistics import median

from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary

FEWEST = 20  # enterprises of a division with the quotient, before one can stand apart
FAR = 6.0  # scaled deviations
_NORMAL = 1.4826
_LEAST_SPREAD = 0.05  # of the logarithm: where nearly all agree, a tenth more or less is not far
QUOTIENTS: tuple[tuple[str, str, Text], ...] = (
    ("revenue", "employment", Text("人均营业收入", "Revenue per person")),
    ("output", "revenue", Text("产值与营业收入之比", "Output to revenue")),
    ("rd-expense", "revenue", Text("研发投入强度", "R&D intensity")),
    ("profit", "revenue", Text("利润率", "Profit to revenue")),
    ("tax", "revenue", Text("税负", "Tax to revenue")),
    ("assets", "revenue", Text("资产与营业收入之比", "Assets to revenue")),
    ("energy", "output", Text("单位产值能耗", "Energy per output")),
    ("purchases", "revenue", Text("采购与营业收入之比", "Purchases to revenue")),
)


@dataclass(frozen=True, slots=True)
class Reported:
    """An enterprise with its figures of the year looked at; ``latest`` is the last year reported, 0 for none.

    ``region`` is the prefecture's code, ``fields`` those of the clusters on whose rosters it stands.
    """

    code: str
    name: str
    region: str
    industry: str
    fields: tuple[str, ...]
    figures: Mapping[str, int]
    latest: int


@dataclass(frozen=True)
class Coverage:
    """Of how many enterprises a measure is known, by region; ``asked`` is how many there are."""

    measure: str
    known: Mapping[str, int]


@dataclass(frozen=True)
class Outlier:
    """A quotient far from those of its division: the enterprise, the value, the median, how many times it."""

    code: str
    name: str
    region: str
    fields: tuple[str, ...]
    what: Text
    value: float
    usual: float

    @property
    def times(self) -> float:
        """The value over the median of its division."""
        return self.value / self.usual


@dataclass(frozen=True)
class Quality:
    """The state of the register of some regions for one year."""

    year: int
    asked: Mapping[str, int]  # enterprises by region
    coverage: tuple[Coverage, ...]
    latest: Mapping[str, Mapping[int, int]]  # by region: enterprises by the last year that they reported
    outliers: tuple[Outlier, ...]  # the farthest first
    spread: Mapping[tuple[str, str], int]  # outliers by field and region


def quality(reported: Sequence[Reported], measures: Iterable[str], year: int) -> Quality:
    """The state of the register over these enterprises; ``measures`` are those that are asked for."""
    asked: dict[str, int] = {}
    latest: dict[str, dict[int, int]] = {}
    for one in reported:
        asked[one.region] = asked.get(one.region, 0) + 1
        years = latest.setdefault(one.region, {})
        years[one.latest] = years.get(one.latest, 0) + 1
    outliers = tuple(sorted(_outliers(reported), key=lambda one: (-abs(log10(one.times)), one.code)))
    return Quality(
        year,
        asked,
        tuple(_coverage(reported, measure) for measure in measures),
        latest,
        outliers,
        _spread(outliers),
    )


def _coverage(reported: Iterable[Reported], measure: str) -> Coverage:
    known: dict[str, int] = {}
    for one in reported:
        if measure in one.figures:
            known[one.region] = known.get(one.region, 0) + 1
    return Coverage(measure, known)


def _spread(outliers: Iterable[Outlier]) -> dict[tuple[str, str], int]:
    spread: dict[tuple[str, str], int] = {}
    for one in outliers:
        for name in one.fields or ("",):
            spread[name, one.region] = spread.get((name, one.region), 0) + 1
    return spread


def _outliers(reported: Sequence[Reported]) -> Iterator[Outlier]:
    for over, under, what in QUOTIENTS:
        divisions: dict[str, list[tuple[Reported, float]]] = {}
        for one in reported:
            value = _quotient(one.figures, over, under)
            if value is not None:
                divisions.setdefault(one.industry[:2], []).append((one, value))
        for rows in divisions.values():
            yield from _apart(rows, what)


def _quotient(figures: Mapping[str, int], over: str, under: str) -> float | None:
    """One measure over another, both on paper; None where either is lacking or not positive."""
    first, second = figures.get(over), figures.get(under)
    if not first or not second or first < 0 or second < 0:
        return None
    words = vocabulary().measures
    return (first / words[over].scale) / (second / words[under].scale)


def _apart(rows: Sequence[tuple[Reported, float]], what: Text) -> Iterator[Outlier]:
    if len(rows) < FEWEST:
        return
    logs = [log10(value) for _, value in rows]
    middle = median(logs)
    spread = max(median(abs(one - middle) for one in logs) * _NORMAL, _LEAST_SPREAD)
    for (one, value), place in zip(rows, logs, strict=True):
        if abs(place - middle) > FAR * spread:
            yield Outlier(one.code, one.name, one.region, one.fields, what, value, 10**middle)
