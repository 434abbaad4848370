"""What members buy: categories, brands or products."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, rate, read
from regulars.insight.boards.options import GOODS
from regulars.insight.boards.overview import metric_column
from regulars.insight.boards.places import UNNAMED
from regulars.insight.defining import Unit
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.problems import words

ROWS_MOST = 200
DRAWN_MOST = 20


def build(ground: Ground) -> Answer:
    by = ground.asked.choice("by", "category")
    rows = read(_sums(ground, by))
    names = _names(ground, [row["key"] for row in rows]) if by == "sku" and rows else {}
    sales, count = (rows[0]["whole"] or 0, rows[0]["kinds"]) if rows else (0, 0)
    name = GOODS.choices(ground.programme)[by]
    table = Table(
        "goods",
        name,
        (
            Column("goods", name, Unit.TEXT),
            Column("sales", words("销售额", "銷售額", "Sales"), Unit.MONEY, definition=metrics.SALES.definition),
            Column("share", words("占比", "占比", "Share"), Unit.RATE, definition=words(
                "它的销售额 ÷ 本期全部商品的会员销售额。",
                "它的銷售額 ÷ 本期全部商品的會員銷售額。",
                "What members spent on it ÷ what they spent on all goods of the period.",
            )),
            Column("orders", words("含它的订单", "含它的訂單", "Orders with it"), Unit.COUNT, definition=words(
                "含有它的会员订单数；一笔订单里有几行也只计一次。",
                "含有它的會員訂單數；一筆訂單裡有幾列也只計一次。",
                "Member orders with it, each once however many lines it has.",
            )),
            metric_column(metrics.BUYERS),
            Column("again", words("同品复购率", "同品回購率", "Bought it again"), Unit.RATE, definition=words(
                "本期内在 2 个及以上不同日子买过它的会员 ÷ 本期买过它的会员。",
                "本期內在 2 個以上不同日子買過它的會員 ÷ 本期買過它的會員。",
                "Members who bought it on two or more days of the period ÷ those who bought it.")),
        ),
        tuple(
            (
                _label(row["key"], names), row["sales"], rate(row["sales"], sales), row["orders"], row["buyers"],
                rate(row["again"], row["buyers"]),
            )
            for row in rows
        ),
        tuple(row["key"] for row in rows),
        None if count <= ROWS_MOST else words(
            f"共 {count} 行，显示销售额最高的 {ROWS_MOST} 行。",
            f"共 {count} 列，顯示銷售額最高的 {ROWS_MOST} 列。",
            f"{count} rows in all; the {ROWS_MOST} with the highest sales are shown."),
    )  # fmt: skip
    drawn = Table("drawn", name, table.columns[:2], tuple(row[:2] for row in table.rows[:DRAWN_MOST]))
    return Answer(
        _sentence(table, count),
        (Figure(metrics.SALES, sales),),
        (table, drawn),
        (Chart("goods", words("销售额", "銷售額", "Sales"), Draw.ACROSS, "drawn", "goods", ("sales",)),),
        empty=not rows,
    )


def _label(key: str, names: Mapping[str, str]) -> Cell:
    return f"{names[key]} · {key}" if names.get(key) else key or UNNAMED


def _sums(ground: Ground, by: str) -> ir.Table:
    """What sells most, with the number of `kinds` and the `whole` of all that was sold. Grouped in steps rather than by
    counting what is distinct: each step is smaller than the one before, and none keeps sets. Who bought something on
    two days bought it first on an earlier one than last."""
    lines = _lines(ground, by)
    orders = lines.group_by(["key", "member", "order"]).agg(
        day=lines.day.min(), sales=lines.total_minor.sum()
    )
    people = orders.group_by(["key", "member"]).agg(
        orders=orders.count(), sales=orders.sales.sum(),
        again=(orders.day.min() < orders.day.max()).cast("int64"),
    )  # fmt: skip
    goods = people.group_by("key").agg(
        orders=people.orders.sum(), buyers=people.count(), sales=people.sales.sum(), again=people.again.sum()
    )
    everything = ibis.window()
    goods = goods.mutate(kinds=goods.count().over(everything), whole=goods.sales.sum().over(everything))
    return goods.order_by([goods.sales.desc(), goods.key]).limit(ROWS_MOST)


def _names(ground: Ground, keys: list[str]) -> dict[str, str]:
    """What these products are called: asked for those that are shown alone, as texts are dear to carry through sums."""
    lines = _lines(ground, "sku")
    lines = lines.filter(lines.key.isin(keys))
    return {row["key"]: row["name"] for row in read(lines.group_by("key").agg(name=lines.name.max()))}


def _lines(ground: Ground, by: str) -> ir.Table:
    """The lines of the period with their `key`, empty where they have none."""
    lines = during(ground.tables.lines, ground.asked)
    return lines.mutate(key=lines[by].fill_null(""))


def _sentence(table: Table, count: int) -> Sentence:
    if not table.rows:
        return Sentence(
            words(
                "本期没有带商品明细的订单。订单里带上 items，就能看到会员买了什么。",
                "本期沒有帶商品明細的訂單。訂單裡帶上 items，就能看到會員買了什麼。",
                "No orders of this period carry lines. Send items with orders to see what members buy.",
            )
        )
    best = table.rows[0]
    return Sentence(
        words(
            "会员买过 {count} 种；卖得最多的是 {best}，{sales}，占 {share}。",
            "會員買過 {count} 種；賣得最多的是 {best}，{sales}，占 {share}。",
            "Members bought {count} of them; most of {best}: {sales}, {share} of all.",
        ),
        {
            "count": (Unit.COUNT, count),
            "best": (Unit.TEXT, best[0]),
            "sales": (Unit.MONEY, best[1]),
            "share": (Unit.RATE, best[2]),
        },
    )


def members(ground: Ground, key: str) -> ir.Table:
    """Who bought it in the period."""
    lines = _lines(ground, ground.asked.choice("by", "category"))
    return lines.filter(lines.key == key).select("member").distinct()


PRODUCTS = Report(
    "products",
    words("商品与品类", "商品與品類", "Products and categories"),
    words(
        "会员买什么，什么会再买？",
        "會員買什麼，什麼會再買？",
        "What do members buy, and what do they buy again?",
    ),
    build,
    (metrics.SALES, metrics.BUYERS),
    (GOODS,),
    members,
)
