"""The cases slice in the navigation of the offices."""

from django.http import HttpRequest

from cultivar.cases import work_queries
from cultivar.ledger import clock
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC
from cultivar.web.navigation import Entry, register

OFFICES = frozenset({"applicant", "city", "province", "expert", "auditor"})
DOING = OFFICES - {"auditor"}
READING = OFFICES | {"policy"}
WORK, BASIS = Text("办理", "Work"), Text("依据", "Basis")


def _waiting(request: HttpRequest) -> int:
    actor = getattr(request, "actor", PUBLIC)
    return work_queries.count_waiting(actor, clock.today())


def register_work() -> None:
    """Registers the entries."""
    register(Entry("desk", Text("待办", "Desk"), "desk", WORK, DOING, _waiting, 10, hot=True))
    officials = frozenset({"city", "province", "auditor"})
    register(
        Entry(
            "work-rounds", Text("批次与通知", "Rounds and notices"), "work-rounds", BASIS, officials, None, 60
        )
    )
    register(Entry("measures", Text("办法条文", "Measures"), "programmes", BASIS, READING, None, 70))
    register(Entry("cases", Text("全部案件", "All cases"), "cases", WORK, OFFICES, None, 20))
