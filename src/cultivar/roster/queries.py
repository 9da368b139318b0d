"""Reads of the slice, each scoped to the office that asks; another's import or roster does not exist for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from cultivar.cases.givers import MayNotState, giver_of
from cultivar.cases.models import Case, Membership, Subject
from cultivar.cases.programmes import catalogue, lies_in, newest, pinned
from cultivar.cases.queries import visible
from cultivar.policy.model import Programme
from cultivar.registry.actors import Actor
from cultivar.registry.models import Enterprise, Incident, Qualification, SupplyLink
from cultivar.registry.standing import AUTHORITY, Said, counting, place, purchases, said
from cultivar.registry.statements import FirmRow, HeldRow, IncidentRow, SupplyRow
from cultivar.roster.models import Import
from cultivar.roster.storing import within_of

PAGE = 50
AT_ONCE = 500  # enterprises of an export that are read at a time


def may_state(actor: Actor) -> bool:
    """Whether an office has a word on enterprises."""
    if actor.is_public:
        return False
    try:
        giver_of(actor, "")
    except MayNotState:
        return False
    return True


def speaks_for_region(actor: Actor) -> bool:
    """Whether it is an authority of a region, whose word counts for everybody."""
    return may_state(actor) and not actor.organisation


def rosters(actor: Actor) -> QuerySet[Subject]:
    """The subjects whose rosters an office may see, with the number of their enterprises as ``firms``.

    Before its first dossier is submitted a roster is its organisation's alone.
    """
    cases = visible(actor).filter(subject__isnull=False).exclude(about="application", versions=None)
    seen = Q(pk__in=cases.order_by().values("subject"))
    if actor.organisation:
        seen |= Q(organisation=actor.organisation)
    subjects = Subject.objects.filter(seen).select_related("region", "organisation")
    return subjects.annotate(firms=Count("memberships"))


def owns(actor: Actor, subject: Subject) -> bool:
    """Whether the roster is the office's own to fill."""
    return bool(actor.organisation) and actor.organisation == subject.organisation_id and may_state(actor)


def imports(actor: Actor) -> QuerySet[Import]:
    """The imports of an office, newest first; onto rosters of its organisation those of its other offices too.

    For what one of these is taking, another's submission is refused: each may look at it and stop it.
    """
    sent = Import.objects.select_related("subject")
    if not may_state(actor):
        return sent.none()
    seen = Q(office=actor.office_key, giver=actor.organisation)
    if actor.organisation:
        seen |= Q(giver=actor.organisation, subject__organisation=actor.organisation)
    return sent.filter(seen)


def programme_of(subject: Subject) -> Programme | None:
    """The programme under which a subject is cultivated: that of its last case, else the newest of its kind there."""
    case = Case.objects.filter(subject=subject).order_by("-last_seq").values_list("digest", flat=True).first()
    if case is not None:
        return pinned(case)
    for key in sorted(catalogue(), reverse=True):
        programme = newest(key.partition("/")[0])
        if programme and programme.subject.kind == subject.kind and lies_in(programme, subject.region_id):
            return programme
    return None


Identity = tuple[str, str, str]  # name, region, industry


def identities(codes: Sequence[str]) -> dict[str, Identity]:
    """Name, region and industry of enterprises by their codes: one query."""
    rows = Enterprise.objects.filter(code__in=codes).order_by()
    return {row[0]: row[1:] for row in rows.values_list("code", "name_zh", "region", "industry")}


@dataclass(frozen=True)
class Page:
    """One page of a roster: the codes in order, who and what is said of them, and how many there are in all."""

    codes: tuple[str, ...]
    named: Mapping[str, Identity]
    known: Said
    total: int


def page(subject: Subject, number: int, year: int, text: str = "") -> Page:
    """A page of a roster, found by name or code: six queries, however many enterprises."""
    members = Membership.objects.filter(subject=subject)
    if text:
        members = members.filter(
            Q(enterprise__name_zh__icontains=text) | Q(enterprise__code__startswith=text.upper())
        )
    total = members.count()
    start = (number - 1) * PAGE
    codes = tuple(members.order_by("enterprise").values_list("enterprise", flat=True)[start : start + PAGE])
    return Page(codes, identities(codes), said(codes, {subject.organisation_id or ""}, (year,)), total)


# -------------------------------------------------------------------------------------------------- exports


def roster_codes(subject: Subject) -> list[str]:
    """The enterprises of a roster, in the order of their codes."""
    return list(
        Membership.objects.filter(subject=subject).order_by("enterprise").values_list("enterprise", flat=True)
    )


def enterprises_of(region: str) -> QuerySet[Enterprise]:
    """The enterprises for which an authority speaks."""
    within = within_of(region)
    known = Enterprise.objects.all()
    return known if within.codes is None else known.filter(region__in=within.codes)


def region_codes(region: str) -> list[str]:
    """The enterprises for which an authority speaks, in the order of their codes."""
    return list(enterprises_of(region).order_by("code").values_list("code", flat=True))


def firm_rows(codes: Sequence[str], organisation: str, years: Sequence[int]) -> Iterator[FirmRow]:
    """What counts of enterprises for an organisation ("": what authorities said), some hundreds at a time."""
    for part in _parts(codes):
        known, named = said(part, {organisation}, years), identities(part)
        titles = _titles(part, organisation)
        for code in part:
            name, region, industry = named[code]
            figures = {year: dict(one) for year, one in known.years(code, organisation).items()}
            yield FirmRow(code, name, region, industry, figures, titles.get(code))


def _parts(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), AT_ONCE):
        yield codes[start : start + AT_ONCE]


def _titles(codes: Sequence[str], organisation: str) -> dict[str, tuple[HeldRow, ...]]:
    """The titles that count, with their numbers: the organisation's own word on a kind goes before an authority's."""
    rows = Qualification.objects.filter(
        enterprise__in=codes, giver__in={AUTHORITY, organisation}, ended_at=None
    ).order_by("enterprise", "kind", "rank")
    found: dict[str, list[Qualification]] = {}
    for row in rows:
        found.setdefault(row.enterprise_id, []).append(row)
    return {
        code: tuple(
            HeldRow(one.kind, one.rank, one.number, one.from_on, one.until_on)
            for one in counting(some, organisation)
        )
        for code, some in found.items()
    }


def incident_rows(codes: Sequence[str], organisation: str) -> Iterator[IncidentRow]:
    """The incidents on record, each once."""
    for part in _parts(codes):
        rows = Incident.objects.filter(
            enterprise__in=part, giver__in={AUTHORITY, organisation}, ended_at=None
        ).select_related("enterprise")
        ranked = sorted(
            rows, key=lambda one: (one.giver != AUTHORITY, *place(one.authority, one.enterprise.region_id))
        )
        found = {(one.enterprise_id, one.kind, one.grade, one.on): one.document for one in reversed(ranked)}
        by_day = sorted(found.items(), key=lambda one: (one[0][0], one[0][3], *one[0]))
        yield from (IncidentRow(*key, document) for key, document in by_day)


def supply_rows(codes: Sequence[str], organisation: str) -> Iterator[SupplyRow]:
    """What the enterprises buy; the organisation's own word goes before an authority's."""
    for part in _parts(codes):
        rows = SupplyLink.objects.filter(buyer__in=part, giver__in={AUTHORITY, organisation}, ended_at=None)
        for key, one in sorted(purchases(rows, organisation).items()):
            yield SupplyRow(key[0], key[1], one.supplier_name, key[2], key[3], one.amount_yuan)
