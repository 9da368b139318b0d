"""Taking experts into a pool, changing what is known of them, and letting them go.

What a file says of an expert replaces what was known: its fields, and of each kind of sheet in which it stands the
ties or absences. What a file does not speak of stays. To take the same rows twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from cultivar.evaluation.models import Absence, Expert, Knowledge, Tie
from cultivar.registry.models import Holding, Office, Person


@dataclass(frozen=True, slots=True)
class TieRow:
    """A bond as a file states it."""

    kind: str
    organisation: str
    name: str
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """An expert as a file states it; ``ties`` and ``absences`` None: the file does not speak of them."""

    number: str
    name: str
    kind: str
    title: str = ""
    region: str = ""
    knowledge: frozenset[tuple[str, str]] = frozenset()  # scheme, code
    most: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    ties: tuple[TieRow, ...] | None = None
    absences: tuple[tuple[date, date], ...] | None = None


@dataclass
class Taken:
    """How many experts are new, how many changed, of how many nothing changed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    numbers: list[str] = field(default_factory=list)  # of those new or changed


@transaction.atomic
def take(pool: Office, rows: Sequence[ExpertRow], today: date) -> Taken:
    """Takes experts into a pool. People who are new cannot sign in before they are given a way in.

    Seven queries for a file that changes nothing, however many rows.
    """
    taken = Taken()
    known = {
        one.number: one
        for one in Expert.objects.select_for_update(of=("self",))
        .filter(pool=pool, number__in=[row.number for row in rows])
        .select_related("person")
        .prefetch_related("knowledge", "ties", "absences")
    }
    terms = _terms(pool, [one.person_id for one in known.values()])
    for row in rows:
        expert = known.get(row.number)
        if expert is None:
            _enrol(pool, row, today)
            taken.new += 1
        elif _change(pool, expert, row, terms.get(expert.person_id), today):
            taken.changed += 1
        else:
            taken.same += 1
            continue
        taken.numbers.append(row.number)
    return taken


def release(expert: Expert, today: date) -> None:
    """Lets an expert go: from today on nobody can name the person. Cases in which it sits are theirs to settle."""
    last = today - timedelta(days=1)
    for holding in Holding.objects.current(today).filter(person=expert.person_id, office=expert.pool_id):
        holding.until_on = max(holding.from_on, last)
        holding.save(update_fields=["until_on"])


def _terms(pool: Office, people: Iterable[int]) -> dict[int, Holding]:
    """The latest term of each person in a pool."""
    rows = Holding.objects.filter(office=pool, person__in=list(people)).order_by("from_on")
    return {one.person_id: one for one in rows}


def _enrol(pool: Office, row: ExpertRow, today: date) -> None:
    person = Person.objects.create_user(_login(pool, row.number), row.name)
    expert = Expert.objects.create(person=person, pool=pool, number=row.number, **_plain(row))
    Holding.objects.create(person=person, office=pool, from_on=row.from_on or today, until_on=row.until_on)
    _write_knowledge(expert, row)
    _write_ties(expert, row.ties or ())
    _write_absences(expert, row.absences or ())


def _login(pool: Office, number: str) -> str:
    """A login that nobody has: the number, with more behind it where it is taken."""
    wanted = f"expert-{number}"[:50].lower()
    taken = set(Person.objects.filter(login__startswith=wanted).values_list("login", flat=True))
    return next(
        name for n in range(len(taken) + 2) if (name := wanted if not n else f"{wanted}-{n}") not in taken
    )


def _plain(row: ExpertRow) -> dict[str, object]:
    return {"kind": row.kind, "title": row.title, "region_id": row.region or None, "most": row.most}


def _change(pool: Office, expert: Expert, row: ExpertRow, term: Holding | None, today: date) -> bool:
    """Brings an expert to what a row says; whether anything differed."""
    changed = _rename(expert.person, row.name)
    differing = {name: value for name, value in _plain(row).items() if getattr(expert, name) != value}
    if differing:
        for name, value in differing.items():
            setattr(expert, name, value)
        expert.save(update_fields=list(differing))
    changed |= bool(differing) | _retime(pool, expert, row, term, today)
    if {(one.scheme, one.code) for one in expert.knowledge.all()} != row.knowledge:
        expert.knowledge.all().delete()
        _write_knowledge(expert, row)
        changed = True
    if row.ties is not None and _tied(expert) != sorted(map(_key, row.ties)):
        expert.ties.all().delete()
        _write_ties(expert, row.ties)
        changed = True
    if row.absences is not None and [(one.from_on, one.until_on) for one in expert.absences.all()] != sorted(
        row.absences
    ):
        expert.absences.all().delete()
        _write_absences(expert, row.absences)
        changed = True
    return changed


def _rename(person: Person, name: str) -> bool:
    if person.name == name:
        return False
    person.name = name
    person.save(update_fields=["name"])
    return True


def _retime(pool: Office, expert: Expert, row: ExpertRow, term: Holding | None, today: date) -> bool:
    """The term: a running one lasts as the row says; one that is over is followed by a new one, never opened again."""
    over = term is not None and term.until_on is not None and term.until_on < today
    if term is None or over:
        if term is not None and (row.from_on is None or row.from_on <= (term.until_on or today)):
            return False
        begins = row.from_on or today
        Holding.objects.create(person=expert.person, office=pool, from_on=begins, until_on=row.until_on)
        return True
    begins = row.from_on or term.from_on
    if (term.from_on, term.until_on) == (begins, row.until_on):
        return False
    term.from_on, term.until_on = begins, row.until_on
    term.save(update_fields=["from_on", "until_on"])
    return True


def _write_knowledge(expert: Expert, row: ExpertRow) -> None:
    Knowledge.objects.bulk_create(
        Knowledge(expert=expert, scheme=scheme, code=code) for scheme, code in sorted(row.knowledge)
    )


_Key = tuple[str, str, str, str, str]


def _key(one: "TieRow | Tie") -> _Key:
    return (one.kind, one.organisation, one.name, str(one.from_on or ""), str(one.until_on or ""))


def _tied(expert: Expert) -> list[_Key]:
    return sorted(_key(one) for one in expert.ties.all())


def _write_ties(expert: Expert, ties: Iterable[TieRow]) -> None:
    Tie.objects.bulk_create(
        Tie(
            expert=expert,
            kind=one.kind,
            organisation=one.organisation,
            name=one.name,
            from_on=one.from_on,
            until_on=one.until_on,
        )
        for one in sorted(set(ties), key=_key)
    )


def _write_absences(expert: Expert, absences: Iterable[tuple[date, date]]) -> None:
    Absence.objects.bulk_create(
        Absence(expert=expert, from_on=since, until_on=until) for since, until in sorted(set(absences))
    )
