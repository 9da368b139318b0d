"""Posts come from the programme files; the whole country is a region too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_start")]

    operations = [
        migrations.AlterField("holding", "post", models.CharField(blank=True, max_length=40)),
        migrations.AlterField(
            "region",
            "kind",
            models.CharField(
                choices=[
                    ("country", "Country"),
                    ("province", "Province"),
                    ("prefecture", "Prefecture"),
                    ("county", "County"),
                    ("custom", "Custom"),
                ],
                max_length=12,
            ),
        ),
    ]
