"""The enterprises of one cluster as an appraisal takes them, and a roster's one form in bytes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from cultivar.policy.text import Text

Figures = Mapping[str, int]  # a measure's value in its smallest part; a measure that is not there is unknown


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification that an enterprise holds from a day to a day, both included; None: not known, or no end."""

    kind: str
    rank: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def valid(self, on: date) -> bool:
        """Whether it is held on a day."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class Event:
    """An incident on record."""

    kind: str
    grade: str
    on: date


_NO_YEARS: Mapping[int, Figures] = MappingProxyType({})


class Firm(NamedTuple):
    """An enterprise on the roster with its figures by year, its qualifications and its incidents."""

    code: str
    name: str = ""
    region: str = ""
    industry: str = ""
    years: Mapping[int, Figures] = _NO_YEARS
    held: tuple[Held, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Roster:
    """The enterprises of a cluster; ``year`` is the year reported, ``on`` the day on which titles must be valid."""

    firms: tuple[Firm, ...]
    year: int
    on: date

    @cached_property
    def _columns(self) -> dict[tuple[str, int], list[int | None]]:
        return {}

    @cached_property
    def _by_year(self) -> dict[int, list[Figures]]:
        return {}

    @cached_property
    def titles(self) -> list[tuple[tuple[Held, ...], int]]:
        """The sets of titles on the roster, each with how many enterprises hold just these; one may come twice."""
        counted: dict[int, tuple[tuple[Held, ...], int]] = {}
        for firm in self.firms:  # by identity: a set is made once for all who hold it, and is slow to compare
            held, number = counted.get(id(firm.held), (firm.held, 0))
            counted[id(firm.held)] = held, number + 1
        return list(counted.values())

    def column(self, measure: str, year: int | None = None) -> list[int | None]:
        """A measure of every enterprise in the order of ``firms``, None where it is not known."""
        key = measure, self.year if year is None else year
        if key not in self._columns:
            self._columns[key] = [figures.get(measure) for figures in self._figures(key[1])]
        return self._columns[key]

    def _figures(self, year: int) -> list[Figures]:
        if year not in self._by_year:
            nothing: Figures = {}
            self._by_year[year] = [firm.years.get(year, nothing) for firm in self.firms]
        return self._by_year[year]


def as_data(roster: Roster) -> dict[str, Any]:
    """The roster as plain data for canonical JSON, enterprises in the order of their codes."""
    return {
        "year": roster.year,
        "on": roster.on.isoformat(),
        "firms": [_firm_data(firm) for firm in sorted(roster.firms, key=lambda one: one.code)],
    }


def _firm_data(firm: Firm) -> dict[str, Any]:
    held = [[one.kind, one.rank, _iso(one.from_on), _iso(one.until_on)] for one in firm.held]
    events = [[one.kind, one.grade, one.on.isoformat()] for one in firm.events]
    return {
        "code": firm.code,
        "name": firm.name,
        "region": firm.region,
        "industry": firm.industry,
        "years": {str(year): dict(sorted(figures.items())) for year, figures in sorted(firm.years.items())},
        "held": sorted(held),
        "events": sorted(events),
    }


def from_data(data: Mapping[str, Any]) -> Roster:
    """The roster that ``as_data`` wrote down."""
    return Roster(
        tuple(_firm(one) for one in data["firms"]), int(data["year"]), date.fromisoformat(data["on"])
    )


def _firm(data: Mapping[str, Any]) -> Firm:
    return Firm(
        data["code"],
        data["name"],
        data["region"],
        data["industry"],
        {int(year): figures for year, figures in data["years"].items()},
        tuple(Held(kind, rank, _day(since), _day(until)) for kind, rank, since, until in data["held"]),
        tuple(Event(kind, grade, date.fromisoformat(on)) for kind, grade, on in data["events"]),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class RosterChange:
    """What differs between two rosters: enterprises that came, went, or say other things, by code."""

    came: tuple[Firm, ...]
    went: tuple[Firm, ...]
    changed: tuple[tuple[Firm, Firm], ...]  # before, after

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.changed)


def differences(before: Iterable[Firm], after: Iterable[Firm]) -> RosterChange:
    """What became of a roster between two submissions, in the order of the codes."""
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    return RosterChange(
        tuple(new[code] for code in sorted(new.keys() - old.keys())),
        tuple(old[code] for code in sorted(old.keys() - new.keys())),
        tuple(
            (old[code], new[code])
            for code in sorted(old.keys() & new.keys())
            if _firm_data(old[code]) != _firm_data(new[code])
        ),
    )


def label(firm: Firm) -> Text:
    """An enterprise for readers: its name, or its code where the name is not known."""
    return Text(firm.name or firm.code, firm.name or firm.code)
