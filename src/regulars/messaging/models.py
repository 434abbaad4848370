"""What is said to members: the messages, what leaves the house of them, and what members wish to hear."""

from django.db import models

from regulars.kit.models import BucketField


class Message(models.Model):
    """Something to tell a member, written in the transaction that caused it: the row is the outbox, and where
    `inbox` is set it is the message in the member's inbox, rendered whenever somebody reads it.

    `due_at` is a timer, only set where the message is to leave the house: a worker claims it, makes a delivery for
    each channel outside, then clears it. `skipped`: channels that it does not take → why (a key of
    contracts.REASONS).
    """

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    template = models.CharField(max_length=60)
    version = models.IntegerField()
    category = models.CharField(max_length=20)
    context = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    inbox = models.BooleanField(default=False, db_default=False)
    read_at = models.DateTimeField(null=True)
    skipped = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="message_due", condition=models.Q(due_at__isnull=False)),
        )


class Delivery(models.Model):
    """A message on its way through one channel that leaves the house.

    queued → sending → sent | failed | skipped. `uncertain` marks one that may have arrived twice, because a
    worker died between handing it over and noting so, on a channel that can't be asked.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        SKIPPED = "skipped"

    pk = models.CompositePrimaryKey("member_id", "message_id", "channel", "bucket")
    member_id = models.UUIDField()
    message_id = models.UUIDField()
    channel = models.CharField(max_length=20)
    bucket = BucketField()
    address = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices)
    attempts = models.SmallIntegerField(default=0)
    uncertain = models.BooleanField(default=False)
    detail = models.CharField(max_length=300, blank=True, default="")
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(due_at__isnull=False)),
        )


class Preference(models.Model):
    """Whether a member wants a category of messages on a channel. No row: the category's default."""

    pk = models.CompositePrimaryKey("member_id", "channel", "category", "bucket")
    member_id = models.UUIDField()
    channel = models.CharField(max_length=20)
    category = models.CharField(max_length=20)
    bucket = BucketField()
    allowed = models.BooleanField()
    source = models.CharField(max_length=30)
    changed_at = models.DateTimeField()
