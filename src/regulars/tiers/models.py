"""Where members stand on the programme's ladders, and how they got there."""

from django.db import models

from regulars.kit.models import BucketField


class Standing(models.Model):
    """A member's level on one ladder. `until` is the last day of the period; None where it has no end.

    `grace`, `held`, `held_until`, `exact`, `due` and `rewritten` are as in `language.snapshot.Standing`.
    """

    pk = models.CompositePrimaryKey("member_id", "ladder", "bucket")
    member_id = models.UUIDField()
    ladder = models.CharField(max_length=30)
    bucket = BucketField()
    level = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField(null=True)
    grace = models.DateField(null=True)
    held = models.CharField(max_length=30, default="", db_default="")
    held_until = models.DateField(null=True)
    exact = models.BooleanField(default=False, db_default=False)
    due = models.DateField(null=True)
    rewritten = models.IntegerField(default=0, db_default=0)

    class Meta:
        indexes = (
            models.Index(fields=["due"], name="standing_due", condition=models.Q(due__isnull=False)),
            models.Index(fields=["ladder", "level"], name="standing_level"),
        )


class Change(models.Model):
    """One step of a member on a ladder, or a period renewed. Append-only. `id` is the event's id plus an ordinal."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    ladder = models.CharField(max_length=30)
    before = models.CharField(max_length=30)
    after = models.CharField(max_length=30)
    reason = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)
    held = models.CharField(max_length=30, default="", db_default="")
    held_until = models.DateField(null=True)
    time = models.DateTimeField()


class Revision(models.Model):
    """How far the members have been moved whom a version puts elsewhere than the version `since`: through which
    bucket, and how many."""

    version = models.IntegerField(primary_key=True)
    since = models.IntegerField()
    bucket = models.SmallIntegerField(default=0)
    moved = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Pace(models.Model):
    """How fast all members go in what a ladder measures (`tiers.pace.Population`), as of a day. `measure` names what
    was added up: of a ladder that measures something else by now it is of no use."""

    ladder = models.CharField(max_length=30, primary_key=True)
    measure = models.TextField()
    day = models.DateField()
    members = models.IntegerField()
    shape = models.FloatField(null=True)
    per = models.FloatField(null=True)
    amount = models.FloatField(null=True)
    strength = models.FloatField(null=True)
    variation = models.FloatField(null=True)
