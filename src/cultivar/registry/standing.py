"""What counts of what was said of enterprises, and who said it when.

For an organisation's subjects its own word counts on a measure of a year, or on a kind of qualification, where it said
something; else an authority's. Incidents are those of both: nobody takes an authority's record away by silence.

Each authority's word stands as its own. Where two speak of the same measure, or of the same kind and rank of a
qualification (a national title and a city's are two), that of the larger region counts:
a province answers for what it publishes of its cities, while a city cannot undo it by stating its own figure later.
Of two of one rank (an enterprise that moved from one city to another) that of the region in which the enterprise lies
now counts; of others, where it lay before, that of the region with the smaller code, which means nothing but never
changes. So who counts hangs on no day or key: what is said or withdrawn of one measure leaves the others alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from pydantic_core import from_json

from cultivar.registry import regions
from cultivar.registry.models import (
    Enterprise,
    Incident,
    Qualification,
    Region,
    Statement,
    SupplyLink,
    YearlyFigures,
)

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


_RANKS = {
    Region.Kind.COUNTRY: 0,
    Region.Kind.PROVINCE: 1,
    Region.Kind.PREFECTURE: 2,
    Region.Kind.CUSTOM: 2,
    Region.Kind.COUNTY: 3,
}
_UNKNOWN = 4  # an authority of which nothing is known any more


@cache
def rank(authority: str) -> int:
    """How far down an authority stands: 0 for the country, 3 for a county."""
    return _ranks().get(authority, _UNKNOWN)


@cache
def _ranks() -> dict[str, int]:
    return {region.code: _RANKS[Region.Kind(region.kind)] for region in regions.read()}


Place = tuple[int, bool, str]


def place(authority: str, region: str) -> Place:
    """Of the words of authorities on one thing that with the least of these counts; ``region`` has the enterprise."""
    return rank(authority), authority not in _around(region), authority


@cache
def _around(region: str) -> frozenset[str]:
    """A region and those that it lies in; none where nothing is known of it."""
    above = _parents()
    return frozenset({region, *_around(above[region] or "")}) if region in above else frozenset()


@cache
def _parents() -> dict[str, str | None]:
    return {region.code: region.parent_id for region in regions.read()}


def _homes(spoken: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Where the enterprises are of which authorities of one rank speak, out of pairs of enterprise and authority.

    One query where there are any, which is rare, else none; for all others ``place`` needs no region.
    """
    first: dict[tuple[str, int], str] = {}
    several = {
        code
        for code, authority in spoken
        if first.setdefault((code, rank(authority)), authority) != authority
    }
    if not several:
        return {}
    return dict(Enterprise.objects.filter(code__in=several).order_by().values_list("code", "region_id"))


_Row = TypeVar("_Row", bound=Statement)


def _first_counts(rows: Iterable[_Row], enterprise: str = "enterprise_id") -> list[_Row]:
    """Statements of authorities, of each thing the one that counts first; ``enterprise``: the column that has it."""
    of = attrgetter(enterprise)
    known = list(rows)
    homes = _homes((of(one), one.authority) for one in known)
    return sorted(known, key=lambda one: place(one.authority, homes.get(of(one), "")))


_Figures = Mapping[str, int]
_NO_YEARS: Years = {}
_Whose = tuple[str, str]  # enterprise, giver


@dataclass(frozen=True)
class Said:
    """What stands of some enterprises, by giver; ask it what counts for an organisation."""

    figures: Mapping[str, Mapping[str, Years]] = field(default_factory=dict)  # giver, code
    titles: Mapping[_Whose, list[Title]] = field(default_factory=dict)
    records: Mapping[_Whose, list[Record]] = field(default_factory=dict)

    def years(self, code: str, organisation: str) -> Years:
        """The figures of an enterprise that count for an organisation."""
        given = self.figures[AUTHORITY].get(code, _NO_YEARS) if AUTHORITY in self.figures else _NO_YEARS
        own = self.figures[organisation].get(code) if organisation in self.figures else None
        if not own or own is given:
            return given
        return {**given, **{year: {**given.get(year, {}), **figures} for year, figures in own.items()}}

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
    """Everything that stands of enterprises by authorities and these organisations: three queries, however many.

    Two more at most, where authorities of one rank speak of the same enterprise.
    """
    givers = {AUTHORITY, *organisations}
    return Said(_figures(codes, givers, years), _titles(codes, givers), _records(codes, givers))


def _figures(
    codes: Codes, givers: Collection[str], years: Collection[int]
) -> dict[str, dict[str, dict[int, _Figures]]]:
    found: dict[str, dict[str, dict[int, _Figures]]] = {giver: {} for giver in givers}
    for code, giver, year, _, figures in _stated(codes, givers, years):
        of_code = found[giver].get(code)
        if of_code is None:
            found[giver][code] = {year: figures}
        else:
            of_code[year] = {**figures, **of_code[year]} if year in of_code else figures
    return found


