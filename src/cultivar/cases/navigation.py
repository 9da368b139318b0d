"""The cases slice in the navigation of the offices. Which body sees what follows from its parts in the programmes."""

from django.http import HttpRequest

from cultivar.cases import programmes, work_queries
from cultivar.cases.programmes import scopes_of
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC
from cultivar.web import navigation
from cultivar.web.navigation import Entry, register

WORK, BASIS = Text("办理", "Work"), Text("依据", "Basis")
_LOOKING = frozenset({"everything", "published matters"})  # scopes of bodies that act on nothing
_OFFICIAL = frozenset({"lead region", "regions concerned", "whole region", "everything"})


def takes_part(body: str) -> bool:
    """Whether offices of a body have a part in any programme; a policy officer has none."""
    return body != navigation.PUBLIC and bool(scopes_of(body))


def acts(body: str) -> bool:
    """Whether offices of a body act on cases, rather than only read them."""
    return takes_part(body) and bool(scopes_of(body) - _LOOKING)


def official(body: str) -> bool:
    """Whether a body is an authority or oversees them."""
    return takes_part(body) and bool(scopes_of(body) & _OFFICIAL)


def _office(body: str) -> bool:
    return body != navigation.PUBLIC


def _waiting(request: HttpRequest) -> int:
    actor = getattr(request, "actor", PUBLIC)
    return work_queries.count_waiting(actor, clock.today())


def register_work() -> None:
    """Registers the entries."""
    rounds, begin = Text("批次与通知", "Rounds and notices"), Text("新办事项", "New matters")
    register(Entry("desk", Text("待办", "Desk"), "desk", WORK, acts, _waiting, 10, hot=True))
    register(Entry("cases", Text("全部案件", "All cases"), "cases", WORK, takes_part, None, 20))
    register(Entry("begin", begin, "begin", WORK, begins, None, 30))
    register(Entry("work-rounds", rounds, "work-rounds", BASIS, official, None, 60))
    register(Entry("measures", Text("办法条文", "Measures"), "programmes", BASIS, _office, None, 70))


def begins(body: str) -> bool:
    """Whether offices of a body may bring a subject forward."""
    return body in programmes.opening_bodies("subject")
