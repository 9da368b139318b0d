"""Signs of life of workers, and taking up again the jobs of those that were killed."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from cultivar.jobs.models import Worker
from cultivar.policy.text import Text

ATTEMPTS = 3
BEATS = 4  # signs of life in the time after which a worker counts as lost


class WorkerLost(Exception):
    """The worker that ran a job gave no sign of life any more; named in the result of a job given up."""


_GIVEN_UP = Text(
    "执行这项工作的进程 {n} 次中途消失，不再重试。",
    "The worker that ran this job was lost {n} times; it is not tried again.",
)


def lost_after() -> timedelta:
    """How long a worker may be silent."""
    return timedelta(seconds=settings.WORKER_LOST_SECONDS)


def beat(worker_id: str) -> None:
    """A sign of life."""
    Worker.objects.update_or_create(id=worker_id, defaults={"seen_at": timezone.now()})


def leave(worker_id: str) -> None:
    """A worker that ends in good order."""
    Worker.objects.filter(id=worker_id).delete()


def take_up_again(idle: str = "") -> int:
    """Puts the jobs of lost workers back into the queue, or gives them up; gives how many. Else only reads.

    ``idle`` is the worker that asks: it runs nothing now, so a job that says it does was broken off.
    """
    running = list(DBTaskResult.objects.running())  # before the workers: whoever took one meanwhile is known
    present = timezone.now()
    alive = set(Worker.objects.filter(seen_at__gt=present - lost_after()).values_list("id", flat=True))
    broken_off = [
        job for job in running if job.worker_ids[-1:] == [idle] or not alive & {*job.worker_ids[-1:]}
    ]
    taken = sum(again(job, TaskResultStatus.RUNNING) for job in broken_off)
    gone = Worker.objects.exclude(id__in=alive)
    if gone.exists():
        gone.delete()
    return taken


def again(job: "DBTaskResult[..., Any]", status: TaskResultStatus) -> bool:
    """Back into the queue, or given up after some attempts; False where somebody was faster."""
    same = DBTaskResult.objects.filter(pk=job.pk, status=status, started_at=job.started_at)
    if len(job.worker_ids) < ATTEMPTS:
        changes = {"status": TaskResultStatus.READY, "run_after": get_date_max(), "finished_at": None}
        return bool(same.update(**changes, exception_class_path="", traceback=""))
    if status == TaskResultStatus.FAILED:
        return False
    said = _GIVEN_UP.fill(n=len(job.worker_ids))
    return bool(
        same.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path=f"{WorkerLost.__module__}.{WorkerLost.__qualname__}",
            traceback=f"{said.zh} {said.en}",
        )
    )
