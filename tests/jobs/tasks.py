"""Tasks for tests; the first word of each says what it does to its worker."""

import os
import time
from pathlib import Path

from django.db import OperationalError
from django_tasks import task


@task
def count() -> int:
    """Does nothing."""
    return 1


@task
def lose_the_database() -> None:
    """Ends as a job does whose database server is killed."""
    raise OperationalError("server closed the connection unexpectedly")


@task
def fail() -> None:
    """Ends with a fault of its own."""
    raise ValueError("no")


@task
def hang_once(file: str) -> str:
    """Notes its process in a file and hangs; run again, it is done at once."""
    with Path(file).open("a", encoding="ascii") as stream:
        stream.write(f"{os.getpid()}\n")
    if len(Path(file).read_text("ascii").splitlines()) == 1:
        time.sleep(600)
    return "done"
