"""Sittings: a panel hears applications one after the other within a half-day. Times are computed, clashes are said.

Everything here is pure. Times are aware of Asia/Shanghai, lengths are whole minutes.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Self

from cultivar.ledger.clock import SHANGHAI
from cultivar.policy.text import Text
from cultivar.web import formats

Half = Literal["am", "pm"]
HALVES: tuple[Half, ...] = ("am", "pm")
HALF_NAMES: Mapping[Half, Text] = {"am": Text("上午", "morning"), "pm": Text("下午", "afternoon")}
HOURS: Mapping[Half, tuple[time, time]] = {
    "am": (time(8), time(12, 30)),
    "pm": (time(13, 30), time(18, 30)),
}


@dataclass(frozen=True, order=True)
class HalfDay:
    """A morning or an afternoon."""

    day: date
    half: Half

    @classmethod
    def of(cls, key: str) -> Self:
        """Read from an address, such as ``2026-05-07-am``. Raises ``ValueError``."""
        day, _, said = key.rpartition("-")
        half = next((one for one in HALVES if one == said), None)
        if half is None:
            raise ValueError(f"{key!r} is no half-day")
        return cls(date.fromisoformat(day), half)

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """The half-day of a moment: the afternoon from noon, so that whatever was scheduled has a place."""
        here = moment.astimezone(SHANGHAI)
        return cls(here.date(), "am" if here.hour < 12 else "pm")

    @property
    def key(self) -> str:
        """As an address says it."""
        return f"{self.day.isoformat()}-{self.half}"

    @property
    def text(self) -> Text:
        """In words, with the weekday."""
        day, half = formats.day_weekday(self.day), HALF_NAMES[self.half]
        return Text(f"{day.zh}{half.zh}", f"{day.en}, {half.en}")

    @property
    def begins_at(self) -> datetime:
        """From when sittings may run."""
        return datetime.combine(self.day, HOURS[self.half][0], SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """By when they must be over."""
        return datetime.combine(self.day, HOURS[self.half][1], SHANGHAI)


@dataclass(frozen=True)
class Length:
    """How long one application takes, and the pause after it, in minutes."""

    presentation: int
    questions: int
    pause: int = 0

    @property
    def minutes(self) -> int:
        """What an application takes without the pause."""
        return self.presentation + self.questions


@dataclass(frozen=True)
class Slot:
    """One application's turn. ``order`` counts from 1 within the sitting."""

    case: str
    order: int
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


def slots(cases: Iterable[str], order: Mapping[str, int], starts_at: datetime, length: Length) -> list[Slot]:
    """The turns of applications in their drawn order; those without a drawn place come after, by number."""
    queue = sorted(cases, key=lambda case: (order.get(case, len(order) + 1), case))
    step = timedelta(minutes=length.minutes + length.pause)
    return [
        Slot(case, place + 1, starts_at + place * step, length.minutes) for place, case in enumerate(queue)
    ]


@dataclass(frozen=True)
class Sitting:
    """A panel in a place from a moment to another. ``name`` is what a refusal calls the panel."""

    name: Text
    people: frozenset[str]
    place: str  # "" where the reader may not know it
    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Sitting") -> bool:
        """Whether both run at one time. Whatever has no known length is met by its beginning."""
        first, second = sorted((self, other), key=lambda one: one.starts_at)
        return second.starts_at < first.ends_at or first.starts_at == second.starts_at

    @property
    def span(self) -> str:
        """From when to when."""
        return f"{formats.clock(self.starts_at)}–{formats.clock(self.ends_at)}"


@dataclass(frozen=True)
class Room:
    """What stands around a sitting that is planned: other sittings, who is away that day, and people's names."""

    others: Sequence[Sitting]
    away: frozenset[str]
    names: Mapping[str, str]


def clashes(planned: Sitting, half: HalfDay, room: Room, now: datetime) -> list[Text]:
    """Every reason against a sitting, in words; none when it can be."""
    found = [*_outside(planned, half, now), *_away(planned, half, room)]
    for other in room.others:
        if planned.meets(other):
            found += _busy(planned, other, room)
    return found


def _outside(planned: Sitting, half: HalfDay, now: datetime) -> list[Text]:
    found = []
    hours = {"half": HALF_NAMES[half.half]}
    if planned.starts_at <= now:
        found.append(Text("开始时间已经过去。换一个时间。", "The beginning has passed. Choose another time."))
    if planned.starts_at < half.begins_at:
        words = Text("{half}从 {at} 起安排，不能再早。", "The {half} begins at {at}. Start no earlier.")
        found.append(words.fill(at=formats.clock(half.begins_at), **hours))
    if planned.ends_at > half.ends_at:
        words = Text(
            "要到 {end} 才结束，{half}只到 {at}。少排几件、缩短用时，或提早开始。",
            "It would end at {end}, and the {half} ends at {at}. Take fewer applications, less time, or start earlier.",
        )
        end, last = formats.clock(planned.ends_at), formats.clock(half.ends_at)
        found.append(words.fill(end=end, at=last, **hours))
    return found


def _away(planned: Sitting, half: HalfDay, room: Room) -> list[Text]:
    words = Text(
        "{who}{day}不能参加（专家库）。换一天，或另派专家。",
        "{who} is away on {day} (pool of experts). Choose another day or name another expert.",
    )
    day = formats.day(half.day)
    gone = sorted(planned.people & room.away)
    return [words.fill(who=room.names.get(one, one), day=day) for one in gone]


def _busy(planned: Sitting, other: Sitting, room: Room) -> list[Text]:
    here = {"span": other.span, "panel": other.name}
    words = Text(
        "{who} {span} 在{panel}，同一时间不能在两个组。换一个时间，或另派专家。",
        "{who} sits on {panel}, {span}, and cannot be on two at one time. Choose another time or name another expert.",
    )
    both = sorted(planned.people & other.people)
    found = [words.fill(who=room.names.get(one, one), **here) for one in both]
    if _written(planned.place) == _written(other.place):
        taken = Text(
            "“{place}” {span} 已给{panel}用。换一个地点或时间。",
            "“{place}” is taken by {panel}, {span}. Choose another place or time.",
        )
        found.append(taken.fill(place=other.place, **here))
    return found


def _written(place: str) -> str:
    """A place without what writers differ in: width and case of characters, and spaces."""
    return "".join(unicodedata.normalize("NFKC", place).casefold().split())
