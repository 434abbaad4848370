"""Changes that other systems ask for: what their events come from, and what was asked under a name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk", "0001_bulk")]

    operations = [
        migrations.AddField(
            "job", "source", models.CharField(max_length=60, default="console", db_default="console")
        ),
        migrations.AddField(
            "job", "asked", models.CharField(max_length=64, blank=True, default="", db_default="")
        ),
    ]
