"""The books whole: what is set aside, draws, top-ups, when time has something to do, and the chain's pages."""

import django.contrib.postgres.fields
import regulars.kit.models
from django.db import migrations, models


# When time has something to do is looked at closer once, and no more, where it is told too early.
FILL_DUE = """
UPDATE ledger_balance AS balance SET due_at = lots.first
  FROM (SELECT member_id, asset, min(expires_at) AS first FROM ledger_lot
         WHERE remaining > 0 AND expires_at IS NOT NULL GROUP BY member_id, asset) AS lots
 WHERE lots.member_id = balance.member_id AND lots.asset = balance.asset
"""

# A lot has the id of the entry that credited it, which knows the rule.
FILL_RULES = """
UPDATE ledger_lot AS lot SET rule = entry.rule
  FROM ledger_entry AS entry
 WHERE entry.member_id = lot.member_id AND entry.id = lot.id AND entry.bucket = lot.bucket AND entry.rule <> ''
"""

COUNT_PAGES = "CREATE SEQUENCE ledger_page_number"
UNCOUNT_PAGES = "DROP SEQUENCE ledger_page_number"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_earned_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('pk', models.CompositePrimaryKey('member_id', 'id', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('id', models.UUIDField()),
                ('bucket', regulars.kit.models.BucketField()),
                ('asset', models.CharField(max_length=30)),
                ('account', models.CharField(max_length=20)),
                ('lots', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('held', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('used', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('returned', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('open', models.BigIntegerField(default=0)),
                ('order_source', models.CharField(blank=True, default='', max_length=60)),
                ('order_id', models.CharField(blank=True, default='', max_length=100)),
                ('time', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('other', models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entries', models.IntegerField()),
                ('digest', models.BinaryField()),
                ('time', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('page', models.BigIntegerField(unique=True)),
                ('hash', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='TopUp',
            fields=[
                ('pk', models.CompositePrimaryKey('member_id', 'source', 'topup_id', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('source', models.CharField(max_length=60)),
                ('topup_id', models.CharField(max_length=200)),
                ('bucket', regulars.kit.models.BucketField()),
                ('event_id', models.UUIDField()),
                ('wallet', models.CharField(max_length=30)),
                ('principal', models.BigIntegerField()),
                ('bonus', models.BigIntegerField()),
                ('principal_back', models.BigIntegerField(default=0)),
                ('bonus_back', models.BigIntegerField(default=0)),
                ('refunds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('time', models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='lot',
            name='lot_expiring',
        ),
        migrations.AddField(
            model_name='balance',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='balance',
            name='held',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='balance',
            name='lapses_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='balance',
            name='moved',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='balance',
            name='pending',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='balance',
            name='reminded_to',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='entry',
            name='page',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='lot',
            name='held',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='lot',
            name='matures_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='lot',
            name='pending',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='lot',
            name='rule',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddIndex(
            model_name='balance',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='balance_due'),
        ),
        migrations.AddIndex(
            model_name='draw',
            index=models.Index(condition=models.Q(('order_id', ''), _negated=True), fields=['member_id', 'order_id'], name='draw_order'),
        ),
        migrations.AddIndex(
            model_name='draw',
            index=models.Index(condition=models.Q(('open__gt', 0)), fields=['member_id'], name='draw_open'),
        ),
        migrations.RunSQL(FILL_DUE, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_RULES, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_PAGES, UNCOUNT_PAGES),
    ]
