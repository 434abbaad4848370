"""What members buy: categories, brands or products."""

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
    lines = during(ground.tables.lines, ground.asked)
    lines = lines.mutate(key=lines[by].fill_null(""))
    grouped = lines.group_by("key").agg(
        label=lines.name.max() if by == "sku" else lines.key.max(),
        orders=lines.order.nunique(),
        buyers=lines.member.nunique(),
        sales=lines.total_minor.sum(),
    )
    whole = read(grouped.agg(rows=grouped.count(), sales=grouped.sales.sum()))[0]
    sales, count = whole["sales"] or 0, whole["rows"]
    rows = read(grouped.order_by([grouped.sales.desc(), grouped.key]).limit(ROWS_MOST))
    name = GOODS.choices(ground.programme)[by]
    repeat = _repeat(lines, [row["key"] for row in rows])
    table = Table(
        "goods",
        name,
        (
            Column("goods", name, Unit.TEXT),
            Column("sales", words("销售额", "銷售額", "Sales"), Unit.MONEY, definition=metrics.SALES.definition),
            Column("share", words("占比", "占比", "Share"), Unit.RATE),
            Column("orders", words("含它的订单", "含它的訂單", "Orders with it"), Unit.COUNT),
            metric_column(metrics.BUYERS),
            Column("again", words("同品复购率", "同品回購率", "Bought it again"), Unit.RATE, definition=words(
                "本期内在 2 个及以上不同日子买过它的会员 ÷ 本期买过它的会员。",
                "本期內在 2 個以上不同日子買過它的會員 ÷ 本期買過它的會員。",
                "Members who bought it on two or more days of the period ÷ those who bought it.")),
        ),
        tuple(
            (
                _label(row, by), row["sales"], rate(row["sales"], sales), row["orders"], row["buyers"],
                rate(repeat.get(row["key"], 0), row["buyers"]),
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


def _label(row: dict[str, str], by: str) -> Cell:
    if by == "sku" and row["label"]:
        return f"{row['label']} · {row['key']}"
    return row["key"] or UNNAMED


def _repeat(lines: ir.Table, keys: list[str]) -> dict[str, int]:
    """Key → members who bought it on two or more days."""
    days = lines.filter(lines.key.isin(keys)).group_by(["key", "member"]).agg(days=lines.day.nunique())
    again = days.filter(days.days > 1)
    return {row["key"]: row["members"] for row in read(again.group_by("key").agg(members=again.count()))}


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
    lines = during(ground.tables.lines, ground.asked)
    by = ground.asked.choice("by", "category")
    return lines.filter(lines[by].fill_null("") == key).select("member").distinct()


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
