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
