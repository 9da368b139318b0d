"""What recurs: slices register it when the house starts, workers enqueue it when it is due, each time once.

A job that recurs every N seconds is due at the multiples of N counted from midnight in Shanghai, so every hour at
the full hour, and never drifts. After a pause it is due once, however often it was missed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.base import Task

from cultivar.jobs.models import Recurring
from cultivar.jobs.queue import enqueue_once

HOUR, DAY = 3600, 24 * 3600  # seconds
_MIDNIGHT = datetime(1999, 12, 31, 16, tzinfo=UTC)  # of 1 January 2000 in Shanghai


@dataclass(frozen=True)
class _Registered:
    task: Task[[], Any]
    every: int


_registered: dict[str, _Registered] = {}


def register(name: str, task: Task[[], Any], *, every: int) -> None:
    """Lets a task without arguments recur every ``every`` seconds. Called in ``AppConfig.ready``."""
    if every < 1:
        raise ValueError(f"{name} cannot recur every {every} seconds")
    _registered[name] = _Registered(task, every)


def following(moment: datetime, every: int) -> datetime:
    """The first moment after ``moment`` at which something is due that recurs every ``every`` seconds."""
    step = timedelta(seconds=every)
    return _MIDNIGHT + ((moment - _MIDNIGHT) // step + 1) * step


def keep(now: datetime | None = None) -> None:
    """Brings the table to what is registered; what is new is due at once, what is gone recurs no more."""
    now = now or timezone.now()
    rows = {row.name: row for row in Recurring.objects.all()}
    for name, one in _registered.items():
        path, row = one.task.module_path, rows.get(name)
        if row is None:
            defaults = {"task": path, "every": one.every, "next_at": now}
            Recurring.objects.get_or_create(name=name, defaults=defaults)
        elif (row.task, row.every) != (path, one.every):
            Recurring.objects.filter(name=name).update(task=path, every=one.every, next_at=now)
    gone = rows.keys() - _registered.keys()
    if gone:
        Recurring.objects.filter(name__in=gone).delete()


def enqueue_due(now: datetime | None = None) -> list[str]:
    """Enqueues what is due and gives the names of what this worker enqueued; a mere read where nothing is due."""
    now = now or timezone.now()
    due = list(Recurring.objects.filter(next_at__lte=now).order_by("name"))
    return [row.name for row in due if _take(row, now)]


@transaction.atomic
def _take(row: Recurring, now: datetime) -> bool:
    """Moves a row on and enqueues its task, unless another worker has done so since the row was read."""
    same = Recurring.objects.filter(name=row.name, next_at=row.next_at)
    if not same.update(next_at=following(now, row.every), last_at=now):
        return False
    enqueue_once(import_string(row.task))
    return True
