"""New and returning buyers in member sales, and what share of the brand's sales members bring."""

from datetime import date
from decimal import Decimal, InvalidOperation

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import (
    by_member,
    during,
    grain,
    rate,
    read,
    starts,
    time_column,
    truncated,
)
from regulars.insight.boards.overview import buyers
from regulars.insight.defining import Unit
from regulars.insight.report import (
    Answer,
    BadQuestion,
    Chart,
    Column,
    Draw,
    Figure,
    Ground,
    Option,
    Report,
    Sentence,
    Table,
)
from regulars.language.problems import words

FIELDS = ("new_buyers", "old_buyers", "new_orders", "old_orders", "new_sales", "old_sales")
TOTAL = Option(
    "total",
    words("品牌同期全部销售额", "品牌同期全部銷售額", "All sales of the brand in the period"),
    lambda _programme: {},
)


def build(ground: Ground) -> Answer:
    asked, by = ground.asked, grain(ground.asked)
    orders = during(ground.tables.orders, asked)
    first = _first_days(ground)
    sums = orders.group_by("member").agg(orders=orders.count(), sales=orders.total_minor.sum())
    buyers = sums.inner_join(first, "member")
    found = _split(buyers, buyers.first >= ibis.date(asked.first), None)[None]
    buyers = by_member(orders, by).inner_join(first, "member")
    over_time = _split(buyers, truncated(buyers.first, by) == buyers.period, "period")
    sales = found["new_sales"] + found["old_sales"]
    total = _total(ground)
    return Answer(
        _sentence(found, sales),
        (
            Figure(metrics.SALES, sales),
            Figure(metrics.NEW_BUYERS, found["new_buyers"], drill="new" if found["new_buyers"] else ""),
            Figure(metrics.NEW_SALES_SHARE, rate(found["new_sales"], sales)),
            Figure(metrics.MEMBER_SHARE, rate(sales, total) if total else None),
        ),
        (_over_time(ground, by, over_time), _whole(found)),
        (
            Chart("sales", words("新客与老客销售额", "新客與舊客銷售額", "Sales to new and returning buyers"),
                  Draw.TIME, "time", "period", ("new_sales", "old_sales"), stacked=True),
            Chart("buyers", words("新客与老客人数", "新客與舊客人數", "New and returning buyers"), Draw.TIME,
                  "time", "period", ("new_buyers", "old_buyers"), stacked=True),
        ),
        hints=() if total else (
            words(
                "回头客只收到会员的订单，不知道非会员卖了多少。填写品牌同期全部销售额，就能看到会员销售占比。",
                "回頭客只收到會員的訂單，不知道非會員賣了多少。填寫品牌同期全部銷售額，就能看到會員銷售占比。",
                "Regulars is sent members' orders only, so it does not know what others bought. Give the brand's whole"
                " sales of the period to see the members' share.",
            ),
        ),
        empty=not sales and not sum(found.values()),
    )  # fmt: skip


def _first_days(ground: Ground) -> ir.Table:
    """Everybody's first day of buying, through whatever channel and store."""
    orders = ground.people.orders
    return orders.group_by("member").agg(first=orders.day.min())


def _split(buyers: ir.Table, new: ir.BooleanValue, by: str | None) -> dict[date | None, dict[str, int]]:
    """Buyers, orders and sales, new and returning, of each value of `by`, or of all. One row a buyer."""
    marked = buyers.mutate(new=new)
    sums = {
        "new_buyers": marked.new.cast("int64").sum(),
        "old_buyers": (~marked.new).cast("int64").sum(),
        "new_orders": marked.orders.sum(where=marked.new),
        "old_orders": marked.orders.sum(where=~marked.new),
        "new_sales": marked.sales.sum(where=marked.new),
        "old_sales": marked.sales.sum(where=~marked.new),
    }
    grouped = marked.group_by(by).agg(**sums) if by else marked.agg(**sums)
    return {row.get("period"): {name: row[name] or 0 for name in FIELDS} for row in read(grouped)}


def _total(ground: Ground) -> int:
    """The brand's whole sales of the period, as the asker gave them, in the smallest unit; 0: not given."""
    given = ground.asked.choice("total").replace(",", "").strip()
    if not given:
        return 0
    try:
        minor = Decimal(given).scaleb(ground.programme.minor_digits)
        if not 0 < minor < 10**18:
            raise InvalidOperation
    except InvalidOperation as error:
        raise BadQuestion(
            words(
                "品牌全部销售额请填大于零的数字，例如 1250000.50。",
                "品牌全部銷售額請填大於零的數字，例如 1250000.50。",
                "Give the brand's whole sales as a number above zero, such as 1250000.50.",
            ),
            field="total",
        ) from error
    return int(minor)


