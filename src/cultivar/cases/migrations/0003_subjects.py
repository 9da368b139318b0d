"""What is cultivated need not be a cluster, nor have an applicant behind it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_title_granted_once"), ("registry", "0002_posts_and_country")]

    operations = [
        migrations.RemoveConstraint("membership", "member_once"),
        migrations.RenameModel("Cluster", "Subject"),
        migrations.RenameField("membership", "cluster", "subject"),
        migrations.RenameField("case", "cluster", "subject"),
        migrations.AddField(
            "subject", "kind", models.CharField(max_length=60, default="cluster"), preserve_default=False
        ),
        migrations.AddField(
            "subject",
            "designation",
            models.CharField(blank=True, max_length=130, default=""),
            preserve_default=False,
        ),
        migrations.AlterField("subject", "field", models.CharField(blank=True, max_length=60)),
        migrations.AlterField(
            "subject",
            "organisation",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subjects",
                to="registry.organisation",
            ),
        ),
        migrations.AlterField(
            "subject",
            "region",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="registry.region"
            ),
        ),
        migrations.AddConstraint(
            "membership", models.UniqueConstraint(fields=("subject", "enterprise"), name="member_once")
        ),
        migrations.AddConstraint(
            "subject",
            models.UniqueConstraint(
                condition=models.Q(("designation", ""), _negated=True),
                fields=("designation",),
                name="designated_once",
            ),
        ),
    ]
