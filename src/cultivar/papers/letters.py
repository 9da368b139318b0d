"""Which recommendation letters there are for an office, and what each holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from cultivar.cases.programmes import catalogue, concerns, pinned
from cultivar.cases.queries import visible
from cultivar.papers.letter_entry import LetterEntry
from cultivar.papers.models import Recommendation
from cultivar.papers.recommendations import PAPER
from cultivar.policy.model import Programme
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor
from cultivar.registry.models import Office, Region

PAGE = 50
_Key = tuple[str, str]  # number of the letter, region of the office


@dataclass(frozen=True)
class Letter:
    """A letter with the subjects that it recommends; ``on`` is the day of the latest act in it."""

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

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles by which such letters are issued, by id."""
        acts = (act for one in self.programme.procedures.values() for act in one.acts.values())
        return tuple(
            dict.fromkeys(article for act in acts if PAPER in act.issues for article in act.articles)
        )

    def docx(self) -> bytes:
        """The paper itself."""
        from cultivar.papers.letter import letter  # slow to load, and few processes write letters

        return letter(self.number, self.programme, self.office.zh, self.entries, self.on)


def deals_in_letters(actor: Actor) -> bool:
    """Whether letters are any business of an office: of those who issue, receive or audit them."""
    for reading in catalogue().values():
        programme = reading.programme
        if not concerns(programme, actor):
            continue
        issuing = {
            act.body
            for procedure in programme.procedures.values()
            for act in procedure.acts.values()
            if PAPER in act.issues
        }
        for part, body in programme.bodies.items():
            mine = (body.played_by or part) == actor.body
            if issuing and mine and (part in issuing or body.scope in ("whole region", "everything")):
                return True
    return False


def letters_of(actor: Actor, page: int = 1) -> tuple[list[Letter], int]:
    """A page of the letters in the sight of an office, the latest first, and how many there are: seven queries."""
    keys = (
        _in_sight(actor).order_by().values("letter", "region").annotate(latest=Max("seq")).order_by("-latest")
    )
    shown = keys[(page - 1) * PAGE : page * PAGE]
    return _letters(actor, [(one["letter"], one["region"]) for one in shown]), keys.count()


def find(actor: Actor, number: str, region: str) -> Letter | None:
    """One letter in the sight of an office; None for others' as for unknown ones."""
    seen = _in_sight(actor).filter(letter=number, region=region).exists()
    return next(iter(_letters(actor, [(number, region)] if seen else [])), None)


def _spoken(actor: Actor) -> QuerySet[Recommendation]:
    """What letters say to an office: what is agreed, and what it proposes itself."""
    return Recommendation.objects.filter(Q(draft=False) | Q(office=actor.office_key))


def _in_sight(actor: Actor) -> QuerySet[Recommendation]:
    """What stands in the letters all of whose cases the office sees."""
    same = _spoken(actor).filter(letter=OuterRef("letter"), region=OuterRef("region"))
    hidden = same.exclude(case__in=visible(actor).values("number"))
    return _spoken(actor).filter(~Exists(hidden))


def _letters(actor: Actor, keys: list[_Key]) -> list[Letter]:
    """The letters of these keys, in their order."""
    spoken = (
        _spoken(actor)
        .filter(letter__in={number for number, _ in keys}, region__in={region for _, region in keys})
        .select_related("case__applicant")
        .prefetch_related("case__partners__region")
        .order_by("seq")
    )
    by_key: dict[_Key, list[Recommendation]] = {}
    for one in spoken:
        by_key.setdefault((one.letter, one.region), []).append(one)
    groups = [by_key[key] for key in keys if key in by_key]
    names = _Names(group[-1] for group in groups)
    return [_letter(group, names) for group in groups]


class _Names:
    """The names of the offices that speak, fetched once."""

    def __init__(self, spoken: Iterable[Recommendation]) -> None:
        latest = list(spoken)
        self.offices = {
            office.key: office for office in Office.objects.filter(key__in={one.office for one in latest})
        }
        self.regions = Region.objects.in_bulk({one.region for one in latest})

    def office(self, one: Recommendation, programme: Programme) -> Text:
        """The office that speaks; where it is not registered, its body in its region."""
        office = self.offices.get(one.office)
        if office is not None:
            return office.name
        body = programme.bodies[one.body].text
        region = self.regions.get(one.region)
        if region is None:
            return body
        return Text(f"{region.short_zh}{body.zh.removeprefix('市（州）')}", f"{region.name_en}: {body.en}")


def _letter(group: list[Recommendation], names: _Names) -> Letter:
    latest = group[-1]
    programme = pinned(latest.case.digest)
    entries = tuple(_entry(one) for one in group)
    return Letter(
        latest.letter, latest.region, names.office(latest, programme), programme, latest.on, entries
    )


def _entry(one: Recommendation) -> LetterEntry:
    case = one.case
    fields = {field.id: field.zh for field in pinned(case.digest).fields}
    return LetterEntry(
        subject=case.name_zh,
        organisation=case.applicant.name_zh if case.applicant else "",
        field=fields.get(case.field, ""),
        partners=tuple(partner.region.short_zh for partner in case.partners.all()),
        reasons=one.reasons,
        case=case.number,
        draft=one.draft,
    )
