"""RFM: how lately (R), how often (F) and for how much (M) members bought within a window, in scores from 1 to 5.

By rank, a score says in which fifth of the members who bought in the window somebody stands. Members who are alike get
the same score: the better one for R (who bought on the latest day has a 5, however many did), the lower one for F and M
(one order is no frequency, even where everybody has just one). Hughes, *Strategic Database Marketing* (1994).
"""

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.insight.scoring.purchases import kept_orders, number, number_of
from regulars.programme.contracts import RfmTerms
from regulars.warehouse.contracts import Tables

STEPS = 5

GROUPS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "champions": ((5,), (4, 5)),
    "loyal": ((3, 4), (4, 5)),
    "potential": ((4, 5), (2, 3)),
    "new": ((5,), (1,)),
    "promising": ((4,), (1,)),
    "attention": ((3,), (3,)),
    "about_to_sleep": ((3,), (1, 2)),
    "cant_lose": ((1, 2), (5,)),
    "at_risk": ((1, 2), (3, 4)),
    "hibernating": ((1, 2), (1, 2)),
}
"""Group → the R scores, and the FM scores (the mean of F and M, halves up), that make it. Every pair is in one."""


def group_of(recency: int, both: int) -> str:
    """The group of an R score and an FM score."""
    return next(name for name, (r, fm) in GROUPS.items() if recency in r and both in fm)


def window_start(terms: RfmTerms, until: date) -> date:
    """The first day of the window that ends with `until`."""
    return until - timedelta(days=terms.window_days - 1)


def scored(tables: Tables, terms: RfmTerms, until: date) -> ir.Table:
    """One row for each member with an order in the window: `recency_days`, `orders`, `spend_minor`; the scores
    `recency`, `frequency`, `monetary`; `both` (FM) and the `group`."""
    orders = kept_orders(tables, until, window_start(terms, until))
    seen = orders.group_by("member").aggregate(
        last=number(orders.day.max()),
        orders=orders.count(),
        spend_minor=orders.paid_minor.sum().cast("int64"),
    )
    seen = seen.mutate(recency_days=number_of(until) - seen["last"])
    seen = _by_rank(seen) if terms.bounds is None else _by_bounds(seen, terms)
    seen = seen.mutate(both=((seen.frequency + seen.monetary + 1) / 2).floor().cast("int64"))
    return seen.mutate(group=_group(seen)).drop("last")


def _by_rank(seen: ir.Table) -> ir.Table:
    """Whole numbers only: how many members are ahead, or behind, times five, by how many there are."""
    everybody = ibis.window()
    all_of_them = seen.count().over(everybody)
    later = ibis.rank().over(order_by=seen.recency_days)
    fewer = ibis.rank().over(order_by=seen.orders)
    less = ibis.rank().over(order_by=seen.spend_minor)
    return seen.mutate(
        recency=(STEPS - (later * STEPS // all_of_them)).cast("int64"),
        frequency=(1 + (fewer * STEPS // all_of_them)).cast("int64"),
        monetary=(1 + (less * STEPS // all_of_them)).cast("int64"),
    )


def _by_bounds(seen: ir.Table, terms: RfmTerms) -> ir.Table:
    assert terms.bounds is not None
    return seen.mutate(
        recency=1 + _count([seen.recency_days <= bound for bound in terms.bounds.recency_days]),
        frequency=1 + _count([seen.orders >= bound for bound in terms.bounds.orders]),
        monetary=1 + _count([seen.spend_minor >= bound for bound in terms.bounds.spend_minor]),
    )


def _count(reached: Sequence[ir.BooleanValue]) -> ir.IntegerValue:
    found = reached[0].cast("int64")
    for one in reached[1:]:
        found = found + one.cast("int64")
    return found


def _group(seen: ir.Table) -> ir.Value:
    branches = [
        (seen.recency.isin(r) & seen.both.isin(fm), ibis.literal(name)) for name, (r, fm) in GROUPS.items()
    ]
    return ibis.cases(*branches)
