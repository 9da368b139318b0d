"""What counts of what was said of enterprises, and who said it when.

For an organisation's subjects its own word counts on a measure of a year, or on a kind of qualification, where it said
something; else an authority's. Incidents are those of both: nobody takes an authority's record away by silence.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from pydantic_core import from_json

from cultivar.registry.models import Incident, Qualification, YearlyFigures

AUTHORITY = ""  # the giver of what authorities say
Codes: TypeAlias = (
    "Collection[str] | QuerySet[Any, Any]"  # enterprises: their codes, or a query that gives these
)
_READ, _TOGETHER = 2000, 200  # rows that are fetched, and texts that are read, at a time
Years = Mapping[int, Mapping[str, int]]  # year, measure, whole number of the measure's smallest part


class Title(NamedTuple):
    """A qualification that counts."""

    kind: str
    rank: str
    from_on: date | None
    until_on: date | None


class Record(NamedTuple):
    """An incident that counts."""

    kind: str
    grade: str
    on: date


_Figures = Mapping[str, int]
_Whose = tuple[str, str]  # enterprise, giver


@dataclass(frozen=True)
class Said:
    """What stands of some enterprises, by giver; ask it what counts for an organisation."""

    figures: Mapping[str, Mapping[int, Mapping[str, _Figures]]] = field(
        default_factory=dict
    )  # giver, year, code
    titles: Mapping[_Whose, list[Title]] = field(default_factory=dict)
    records: Mapping[_Whose, list[Record]] = field(default_factory=dict)

    def years(self, code: str, organisation: str) -> Years:
        """The figures of an enterprise that count for an organisation."""
        found: dict[int, _Figures] = {}
        for giver in dict.fromkeys((AUTHORITY, organisation)):
            for year, by_code in self.figures.get(giver, {}).items():
                figures = by_code.get(code)
                if figures is not None:
                    found[year] = {**found[year], **figures} if year in found else figures
        return found

    def held(self, code: str, organisation: str) -> tuple[Title, ...]:
        """The qualifications of an enterprise that count for an organisation."""
        given = self.titles.get((code, AUTHORITY), [])
        own = self.titles.get((code, organisation), []) if organisation else []
        if not own:
            return tuple(given)
        kinds = {one.kind for one in own}
        return (*own, *(one for one in given if one.kind not in kinds))

    def incidents(self, code: str, organisation: str) -> tuple[Record, ...]:
        """The incidents of an enterprise on record for an organisation; what both say counts once."""
        given, own = self.records.get((code, AUTHORITY), []), self.records.get((code, organisation), [])
        return tuple(dict.fromkeys([*given, *own])) if given or own else ()


def said(codes: Codes, organisations: Iterable[str], years: Collection[int]) -> Said:
    """Everything that stands of enterprises by authorities and these organisations: three queries, however many."""
    givers = {AUTHORITY, *organisations}
    return Said(_figures(codes, givers, years), _titles(codes, givers), _records(codes, givers))


def _figures(
    codes: Codes, givers: Collection[str], years: Collection[int]
) -> dict[str, dict[int, dict[str, _Figures]]]:
    rows = YearlyFigures.objects.filter(
        enterprise__in=codes, giver__in=givers, year__in=years, ended_at=None
    ).annotate(text=Cast("figures", TextField()))
    found: dict[str, dict[int, dict[str, _Figures]]] = {
        giver: {year: {} for year in sorted(years)} for giver in givers
    }
    stored = rows.order_by().values_list("enterprise_id", "giver", "year", "text").iterator(chunk_size=_READ)
    # Some hundred small texts are read as one array: faster than one by one, and than all of them at once.
    while some := list(islice(stored, _TOGETHER)):
        read: list[_Figures] = from_json(f"[{','.join([row[3] for row in some])}]")
        for (code, giver, year, _), figures in zip(some, read, strict=True):
            found[giver][year][code] = figures
    return found


def _titles(codes: Codes, givers: Collection[str]) -> dict[_Whose, list[Title]]:
    rows = Qualification.objects.filter(enterprise__in=codes, giver__in=givers, ended_at=None).order_by()
    days = {f"{name}_text": Cast(name, TextField()) for name in ("from_on", "until_on")}
    found: dict[_Whose, list[Title]] = {}
    alike: dict[tuple[str, ...], Title] = {}  # few differ: each is made once
    columns = ("enterprise_id", "giver", "kind", "rank", *days)
    for code, giver, *rest in rows.annotate(**days).values_list(*columns):
        key = tuple(rest)
        title = alike.get(key)
        if title is None:
            kind, rank, since, until = key
            title = alike[key] = Title(kind, rank, _day(since), _day(until))
        found.setdefault((code, giver), []).append(title)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
