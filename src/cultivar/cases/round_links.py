"""What slices above have to show the public of a round: links on the round's page, each where there is something."""

from collections.abc import Callable

from cultivar.cases.models import Case
from cultivar.policy.model import Programme
from cultivar.web.components import Link

Maker = Callable[[Case, Programme], Link | None]

_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Adds what gives a link for a round, or None where there is nothing to show."""
    if maker not in _makers:
        _makers.append(maker)


def links(round_: Case, programme: Programme) -> list[Link]:
    """The links of a round."""
    return [link for maker in _makers if (link := maker(round_, programme)) is not None]
