"""Standings know their grace, what was decided by hand, and when time has something to do; steps what was decided."""

from django.db import migrations, models

DUE = "UPDATE tiers_standing SET due = until + 1 WHERE until IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = (("tiers", "0001_initial"),)

    operations = (
        migrations.AddField("standing", "grace", models.DateField(null=True)),
        migrations.AddField("standing", "held", models.CharField(max_length=30, default="", db_default="")),
        migrations.AddField("standing", "held_until", models.DateField(null=True)),
        migrations.AddField("standing", "exact", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("standing", "due", models.DateField(null=True)),
        migrations.AddField("standing", "rewritten", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("change", "held", models.CharField(max_length=30, default="", db_default="")),
        migrations.AddField("change", "held_until", models.DateField(null=True)),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
        migrations.RemoveIndex("standing", "standing_until"),
        migrations.AddIndex(
            "standing",
            models.Index(fields=["due"], name="standing_due", condition=models.Q(due__isnull=False)),
        ),
    )
