"""Imports: the file, how it is to be read, its rows with what is wrong with them, and how far it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Import(models.Model):
    """A file that somebody wants to have imported.

    `digest` is of the file as it was sent; `name` is of that and of all that was said of it, and names its events.
    `rows`: how many it has; `looked`: how many were checked; `done`: the number of the last row that was imported.
    `checked` and `counts`: what was found, and what was done. `error`: why it ended before its end, in every language.
    """

    class State(models.TextChoices):
        CHOOSING = "choosing"
        CHECKING = "checking"
        CHECKED = "checked"
        IMPORTING = "importing"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHOOSING)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=40, blank=True, default="")
    encoding = models.CharField(max_length=20)
    separator = models.CharField(max_length=1)
    has_header = models.BooleanField()
    headings = ArrayField(models.CharField(max_length=80))
    samples = models.JSONField(default=list)
    mapping = ArrayField(models.CharField(max_length=60))
    audience = models.CharField(max_length=60, blank=True, default="")
    tag = models.CharField(max_length=60, blank=True, default="")
    only_known = models.BooleanField(default=False)
    rows = models.IntegerField()
    looked = models.IntegerField(default=0)
    wanted = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    handled = models.IntegerField(default=0)
    checked = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.JSONField(default=dict)
    cleared = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["-made_at"], name="import_latest"),
            models.Index(fields=["name"], name="import_name"),
            models.Index(
                fields=["made_at"],
                name="import_open",
                condition=models.Q(state__in=("checking", "importing")),
            ),
        )


class Content(models.Model):
    """The file as text, compressed; gone when the import is cleared."""

    one = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="content")
    packed = models.BinaryField()


class Row(models.Model):
    """A row of the file as it was when it was checked. `faults`: what is wrong with it, which keeps it out."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines")
    number = models.IntegerField()
    cells = ArrayField(models.TextField())
    faults = models.JSONField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["one", "number"], name="import_row"),)
        indexes = (
            models.Index(
                fields=["one", "number"], name="import_faulty", condition=models.Q(faults__isnull=False)
            ),
        )
