# Who stands in the register before this keeps its name and region; who created it was not written down.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_statements"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="confirmed",
            field=models.BooleanField(default=True),
            preserve_default=False,
        ),
    ]
