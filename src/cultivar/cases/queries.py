"""Reads, each scoped to the office that asks. A case outside an office's sight does not exist for it."""

from django.db.models import Q, QuerySet

from cultivar.cases.models import Case, Partner, Seat, Todo
from cultivar.cases.programmes import versions
from cultivar.policy.model import Programme
from cultivar.procedure.record import NEW
from cultivar.registry.actors import Actor

_NONE = Q(pk__in=())


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases that an office may see, by the programmes' bodies, stages and procedures."""
    sight = _NONE
    for digest, programme in versions().items():
        sight |= Q(digest=digest) & _sight(programme, actor)
    return Case.objects.filter(sight)


def _sight(programme: Programme, actor: Actor) -> Q:
    sight = _NONE
    for part, body in programme.bodies.items():
        if (body.played_by or part) != actor.body:
            continue
        scope = _scope(body.scope, programme, actor)
        if scope is None:
            continue
        if body.scope == "everything":
            return scope
        sight |= scope & ~_hidden(programme, part)
    return sight


def _scope(scope: str, programme: Programme, actor: Actor) -> Q | None:
    if scope == "own cases":
        return Q(applicant=actor.organisation) if actor.organisation else None
    if scope == "lead region":
        return Q(lead_region=actor.region) if actor.region else None
    if scope == "partner regions":
        joint = Partner.objects.filter(region=actor.region).values("case")
        return Q(joint=True, pk__in=joint) if actor.region else None
    if scope == "regions concerned":
        concerned = Partner.objects.filter(region=actor.region).values("case")
        return Q(lead_region=actor.region) | Q(joint=True, pk__in=concerned) if actor.region else None
    if scope == "whole region":
        return Q() if actor.region == programme.region else None
    if scope == "assigned cases":
        seats = Seat.objects.filter(person=actor.person_key).values("case")
        return Q(pk__in=seats) | Q(parent__in=seats) if actor.person_key else None
    if scope == "everything":
        return Q() if actor.region in ("", programme.region) else None
    return None  # the public sees notices and titles, not cases


def _hidden(programme: Programme, part: str) -> Q:
    """Procedures and stages that this part does not see."""
    hidden = _NONE
    for name, procedure in programme.procedures.items():
        if part in procedure.hidden_from:
            hidden |= Q(procedure=name)
            continue
        first = next(act for act in procedure.acts.values() if act.opens_case)
        if part not in (first.body, first.agreeing[0]):
            hidden |= Q(procedure=name, stage=NEW)  # proposed, and not yet a matter for anybody else
        private = [
            stage for stage, spec in procedure.stages.items() if spec.seen_by and part not in spec.seen_by
        ]
        if private:
            hidden |= Q(procedure=name, stage__in=private)
    return hidden


def find(actor: Actor, number: str) -> Case:
    """One case in the sight of an office. Raises ``Case.DoesNotExist`` for others' as for unknown ones."""
    related = ("subject", "applicant", "lead_region", "round", "round__notice")
    return visible(actor).select_related(*related).get(number=number)


def waiting_for(actor: Actor) -> QuerySet[Todo]:
    """What waits for an office at this post, the earliest due first."""
    return (
        Todo.objects.filter(
            body=actor.body,
            post__in=("", actor.post),
            region__in=("", actor.region),
            organisation__in=("", actor.organisation),
            person__in=("", actor.person_key),
        )
        .exclude(not_person=actor.person_key or "-")
        .select_related("case")
    )
