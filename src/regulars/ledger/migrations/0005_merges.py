"""Balances remember whether anything but earnings ever moved them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_waived'),
    ]

    operations = [
        migrations.AddField(
            model_name='balance',
            name='beside',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            "UPDATE ledger_balance SET beside = true WHERE moved <> 0", migrations.RunSQL.noop
        ),
    ]
