"""What counts of what was said of enterprises, and who said it when.

For an organisation's subjects its own word counts on a measure of a year, or on a kind of qualification, where it said
something; else an authority's. Incidents are those of both: nobody takes an authority's record away by silence.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from cultivar.registry.models import Enterprise, Incident, Qualification, YearlyFigures

AUTHORITY = ""  # the giver of what authorities say
Codes: TypeAlias = (
    "Collection[str] | QuerySet[Any, Any]"  # enterprises: their codes, or a query that gives these
)
Years = Mapping[int, Mapping[str, int]]  # year, measure, whole number of the measure's smallest part


@dataclass(frozen=True, slots=True)
class Title:
    """A qualification that counts."""

    kind: str
    rank: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """An incident that counts."""

    kind: str
    grade: str
    on: date


_Whose = tuple[str, str]  # enterprise, giver


@dataclass(frozen=True)
class Said:
    """What stands of some enterprises, by enterprise and giver; ask it what counts for an organisation."""

    enterprises: Mapping[str, tuple[str, str, str]]  # by code: name, region, industry
    figures: Mapping[_Whose, dict[int, dict[str, int]]] = field(default_factory=dict)
    titles: Mapping[_Whose, list[Title]] = field(default_factory=dict)
    records: Mapping[_Whose, list[Record]] = field(default_factory=dict)

    def years(self, code: str, organisation: str) -> Years:
        """The figures of an enterprise that count for an organisation."""
        given, own = self.figures.get((code, AUTHORITY), {}), self.figures.get((code, organisation), {})
        if not given or not own or not organisation:
            return own or given
        return {year: {**given.get(year, {}), **own.get(year, {})} for year in {**given, **own}}

    def held(self, code: str, organisation: str) -> tuple[Title, ...]:
        """The qualifications of an enterprise that count for an organisation."""
        own = self.titles.get((code, organisation), []) if organisation else []
        kinds = {one.kind for one in own}
        given = self.titles.get((code, AUTHORITY), [])
        return (*own, *(one for one in given if one.kind not in kinds))

    def incidents(self, code: str, organisation: str) -> tuple[Record, ...]:
        """The incidents of an enterprise on record for an organisation; what both say counts once."""
        given = self.records.get((code, AUTHORITY), [])
        return tuple(dict.fromkeys([*given, *self.records.get((code, organisation), [])]))


def said(codes: Codes, organisations: Iterable[str], years: Collection[int]) -> Said:
    """Everything that stands of enterprises by authorities and these organisations: four queries, however many."""
    givers = {AUTHORITY, *organisations}
    names = Enterprise.objects.filter(code__in=codes).order_by()
    return Said(
        {row[0]: row[1:] for row in names.values_list("code", "name_zh", "region_id", "industry")},
        _figures(codes, givers, years),
        _titles(codes, givers),
        _records(codes, givers),
    )


def _figures(
    codes: Codes, givers: Collection[str], years: Collection[int]
) -> dict[_Whose, dict[int, dict[str, int]]]:
    rows = YearlyFigures.objects.filter(
        enterprise__in=codes, giver__in=givers, year__in=years, ended_at=None
    ).annotate(text=Cast("figures", TextField()))
    kept = list(rows.values_list("enterprise_id", "giver", "year", "text"))
    # Read as one array: of a hundred thousand small texts that is twice as fast as one by one.
    read: list[dict[str, int]] = json.loads(f"[{','.join(row[3] for row in kept)}]")
    found: dict[_Whose, dict[int, dict[str, int]]] = {}
    for (code, giver, year, _), figures in zip(kept, read, strict=True):
        found.setdefault((code, giver), {})[year] = figures
    return found


def _titles(codes: Codes, givers: Collection[str]) -> dict[_Whose, list[Title]]:
    rows = Qualification.objects.filter(enterprise__in=codes, giver__in=givers, ended_at=None).order_by()
    found: dict[_Whose, list[Title]] = {}
    columns = ("enterprise_id", "giver", "kind", "rank", "from_on", "until_on")
    for code, giver, kind, rank, from_on, until_on in rows.values_list(*columns):
        found.setdefault((code, giver), []).append(Title(kind, rank, from_on, until_on))
    return found


def _records(codes: Codes, givers: Collection[str]) -> dict[_Whose, list[Record]]:
    rows = Incident.objects.filter(enterprise__in=codes, giver__in=givers, ended_at=None).order_by()
    found: dict[_Whose, list[Record]] = {}
    for code, giver, kind, grade, on in rows.values_list("enterprise_id", "giver", "kind", "grade", "on"):
        found.setdefault((code, giver), []).append(Record(kind, grade, on))
    return found


# ------------------------------------------------------------------------------------ one enterprise, to be shown


@dataclass(frozen=True, slots=True)
class Saying:
    """A figure as somebody said it. ``until``: when it was corrected; ``counts``: it is the one that is taken."""

    value: int
    giver: str
    office: str
    source: str
    at: datetime
    until: datetime | None
    counts: bool


def history(code: str, organisation: str) -> dict[tuple[int, str], tuple[Saying, ...]]:
    """Every figure of an enterprise that was ever said, by year and measure, newest first: one query.

    Only what authorities and the organisation said. A statement that repeats the figure before it is no news: the
    figure keeps its first source and day.
    """
    rows = YearlyFigures.objects.filter(enterprise=code, giver__in={AUTHORITY, organisation})
    by_giver: dict[str, dict[tuple[int, str], list[Saying]]] = {}
    for (giver, year), group in groupby(
        rows.order_by("giver", "year", "pk"), key=attrgetter("giver", "year")
    ):
        for measure, sayings in _runs(list(group)).items():
            by_giver.setdefault(giver, {})[year, measure] = sayings
    own, given = by_giver.get(organisation, {}), by_giver.get(AUTHORITY, {})
    others = given if organisation else {}
    return {
        key: _newest_first(own.get(key, []), others.get(key, []))
        for key in sorted({*own, *others}, key=lambda one: (-one[0], one[1]))
    }


def _runs(rows: Sequence[YearlyFigures]) -> dict[str, list[Saying]]:
    """The figures of one giver and year, by measure, oldest first, each as long as it stood unchanged."""
    found: dict[str, list[Saying]] = {}
    for row in rows:
        for measure, value in row.figures.items():
            sayings = found.setdefault(measure, [])
            last = sayings[-1] if sayings else None
            if last is not None and last.value == value and last.until == row.at:
                first = sayings.pop()
                source, at, office = first.source, first.at, first.office
            else:
                source, at, office = row.source, row.at, row.office
            sayings.append(Saying(value, row.giver, office, source, at, row.ended_at, False))
    return found


def _newest_first(own: Sequence[Saying], given: Sequence[Saying]) -> tuple[Saying, ...]:
    standing = [one for one in (*own, *given) if one.until is None]
    taken = standing[0] if standing else None
    latest = (*reversed(own), *reversed(given))  # of one moment, what was said later comes first
    ordered = sorted(latest, key=lambda one: (one is not taken, -one.at.timestamp()))
    return tuple(
        Saying(one.value, one.giver, one.office, one.source, one.at, one.until, one is taken)
        for one in ordered
    )


def qualifications(code: str, organisation: str) -> list[Qualification]:
    """The statements of qualifications that count, with giver, source and day, in the order of kinds: one query."""
    rows = Qualification.objects.filter(
        enterprise=code, giver__in={AUTHORITY, organisation}, ended_at=None
    ).order_by("kind", "rank")
    known = list(rows)
    own = {one.kind for one in known if one.giver == organisation}
    return [one for one in known if one.giver == organisation or one.kind not in own]


def incidents(code: str, organisation: str) -> list[Incident]:
    """The statements of incidents on record, newest first; an authority's before the organisation's own: one query."""
    rows = Incident.objects.filter(enterprise=code, giver__in={AUTHORITY, organisation}, ended_at=None)
    found: dict[tuple[str, str, date], Incident] = {}
    for one in rows.order_by("-on", "giver", "pk"):
        found.setdefault((one.kind, one.grade, one.on), one)
    return list(found.values())
