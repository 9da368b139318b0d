"""The offices' way to their papers."""

from cultivar.papers.letters import deals_in_letters
from cultivar.policy.text import Text
from cultivar.web.navigation import Entry, register


def register_letters() -> None:
    """Registers the entry of the letters; called once from the slice's app config."""
    label, group = Text("推荐意见", "Letters"), Text("文书", "Papers")
    register(Entry("letters", label, "letters", group, deals_in_letters, order=60))
