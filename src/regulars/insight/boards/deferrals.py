"""Deferred revenue as a report: the roll-forward by month, the breakage behind it, and the curve it is read off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import ibis

from regulars.insight import cost_metrics as metrics
from regulars.insight import house
from regulars.insight.boards.assumed import last_whole_month
from regulars.insight.boards.counting import read, within
from regulars.insight.boards.options import ASSET
from regulars.insight.boards.points import asset_of
from regulars.insight.breakage import NOTHING_KNOWN, Estimate, estimate
from regulars.insight.deferred import Expected, Line, Sold, estimated, roll, stated
from regulars.insight.defining import Unit
from regulars.insight.maturing import Cohort, cohorts, month_after, months_between
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.problems import words
from regulars.programme.contracts import PointsValue, Programme

BEGINNING = date(1970, 1, 1)
MONTHS_MOST = 120
"""What was issued earlier than that counts as revenue by now."""


@dataclass(frozen=True, slots=True)
class Books:
    """What the roll-forward is made from, and the roll-forward of all months to the end of the period."""

    cohorts: Sequence[Cohort]
    price_minor: Fraction
    stated: PointsValue | None
    known: Estimate
    lines: Sequence[Line]


def value_of(asset: str, programme: Programme) -> PointsValue | None:
    """What the programme states of that asset's price."""
    return next((one for one in programme.insight.points_value if one.asset == asset), None)


def price_of(asset: str, programme: Programme) -> Fraction:
    """What a smallest unit sells for alone, in the smallest unit of money: as stated, else what it costs. Nothing for
    what can't be spent, and for what members paid in: that is owed, not deferred."""
    known, value = programme.assets.get(asset), value_of(asset, programme)
    cost, at_face = house.cost_of(asset, programme)
    if known is None or not known.spendable or at_face:
        return Fraction(0)
    return Fraction(value.price) * 10**programme.minor_digits / 10**known.scale if value else cost


def books(ground: Ground, asset: str) -> Books:
    """The asset's months, from the first units to the end of the period."""
    found = cohorts(within(ground.people.entries, BEGINNING, ground.asked.last), asset)
    value, price = value_of(asset, ground.programme), price_of(asset, ground.programme)
    known = estimate(found, last_whole_month(ground))
    if not found or not price:
        return Books(found, price, value, known, ())
    end = ground.asked.last.replace(day=1)
    start = max(found[0].month, month_after(end, 1 - MONTHS_MOST))
    months = [month_after(start, place) for place in range(months_between(start, end) + 1)]
    recent = [cohort for cohort in found if cohort.month >= start]
    expected = _expected(recent, value, months, last_whole_month(ground))
    return Books(found, price, value, known, roll(recent, sold(ground, asset), price, expected, months))


def _expected(
    found: Sequence[Cohort], value: PointsValue | None, months: Sequence[date], last: date
) -> Expected:
    """As the programme states it; else at each month's end what was known by then. A month that is not over teaches
    nothing yet."""
    if value is not None and value.breakage_percent is not None:
        return stated(Fraction(value.breakage_percent) / 100)
    return estimated({month: trusted(estimate(found, min(month, last), sure=False)) for month in months})


def trusted(known: Estimate) -> Estimate:
    """Where nothing was ever used, what lapses says nothing of those who will be able to use theirs."""
    return known if known.spent and known.spent[-1] else NOTHING_KNOWN


def sold(ground: Ground, asset: str) -> dict[date, Sold]:
    """Each month's sales after refunds, and which share of the units issued in it orders brought."""
    last = ground.asked.last
    orders = within(ground.people.orders, BEGINNING, last)
    refunds = within(ground.people.refunds, BEGINNING, last)
    sales: dict[date, int] = {}
    for table, column, sign in ((orders, "total_minor", 1), (refunds, "amount_minor", -1)):
        monthly = table.group_by(month=table.day.truncate("M").cast("date")).agg(sum=table[column].sum())
        for row in read(monthly):
            sales[row["month"]] = sales.get(row["month"], 0) + sign * (row["sum"] or 0)
    shares = _bought(ground, asset)
    return {month: Sold(amount, shares.get(month, Fraction(1))) for month, amount in sales.items()}


