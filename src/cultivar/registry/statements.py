"""Stating what is known of enterprises: figures, qualifications, incidents, supply links, in bulk.

Nothing is overwritten: what no longer stands is ended and the new statement added. To say the same twice writes
nothing. Each function is one transaction; those that state wait for one another, acts of the ledger for none of them.

The rows are taken as checked (codes, lengths, ranges); what the house alone can know is checked here: which regions
exist, whose an enterprise is, and whether an office may say anything at all. ``cases.givers`` makes a ``Giver``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal, TypeVar

from django.db import connection, transaction
from django.db.models import Model

from cultivar.ledger.canonical import LARGEST, normal
from cultivar.policy.text import Text
from cultivar.policy.vocabulary import vocabulary
from cultivar.registry.models import (
    Enterprise,
    Incident,
    Office,
    Qualification,
    Region,
    SupplyLink,
    YearlyFigures,
)

BATCH = 2000  # enterprises that are compared with what stands at a time

HINTS_KEPT = 1000

Progress = Callable[[int], object]
Differing = Literal["name", "region", "industry", "beyond", "no-region", "incomplete", "unknown"]

_HINTS: Mapping[Differing, Text] = {
    "name": Text(
        "{code}：名称在库中是“{standing}”，这里是“{said}”，没有改动。请向当地主管部门申请更正。",
        "{code}: the register has the name “{standing}”, not “{said}”; it was left. Ask the authority to correct it.",
    ),
    "region": Text(
        "{code}：所在地在库中是 {standing}，这里是 {said}，没有改动。请向当地主管部门申请更正。",
        "{code}: the register has the region {standing}, not {said}; it was left. Ask the authority to correct it.",
    ),
    "industry": Text(
        "{code}：行业代码在库中是 {standing}，这里是 {said}，没有改动。请向当地主管部门申请更正。",
        "{code}: the register has the industry {standing}, not {said}; it was left. Ask the authority to correct it.",
    ),
    "beyond": Text(
        "{code}：企业在 {standing}，不在你单位辖区，这一行没有录入。",
        "{code}: the enterprise is in {standing}, outside your region; the row was left out.",
    ),
    "no-region": Text(
        "{code}：没有代码为“{said}”的地区，这一行没有录入。填写市（州）的六位代码。",
        "{code}: there is no region “{said}”; the row was left out. Give the six digits of the city.",
    ),
    "incomplete": Text(
        "{code}：企业第一次录入，还缺名称、所在地或行业代码，这一行没有录入。",
        "{code}: the enterprise is new and lacks its name, region or industry; the row was left out.",
    ),
    "unknown": Text(
        "{code}：库中没有这家企业，这一行没有录入。先在企业表中录入。",
        "{code}: the register does not know this enterprise; the row was left out. Enter it first.",
    ),
}
_NOT_YOURS = Text(
    "办公室“{office}”不能以这个单位的名义录入。用本单位的账号录入。",
    "The office “{office}” cannot state in this name. Use an office of the organisation concerned.",
)


class NotYours(Exception):
    """The office may not speak for this giver; ``text`` says so. Nothing was written."""

    def __init__(self, office: str) -> None:
        self.text = _NOT_YOURS.fill(office=office)
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A qualification as stated: kind and rank of the vocabulary, both days included; None: not known."""

    kind: str
    rank: str = ""
    number: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class FirmRow:
    """One enterprise as one giver states it.

    ``years``: year, measure, whole number of the measure's smallest part; only what is said. ``held``: None where
    nothing is said about qualifications, else all that it holds. A blank name, region or industry says nothing.
    """

    code: str
    name: str
    region: str
    industry: str
    years: Mapping[int, Mapping[str, int]]
    held: tuple[HeldRow, ...] | None


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as stated; kind and grade of the vocabulary."""

    code: str
    kind: str
    grade: str
    on: date
    document: str = ""


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """What an enterprise buys from another in a year, in yuan (None: not known)."""

    buyer: str
    supplier: str
    supplier_name: str
    product: str
    year: int
    amount_yuan: int | None


@dataclass(frozen=True)
class Giver:
    """Whose word it is: an organisation's (its code) or, blank, an authority's; who entered it; from where."""

    organisation: str
    office: str
    source: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A row, or a part of one, that was not written, and why."""

    code: str
    what: Differing
    standing: str = ""
    said: str = ""

    @property
    def text(self) -> Text:
        """The hint in words."""
        return _HINTS[self.what].fill(code=self.code, standing=self.standing, said=self.said)


