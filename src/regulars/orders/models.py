"""Purchases of every channel: what was paid, what was returned, and what a member bought in all."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from regulars.kit.models import BucketField


class Order(models.Model):
    """One order, named by `(source, order_id)`. A refund that comes before its order waits here, unpaid."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    source = models.CharField(max_length=60)
    order_id = models.CharField(max_length=100)
    total_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=60, blank=True, default="")
    store = models.CharField(max_length=60, blank=True, default="")
    lines = models.IntegerField(default=0)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order_id", "source", "bucket"], name="order_name"),)
        indexes = (BrinIndex(fields=["paid_at"], name="order_paid", autosummarize=True),)
        """Orders come more or less as they are paid, so that this finds recent ones and costs writing nothing."""


class Refund(models.Model):
    """Money given back for an order, once per `refund_id`."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    source = models.CharField(max_length=60)
    order_id = models.CharField(max_length=100)
    refund_id = models.CharField(max_length=100)
    amount_minor = models.BigIntegerField()
    refunded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order_id", "refund_id", "source", "bucket"], name="refund_name"),
        )


class MemberTotals(models.Model):
    """All orders of one member; `spend_minor` is before refunds."""

    pk = models.CompositePrimaryKey("member_id", "bucket")
    member_id = models.UUIDField()
    bucket = BucketField()
    orders = models.IntegerField()
    spend_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
