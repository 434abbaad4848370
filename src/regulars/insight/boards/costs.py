"""What the programme really cost: given, used, lapsed and owed by asset, by rule and campaign, by month of issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.insight import cost_metrics as metrics
from regulars.insight.boards.counting import Row, during, one, rate, read, within
from regulars.insight.boards.options import ASSET
from regulars.insight.boards.points import asset_of
from regulars.insight.defining import Unit
from regulars.insight.house import cost_of, money_of
from regulars.insight.maturing import LAPSED, SPENT, TAKEN, Cohort, cohorts, month_after
from regulars.insight.report import Answer, Cell, Chart, Column, Draw, Figure, Ground, Report, Sentence, Table
from regulars.language.effects import EXPIRE, HOLD, ISSUE, PENDING, REVERSE, SPEND
from regulars.language.problems import words
from regulars.language.text import Text
from regulars.programme.contracts import Programme

BEGINNING = date(1970, 1, 1)
AGES = (1, 3, 6, 12, 24)
"""Months after which it is told how much of a month's units had been used."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An asset in the period: units given less those taken back, used, lapsed, other, and held at its end; money for
    the first, the second and the last."""

    asset: str
    given: int
    used: int
    lapsed: int
    other: int
    held: int
    given_minor: int
    used_minor: int
    owed_minor: int


def build(ground: Ground) -> Answer:
    moved = by_asset(ground)
    benefits = _benefits(ground)
    orders = during(ground.people.orders, ground.asked)
    sales = one(orders.agg(sum=orders.total_minor.sum()))["sum"]
    used = sum(each.used_minor for each in moved) + benefits
    given, owed = sum(each.given_minor for each in moved), sum(each.owed_minor for each in moved)
    found = cohorts(within(ground.people.entries, BEGINNING, ground.asked.last), asset_of(ground))
    return Answer(
        _sentence(used, rate(used, sales), given, owed),
        (
            Figure(metrics.COST_USED, used),
            Figure(metrics.COST_OF_SALES, rate(used, sales)),
            Figure(metrics.COST_GIVEN, given),
            Figure(metrics.COST_OWED, owed),
        ),
        (_assets(moved, benefits, ground.programme), _rules(ground), _cohorts(ground, found)),
        (
            Chart("cost", words("各资产的成本", "各資產的成本", "Costs by asset"), Draw.ACROSS, "assets", "asset",
                  ("given_cost", "used_cost", "owed")),
            Chart("redeemed", words("各月发放的积分用掉多少", "各月發放的點數用掉多少", "Used, by month of issue"),
                  Draw.TIME, "cohorts", "month", ("used", "lapsed", "left"), stacked=True),
        ),
        hints=_hints(ground, moved),
        empty=not moved and not benefits,
    )  # fmt: skip


def by_asset(ground: Ground, only: str = "") -> list[Moved]:
    """Assets that moved or are held, in the programme's order, then those of older programmes; of these `only` one, if
    it is named."""
    entries = ground.people.entries.filter(ground.people.entries.account.notin((HOLD, PENDING)))
    if only:
        entries = entries.filter(entries.asset == only)
    until = within(entries, BEGINNING, ground.asked.last)
    here = (until.day >= ibis.date(ground.asked.first)).fill_null(False)

    def sums(account: str) -> ir.Value:
        return until.units.sum(where=here & (until.account == account)).fill_null(0)

    rows = {
        row["asset"]: row
        for row in read(
            until.group_by("asset").agg(
                held=until.units.sum(), moved=until.units.sum(where=here).fill_null(0), issue=sums(ISSUE),
                reverse=sums(REVERSE), spend=sums(SPEND), expire=sums(EXPIRE),
            )
        )
    }  # fmt: skip
    known = [*ground.programme.assets, *sorted(set(rows) - set(ground.programme.assets))]
    return [_moved(asset, rows[asset], ground.programme) for asset in known if asset in rows]


def _moved(asset: str, row: Row, programme: Programme) -> Moved:
    cost = cost_of(asset, programme)[0]
    given, used, lapsed = row["issue"] + row["reverse"], -row["spend"], -row["expire"]
    other = row["moved"] - given + used + lapsed
    return Moved(
        asset, given, used, lapsed, other, row["held"],
        money_of(given, cost), money_of(used, cost), money_of(row["held"], cost),
    )  # fmt: skip


def _benefits(ground: Ground) -> int:
    used = during(ground.people.entitlements, ground.asked, "used_day")
    return int(one(used.agg(sum=used.cost_minor.sum()))["sum"])


def _sentence(used: int, share: float | None, given: int, owed: int) -> Sentence:
    return Sentence(
        words(
            "本期使用的积分和权益花费 {used}，占会员销售 {share}；发放的价值 {given}，期末欠付 {owed}。",
            "本期使用的點數和權益花費 {used}，占會員銷售 {share}；發放的價值 {given}，期末欠付 {owed}。",
            "Points and benefits used cost {used}, {share} of member sales; {given} worth was given, {owed} is owed at"
            " the end.",
        ),
        {
            "used": (Unit.MONEY, used),
            "share": (Unit.RATE, share),
            "given": (Unit.MONEY, given),
            "owed": (Unit.MONEY, owed),
        },
    )


def _number(ident: str, hans: str, hant: str, en: str, meaning: tuple[str, str, str]) -> Column:
    """Units of several assets in one column: whole ones, with decimals where the asset has them."""
    return Column(ident, words(hans, hant, en), Unit.NUMBER, definition=words(*meaning))


def _money(ident: str, hans: str, hant: str, en: str, definition: Text) -> Column:
    return Column(ident, words(hans, hant, en), Unit.MONEY, definition=definition)


_ISSUED_COST = _money("given_cost", "发放成本", "發放成本", "Cost: given", metrics.COST_GIVEN.definition)
_USED_COST = _money("used_cost", "使用成本", "使用成本", "Cost: used", metrics.COST_USED.definition)


def _whole(units: int, asset: str, programme: Programme) -> float | int:
    known = programme.assets.get(asset)
    return units / 10**known.scale if known and known.scale else units


def _name(asset: str, programme: Programme) -> Cell:
    known = programme.assets.get(asset)
    return known.name if known else asset


def _assets(moved: Sequence[Moved], benefits: int, programme: Programme) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            _name(each.asset, programme),
            *(_whole(units, each.asset, programme)
              for units in (each.given, each.used, each.lapsed, each.other, each.held)),
            each.given_minor, each.used_minor, each.owed_minor,
        )
        for each in moved
    ]  # fmt: skip
    if benefits:
        rows.append((_BENEFITS, None, None, None, None, None, None, benefits, None))
    return Table(
        "assets",
        words("按资产", "依資產", "By asset"),
        (
            Column("asset", words("资产", "資產", "Asset"), Unit.TEXT),
            _number("given", "发放（减追回）", "發放（減追回）", "Given, less taken back", (
                "本期发放的数量减去追回的数量。", "本期發放的數量減去追回的數量。",
                "Units issued in the period, less those taken back.")),
            _number("used", "使用", "使用", "Used", (
                "本期使用的数量。", "本期使用的數量。",
                "Units spent in the period.")),
            _number("lapsed", "过期", "到期", "Lapsed", (
                "本期过期的数量。", "本期到期的數量。", "Units that lapsed in the period.")),
            _number("other", "其他增减", "其他增減", "Other", (
                "本期其他增减，如转换、转赠与手工调整。", "本期其他增減，如轉換、轉贈與手動調整。",
                "All else that came and went in the period, such as conversions, gifts and adjustments.")),
            _number("held", "期末余额", "期末餘額", "Held at the end", (
                "期末会员手里的数量，含冻结和待生效的。", "期末會員手上的數量，含凍結和待生效的。",
                "What members have at the end of the period, held and pending too.")),
            _ISSUED_COST, _USED_COST,
            _money("owed", "期末欠付", "期末欠付", "Owed", metrics.COST_OWED.definition),
        ),
        tuple(rows),
    )  # fmt: skip


def _rules(ground: Ground) -> Table:
    """What each rule gave in the period, and what that costs; the dearest first."""
    programme = ground.programme
    entries = during(ground.people.entries, ground.asked)
    issued = entries.filter(entries.account == ISSUE)
    found = read(issued.group_by(["rule", "asset"]).agg(units=issued.units.sum()))
    rules = {rule.id: rule for rule in programme.rules}
    costing: list[tuple[int, tuple[Cell, ...]]] = []
    for row in found:
        rule, asset = rules.get(row["rule"] or ""), row["asset"]
        campaign = programme.campaigns.get(rule.campaign) if rule else None
        named = rule.name if rule else row["rule"] or _BY_HAND
        cost = money_of(row["units"], cost_of(asset, programme)[0])
        units = _whole(row["units"], asset, programme)
        told = (named, campaign.name if campaign else "", _name(asset, programme), units, cost)
        costing.append((cost, told))
    costing.sort(key=lambda one: (-one[0], str(one[1][2]), str(one[1][0])))
    return Table(
        "rules",
        words("按规则和活动", "依規則和活動", "By rule and campaign"),
        (
            Column("rule", words("规则", "規則", "Rule"), Unit.TEXT),
            Column("campaign", words("活动", "活動", "Campaign"), Unit.TEXT),
            Column("asset", words("资产", "資產", "Asset"), Unit.TEXT),
            _number(
                "given",
                "发放",
                "發放",
                "Given",
                (
                    "该规则在本期发放的数量，未减追回。",
                    "該規則在本期發放的數量，未減追回。",
                    "Units that the rule issued in the period, before what was taken back.",
                ),
            ),
            _ISSUED_COST,
        ),
        tuple(told for _, told in costing),
        note=words(
            "发放未减追回；成本按方案里的单位成本计。",
            "發放未減追回；成本依方案裡的單位成本計。",
            "Before what was taken back; at the cost that the programme states.",
        ),
    )


def _cohorts(ground: Ground, found: Sequence[Cohort]) -> Table:
    """What became of the units of each month, and which share was used within so many months."""
    asset, end = asset_of(ground), ground.asked.last.replace(day=1)
    rows: list[tuple[Cell, ...]] = []
    for cohort in found:
        kept = cohort.issued - cohort.until(TAKEN, end)
        ages = (
            rate(cohort.until(SPENT, month_after(cohort.month, age)), kept)
            if month_after(cohort.month, age) <= end else None
            for age in AGES
        )  # fmt: skip
        spent, lapsed = cohort.until(SPENT, end), cohort.until(LAPSED, end)
        rows.append((cohort.month, kept, spent, lapsed, cohort.left(end), rate(spent, kept), *ages))
    within_months = (
        Column(
            f"after_{age}",
            words(f"{age} 个月内", f"{age} 個月內", f"Within {age} months"),
            Unit.RATE,
            definition=words(
                f"发放后 {age} 个月内使用的 ÷ 该月发放。",
                f"發放後 {age} 個月內使用的 ÷ 該月發放。",
                f"Used within {age} months after the month ÷ issued in it.",
            ),
        )
        for age in AGES
    )
    return Table(
        "cohorts",
        words("按发放月份", "依發放月份", "By month of issue"),
        (
            Column("month", words("发放月份", "發放月份", "Issued in"), Unit.MONTH),
            *(
                Column(ident, words(*names), Unit.ASSET, asset, words(*meaning))
                for ident, names, meaning in (
                    (
                        "issued",
                        ("发放", "發放", "Issued"),
                        (
                            "该月发放的数量，已减追回。",
                            "該月發放的數量，已減追回。",
                            "Units issued in the month, less those taken back.",
                        ),
                    ),
                    (
                        "used",
                        ("已使用", "已使用", "Used"),
                        (
                            "其中到期末已使用的数量。",
                            "其中到期末已使用的數量。",
                            "How many of them were used by the end of the period.",
                        ),
                    ),
                    (
                        "lapsed",
                        ("已过期", "已到期", "Lapsed"),
                        (
                            "其中到期末已过期的数量。",
                            "其中到期末已到期的數量。",
                            "How many of them had lapsed by the end of the period.",
                        ),
                    ),
                    (
                        "left",
                        ("还在", "還在", "Left"),
                        (
                            "其中期末仍在会员手里的数量。",
                            "其中期末仍在會員手上的數量。",
                            "How many of them members still had at the end of the period.",
                        ),
                    ),
                )
            ),
            Column(
                "share",
                words("使用率", "使用率", "Share used"),
                Unit.RATE,
                definition=words("已使用 ÷ 发放。", "已使用 ÷ 發放。", "Used ÷ issued."),
            ),
            *within_months,
        ),
        tuple(rows),
        note=words(
            "使用时先扣最早获得的；不同有效期混用时为近似。发放已减追回。",
            "使用時先扣最早獲得的；不同效期混用時為近似。發放已減追回。",
            "The oldest are used first, which is near enough where credits live for different times. Less what was"
            " taken back.",
        ),
    )


def _hints(ground: Ground, moved: Sequence[Moved]) -> tuple[dict[str, str], ...]:
    assets = ground.programme.assets
    costless = [
        each.asset
        for each in moved
        if each.asset in assets
        and assets[each.asset].spendable
        and not cost_of(each.asset, ground.programme)[0]
    ]
    if not costless:
        return ()
    named = ", ".join(costless)
    return (
        words(
            f"{named} 没有写单位成本，按零计。在方案里写 assets.{costless[0]}.cost。",
            f"{named} 沒有寫單位成本，以零計。在方案裡寫 assets.{costless[0]}.cost。",
            f"{named}: no cost of a unit is stated, so that it counts as nothing. State assets.{costless[0]}.cost.",
        ),
    )


_BENEFITS = words("权益", "權益", "Benefits")
_BY_HAND = words(
    "不经规则：手工、接口、充值", "不經規則：手動、介接、儲值", "No rule: by hand, by the API, topped up"
)

COSTS = Report(
    "costs",
    words("实际成本", "實際成本", "What it really cost"),
    words(
        "本期积分和权益花了多少，哪条规则最贵，还欠会员多少？",
        "本期點數和權益花了多少，哪條規則最貴，還欠會員多少？",
        "What did points and benefits cost, which rules cost most, and what is still owed?",
    ),
    build,
    (metrics.COST_USED, metrics.COST_OF_SALES, metrics.COST_GIVEN, metrics.COST_OWED),
    (ASSET,),
    filters=("audience", "level", "ladder"),
    see=("economics", "deferred", "experiments"),
)
