"""Why an import did not finish is said in every language: a text becomes one by language. What was said before was
English."""

from django.db import migrations, models

FORTH = """
ALTER TABLE imports_import
    ALTER COLUMN error TYPE jsonb
    USING CASE error WHEN '' THEN '{}'::jsonb ELSE jsonb_build_object('en', error) END
"""
BACK = """
ALTER TABLE imports_import ALTER COLUMN error TYPE varchar(500) USING left(coalesce(error ->> 'en', ''), 500)
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FORTH,
            BACK,
            state_operations=[migrations.AlterField("import", "error", models.JSONField(default=dict))],
        ),
    ]
