"""What counts as a purchase, as Ibis expressions over the warehouse's tables.

An order counts unless all of it went back by the day asked about; what went back in part is taken off its amount. Days
are those of the programme's zone. `number` counts days from 1970-01-01, so that days can be subtracted in any dialect.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.warehouse.contracts import Tables

_EPOCH = date(1970, 1, 1)


def number_of(day: date) -> int:
    """A day as whole days from 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """The day again."""
    return _EPOCH + timedelta(days=number)


def number(day: ir.Value) -> ir.IntegerValue:
    """A column of days as whole days from 1970-01-01."""
    found: ir.IntegerValue = day.delta(ibis.literal(_EPOCH), unit="day").cast("int64")
    return found


def kept_orders(tables: Tables, until: date, since: date | None = None) -> ir.Table:
    """Orders that count, from `since` on: those paid through `until` and not wholly returned by then. `paid_minor` is
    what was not given back."""
    orders = tables.orders.filter(tables.orders.day <= until)
    if since is not None:
        orders = orders.filter(orders.day >= since)
    refunds = tables.refunds.filter(tables.refunds.day <= until)
    back = refunds.group_by("order").aggregate(back_minor=refunds.amount_minor.sum().cast("int64"))
    joined = orders.left_join(back, "order")
    gone = ibis.coalesce(joined.back_minor, 0)
    kept = joined.mutate(paid_minor=joined.total_minor - gone, gone=gone)
    return kept.filter((kept.gone <= 0) | (kept.paid_minor > 0)).drop("order_right", "back_minor", "gone")


def histories(orders: ir.Table, until: date, recent_days: int) -> ir.Table:
    """One row a member: `orders` and `spend_minor` in all and within the last 365 days (`_year`), the `first` and the
    `last` day as numbers, the first of the last `recent_days` (`recent`), and the last before those (`earlier`)."""
    year = until - timedelta(days=364)
    in_year = orders.day >= year
    lately = orders.day >= until - timedelta(days=recent_days)
    found = orders.group_by("member").aggregate(
        orders=orders.count(),
        spend_minor=orders.paid_minor.sum(),
        orders_year=in_year.sum(),
        spend_year_minor=ibis.ifelse(in_year, orders.paid_minor, 0).sum(),
        first=orders.day.min(),
        last=orders.day.max(),
        recent=orders.day.min(where=lately),
        earlier=orders.day.max(where=~lately),
    )
    return found.mutate(**{name: number(found[name]) for name in ("first", "last", "recent", "earlier")})


def rhythms(orders: ir.Table) -> ir.Table:
    """One row a member: the `days` with an order, and the two latest gaps between them, in days (None where there are
    not as many)."""
    gaps = _gaps(orders)
    return gaps.group_by("member").aggregate(
        days=gaps.count(),
        gap=gaps.gap.argmax(gaps.number),
        gap_before=gaps.gap_before.argmax(gaps.number),
    )


def _gaps(orders: ir.Table) -> ir.Table:
    """Days with an order, each with the days since the one before it, and that one's."""
    days = orders.select("member", number=number(orders.day)).distinct()
    life = ibis.window(group_by="member", order_by="number")
    days = days.mutate(gap=days.number - days.number.lag().over(life))
    return days.mutate(gap_before=days.gap.lag().over(life))
