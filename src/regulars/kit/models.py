"""What every table that grows with members or events has in common."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    _SmallInteger = models.SmallIntegerField[int, int]
else:
    _SmallInteger = models.SmallIntegerField


class BucketField(_SmallInteger):
    """The member's bucket, 0–63: the low 6 bits of the member's id. Part of every key of a growing table."""
