import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cultivar.registry.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "key",
                    models.CharField(
                        default=cultivar.registry.models.new_key, editable=False, max_length=36, unique=True
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "language",
                    models.CharField(
                        blank=True, choices=[("zh-hans", "Chinese"), ("en", "English")], max_length=8
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("name_zh", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=80)),
                ("short_zh", models.CharField(max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("province", "Province"),
                            ("prefecture", "Prefecture"),
                            ("county", "County"),
                            ("custom", "Custom"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tile_column", models.PositiveSmallIntegerField(null=True)),
                ("tile_row", models.PositiveSmallIntegerField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="registry.region",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("code", models.CharField(max_length=18, primary_key=True, serialize=False)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("promotion-organisation", "Promotion Organisation"),
                            ("authority", "Authority"),
                            ("enterprise", "Enterprise"),
                            ("institution", "Institution"),
                        ],
                        max_length=24,
                    ),
                ),
                ("sort_key", models.CharField(db_index=True, max_length=240)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="registry.region",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_key"],
            },
        ),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True)),
                ("body", models.CharField(db_index=True, max_length=40)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=200)),
                ("short_zh", models.CharField(max_length=60)),
                ("short_en", models.CharField(max_length=100)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="registry.organisation",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="registry.region",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("code", models.CharField(max_length=18, primary_key=True, serialize=False)),
                ("name_zh", models.CharField(max_length=120)),
                ("industry", models.CharField(db_index=True, max_length=4)),
                ("above_scale", models.BooleanField()),
                ("revenue_wan", models.PositiveBigIntegerField()),
                ("rd_wan", models.PositiveBigIntegerField()),
                ("employment", models.PositiveIntegerField()),
                ("qualifications", models.JSONField(default=list)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enterprises",
                        to="registry.region",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handler", "Handler"),
                            ("reviewer", "Reviewer"),
                            ("secretary", "Secretary"),
                            ("publisher", "Publisher"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="registry.office",
                    ),
                ),
            ],
            options={
                "ordering": ["office__key", "post", "from_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "office", "post", "from_on"), name="holding_stands_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="holding_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]
