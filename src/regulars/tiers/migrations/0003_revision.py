"""How far a new version has moved the members."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("tiers", "0002_more_of_standing"),)

    operations = (
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("version", models.IntegerField(primary_key=True, serialize=False)),
                ("since", models.IntegerField()),
                ("bucket", models.SmallIntegerField(default=0)),
                ("moved", models.IntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
    )
