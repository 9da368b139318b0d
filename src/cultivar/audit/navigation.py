"""The ways to the ledger: the public's, and that of offices that read everything."""

from django.http import HttpRequest

from cultivar.cases.navigation import WORK
from cultivar.cases.programmes import scopes_of
from cultivar.policy.text import Text
from cultivar.registry.actors import PUBLIC as NOBODY
from cultivar.web.navigation import PUBLIC, Entry, register

_GROUP = Text("公开", "Public")


def register_ledger() -> None:
    """Registers the entries; called once from the slice's app config."""
    public, all_entries = Text("账本", "Ledger"), Text("账本记录", "Ledger entries")
    register(Entry("public-ledger", public, "ledger", _GROUP, frozenset({PUBLIC}), order=70))
    register(Entry("ledger-entries", all_entries, "ledger-entries", WORK, _audits, order=25))


def _audits(request: HttpRequest) -> bool:
    return "everything" in scopes_of(getattr(request, "actor", NOBODY))
