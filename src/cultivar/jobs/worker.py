"""The worker: runs what waits in the queue, enqueues what recurs, takes up again what a killed worker left.

Looking costs reads only. What it writes while idle is a sign of life every few seconds (see ``lost``), so that on
SQLite it never stands in the way of those who work.
"""

import logging
import threading
import time
from typing import Any

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections, transaction
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME, TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from cultivar.jobs import lost, recurring

INTERVAL = 1.0  # seconds between two looks into an empty queue
_LONGEST_PAUSE = 15.0  # seconds between two tries while the database cannot be reached
# What breaks a job off without the job being at fault: the database went away, or somebody pressed Ctrl-C twice.
_BROKEN_OFF = {
    f"{error.__module__}.{error.__qualname__}"
    for error in (OperationalError, InterfaceError, KeyboardInterrupt, SystemExit)
}

logger = logging.getLogger(__name__)


class Worker(DatabaseWorker):
    """One worker. ``run`` returns once ``stop`` was called and the job in hand is done."""

    def __init__(self, interval: float = INTERVAL) -> None:
        super().__init__(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            interval=interval,
            batch=False,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._stopped = threading.Event()
        self._left = threading.Event()
        self._beat_every = lost.lost_after().total_seconds() / lost.BEATS
        self._reap_at = 0.0  # by the monotonic clock
        self._known = False  # whether the table of what recurs was brought up to date

    def stop(self, wait: float = 0) -> None:
        """Lets the worker end after the job in hand, and waits ``wait`` seconds for it.

        May be called from any thread, or without waiting from a signal's handler.
        """
        self._stopped.set()
        if wait:
            self._left.wait(wait)

    def run(self) -> None:
        """Works until stopped. A database that cannot be reached is waited for."""
        heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        pause = 0.0
        try:
            while not self._stopped.is_set():
                try:
                    close_old_connections()
                    worked = self.turn(heart)
                    pause = 0.0
                except Error as error:
                    connections.close_all()
                    if not pause:
                        logger.warning(
                            "The database cannot be used; waiting for it (%s)", type(error).__name__
                        )
                    pause = min(_LONGEST_PAUSE, 2 * pause or self.interval)
                    worked = False
                if not worked:
                    self._stopped.wait(pause or self.interval)
        finally:
            self._stopped.set()
            self._leave(heart)

    def turn(self, heart: threading.Thread | None = None) -> bool:
        """Looks once at what is due, lost and waiting; runs at most one job and gives whether there was one."""
        if not self._known:
            lost.beat(self.worker_id)
            recurring.keep()
            self._known = True
        if heart is not None and heart.ident is None:
            heart.start()
        recurring.enqueue_due()
        if time.monotonic() >= self._reap_at:
            lost.take_up_again(self.worker_id)
            self._reap_at = time.monotonic() + self._beat_every
        job = self._claim()
        if job is None:
            return False
        self.run_task(job)
        if job.status == TaskResultStatus.FAILED and job.exception_class_path in _BROKEN_OFF:
            lost.again(job, TaskResultStatus.FAILED)
        return True

    def _claim(self) -> "DBTaskResult[..., Any] | None":
        """The next job, now ours; looked for without the write lock first."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not ready.exists():
            return None
        with transaction.atomic():
            job = ready.filter(queue_name__in=self.queue_names).get_locked()
            if job is not None:
                job.claim(self.worker_id)
        return job

    def _beat(self) -> None:
        """Signs of life, also while a long job runs; in a thread and on a connection of its own."""
        try:
            while not self._stopped.wait(self._beat_every):
                try:
                    lost.beat(self.worker_id)
                except Error:  # the worker itself says that the database is away
                    connections.close_all()
        finally:
            connections.close_all()

    def _leave(self, heart: threading.Thread) -> None:
        if heart.ident is not None:
            heart.join(self._beat_every)
        try:
            lost.leave(self.worker_id)
        except Error:
            logger.warning("The worker leaves without a word: the database cannot be used")
        finally:
            connections.close_all()
            self._left.set()


def run_in_thread(interval: float = INTERVAL) -> Worker:
    """A worker beside a web server: in a thread that ends with the process, without handling signals."""
    worker = Worker(interval)
    threading.Thread(target=worker.run, name="worker", daemon=True).start()
    return worker