@dataclass(frozen=True)
class Stated:
    """What came of it. ``hints`` are the first thousand, ``hinted`` is how many there are."""

    rows: int = 0
    new_firms: int = 0
    renamed: int = 0  # enterprises whose name, region or industry an authority corrected
    confirmed: int = 0  # enterprises that stood on an applicant's word alone, and on an authority's now
    figures_changed: int = 0  # an enterprise's year each
    figures_unchanged: int = 0
    held_changed: int = 0
    held_ended: int = 0
    held_unchanged: int = 0
    changed: int = 0  # incidents or supply links
    unchanged: int = 0
    hinted: int = 0
    hints: tuple[Hint, ...] = ()

    @property
    def wrote(self) -> bool:
        """Whether anything was written."""
        parts = (self.new_firms, self.renamed, self.confirmed, self.figures_changed, self.held_changed)
        return any((*parts, self.held_ended, self.changed))


@transaction.atomic
def state(giver: Giver, rows: Iterable[FirmRow], *, at: datetime, progress: Progress | None = None) -> Stated:
    """States enterprises with their figures by year and their qualifications; ``progress`` is told rows done.

    A measure that a row leaves out stands as it stood; qualifications, where they are said, replace the giver's own.
    An enterprise not yet known is created; one that an applicant created is not confirmed. Name, region and industry
    are an authority's to correct: of an enterprise not confirmed where the region that the row names is the
    authority's, which confirms it; else where the region that stands is the authority's, and the row's too.
    Where an applicant says otherwise, and where a row is outside the authority's region, there is a hint instead.
    Raises ``NotYours`` where the office may not speak for the giver, ``ValueError`` for what is no measure, no
    qualification or no figure.
    """
    run = _Run(giver, _reach(giver), at)
    for batch in _batches(rows):
        run.take(batch)
        if progress is not None:
            progress(len(batch))
    return run.result()


@transaction.atomic
def state_incidents(
    giver: Giver, rows: Iterable[IncidentRow], *, at: datetime, progress: Progress | None = None
) -> Stated:
    """States incidents beside those that stand. Raises as ``state`` does."""
    words = vocabulary()
    run = _Run(giver, _reach(giver), at)
    for batch in _batches(rows):
        said: dict[_Key, tuple[Any, ...]] = {}
        for row in batch:
            if row.kind not in words.incidents or row.grade not in words.grades:
                raise ValueError(f"{row.kind}/{row.grade} is no incident")
            said[row.code, row.kind, row.grade, row.on] = (row.document,)
        run.links(_INCIDENTS, said, len(batch))
        if progress is not None:
            progress(len(batch))
    return run.result()


@transaction.atomic
def state_supply(
    giver: Giver, rows: Iterable[SupplyRow], *, at: datetime, progress: Progress | None = None
) -> Stated:
    """States what enterprises buy from others, beside what stands. Raises as ``state`` does."""
    run = _Run(giver, _reach(giver), at)
    for batch in _batches(rows):
        said: dict[_Key, tuple[Any, ...]] = {
            (row.buyer, row.supplier, row.product, row.year): (row.supplier_name, row.amount_yuan)
            for row in batch
        }
        run.links(_SUPPLY, said, len(batch))
        if progress is not None:
            progress(len(batch))
    return run.result()


# ------------------------------------------------------------------------------------------------ who may say what


@dataclass(frozen=True)
class _Reach:
    """Of which regions an authority may speak (an organisation: of enterprises anywhere), and which exist."""

    authority: str  # the region that it speaks for, blank for an organisation
    own: frozenset[str]
    known: frozenset[str]

    def may(self, region: str) -> bool:
        return not self.authority or region in self.own


def take_turn() -> None:
    """Takes the place of whoever states, until the transaction is over: what is read after this is not outdated.

    One statement at a time: two imports could else wait for each other's enterprises for ever.
    """
    Region.objects.select_for_update(no_key=True).order_by("code").first()


