"""Changes to many members that somebody asked for, and the portions in which they are done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Job(models.Model):
    """A change. `once` is the caller's name for it: the same name again is the same change, `asked` a digest of what
    another system asked under that name. `source`: where the members' events come from. `back`: where whoever
    asked came from. `members` were meant, `moving` of them are in the portions."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    once = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    deed = models.JSONField()
    reason = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=60, default="console", db_default="console")
    asked = models.CharField(max_length=64, blank=True, default="", db_default="")
    back = models.CharField(max_length=2000, blank=True, default="")
    undoes = models.UUIDField(null=True, unique=True)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    members = models.BigIntegerField(default=0)
    moving = models.BigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["-asked_at"], name="bulk_latest"),
            models.Index(fields=["asked_at"], name="bulk_open", condition=models.Q(state="running")),
        )


class Portion(models.Model):
    """Some members of a job. Whoever has `claimed_until` sees to them. `changes`: what became of them, in groups of
    those with whom the same happened. `undoes`: the portion whose changes this one takes back."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="portions")
    members = ArrayField(models.UUIDField())
    size = models.IntegerField()
    undoes = models.BigIntegerField(null=True)
    begun = models.BooleanField(default=False)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    changed = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    changes = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["job", "id"], name="bulk_to_do", condition=models.Q(done_at__isnull=True)),
        )
