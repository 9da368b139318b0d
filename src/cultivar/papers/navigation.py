"""The offices' way to their papers."""

from cultivar.policy.text import Text
from cultivar.web.navigation import Entry, register


def register_letters() -> None:
    """Registers the entry of the letters; called once from the slice's app config."""
    bodies = frozenset({"city", "province", "auditor"})
    register(
        Entry("letters", Text("推荐意见", "Letters"), "letters", Text("文书", "Papers"), bodies, order=60)
    )