def _bought(ground: Ground, asset: str) -> dict[date, Fraction]:
    """By month, which share of what was issued rules on orders gave. Rules that older programmes had count as such;
    what was given by hand, for joining or for a birthday was not paid for."""
    free = {rule.id for rule in ground.programme.rules if not rule.on.startswith("order.")}
    entries = within(ground.people.entries, BEGINNING, ground.asked.last)
    issued = entries.filter((entries.asset == asset) & (entries.account == "issue") & (entries.units > 0))
    paid_for = issued.rule.fill_null("").notin(("", *sorted(free)))
    monthly = issued.group_by(month=issued.day.truncate("M").cast("date")).agg(
        total=issued.units.sum(), bought=ibis.ifelse(paid_for, issued.units, 0).sum()
    )
    return {row["month"]: Fraction(row["bought"], row["total"]) for row in read(monthly)}


def build(ground: Ground) -> Answer:
    asset = asset_of(ground)
    found = books(ground, asset)
    if not found.lines:
        return Answer(Sentence(_NO_PRICE if found.cohorts else _NOTHING), empty=True)
    first = ground.asked.first.replace(day=1)
    shown = [line for line in found.lines if line.month >= first]
    revenue = sum(line.used + line.breakage for line in shown)
    added, closing = sum(line.added for line in shown), found.lines[-1].closing
    share, hints = _breakage(found), _hints(found, asset)
    return Answer(
        Sentence(
            _UNTOLD if _NEVER_USED in hints or _NOT_SEEN in hints else words(
                "本期递延 {added}，确认收入 {revenue}，期末递延收入 {closing}；预计 {breakage} 的积分不会使用。",
                "本期遞延 {added}，認列收入 {revenue}，期末遞延收入 {closing}；預計 {breakage} 的點數不會使用。",
                "{added} was deferred and {revenue} became revenue; {closing} is deferred at the end. {breakage} of"
                " points are expected never to be used.",
            ),
            {
                "added": (Unit.MONEY, added),
                "revenue": (Unit.MONEY, revenue),
                "closing": (Unit.MONEY, closing),
                "breakage": (Unit.RATE, share),
            },
        ),
        (
            Figure(metrics.DEFERRED, closing),
            Figure(metrics.DEFERRED_ADDED, added),
            Figure(metrics.DEFERRED_REVENUE, revenue),
            Figure(metrics.BREAKAGE, share),
        ),
        (_rolled(asset, shown), _estimated(found), _curve(found.known)),
        (
            Chart("closing", metrics.DEFERRED.name, Draw.TIME, "roll", "month", ("closing",), ("closing",)),
            Chart("curve", words("发放后各月龄", "發放後各月齡", "By months since issuing"),
                  Draw.TIME, "ages", "age", ("spent", "lapsed", "left"), ("spent", "lapsed", "left"), answer=_ACROSS),
        ),
        hints=hints,
    )  # fmt: skip


_UNTOLD = words(
    "本期递延 {added}，确认收入 {revenue}，期末递延收入 {closing}；历史还说明不了沉淀率，按全部会使用计。",
    "本期遞延 {added}，認列收入 {revenue}，期末遞延收入 {closing}；歷史還說明不了沉澱率，以全部會使用計。",
    "{added} was deferred and {revenue} became revenue; {closing} is deferred at the end. History does not tell of"
    " breakage yet, so that all points count as going to be used.",
)
_ACROSS = Sentence(
    words(
        "横轴：发放后过了几个月；纵轴：占发放积分的比例。",
        "橫軸：發放後過了幾個月；縱軸：占發放點數的比例。",
        "Across: months since issuing; upwards: share of what was issued.",
    )
)


def _breakage(found: Books) -> float:
    if found.stated and found.stated.breakage_percent is not None:
        return float(found.stated.breakage_percent) / 100
    return float(trusted(found.known).breakage)


