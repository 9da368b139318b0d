"""The database itself refuses to change or delete what the ledger holds."""

from django.db import migrations

TABLE = "ledger_entry"
SAID = "the ledger is append-only"


def _sqlite(operation):
    return (
        f"CREATE TRIGGER {TABLE}_no_{operation} BEFORE {operation.upper()} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    )


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for operation in ("update", "delete"):
            schema_editor.execute(_sqlite(operation))
        return
    schema_editor.execute(
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$ LANGUAGE plpgsql"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE PROCEDURE {TABLE}_refuse()"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE PROCEDURE {TABLE}_refuse()"
    )


def permit(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for operation in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{operation}")
        return
    schema_editor.execute(f"DROP TRIGGER {TABLE}_no_change ON {TABLE}")
    schema_editor.execute(f"DROP TRIGGER {TABLE}_no_truncate ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_start")]
    operations = [migrations.RunPython(forbid, permit)]