def _reach(giver: Giver) -> _Reach:
    """Waits for its turn and says how far the office's word goes. Raises ``NotYours``."""
    take_turn()
    region = own_word(giver)["authority"]
    if giver.organisation:
        return _Reach("", frozenset(), frozenset(Region.objects.values_list("code", flat=True)))
    return _Reach(region, *_under(region))


def own_word(giver: Giver) -> dict[str, str]:
    """By which columns one knows a giver's own statements: one query. Raises ``NotYours``."""
    office = Office.objects.filter(key=giver.office).first()
    if office is None or (office.organisation_id or "") != giver.organisation:
        raise NotYours(giver.office)
    if giver.organisation:
        return {"giver": giver.organisation, "authority": ""}
    if office.region_id is None:
        raise NotYours(giver.office)
    return {"giver": "", "authority": office.region_id}


def regions_under(region: str) -> frozenset[str]:
    """The regions for which the authority of one speaks: all that lie in it, itself included; one query.

    In a country lie all regions, though the tree of the table begins with provinces.
    """
    return _under(region)[0]


def beyond(reach: frozenset[str], codes: Sequence[str]) -> dict[str, str]:
    """Which enterprises an authority may not speak of, whatever it says of them, and their regions: one query.

    One that is not confirmed is not among them: the authority of the region that it says may correct it.
    """
    confirmed = Enterprise.objects.filter(code__in=codes, confirmed=True).order_by()
    return {code: at for code, at in confirmed.values_list("code", "region_id") if at not in reach}


def _under(top: str) -> tuple[frozenset[str], frozenset[str]]:
    """The regions that lie in one, and all that there are: one query."""
    rows = list(Region.objects.values_list("code", "parent_id", "kind"))
    above = {code: parent for code, parent, _ in rows}
    known = frozenset(above)
    if any(code == top and kind == Region.Kind.COUNTRY for code, _, kind in rows):
        return known, known
    return frozenset(code for code in known if top in _line(code, above)), known


def _line(code: str, above: Mapping[str, str | None]) -> Iterator[str]:
    """A region and those that it lies in."""
    at: str | None = code
    while at is not None:
        yield at
        at = above[at]


# ----------------------------------------------------------------------------------------------------- the writing

_Key = tuple[Any, ...]
_Row = TypeVar("_Row")
_IDENTITY = ("name_zh", "region_id", "industry")


@dataclass(frozen=True)
class _Links:
    """A table of statements that each hang on one enterprise: what names one, and what it says."""

    model: type[Model]
    names: tuple[str, ...]  # the enterprise's column first
    says: tuple[str, ...]


_INCIDENTS = _Links(Incident, ("enterprise_id", "kind", "grade", "on"), ("document",))
_SUPPLY = _Links(SupplyLink, ("buyer_id", "supplier", "product", "year"), ("supplier_name", "amount_yuan"))
_HELD = _Links(Qualification, ("enterprise_id", "kind", "rank"), ("number", "from_on", "until_on"))


