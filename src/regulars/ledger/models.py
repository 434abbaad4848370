"""The books. Value moves by entries, never by editing; lots say which value it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from regulars.kit.models import AppendOnly, BucketField


class Entry(AppendOnly):
    """One movement of `amount` units from the house's `account` to the member (negative: the other way).

    Both sides are in the one row, so every asset sums to zero over all accounts by construction.
    `id` is the event's id plus an ordinal. `page` is that of the chain. Append-only.
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
    page = models.BigIntegerField(default=0)


class Lot(models.Model):
    """Units credited together. `reversed` of them went back, be it from this lot or, where it was used, from others.

    `pending` units are not ripe before `matures_at` (null: before something happens); `rule` gave them.
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
    held = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    matures_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=60, blank=True, default="")
    waived = models.BigIntegerField(default=0, db_default=0)
    """What of `reversed` was written off because it had been used, and is taken if it comes back."""


class Draw(models.Model):
    """Units that were taken out of lots for a purpose which may be undone: a hold, a spending, a gift, a conversion.

    The arrays run beside each other: from `lots[i]` came units of which `held[i]` are held, `used[i]` used and
    `returned[i]` were used and are back in the lot; what was released is out of the draw. `id` is that of the first
    entry.
    """

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    asset = models.CharField(max_length=30)
    account = models.CharField(max_length=20)
    lots = ArrayField(models.UUIDField())
    held = ArrayField(models.BigIntegerField())
    used = ArrayField(models.BigIntegerField())
    returned = ArrayField(models.BigIntegerField())
    open = models.BigIntegerField(default=0)
    """The sum of `held`."""
    order_source = models.CharField(max_length=60, blank=True, default="")
    order_id = models.CharField(max_length=100, blank=True, default="")
    time = models.DateTimeField()
    until = models.DateTimeField(null=True)
    other = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["member_id", "order_id"], name="draw_order", condition=~models.Q(order_id="")
            ),
            models.Index(fields=["member_id"], name="draw_open", condition=models.Q(open__gt=0)),
        )


class OrderLot(models.Model):
    """A lot that was credited for an order by a command, so that the order's refunds take it back. `id`: the lot's."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    order_source = models.CharField(max_length=60)
    order_id = models.CharField(max_length=100)

    class Meta:
        indexes = (models.Index(fields=["member_id", "order_id"], name="orderlot_order"),)


class TopUp(models.Model):
    """Money paid into a wallet, named by `(source, topup_id)`; `refunds` names what was paid back of it."""

    pk = models.CompositePrimaryKey("member_id", "source", "topup_id", "bucket")
    member_id = models.UUIDField()
    source = models.CharField(max_length=60)
    topup_id = models.CharField(max_length=200)
    bucket = BucketField()
    event_id = models.UUIDField()
    wallet = models.CharField(max_length=30)
    principal = models.BigIntegerField()
    bonus = models.BigIntegerField()
    principal_back = models.BigIntegerField(default=0)
    bonus_back = models.BigIntegerField(default=0)
    refunds = ArrayField(models.CharField(max_length=200), default=list)
    time = models.DateTimeField()


class Balance(models.Model):
    """What a member holds of one asset and may spend: always the sum of the entries, and what remains of the lots.

    `balance = earned + moved - spent - expired - reversed - held - pending`, where `moved` is what adjustments,
    conversions and gifts brought and took.
    """

    pk = models.CompositePrimaryKey("member_id", "asset", "bucket")
    member_id = models.UUIDField()
    asset = models.CharField(max_length=30)
    bucket = BucketField()
    balance = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()
    expired = models.BigIntegerField()
    reversed = models.BigIntegerField()
    moved = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    beside = models.BooleanField(default=False, db_default=False)
    """Whether anything but earnings ever moved it, so that `earned` bounds nothing."""
    earned_on = models.DateField(null=True)
    """The latest local day on which something was earned."""
    due_at = models.DateTimeField(null=True)
    """When time next has something to do here, at the latest."""
    lapses_at = models.DateTimeField(null=True)
    """When all units end together, of assets that end so."""
    reminded_to = models.DateTimeField(null=True)
    """Ends up to this moment have been announced to the member."""

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="balance_due", condition=models.Q(due_at__isnull=False)),
        )


class Page(AppendOnly):
    """The entries of one batch: how many there are, and the digest of them all. Append-only."""

    id = models.BigIntegerField(primary_key=True)
    entries = models.IntegerField()
    digest = models.BinaryField()
    time = models.DateTimeField()


class Seal(AppendOnly):
    """A page's place in the chain; `hash` is over the hash before it and the page. Append-only."""

    number = models.BigIntegerField(primary_key=True)
    page = models.BigIntegerField(unique=True)
    hash = models.BinaryField()
