"""The targets: how many bought again, rose, kept their level, claimed what they were given, and were active at all."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from regulars.insight import period_metrics as metrics
from regulars.insight.boards.counting import (
    during,
    grain,
    one,
    rate,
    read,
    start_of,
    starts,
    time_column,
    truncated,
)
from regulars.insight.boards.overview import buyers, members_at_end, metric_column
from regulars.insight.boards.standing import rose, steps_of
from regulars.insight.defining import Unit
from regulars.insight.ground import ladder_of
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
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.tiers.contracts import Ladder
from regulars.warehouse.contracts import Tables

METRICS = (
    metrics.REPURCHASE_IN, metrics.UPGRADE_IN, metrics.KEEP_IN, metrics.CLAIM_IN, metrics.USE_IN, metrics.ACTIVITY,
    metrics.ORDERS_PER_BUYER, metrics.SPEND_PER_BUYER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the rates of one period are made of."""

    people: int
    buyers: int = 0
    again: int = 0
    orders: int = 0
    sales: int = 0
    rose: int = 0
    kept: int = 0
    lost: int = 0
    granted: int = 0
    claimed: int = 0
    used: int = 0


def build(ground: Ground) -> Answer:
    asked, tables = ground.asked, ground.tables
    ladder = ladder_of(asked, ground.programme)
    parts = _parts(tables, asked, ladder)
    values: list[int | float | None] = [
        rate(parts.again, parts.buyers),
        rate(parts.rose, parts.buyers) if ladder else None,
        rate(parts.kept, parts.kept + parts.lost),
        rate(parts.claimed, parts.granted),
        rate(parts.used, parts.granted),
        rate(parts.buyers, parts.people),
        rate(parts.orders, parts.buyers),
        round(parts.sales / parts.buyers) if parts.buyers else None,
    ]
    drills = ("again", "rose" if ladder else "", "", "", "", "buyers", "", "")
    return Answer(
        _sentence(parts),
        tuple(
            Figure(metric, value, drill=drill if value else "")
            for metric, value, drill in zip(METRICS, values, drills, strict=True)
        ),
        (_over_time(tables, asked, ladder), _made_of(parts)),
        (
            Chart("rates", words("复购率与活跃率", "回購率與活躍率", "Buying again, and buying at all"), Draw.TIME,
                  "time", "period", ("repurchase", "activity_rate"), ("repurchase", "activity_rate")),
        ),
        hints=tuple(_hints(parts, ladder, ground)),
        empty=not parts.people,
    )  # fmt: skip


def _parts(tables: Tables, asked: Asked, ladder: Ladder | None) -> _Parts:
    bought = buyers(tables, asked)
    sold = one(
        bought.agg(
            buyers=bought.count(),
            again=(bought.orders > 1).sum(),
            orders=bought.orders.sum(),
            sales=bought.spent.sum(),
        )
    )
    given = during(tables.entitlements, asked, "granted_day")
    given = given.filter(given.state != "taken_back")
    benefits = one(
        given.agg(
            granted=given.count(),
            claimed=(given.claimed_day.notnull() | given.used_day.notnull()).sum(),
            used=given.used_day.notnull().sum(),
        )
    )
    moved = {"rose": 0, "kept": 0, "lost": 0}
    if ladder:
        steps = judged(tables, asked, ladder)
        moved = one(steps.agg(kept=(steps.reason == "kept").sum(), lost=(steps.reason == "ended").sum()))
        moved["rose"] = one(rose(tables, ladder, asked).agg(rose=ibis._.count()))["rose"]
    return _Parts(people=members_at_end(tables, asked), **sold, **benefits, **moved)


def judged(tables: Tables, asked: Asked, ladder: Ladder) -> ir.Table:
    """Level periods that ended in the period and were kept or lost."""
    steps = during(steps_of(tables, ladder), asked)
    kept = (steps.reason == "kept") & (steps.lower > 0)
    return steps.filter(kept | ((steps.reason == "ended") & (steps.upper < steps.lower)))


def _sentence(parts: _Parts) -> Sentence:
    if not parts.buyers:
        return Sentence(
            words(
                "本期没有订单，所以没有可计算的比率。",
                "本期沒有訂單，所以沒有可計算的比率。",
                "There were no orders in this period, so there is nothing to divide.",
            )
        )
    return Sentence(
        words(
            "{buyers} 位消费会员中，{again} 位（{rate}）买了不止一次；{share} 的会员有消费。",
            "{buyers} 位消費會員中，{again} 位（{rate}）買了不只一次；{share} 的會員有消費。",
            "Of {buyers} {buyers|buyer|buyers} {again} ({rate}) bought more than once; {share} of the members"
            " bought at all.",
        ),
        {
            "buyers": (Unit.COUNT, parts.buyers),
            "again": (Unit.COUNT, parts.again),
            "rate": (Unit.RATE, rate(parts.again, parts.buyers)),
            "share": (Unit.RATE, rate(parts.buyers, parts.people)),
        },
    )


