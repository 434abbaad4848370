"""Keys know who made them. For those that are there, the audit trail says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="created_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.RunSQL(
            "UPDATE staff_apikey AS made SET created_by = trail.actor FROM staff_auditentry AS trail"
            " WHERE trail.action = 'apikey.created' AND trail.subject = made.prefix",
            migrations.RunSQL.noop,
        ),
    ]
