"""A lot remembers what had to be written off of it, so that it can be collected when units come back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_whole_books'),
    ]

    operations = [
        migrations.AddField(
            model_name='lot',
            name='waived',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
