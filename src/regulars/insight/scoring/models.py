"""What the scoring runs found that is not about one member alone."""

from django.db import models

from regulars.kit.models import BucketField


class Run(models.Model):
    """One run that scored everybody. `until`: the last day that it looked at; `changed`: how many scores are other
    than before; `fit`: what was fitted and how well it foretold, for the models' page."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    until = models.DateField()
    members = models.BigIntegerField()
    changed = models.BigIntegerField()
    fit = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["-ended_at"], name="scoring_run_latest"),)


class Recommendation(models.Model):
    """One product to offer a member, the best at rank 1, and which way it was found."""

    pk = models.CompositePrimaryKey("member_id", "rank", "bucket")
    member_id = models.UUIDField()
    rank = models.SmallIntegerField()
    bucket = BucketField()
    sku = models.CharField(max_length=100)
    name = models.CharField(max_length=500, blank=True, default="")
    reason = models.CharField(max_length=20)
