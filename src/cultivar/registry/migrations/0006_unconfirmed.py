from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0005_authorities_side_by_side"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                condition=models.Q(("confirmed", False)), fields=["region"], name="registry_unconfirmed"
            ),
        ),
    ]
