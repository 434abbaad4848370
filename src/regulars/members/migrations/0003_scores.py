"""Scores that members are given."""

import regulars.kit.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Score',
            fields=[
                ('pk', models.CompositePrimaryKey('member_id', 'name', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('name', models.CharField(max_length=40)),
                ('bucket', regulars.kit.models.BucketField()),
                ('value', models.FloatField(null=True)),
                ('label', models.CharField(blank=True, default='', max_length=200)),
                ('as_of', models.DateTimeField()),
            ],
            options={'indexes': [models.Index(fields=['name', 'label', 'bucket'], name='score_label')]},
        ),
    ]
