"""Changes of value by hand that a limit watches: those done at once, and those that wait for a second person."""

from django.db import models


class ChangeRequest(models.Model):
    """One change that somebody asked for, named for ever by `(source, key)`.

    `state` done: it was within the limit; approved without `operation_id`: decided, but not carried out yet, which
    approving again does. `person` answers for it: the operator, or who made the key that asked. `measures`: asset →
    smallest units that it moves, either way, and that count towards the limit of the local `day`. `payload` holds
    the rest of what was asked.
    """

    class State(models.TextChoices):
        DONE = "done"
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    class Kind(models.TextChoices):
        ADJUST = "adjust"
        CREDIT = "credit"
        REVERSE = "reverse"
        CORRECT = "correct"
        END = "end"

    id = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=20, choices=State.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    member_id = models.UUIDField()
    measures = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    source = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    day = models.DateField()
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    operation_id = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "key"], name="change_request_name"),)
        indexes = (
            models.Index(fields=["state", "-asked_at", "-id"], name="change_request_state"),
            models.Index(fields=["member_id", "day", "person"], name="change_request_day"),
        )
