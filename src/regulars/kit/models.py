"""What every table that grows with members or events has in common."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _SmallInteger = models.SmallIntegerField[int, int]
    _Json = models.JSONField[Any, Any]
else:
    _SmallInteger = models.SmallIntegerField
    _Json = models.JSONField


class AppendOnly(models.Model):
    """A table of history: rows are added, never changed, never removed.

    The database holds to it, whatever the program does: the role that serves may only read such a table and add to
    it (`processes.roles`). A migration, which runs as the owner, still can change it.
    """

    class Meta:
        abstract = True


class BucketField(_SmallInteger):
    """The member's bucket, 0–63: the low 6 bits of the member's id. Part of every key of a growing table."""


class WrittenJsonField(_Json):
    """JSON that is written once and seldom read: kept as it was written, at half the cost of `jsonb`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002
        """PostgreSQL's type that keeps the text."""
        return "json"

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """As it is: the driver has parsed it."""
        return value
