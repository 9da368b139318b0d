"""Taking experts into a pool, changing what is known of them, and letting them go.

What a file says of an expert replaces what was known; what it does not speak of stays: a column that is not there, a
sheet that is not there, a sheet in which a row of the expert is wrong. To take the same rows twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from cultivar.evaluation.models import Absence, Expert, Knowledge, Tie
from cultivar.policy.text import Text
from cultivar.registry.models import Holding, Office, Person

EVERYTHING = frozenset({"title", "region", "fields", "industries", "most", "from", "until"})


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
    """An expert as a file states it. ``spoken`` are the columns that the file has.

    ``ties`` and ``absences`` None: the file does not speak of them. ``place`` is the sheet and the row.
    """

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
    spoken: frozenset[str] = EVERYTHING
    place: tuple[str, int] = field(default=("", 0), compare=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of a row against what stands; ``blocks``: the row was not taken."""

    row: ExpertRow
    kind: str
    text: Text
    blocks: bool


@dataclass
class Taken:
    """How many experts are new, how many changed, of how many nothing changed; and what is to be said of rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    remarks: list[Remark] = field(default_factory=list)


class _Cannot(Exception):
    """A row cannot be taken; carries the kind and the words."""

    def __init__(self, kind: str, text: Text) -> None:
        super().__init__(text.en)
        self.kind, self.text = kind, text


@transaction.atomic
def take(pool: Office, rows: Sequence[ExpertRow], today: date, *, only_check: bool = False) -> Taken:
    """Takes experts into a pool, or finds out what would come of it. One file at a time for a pool.

    People who are new cannot sign in before they are given a way in; somebody of that name who is in the pool already,
    without a number, gets it. As many queries for a file that changes nothing, however many rows.
    """
    Office.objects.select_for_update().get(pk=pool.pk)
    taking = _Taking(pool, rows, today)
    for row in rows:
        taking.take(row)
    if only_check:
        transaction.set_rollback(True)
    return taking.taken


def release(expert: Expert, today: date) -> None:
    """Lets an expert go: from today on nobody can name the person. Cases in which it sits are theirs to settle."""
    terms = Holding.objects.filter(person=expert.person_id, office=expert.pool_id)
    terms.filter(from_on__gte=today).delete()
    terms.current(today).update(until_on=today - timedelta(days=1))


def unnumbered(pool: Office, today: date) -> list[Person]:
    """Those who can be named out of a pool and of whom nothing is known there: one query."""
    holding = Holding.objects.current(today).filter(office=pool).values("person")
    return list(Person.objects.filter(pk__in=holding, expert=None).order_by("login"))


class _Taking:
    """What stands in a pool of the experts of a file, and what comes of each row."""

    def __init__(self, pool: Office, rows: Sequence[ExpertRow], today: date) -> None:
        self.pool, self.today, self.taken = pool, today, Taken()
        found = Expert.objects.filter(pool=pool, number__in=[row.number for row in rows])
        found = found.select_related("person").prefetch_related("knowledge", "ties", "absences")
        self.known = {one.number: one for one in found}
        self.terms = _terms(pool, [one.person_id for one in self.known.values()])
        self.waiting: dict[str, list[Person]] = {}
        for person in unnumbered(pool, today):
            self.waiting.setdefault(person.name, []).append(person)

    def take(self, row: ExpertRow) -> None:
        expert = self.known.get(row.number)
        try:
            with transaction.atomic():
                if expert is None:
                    self.enrol(row)
                    self.taken.new += 1
                elif self.change(expert, row):
                    self.taken.changed += 1
                else:
                    self.taken.same += 1
        except _Cannot as cannot:
            self.taken.remarks.append(Remark(row, cannot.kind, cannot.text, blocks=True))

    def hint(self, row: ExpertRow, kind: str, text: Text) -> None:
        self.taken.remarks.append(Remark(row, kind, text, blocks=False))

    def enrol(self, row: ExpertRow) -> None:
        same = self.waiting.get(row.name, [])
        if len(same) > 1:
            raise _Cannot("namesakes", _NAMESAKES.fill(n=len(same), name=row.name))
        term = None
        if same:
            person = self.waiting.pop(row.name)[0]
            term = _terms(self.pool, [person.pk])[person.pk]
            self.hint(row, "linked", _LINKED.fill(name=row.name))
        else:
            person = Person.objects.create_user(_login(row.number), row.name)
        expert = Expert.objects.create(
            person=person,
            pool=self.pool,
            number=row.number,
            kind=row.kind,
            title=row.title,
            region_id=row.region or None,
            most=row.most,
        )
        self.retime(expert, row, term)
        _write_knowledge(expert, row.knowledge)
        _write_ties(expert, row.ties or ())
        _write_absences(expert, row.absences or ())

    def change(self, expert: Expert, row: ExpertRow) -> bool:
        """Brings an expert to what a row says; whether anything differed."""
        term = self.terms.get(expert.person_id)
        changed = self.rename(expert.person, row, term)
        differing = {name: value for name, value in _plain(row).items() if getattr(expert, name) != value}
        if differing:
            for name, value in differing.items():
                setattr(expert, name, value)
            expert.save(update_fields=list(differing))
        changed |= bool(differing) | self.retime(expert, row, term)
        before = {(one.scheme, one.code) for one in expert.knowledge.all()}
        after = set(row.knowledge) | {one for one in before if not _speaks_of(row, one[0])}
        if before != after:
            expert.knowledge.all().delete()
            _write_knowledge(expert, after)
            changed = True
        if row.ties is not None and {_key(one) for one in expert.ties.all()} != set(map(_key, row.ties)):
            expert.ties.all().delete()
            _write_ties(expert, row.ties)
            changed = True
        gone = {(one.from_on, one.until_on) for one in expert.absences.all()}
        if row.absences is not None and gone != set(row.absences):
            expert.absences.all().delete()
            _write_absences(expert, row.absences)
            changed = True
        return changed

    def rename(self, person: Person, row: ExpertRow, term: Holding | None) -> bool:
        """Another name under a number is a correction while the term runs; after it, it is somebody else."""
        if person.name == row.name:
            return False
        if term is None or _over(term, self.today):
            raise _Cannot("reused", _REUSED.fill(number=row.number, name=person.name))
        self.hint(row, "renamed", _RENAMED.fill(before=person.name, after=row.name))
        person.name = row.name
        person.save(update_fields=["name"])
        return True

    def retime(self, expert: Expert, row: ExpertRow, term: Holding | None) -> bool:
        """The term: a running one lasts as the row says; one that is over is followed by a new one, never opened."""
        if term is not None and _over(term, self.today):
            if row.from_on is None or row.from_on <= (term.until_on or self.today):
                if "until" in row.spoken and (row.until_on is None or row.until_on >= self.today):
                    self.hint(row, "ended", _ENDED.fill(on=term.until_on))
                return False
            term = None
        begins = row.from_on or (term.from_on if term is not None else self.today)
        ends = row.until_on if "until" in row.spoken or term is None else term.until_on
        if ends is not None and ends < begins:
            raise _Cannot("backwards", _BACKWARDS.fill(begins=begins, ends=ends))
        if term is None:
            Holding.objects.create(person=expert.person, office=self.pool, from_on=begins, until_on=ends)
            return True
        if (term.from_on, term.until_on) == (begins, ends):
            return False
        term.from_on, term.until_on = begins, ends
        term.save(update_fields=["from_on", "until_on"])
        return True


_NAMESAKES = Text(
    "库里有 {n} 位还没有编号的“{name}”，分不清是哪一位。请管理员先分清。",
    "{n} people of the pool without a number are called “{name}”; the administrator must tell them apart first.",
)
_LINKED = Text(
    "“{name}”原已在库，没有编号，这一行与他对上了。",
    "“{name}” was in the pool without a number and gets this one.",
)
_REUSED = Text(
    "编号“{number}”用过，是已经出库的“{name}”。新的人用新的编号。",
    "“{number}” was the number of “{name}”, whose term has ended. Give somebody else a number of their own.",
)
_RENAMED = Text("姓名由“{before}”改为“{after}”。", "The name changes from “{before}” to “{after}”.")
_ENDED = Text(
    "聘期已于 {on} 结束，没有重新入库；要再聘，写更晚的聘期起。",
    "The term ended on {on} and stays so; to appoint again give a later first day.",
)
_BACKWARDS = Text(
    "聘期止 {ends} 早于聘期起 {begins}。", "The term would end on {ends}, before it begins on {begins}."
)


def _over(term: Holding, today: date) -> bool:
    return term.until_on is not None and term.until_on < today


def _terms(pool: Office, people: Iterable[int]) -> dict[int, Holding]:
    """The latest term of each person in a pool."""
    rows = Holding.objects.filter(office=pool, person__in=list(people)).order_by("from_on")
    return {one.person_id: one for one in rows}


def _login(number: str) -> str:
    """A login that nobody has: the number, with more behind it where it is taken."""
    wanted = f"expert-{number}"[:50].lower()
    taken = set(Person.objects.filter(login__startswith=wanted).values_list("login", flat=True))
    return next(
        name for n in range(len(taken) + 2) if (name := wanted if not n else f"{wanted}-{n}") not in taken
    )


def _plain(row: ExpertRow) -> dict[str, object]:
    said: dict[str, object] = {"title": row.title, "region_id": row.region or None, "most": row.most}
    spoken = {name: value for name, value in said.items() if name.removesuffix("_id") in row.spoken}
    return {"kind": row.kind, **spoken}


def _speaks_of(row: ExpertRow, scheme: str) -> bool:
    return ("industries" if scheme == Knowledge.GB4754 else "fields") in row.spoken


def _write_knowledge(expert: Expert, knowledge: Iterable[tuple[str, str]]) -> None:
    Knowledge.objects.bulk_create(
        Knowledge(expert=expert, scheme=scheme, code=code) for scheme, code in sorted(knowledge)
    )


_Key = tuple[str, str, str, str, str]


def _key(one: "TieRow | Tie") -> _Key:
    return (one.kind, one.organisation, one.name, str(one.from_on or ""), str(one.until_on or ""))


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
