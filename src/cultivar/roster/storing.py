"""Taking the good rows of a workbook into the register.

An authority's go batch by batch, each its own transaction. An applicant's, at most as many enterprises as a roster
holds, go in one: nobody ever sees half of a roster, and none is frozen while its rows are taken. To take the same rows
twice changes nothing, so that a job that was broken off may simply run again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from django.db import transaction

from cultivar.cases import membership
from cultivar.cases.models import Membership, Subject
from cultivar.policy.text import Text
from cultivar.registry import regions
from cultivar.registry.models import Enterprise, Office, Qualification, Region
from cultivar.registry.statements import (
    BATCH,
    FirmRow,
    Giver,
    HeldRow,
    Hint,
    IncidentRow,
    Stated,
    SupplyRow,
    beyond,
    own_word,
    regions_under,
    state,
    state_incidents,
    state_supply,
    take_turn,
)
from cultivar.roster.containers import Refused
from cultivar.roster.firm_cells import ANYWHERE, Within
from cultivar.roster.places import Places
from cultivar.roster.problems import Said
from cultivar.roster.sheet_reading import Firm, Good, Setting
from cultivar.roster.titles import EVERY

_Row = TypeVar("_Row", Firm, IncidentRow, SupplyRow)
AT_ONCE = 500  # codes to a query
COUNTED = (
    *("new_firms", "renamed", "confirmed", "figures_changed", "figures_unchanged", "held_changed"),
    *("held_ended", "held_unchanged", "changed", "unchanged", "hinted"),
)


@dataclass
class Outcome:
    """What taking a file changed, by the names of ``Stated``; ``enrolled``: enterprises newly on the roster."""

    counts: Counter[str] = field(default_factory=Counter)
    hints: list[Hint] = field(default_factory=list)
    enrolled: int = 0

    @property
    def wrote(self) -> bool:
        """Whether anything is otherwise than before."""
        changes = ("new_firms", "renamed", "confirmed", "figures_changed", "held_changed", "held_ended")
        return bool(self.enrolled or any(self.counts[name] for name in (*changes, "changed")))

    def add(self, stated: Stated) -> None:
        """Counts one batch."""
        for name in COUNTED:
            self.counts[name] += getattr(stated, name)
        self.hints += stated.hints[: 1000 - len(self.hints)]


def take(
    giver: Giver,
    good: Iterable[Good],
    *,
    at: datetime,
    subject: Subject | None = None,
    progress: Callable[[int], object] = lambda done: None,
) -> Outcome:
    """Stores good rows in the name of ``giver`` and brings the enterprises onto the roster of ``subject``.

    Raises ``NotYours`` where the office may not speak for the giver, ``Refused`` where the roster has filled up since
    the file was checked; nothing is stored then.
    """
    if subject is None:
        return _take(giver, good, at, None, progress)
    read = list(good)  # before the roster is held: a large file takes its time
    with transaction.atomic():
        membership.hold(subject.pk)
        return _take(giver, read, at, subject, progress)


def _take(
    giver: Giver,
    good: Iterable[Good],
    at: datetime,
    subject: Subject | None,
    progress: Callable[[int], object],
) -> Outcome:
    outcome = Outcome()
    incidents: list[IncidentRow] = []
    purchases: list[SupplyRow] = []
    for firms in _batches(_firms(good, incidents, purchases)):
        try:
            _batch(giver, firms, outcome, at, subject)
        except membership.RosterFull as full:
            raise Refused(full.text) from full
        progress(len(firms))
    for events in _batches(iter(incidents)):
        outcome.add(state_incidents(giver, events, at=at))
        progress(len(events))
    for bought in _batches(iter(purchases)):
        outcome.add(state_supply(giver, bought, at=at))
        progress(len(bought))
    return outcome


@transaction.atomic
def _batch(giver: Giver, firms: list[Firm], outcome: Outcome, at: datetime, subject: Subject | None) -> None:
    take_turn()  # before it is read which titles stand: another import of the giver may be adding some
    rows = [firm.row for firm in _with_others(giver, firms)]
    stated = state(giver, rows, at=at)
    new = membership.enrol(subject, [row.code for row in rows]).new if subject is not None else ()
    outcome.add(stated)
    outcome.enrolled += len(new)


def _firms(good: Iterable[Good], incidents: list[IncidentRow], purchases: list[SupplyRow]) -> Iterator[Firm]:
    """The enterprises; what comes after them is set aside."""
    for one in good:
        if isinstance(one, Firm):
            yield one
        elif isinstance(one, IncidentRow):
            incidents.append(one)
        else:
            purchases.append(one)


def _batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _with_others(giver: Giver, firms: list[Firm]) -> Iterator[Firm]:
    """The rows with those titles of the giver's that they do not speak for: what a workbook leaves out stays."""
    codes = [firm.row.code for firm in firms if firm.row.held is not None]
    own = own_word(giver)
    standing: dict[str, list[HeldRow]] = {}
    for start in range(0, len(codes), AT_ONCE):
        rows = Qualification.objects.filter(
            enterprise__in=codes[start : start + AT_ONCE], **own, ended_at=None
        ).order_by()
        for one in rows:
            held = HeldRow(one.kind, one.rank, one.number, one.from_on, one.until_on)
            standing.setdefault(one.enterprise_id, []).append(held)
    for firm in firms:
        kept = [one for one in standing.get(firm.row.code, ()) if not _speaks_for(firm, one)]
        if kept and firm.row.held is not None:
            yield replace(firm, row=_held(firm.row, (*firm.row.held, *kept)))
        else:
            yield firm