_MONEY = (
    ("sales", words("销售净额", "銷售淨額", "Net sales"), words(
        "当月订单实付金额减去当月退款。", "當月訂單實付金額減去當月退款。",
        "What the month's orders came to, less what was refunded in the month.")),
    ("opening", words("期初", "期初", "Opening"), words(
        "上月末的递延收入。", "上月底的遞延收入。", "What was deferred at the end of the month before.")),
    ("added", words("新增递延", "新增遞延", "Added"), words(
        "当月销售额里按相对单独售价分摊给当月发放积分的部分。",
        "當月銷售額裡依相對單獨售價分攤給當月發放點數的部分。",
        "What of the month's sales was allocated to the points they brought, by relative stand-alone selling prices.")),
    ("taken", words("追回", "追回", "Taken back"), words(
        "当月因退货等被追回的积分所对应、从递延收入转出的金额。",
        "當月因退貨等被追回的點數所對應、從遞延收入轉出的金額。",
        "What had been deferred for units that were taken back in the month, as by returns.")),
    ("used", words("使用确认", "使用認列", "Used"), words(
        "当月因会员使用积分而确认的收入。", "當月因會員使用點數而認列的收入。",
        "What became revenue in the month because units were used.")),
    ("breakage", words("沉淀确认", "沉澱認列", "Breakage"), words(
        "预计不会使用的积分所对应的收入，按使用进度同比例确认；不会再被使用时全部确认。",
        "預計不會使用的點數所對應的收入，依使用進度同比例認列；不會再被使用時全部認列。",
        "What belongs to units expected never to be used: it becomes revenue in proportion to use, and all of it once"
        " no more use is to come.")),
    ("closing", words("期末", "期末", "Closing"), words(
        "月末尚未确认为收入的金额。", "月底尚未認列為收入的金額。", "What is not revenue yet at the month's end.")),
    ("trued", words("其中估计变更", "其中估計變更", "Re-estimated"), words(
        "两项确认里，因沉淀率估计与上月不同而产生的部分。",
        "兩項認列裡，因沉澱率估計與上月不同而產生的部分。",
        "The part of both revenues that comes from another breakage estimate than the month before's.")),
)  # fmt: skip


def _rolled(asset: str, lines: Sequence[Line]) -> Table:
    columns = [Column(ident, name, Unit.MONEY, definition=told) for ident, name, told in _MONEY]
    rows: list[tuple[Cell, ...]] = [
        (
            line.month, line.sales_minor, line.issued, line.opening, line.added, line.taken, line.used, line.breakage,
            line.closing, line.trued, None if line.expected is None else float(line.expected),
        )
        for line in lines
    ]  # fmt: skip
    return Table(
        "roll",
        words("递延收入变动表", "遞延收入變動表", "Roll-forward of deferred revenue"),
        (
            Column("month", words("月份", "月份", "Month"), Unit.MONTH),
            columns[0],
            Column("issued", words("当月发放", "當月發放", "Issued"), Unit.ASSET, asset, words(
                "当月发放的积分总量，不论之后是否使用、过期或追回。",
                "當月發放的點數總量，不論之後是否使用、到期或追回。",
                "Units issued in the month, whatever became of them.",
            )),
            *columns[1:],
            Column("expected", words("预计使用率", "預計使用率", "Expected use"), Unit.RATE, definition=words(
                "截至月末，历来发放的全部积分里预计最终会使用的比例。",
                "截至月末，歷來發放的全部點數裡預計最終會使用的比例。",
                "The share of all units ever issued that, as seen at the month's end, will be used in the end.",
            )),
        ),
        tuple(rows),
        note=words(
            "期初 + 新增 − 追回 − 使用确认 − 沉淀确认 = 期末，逐行逐分成立。估计变更已含在两项确认里。",
            "期初 + 新增 − 追回 − 使用認列 − 沉澱認列 = 期末，逐列逐分成立。估計變更已含在兩項認列裡。",
            "Opening + added − taken back − used − breakage = closing, to the cent in every line. What was re-estimated"
            " is within used and breakage.",
        ),
    )  # fmt: skip


def _estimated(found: Books) -> Table:
    known = found.known
    error = known.error
    rows: list[tuple[Cell, ...]] = [
        (words("方案写明的沉淀率", "方案寫明的沉澱率", "Breakage that the programme states"),
         float(found.stated.breakage_percent) / 100
         if found.stated and found.stated.breakage_percent is not None else None),
        (words("历史里过期的比例", "歷史裡到期的比例", "Seen to lapse"),
         float(known.breakage)),
        (words("标准误", "標準誤", "Standard error"), error),
        (words("若余下的都不使用", "若餘下的都不使用", "If what is left is never used"), float(known.most)),
        (words("已使用", "已使用", "Used so far"), float(known.spent[-1]) if known.spent else None),
    ]  # fmt: skip
    return Table(
        "breakage",
        words("沉淀率从何而来", "沉澱率從何而來", "Where breakage comes from"),
        (
            Column("part", words("项目", "項目", "What"), Unit.TEXT),
            Column("share", words("占发放", "占發放", "Of units issued"), Unit.RATE, definition=words(
                "占历来发放的积分；标准误是“历史里过期的比例”的误差。",
                "占歷來發放的點數；標準誤是「歷史裡到期的比例」的誤差。",
                "Of all units ever issued; the standard error is that of what was seen to lapse.",
            )),
        ),
        tuple(rows),
        note=words(
            "按发放月份和月龄累计（Aalen–Johansen，等同链梯法）；标准误用逐月剔除法（jackknife）。",
            "依發放月份和月齡累計（Aalen–Johansen，等同鏈梯法）；標準誤用逐月剔除法（jackknife）。",
            "Cumulated over months of issue by age (Aalen–Johansen, the chain ladder's sums); the error leaves out one"
            " month of issue after the other (jackknife).",
        ),
    )  # fmt: skip


