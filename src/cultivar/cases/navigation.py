"""The cases slice in the navigation of the offices. Which body sees what follows from its parts in the programmes."""

from collections.abc import Callable

from django.http import HttpRequest

from cultivar.cases import opening_pages, work_queries
from cultivar.cases.confirming import confirms
from cultivar.cases.programmes import POLICY, scopes_of
from cultivar.cases.register_quality import answers_for
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC, Actor
from cultivar.web.navigation import Entry, register

WORK, BASIS = Text("办理", "Work"), Text("依据", "Basis")
_LOOKING = frozenset({"everything", "published matters"})  # scopes of bodies that act on nothing
_OFFICIAL = frozenset({"lead region", "regions concerned", "whole region", "everything"})


def takes_part(actor: Actor) -> bool:
    """Whether an office has a part in any programme that concerns it; a policy officer has none."""
    return not actor.is_public and bool(scopes_of(actor))


def acts(actor: Actor) -> bool:
    """Whether an office acts on cases, rather than only reads them."""
    return takes_part(actor) and bool(scopes_of(actor) - _LOOKING)


def official(actor: Actor) -> bool:
    """Whether an office is an authority or oversees them."""
    return takes_part(actor) and bool(scopes_of(actor) & _OFFICIAL)


def begins(actor: Actor) -> bool:
    """Whether an office may bring a subject forward."""
    return not actor.is_public and any(True for _ in opening_pages.beginnings(actor))


def reads_documents(actor: Actor) -> bool:
    """Whether an office prepares policies: the policy office, and those who answer for a whole programme."""
    return actor.body == POLICY or "whole region" in scopes_of(actor)


def simulates(actor: Actor) -> bool:
    """Whether an office may try settings on decided cases: who oversees a programme, and the policy office."""
    return actor.body == POLICY or bool(scopes_of(actor) & {"whole region", "everything"})


def _of(asks: Callable[[Actor], bool]) -> Callable[[HttpRequest], bool]:
    """A question about an office as one about the request that it makes."""
    return lambda request: asks(getattr(request, "actor", PUBLIC))


def _waiting(request: HttpRequest) -> int:
    actor = getattr(request, "actor", PUBLIC)
    return work_queries.count_waiting(actor, clock.today())


def register_work() -> None:
    """Registers the entries."""
    unconfirmed = Text("待核实企业", "Enterprises to confirm")
    register(Entry("unconfirmed", unconfirmed, "unconfirmed", WORK, _of(confirms), None, 42))
    rounds, begin = Text("批次与通知", "Rounds and notices"), Text("新办事项", "New matters")
    register(Entry("desk", Text("待办", "Desk"), "desk", WORK, _of(acts), _waiting, 10, hot=True))
    register(Entry("cases", Text("全部案件", "All cases"), "cases", WORK, _of(takes_part), None, 20))
    register(Entry("begin", begin, "begin", WORK, _of(begins), None, 30))
    register(Entry("work-rounds", rounds, "work-rounds", BASIS, _of(official), None, 60))
    quality = Text("数据质量", "Quality of figures")
    register(Entry("register-quality", quality, "register-quality", BASIS, _of(answers_for), None, 62))
    read = Text("读政策文本", "Read a document")
    register(Entry("read-document", read, "read-document", BASIS, _of(reads_documents), None, 80))
    register(Entry("simulate", Text("试算", "Simulate"), "simulate", BASIS, _of(simulates), None, 65))
    register(Entry("measures", Text("办法条文", "Measures"), "programmes", BASIS, _office, None, 70))


def _office(request: HttpRequest) -> bool:
    return True  # the navigation never asks it for the public
