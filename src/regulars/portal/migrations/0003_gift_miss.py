from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_code_client'),
    ]

    operations = [
        migrations.CreateModel(
            name='GiftMiss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_id', models.UUIDField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['member_id', 'at'], name='gift_miss')],
            },
        ),
    ]