def _curve(known: Estimate) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (words(*(str(age),) * 3), float(spent), float(lapsed), float(1 - spent - lapsed))
        for age, (spent, lapsed) in enumerate(zip(known.spent, known.lapsed, strict=True))
    ]
    return Table(
        "ages",
        words("发放后第几个月", "發放後第幾個月", "Months since issuing"),
        (
            Column("age", words("月龄", "月齡", "Months"), Unit.TEXT),
            Column("spent", words("已使用", "已使用", "Used"), Unit.RATE, definition=words(
                "到这个月龄为止已使用的部分，占发放。", "到這個月齡為止已使用的部分，占發放。",
                "Of units issued, what is used by that age.")),
            Column("lapsed", words("已过期", "已到期", "Lapsed"), Unit.RATE, definition=words(
                "到这个月龄为止已过期的部分，占发放。", "到這個月齡為止已到期的部分，占發放。",
                "Of units issued, what has lapsed by that age.")),
            Column("left", words("还在", "還在", "Left"), Unit.RATE, definition=words(
                "1 − 已使用 − 已过期。", "1 − 已使用 − 已到期。", "1 − used − lapsed.")),
        ),
        tuple(rows),
    )  # fmt: skip


def _hints(found: Books, asset: str) -> tuple[Mapping[str, str], ...]:
    hints = []
    if found.stated is None:
        hints.append(
            words(
                f"方案没有写积分的单独售价，按单位成本计。可写 insight.points_value.{asset}.price。",
                f"方案沒有寫點數的單獨售價，依單位成本計。可寫 insight.points_value.{asset}.price。",
                "The programme states no stand-alone selling price, so that a unit's cost is taken. State"
                f" insight.points_value.{asset}.price.",
            )
        )
    if found.stated is None or found.stated.breakage_percent is None:
        if found.known.spent and not found.known.spent[-1]:
            hints.append(_NEVER_USED)
        elif not found.known.breakage:
            hints.append(_NOT_SEEN)
    return tuple(hints)


_NEVER_USED = words(
    "还没有人用过积分，历史说明不了沉淀率：先按全部会使用计，过期时确认收入。也可在方案里写明沉淀率。",
    "還沒有人用過點數，歷史說明不了沉澱率：先以全部會使用計，到期時認列收入。也可在方案裡寫明沉澱率。",
    "Nobody has used any points yet, so that history says nothing of breakage: all count as going to be used, and"
    " become revenue as they lapse. Breakage can be stated in the programme.",
)
_NOT_SEEN = words(
    "历史里还没有积分过期，沉淀率按 0 计，递延偏多而不会偏少。",
    "歷史裡還沒有點數到期，沉澱率以 0 計，遞延偏多而不會偏少。",
    "No points have lapsed yet, so that breakage counts as none: rather too much is deferred than too little.",
)
_NOTHING = words(
    "到期末为止还没有发放过这种资产。有会员凭订单获得积分之后，这里按月列出递延收入。",
    "到期末為止還沒有發放過這種資產。有會員憑訂單獲得點數之後，這裡按月列出遞延收入。",
    "None of this asset had been issued by the end of the period. Once orders bring points, deferred revenue is told by"
    " month here.",
)
_NO_PRICE = words(
    "这种资产没有递延收入：不能使用、是会员存入的本金，或者没有售价和成本（在方案里写 cost 或 insight.points_value）。",
    "這種資產沒有遞延收入：不能使用、是會員存入的本金，或者沒有售價和成本（在方案裡寫 cost 或 insight.points_value）。",
    "Nothing is deferred for this asset: it can't be spent, is money that members paid in, or has neither price nor"
    " cost (state `cost` or `insight.points_value`).",
)

DEFERRALS = Report(
    "deferred",
    words("递延收入", "遞延收入", "Deferred revenue"),
    words(
        "会员手里的积分，账上该递延多少收入？",
        "會員手上的點數，帳上該遞延多少收入？",
        "How much revenue has to wait for the points that members have?",
    ),
    build,
    (metrics.DEFERRED, metrics.DEFERRED_ADDED, metrics.DEFERRED_REVENUE, metrics.BREAKAGE),
    (ASSET,),
    filters=(),
    compares=False,
    see=("costs", "economics"),
)
