"""Writing down orders and refunds. Whole lists at a time, in the caller's transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of, child_id
from regulars.kit.rows import Cursor, insert, unnest
from regulars.language.effects import OrderPaid, OrderRefunded

REFUND = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "source": "text",
    "order_id": "text",
    "refund_id": "text",
    "amount_minor": "bigint",
    "refunded_at": "timestamptz",
}

PUT_ORDERS = """
INSERT INTO orders_order AS known (member_id, id, bucket, source, order_id, total_minor, refunded_minor, currency,
                                   channel, store, lines, paid_at, paid_by)
SELECT * FROM {rows}
ON CONFLICT (order_id, source, bucket) DO UPDATE
   SET id = CASE WHEN excluded.paid_by IS NULL THEN known.id ELSE excluded.id END,
       total_minor = known.total_minor + excluded.total_minor,
       refunded_minor = CASE WHEN excluded.paid_by IS NULL THEN known.refunded_minor + excluded.refunded_minor
                             ELSE excluded.refunded_minor END,
       currency = excluded.currency,
       channel = CASE WHEN excluded.paid_by IS NULL THEN known.channel ELSE excluded.channel END,
       store = CASE WHEN excluded.paid_by IS NULL THEN known.store ELSE excluded.store END,
       lines = known.lines + excluded.lines,
       paid_at = coalesce(excluded.paid_at, known.paid_at), paid_by = coalesce(excluded.paid_by, known.paid_by)
"""

ADD_TOTALS = """
INSERT INTO orders_membertotals AS now (member_id, bucket, orders, spend_minor, refunded_minor, first_at, last_at)
SELECT * FROM {rows}
ON CONFLICT (member_id, bucket) DO UPDATE
   SET orders = now.orders + excluded.orders, spend_minor = now.spend_minor + excluded.spend_minor,
       refunded_minor = now.refunded_minor + excluded.refunded_minor,
       first_at = least(now.first_at, excluded.first_at), last_at = greatest(now.last_at, excluded.last_at)
"""

_ORDER = (
    "uuid",
    "uuid",
    "smallint",
    "text",
    "text",
    "bigint",
    "bigint",
    "text",
    "text",
    "text",
    "int",
    "timestamptz",
    "uuid",
)


def write(cursor: Cursor, deeds: Sequence[tuple[UUID, UUID, OrderPaid | OrderRefunded]]) -> None:
    """Note orders and refunds: (member, event, deed), in the order they were decided."""
    orders: dict[tuple[str, str, UUID], list[Any]] = {}
    totals: dict[UUID, list[Any]] = {}
    refunds = []
    for member_id, event_id, deed in deeds:
        bucket, name = bucket_of(member_id), (deed.source, deed.order_id, member_id)
        row = orders.get(name)
        if isinstance(deed, OrderPaid):
            orders[name] = [
                member_id,
                event_id,
                bucket,
                deed.source,
                deed.order_id,
                deed.total_minor,
                deed.waiting_minor,
                deed.currency,
                deed.channel,
                deed.store,
                deed.lines,
                deed.at,
                event_id,
            ]
            _add(totals, member_id, 1, deed.total_minor, deed.waiting_minor, deed.at)
            continue
        if row is None:
            orders[name] = [
                member_id,
                event_id,
                bucket,
                deed.source,
                deed.order_id,
                0,
                deed.amount_minor,
                deed.currency,
                "",
                "",
                0,
                None,
                None,
            ]
        else:
            row[6] += deed.amount_minor
        if deed.counts_on is not None:
            _add(totals, member_id, 0, 0, deed.amount_minor, None)
        refunds.append(
            (
                member_id,
                child_id(event_id, 0),
                bucket,
                deed.source,
                deed.order_id,
                deed.refund_id,
                deed.amount_minor,
                deed.at,
            )
        )
    unnest(cursor, PUT_ORDERS, _ORDER, list(orders.values()))
    unnest(
        cursor,
        ADD_TOTALS,
        ("uuid", "smallint", "int", "bigint", "bigint", "timestamptz", "timestamptz"),
        [(member, bucket_of(member), *cells) for member, cells in totals.items()],
    )
    insert(cursor, "orders_refund", REFUND, refunds)


def _add(
    totals: dict[UUID, list[Any]], member_id: UUID, orders: int, spend: int, refunded: int, at: Any
) -> None:
    cells = totals.setdefault(member_id, [0, 0, 0, None, None])
    cells[0] += orders
    cells[1] += spend
    cells[2] += refunded
    if at is not None:
        cells[3] = min(cells[3] or at, at)
        cells[4] = max(cells[4] or at, at)
