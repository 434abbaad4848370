"""Two records of one person can be made one, and apart again."""

import django.contrib.postgres.fields
import regulars.kit.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('pk', models.CompositePrimaryKey('kept', 'id', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kept', models.UUIDField()),
                ('id', models.UUIDField()),
                ('bucket', regulars.kit.models.BucketField()),
                ('gone', models.UUIDField()),
                ('family', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('merged_by', models.CharField(blank=True, default='', max_length=200)),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, default='', max_length=200)),
                ('memory', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='member',
            name='merged_into',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='member_merged'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['gone'], name='merge_gone'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('gone', 'bucket'), name='merge_standing'),
        ),
    ]
