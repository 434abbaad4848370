"""Reading orders: a member's, and what all of them come to by week and month."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.merging import came_from
from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import read, row, rows
from regulars.language.calendar import start_of
from regulars.orders.contracts import OrderRow, Sales, SalesSum, TotalsRow

_ORDERS = "orders.member"
_COLUMNS = "id, source, order_id, total_minor, refunded_minor, currency, channel, store, lines, paid_at"


def any_order() -> bool:
    """Whether there is an order at all."""
    return row("SELECT 1 FROM orders_order LIMIT 1") is not None


def of_member(member_id: UUID, cursor: str | None = None, limit: int | None = None) -> paging.Page[OrderRow]:
    """A member's orders, latest first. One whose refund came before it is among them, unpaid."""
    size = paging.bounded(limit)
    before = paging.decode(_ORDERS, cursor, UUID)[0] if cursor else None
    found = read(
        OrderRow,
        f"SELECT {_COLUMNS} FROM orders_order WHERE member_id = %s AND bucket = %s"
        " AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), before, before, size + 1],
    )
    return paging.page(_ORDERS, found, size, lambda order: (order.id,))


def between(member_id: UUID, first_event: UUID, last_event: UUID) -> list[OrderRow]:
    """The orders that a member's events from `first_event` to `last_event` made known."""
    return read(
        OrderRow,
        f"SELECT {_COLUMNS} FROM orders_order WHERE member_id = %s AND bucket = %s AND id >= %s AND id < %s"
        " ORDER BY id",
        [member_id, bucket_of(member_id), first_event, UUID(int=last_event.int + CHILDREN)],
    )


def totals(member_id: UUID) -> TotalsRow:
    """What the member bought in all; zeros where nothing."""
    return totals_of([member_id]).get(member_id, TotalsRow())


def brought(member_id: UUID, family: Sequence[UUID]) -> TotalsRow:
    """What of the member's orders came with these records as they were merged."""
    found = row(
        "SELECT count(*), coalesce(sum(total_minor), 0), coalesce(sum(refunded_minor), 0), min(paid_at), max(paid_at)"
        " FROM orders_order WHERE member_id = %(who)s AND bucket = %(bucket)s AND paid_at IS NOT NULL"
        f" AND {came_from('orders_order.id')}",
        {
            "who": member_id,
            "bucket": bucket_of(member_id),
            "family": list(family),
            "buckets": sorted({bucket_of(one) for one in family}),
        },
    )
    return TotalsRow(*found) if found else TotalsRow()


def totals_of(member_ids: Sequence[UUID]) -> dict[UUID, TotalsRow]:
    """What these members bought in all, by member; those without orders are left out."""
    found = rows(
        "SELECT member_id, orders, spend_minor, refunded_minor, first_at, last_at FROM orders_membertotals"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s)",
        [list(member_ids), sorted({bucket_of(member) for member in member_ids})],
    )
    return {member: TotalsRow(*columns) for member, *columns in found}


def sales_by(days: Sequence[date], zone: ZoneInfo) -> list[Sales]:
    """Sales of the periods that begin on `days` (in order; each ends where the next begins, the last is open)
    in `zone`; periods without orders left out."""
    if not days:
        return []
    starts = [start_of(day, zone) for day in days]
    found = rows(
        "SELECT period, sum(n)::bigint, count(*), sum(sold)::bigint, sum(back)::bigint FROM"
        " (SELECT width_bucket(paid_at, %s::timestamptz[]) AS period, count(*) AS n, sum(total_minor) AS sold,"
        " sum(refunded_minor) AS back FROM orders_order WHERE paid_at >= %s GROUP BY 1, member_id) AS buyers"
        " GROUP BY 1 ORDER BY 1",
        [starts, starts[0]],
    )
    return [Sales(days[period - 1], *sums) for period, *sums in found]


def sales_in(windows: Sequence[tuple[datetime, datetime]]) -> list[SalesSum]:
    """For each window (first moment, the moment after its last): sales, refunds of those orders, buyers and
    repeat buyers. One pass over the orders, however many windows."""
    if not windows:
        return []
    inner, outer = [], []
    params: list[object] = []
    for n, (first, beyond) in enumerate(windows):
        inside = "FILTER (WHERE paid_at >= %s AND paid_at < %s)"
        inner.append(
            f"count(*) {inside} AS n{n}, sum(total_minor) {inside} AS s{n}, sum(refunded_minor) {inside} AS r{n}"
        )
        params += [first, beyond] * 3
        outer.append(
            f"coalesce(sum(n{n}), 0)::bigint, coalesce(sum(s{n}), 0)::bigint, coalesce(sum(r{n}), 0)::bigint,"
            f" count(*) FILTER (WHERE n{n} >= 1), count(*) FILTER (WHERE n{n} >= 2)"
        )
    found = row(
        f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM orders_order"
        " WHERE paid_at >= %s AND paid_at < %s GROUP BY member_id) AS buyers",
        [*params, min(first for first, _ in windows), max(beyond for _, beyond in windows)],
    )
    values = list(found or [0] * 5 * len(windows))
    return [SalesSum(*values[5 * n : 5 * n + 5]) for n in range(len(windows))]


def sales_in_all() -> SalesSum:
    """All paid orders ever, added up from the orders themselves."""
    found = row(
        "SELECT coalesce(sum(n), 0)::bigint, coalesce(sum(sold), 0)::bigint, coalesce(sum(back), 0)::bigint,"
        " count(*), count(*) FILTER (WHERE n >= 2) FROM (SELECT count(*) AS n, sum(total_minor) AS sold,"
        " sum(refunded_minor) AS back FROM orders_order WHERE paid_at IS NOT NULL GROUP BY member_id) AS buyers"
    )
    return SalesSum(*found) if found else SalesSum()


def buyers_since(*moments: datetime) -> list[int]:
    """For each moment, how many members have bought since."""
    counts = ", ".join("count(*) FILTER (WHERE last_at >= %s)" for _ in moments)
    found = row(f"SELECT {counts} FROM orders_membertotals", moments)
    return list(found) if found else [0 for _ in moments]
