"""Scoring runs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('until', models.DateField()),
                ('members', models.BigIntegerField()),
                ('changed', models.BigIntegerField()),
                ('fit', models.JSONField(default=dict)),
            ],
            options={'indexes': [models.Index(fields=['-ended_at'], name='scoring_run_latest')]},
        ),
    ]
