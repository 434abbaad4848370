"""The published programme. A version never changes; the highest number is in force."""

from django.db import models


class Version(models.Model):
    """One immutable version: the YAML as it was published is the whole truth about it."""

    number = models.IntegerField(primary_key=True)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, default="")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)


class Draft(models.Model):
    """A programme that somebody is writing. `revision` counts the savings: whoever saves names the one they began
    from. `based_on`: the version that it began as, None where it began from elsewhere."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    source = models.TextField()
    based_on = models.IntegerField(null=True)
    revision = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)


class Publication(models.Model):
    """A text that somebody asked to have published, until it is or is not. `publish_at` None: at once.

    `person` answers for it and can't be the second one. `follows`: the version that was in force when it was asked.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SCHEDULED = "scheduled"
        PUBLISHED = "published"
        FAILED = "failed"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=20, choices=State.choices)
    source = models.TextField()
    note = models.CharField(max_length=300, blank=True, default="")
    follows = models.IntegerField()
    draft_id = models.UUIDField(null=True)
    accepted = models.JSONField(default=list)
    publish_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True, default="")
    version = models.IntegerField(null=True)
    faults = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["publish_at"], name="publication_due", condition=models.Q(state="scheduled")
            ),
            models.Index(fields=["state", "-asked_at"], name="publication_state"),
        )
