"""The cost model as a report: what a points card costs and owes, with the brand's own figures where none are given."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from regulars.insight import cost_metrics as metrics
from regulars.insight.boards.assumed import NAMES, Terms, net_sales, terms_of
from regulars.insight.boards.costs import Moved, by_asset
from regulars.insight.boards.counting import rate
from regulars.insight.boards.options import ASSET, fixed
from regulars.insight.boards.points import asset_of
from regulars.insight.defining import Unit
from regulars.insight.economics import Base, Card, Year, forecast
from regulars.insight.report import (
    Answer,
    Cell,
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
from regulars.language.text import Text

SHARES = (30, 50, 60, 80, 100)
"""Shares redeemed in the table beside, in percent."""
_EMPTY = words(
    "填入一年的会员销售额，就能看到积分要花多少钱、年底欠多少。",
    "填入一年的會員銷售額，就能看到點數要花多少錢、年底欠多少。",
    "Type what members buy for in a year, and see what points will cost and how much will be owed.",
)


def build(ground: Ground) -> Answer:
    terms = terms_of(ground)
    if not terms.sales_minor:
        return Answer(Sentence(_EMPTY), empty=True)
    years = forecast(terms.card, [terms.sales_minor] * terms.years, ground.programme.minor_digits)
    last = years[-1]
    return Answer(
        _sentence(terms, years),
        (
            Figure(metrics.COST_BUDGET, last.budget_minor),
            Figure(metrics.COST_SHARE, float(last.share)),
            Figure(metrics.COST_LIABILITY, last.liability_minor),
            Figure(metrics.COST_BREAKAGE, float(1 - terms.card.ever())),
            *((Figure(metrics.COST_UPLIFT, _uplift(last.budget_minor, terms)),) if terms.margin else ()),
        ),
        (_years(years), _actual(years[0], ground), _by_share(terms, ground), _assumed(terms, ground)),
        (
            Chart("cost", words("每年花多少、欠多少", "每年花多少、欠多少", "Spent and owed, by year"),
                  Draw.ACROSS, "years", "year", ("gifts", "operations", "liability")),
            Chart("shares", words("兑换率不同，预算不同", "兌換率不同，預算不同", "The budget by the share redeemed"),
                  Draw.ACROSS, "shares", "redeemed", ("budget",)),
        ),
        hints=() if terms.margin else (_NO_MARGIN,),
    )  # fmt: skip


def _uplift(budget_minor: int, terms: Terms) -> float:
    assert terms.margin
    return float(budget_minor / (terms.sales_minor * terms.margin))


def _sentence(terms: Terms, years: Sequence[Year]) -> Sentence:
    first, last = years[0], years[-1]
    return Sentence(
        words(
            "一年销售 {sales}，发放 {issued} 积分，全部兑换要 {most} 礼品。第一年预算 {first}，"
            "第 {years} 年 {budget}，占销售额 {share}；年末欠 {owed}。",
            "一年銷售 {sales}，發放 {issued} 點，全部兌換要 {most} 禮品。第一年預算 {first}，"
            "第 {years} 年 {budget}，占銷售額 {share}；年末欠 {owed}。",
            "Sales of {sales} a year bring {issued} points, {most} of gifts if all came back. The budget is {first} in"
            " the first year and {budget} in year {years}, {share} of sales; {owed} is owed at its end.",
        ),
        {
            "sales": (Unit.MONEY, terms.sales_minor),
            "issued": (Unit.COUNT, last.issued),
            "most": (Unit.MONEY, last.most_minor),
            "first": (Unit.MONEY, first.budget_minor),
            "years": (Unit.COUNT, len(years)),
            "budget": (Unit.MONEY, last.budget_minor),
            "share": (Unit.RATE, float(last.share)),
            "owed": (Unit.MONEY, last.liability_minor),
        },
    )


_GIFTS = Column(
    "gifts",
    words("礼品", "禮品", "Gifts"),
    Unit.MONEY,
    definition=words(
        "当年兑换的积分按礼品成本计。",
        "當年兌換的點數依禮品成本計。",
        "What the gifts for the points redeemed in the year cost.",
    ),
)
_OPERATIONS = Column(
    "operations",
    words("运营", "營運", "Operations"),
    Unit.MONEY,
    definition=words(
        "运营费用，按条件里写的比例和基数计。",
        "營運費用，依條件裡寫的比例和基數計。",
        "What running the programme costs, by the share and the base that the terms state.",
    ),
)
_BUDGET = Column(
    "budget",
    words("预算", "預算", "Budget"),
    Unit.MONEY,
    definition=words(
        "当年要花的钱：礼品 + 运营。",
        "當年要花的錢：禮品 + 營運。",
        "What is spent in the year: gifts and operations.",
    ),
)
_SHARE = Column(
    "share",
    words("占销售额", "占銷售額", "Of sales"),
    Unit.RATE,
    definition=words(
        "预算 ÷ 当年销售额。",
        "預算 ÷ 當年銷售額。",
        "The budget ÷ the sales of the year.",
    ),
)


def _years(years: Sequence[Year]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            words(f"第 {number} 年", f"第 {number} 年", f"Year {number}"), year.sales_minor, year.issued, year.redeemed,
            year.gifts_minor, year.operations_minor, year.budget_minor, float(year.share),
            year.liability_minor, year.outstanding, year.exposure_minor,
        )
        for number, year in enumerate(years, 1)
    ]  # fmt: skip
    return Table(
        "years",
        words("逐年", "逐年", "Year by year"),
        (
            Column("year", words("年", "年", "Year"), Unit.TEXT),
            Column("sales", words("销售额", "銷售額", "Sales"), Unit.MONEY, definition=words(
                "推算所用的当年会员销售额。",
                "推算所用的當年會員銷售額。",
                "The member sales of the year that are assumed.",
            )),
            Column("issued", words("发放积分", "發放點數", "Points issued"), Unit.COUNT, definition=words(
                "当年销售额所得的积分。",
                "當年銷售額所得的點數。",
                "Points that the sales of the year bring.",
            )),
            Column("redeemed", words("兑换积分", "兌換點數", "Points redeemed"), Unit.COUNT, definition=words(
                "当年兑换的积分，按兑换曲线计。",
                "當年兌換的點數，依兌換曲線計。",
                "Points redeemed in the year, by the redemption curve.",
            )),
            _GIFTS, _OPERATIONS, _BUDGET, _SHARE,
            Column("liability", words("预计还要付", "預計還要付", "Owed"), Unit.MONEY,
                   definition=metrics.COST_LIABILITY.definition),
            Column("outstanding", words("年末未兑换积分", "年末未兌換點數", "Points outstanding"), Unit.COUNT,
                   definition=words(
                "历年发放、到年末没有兑换的积分。",
                "歷年發放、到年末沒有兌換的點數。",
                "Points of all years that have not come back by the end of the year.",
            )),
            Column("exposure", words("全部兑换要付", "全部兌換要付", "If all came back"), Unit.MONEY, definition=words(
                "年末未兑换的积分全部兑换时的礼品成本。",
                "年末未兌換的點數全部兌換時的禮品成本。",
                "What the gifts would cost if all points outstanding came back.",
            )),
        ),
        tuple(rows),
    )  # fmt: skip


def _actual(model: Year, ground: Ground) -> Table:
    """The programme's own figures in the period, and those of the model's first year below them."""
    asset, net = asset_of(ground), net_sales(ground)
    moved = next(iter(by_asset(ground, asset)), Moved(asset, *(0,) * 8))
    known = ground.programme.assets.get(asset)
    unit = 10 ** (known.scale if known else 0)
    rows: list[tuple[Cell, ...]] = [
        (
            words("实际（所选时间段）", "實際（所選期間）", "Real, in the period"), net, moved.given // unit,
            moved.used // unit, moved.used_minor, rate(moved.used_minor, net), moved.held // unit, moved.owed_minor,
        ),
        (
            words("推算，第 1 年", "推算，第 1 年", "The model, year 1"), model.sales_minor, model.issued,
            model.redeemed, model.gifts_minor, float(model.gifts_minor / model.sales_minor), model.outstanding,
            model.exposure_minor,
        ),
    ]  # fmt: skip
    return Table(
        "actual",
        words("与本品牌实际对照", "與本品牌實際對照", "Beside the programme's real figures"),
        (
            Column("of", words("来自", "來自", "From"), Unit.TEXT),
            Column("sales", words("销售额", "銷售額", "Sales"), Unit.MONEY, definition=words(
                "实际：所选时间段的会员销售额减退款。推算：条件里的一年销售额。",
                "實際：所選期間的會員銷售額減退款。推算：條件裡的一年銷售額。",
                "Real: members' sales in the period less refunds. The model: the sales a year of its terms.",
            )),
            Column("issued", words("发放积分", "發放點數", "Points issued"), Unit.COUNT, definition=words(
                "实际：发放减追回。", "實際：發放減追回。", "Real: issued less taken back.")),
            Column("redeemed", words("兑换积分", "兌換點數", "Points redeemed"), Unit.COUNT, definition=words(
                "实际：使用的积分，含往年发放的。", "實際：使用的點數，含往年發放的。",
                "Real: points spent, those of earlier years among them.")),
            Column("gifts", words("礼品", "禮品", "Gifts"), Unit.MONEY, definition=words(
                "实际：使用的积分按方案里的单位成本计，不含权益和运营。",
                "實際：使用的點數依方案裡的單位成本計，不含權益和營運。",
                "Real: points spent at the unit cost that the programme states, without benefits and operations.")),
            Column("share", words("礼品占销售额", "禮品占銷售額", "Gifts of sales"), Unit.RATE, definition=words(
                "礼品 ÷ 销售额。", "禮品 ÷ 銷售額。", "Gifts ÷ sales.")),
            Column("outstanding", words("期末未兑换积分", "期末未兌換點數", "Points outstanding"), Unit.COUNT,
                   definition=words("期末会员手里的积分。", "期末會員手上的點數。", "What members hold at the end.")),
            Column("exposure", words("全部兑换要付", "全部兌換要付", "If all came back"), Unit.MONEY, definition=words(
                "期末未兑换的积分按单位成本计。", "期末未兌換的點數依單位成本計。",
                "Points outstanding at their unit cost.")),
        ),
        tuple(rows),
        note=words(
            "积分、负债和完整的成本见“成本”与“递延收入”两张报表。",
            "點數、負債和完整的成本見「成本」與「遞延收入」兩張報表。",
            "All costs, and what is owed, are told by the reports on costs and on deferred revenue.",
        ),
    )  # fmt: skip


def _by_share(terms: Terms, ground: Ground) -> Table:
    """One year's points, had that share of them come back."""
    card = terms.card
    rows: list[tuple[Cell, ...]] = []
    for percent in SHARES:
        some = Card(card.earn, card.exchange, (Fraction(percent, 100),), card.operations, card.base)
        (year,) = forecast(some, [terms.sales_minor], ground.programme.minor_digits)
        name = words(*(f"{percent}%",) * 3)
        rows.append((name, year.gifts_minor, year.operations_minor, year.budget_minor, float(year.share)))
    redeemed = Column("redeemed", words("兑换率", "兌換率", "Redeemed"), Unit.TEXT)
    return Table(
        "shares",
        words("一年的积分，兑换率不同时", "一年的點數，兌換率不同時", "One year's points, by the share redeemed"),
        (redeemed, _GIFTS, _OPERATIONS, _BUDGET, _SHARE),
        tuple(rows),
    )  # fmt: skip


