"""The personal values beside the ledger are neither changed nor deleted, and REPLACE deletes nothing.

SQLite fires no DELETE trigger for the row that an INSERT OR REPLACE takes the place of, so an insert that
meets a row of the same key is refused before it can.
"""

from importlib import import_module

from django.db import migrations

_first = import_module("cultivar.ledger.migrations.0002_append_only")

TABLE = "ledger_sealed"
SAME = {
    "ledger_entry": "seq = NEW.seq OR key = NEW.key",
    TABLE: "id = NEW.id OR (entry_id = NEW.entry_id AND field = NEW.field)",
}


def forbidding(vendor):
    """The statements that make a database of this kind refuse."""
    statements = _first.forbidding(vendor, TABLE)
    if vendor == "sqlite":
        statements += [
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of our own
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{_first.SAID}'); END"
            for table, same in SAME.items()
        ]
    return statements


def permitting(vendor):
    """The statements that undo ``forbidding``."""
    statements = _first.permitting(vendor, TABLE)
    if vendor == "sqlite":
        statements += [f"DROP TRIGGER {table}_no_replace" for table in SAME]
    return statements


def forbid(apps, schema_editor):
    for statement in forbidding(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    for statement in permitting(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [migrations.RunPython(forbid, permit)]
