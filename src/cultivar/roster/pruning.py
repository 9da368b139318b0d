"""What imports leave behind goes after some days: the files that were sent, and the marked workbooks.

- ``REFUSED`` days: a file that could not be read tells nobody anything once its sender has seen why.
- ``WAITING`` days: good rows that nobody took in a quarter are out of date; the file is sent again.
- ``TAKEN`` days: what was taken stands as statements with source, office and moment. The workbook answers where a
  figure came from, and is kept through the next year's reporting, review and objections.
- ``MARKED`` days: a marked workbook is made anew from the file whenever somebody asks.

Only bytes go, the imports with what was found stay. Bytes that a case still names, as a file or in a submitted
dossier, stay for it; those that an erasure left because an import held them go with the last import.
"""

import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django_tasks import task

from cultivar.cases import evidence
from cultivar.cases.file_store import path_of
from cultivar.ledger import clock
from cultivar.roster.models import Import

REFUSED, WAITING, TAKEN, MARKED = 30, 90, 400, 30  # days
FRESH = 24 * 3600  # seconds: bytes that somebody has just sent again, and may be about to name


@task
def prune_files() -> int:
    """Deletes the bytes of imports that are due, and old marked workbooks; gives how many files went."""
    due = set(_due().order_by().values_list("sha256", flat=True).distinct())
    free = evidence.unnamed(due) if due else set()
    gone = sum(_prune(sha256, sha256 in free) for sha256 in sorted(due))
    return gone + _prune_marked(Path(settings.HOME) / "marked")


def _due() -> "QuerySet[Import]":
    """The imports whose bytes are not needed any more; none that a worker has."""
    now, of = clock.now(), Import.State
    due = (
        Q(state=of.REFUSED, at__lt=now - timedelta(days=REFUSED))
        | Q(state=of.CHECKED, at__lt=now - timedelta(days=WAITING))
        | Q(state=of.TAKEN, taken_at__lt=now - timedelta(days=TAKEN))
    )
    return Import.objects.filter(due, pruned_at=None)


def _prune(sha256: str, free: bool) -> int:
    """Lets the imports that are due go of these bytes; where no case names them, they go with the last import."""
    try:
        age = time.time() - path_of(sha256).stat().st_mtime
    except FileNotFoundError:
        age = FRESH
    if age < FRESH:
        return 0
    with transaction.atomic():
        _due().filter(sha256=sha256).update(pruned_at=clock.now(), marked=False)
        return evidence.unlink_unnamed(sha256) if free else 0


def _prune_marked(folder: Path) -> int:
    """Deletes marked workbooks that were made long ago."""
    gone, oldest = 0, time.time() - MARKED * 24 * 3600
    for file in folder.glob("*.xlsx") if folder.is_dir() else ():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
            gone += 1
    return gone
