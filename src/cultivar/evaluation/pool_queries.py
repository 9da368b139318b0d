"""Who keeps which pool of experts, and whom it holds. A pool belongs to the programmes whose panels it fills."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from cultivar.cases.programmes import concerns, names_experts, versions
from cultivar.evaluation.models import Expert
from cultivar.evaluation.pool import ExpertRow, TieRow
from cultivar.policy.model import Programme
from cultivar.registry.actors import Actor
from cultivar.registry.models import Holding, Office

ROWS = 25  # on a page


def _reads_all(programme: Programme, actor: Actor) -> bool:
    return any(
        (body.played_by or name) == actor.body and body.scope == "everything"
        for name, body in programme.bodies.items()
    )


def _pools(programmes: list[Programme]) -> QuerySet[Office]:
    if not programmes:
        return Office.objects.none()
    theirs = Q()
    for one in programmes:
        theirs |= Q(body__in=one.judging_bodies) & (Q(region=one.region) | Q(region=None))
    return Office.objects.filter(theirs).order_by("key")


def kept_by(actor: Actor) -> QuerySet[Office]:
    """The pools that an office keeps: those from which it names experts."""
    return _pools([one for one in _concerning(actor) if names_experts(one, actor)])


def read_by(actor: Actor) -> QuerySet[Office]:
    """The pools that an office may read: its own, and for those who read everything all of their province."""
    return _pools(_read_programmes(actor))


def reads_pools(actor: Actor) -> bool:
    """Whether pools are any business of an office; without a query."""
    return bool(_read_programmes(actor))


def reads_experts(programme: Programme, actor: Actor) -> bool:
    """Whether an office may read what is known of a programme's experts; without a query."""
    return (
        not actor.is_public
        and concerns(programme, actor)
        and (names_experts(programme, actor) or _reads_all(programme, actor))
    )


def keeps_pools(actor: Actor) -> bool:
    """Whether an office names experts; without a query."""
    return any(names_experts(one, actor) for one in _concerning(actor))


def open_pool(actor: Actor) -> Office:
    """The pool that an office keeps, made where there is none."""
    found = kept_by(actor).first()
    if found is not None:
        return found
    programme = next(one for one in _concerning(actor) if names_experts(one, actor))
    body = min(programme.judging_bodies)
    names = {"name_zh": "评审专家库", "name_en": "Pool of experts", "short_zh": "专家库", "short_en": "Pool"}
    key = f"experts-{programme.region}-{body}"
    return Office.objects.get_or_create(
        key=key, defaults={"body": body, "region_id": programme.region, **names}
    )[0]


def _read_programmes(actor: Actor) -> list[Programme]:
    return [one for one in _concerning(actor) if names_experts(one, actor) or _reads_all(one, actor)]


def _concerning(actor: Actor) -> list[Programme]:
    return [] if actor.is_public else [one for one in versions().values() if concerns(one, actor)]


def programmes_of(pool: Office) -> list[Programme]:
    """The versions whose panels a pool fills, the newest of each policy last."""
    return [
        one
        for one in versions().values()
        if pool.body in one.judging_bodies and pool.region_id in (one.region, None)
    ]


@dataclass(frozen=True)
class Asked:
    """What a list of experts is narrowed to; "" leaves a filter out."""

    text: str = ""
    kind: str = ""
    scheme: str = ""
    field: str = ""
    state: str = ""  # serving, absent, ended


def experts(pools: QuerySet[Office], today: date) -> QuerySet[Expert]:
    """The experts of some pools with what a page says of each; five queries for a page."""
    terms = Holding.objects.filter(office__in=pools).order_by("from_on")
    return (
        Expert.objects.filter(pool__in=pools)
        .select_related("person", "region", "pool")
        .prefetch_related(
            "knowledge", "ties", "absences", Prefetch("person__holdings", queryset=terms, to_attr="terms")
        )
        .order_by("pool__key", "number")
    )


def narrowed(found: QuerySet[Expert], asked: Asked, today: date) -> QuerySet[Expert]:
    """The experts that a list asks for."""
    if asked.text:
        found = found.filter(Q(number__icontains=asked.text) | Q(person__name__icontains=asked.text))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.field:
        found = found.filter(knowledge__scheme=asked.scheme, knowledge__code=asked.field)
    current = Holding.objects.current(today).filter(person=OuterRef("person"), office=OuterRef("pool"))
    away = Q(absences__from_on__lte=today, absences__until_on__gte=today)
    serving = Exists(current)
    if asked.state == "serving":
        found = found.filter(serving).exclude(pk__in=Expert.objects.filter(away).values("pk"))
    if asked.state == "absent":
        found = found.filter(serving).filter(pk__in=Expert.objects.filter(away).values("pk"))
    if asked.state == "ended":
        found = found.filter(~serving)
    return found


def state_of(expert: Expert, today: date) -> str:
    """Whether an expert serves, is away, will serve or serves no more; of one that ``experts`` gave."""
    term = term_of(expert)
    if term is None or (term.until_on is not None and term.until_on < today):
        return "ended"
    if term.from_on > today:
        return "coming"
    away = any(one.from_on <= today <= one.until_on for one in expert.absences.all())
    return "absent" if away else "serving"


def term_of(expert: Expert) -> Holding | None:
    """The latest term in the pool, of an expert that ``experts`` gave."""
    terms = [one for one in expert.person.terms if one.office_id == expert.pool_id]  # type: ignore[attr-defined]
    return terms[-1] if terms else None


def as_row(expert: Expert) -> ExpertRow:
    """What is known of an expert as a workbook says it."""
    term = term_of(expert)
    return ExpertRow(
        number=expert.number,
        name=expert.person.name,
        kind=expert.kind,
        title=expert.title,
        region=expert.region_id or "",
        knowledge=frozenset((one.scheme, one.code) for one in expert.knowledge.all()),
        most=expert.most,
        from_on=term.from_on if term else None,
        until_on=term.until_on if term else None,
        ties=tuple(
            TieRow(one.kind, one.organisation, one.name, one.from_on, one.until_on)
            for one in expert.ties.all()
        ),
        absences=tuple((one.from_on, one.until_on) for one in expert.absences.all()),
    )
