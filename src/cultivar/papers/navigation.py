"""The offices' way to their papers."""

from django.http import HttpRequest

from cultivar.papers.letters import deals_in_letters
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC
from cultivar.web.navigation import Entry, register


def register_letters() -> None:
    """Registers the entry of the letters; called once from the slice's app config."""
    label, group = Text("推荐意见", "Letters"), Text("文书", "Papers")
    register(Entry("letters", label, "letters", group, _deals, order=60))


def _deals(request: HttpRequest) -> bool:
    return deals_in_letters(getattr(request, "actor", PUBLIC))
