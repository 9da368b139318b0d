"""The ledger without the database's own guard, for tests that do what no user can."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.db import connection

_guards = [
    import_module(f"cultivar.ledger.migrations.{name}")
    for name in ("0005_tree_stays", "0003_sealed_stays", "0002_append_only")
]


@contextmanager
def unguarded() -> Iterator[Any]:
    """A cursor on a database that lets the ledger be changed; the guard comes back when the test is undone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # what is pending would keep the triggers in place
        for guard in _guards:
            for statement in guard.permitting(connection.vendor):
                cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        yield cursor
