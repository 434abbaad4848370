"""Which operator gets which report by mail."""

from django.db import models


class Subscription(models.Model):
    """A report that an operator gets again and again. `question` is what it asks, as an address without days;
    `due_at` the moment for which the next mail is, which decides its period. While one is being written nobody else
    takes it (`claimed_until`)."""

    operator_id = models.IntegerField()
    report = models.CharField(max_length=60)
    question = models.CharField(max_length=1000, blank=True, default="")
    rhythm = models.CharField(max_length=10)
    hour = models.SmallIntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "insight_subscription"
        constraints = (
            models.UniqueConstraint(
                fields=["operator_id", "report", "rhythm", "question"], name="insight_subscription_once"
            ),
        )
        indexes = (models.Index(fields=["due_at"], name="insight_subscription_due"),)
