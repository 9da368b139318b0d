"""The offices' way to the pools of experts, and the experts' way to their sheets."""

from django.http import HttpRequest

from cultivar.evaluation.declaring_pages import gives_scores
from cultivar.evaluation.pool_queries import reads_pools
from cultivar.evaluation.sheet_tasks import scores
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC
from cultivar.web.navigation import Entry, register


def register_experts() -> None:
    """Registers the entry; called once from the slice's app config."""
    label, group = Text("专家库", "Experts"), Text("办理", "Work")
    register(Entry("experts", label, "experts", group, _theirs, order=45))
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
