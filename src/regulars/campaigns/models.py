"""How much of a rule has been used: by each member, and in all."""

from django.db import models

from regulars.kit.models import BucketField


class RuleUse(models.Model):
    """How often one member had one rule's reward in one period, and how many units."""

    pk = models.CompositePrimaryKey("member_id", "rule", "period", "bucket")
    member_id = models.UUIDField()
    rule = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    bucket = BucketField()
    times = models.IntegerField()
    units = models.BigIntegerField()


class BudgetUse(models.Model):
    """What one rule has given out in one period, over all members. Locked by every batch that draws on it.

    `used_up_at`: since when it has had nothing left, or too little for what it was asked for; None: it has some, or
    has some again. `used_up_of`: how large it was then.
    """

    pk = models.CompositePrimaryKey("rule", "period")
    rule = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    units = models.BigIntegerField()
    used_up_at = models.DateTimeField(null=True)
    used_up_of = models.BigIntegerField(null=True)


class RuleFault(models.Model):
    """A rule of one version that fails: how often in a row, and why the last time. Parked, it is not asked."""

    rule = models.CharField(max_length=60, primary_key=True)
    version = models.IntegerField()
    failures = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    error = models.TextField()
    event_id = models.UUIDField()
    member_id = models.UUIDField()
    parked_at = models.DateTimeField(null=True)


class Timetable(models.Model):
    """How far the moments of a scheduled rule have been made into runs."""

    rule = models.CharField(max_length=60, primary_key=True)
    planned_to = models.DateTimeField()


class Run(models.Model):
    """A scheduled rule at one moment. `after` is the last member who was reached; `missed`: it came too late to be made
    up for. Whoever has `claimed_until` works on it."""

    pk = models.CompositePrimaryKey("rule", "due_at")
    rule = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    version = models.IntegerField()
    after = models.UUIDField(null=True)
    members = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="")

    class Meta:
        indexes = (models.Index(fields=["due_at"], name="run_open", condition=models.Q(done_at=None)),)