def _assumed(terms: Terms, ground: Ground) -> Table:
    card, digits = terms.card, ground.programme.minor_digits
    said = {
        "sales": _plain(Fraction(terms.sales_minor, 10**digits)),
        "earn": _plain(card.earn),
        "exchange": _plain(card.exchange),
        "redeemed": " · ".join(_percent(share) for share in card.redeemed),
        "operations": _percent(card.operations),
        "margin": _percent(terms.margin) if terms.margin else "–",
    }
    return Table(
        "assumed",
        words("按什么计算", "依什麼計算", "Calculated with"),
        (
            Column("term", words("条件", "條件", "Term"), Unit.TEXT),
            Column("value", words("数值", "數值", "Value"), Unit.TEXT),
            Column("source", words("来自", "來自", "From"), Unit.TEXT),
        ),
        tuple((NAMES[term], value, terms.sources[term]) for term, value in said.items()),
        note=words(
            "留空的条件取本品牌所选时间段的实际数据或方案里的设定，没有时取行业常用值。",
            "留空的條件取本品牌所選期間的實際資料或方案裡的設定，沒有時取業界常用值。",
            "What is left empty is taken from the brand's own figures in the period or from the programme, else what is"
            " usual.",
        ),
    )  # fmt: skip


def _plain(value: Fraction) -> str:
    """To six decimals, without needless zeros, thousands grouped."""
    text = f"{Decimal(round(value * 10**6)).scaleb(-6):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(share: Fraction) -> str:
    return f"{_plain(share * 100)}%"


