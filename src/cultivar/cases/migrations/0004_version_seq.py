"""A submitted version of a dossier knows the entry that submitted it, on which its personal values hang."""

import json

from django.db import migrations, models


def find_entries(apps, schema_editor):
    """The entry of each version that is there: the first of its case whose content names it."""
    entries = apps.get_model("ledger", "Entry").objects
    for version in apps.get_model("cases", "DossierVersion").objects.all():
        for seq, leaf in entries.filter(case=version.case_id).order_by("seq").values_list("seq", "leaf"):
            said = json.loads(bytes(leaf))["content"].values()
            if any(one == version.sha256 for one in said):
                version.seq = seq
                version.save(update_fields=["seq"])
                break


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_subjects"), ("ledger", "0005_tree_stays")]
    operations = [
        migrations.AddField(
            "dossierversion", "seq", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.RunPython(find_entries, migrations.RunPython.noop),
    ]
