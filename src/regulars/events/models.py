"""The append-only log of what happened, with what was decided about it."""

from django.db import models

from regulars.kit.models import AppendOnly, BucketField, WrittenJsonField


class Event(AppendOnly):
    """One thing that happened, and everything that Regulars made of it.

    `id` is a UUIDv7 of the event's own time, so that a member's rows lie in the order of their life.
    `effects`, `outcome` (balances and tiers after it) and `trace` (per rule: held, values seen) never change.
    """

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    source = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    type = models.CharField(max_length=60)
    time = models.DateTimeField()
    received_at = models.DateTimeField()
    digest = models.BinaryField(max_length=16)
    data = WrittenJsonField()
    cause = models.UUIDField(null=True)
    version = models.IntegerField()
    effects = WrittenJsonField()
    outcome = WrittenJsonField()
    trace = WrittenJsonField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "source", "bucket"], name="event_key"),)
        indexes = (
            models.Index(fields=["received_at"], name="event_received"),
            # The log by type. Orders are most of it, found without, and so cost nothing more to write.
            models.Index(
                fields=["type", "received_at"], name="event_type", condition=~models.Q(type="order.paid")
            ),
        )


class Tally(models.Model):
    """How often a member did one thing on one local day, and what it came to: the base of rolling figures.

    `name` is an event type, or `credit:<asset>` for units earned that day net of what refunds took back.
    """

    pk = models.CompositePrimaryKey("member_id", "name", "day", "bucket")
    member_id = models.UUIDField()
    name = models.CharField(max_length=60)
    day = models.DateField()
    bucket = BucketField()
    count = models.IntegerField()
    total = models.BigIntegerField()
