"""Old results are taken away, so that the queue stays short."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

DONE, FAILED = (
    timedelta(days=2),
    timedelta(days=90),
)  # how long results are kept; failures for who looks into them


@task
def prune() -> int:
    """Deletes old results of finished jobs and gives their number."""
    now = timezone.now()
    done, _ = DBTaskResult.objects.successful().filter(finished_at__lt=now - DONE).delete()
    failed, _ = DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED).delete()
    return done + failed
