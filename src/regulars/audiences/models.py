"""Audiences: saved conditions and lists, and who is in them."""

from django.db import models

from regulars.kit.models import AppendOnly, BucketField


class Audience(models.Model):
    """A saved condition, or a list kept by hand. What it asks now stands here; how it came to that, in `Revision`.

    `followed` is the revision that the membership follows, `version` the programme's version under which it does;
    while either is not the one in force, `done` buckets of 64 have been gone through, in `phase`. `look_at`: when
    time next may change who is in.
    """

    id = models.CharField(max_length=40, primary_key=True)
    names = models.JSONField()
    note = models.CharField(max_length=500, blank=True, default="")
    kind = models.CharField(max_length=8)
    condition = models.JSONField(null=True)
    source = models.CharField(max_length=20)
    archived = models.BooleanField(default=False)
    revision = models.BigIntegerField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)
    followed = models.BigIntegerField(default=0)
    version = models.IntegerField(default=0)
    phase = models.CharField(max_length=8, default="waiting")
    done = models.SmallIntegerField(default=0)
    look_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    members = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)


class Revision(AppendOnly):
    """What an audience asked from then on. `number` grows with every change of any audience: the latest one names
    the whole set that is in force."""

    number = models.BigAutoField(primary_key=True)
    audience = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    names = models.JSONField()
    condition = models.JSONField(null=True)
    live = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=["audience", "-number"], name="audience_revision"),)


class Membership(models.Model):
    """One stay of a member in an audience, from `since` to `until` (None: still in). `by` is the event that brought
    it; none where the audience itself was changed."""

    pk = models.CompositePrimaryKey("member_id", "id", "bucket")
    member_id = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    audience = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["member_id", "bucket", "audience"],
                name="audience_now",
                condition=models.Q(until__isnull=True),
            ),
        )
        indexes = (
            models.Index(
                fields=["audience", "member_id"],
                name="audience_members",
                condition=models.Q(until__isnull=True),
            ),
            models.Index(
                fields=["audience", "until"],
                name="audience_left",
                condition=models.Q(until__isnull=False),
            ),
        )
