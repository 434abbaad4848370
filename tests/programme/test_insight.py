"""The programme's `insight`: what it takes for granted, and what it refuses."""

from decimal import Decimal

import pytest

from regulars.programme.contracts import (
    Insight,
    LayerTerms,
    LifecycleTerms,
    PointsValue,
    RfmBounds,
    RfmTerms,
    ValueTerms,
)
from regulars.programme.diff import compare
from regulars.programme.loader import InvalidProgramme, load

BASE = "programme: tea\nname: Tea\ntimezone: Asia/Shanghai\ncurrency: CNY\nassets: {points: {name: P}}\n"
STATED = """
insight:
  margin: 35.5
  rfm: {window_days: 180, scores: {recency_days: [15, 30, 60, 120], orders: [2, 4, 8, 15], spend: [1, 3, 8, "20.5"]}}
  lifecycle: {new_days: 10, active_days: 20, sleeping_days: 40, lost_days: 80, loyal_orders: 3}
  layers: {high_value_spend: 5000}
  value: {horizon_days: 90, discount: 0}
  points_value: {points: {price: "0.01", breakage: 15}}
"""


def test_a_programme_that_says_nothing_has_the_usual_terms() -> None:
    assert load(BASE).insight == Insight()


def test_every_term_can_be_stated_and_what_changed_is_told() -> None:
    told = load(BASE + STATED)
    assert told.insight == Insight(
        Decimal("35.5"),
        RfmTerms(180, RfmBounds((15, 30, 60, 120), (2, 4, 8, 15), (100, 300, 800, 2050))),
        LifecycleTerms(10, 20, 40, 80, 3),
        LayerTerms(None, 500_000),
        ValueTerms(90, Decimal(0)),
        (PointsValue("points", Decimal("0.01"), Decimal(15)),),
    )
    (section,) = compare(load(BASE), told, "zh-hans")
    assert section.title == "会员分析"
    assert "“会员分析”的毛利率（%）由 （无） 改为 35.5" in [each.text for each in section.changes]


@pytest.mark.parametrize(
    ("insight", "fault"),
    [
        ("margin: 0", "insight.margin: input should be greater than 0"),
        ("margin: 101", "insight.margin: input should be less than or equal to 100"),
        ("lifecycle: {active_days: 120}", "insight.lifecycle.sleeping_days: must be above active_days (120)"),
        (
            "layers: {high_value_share: 5, high_value_spend: 5}",
            "insight.layers: must be either high_value_share or high_value_spend",
        ),
        (
            "rfm: {scores: {recency_days: [1, 2, 2, 3], orders: [1, 2, 3, 4], spend: [1, 2, 3, 4]}}",
            "insight.rfm.scores.recency_days: must rise from one bound to the next",
        ),
        (
            "rfm: {window_days: 90, scores: {recency_days: [1, 2, 3, 90], orders: [1, 2, 3, 4], spend: [1, 2, 3, 4]}}",
            "insight.rfm.scores.recency_days: must lie below window_days (90): older orders are not looked at",
        ),
        ("points_value: {miles: {price: 1}}", "insight.points_value.miles: names no asset: there are points"),
        (
            "points_value: {points: {price: 1, breakage: 100}}",
            "insight.points_value.points.breakage: input should be less than 100",
        ),
        (
            "points_value: {points: {price: 0}}",
            "insight.points_value.points.price: must be an amount of money above 0",
        ),
        ("rfm: {days: 3}", "insight.rfm.days: is not known here: check the spelling"),
    ],
)
def test_what_cannot_be_meant_is_refused(insight: str, fault: str) -> None:
    with pytest.raises(InvalidProgramme) as refused:
        load(f"{BASE}insight:\n  {insight}\n")
    assert str(refused.value) == f"line 7, {fault}"
