"""The offices' way to the pools of experts."""

from django.http import HttpRequest

from cultivar.evaluation.declaring_pages import gives_scores
from cultivar.evaluation.pool_queries import reads_pools
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


def _theirs(request: HttpRequest) -> bool:
    return reads_pools(getattr(request, "actor", PUBLIC))
