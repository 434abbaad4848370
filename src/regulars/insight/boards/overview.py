"""Members and sales: who joined, who bought, for how much."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards import counting
from regulars.insight.boards.counting import (
    Row,
    count,
    during,
    each,
    grain,
    one,
    rate,
    read,
    starts,
    truncated,
)
from regulars.insight.defining import Metric, Unit
from regulars.insight.report import (
    Answer,
    Asked,
    Chart,
    Column,
    Draw,
    Figure,
    Ground,
    Report,
    Sentence,
    Table,
)
from regulars.language.problems import words
from regulars.warehouse.contracts import Tables

SHARES = (0.25, 0.5, 0.75, 0.9, 0.99)
_SHOWN = (
    metrics.SALES,
    metrics.ORDERS,
    metrics.BUYERS,
    metrics.JOINED,
    metrics.REFUNDED,
    metrics.ORDER_VALUE,
)


def buyers(tables: Tables, asked: Asked) -> ir.Table:
    """The buyers of the period, once each, with `orders` and `spent`."""
    orders = during(tables.orders, asked)
    return orders.group_by("member").agg(orders=orders.count(), spent=orders.total_minor.sum())


def joined(tables: Tables, asked: Asked) -> ir.Table:
    """Who joined in the period."""
    return during(tables.members, asked, "joined_day")


def members_at_end(tables: Tables, asked: Asked) -> int:
    """How many were members at the end."""
    return count(tables.members.filter(tables.members.joined_day <= ibis.date(asked.last)))


def build(ground: Ground) -> Answer:
    asked, tables = ground.asked, ground.tables
    bought = buyers(tables, asked)
    sums = one(bought.agg(buyers=bought.count(), orders=bought.orders.sum(), sales=bought.spent.sum()))
    refunded = one(during(tables.refunds, asked).agg(refunded=tables.refunds.amount_minor.sum()))["refunded"]
    people, new = members_at_end(tables, asked), count(joined(tables, asked))
    by = grain(asked)
    spread = counting.quantiles(bought, "spent", sums["buyers"], SHARES)
    return Answer(
        _sentence(people, sums),
        (
            Figure(metrics.SALES, sums["sales"]),
            Figure(metrics.ORDERS, sums["orders"]),
            Figure(metrics.BUYERS, sums["buyers"], drill="buyers"),
            Figure(metrics.ORDER_VALUE, each(sums["sales"], sums["orders"])),
            Figure(metrics.MEMBERS_END, people, drill="members"),
            Figure(metrics.JOINED, new, drill="joined"),
            Figure(metrics.ACTIVITY, rate(sums["buyers"], people)),
            Figure(metrics.REFUNDED, refunded),
        ),
        (_over_time(asked, tables, by), _spread(spread)),
        (
            Chart("sales", metrics.SALES.name, Draw.TIME, "time", "period", ("sales",)),
            Chart("buyers", metrics.BUYERS.name, Draw.TIME, "time", "period", ("buyers", "joined"),
                  ("buyers", "joined")),
        ),
        empty=not people and not sums["orders"],
    )  # fmt: skip


def _sentence(people: int, sums: Row) -> Sentence:
    if not people and not sums["orders"]:
        return Sentence(
            words(
                "还没有会员。商城、收银或小程序发来第一笔订单后，这里会有数字。",
                "還沒有會員。商城、收銀或小程式送來第一筆訂單後，這裡就會有數字。",
                "There are no members yet: figures come with the first order that a shop, a till or an app sends.",
            )
        )
    if not sums["orders"]:
        return Sentence(
            words(
                "{people} 位会员，本期没有订单。",
                "{people} 位會員，本期沒有訂單。",
                "{people} {people|member|members}, and no orders in this period.",
            ),
            {"people": (Unit.COUNT, people)},
        )
    return Sentence(
        words(
            "{buyers} 位会员下了 {orders} 笔订单，共 {sales}，客单价 {value}；期末有 {people} 位会员。",
            "{buyers} 位會員下了 {orders} 筆訂單，共 {sales}，客單價 {value}；期末有 {people} 位會員。",
            "{buyers} of {people} {people|member|members} placed {orders} {orders|order|orders} for {sales},"
            " {value} on average.",
        ),
        {
            "buyers": (Unit.COUNT, sums["buyers"]),
            "orders": (Unit.COUNT, sums["orders"]),
            "sales": (Unit.MONEY, sums["sales"]),
            "value": (Unit.MONEY, each(sums["sales"], sums["orders"])),
            "people": (Unit.COUNT, people),
        },
    )


def _over_time(asked: Asked, tables: Tables, by: Unit) -> Table:
    orders = during(tables.orders, asked)
    per = counting.by_member(orders, by)
    sums = per.group_by("period").agg(orders=per.orders.sum(), buyers=per.count(), sales=per.sales.sum())
    bought = {row["period"]: row for row in read(sums)}
    new = _by_period(joined(tables, asked), "joined_day", by)
    back = _by_period(during(tables.refunds, asked), "day", by, "amount_minor")
    nothing = {"orders": 0, "buyers": 0, "sales": 0}
    rows = []
    for day in starts(asked, by):
        found = bought.get(day, nothing)
        rows.append(
            (
                day, found["sales"], found["orders"], found["buyers"], new.get(day, 0), back.get(day, 0),
                each(found["sales"], found["orders"]),
            )
        )  # fmt: skip
    return Table(
        "time",
        words("按时间", "依時間", "Over time"),
        (counting.time_column(by), *(metric_column(metric) for metric in _SHOWN)),
        tuple(rows),
    )


def metric_column(metric: Metric, asset: str = "") -> Column:
    """The column of a metric, with its definition."""
    return Column(metric.id, metric.name, metric.unit, asset, metric.definition)


def _by_period(table: ir.Table, day: str, by: Unit, amount: str = "") -> dict[date, int]:
    """First day → how many rows, or what `amount` adds up to."""
    table = table.mutate(period=truncated(table[day], by))
    grouped = table.group_by("period").agg(value=table[amount].sum() if amount else table.count())
    return {row["period"]: row["value"] for row in read(grouped)}


def _spread(values: list[float]) -> Table:
    return Table(
        "spread",
        words("会员消费额分布", "會員消費額分布", "What buyers spent"),
        (
            Column("share", words("低于此额的会员", "低於此額的會員", "Buyers below"), Unit.RATE),
            metric_column(metrics.SPEND_QUANTILE),
        ),
        tuple((share, round(value)) for share, value in zip(SHARES, values, strict=False)),
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who bought, who joined, who is a member."""
    if key == "buyers":
        return buyers(ground.tables, ground.asked).select("member")
    found = joined(ground.tables, ground.asked) if key == "joined" else ground.tables.members
    return found.filter(found.joined_day <= ibis.date(ground.asked.last)).select("member")


OVERVIEW = Report(
    "overview",
    words("经营概览", "經營概覽", "Members and sales"),
    words(
        "本期有多少会员、多少人消费、卖了多少？",
        "本期有多少會員、多少人消費、賣了多少？",
        "How many members were there, how many bought, and for how much?",
    ),
    build,
    (
        metrics.SALES, metrics.ORDERS, metrics.BUYERS, metrics.ORDER_VALUE, metrics.MEMBERS_END, metrics.JOINED,
        metrics.ACTIVITY, metrics.REFUNDED, metrics.SPEND_QUANTILE,
    ),
    members=members,
)  # fmt: skip
