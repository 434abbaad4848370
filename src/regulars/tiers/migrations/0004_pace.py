"""How fast all members go, for forecasts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("tiers", "0003_revision"),)

    operations = (
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("ladder", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("measure", models.TextField()),
                ("day", models.DateField()),
                ("members", models.IntegerField()),
                ("shape", models.FloatField(null=True)),
                ("per", models.FloatField(null=True)),
                ("amount", models.FloatField(null=True)),
                ("strength", models.FloatField(null=True)),
                ("variation", models.FloatField(null=True)),
            ],
        ),
    )
