"""The tree over the entries that are there, and what the database refuses from now on.

Tiles, erasures, checkpoints, signatures, keys and alarms stay as entries do. A personal value may go, once an
erasure says which entry destroyed it; an erasure must name an entry of the kind ``erase``.
"""

from importlib import import_module

from django.db import migrations

from cultivar.ledger import tree
from cultivar.ledger.merkle import root_of_hashes

_first = import_module("cultivar.ledger.migrations.0002_append_only")
_second = import_module("cultivar.ledger.migrations.0003_sealed_stays")

SEALED, ERASURE = "ledger_sealed", "ledger_erasure"
KEPT = {
    "ledger_tile": 'place = NEW.place OR (level = NEW.level AND "index" = NEW."index")',
    ERASURE: "id = NEW.id OR (entry_id = NEW.entry_id AND field = NEW.field)",
    "ledger_checkpoint": "size = NEW.size",
    "ledger_signature": "id = NEW.id OR (checkpoint_id = NEW.checkpoint_id AND name = NEW.name AND key_id = NEW.key_id)",
    "ledger_verifierkey": "vkey = NEW.vkey",
    "ledger_alarm": "id = NEW.id",
}
UNSAID = f"NOT EXISTS (SELECT 1 FROM {ERASURE} WHERE entry_id = OLD.entry_id AND field = OLD.field)"  # noqa: S608 - names of our own
NO_ERASURE = "NOT EXISTS (SELECT 1 FROM ledger_entry WHERE seq = NEW.by_id AND kind = 'erase')"
REFUSE = f"SELECT RAISE(ABORT, '{_first.SAID}')"


def on_sqlite():
    """What makes SQLite refuse."""
    statements = [one for table in KEPT for one in _first.forbidding("sqlite", table)]
    statements += [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of our own
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN {REFUSE}; END"
        for table, same in KEPT.items()
    ]
    return [
        *statements,
        f"DROP TRIGGER {SEALED}_no_delete",
        f"CREATE TRIGGER {SEALED}_no_delete BEFORE DELETE ON {SEALED} WHEN {UNSAID} BEGIN {REFUSE}; END",
        f"CREATE TRIGGER {ERASURE}_by_an_act BEFORE INSERT ON {ERASURE} WHEN {NO_ERASURE} BEGIN {REFUSE}; END",
    ]


def on_postgresql():
    """What makes PostgreSQL refuse."""
    statements = [one for table in KEPT for one in _first.forbidding("postgresql", table)]
    return [
        *statements,
        f"DROP TRIGGER {SEALED}_no_change ON {SEALED}",
        f"CREATE TRIGGER {SEALED}_no_change BEFORE UPDATE ON {SEALED} "
        f"FOR EACH ROW EXECUTE PROCEDURE {SEALED}_refuse()",
        f"CREATE FUNCTION {SEALED}_refuse_unsaid() RETURNS trigger AS $$ BEGIN IF {UNSAID} THEN "
        f"RAISE EXCEPTION '{_first.SAID}'; END IF; RETURN OLD; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {SEALED}_no_delete BEFORE DELETE ON {SEALED} "
        f"FOR EACH ROW EXECUTE PROCEDURE {SEALED}_refuse_unsaid()",
        f"CREATE FUNCTION {ERASURE}_refuse_other() RETURNS trigger AS $$ BEGIN IF {NO_ERASURE} THEN "
        f"RAISE EXCEPTION '{_first.SAID}'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {ERASURE}_by_an_act BEFORE INSERT ON {ERASURE} "
        f"FOR EACH ROW EXECUTE PROCEDURE {ERASURE}_refuse_other()",
    ]


def off_sqlite():
    """What undoes ``on_sqlite``."""
    statements = [one for table in KEPT for one in _first.permitting("sqlite", table)]
    statements += [f"DROP TRIGGER {table}_no_replace" for table in KEPT]
    return [
        *statements,
        f"DROP TRIGGER {ERASURE}_by_an_act",
        f"DROP TRIGGER {SEALED}_no_delete",
        _first.forbidding("sqlite", SEALED)[1],
    ]


def off_postgresql():
    """What undoes ``on_postgresql``."""
    statements = [one for table in KEPT for one in _first.permitting("postgresql", table)]
    return [
        f"DROP TRIGGER {ERASURE}_by_an_act ON {ERASURE}",
        f"DROP FUNCTION {ERASURE}_refuse_other()",
        f"DROP TRIGGER {SEALED}_no_delete ON {SEALED}",
        f"DROP FUNCTION {SEALED}_refuse_unsaid()",
        f"DROP TRIGGER {SEALED}_no_change ON {SEALED}",
        _first.forbidding("postgresql", SEALED)[1],
        *statements,
    ]


def forbidding(vendor):
    """The statements that make a database of this kind refuse."""
    return on_sqlite() if vendor == "sqlite" else on_postgresql()


def permitting(vendor):
    """The statements that undo ``forbidding``."""
    return off_sqlite() if vendor == "sqlite" else off_postgresql()


def forbid(apps, schema_editor):
    for statement in forbidding(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    for statement in permitting(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def grow(apps, schema_editor):
    """Builds the tree over the entries that were made before it was kept."""
    entries = apps.get_model("ledger", "Entry").objects.order_by("seq").values_list("leaf_hash", flat=True)
    edge, below = (), {}
    for size, leaf in enumerate(entries.iterator(chunk_size=2000)):
        edge = tree.grown(edge, size, bytes(leaf))
        below.setdefault(0, []).append(bytes(leaf))
        for level, index in tree.completed(size + 1):
            hashes = below.pop(level)
            root = root_of_hashes(hashes)
            apps.get_model("ledger", "Tile").objects.create(
                place=f"{level}/{index}", level=level, index=index, hashes=tree.packed(hashes), root=root
            )
            below.setdefault(level + 1, []).append(root)
    apps.get_model("ledger", "Head").objects.update(edge=tree.packed(edge))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_tree")]
    operations = [
        migrations.RunPython(grow, migrations.RunPython.noop),
        migrations.RunPython(forbid, permit),
    ]
