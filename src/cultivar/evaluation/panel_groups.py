"""Panels of a round: the applications that the same experts judge."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Prefetch

from cultivar.cases.models import Case, Seat
from cultivar.cases.queries import visible
from cultivar.policy.text import Text
from cultivar.registry.actors import Actor


@dataclass(frozen=True)
class Panel:
    """A panel and its applications, by number. ``key`` names it in addresses and says nothing of its people.

    ``siblings``: what the panels of the same round are called, by their people.
    """

    key: str
    round: str
    number: int  # from 1, by the first of its applications
    people: tuple[str, ...]  # keys
    cases: tuple[Case, ...]
    siblings: Mapping[tuple[str, ...], Text] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> Text:
        """As pages call it."""
        return name_of(self.number)


def name_of(number: int) -> Text:
    """What the n-th panel of a round is called."""
    return Text("第 {n} 组", "Panel {n}").fill(n=number)


def people_of(case: Case) -> tuple[str, ...]:
    """Who sits on a case that was fetched with its seats; keys in order."""
    return tuple(sorted(seat.person for seat in case.seats.all()))


def panels_of(actor: Actor, round_number: str) -> list[Panel]:
    """The panels of a round as far as an office sees their applications: three queries.

    Two offices that see different applications may count differently; the key is the same for both.
    """
    seated = (
        visible(actor)
        .filter(round=round_number, pk__in=Seat.objects.values("case"))
        .select_related("lead_region", "applicant")
        .prefetch_related(Prefetch("seats", Seat.objects.order_by("id")), "defences")
        .order_by("number")
    )
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in seated:
        groups.setdefault(people_of(case), []).append(case)
    names = {people: name_of(number) for number, people in enumerate(groups, 1)}
    return [
        Panel(key_of(round_number, people), round_number, number, people, tuple(cases), names)
        for number, (people, cases) in enumerate(groups.items(), 1)
    ]


def key_of(round_number: str, people: tuple[str, ...]) -> str:
    """The key of a panel by its people."""
    return hashlib.sha256("\n".join((round_number, *people)).encode()).hexdigest()[:16]
