"""The one clock of the house, in Asia/Shanghai, to the second.

The ledger never lets it run back: an entry's time is at least that of the entry before it (see ``append``).
In a demonstration the clock runs ahead or behind by an offset that the file ``settings.DEMO_CLOCK`` keeps, so
that a newcomer can let working days pass; elsewhere that file is never read.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("fixed time", default=None)
_offset: tuple[int, timedelta] = (-1, timedelta())


def now() -> datetime:
    """The present, aware of Asia/Shanghai, without fractions of a second."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    return _real() + _demonstration_offset() if settings.DEMO else _real()


def today() -> date:
    """The Shanghai date."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block the clock stands at ``moment`` (for the demonstration's builder and for tests)."""
    token = _fixed.set(moment.astimezone(SHANGHAI).replace(microsecond=0))
    try:
        yield
    finally:
        _fixed.reset(token)


def travel(moment: datetime) -> None:
    """Lets the demonstration's clock show ``moment`` from here on. Raises ``ValueError`` if that is in its past."""
    if moment < now():
        raise ValueError("the clock never runs back")
    _write(settings.DEMO_CLOCK, moment - _real())


def start_at(moment: datetime) -> None:
    """Sets the demonstration's clock for the first time."""
    _write(settings.DEMO_CLOCK, moment - _real())


def _real() -> datetime:
    return datetime.now(SHANGHAI).replace(microsecond=0)


def _write(path: Path, offset: timedelta) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"offset_seconds": round(offset.total_seconds())}), "utf-8")
    os.replace(new, path)


def _demonstration_offset() -> timedelta:
    global _offset
    try:
        changed = settings.DEMO_CLOCK.stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    if changed != _offset[0]:
        seconds = json.loads(settings.DEMO_CLOCK.read_text("utf-8"))["offset_seconds"]
        _offset = (changed, timedelta(seconds=seconds))
    return _offset[1]
