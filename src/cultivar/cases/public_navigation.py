"""The public's ways into the cases slice."""

from cultivar.policy.text import Text
from cultivar.web.navigation import PUBLIC, Entry, register

_GROUP = Text("公开", "Public")
_ENTRIES = (
    ("home", Text("公开首页", "Home"), "home", 10),
    ("rounds", Text("申报批次", "Rounds"), "rounds", 20),
    ("notices", Text("公示公告", "Notices"), "notices", 30),
    ("directory", Text("认定名录", "Titles"), "directory", 40),
    ("programmes", Text("政策", "Policies"), "programmes", 50),
    ("certificate", Text("证书核验", "Check a certificate"), "certificate", 60),
)


def register_public() -> None:
    """Registers the public's entries; called once from the slice's app config."""
    for key, label, url_name, order in _ENTRIES:
        register(Entry(f"public-{key}", label, url_name, _GROUP, frozenset({PUBLIC}), order=order))
