"""Simulations that somebody asked for, and the portions in which workers live through them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Simulation(models.Model):
    """A programme's text against a version in force, over a period of local days. `until` is what was known when it
    was asked for, `audiences` names the set of live audiences of then. The same text against the same version and
    audiences over the same days is lived through once: `name` holds that together; empty, once it was called off or is
    to be lived through anew. `error`: why it did not finish, in every language."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    name = models.CharField(max_length=64, blank=True, default="")
    title = models.CharField(max_length=200)
    source = models.TextField()
    version = models.IntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    until = models.DateTimeField()
    audiences = models.IntegerField(null=True)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name"], name="simulation_once", condition=~models.Q(name="")),
        )
        indexes = (
            models.Index(fields=["-asked_at"], name="simulation_latest"),
            models.Index(
                fields=["asked_at"],
                name="simulation_open",
                condition=models.Q(state__in=("waiting", "running")),
            ),
        )


class Portion(models.Model):
    """Some buckets of a simulation. Whoever has `claimed_until` lives through them; `attempts`: how often that was
    begun. `result`: what came of it, once it is done."""

    id = models.BigAutoField(primary_key=True)
    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="portions")
    buckets = ArrayField(models.SmallIntegerField())
    events = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
