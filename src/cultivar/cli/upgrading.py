"""Brings a database up to this version: its tables, and what the tables say of the ledger.

A migration that changes a projected table leaves its new columns empty for acts that were done before; the ledger
knows what belongs there, so everything is written anew from it.
"""

from collections.abc import Iterable

from django.db.migrations import Migration

from cultivar.cli.errors import FOUND_PROBLEMS, tell
from cultivar.policy.text import Text

_REBUILDING = Text(
    "表结构有变，正在由账本重建数据，案件多时要等一会儿。",
    "Tables have changed; the data is written anew from the ledger, which takes a while where there are many cases.",
)
_REBUILT = Text("已重建 {count} 个案件的数据。", "The data of {count} cases was written anew.")
_BROKEN = Text(
    "表已更新，但账本中有记录不成立，数据没有重建。"
    "先运行 cultivar ledger verify 查明，再运行 cultivar ledger rebuild。",
    "The tables are up to date, but entries of the ledger do not hold and the data was not written anew. "
    "Find out with cultivar ledger verify, then run cultivar ledger rebuild.",
)


def upgrade() -> int:
    """Makes or updates the tables, and rebuilds what follows from the ledger where that is needed.

    Returns 0, or 1 where the ledger does not allow the rebuilding. Django must be set up.
    """
    from django.core.management import call_command

    from cultivar.cases.models import Case
    from cultivar.cases.replay import rebuild

    changed = changes_projections(_pending())
    call_command("migrate", interactive=False)
    if not changed or not Case.objects.exists():
        return 0
    tell(_REBUILDING)
    try:
        count = rebuild()
    except ValueError as broken:
        print(broken)
        tell(_BROKEN)
        return FOUND_PROBLEMS
    tell(_REBUILT, count=count)
    return 0


def changes_projections(migrations: Iterable[Migration]) -> bool:
    """Whether one of them makes or changes a table that follows from the ledger."""
    from cultivar.cases.projection import all_models

    projected = {(model._meta.app_label, model._meta.model_name) for model in all_models()}
    return any(
        (migration.app_label, str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower())
        in projected
        for migration in migrations
        for operation in migration.operations
    )


def _pending() -> list[Migration]:
    """The migrations that are still to be made, in order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
