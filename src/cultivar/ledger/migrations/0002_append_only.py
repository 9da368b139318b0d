"""The database itself refuses to change or delete what the ledger holds."""

from django.db import migrations

TABLE = "ledger_entry"
SAID = "the ledger is append-only"


def forbidding(vendor):
    """The statements that make a database of this kind refuse."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {TABLE}_no_{operation} BEFORE {operation.upper()} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            for operation in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE PROCEDURE {TABLE}_refuse()",
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE PROCEDURE {TABLE}_refuse()",
    ]


def permitting(vendor):
    """The statements that undo ``forbidding``."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {TABLE}_no_{operation}" for operation in ("update", "delete")]
    return [
        f"DROP TRIGGER {TABLE}_no_change ON {TABLE}",
        f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}",
        f"DROP FUNCTION {TABLE}_refuse()",
    ]


def forbid(apps, schema_editor):
    for statement in forbidding(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    for statement in permitting(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_start")]
    operations = [migrations.RunPython(forbid, permit)]
