"""What stood in members' inboxes as deliveries stands there as the messages themselves."""

from django.db import migrations, models

SENT = """
UPDATE messaging_message AS message SET inbox = true, read_at = delivery.read_at
FROM messaging_delivery AS delivery
WHERE delivery.channel = 'inbox' AND delivery.status = 'sent'
  AND message.member_id = delivery.member_id AND message.id = delivery.message_id
  AND message.bucket = delivery.bucket
"""

SKIPPED = """
UPDATE messaging_message AS message SET skipped = jsonb_build_object('inbox', delivery.detail)
FROM messaging_delivery AS delivery
WHERE delivery.channel = 'inbox' AND delivery.status = 'skipped'
  AND message.member_id = delivery.member_id AND message.id = delivery.message_id
  AND message.bucket = delivery.bucket
"""

GONE = "DELETE FROM messaging_delivery WHERE channel = 'inbox' AND status IN ('sent', 'skipped')"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.AddField("message", "inbox", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("message", "read_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "skipped", models.JSONField(null=True)),
        migrations.RunSQL(SENT),
        migrations.RunSQL(SKIPPED),
        migrations.RunSQL(GONE),
        migrations.RemoveField("delivery", "read_at"),
    ]
