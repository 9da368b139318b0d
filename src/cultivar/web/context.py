"""What the shell of every page needs."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from cultivar.ledger import clock
from cultivar.web import accounts, navigation
from cultivar.web.language import CHINESE, ENGLISH, is_chinese


class Shell:
    """The frame of one page; each part is worked out when the template asks for it, and once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def actor(self) -> Any:
        """Who acts and for which office, ``None`` for the public."""
        actor = getattr(self.request, "actor", None)
        return None if actor is None or actor.body == navigation.PUBLIC else actor

    @property
    def body(self) -> str:
        """Body of the actor's office, or the public."""
        return self.actor.body if self.actor else navigation.PUBLIC

    @property
    def demo(self) -> bool:
        """Whether the data are the demonstration's."""
        return bool(settings.DEMO)

    @cached_property
    def groups(self) -> tuple[navigation.Group, ...]:
        """Navigation of the actor's body."""
        return navigation.groups(self.request, self.body)

    @cached_property
    def public(self) -> tuple[navigation.Item, ...]:
        """Navigation of the public pages, in one row."""
        groups = navigation.groups(self.request, navigation.PUBLIC)
        return tuple(item for group in groups for item in group.items)

    @cached_property
    def foot(self) -> tuple[navigation.Item, ...]:
        """Links at the foot."""
        return navigation.foot(self.request, self.body)

    @property
    def today(self) -> date:
        """The day by the one clock, which the demonstration moves."""
        return clock.today()

    @cached_property
    def clock_address(self) -> str:
        """Where the demonstration's clock is moved; empty elsewhere."""
        return navigation.clock_address() if self.demo else ""

    @cached_property
    def offices(self) -> tuple[Any, ...]:
        """The other offices this person may act for."""
        actors = getattr(self.request, "actors", ())
        return tuple((accounts.holding_key(other), other) for other in actors if other != self.actor)

    @property
    def made_at(self) -> datetime:
        """When this page was made, for the foot of its print."""
        return clock.now()

    @property
    def home(self) -> str:
        """Address of the public home."""
        return _address("home")

    @property
    def desk(self) -> str:
        """Where a signed-in person starts."""
        return _address(settings.LOGIN_REDIRECT_URL)

    @property
    def other_language(self) -> str:
        """Code of the language one can switch to."""
        return ENGLISH if is_chinese() else CHINESE


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for every template rendered with a request."""
    return {"shell": Shell(request)}


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"
