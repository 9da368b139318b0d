"""Lets stories happen in one rising time: each says on which day it goes on, the agenda gives the minute."""

import heapq
import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from cultivar.cases.programmes import calendar
from cultivar.ledger import clock

Story = Iterator[date]
"""Does one thing, then gives the day on which it wants to go on; ended, it is over."""

_MORNING, _EVENING = time(9, 5), time(17, 50)


def working_day(day: str | date, later: int = 0) -> date:
    """The day itself, or the ``later``-th working day after it."""
    start = date.fromisoformat(day) if isinstance(day, str) else day
    return calendar().last_day(start, later, "working days", "next").last_day if later else start


def happen(stories: Iterable[Story], seed: int, until: datetime) -> Iterator[datetime]:
    """Runs every story a step at a time, to its end or to ``until``; gives the moment of each step.

    Raises ``ValueError`` for a story that wants to go back or a day that grows too long.
    """
    dice = random.Random(f"agenda/{seed}")  # noqa: S311 - fiction should repeat
    queue = [(day, number, story) for number, story in enumerate(stories) if (day := next(story, None))]
    heapq.heapify(queue)
    turn, last = len(queue), datetime.min.replace(tzinfo=clock.SHANGHAI)
    while queue:
        day, _, story = heapq.heappop(queue)
        begin = datetime.combine(day, _MORNING, clock.SHANGHAI)
        moment = max(begin, last + timedelta(seconds=20)) + timedelta(seconds=dice.randint(15, 160))
        if moment.date() != day or moment.time() > _EVENING:
            raise ValueError(f"a story wants to act on {day}, but it is {moment}")
        if moment >= until:
            return
        with clock.at(moment):
            following = next(story, None)
        yield moment
        last, turn = moment, turn + 1
        if following is not None:
            heapq.heappush(queue, (max(following, day), turn, story))