def _over_time(tables: Tables, asked: Asked, ladder: Ladder | None) -> Table:
    """The rates of each week or month by itself, by the same definitions."""
    by = grain(asked)
    by = Unit.WEEK if by is Unit.DAY else by
    orders = during(tables.orders, asked)
    orders = orders.mutate(period=truncated(orders.day, by))
    per = orders.group_by(["period", "member"]).agg(orders=orders.count())
    bought = {
        row["period"]: row
        for row in read(per.group_by("period").agg(buyers=per.count(), again=(per.orders > 1).sum()))
    }
    up: dict[Cell, int] = {}
    if ladder:
        steps = during(steps_of(tables, ladder), asked)
        steps = steps.filter(steps.upper > steps.lower).mutate(period=truncated(steps.day, by))
        up = {
            row["period"]: row["rose"]
            for row in read(steps.group_by("period").agg(rose=steps.member.nunique()))
        }
    joined = _joined_by(tables, asked, by)
    people = 0
    rows = []
    for day in starts(asked, by):
        people += joined.get(day, 0)
        found = bought.get(day, {"buyers": 0, "again": 0})
        rows.append(
            (
                day, people, found["buyers"], rate(found["again"], found["buyers"]),
                rate(up.get(day, 0), found["buyers"]) if ladder else None, rate(found["buyers"], people),
            )
        )  # fmt: skip
    columns = (
        metrics.MEMBERS_END,
        metrics.BUYERS,
        metrics.REPURCHASE_IN,
        metrics.UPGRADE_IN,
        metrics.ACTIVITY,
    )
    return Table(
        "time",
        words("按时间，各期单独计算", "依時間，各期單獨計算", "Over time, each by itself"),
        (time_column(by), *(metric_column(metric) for metric in columns)),
        tuple(rows),
    )


def _joined_by(tables: Tables, asked: Asked, by: Unit) -> dict[Cell, int]:
    """First day → who joined then; who had joined before counts on the first."""
    known = tables.members.filter(tables.members.joined_day <= ibis.date(asked.last))
    first = start_of(asked.first, by)
    period = ibis.cases(
        (known.joined_day < ibis.date(asked.first), ibis.date(first)), else_=truncated(known.joined_day, by)
    )
    known = known.mutate(period=period)
    return {row["period"]: row["joined"] for row in read(known.group_by("period").agg(joined=known.count()))}


def _made_of(parts: _Parts) -> Table:
    """Numerators and denominators, so that every rate can be checked by hand."""
    lines: tuple[tuple[Text, int, int], ...] = (
        (metrics.REPURCHASE_IN.name, parts.again, parts.buyers),
        (metrics.UPGRADE_IN.name, parts.rose, parts.buyers),
        (metrics.KEEP_IN.name, parts.kept, parts.kept + parts.lost),
        (metrics.CLAIM_IN.name, parts.claimed, parts.granted),
        (metrics.USE_IN.name, parts.used, parts.granted),
        (metrics.ACTIVITY.name, parts.buyers, parts.people),
    )
    return Table(
        "made_of",
        words("比率由来", "比率由來", "What the rates are made of"),
        (
            Column("rate", words("比率", "比率", "Rate"), Unit.TEXT),
            Column(
                "part",
                words("分子", "分子", "Part"),
                Unit.COUNT,
                definition=words(
                    "该比率口径中 ÷ 前面的部分，口径见上方的同名指标。",
                    "該比率口徑中 ÷ 前面的部分，口徑見上方的同名指標。",
                    "What stands before the ÷ in the definition of the figure of that name above.",
                ),
            ),
            Column(
                "whole",
                words("分母", "分母", "Of"),
                Unit.COUNT,
                definition=words(
                    "该比率口径中 ÷ 后面的部分，口径见上方的同名指标。",
                    "該比率口徑中 ÷ 後面的部分，口徑見上方的同名指標。",
                    "What stands behind the ÷ in the definition of the figure of that name above.",
                ),
            ),
            Column(
                "value",
                words("结果", "結果", "Result"),
                Unit.RATE,
                definition=words(
                    "分子 ÷ 分母；分母为 0 时不显示。",
                    "分子 ÷ 分母；分母為 0 時不顯示。",
                    "Part ÷ whole; left out where there is nothing to divide by.",
                ),
            ),
        ),
        tuple((name, part, whole, rate(part, whole)) for name, part, whole in lines),
    )


def _hints(parts: _Parts, ladder: Ladder | None, ground: Ground) -> list[Text]:
    found: list[Text] = []
    if ladder and not parts.kept + parts.lost:
        found.append(
            words(
                "本期没有等级到期，保级率要等第一批等级有效期结束。",
                "本期沒有等級到期，續等率要等第一批等級有效期限結束。",
                "No level period ended in this period: the keep rate comes with the first that does.",
            )
        )
    if not ground.programme.benefits:
        found.append(
            words(
                "方案里还没有权益，领取率和核销率要等设置权益之后。",
                "方案裡還沒有權益，領取率與核銷率要等設定權益之後。",
                "The programme has no benefits yet: claim and use rates come with the first.",
            )
        )
    return found


def members(ground: Ground, key: str) -> ir.Table:
    """Who bought, bought again, rose."""
    asked, tables = ground.asked, ground.tables
    ladder = ladder_of(asked, ground.programme)
    if key == "rose" and ladder:
        return rose(tables, ladder, asked)
    bought = buyers(tables, asked)
    return (bought.filter(bought.orders > 1) if key == "again" else bought).select("member")


RATES = Report(
    "rates",
    words("复购与升级", "回購與升級", "Targets: repurchase, upgrade, keep, claim"),
    words(
        "会员回来买了吗、升级了吗、保住等级了吗、领了权益吗？",
        "會員回來買了嗎、升級了嗎、續等成功了嗎、領了權益嗎？",
        "Did members buy again, rise, keep their level, claim what they were given?",
    ),
    build,
    METRICS,
    members=members,
    filters=("audience", "level", "channel", "store", "ladder"),
)
