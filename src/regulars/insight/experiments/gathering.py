"""From the warehouse to sums: who came in which group, and what they did in the days after. Ibis alone, so that any
backend answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.campaigns.experiments import HELD_OUT, TREATED
from regulars.insight.experiments.design import Design
from regulars.insight.experiments.sums import Sums
from regulars.warehouse.contracts import Tables

SALES, ORDERS, MARGIN, BOUGHT, ORDER_VALUE = "sales", "orders", "margin", "bought", "order_value"
"""What is compared: of each member, but for an order's value, which is a ratio of two sums."""

_OF_MEMBERS = (SALES, ORDERS, MARGIN, BOUGHT)


@dataclass(frozen=True, slots=True)
class Came:
    """How many came in a group on a local day."""

    day: date
    arm: str
    members: int


@dataclass(frozen=True, slots=True)
class Done:
    """What those did who came in a group on a day, and whose days are over: sums by measure, and what the rules gave
    them, in the currency's smallest unit."""

    day: date
    arm: str
    cost: float
    sums: dict[str, Sums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a reading is made of. `crossed`: members who came in more than one group, since their record was
    merged or shares were changed; the first counts."""

    came: tuple[Came, ...]
    done: tuple[Done, ...]
    crossed: int


def met(tables: Tables, design: Design, until: datetime) -> ir.Table:
    """Who came, once each: `member`, the moment `met` and local day `met_day` of the first time, `arm`, and in how many
    groups (`arms`)."""
    came = tables.exposures.filter(tables.exposures.experiment == design.id)
    came = came.filter(came["at"] < ibis.timestamp(min(design.ends_at or until, until)))
    return came.group_by("member").agg(
        met=came["at"].min(),
        met_day=came["day"].min(),
        arm=came["arm"].argmin(came["at"]),
        arms=came["arm"].nunique(),
    )


def met_of(tables: Tables, design: Design, until: datetime) -> ir.Table:
    """Who came, as `met`; of the control group everybody, from its beginning or from joining on, by what the hash of
    their id says."""
    control = design.control
    if control is None:
        return met(tables, design, until)
    ids = tables.members.select("member", "member_id").to_pyarrow().to_pydict()
    held = [
        number
        for number, member_id in zip(ids["member"], ids["member_id"], strict=True)
        if control.holds(UUID(member_id))
    ]
    outside = ibis.memtable(pa.table({"held": pa.array(held, type=pa.int64())}))
    members = tables.members.filter(tables.members.joined_at < ibis.timestamp(until))
    members = members.left_join(outside, members.member == outside.held)
    since = ibis.timestamp(control.since)
    late = members.joined_at > since
    return members.select(
        member=members.member,
        met=ibis.ifelse(late, members.joined_at, since),
        met_day=ibis.ifelse(late, members.joined_day, ibis.date(design.since_day)),
        arm=ibis.ifelse(members.held.notnull(), HELD_OUT, TREATED),
        arms=ibis.literal(1),
    ).filter(lambda each: each.met < ibis.timestamp(until))


def gather(tables: Tables, design: Design, firsts: ir.Table, until: datetime) -> Gathered:
    """The sums of those in `firsts` (as `met` gives them), as known at `until`."""
    counts = firsts.group_by(["met_day", "arm"]).agg(
        members=firsts.count(), crossed=(firsts.arms > 1).sum().fill_null(0)
    )
    came, crossed = [], 0
    for row in _rows(counts):
        came.append(Came(row["met_day"], row["arm"], row["members"]))
        crossed += int(row["crossed"])
    over = firsts.filter(firsts.met <= ibis.timestamp(until - design.span))
    done = [_done(row) for row in _rows(_summed(_outcomes(tables, design, over)))]
    return Gathered(
        tuple(sorted(came, key=lambda each: (each.day, each.arm))),
        tuple(sorted(done, key=lambda each: (each.day, each.arm))),
        crossed,
    )


def _rows(table: ir.Table) -> Iterator[dict[str, Any]]:
    yield from table.to_pyarrow().to_pylist()


def _outcomes(tables: Tables, design: Design, over: ir.Table) -> ir.Table:
    """One row a member: what they did in the days after and in as many before."""
    bought = _around(tables.orders, over, design.span)
    after = bought["at"] > bought.met
    orders = bought.group_by("member").agg(
        orders=after.sum().cast("float64"),
        orders_before=(~after).sum().cast("float64"),
        paid=bought.total_minor.sum(where=after).cast("float64"),
        paid_before=bought.total_minor.sum(where=~after).cast("float64"),
    )
    returned = _around(tables.refunds, over, design.span)
    later = returned["at"] > returned.met
    refunds = returned.group_by("member").agg(
        back=returned.amount_minor.sum(where=later).cast("float64"),
        back_before=returned.amount_minor.sum(where=~later).cast("float64"),
    )
    whole = over.left_join(orders, "member").drop("member_right")
    whole = whole.left_join(refunds, "member").drop("member_right")
    costs = _costs(tables, design, over)
    if costs is None:
        whole = whole.mutate(cost=ibis.literal(0.0))
    else:
        whole = whole.left_join(costs, "member").drop("member_right")
    names = ("orders", "orders_before", "paid", "paid_before", "back", "back_before", "cost")
    whole = whole.mutate(**{name: whole[name].fill_null(0.0) for name in names})
    kept = design.margin if design.margin is not None else 0.0
    whole = whole.mutate(
        sales=whole.paid - whole.back,
        sales_before=whole.paid_before - whole.back_before,
        bought=(whole.orders > 0).cast("float64"),
        bought_before=(whole.orders_before > 0).cast("float64"),
    )
    return whole.mutate(
        margin=whole.sales * kept - whole.cost,
        margin_before=whole.sales_before * kept,
        order_value=whole.paid,
        order_value_before=whole.orders,
    )


def _around(table: ir.Table, over: ir.Table, span: timedelta) -> ir.Table:
    """The rows of these members in the days after they came and in as many before; not what they came with."""
    days = ibis.interval(days=span.days)
    joined = table.inner_join(over.select("member", "met"), "member")
    at = joined["at"]
    return joined.filter(at < joined.met + days, at >= joined.met - days, at != joined.met)


def _costs(tables: Tables, design: Design, over: ir.Table) -> ir.Table | None:
    """What the rules gave each member in the days after, in money; None: nothing that is known to cost."""
    rules = [rule.id for rule in design.rules]
    if not rules or not (design.units or design.grants):
        return None
    given = tables.awards.filter(tables.awards.rule.isin(rules))
    given = given.inner_join(over.select("member", "met"), "member")
    given = given.filter(given["at"] >= given.met, given["at"] < given.met + ibis.interval(days=design.days))
    cost = ibis.literal(0.0)
    for asset, unit in design.units.items():
        credited = (given.kind == "credit") & (given.asset == asset)
        cost = cost + ibis.ifelse(credited, given.units.cast("float64") * unit, 0.0)
    for rule, each in design.grants.items():
        cost = cost + ibis.ifelse((given.kind == "benefit") & (given.rule == rule), each, 0.0)
    given = given.mutate(cost=cost)
    return given.group_by("member").agg(cost=given.cost.sum())


def _summed(outcomes: ir.Table) -> ir.Table:
    """By group and day: counts, sums, squares and products of every measure."""
    sums: dict[str, Any] = {"members": outcomes.count(), "cost": outcomes.cost.sum()}
    for name in (*_OF_MEMBERS, ORDER_VALUE):
        y, x = outcomes[name], outcomes[f"{name}_before"]
        sums |= {
            f"{name}_y": y.sum(), f"{name}_yy": (y * y).sum(), f"{name}_x": x.sum(), f"{name}_xx": (x * x).sum(),
            f"{name}_xy": (x * y).sum(),
        }  # fmt: skip
    return outcomes.group_by(["met_day", "arm"]).agg(**sums)


def _done(row: dict[str, Any]) -> Done:
    sums = {
        name: Sums(row["members"], *(row[f"{name}_{part}"] for part in ("y", "yy", "x", "xx", "xy")))
        for name in (*_OF_MEMBERS, ORDER_VALUE)
    }
    return Done(row["met_day"], row["arm"], row["cost"], sums)


def sums_of(done: Sequence[Done], arm: str, measure: str) -> Sums:
    """One measure of one group, over all days."""
    found = Sums()
    for each in done:
        if each.arm == arm:
            found = found + each.sums[measure]
    return found