@dataclass
class _Run:
    """One stating, batch by batch."""

    giver: Giver
    reach: _Reach
    at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    hints: list[Hint] = field(default_factory=list)

    @property
    def _own(self) -> dict[str, str]:
        """By which columns one knows this giver's own word."""
        return {"giver": self.giver.organisation, "authority": self.reach.authority}

    def result(self) -> Stated:
        return Stated(**self.counts, hints=tuple(self.hints))

    def take(self, batch: Sequence[FirmRow]) -> None:
        """One batch of enterprises, compared with what stands by one query a table."""
        self._count("rows", len(batch))
        rows = self._firms({code: row for code, row in _merged(batch).items() if _sound(row)})
        self._figures(rows)
        said = {
            (row.code, one.kind, one.rank): (one.number, one.from_on, one.until_on)
            for row in rows.values()
            for one in row.held or ()
        }
        told = [row.code for row in rows.values() if row.held is not None]
        if told:
            self._restate(_HELD, said, told, whole=True)

    def links(self, table: _Links, said: Mapping[_Key, tuple[Any, ...]], taken: int) -> None:
        """One batch of statements about enterprises that must be known."""
        self._count("rows", taken)
        codes = {str(key[0]) for key in said}
        known = dict(Enterprise.objects.filter(code__in=codes).values_list("code", "region_id"))
        good = set()
        for code in sorted(codes):
            if code not in known:
                self._hint(Hint(code, "unknown"))
            elif not self.reach.may(known[code]):
                self._hint(Hint(code, "beyond", known[code]))
            else:
                good.add(code)
        kept = {key: value for key, value in said.items() if key[0] in good}
        self._restate(table, kept, sorted(good), whole=False)

    def _count(self, name: str, n: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + n

    def _hint(self, hint: Hint) -> None:
        self._count("hinted")
        if len(self.hints) < HINTS_KEPT:
            self.hints.append(hint)

    def _firms(self, rows: Mapping[str, FirmRow]) -> dict[str, FirmRow]:
        """Creates and corrects enterprises; gives the rows of which anything may be said."""
        found = Enterprise.objects.filter(code__in=rows)
        known = {one[0]: one for one in found.values_list("code", *_IDENTITY, "confirmed")}
        good: dict[str, FirmRow] = {}
        new: list[_Key] = []
        corrected: list[Enterprise] = []
        for code, row in rows.items():
            if code not in known:
                hint = self._unfit(row)
                if hint is None:
                    new.append((code, row.name, row.region, row.industry, bool(self.reach.authority)))
            else:
                *stands, confirmed = known[code]
                hint = self._met(code, stands, row, confirmed, corrected)
            if hint is None:
                good[code] = row
            else:
                self._hint(hint)
        _insert(Enterprise, ("code", *_IDENTITY, "confirmed"), new)
        Enterprise.objects.bulk_update(corrected, [*_IDENTITY, "confirmed"], batch_size=200)
        self._count("new_firms", len(new))
        return good

    def _met(
        self, code: str, stands: list[str], row: FirmRow, confirmed: bool, corrected: list[Enterprise]
    ) -> Hint | None:
        """Holds a row against the known enterprise; why nothing may be said of it, None where something may."""
        _, *identity = stands
        confirms = bool(self.reach.authority) and not confirmed and row.region in self.reach.own
        if not (confirms or self.reach.may(identity[1])):
            return Hint(code, "beyond", identity[1])
        if confirms or identity != [row.name, row.region, row.industry]:
            new = self._corrected(identity, row)
            self._count("renamed", new != identity)
            self._count("confirmed", confirms)
            if confirms or new != identity:
                corrected.append(
                    Enterprise(
                        code=code,
                        name_zh=new[0],
                        region_id=new[1],
                        industry=new[2],
                        confirmed=confirmed or confirms,
                    )
                )
        return None

    def _unfit(self, row: FirmRow) -> Hint | None:
        """Why an enterprise cannot be created from a row; None where it can."""
        if not (row.name and row.region and row.industry):
            return Hint(row.code, "incomplete")
        if row.region not in self.reach.known:
            return Hint(row.code, "no-region", said=row.region)
        return None if self.reach.may(row.region) else Hint(row.code, "beyond", row.region)

    def _corrected(self, standing: Sequence[str], row: FirmRow) -> list[str]:
        """Name, region and industry in line with an authority's row, as they stand where they are not theirs to say."""
        columns: tuple[Differing, ...] = ("name", "region", "industry")
        theirs = bool(self.reach.authority) and (not row.region or self.reach.may(row.region))
        new = list(standing)
        for place, (what, value) in enumerate(
            zip(columns, (row.name, row.region, row.industry), strict=True)
        ):
            if value in ("", new[place]):
                continue
            if what == "region" and value not in self.reach.known:
                self._hint(Hint(row.code, "no-region", said=value))
            elif not theirs:
                self._hint(Hint(row.code, what, new[place], value))
            else:
                new[place] = value
        return new

    def _figures(self, rows: Mapping[str, FirmRow]) -> None:
        years = {year for row in rows.values() for year in row.years}
        standing = {
            (code, year): (key, figures)
            for key, code, year, figures in YearlyFigures.objects.filter(
                enterprise__in=rows, year__in=years, **self._own, ended_at=None
            ).values_list("pk", "enterprise_id", "year", "figures")
        }
        ended: list[int] = []
        new: list[_Key] = []
        for code, row in rows.items():
            for year, said in row.years.items():
                if not said:
                    continue
                key, before = standing.get((code, year), (None, {}))
                if said.items() <= before.items():
                    self._count("figures_unchanged")
                    continue
                if key is not None:
                    ended.append(key)
                new.append((code, year, {**before, **said}))
        self._count("figures_changed", len(new))
        self._write(YearlyFigures, ended, ("enterprise_id", "year", "figures"), new)

    def _restate(
        self, table: _Links, said: Mapping[_Key, tuple[Any, ...]], codes: Sequence[str], *, whole: bool
    ) -> None:
        """Ends what is said otherwise, adds what is new; what is not said ends too where it is the ``whole``."""
        rows = table.model._default_manager.filter(
            **{f"{table.names[0]}__in": codes}, **self._own, ended_at=None
        ).values_list("pk", *table.names, *table.says)
        width = 1 + len(table.names)
        standing: dict[_Key, tuple[int, _Key]] = {row[1:width]: (row[0], row[width:]) for row in rows}
        changed = [key for key, value in said.items() if key not in standing or standing[key][1] != value]
        gone = [key for key in standing if key not in said] if whole else []
        ended = [standing[key][0] for key in (*changed, *gone) if key in standing]
        prefix = "held_" if table is _HELD else ""
        self._count(f"{prefix}changed", len(changed))
        self._count(f"{prefix}unchanged", len(said) - len(changed))
        if whole:
            self._count("held_ended", len(gone))
        self._write(table.model, ended, (*table.names, *table.says), [(*key, *said[key]) for key in changed])

    def _write(
        self, model: type[Model], ended: Sequence[int], columns: Sequence[str], new: Iterable[_Key]
    ) -> None:
        """What stood ends first: of each thing only one may stand."""
        for start in range(0, len(ended), BATCH):
            part = ended[start : start + BATCH]
            model._default_manager.filter(pk__in=part).update(ended_at=self.at)
        at = YearlyFigures._meta.get_field("at").get_db_prep_save(self.at, connection)
        signed = (*self._own.values(), self.giver.office, self.giver.source, at, "", "")
        names = (*columns, *self._own, "office", "source", "at", "ended_by", "reason")
        _insert(model, names, (row + signed for row in new))


_PLAIN = (str, int, type(None))  # what every database takes as it is


def _insert(model: type[Model], columns: Sequence[str], rows: Iterable[_Key]) -> None:
    """Adds rows without making an object of each: three times as fast as the mapper's own way, measured on SQLite."""
    ways = [model._meta.get_field(name) for name in columns]
    prepared = [
        [
            value if type(value) in _PLAIN else way.get_db_prep_save(value, connection)  # type: ignore[union-attr]
            for way, value in zip(ways, row, strict=True)
        ]
        for row in rows
    ]
    if not prepared:
        return
    quoted = [connection.ops.quote_name(way.column) for way in ways]  # type: ignore[union-attr, arg-type]
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({places})", prepared)  # noqa: S608


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _merged(batch: Iterable[FirmRow]) -> dict[str, FirmRow]:
    """The rows by code; of an enterprise that is named twice the later row counts where both say something."""
    found: dict[str, FirmRow] = {}
    for row in batch:
        before = found.get(row.code)
        found[row.code] = row if before is None else _over(before, row)
    return found


def _over(before: FirmRow, row: FirmRow) -> FirmRow:
    years = {
        year: {**before.years.get(year, {}), **row.years.get(year, {})}
        for year in {**before.years, **row.years}
    }
    return replace(
        row,
        name=row.name or before.name,
        region=row.region or before.region,
        industry=row.industry or before.industry,
        years=years,
        held=before.held if row.held is None else row.held,
    )


def _sound(row: FirmRow) -> bool:
    """True. Raises ``ValueError`` for what the vocabulary does not have, and for a figure that is no whole number."""
    words = vocabulary()
    for figures in row.years.values():
        if not figures.keys() <= words.measures.keys():
            raise ValueError(f"{row.code}: {sorted(figures.keys() - words.measures.keys())} are no measures")
        if any(type(value) is not int or abs(value) > LARGEST for value in figures.values()):
            raise ValueError(f"{row.code}: a figure is no whole number")
    normal(row.name)  # what cannot be written down in the ledger's form cannot be frozen with a dossier
    for one in row.held or ():
        word = words.qualifications.get(one.kind)
        if word is None or one.rank not in ("", *word.ranks):
            raise ValueError(f"{row.code}: {one.kind}/{one.rank} is no qualification")
    return True
