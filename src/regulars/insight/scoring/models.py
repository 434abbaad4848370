"""What the scoring runs found that is not about one member alone."""

from django.db import models


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