_Stated = tuple[str, str, int, str, _Figures]  # enterprise, giver, year, authority, figures


def _stated(codes: Codes, givers: Collection[str], years: Collection[int]) -> list[_Stated]:
    """The figures that stand, of two authorities' the one that counts first: one query, and that of ``_homes``."""
    rows = YearlyFigures.objects.filter(
        enterprise__in=codes, giver__in=givers, year__in=years, ended_at=None
    ).annotate(text=Cast("figures", TextField()))
    columns = ("enterprise_id", "giver", "year", "authority", "text")
    stored = rows.order_by().values_list(*columns).iterator(chunk_size=_READ)
    kept: list[_Stated] = []
    # Some hundred small texts are read as one array: faster than one by one, and than all of them at once.
    while some := list(islice(stored, _TOGETHER)):
        read: list[_Figures] = from_json(f"[{','.join([row[4] for row in some])}]")
        kept += [
            (code, giver, year, authority, figures)
            for (code, giver, year, authority, _), figures in zip(some, read, strict=True)
        ]
    authorities = {row[3] for row in kept if not row[1]}
    if len(authorities) > 1:
        ranks = {
            one: rank(one) for one in (AUTHORITY, *authorities)
        }  # an organisation's rows have no authority
        alike = len({ranks[one] for one in authorities}) < len(authorities)
        homes = _homes((row[0], row[3]) for row in kept if not row[1]) if alike else {}
        if homes:
            kept.sort(key=lambda row: place(row[3], homes.get(row[0], "")))
        else:
            kept.sort(key=lambda row: ranks[row[3]])
    return kept


def by_authority(codes: Codes, year: int) -> dict[str, dict[str, _Figures]]:
    """What authorities state of enterprises for a year, each by its region, the one that counts first: one query.

    One more where authorities of one rank speak of the same enterprise; so it is in all of this module.
    """
    found: dict[str, dict[str, _Figures]] = {}
    for code, _, _, authority, figures in _stated(codes, {AUTHORITY}, {year}):
        found.setdefault(code, {})[authority] = figures
    return found


ByYear = dict[str, dict[int, _Figures]]  # enterprise, year, figures


def own_and_counting(codes: Codes, own: Mapping[str, str], years: Collection[int]) -> tuple[ByYear, ByYear]:
    """Of a giver (``statements.own_word``) its own figures, and those that count for it: one query."""
    mine: ByYear = {}
    counts: ByYear = {}
    rows = _stated(codes, {AUTHORITY, own["giver"]}, years)
    rows.sort(key=itemgetter(1), reverse=True)  # an organisation's own word first, else as they came
    for code, giver, year, authority, figures in rows:
        if giver == own["giver"] and authority == own["authority"]:
            mine.setdefault(code, {})[year] = figures
        of = counts.setdefault(code, {})
        of[year] = {**figures, **of[year]} if year in of else figures
    return mine, counts


def merged(said: Iterable[_Figures]) -> _Figures:
    """Measure by measure the first word of several."""
    found: dict[str, int] = {}
    for figures in said:
        found = {**figures, **found}
    return found


def _titles(codes: Codes, givers: Collection[str]) -> dict[_Whose, list[Title]]:
    rows = Qualification.objects.filter(enterprise__in=codes, giver__in=givers, ended_at=None).order_by()
    days = {f"{name}_text": Cast(name, TextField()) for name in ("from_on", "until_on")}
    found: dict[_Whose, list[Title]] = {}
    alike: dict[tuple[str, ...], Title] = {}  # few differ: each is made once
    columns = ("authority", "enterprise_id", "giver", "kind", "rank", *days)
    kept = list(rows.annotate(**days).values_list(*columns))
    several = len({row[0] for row in kept if not row[2]}) > 1
    if several:
        homes = _homes((row[1], row[0]) for row in kept if not row[2])
        kept.sort(key=lambda row: place(row[0], homes.get(row[1], "")))
    counts: dict[tuple[str, ...], str] = {}  # enterprise, kind and rank; the authority whose word counts
    for authority, code, giver, *rest in kept:
        key = tuple(rest)
        if several and not giver and counts.setdefault((code, *key[:2]), authority) != authority:
            continue
        title = alike.get(key)
        if title is None:
            kind, level, since, until = key
            title = alike[key] = Title(kind, level, _day(since), _day(until))
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
    """A figure as somebody said it. ``until``: when it was corrected or, for ``reason``, withdrawn by ``ended_by``.

    ``counts``: it is the one that is taken. ``number`` is the key of the statement that says it last.
    """

    number: int
    value: int
    giver: str
    authority: str
    office: str
    source: str
    at: datetime
    until: datetime | None
    ended_by: str
    reason: str
    counts: bool