_NO_MARGIN = words(
    "填写毛利率（或在方案里写 insight.margin），就能看到销售要多出多少才保本。",
    "填寫毛利率（或在方案裡寫 insight.margin），就能看到銷售要多出多少才保本。",
    "Type a margin, or state insight.margin in the programme, to see how much more has to be sold for it to pay.",
)


def _typed(ident: str, blank: Text) -> Option:
    return Option(ident, NAMES[ident], fixed({}), blank)


_OWN = words("本品牌实际", "本品牌實際", "the brand's own")
_STATED = words("方案里的", "方案裡的", "the programme's")
TYPED = (
    _typed("sales", _OWN), _typed("earn", _OWN), _typed("exchange", _STATED), _typed("redeemed", _OWN),
    _typed("operations", words("20", "20", "20")), _typed("margin", _STATED),
)  # fmt: skip
BASE = Option(
    "base",
    words("运营占的是", "營運占的是", "Operations are"),
    fixed(
        {
            Base.BUDGET.value: words("总预算的", "總預算的", "of the budget"),
            Base.GIFTS.value: words("礼品的", "禮品的", "of gifts"),
        }
    ),
)
YEARS = Option(
    "years",
    words("年数", "年數", "Years"),
    fixed({str(count): words(*(str(count),) * 3) for count in (3, 1, 2, 4, 5, 10)}),
)

ECONOMICS = Report(
    "economics",
    words("成本与 ROI", "成本與 ROI", "Costs and ROI"),
    words(
        "积分要花多少钱，占销售额多少，年底欠多少，要多卖多少才保本？",
        "點數要花多少錢，占銷售額多少，年底欠多少，要多賣多少才保本？",
        "What will points cost, how much of sales is that, what is owed, and how much more has to be sold for it to"
        " pay?",
    ),
    build,
    (metrics.COST_BUDGET, metrics.COST_SHARE, metrics.COST_LIABILITY, metrics.COST_BREAKAGE, metrics.COST_UPLIFT),
    (*TYPED[:-1], BASE, TYPED[-1], YEARS, ASSET),
    filters=(),
    compares=False,
    see=("costs", "deferred", "experiments"),
)  # fmt: skip
