"""Retention: of those who began in one month, how many bought in each month after it."""

from collections import Counter
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import during, rate, read, truncated
from regulars.insight.boards.options import COHORT
from regulars.insight.defining import Unit
from regulars.insight.report import (
    Answer,
    Asked,
    Cell,
    Chart,
    Column,
    Draw,
    Figure,
    Ground,
    Report,
    Sentence,
    Table,
)
from regulars.language.calendar import add_months
from regulars.language.problems import words
from regulars.language.text import Text

MONTHS_MOST = 24
"""So many months after the first are shown."""


def build(ground: Ground) -> Answer:
    asked = ground.asked
    sizes = {
        row["cohort"]: row["members"]
        for row in read(_cohorts(ground).group_by("cohort").agg(members=ibis._.count()))
    }
    cells = {(row["cohort"], row["after"]): row["members"] for row in read(_bought_again(ground))}
    span = min(MONTHS_MOST, _months_between(asked.first.replace(day=1), asked.last))
    bases = _bases(sizes, asked, span)
    curve = _curve(bases, cells, asked)
    return Answer(
        _sentence(sizes, curve, bases),
        (
            Figure(metrics.JOINED if _by(asked) == "joined" else metrics.NEW_BUYERS, sum(sizes.values())),
            *(Figure(metrics.RETENTION, curve[1]) for _ in (1,) if len(curve) > 1),
        ),
        (_matrix(sizes, cells, asked, span), _average(curve)),
        (
            Chart("cohorts", words("留存热图", "留存熱圖", "Retention by cohort"), Draw.HEAT, "cohorts", "cohort",
                  tuple(f"m{after}" for after in range(span + 1))),
            Chart("curve", words("平均留存曲线", "平均留存曲線", "Retention on average"), Draw.TIME, "curve", "after",
                  ("retention",), ("retention",)),
        ),
        empty=not sizes,
    )  # fmt: skip


def _by(asked: Asked) -> str:
    return asked.choice("by", "joined")


def _cohorts(ground: Ground) -> ir.Table:
    """Who began in the period, each once, with the first day of the month in which they did (`cohort`)."""
    if _by(ground.asked) == "ordered":
        orders = ground.tables.orders
        began = orders.group_by("member").agg(day=orders.day.min())
    else:
        members = ground.tables.members
        began = members.select("member", day=members.joined_day)
    began = during(began, ground.asked)
    return began.select("member", cohort=truncated(began.day, Unit.MONTH))


def _bought_again(ground: Ground) -> ir.Table:
    """Cohort, months after it, and how many of the cohort had an order then."""
    orders = during(ground.tables.orders, ground.asked)
    months = orders.select("member", month=truncated(orders.day, Unit.MONTH)).distinct()
    joined = months.inner_join(_cohorts(ground), "member")
    after = _number(joined.month) - _number(joined.cohort)
    joined = joined.filter(joined.month >= joined.cohort).mutate(after=after)
    return joined.group_by(["cohort", "after"]).agg(members=joined.count())


def _number(month: ir.DateValue) -> ir.IntegerValue:
    """Months since the year 0, to subtract."""
    number: ir.IntegerValue = (month.year().cast("int64") * 12 + month.month().cast("int64")).cast("int64")
    return number


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _over(cohort: date, after: int, asked: Asked) -> bool:
    """Whether that month is over by the end of the period."""
    return add_months(cohort, after + 1) <= asked.last + timedelta(days=1)


def _bases(sizes: dict[date, int], asked: Asked, span: int) -> list[int]:
    """Members of the cohorts for which month N after is over."""
    return [
        sum(size for cohort, size in sizes.items() if _over(cohort, after, asked))
        for after in range(span + 1)
    ]


def _curve(bases: list[int], cells: dict[tuple[date, int], int], asked: Asked) -> list[float | None]:
    """Retention N months after, over all cohorts for which that month is over, each member counted alike."""
    bought = Counter[int]()
    for (cohort, after), members in cells.items():
        if _over(cohort, after, asked):
            bought[after] += members
    return [rate(bought[after], base) for after, base in enumerate(bases)]


