"""What a result may lead to. The slice that keeps the programmes says where they are, so that guides need not know.

A slice above registers in the ``ready`` of its app config::

    register(lambda policy: Known(title, address, {"4": chip}) if policy == "guizhou-clusters" else None)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cultivar.policy.text import Text
from cultivar.web.components import ArticleChip


@dataclass(frozen=True)
class Known:
    """A programme on file: its title, the address of its latest version, its articles by their numbers."""

    title: Text
    url: str
    articles: Mapping[str, ArticleChip] = field(default_factory=dict)


Resolver = Callable[[str], Known | None]

_resolvers: list[Resolver] = []


def register(resolver: Resolver) -> None:
    """Adds a resolver, once: given the id of a policy without its version it returns what is known, or None."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def programme(policy: str) -> Known | None:
    """What the first resolver that knows the policy says; ``None`` when its file is not in this house."""
    return next((known for resolver in _resolvers if (known := resolver(policy))), None)
