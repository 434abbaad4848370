"""The orders of two members made one, and apart again. In the caller's transaction, under the members' locks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.merging import came_from
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array
from regulars.language.calendar import local_day
from regulars.orders.contracts import RETURNED

MOVE = """
WITH moved AS (
    UPDATE orders_order AS known SET member_id = %(to)s, bucket = %(to_bucket)s
     WHERE known.member_id = %(of)s AND known.bucket = %(of_bucket)s AND {which}
    RETURNING known.source, known.order_id, known.id, known.refunded_minor, known.paid_at, known.total_minor),
refunds AS (
    UPDATE orders_refund AS refund SET member_id = %(to)s, bucket = %(to_bucket)s
      FROM moved
     WHERE refund.order_id = moved.order_id AND refund.source = moved.source AND refund.bucket = %(of_bucket)s)
SELECT id, refunded_minor, paid_at, total_minor FROM moved
"""
EVERY = MOVE.format(which="TRUE")
THEIRS = MOVE.format(which=came_from("known.id"))

ADD_UP = """
INSERT INTO orders_membertotals AS now (member_id, bucket, orders, spend_minor, refunded_minor, first_at, last_at)
SELECT %(who)s::uuid, %(bucket)s::smallint, count(*), coalesce(sum(total_minor), 0), coalesce(sum(refunded_minor), 0),
       min(paid_at), max(paid_at)
  FROM orders_order WHERE member_id = %(who)s AND bucket = %(bucket)s AND paid_by IS NOT NULL
ON CONFLICT (member_id, bucket) DO UPDATE
   SET orders = excluded.orders, spend_minor = excluded.spend_minor, refunded_minor = excluded.refunded_minor,
       first_at = excluded.first_at, last_at = excluded.last_at
"""


def join(cursor: Cursor, gone: UUID, kept: UUID) -> dict[str, int]:
    """All orders of the one are the other's; of each paid one (by the event that paid it) what had been refunded."""
    cursor.execute(EVERY, _ways(gone, kept))
    moved = {str(row[0]): row[1] for row in cursor.fetchall() if row[2] is not None}
    _add_up(cursor, gone, kept)
    return moved


def part(
    cursor: Cursor,
    gone: UUID,
    kept: UUID,
    family: Sequence[UUID],
    memory: Mapping[str, int],
    zone: ZoneInfo,
) -> list[tuple[str, date, int, int]]:
    """The orders that the family brought go back to it, with their refunds. What was refunded of them since `memory`,
    as cells of the tallies of orders, and of those that went back as a whole: it had been counted with the wrong
    member's."""
    buckets = sorted({bucket_of(one) for one in family})
    cursor.execute(THEIRS, {**_ways(kept, gone), "family": array(family), "buckets": array(buckets)})
    cells = []
    for event_id, refunded, paid_at, total in cursor.fetchall():
        before = memory.get(str(event_id))
        if paid_at is None or before is None:
            continue
        day = local_day(paid_at, zone)
        cells.append(("order.paid", day, 0, before - refunded))
        if before < refunded == total:
            cells.append((RETURNED, day, 1, 0))
    _add_up(cursor, gone, kept)
    return cells


def _ways(of: UUID, to: UUID) -> dict[str, Any]:
    return {"of": of, "of_bucket": bucket_of(of), "to": to, "to_bucket": bucket_of(to)}


def _add_up(cursor: Cursor, *member_ids: UUID) -> None:
    for member_id in member_ids:
        cursor.execute(ADD_UP, {"who": member_id, "bucket": bucket_of(member_id)})
