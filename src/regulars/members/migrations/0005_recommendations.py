"""Products to offer members, with what they cost."""

import regulars.kit.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('pk', models.CompositePrimaryKey('member_id', 'rank', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('rank', models.SmallIntegerField()),
                ('bucket', regulars.kit.models.BucketField()),
                ('sku', models.CharField(max_length=100)),
                ('name', models.CharField(blank=True, default='', max_length=500)),
                ('price_minor', models.BigIntegerField(null=True)),
                ('reason', models.CharField(max_length=20)),
            ],
        ),
    ]
