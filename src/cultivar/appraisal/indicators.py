"""Indicators over the enterprises of a roster: one definition each, taken from the programme file. Pure and exact.

A figure that an enterprise did not give is unknown, never nought: the indicator is then unknown, with what it is at
least (``floor``) where that can be said, and with the enterprises that are lacking. Sums are sums of whole numbers;
a mean rounds each enterprise's ratio at the twelfth place before it sums, so that the order of rows never matters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from cultivar.appraisal.roster import Held, Roster
from cultivar.policy.model import Programme
from cultivar.policy.model_conditions import Computed, Indicator
from cultivar.policy.vocabulary import vocabulary

PLACES = 10**12
_DIGITS = 60  # of the arithmetic: no quotient of two sums comes near a bound by less
UNITS = {"亿元": 10_000}  # units of a total beside the measure's own, and how many of its units they hold


@dataclass(frozen=True)
class Reading:
    """An indicator read off a roster.

    ``value``: in the indicator's unit, None while it is unknown. ``floor``: at least this, whatever is lacking.
    ``partial``: what it is over the enterprises that are known. ``asked``: how many enterprises it is about,
    ``lacking`` the codes of those whose figures are not known. ``parts``: the sums that it was made of, on paper:
    numerator and denominator of a quotient, of this year and the year before.
    """

    value: Decimal | None
    floor: Decimal | None = None
    partial: Decimal | None = None
    asked: int = 0
    lacking: tuple[str, ...] = ()
    parts: tuple[Decimal, ...] = ()

    @property
    def known(self) -> int:
        """Of how many enterprises the figures are known."""
        return self.asked - len(self.lacking)


UNKNOWN = Reading(None)


def read_all(programme: Programme, roster: Roster) -> dict[str, Reading]:
    """Every indicator of a programme that is computed over the roster, by id."""
    return {one.id: read(one, roster) for one in programme.indicators if one.computed is not None}


def read(indicator: Indicator, roster: Roster) -> Reading:
    """One indicator. A roster without enterprises answers nothing. ``ValueError`` where the file computes nothing."""
    computed = indicator.computed
    if computed is None or not computed.way:
        raise ValueError(f"{indicator.id} is not computed")
    if not roster.firms:
        return UNKNOWN
    with localcontext() as context:
        context.prec = _DIGITS
        return _WAYS[computed.way](indicator, computed, _Asked(roster, computed.among))


class _Asked:
    """The enterprises that an indicator is about; where it is not known whether one belongs, that one is lacking."""

    def __init__(self, roster: Roster, among: str | None) -> None:
        self.roster = roster
        self.inside: Sequence[int] = range(len(roster.firms))
        self.unsure: Sequence[int] = ()
        if among:
            flags = roster.column(among)
            self.inside = [index for index, flag in enumerate(flags) if flag]
            self.unsure = [index for index, flag in enumerate(flags) if flag is None]
        self.count = len(self.inside) + len(self.unsure)

    def codes(self, indexes: Iterable[int]) -> tuple[str, ...]:
        """The codes of enterprises, in order."""
        return tuple(sorted(self.roster.firms[index].code for index in indexes))

    def rows(self, *columns: Sequence[int | None]) -> tuple[list[tuple[int, ...]], list[int]]:
        """The known values of the enterprises, and the indexes of those with something lacking."""
        picked: Sequence[Sequence[int | None]] = columns
        if len(self.inside) < len(self.roster.firms):
            picked = [[column[index] for index in self.inside] for column in columns]
        rows, lacking = list(zip(*picked, strict=True)), list(self.unsure)
        if any(None in column for column in picked):
            lacking += [index for index, row in zip(self.inside, rows, strict=True) if None in row]
            rows = [row for row in rows if None not in row]
        return rows, lacking


def _paper(measure: str, stored: int) -> Decimal:
    return vocabulary().measures[measure].on_paper(stored)


def _finished(
    asked: _Asked, lacking: Iterable[int], partial: Decimal | None, floor: Decimal | None, *parts: Decimal
) -> Reading:
    codes = asked.codes(lacking)
    return Reading(
        None if codes else partial, partial if not codes else floor, partial, asked.count, codes, parts
    )


def _count(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    if computed.count == "all":
        number = Decimal(len(asked.inside))
        return _finished(asked, asked.unsure, number, number)
    rows, lacking = asked.rows(asked.roster.column(computed.count or ""))
    number = Decimal(sum(1 for (flag,) in rows if flag))
    return _finished(asked, lacking, number, number)


def _qualified(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    kinds, ranks = set(computed.qualified or []), set(computed.ranks or [])
    on = asked.roster.on

    def counts(held: Iterable[Held]) -> bool:
        return any(one.kind in kinds and (not ranks or one.rank in ranks) and one.valid(on) for one in held)

    if computed.among is None:
        number = Decimal(sum(many for held, many in asked.roster.titles if counts(held)))
        return _finished(asked, (), number, number)
    firms = asked.roster.firms
    number = Decimal(sum(counts(firms[index].held) for index in asked.inside))
    return _finished(asked, [index for index in asked.unsure if counts(firms[index].held)], number, number)


def _total(indicator: Indicator, computed: Computed, asked: _Asked) -> Reading:
    measure = vocabulary().measures[computed.total or ""]
    rows, lacking = asked.rows(asked.roster.column(measure.id))
    number = measure.on_paper(sum(value for (value,) in rows)) / UNITS.get(indicator.unit.zh, 1)
    return _finished(asked, lacking, number, None if measure.signed else number)


def _quotient(over: Sequence[int], under: Sequence[int], names: Sequence[str]) -> Decimal | None:
    """Sum over sum on paper; None over nought."""
    below = _paper(names[1], sum(under))
    return _paper(names[0], sum(over)) / below if below else None


def _ratio(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    names = computed.ratio or []
    rows, lacking = asked.rows(*(asked.roster.column(name) for name in names))
    over, under = [row[0] for row in rows], [row[1] for row in rows]
    quotient = _quotient(over, under, names)
    parts = _paper(names[0], sum(over)), _paper(names[1], sum(under))
    if quotient is None:
        return Reading(None, None, None, asked.count, asked.codes(lacking), parts)
    return _finished(asked, lacking, quotient * 100, None, *parts)


def _mean_ratio(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    first, second = (vocabulary().measures[name] for name in computed.mean_ratio or [])
    rows, lacking = asked.rows(asked.roster.column(first.id), asked.roster.column(second.id))
    ratios = [
        _rounded(over * second.scale * 100 * PLACES, under * first.scale) for over, under in rows if under
    ]
    if not ratios:
        return Reading(None, None, None, asked.count, asked.codes(lacking))
    mean = Decimal(sum(ratios)) / len(ratios) / PLACES
    return _finished(asked, lacking, mean, None)


def _rounded(over: int, under: int) -> int:
    """A quotient of whole numbers to the nearest whole one, halves away from nought."""
    quotient = (abs(over) * 2 + abs(under)) // (abs(under) * 2)
    return quotient if (over < 0) == (under < 0) else -quotient


def _share(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    rows, lacking = asked.rows(asked.roster.column(computed.share or ""))
    yes = sum(1 for (flag,) in rows if flag)
    if not asked.count:
        return Reading(None)
    partial = Decimal(yes) * 100 / len(rows) if rows else None
    floor = Decimal(yes) * 100 / asked.count
    return _finished(asked, lacking, partial, floor, Decimal(yes), Decimal(len(rows)))


def _growth(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    name, year = computed.growth or "", asked.roster.year
    rows, lacking = asked.rows(asked.roster.column(name), asked.roster.column(name, year - 1))
    now, before = sum(row[0] for row in rows), sum(row[1] for row in rows)
    parts = _paper(name, now), _paper(name, before)
    if before <= 0:
        return Reading(None, None, None, asked.count, asked.codes(lacking), parts)
    return _finished(asked, lacking, (parts[0] / parts[1] - 1) * 100, None, *parts)


def _fall(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    names, year = computed.fall or [], asked.roster.year
    columns = [asked.roster.column(name, one) for one in (year, year - 1) for name in names]
    rows, lacking = asked.rows(*columns)
    sums = [sum(row[place] for row in rows) for place in range(4)]
    parts = tuple(_paper(names[place % 2], sums[place]) for place in range(4))
    if any(part <= 0 for part in parts[1:]):
        return Reading(None, None, None, asked.count, asked.codes(lacking), parts)
    return _finished(asked, lacking, (1 - parts[0] / parts[1] * parts[3] / parts[2]) * 100, None, *parts)


def _incidents(_: Indicator, computed: Computed, asked: _Asked) -> Reading:
    """What is on record is a floor only: that nothing is on record does not say that nothing happened."""
    kinds = set(computed.incidents or [])
    grades = vocabulary().graver(computed.grade) if computed.grade else frozenset(vocabulary().grades)
    roster = asked.roster
    since = _years_before(roster.on, computed.years) if computed.years else date.min
    number = sum(
        one.kind in kinds and one.grade in grades and since < one.on <= roster.on
        for index in asked.inside
        for one in roster.firms[index].events
    )
    return Reading(None, Decimal(number), None, asked.count)


def _years_before(day: date, years: int) -> date:
    """The day so many years before; 29 February becomes 28 February."""
    year = max(day.year - years, date.min.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


_WAYS: Mapping[str, Callable[[Indicator, Computed, _Asked], Reading]] = {
    "count": _count,
    "qualified": _qualified,
    "total": _total,
    "ratio": _ratio,
    "mean_ratio": _mean_ratio,
    "share": _share,
    "growth": _growth,
    "fall": _fall,
    "incidents": _incidents,
}
