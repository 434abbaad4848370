"""Members and the many names under which the brand's channels know them."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Func, Value
from django.db.models.functions import Lower

from regulars.kit.models import BucketField


class NextNumber(Func):
    """The next number of the identity column `number`."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*(parts or (Value("members_member_number_seq"),)), **more)


class Member(models.Model):
    """One person, whatever the channel. `id` is a UUIDv7 whose low 6 bits are `bucket`.

    `status`: active, or merged; then `merged_into` is the member whom this record belongs to now. `number` is the
    record's own, given by the database and never again: the warehouse counts members by it (decision 0044).
    """

    pk = models.CompositePrimaryKey("id", "bucket")
    id = models.UUIDField()
    bucket = BucketField()
    name = models.CharField(max_length=200, blank=True, default="")
    gender = models.CharField(max_length=20, blank=True, default="")
    birthday = models.DateField(null=True)
    language = models.CharField(max_length=10, blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    status = models.CharField(max_length=10, default="active")
    attributes = models.JSONField(default=dict)
    tags = ArrayField(models.CharField(max_length=60), default=list)
    joined_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    merged_into = models.UUIDField(null=True)
    number = models.BigIntegerField(db_default=NextNumber())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["number", "bucket"], name="member_number"),)
        indexes = (
            models.Index(fields=["joined_at"], name="member_joined"),
            models.Index(Lower("name"), name="member_name"),
            models.Index(
                fields=["merged_into"],
                name="member_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        )


class Identity(models.Model):
    """A name under which a member is known on some channel. Unique over all members."""

    pk = models.CompositePrimaryKey("kind", "value")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=254)
    member_id = models.UUIDField()
    bucket = BucketField()
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["member_id"], name="identity_member"),)


class Merge(models.Model):
    """Two records of one person made one: `gone` into `kept`. `id` is that of the event.

    `family`: `gone` and all who had been merged into it by then. `memory` is what taking it apart again needs of
    how things stood before, by room.
    """

    pk = models.CompositePrimaryKey("kept", "id", "bucket")
    kept = models.UUIDField()
    id = models.UUIDField()
    bucket = BucketField()
    gone = models.UUIDField()
    family = ArrayField(models.UUIDField())
    reason = models.CharField(max_length=500, blank=True, default="")
    merged_by = models.CharField(max_length=200, blank=True, default="")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True, default="")
    memory = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["gone", "bucket"], name="merge_standing", condition=models.Q(undone_at__isnull=True)
            ),
        )
        indexes = (models.Index(fields=["gone"], name="merge_gone"),)


class Score(models.Model):
    """What a member was given under one name by the latest run: a number, a word, or both. `as_of`: the run that
    changed it last."""

    pk = models.CompositePrimaryKey("member_id", "name", "bucket")
    member_id = models.UUIDField()
    name = models.CharField(max_length=40)
    bucket = BucketField()
    value = models.FloatField(null=True)
    label = models.CharField(max_length=200, blank=True, default="")
    as_of = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["name", "label", "bucket"], name="score_label"),)


class Recommendation(models.Model):
    """One product to offer a member, the best at rank 1, what it usually cost of late, and which way it was found."""

    pk = models.CompositePrimaryKey("member_id", "rank", "bucket")
    member_id = models.UUIDField()
    rank = models.SmallIntegerField()
    bucket = BucketField()
    sku = models.CharField(max_length=100)
    name = models.CharField(max_length=500, blank=True, default="")
    price_minor = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)
