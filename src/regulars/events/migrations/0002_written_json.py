"""The log's JSON is kept as it was written: appending costs half of what `jsonb` does, and it is seldom read."""

from django.db import migrations

from regulars.kit.models import WrittenJsonField


class Migration(migrations.Migration):
    dependencies = (("events", "0001_initial"),)

    operations = tuple(
        migrations.AlterField(model_name="event", name=name, field=WrittenJsonField())
        for name in ("data", "effects", "outcome", "trace")
    )
