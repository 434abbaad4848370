"""From the file's `insight` to the terms by which members are classified: what can't be meant is refused."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from regulars.language.problems import Errors, Place, words
from regulars.ledger.contracts import Asset, Wallet
from regulars.programme.contracts import (
    Insight,
    LayerTerms,
    LifecycleTerms,
    PointsValue,
    RfmBounds,
    RfmTerms,
    ValueTerms,
)
from regulars.programme.part_insight import InsightPart, LayersPart, LifecyclePart, RfmPart

HIGH_VALUE_PERCENT = Decimal(20)

_RISING = words(
    "各档必须由小到大，不能相同",
    "各級距必須由小到大，不能相同",
    "must rise from one bound to the next",
)
_ONE_WAY = words(
    "high_value_share 和 high_value_spend 只能写一个",
    "high_value_share 與 high_value_spend 只能寫一個",
    "must be either high_value_share or high_value_spend",
)

_NOT_SPENT = words(
    "不能使用的资产（如成长值）不欠会员什么，没有售价：请去掉这一项",
    "不能使用的資產（如成長值）不欠會員什麼，沒有售價：請移除這一項",
    "can't be spent, so that nothing is owed for it: leave it out",
)
_PAID_IN = words(
    "是会员存入的本金，按面值欠付，没有售价：请去掉这一项",
    "是會員存入的本金，依面額欠付，沒有售價：請移除這一項",
    "is money that members paid in, which is owed as it is: leave it out",
)


def read_insight(
    part: InsightPart,
    minor_digits: int,
    assets: Mapping[str, Asset],
    wallets: Mapping[str, Wallet],
    errors: Errors,
) -> Insight:
    """The terms, with the usual ones where the file states none."""
    return Insight(
        margin_percent=part.margin,
        rfm=_rfm(part.rfm, minor_digits, errors),
        lifecycle=_lifecycle(part.lifecycle, errors),
        layers=_layers(part.layers, minor_digits, errors),
        value=ValueTerms(part.value.horizon_days, part.value.discount),
        points_value=_points_value(part, assets, wallets, errors),
    )


def _rfm(part: RfmPart, digits: int, errors: Errors) -> RfmTerms:
    if part.scores == "quantile":
        return RfmTerms(part.window_days)
    scores, place = part.scores, ("insight", "rfm", "scores")
    spend = [int(one.scaleb(digits)) for one in scores.spend]
    _rising(scores.recency_days, (*place, "recency_days"), errors)
    _rising(scores.orders, (*place, "orders"), errors)
    _rising(spend, (*place, "spend"), errors)
    if scores.recency_days[-1] >= part.window_days:
        errors.add(
            (*place, "recency_days"),
            words(
                f"必须都小于 window_days（{part.window_days}）：更早的订单不计入",
                f"必須都小於 window_days（{part.window_days}）：更早的訂單不計入",
                f"must lie below window_days ({part.window_days}): older orders are not looked at",
            ),
        )
    return RfmTerms(
        part.window_days, RfmBounds(tuple(scores.recency_days), tuple(scores.orders), tuple(spend))
    )


def _rising(bounds: Sequence[int], place: Place, errors: Errors) -> None:
    if any(one >= other for one, other in pairwise(bounds)):
        errors.add(place, _RISING)


def _lifecycle(part: LifecyclePart, errors: Errors) -> LifecycleTerms:
    names = ("active_days", "sleeping_days", "lost_days")
    for before, after in pairwise(names):
        if getattr(part, before) >= getattr(part, after):
            errors.add(
                ("insight", "lifecycle", after),
                words(
                    f"必须大于 {before}（{getattr(part, before)}）",
                    f"必須大於 {before}（{getattr(part, before)}）",
                    f"must be above {before} ({getattr(part, before)})",
                ),
            )
    return LifecycleTerms(
        part.new_days, part.active_days, part.sleeping_days, part.lost_days, part.loyal_orders
    )


def _points_value(
    part: InsightPart, assets: Mapping[str, Asset], wallets: Mapping[str, Wallet], errors: Errors
) -> tuple[PointsValue, ...]:
    paid_in = {wallet.principal for wallet in wallets.values()}
    for ident in part.points_value:
        place = ("insight", "points_value", ident)
        if ident not in assets:
            errors.add(place, _no_asset(ident, assets))
        elif not assets[ident].spendable:
            errors.add(place, _NOT_SPENT)
        elif ident in paid_in:
            errors.add(place, _PAID_IN)
    return tuple(
        PointsValue(ident, value.price, value.breakage) for ident, value in part.points_value.items()
    )


def _no_asset(ident: str, assets: Mapping[str, Asset]) -> dict[str, str]:
    return words(
        f"没有名为 {ident} 的资产，现有：{'、'.join(assets)}",
        f"沒有名為 {ident} 的資產，現有：{'、'.join(assets)}",
        f"names no asset: there are {', '.join(assets)}",
    )


def _layers(part: LayersPart, digits: int, errors: Errors) -> LayerTerms:
    if part.high_value_share is not None and part.high_value_spend is not None:
        errors.add(("insight", "layers"), _ONE_WAY)
    if part.high_value_spend is not None:
        return LayerTerms(None, int(part.high_value_spend.scaleb(digits)))
    return LayerTerms(part.high_value_share or HIGH_VALUE_PERCENT, None)
