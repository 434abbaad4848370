"""Lifecycle and layers, as Ibis expressions: where every member stands on a day, by the programme's own definition.

Everybody who is a member by then is in exactly one stage and one layer. Days count from the last order to the day asked
about; the terms are `programme.contracts.LifecycleTerms` and `LayerTerms`.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.insight.scoring.purchases import histories, kept_orders, number_of
from regulars.programme.contracts import Insight, LayerTerms, LifecycleTerms
from regulars.warehouse.contracts import Tables


def placed(tables: Tables, terms: Insight, until: date) -> ir.Table:
    """One row for each member who had joined by `until`: the history of their orders (None without one), `stage` and
    `layer`."""
    orders = kept_orders(tables, until)
    known = histories(orders, until, terms.lifecycle.active_days)
    members = tables.members.filter(tables.members.joined_day <= until).select("member", "member_id")
    joined = members.left_join(known, "member").drop("member_right")
    joined = joined.mutate(
        since_last=number_of(until) - joined["last"], since_first=number_of(until) - joined["first"]
    )
    joined = joined.mutate(stage=_stage(joined, terms.lifecycle))
    return _layered(joined, terms.layers, terms.lifecycle.active_days)


def _stage(seen: ir.Table, terms: LifecycleTerms) -> ir.Value:
    """The first that holds, in this order. Somebody came back lately if the first order of the active days came
    after a sleep: within those days themselves, which are fewer than the sleeping ones, no gap is that long."""
    return ibis.cases(
        (seen["last"].isnull(), "prospect"),
        (seen.since_last > terms.lost_days, "lost"),
        (seen.since_last > terms.sleeping_days, "sleeping"),
        (seen.since_last > terms.active_days, "at_risk"),
        (seen.since_first <= terms.new_days, "new"),
        (seen.recent - seen.earlier > terms.sleeping_days, "won_back"),
        (seen.orders_year >= terms.loyal_orders, "loyal"),
        else_="active",
    )


def _layered(seen: ir.Table, terms: LayerTerms, active_days: int) -> ir.Table:
    """Of high value is who is active and spent enough within a year; by share, with everybody who spent as much as the
    last one of it."""
    active = ibis.coalesce(seen.since_last <= active_days, ibis.literal(value=False))
    seen = seen.mutate(is_active=active)
    spent = ibis.coalesce(seen.spend_year_minor, 0)
    if terms.high_value_minor is not None:
        high = spent >= terms.high_value_minor
    else:
        assert terms.high_value_percent is not None
        share = int(terms.high_value_percent * 10_000)
        ahead = ibis.rank().over(group_by="is_active", order_by=spent.desc())
        among = seen.count().over(ibis.window(group_by="is_active"))
        high = (ahead * 1_000_000 < among * share) & (spent > 0)
    return seen.mutate(
        layer=ibis.cases((seen.is_active & high, "high"), (seen.is_active, "active"), else_="basic")
    ).drop("is_active")
