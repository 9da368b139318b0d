"""The offices' way to the pools of experts, and the experts' way to their sheets and sessions."""

from django.http import HttpRequest

from cultivar.cases.programmes import concerns, versions
from cultivar.evaluation.declaring_pages import gives_scores
from cultivar.evaluation.defences import scheduling
from cultivar.evaluation.pool_queries import reads_pools
from cultivar.evaluation.sheet_tasks import scores
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC, Actor
from cultivar.web.navigation import Entry, register


def register_experts() -> None:
    """Registers the entries; called once from the slice's app config."""
    label, group = Text("专家库", "Experts"), Text("办理", "Work")
    register(Entry("experts", label, "experts", group, _theirs, order=45))
    register(Entry("sessions", Text("我的答辩", "My sessions"), "sessions", group, _defended, order=16))
    register(Entry("my-ties", Text("我的关系", "My ties"), "my-ties", group, _own, order=46))


def _own(request: HttpRequest) -> bool:
    return gives_scores(getattr(request, "actor", PUBLIC))


def register_sheets() -> None:
    """Registers the experts' way to their sheets; called once from the slice's app config."""
    label, group = Text("我的评审", "My evaluations"), Text("办理", "Work")
    register(Entry("sheets", label, "sheets", group, _judges, order=15))


def _judges(request: HttpRequest) -> bool:
    return scores(getattr(request, "actor", PUBLIC))


def _theirs(request: HttpRequest) -> bool:
    return reads_pools(getattr(request, "actor", PUBLIC))


def _defended(request: HttpRequest) -> bool:
    return attends(getattr(request, "actor", PUBLIC))


def attends(actor: Actor) -> bool:
    """Whether somebody is of a body that judges under a programme with defences; without a query."""
    return not actor.is_public and any(
        actor.body in one.judging_bodies and scheduling(one) is not None and concerns(one, actor)
        for one in versions().values()
    )
