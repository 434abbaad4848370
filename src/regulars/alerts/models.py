"""What the house must know, and when what was last checked."""

from django.db import models


class Alert(models.Model):
    """Something that is not as it should be: there from `first_seen` until `resolved_at`, seen `count` times.

    `code` says what kind of thing, `subject` which one of the kind; there is one row that is not resolved for each.
    `member_id`: whom it is about, where it is about one. An acknowledged alert is known to somebody: it calls no
    more, and is there until it is resolved.
    """

    class Severity(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"

    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True, default="")
    severity = models.CharField(max_length=20, choices=Severity.choices)
    params = models.JSONField(default=dict)
    member_id = models.UUIDField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.IntegerField(default=1)
    resolved_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["code", "subject"], condition=models.Q(resolved_at=None), name="alert_once"
            ),
        )
        indexes = (models.Index(fields=["-last_seen"], name="alert_latest"),)


class Check(models.Model):
    """The latest run of a check, by the check's name."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    seconds = models.FloatField()
    ok = models.BooleanField()
    figures = models.JSONField(default=dict)
    ok_at = models.DateTimeField(null=True)
    """When it was last in order."""
