"""The log by type, without the type that most of it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("events", "0002_written_json"),)

    operations = (
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("type", "order.paid"), _negated=True),
                fields=["type", "received_at"],
                name="event_type",
            ),
        ),
    )