def _matrix(sizes: dict[date, int], cells: dict[tuple[date, int], int], asked: Asked, span: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    cohorts = sorted(sizes)
    for cohort in cohorts:
        last = _months_between(cohort, asked.last)
        shares = [
            rate(cells.get((cohort, after), 0), sizes[cohort]) if after <= last else None
            for after in range(span + 1)
        ]
        rows.append((cohort, sizes[cohort], *shares))
    return Table(
        "cohorts",
        words("同批会员的留存", "同批會員的留存", "Retention by cohort"),
        (
            Column("cohort", words("起始月", "起始月", "Cohort"), Unit.MONTH),
            Column(
                "members",
                words("人数", "人數", "Members"),
                Unit.COUNT,
                definition=words(
                    "在该月入会的会员数；按首次消费分组时为在该月首次消费的会员数。",
                    "在該月入會的會員數；依首次消費分群時為在該月首次消費的會員數。",
                    "Members who joined in the month; by the first order: those who first bought in it.",
                ),
            ),
            *(
                Column(f"m{after}", _after(after), Unit.RATE, definition=metrics.RETENTION.definition)
                for after in range(span + 1)
            ),
        ),
        tuple(rows),
        tuple(f"{cohort:%Y-%m}" for cohort in cohorts),
        note=words(
            "每行最后一格的月份若还没过完，数字还会上升；平均线和上面的句子不含没过完的月份。",
            "每列最後一格的月份若還沒過完，數字還會上升；平均線和上面的句子不含沒過完的月份。",
            "Where the month of a row's last cell is not over yet, the figure still rises; the average and the sentence"
            " above leave such months out.",
        ),
    )


def _after(months: int) -> Text:
    return words(f"第 {months} 月", f"第 {months} 月", f"Month {months}")


def _average(curve: list[float | None]) -> Table:
    return Table(
        "curve",
        words("平均", "平均", "On average"),
        (
            Column("after", words("起始月之后", "起始月之後", "Months after"), Unit.TEXT),
            Column("retention", metrics.RETENTION.name, Unit.RATE, definition=metrics.RETENTION.definition),
        ),
        tuple((_after(after), share) for after, share in enumerate(curve) if share is not None),
    )


def _sentence(sizes: dict[date, int], curve: list[float | None], bases: list[int]) -> Sentence:
    if not sizes:
        return Sentence(
            words(
                "本期没有新的一批会员。把时间段放宽到几个月，就能看到他们之后是否回来。",
                "本期沒有新的一批會員。把期間放寬到幾個月，就能看到他們之後是否回來。",
                "No cohort began in this period. Take some months, to see whether members come back.",
            )
        )
    first = curve[1] if len(curve) > 1 else None
    if first is None:
        return Sentence(
            words(
                "{people} 位会员在本期开始；还没有一个完整的次月可以比较。",
                "{people} 位會員在本期開始；還沒有一個完整的次月可以比較。",
                "{people} {people|member|members} began in this period; no month after their first is over yet.",
            ),
            {"people": (Unit.COUNT, sum(sizes.values()))},
        )
    last = max(after for after, share in enumerate(curve) if share is not None)
    return Sentence(
        words(
            "本期开始的 {people} 位会员中，次月已过完的有 {some} 位，其中 {first} 在次月回来购买；"
            "第 {last} 个月已过完的有 {few} 位，当月 {then} 购买。",
            "本期開始的 {people} 位會員中，次月已過完的有 {some} 位，其中 {first} 在次月回來購買；"
            "第 {last} 個月已過完的有 {few} 位，當月 {then} 購買。",
            "Of {people} {people|member|members} who began in this period, the month after is over for {some}, and"
            " {first} of them bought in it; month {last} is over for {few}, and {then} of them bought in it.",
        ),
        {
            "people": (Unit.COUNT, sum(sizes.values())),
            "some": (Unit.COUNT, bases[1]),
            "first": (Unit.RATE, first),
            "last": (Unit.COUNT, last),
            "few": (Unit.COUNT, bases[last]),
            "then": (Unit.RATE, curve[last]),
        },
    )


def members(ground: Ground, key: str) -> ir.Table:
    """The members of the cohort of a month (`2017-03`)."""
    cohorts = _cohorts(ground)
    return cohorts.filter(cohorts.cohort == ibis.date(date.fromisoformat(f"{key}-01"))).select("member")


COHORTS = Report(
    "cohorts",
    words("留存", "留存", "Retention by cohort"),
    words(
        "同一个月开始的会员，之后每个月还有多少人回来购买？",
        "同一個月開始的會員，之後每個月還有多少人回來購買？",
        "Of the members who began in the same month, how many still buy in each month after it?",
    ),
    build,
    (metrics.RETENTION, metrics.JOINED, metrics.NEW_BUYERS),
    (COHORT,),
    members,
)
