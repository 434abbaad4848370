"""Channels and stores: which of them members buy through."""

from collections.abc import Callable
from functools import partial

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, each, rate, read
from regulars.insight.boards.overview import metric_column
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.problems import words
from regulars.language.text import Text

ROWS_MOST = 500
DRAWN_MOST = 20
UNITS = {"channel": Unit.CHANNEL, "store": Unit.CODE}
UNNAMED = words("（未注明）", "（未註明）", "(not given)")


def build(column: str, name: Text, ground: Ground) -> Answer:
    rows = _rows(ground, column)
    sales = sum(row["sales"] for row in rows)
    orders = sum(row["orders"] for row in rows)
    shown = rows[:ROWS_MOST]
    table = Table(
        column,
        name,
        (
            Column(column, name, UNITS[column]),
            metric_column(metrics.SALES),
            Column(
                "share",
                words("占比", "占比", "Share"),
                Unit.RATE,
                definition=words(
                    "经它售出的会员销售额 ÷ 全部会员销售额。",
                    "經它售出的會員銷售額 ÷ 全部會員銷售額。",
                    "What members spent through it ÷ what they spent through all.",
                ),
            ),
            metric_column(metrics.ORDERS),
            metric_column(metrics.BUYERS),
            metric_column(metrics.NEW_BUYERS),
            metric_column(metrics.ORDER_VALUE),
            metric_column(metrics.REPURCHASE_IN),
            metric_column(metrics.REFUNDED),
        ),
        tuple(_line(row, column, sales) for row in shown),
        tuple(str(row[column]) for row in shown),
        _more(len(rows)),
    )
    return Answer(
        _sentence(rows, column, name, sales),
        (Figure(metrics.SALES, sales), Figure(metrics.ORDERS, orders)),
        (table, _drawn(table)),
        (Chart(f"{column}-sales", metrics.SALES.name, Draw.ACROSS, "drawn", column, ("sales",)),),
        empty=not rows,
    )


def _rows(ground: Ground, column: str) -> list[dict[str, int]]:
    """One row for each channel or store, the one that sells most first."""
    orders = ground.tables.orders
    orders = orders.mutate(**{column: orders[column].fill_null("")})
    bought = during(orders, ground.asked)
    per = bought.group_by([column, "member"]).agg(orders=bought.count(), sales=bought.total_minor.sum())
    everybody = ground.people.orders
    first = everybody.group_by("member").agg(first=everybody.day.min())
    new = first.filter(first.first >= ibis.date(ground.asked.first)).select(
        "member", new=ibis.literal(1, "int64")
    )
    per = per.left_join(new, "member")
    sums = per.group_by(column).agg(
        orders=per.orders.sum(),
        buyers=per.count(),
        again=(per.orders > 1).cast("int64").sum(),
        new_buyers=per.new.sum().fill_null(0),
        sales=per.sales.sum(),
    )
    back = during(ground.tables.refunds, ground.asked).inner_join(orders.select("order", column), "order")
    refunded = {
        row[column]: row["refunded"]
        for row in read(back.group_by(column).agg(refunded=back.amount_minor.sum()))
    }
    found = read(sums)
    for row in found:
        row["refunded"] = refunded.get(row[column], 0)
    return sorted(found, key=lambda row: (-row["sales"], str(row[column])))


def _line(row: dict[str, int], column: str, sales: int) -> tuple[Cell, ...]:
    return (
        row[column] or UNNAMED, row["sales"], rate(row["sales"], sales), row["orders"], row["buyers"],
        row["new_buyers"], each(row["sales"], row["orders"]), rate(row["again"], row["buyers"]), row["refunded"],
    )  # fmt: skip


def _drawn(table: Table) -> Table:
    """The largest alone: more bars can't be read."""
    return Table(
        "drawn",
        words("前 20", "前 20", "The first 20"),
        table.columns[:2],
        tuple(row[:2] for row in table.rows[:DRAWN_MOST]),
        table.drills[:DRAWN_MOST],
    )


def _more(count: int) -> Text | None:
    if count <= ROWS_MOST:
        return None
    return words(
        f"共 {count} 行，显示销售额最高的 {ROWS_MOST} 行。",
        f"共 {count} 列，顯示銷售額最高的 {ROWS_MOST} 列。",
        f"{count} rows in all; the {ROWS_MOST} with the highest sales are shown.",
    )


def _sentence(rows: list[dict[str, int]], column: str, name: Text, sales: int) -> Sentence:
    if not rows:
        return Sentence(words("本期没有订单。", "本期沒有訂單。", "There were no orders in this period."))
    best = rows[0]
    return Sentence(
        words(
            "{count} 个{name}有会员消费；最高的是“{best}”，{sales}，占 {share}。",
            "{count} 個{name}有會員消費；最高的是「{best}」，{sales}，占 {share}。",
            "Most was bought through “{best}”: {sales}, {share} of all ({count} in all).",
        ),
        {
            "count": (Unit.COUNT, len(rows)),
            "name": (Unit.TEXT, name),
            "best": (UNITS[column], best[column] or UNNAMED),
            "sales": (Unit.MONEY, best["sales"]),
            "share": (Unit.RATE, rate(best["sales"], sales)),
        },
    )


def members(column: str, ground: Ground, key: str) -> ir.Table:
    """Who bought there in the period."""
    orders = during(ground.tables.orders, ground.asked)
    return orders.filter(orders[column].fill_null("") == key).select("member").distinct()


def _report(column: str, name: Text, title: Text, about: Text) -> Report:
    counting: Callable[[Ground], Answer] = partial(build, column, name)
    return Report(
        f"{column}s",
        title,
        about,
        counting,
        (
            metrics.SALES, metrics.ORDERS, metrics.BUYERS, metrics.NEW_BUYERS, metrics.ORDER_VALUE,
            metrics.REPURCHASE_IN, metrics.REFUNDED,
        ),
        members=partial(members, column),
    )  # fmt: skip


CHANNELS = _report(
    "channel",
    words("渠道", "通路", "Channel"),
    words("渠道看板", "通路看板", "Channels"),
    words("会员从哪些渠道购买？", "會員從哪些通路購買？", "Through which channels do members buy?"),
)
STORES = _report(
    "store",
    words("门店", "門市", "Store"),
    words("门店看板", "門市看板", "Stores"),
    words("会员在哪些门店购买？", "會員在哪些門市購買？", "In which stores do members buy?"),
)
