"""What members like: category, brand, store, channel, time of day, and whether they wait for lower prices.

As Ibis expressions over the last year (365 days) of orders that count. A favourite is what most was spent on (category,
brand) or where most orders were made (store, channel, hours); of equals the first by name. `share` says how much of it
all that is, so that a favourite that is hardly one can be told from a strong one.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.insight.scoring.purchases import kept_orders
from regulars.warehouse.contracts import Tables

DISCOUNT = 0.95
"""A line counts as bought on discount where its unit price is at most this share of the product's usual one."""
LEAST_PRICES = 5
"""So many lines of a product before it has a usual price, and of a member before anything is said."""
SENSITIVE = (0.15, 0.3)
"""From these shares on discount a member is of middle and of high price sensitivity."""
YEAR_DAYS = 365

_HOURS = ((6, "night"), (11, "morning"), (14, "noon"), (18, "afternoon"))


def favourites(tables: Tables, until: date) -> dict[str, ir.Table]:
    """By score: `member`, `label`, `share`."""
    since = until - timedelta(days=YEAR_DAYS - 1)
    orders = kept_orders(tables, until, since)
    lines = kept_lines(tables, orders, since, until)
    hours = ibis.cases(*((orders.hour < end, name) for end, name in _HOURS), else_="evening")
    one = ibis.literal(1)
    return {
        "favourite_category": _first(lines, lines.category, lines.total_minor),
        "favourite_brand": _first(lines, lines.brand, lines.total_minor),
        "favourite_store": _first(orders, orders.store, one),
        "favourite_channel": _first(orders, orders.channel, one),
        "favourite_hours": _first(orders, hours, one),
    }


def kept_lines(tables: Tables, orders: ir.Table, since: date, until: date) -> ir.Table:
    """The lines of `orders` (as `kept_orders` gives them) between two days, those for nothing left out."""
    lines = tables.lines
    lines = lines.filter((lines.day >= since) & (lines.day <= until) & (lines.total_minor > 0))
    return lines.semi_join(orders, "order")


def _first(rows: ir.Table, what: ir.Value, weight: ir.Value) -> ir.Table:
    told = rows.select("member", label=what, weight=weight)
    told = told.filter(told.label.notnull() & (told.label != ""))
    sums = told.group_by("member", "label").aggregate(weight=told.weight.sum())
    own = ibis.window(group_by="member")
    ranked = sums.mutate(
        share=sums.weight / sums.weight.sum().over(own),
        place=ibis.row_number().over(
            ibis.window(group_by="member", order_by=[sums.weight.desc(), sums.label])
        ),
    )
    return ranked.filter(ranked.place == 0).select("member", "label", "share")


def discounts(tables: Tables, until: date) -> ir.Table:
    """`member` and `share`: how much of what they spent went to products below their usual price.

    Orders tell no discounts, so they are seen by the prices themselves: the usual price of a product is the middle one
    (median) of all lines of it within the year, a lower one by a twentieth is a discount. Products and members with
    fewer than `LEAST_PRICES` lines say nothing.
    """
    since = until - timedelta(days=YEAR_DAYS - 1)
    lines = kept_lines(tables, kept_orders(tables, until, since), since, until)
    lines = lines.filter(lines.quantity > 0)
    lines = lines.mutate(price=lines.total_minor / lines.quantity)
    usual = lines.group_by("sku").aggregate(usual=lines.price.median(), seen=lines.count())
    usual = usual.filter(usual.seen >= LEAST_PRICES)
    judged = lines.inner_join(usual, "sku")
    low = judged.price <= judged.usual * DISCOUNT
    shares = judged.group_by("member").aggregate(
        share=ibis.ifelse(low, judged.total_minor, 0).sum() / judged.total_minor.sum(), judged=judged.count()
    )
    return shares.filter(shares.judged >= LEAST_PRICES).select("member", "share")
