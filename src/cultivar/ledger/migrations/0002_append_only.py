"""The database itself refuses to change or delete what the ledger holds."""

from django.db import migrations

TABLE = "ledger_entry"
SAID = "the ledger is append-only"


def forbidding(vendor, table=TABLE):
    """The statements that make a database of this kind refuse to change a table."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{operation} BEFORE {operation.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            for operation in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger AS "
        f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE PROCEDURE {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE PROCEDURE {table}_refuse()",
    ]


def permitting(vendor, table=TABLE):
    """The statements that undo ``forbidding``."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER {table}_no_{operation}" for operation in ("update", "delete")]
    return [
        f"DROP TRIGGER {table}_no_change ON {table}",
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP FUNCTION {table}_refuse()",
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
