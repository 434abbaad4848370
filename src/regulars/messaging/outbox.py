"""The statements by which workers claim messages and deliveries. Each is conditional: the caller looks at the
count.

A lease is the moment in `due_at` until which a delivery belongs to the worker that wrote it; whoever claims
the row after it has passed writes a later moment, so the lease also says whose row it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from pydantic_core import to_json

from regulars.kit.rows import cursor, unnest
from regulars.kit.sqlread import from_json

_CLAIM_MESSAGES = """
SELECT member_id, id, bucket, template, version, category, context, inbox, skipped
FROM messaging_message
WHERE due_at <= %s AND bucket = ANY(%s)
ORDER BY due_at
LIMIT %s
FOR UPDATE SKIP LOCKED
"""

_SETTLE_MESSAGES = """
UPDATE messaging_message AS message
SET due_at = NULL, inbox = message.inbox OR done.inbox,
  skipped = coalesce(message.skipped || done.skipped::jsonb, message.skipped, done.skipped::jsonb)
FROM {rows} AS done (member_id, id, bucket, inbox, skipped)
WHERE message.member_id = done.member_id AND message.id = done.id AND message.bucket = done.bucket
"""

_DELIVERY = {
    "member_id": "uuid",
    "message_id": "uuid",
    "channel": "text",
    "bucket": "smallint",
    "address": "text",
    "subject": "text",
    "body": "text",
    "status": "text",
    "detail": "text",
    "due_at": "timestamptz",
    "done_at": "timestamptz",
}

_INSERT_DELIVERIES = f"""
INSERT INTO messaging_delivery ({", ".join(_DELIVERY)}, attempts, uncertain)
SELECT {", ".join(_DELIVERY)}, 0, false FROM {{rows}} AS new ({", ".join(_DELIVERY)})
ON CONFLICT DO NOTHING
"""

_LEASE = """
WITH claimed AS MATERIALIZED (
  SELECT member_id, message_id, channel, bucket
  FROM messaging_delivery
  WHERE due_at <= %s AND channel = %s AND bucket = ANY(%s)
  ORDER BY due_at
  LIMIT %s
  FOR UPDATE SKIP LOCKED
)
UPDATE messaging_delivery AS delivery SET due_at = %s
FROM claimed, messaging_message AS message
WHERE delivery.member_id = claimed.member_id AND delivery.message_id = claimed.message_id
  AND delivery.channel = claimed.channel AND delivery.bucket = claimed.bucket
  AND message.member_id = claimed.member_id AND message.id = claimed.message_id
  AND message.bucket = claimed.bucket
RETURNING delivery.member_id, delivery.message_id, delivery.channel, delivery.bucket, delivery.address,
  delivery.subject, delivery.body, message.category, message.version, delivery.due_at
"""

_OWN = "WHERE member_id = %s AND message_id = %s AND channel = %s AND bucket = %s AND due_at = %s"

_START = f"""
UPDATE messaging_delivery
SET uncertain = uncertain OR status = 'sending', status = 'sending', attempts = attempts + 1
{_OWN} AND status IN ('queued', 'sending')
RETURNING attempts
"""

_FINISH = f"""
UPDATE messaging_delivery
SET status = %s, detail = %s, uncertain = uncertain OR %s, due_at = %s, done_at = %s
{_OWN} AND status = %s
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come."""

    member_id: UUID
    id: UUID
    bucket: int
    template: str
    version: int
    category: str
    context: dict[str, Any]
    inbox: bool
    skipped: dict[str, str]


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about a due message: it stands in the inbox; channels that it does not take → why."""

    message: Due
    inbox: bool
    skipped: dict[str, str]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A row to write: one message on one channel."""

    member_id: UUID
    message_id: UUID
    channel: str
    bucket: int
    address: str
    subject: str
    body: str
    status: str
    detail: str
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that is this worker's until `lease`."""

    member_id: UUID
    message_id: UUID
    channel: str
    bucket: int
    address: str
    subject: str
    body: str
    category: str
    version: int
    lease: datetime

    @property
    def key(self) -> tuple[Any, ...]:
        return self.member_id, self.message_id, self.channel, self.bucket, self.lease


def claim_messages(now: datetime, buckets: Sequence[int], limit: int) -> list[Due]:
    """Lock due messages that no other worker holds, until the end of the transaction."""
    with connection.cursor() as opened:
        opened.execute(_CLAIM_MESSAGES, (now, list(buckets), limit))
        return [
            Due(
                member,
                message,
                bucket,
                template,
                version,
                category,
                _object(context),
                inbox,
                _object(skipped),
            )
            for member, message, bucket, template, version, category, context, inbox, skipped in opened.fetchall()
        ]


def settle_messages(settled: Sequence[Settled]) -> None:
    """Take the timer off messages that have been turned into deliveries, and note what was decided."""
    with cursor() as opened:
        unnest(
            opened,
            _SETTLE_MESSAGES,
            ("uuid", "uuid", "smallint", "boolean", "text"),
            [_settlement(one) for one in settled],
        )


def insert_deliveries(rows: Sequence[NewDelivery]) -> None:
    """Write all deliveries with one statement; one that is there already stays as it is."""
    columns = attrgetter(*_DELIVERY)
    with cursor() as opened:
        unnest(opened, _INSERT_DELIVERIES, list(_DELIVERY.values()), [columns(row) for row in rows])


def lease(channel: str, now: datetime, until: datetime, buckets: Sequence[int], limit: int) -> list[Leased]:
    """Make due deliveries of one channel this worker's until `until`; committed on return outside a
    transaction."""
    with connection.cursor() as opened:
        opened.execute(_LEASE, (now, channel, list(buckets), limit, until))
        return [Leased(*row) for row in opened.fetchall()]


def start(delivery: Leased) -> int | None:
    """Note that the delivery is being handed over; which attempt this is, or None where the lease was lost.

    One that is found in `sending` was in somebody's hands when they died: it becomes uncertain.
    """
    with connection.cursor() as opened:
        opened.execute(_START, delivery.key)
        row = opened.fetchone()
        return int(row[0]) if row else None


def finish(
    delivery: Leased, status: str, detail: str, *, uncertain: bool = False, due_at: datetime | None = None,
    done_at: datetime | None = None, was: str = "sending",
) -> bool:  # fmt: skip
    """Note what became of a delivery; False where it is not this worker's any more."""
    with connection.cursor() as opened:
        opened.execute(_FINISH, (status, detail, uncertain, due_at, done_at, *delivery.key, was))
        return bool(opened.rowcount == 1)


def _settlement(one: Settled) -> tuple[Any, ...]:
    message = one.message
    skipped = to_json(one.skipped).decode() if one.skipped else None
    return message.member_id, message.id, message.bucket, one.inbox, skipped


def _object(stored: Any) -> dict[str, Any]:
    """A jsonb column that holds an object, or nothing."""
    value = from_json(stored)
    return value if isinstance(value, dict) else {}
