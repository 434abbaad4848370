"""Balances know the latest day on which something was earned, so that a late event is recognised by them alone."""

from django.db import migrations, models

# The zone of the programme is not known here. A day too late makes the engine look closer once, and no more.
FILL = """
UPDATE ledger_balance AS balance SET earned_on = lots.latest
  FROM (SELECT member_id, asset, (max(earned_at) AT TIME ZONE 'UTC')::date + 1 AS latest
          FROM ledger_lot WHERE amount > 0 GROUP BY member_id, asset) AS lots
 WHERE lots.member_id = balance.member_id AND lots.asset = balance.asset
"""


class Migration(migrations.Migration):
    dependencies = (("ledger", "0001_initial"),)

    operations = (
        migrations.AddField("balance", "earned_on", models.DateField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    )