def _sentence(found: dict[str, int], sales: int) -> Sentence:
    if not sales:
        return Sentence(
            words(
                "本期没有会员销售额。", "本期沒有會員銷售額。", "There were no member sales in this period."
            )
        )
    return Sentence(
        words(
            "老客带来 {old} 的销售额；{new} 位首购会员买了 {amount}。",
            "舊客帶來 {old} 的銷售額；{new} 位首購會員買了 {amount}。",
            "{old} of the sales came from returning buyers; {new} first-time {new|buyer|buyers} spent {amount}.",
        ),
        {
            "old": (Unit.RATE, rate(found["old_sales"], sales)),
            "new": (Unit.COUNT, found["new_buyers"]),
            "amount": (Unit.MONEY, found["new_sales"]),
        },
    )


def _columns() -> tuple[Column, ...]:
    new_sales = words("新客销售额", "新客銷售額", "Sales to new buyers")
    old_sales = words("老客销售额", "舊客銷售額", "Sales to returning buyers")
    about = metrics.NEW_SALES_SHARE.definition
    return (
        Column("new_buyers", words("新客", "新客", "New buyers"), Unit.COUNT, definition=about),
        Column("old_buyers", words("老客", "舊客", "Returning buyers"), Unit.COUNT, definition=about),
        Column("new_sales", new_sales, Unit.MONEY, definition=about),
        Column("old_sales", old_sales, Unit.MONEY, definition=about),
        Column("share", metrics.NEW_SALES_SHARE.name, Unit.RATE, definition=about),
    )


def _over_time(ground: Ground, by: Unit, found: dict[date | None, dict[str, int]]) -> Table:
    nothing = dict.fromkeys(FIELDS, 0)
    rows = []
    for day in starts(ground.asked, by):
        row = found.get(day, nothing)
        share = rate(row["new_sales"], row["new_sales"] + row["old_sales"])
        rows.append((day, row["new_buyers"], row["old_buyers"], row["new_sales"], row["old_sales"], share))
    return Table(
        "time",
        words(
            "按时间，各期单独划分新老",
            "依時間，各期單獨劃分新舊",
            "Over time, new and returning in each by itself",
        ),
        (time_column(by), *_columns()),
        tuple(rows),
    )


def _whole(found: dict[str, int]) -> Table:
    sales = found["new_sales"] + found["old_sales"]
    return Table(
        "mix",
        words("新客与老客", "新客與舊客", "New and returning"),
        (
            Column("who", words("客群", "客群", "Who"), Unit.TEXT),
            Column("buyers", metrics.BUYERS.name, Unit.COUNT, definition=metrics.BUYERS.definition),
            Column("orders", metrics.ORDERS.name, Unit.COUNT, definition=metrics.ORDERS.definition),
            Column("sales", metrics.SALES.name, Unit.MONEY, definition=metrics.SALES.definition),
            Column("share", words("占比", "占比", "Share"), Unit.RATE, definition=words(
                "这类买家的销售额 ÷ 本期会员销售额。",
                "這類買家的銷售額 ÷ 本期會員銷售額。",
                "What these buyers spent ÷ all member sales of the period.",
            )),
        ),
        tuple(
            (name, found[f"{kind}_buyers"], found[f"{kind}_orders"], found[f"{kind}_sales"],
             rate(found[f"{kind}_sales"], sales))
            for kind, name in (
                ("new", words("首次购买在本期", "首次購買在本期", "first order in the period")),
                ("old", words("之前买过", "之前買過", "had bought before")),
            )
        ),
        ("new", "old"),
    )  # fmt: skip


def members(ground: Ground, key: str) -> ir.Table:
    """The period's first-time buyers, or those who had bought before."""
    bought = buyers(ground.tables, ground.asked).select("member")
    first = _first_days(ground)
    new = first.filter(first.first >= ibis.date(ground.asked.first))
    return bought.semi_join(new, "member") if key == "new" else bought.anti_join(new, "member")


MIX = Report(
    "mix",
    words("新老客与会员占比", "新舊客與會員占比", "New and returning buyers"),
    words(
        "销售额来自新客还是老客，会员占品牌销售的多少？",
        "銷售額來自新客還是舊客，會員占品牌銷售的多少？",
        "Do sales come from new or returning buyers, and what share of all sales do members bring?",
    ),
    build,
    (metrics.SALES, metrics.NEW_BUYERS, metrics.NEW_SALES_SHARE, metrics.MEMBER_SHARE),
    (TOTAL,),
    members,
)
