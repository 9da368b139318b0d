"""Putting work into the queue. It is a table: a job exists if and only if the transaction that asked for it stands.

A job may run twice: its worker may be killed after the work and before the result is noted. So every job is
idempotent: running it again changes nothing that the first run has done.
"""

from typing import Any

from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult


def enqueue_once(task: Task[..., Any]) -> bool:
    """Enqueues a task without arguments unless one already waits; gives whether it did. Call it in a transaction.

    The one that waits is locked until the transaction ends, so that it cannot begin before what it shall find is
    there; one that has begun already does not count.
    """
    waiting = DBTaskResult.objects.select_for_update().filter(
        status=TaskResultStatus.READY, task_path=task.module_path
    )
    if waiting.values_list("pk", flat=True).first() is not None:
        return False
    task.enqueue()
    return True
