"""Two ways round the triggers are closed.

SQLite gives a table whose key is no plain INTEGER a hidden row number, and an INSERT OR REPLACE under that number takes
the place of whatever row has it: an insert that meets a row of the same number is refused too. And an erasure counts
only where somebody agreed to it, in the case of the entry from which it takes.
"""

from importlib import import_module

from django.db import migrations

_first = import_module("cultivar.ledger.migrations.0002_append_only")
_second = import_module("cultivar.ledger.migrations.0003_sealed_stays")
_third = import_module("cultivar.ledger.migrations.0005_tree_stays")

SAME = {**_second.SAME, **_third.KEPT}
AGREED = (
    "NOT EXISTS (SELECT 1 FROM ledger_entry done JOIN ledger_entry target "
    'ON target.seq = NEW.entry_id AND target."case" = done."case" '
    "WHERE done.seq = NEW.by_id AND done.kind = 'erase' AND done.step = 'confirm')"
)


def on_sqlite():
    """What makes SQLite refuse."""
    statements = []
    for table, same in SAME.items():
        statements += [
            f"DROP TRIGGER {table}_no_replace",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of our own
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same} OR rowid = NEW.rowid) BEGIN {_third.REFUSE}; END",
        ]
    return [
        *statements,
        f"DROP TRIGGER {_third.ERASURE}_by_an_act",
        f"CREATE TRIGGER {_third.ERASURE}_by_an_act BEFORE INSERT ON {_third.ERASURE} "
        f"WHEN {AGREED} BEGIN {_third.REFUSE}; END",
    ]


def on_postgresql():
    """What makes PostgreSQL refuse."""
    return [
        f"CREATE OR REPLACE FUNCTION {_third.ERASURE}_refuse_other() RETURNS trigger AS $$ BEGIN IF {AGREED} THEN "
        f"RAISE EXCEPTION '{_first.SAID}'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
    ]


def forbidding(vendor):
    """The statements that make a database of this kind refuse; what was there before has the same names."""
    return on_sqlite() if vendor == "sqlite" else on_postgresql()


def forbid(apps, schema_editor):
    for statement in forbidding(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_second_edge")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
