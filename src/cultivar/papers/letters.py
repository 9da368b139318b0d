"""Which recommendation letters there are, read from the acts that issue them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cultivar.cases.programmes import catalogue
from cultivar.cases.queries import visible
from cultivar.cases.record import Folded, folded
from cultivar.ledger.append import read
from cultivar.ledger.models import Entry
from cultivar.papers.letter import LetterEntry, letter
from cultivar.policy.model import Act, Programme
from cultivar.policy.text import Text
from cultivar.procedure.record import Done
from cultivar.registry.actors import Actor
from cultivar.registry.models import Office, Organisation, Region

PAPER = "recommendation-letter"
LETTER, REASONS = "letter", "reasons"  # what an act that issues the paper says

_Key = tuple[str, str]  # number of the letter, region of the office


@dataclass(frozen=True)
class Letter:
    """A letter with the clusters that it recommends; ``on`` is the day of the latest act in it."""

    number: str
    region: str
    office: Text
    programme: Programme
    on: date
    entries: tuple[LetterEntry, ...]

    @property
    def draft(self) -> bool:
        """Whether a second person has still to agree to any of it."""
        return any(entry.draft for entry in self.entries)

    def docx(self) -> bytes:
        """The paper itself."""
        return letter(self.number, self.programme, self.office.zh, self.entries, self.on)


def issues_letters(actor: Actor) -> bool:
    """Whether letters are any of this office's business: those who issue, receive or audit them."""
    for reading in catalogue().values():
        programme = reading.programme
        issuing = {act.body for _, act in _issuing(programme)}
        for part, body in programme.bodies.items():
            mine = (body.played_by or part) == actor.body
            if mine and (part in issuing or body.scope in ("whole region", "everything")):
                return True
    return False


def letters_of(actor: Actor) -> list[Letter]:
    """The letters all of whose cases lie in the sight of an office, the latest first: seven queries."""
    return _in_sight(actor, _proposed())


def find(actor: Actor, number: str, region: str) -> Letter | None:
    """One letter in the sight of an office; None for others' as for unknown ones."""
    asked = {key: cases for key, cases in _proposed().items() if key == (number, region)}
    return next(iter(_in_sight(actor, asked)), None)


def letter_entries(number: str) -> tuple[LetterEntry, ...]:
    """What the letters of this number say of each cluster, drafts included."""
    asked = {key: cases for key, cases in _proposed().items() if key[0] == number}
    return tuple(entry for one in _letters(asked) for entry in one.entries)


def _in_sight(actor: Actor, proposed: Mapping[_Key, set[str]]) -> list[Letter]:
    numbers = set().union(*proposed.values())
    seen = set(visible(actor).filter(number__in=numbers).values_list("number", flat=True))
    return _letters({key: cases for key, cases in proposed.items() if cases <= seen})


def _issuing(programme: Programme) -> Iterator[tuple[str, Act]]:
    for procedure in programme.procedures.values():
        for name, act in procedure.acts.items():
            if PAPER in act.issues:
                yield name, act


def _proposed() -> dict[_Key, set[str]]:
    """The cases by the letter that somebody put them in, agreed or not: one query, nothing folded."""
    kinds = {name for reading in catalogue().values() for name, _ in _issuing(reading.programme)}
    proposed: dict[_Key, set[str]] = {}
    for case, leaf in Entry.objects.filter(kind__in=kinds).order_by("seq").values_list("case", "leaf"):
        said = read(bytes(leaf))
        if LETTER in said["content"]:
            proposed.setdefault((said["content"][LETTER], said["region"]), set()).add(case)
    return proposed


@dataclass(frozen=True)
class _Spoken:
    case: Folded
    done: Done
    draft: bool


def _letters(proposed: Mapping[_Key, set[str]]) -> list[Letter]:
    """The letters as the folded cases have them; a proposal that was declined is in none."""
    cases = set().union(*proposed.values())
    record = Entry.objects.filter(case__in=cases).order_by("case", "seq")
    spoken = [
        one
        for number, entries in groupby(record, key=lambda entry: entry.case)
        for one in _spoken(folded(number, entries))
    ]
    groups: dict[_Key, list[_Spoken]] = {}
    for one in spoken:
        groups.setdefault((str(one.done.content[LETTER]), one.done.region), []).append(one)
    names = _Names(spoken)
    made = [
        _letter(number, region, group, names)
        for (number, region), group in groups.items()
        if (number, region) in proposed
    ]
    return sorted(made, key=lambda one: (one.on, one.number), reverse=True)


def _spoken(case: Folded) -> list[_Spoken]:
    """What a case's acts say in letters: each effective one, and one that still waits for agreement."""
    said = [
        _Spoken(case, done, draft=False)
        for done in case.state.acts
        if PAPER in case.procedure.acts[done.act].issues and LETTER in done.content
    ]
    pending = case.state.pending
    if pending and PAPER in case.procedure.acts[pending.act].issues and LETTER in pending.content:
        said.append(_Spoken(case, pending, draft=True))
    return said


class _Names:
    """The names that a letter needs: offices, organisations, regions, each fetched once."""

    def __init__(self, spoken: list[_Spoken]) -> None:
        offices = Office.objects.filter(key__in={one.done.office for one in spoken})
        applicants = Organisation.objects.filter(code__in={one.case.opening.applicant for one in spoken})
        self.regions = {region.code: region for region in Region.objects.all()}
        self.offices = {office.key: office for office in offices}
        self.organisations = {organisation.code: organisation.name_zh for organisation in applicants}

    def office(self, one: _Spoken) -> Text:
        """The office that speaks; where it is not registered, its body in its region."""
        office = self.offices.get(one.done.office)
        if office is not None:
            return office.name
        region = self.regions.get(one.done.region)
        body = one.case.programme.bodies[one.done.body].text
        if region is None:
            return body
        return Text(f"{region.short_zh}{body.zh.removeprefix('市（州）')}", f"{region.name_en}: {body.en}")


def _letter(number: str, region: str, group: list[_Spoken], names: _Names) -> Letter:
    entries = tuple(_entry(one, names) for one in sorted(group, key=lambda one: one.done.seq))
    latest = max(group, key=lambda one: one.done.seq)
    return Letter(number, region, names.office(latest), latest.case.programme, latest.done.day, entries)


def _entry(one: _Spoken, names: _Names) -> LetterEntry:
    fields = {field.id: field.zh for field in one.case.programme.fields}
    partners = (names.regions[code].short_zh for code in one.case.state.partners if code in names.regions)
    return LetterEntry(
        cluster=one.case.opening.name.zh,
        organisation=names.organisations.get(one.case.opening.applicant, ""),
        field=fields.get(one.case.opening.field, ""),
        partners=tuple(partners),
        reasons=str(one.done.content.get(REASONS, "")),
        case=one.case.number,
        draft=one.draft,
    )
