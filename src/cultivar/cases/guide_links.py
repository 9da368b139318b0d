"""Where the guides' results lead: the latest version of a policy on file."""

from django.urls import reverse

from cultivar.cases.citing import chip
from cultivar.cases.programmes import newest
from cultivar.guidance.results import Known, register


def known(policy: str) -> Known | None:
    """The latest version for a guide's result: its title, its page, its articles by their numbers."""
    programme = newest(policy)
    if programme is None:
        return None
    address = reverse("programme", args=[programme.programme, programme.version])
    articles = {article.number: chip(programme, article.id) for article in programme.articles}
    return Known(programme.title.text, address, articles)


def register_guide_links() -> None:
    """Tells the guides where programmes are; called once from the slice's app config."""
    register(known)
