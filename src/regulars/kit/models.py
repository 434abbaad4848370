"""What every table that grows with members or events has in common."""

from django.db import models


class BucketField(models.SmallIntegerField):
    """The member's bucket, 0–63: the low 6 bits of the member's id. Part of every key of a growing table."""
