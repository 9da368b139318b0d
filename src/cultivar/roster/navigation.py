"""The offices' way to rosters and imports."""

from django.http import HttpRequest

from cultivar.cases.programmes import scopes_of
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC, Actor
from cultivar.roster.queries import may_state
from cultivar.web.navigation import Entry, register


def looks_after_rosters(actor: Actor) -> bool:
    """Who states figures of enterprises, and who reads everything."""
    return may_state(actor) or (not actor.is_public and "everything" in scopes_of(actor))


def register_rosters() -> None:
    """Registers the entry; called once from the slice's app config."""
    label, group = Text("企业名单", "Rosters"), Text("办理", "Work")
    register(Entry("rosters", label, "rosters", group, _theirs, order=40))


def _theirs(request: HttpRequest) -> bool:
    return looks_after_rosters(getattr(request, "actor", PUBLIC))
