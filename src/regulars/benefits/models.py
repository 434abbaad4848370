"""What members were granted, claimed and used."""

from django.db import models

from regulars.kit.models import BucketField


class Entitlement(models.Model):
    """One thing that a member was granted, or claimed by standing where they stand. `id` is the id of the event that
    brought it plus an ordinal. Who is entitled by level or audience has no row until something is granted, claimed
    or used (decision 0035)."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    benefit = models.CharField(max_length=30)
    state = models.CharField(max_length=12)
    origin = models.CharField(max_length=70)
    period = models.CharField(max_length=20)
    granted_at = models.DateTimeField()
    claim_by = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    use_by = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    uses = models.IntegerField()
    uses_left = models.IntegerField(null=True)
    units = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    code = models.CharField(max_length=12)
    remind_at = models.DateTimeField(null=True)
    renews_at = models.DateTimeField(null=True)
    source_event = models.UUIDField(null=True)
    claim_event = models.UUIDField(null=True)
    use_event = models.UUIDField(null=True)
    stock_day = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], name="entitlement_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["benefit", "state"], name="entitlement_benefit"),
        )


class Code(models.Model):
    """Where a code that members show leads. Unique as a whole, like the identities; never reused."""

    code = models.CharField(max_length=12, primary_key=True)
    member_id = models.UUIDField()
    entitlement_id = models.UUIDField()
    bucket = BucketField()
