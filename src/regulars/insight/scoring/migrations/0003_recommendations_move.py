"""What is offered to members lies with the members, where messages can read it."""

from django.db import migrations

MOVE = """
INSERT INTO members_recommendation (member_id, rank, bucket, sku, name, price_minor, reason)
SELECT member_id, rank, bucket, sku, name, NULL, reason FROM scoring_recommendation
"""
BACK = """
INSERT INTO scoring_recommendation (member_id, rank, bucket, sku, name, reason)
SELECT member_id, rank, bucket, sku, name, reason FROM members_recommendation
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_recommendations'),
        ('scoring', '0002_recommendations'),
    ]

    operations = [
        migrations.RunSQL(MOVE, BACK),
        migrations.DeleteModel(name='Recommendation'),
    ]
