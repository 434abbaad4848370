"""Why a simulation did not finish is said in every language: a text becomes one by language. What was said before was
English."""

from django.db import migrations, models

FORTH = """
ALTER TABLE simulating_simulation
    ALTER COLUMN error TYPE jsonb
    USING CASE error WHEN '' THEN '{}'::jsonb ELSE jsonb_build_object('en', error) END
"""
BACK = """
ALTER TABLE simulating_simulation
    ALTER COLUMN error TYPE varchar(500) USING left(coalesce(error ->> 'en', ''), 500)
"""


class Migration(migrations.Migration):
    dependencies = [("simulating", "0001_simulations")]

    operations = [
        migrations.RunSQL(
            FORTH,
            BACK,
            state_operations=[migrations.AlterField("simulation", "error", models.JSONField(default=dict))],
        ),
    ]