def history(code: str, organisation: str) -> dict[tuple[int, str], tuple[Saying, ...]]:
    """Every figure of an enterprise that was ever said, by year and measure, newest first: one query.

    Only what authorities and the organisation said. A statement that repeats the figure before it is no news: the
    figure keeps its first source and day.
    """
    rows = YearlyFigures.objects.filter(enterprise=code, giver__in={AUTHORITY, organisation})
    found: dict[tuple[int, str], list[Saying]] = {}
    whose = attrgetter("giver", "authority", "year")
    for (_, _, year), group in groupby(rows.order_by("giver", "authority", "year", *_IN_TURN), key=whose):
        for measure, sayings in _runs(list(group)).items():
            found.setdefault((year, measure), []).extend(reversed(sayings))
    keys = sorted(found, key=lambda one: (-one[0], one[1]))
    homes = _homes(
        (code, one.authority)
        for sayings in found.values()
        for one in sayings
        if one.until is None and one.giver == AUTHORITY
    )
    return {key: _newest_first(found[key], homes.get(code, "")) for key in keys}


def office_of(row: YearlyFigures, measure: str) -> str:
    """The office whose word a figure that stands is: it said it, others of its giver left it as it was; one query."""
    whose = {name: getattr(row, name) for name in ("enterprise", "year", "giver", "authority")}
    rows = YearlyFigures.objects.filter(**whose).order_by(*_IN_TURN)
    return _runs(list(rows))[measure][-1].office


_IN_TURN = ("at", "pk")  # of one giver and authority each row follows on the one before


def _runs(rows: Sequence[YearlyFigures]) -> dict[str, list[Saying]]:
    """The figures of one giver and year, by measure, oldest first, each as long as it stood unchanged."""
    found: dict[str, list[Saying]] = {}
    for row in rows:
        for measure, value in row.figures.items():
            sayings = found.setdefault(measure, [])
            last = sayings[-1] if sayings else None
            first: Saying | YearlyFigures = row
            if last is not None and last.value == value and last.until == row.at:
                first = sayings.pop()
            sayings.append(
                Saying(
                    number=row.pk,
                    value=value,
                    giver=row.giver,
                    authority=row.authority,
                    office=first.office,
                    source=first.source,
                    at=first.at,
                    until=row.ended_at,
                    ended_by=row.ended_by,
                    reason=row.reason,
                    counts=False,
                )
            )
    return found


def _newest_first(sayings: Iterable[Saying], region: str) -> tuple[Saying, ...]:
    """The one that is taken, then the others; of one moment and giver what was said later stands first already.

    ``region`` has the enterprise; it is needed only where authorities of one rank speak.
    """
    latest = sorted(sayings, key=lambda one: one.at, reverse=True)
    standing = [one for one in latest if one.until is None]
    taken = min(
        standing, key=lambda one: (one.giver == AUTHORITY, place(one.authority, region)), default=None
    )
    ordered = sorted(latest, key=lambda one: one is not taken)
    return tuple(replace(one, counts=one is taken) for one in ordered)


def counting(rows: Iterable[Qualification], organisation: str) -> list[Qualification]:
    """Of the titles of one enterprise that stand those that count, in their order.

    Of a kind the organisation's own where there is one, else of each rank one authority's.
    """
    known = list(rows)
    own = {one.kind for one in known if one.giver != AUTHORITY}
    best: dict[tuple[str, str], str] = {}
    for one in _first_counts(one for one in known if one.giver == AUTHORITY):
        best.setdefault((one.kind, one.rank), one.authority)
    return [
        one
        for one in known
        if one.giver != AUTHORITY or (one.kind not in own and best[one.kind, one.rank] == one.authority)
    ]


def qualifications(code: str, organisation: str) -> list[Qualification]:
    """The statements of qualifications that count, with giver, source and day, in the order of kinds: one query."""
    rows = Qualification.objects.filter(
        enterprise=code, giver__in={AUTHORITY, organisation}, ended_at=None
    ).order_by("kind", "rank")
    return counting(rows, organisation)


def incidents(code: str, organisation: str) -> list[Incident]:
    """The statements of incidents on record, newest first; an authority's before the organisation's own: one query."""
    rows = Incident.objects.filter(enterprise=code, giver__in={AUTHORITY, organisation}, ended_at=None)
    found: dict[tuple[str, str, date], Incident] = {}
    ranked = sorted(_first_counts(rows), key=lambda row: (-row.on.toordinal(), row.giver))
    for one in ranked:
        found.setdefault((one.kind, one.grade, one.on), one)
    return list(found.values())


def purchases(rows: Iterable[SupplyLink], organisation: str) -> dict[tuple[str, str, str, int], SupplyLink]:
    """Of purchases that stand those that count, by buyer, supplier, product and year."""
    found: dict[tuple[str, str, str, int], SupplyLink] = {}
    ranked = sorted(_first_counts(rows, "buyer_id"), key=lambda row: row.giver == AUTHORITY)
    for one in ranked:
        found.setdefault((one.buyer_id, one.supplier, one.product, one.year), one)
    return found
