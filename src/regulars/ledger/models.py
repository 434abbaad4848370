"""The books. Value moves by entries, never by editing; lots say which value it is."""

from django.db import models

from regulars.kit.models import BucketField


class Entry(models.Model):
    """One movement of `amount` units from the house's `account` to the member (negative: the other way).

    Both sides are in the one row, so every asset sums to zero over all accounts by construction.
    `id` is the event's id plus an ordinal. Append-only.
    """

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    asset = models.CharField(max_length=30)
    amount = models.BigIntegerField()
    account = models.CharField(max_length=20)
    lot_id = models.UUIDField()
    rule = models.CharField(max_length=60, blank=True, default="")
    time = models.DateTimeField()


class Lot(models.Model):
    """Units credited together: `amount = remaining + spent + expired + reversed`.

    A debt is a lot with a negative `remaining`; the next credits fill it first.
    """

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    asset = models.CharField(max_length=30)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    expired = models.BigIntegerField(default=0)
    reversed = models.BigIntegerField(default=0)
    earned_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["member_id", "expires_at"],
                name="lot_expiring",
                condition=models.Q(remaining__gt=0, expires_at__isnull=False),
            ),
        )


class Balance(models.Model):
    """What a member holds of one asset: always the sum of the entries, and the sum of the lots."""

    pk = models.CompositePrimaryKey("member_id", "asset", "bucket")
    member_id = models.UUIDField()
    asset = models.CharField(max_length=30)
    bucket = BucketField()
    balance = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()
    expired = models.BigIntegerField()
    reversed = models.BigIntegerField()
    earned_on = models.DateField(null=True)
    """The latest local day on which something was earned."""
