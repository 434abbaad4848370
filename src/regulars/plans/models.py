"""Which paid plans members have, and all that was done about them."""

from django.db import models

from regulars.kit.models import AppendOnly, BucketField, WrittenJsonField


class Subscription(models.Model):
    """Where a member stands with one plan; worked out from the acts. `due_at`: when time next has something to do.

    `until` is the last day that is paid, or of the trial; `last_day` the last on which it runs, grace included.
    """

    pk = models.CompositePrimaryKey("member_id", "plan", "bucket")
    member_id = models.UUIDField()
    plan = models.CharField(max_length=30)
    bucket = BucketField()
    status = models.CharField(max_length=12)
    period = models.CharField(max_length=30, blank=True, default="")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    last_day = models.DateField(null=True)
    turns_on = models.DateField(null=True)
    auto_renew = models.BooleanField(default=False)
    trial_used = models.BooleanField(default=False)
    application = models.CharField(max_length=12, blank=True, default="")
    reminded_to = models.DateField(null=True)
    grown_to = models.DateField(null=True)
    known_at = models.DateTimeField(null=True)
    changed_by = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="plan_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["plan", "status", "until"], name="plan_status"),
        )


class Act(AppendOnly):
    """One thing that was done about a plan. `id` is the event's id plus an ordinal. Append-only."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    plan = models.CharField(max_length=30)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    day = models.DateField()
    source = models.CharField(max_length=60, blank=True, default="")
    payment_id = models.CharField(max_length=100, blank=True, default="")
    refund_id = models.CharField(max_length=100, blank=True, default="")
    period = models.CharField(max_length=30, blank=True, default="")
    months = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    starts = models.DateField(null=True)
    auto_renew = models.BooleanField(null=True)
    quote = models.UUIDField(null=True)
    data = WrittenJsonField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["at"], name="plan_money", condition=models.Q(kind__in=["paid", "refunded"])),
            models.Index(
                fields=["at"],
                name="plan_asked",
                condition=models.Q(kind__in=["applied", "approved", "refused"]),
            ),
        )