def _speaks_for(firm: Firm, title: HeldRow) -> bool:
    return (title.kind, title.rank) in firm.said or (title.kind, EVERY) in firm.said


def _held(row: FirmRow, held: tuple[HeldRow, ...]) -> FirmRow:
    return replace(row, held=held)


# --------------------------------------------------------------------------------------------- for whom


@lru_cache(maxsize=1)
def places() -> Places:
    """The regions of the data file, by their names."""
    return Places(regions.read())


def setting(year: int, region: str, subject: Subject | None) -> Setting:
    """How a file is read for an authority of a region, or for the applicant whose roster it is."""
    if subject is not None:
        members = Membership.objects.filter(subject=subject)

        def on_roster(codes: Iterable[str]) -> set[str]:
            return _found(
                lambda part: members.filter(enterprise__in=part).values_list("enterprise", flat=True), codes
            )

        return Setting(year, places(), ANYWHERE, on_roster, _room(subject, on_roster))
    within = within_of(region)

    def in_region(codes: Iterable[str]) -> set[str]:
        known = (
            Enterprise.objects.all()
            if within.codes is None
            else Enterprise.objects.filter(region__in=within.codes)
        )
        return _found(lambda part: known.filter(code__in=part).values_list("code", flat=True), codes)

    return Setting(year, places(), within, in_region, _not_theirs(within))


_Refusing = Callable[[Sequence[str]], Mapping[str, Said]]


def _room(subject: Subject, on_roster: Callable[[Iterable[str]], set[str]]) -> _Refusing:
    """Refuses what no longer fits onto a roster, the later rows of a file."""
    left = max(0, membership.MOST - Membership.objects.filter(subject=subject).count())

    def refused(codes: Sequence[str]) -> Mapping[str, Said]:
        nonlocal left
        already = on_roster(codes)
        new = [code for code in codes if code not in already]
        over = new[left:]
        left -= len(new) - len(over)
        return dict.fromkeys(over, _full())

    return refused


def _not_theirs(within: Within) -> _Refusing:
    """Refuses enterprises that another region's authority has confirmed as its own."""
    reach = within.codes
    if reach is None:
        return lambda codes: {}

    def refused(codes: Sequence[str]) -> Mapping[str, Said]:
        return {code: _elsewhere(at) for code, at in beyond(reach, codes).items()}

    return refused


# Kinds that begin with "register" follow from what the register has: they are asked anew when the rows are taken.


def _full() -> Said:
    return Said(
        "register-full",
        Text(
            "一份名单最多列 {n} 家企业，这一家放不下。",
            "A roster has at most {n} enterprises; this one does not fit.",
        ).fill(n=membership.MOST),
        Text(
            "先从名单移出不再属于的企业，或只列主要企业。",
            "Take off the roster those that no longer belong, or enter the main ones only.",
        ),
    )


def _elsewhere(region: str) -> Said:
    return Said(
        "register-beyond",
        Text(
            "登记册中这家企业在{there}，已由主管部门核实，你的单位不能录入。",
            "The register has this enterprise in {there}, confirmed by an authority; your office cannot state it.",
        ).fill(there=regions.name_of(region) or Text(region, region)),
        Text(
            "核对代码。企业已迁来的，请上级主管部门更正所在地区后再传。",
            "Check the code. Where it has moved here, ask the authority above both regions to correct it first.",
        ),
    )


def _found(ask: Callable[[list[str]], Iterable[str]], codes: Iterable[str]) -> set[str]:
    wanted = sorted(codes)
    return {code for start in range(0, len(wanted), AT_ONCE) for code in ask(wanted[start : start + AT_ONCE])}


def within_of(region: str) -> Within:
    """For which regions an authority speaks: all that lie in its own, which is where it may state; one query."""
    here = next((one for one in regions.read() if one.code == region), None)
    if here is None or here.kind == Region.Kind.COUNTRY:
        return ANYWHERE
    return Within(regions_under(region), here.name)


def reach_of(office: Office) -> tuple[str, str]:
    """The organisation in whose name an office speaks, blank for an authority, and an authority's region."""
    return office.organisation_id or "", "" if office.organisation_id else office.region_id or ""
