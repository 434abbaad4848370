"""What each word of a programme allows and the whole can't be: told with its place and a way out, before publishing."""

import pytest

from regulars.kit import clock
from regulars.programme.cautions import cautions
from regulars.programme.loader import load

HEAD = """\
programme: x
name: X
timezone: Asia/Shanghai
currency: CNY
assets: {points: {name: points}, growth: {name: growth, spendable: false}}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    period: {months: 12, round: month}
    levels: [{id: basic, name: B, at: 0}, {id: gold, name: G, at: 100}]
"""
TEA = "benefits:\n  tea: {name: T, item: t, grant: {levels: [level/gold]}, claim: any_time, "
GIFT = TEA + "kind: gift, quota: {times: 5, per: month}"
RULE = "rules:\n  - {id: r, name: R, on: order.paid, then: [{credit: {asset: points, amount: 10}}], "
FIVE = "{field: event.total, op: gt, value: 5}"


def told(text: str) -> list[tuple[str, str]]:
    found = cautions(load(HEAD + text), clock.now())
    return [(".".join(map(str, one.place)), one.text["en"].partition(":")[0]) for one in found]


@pytest.mark.parametrize(
    "other",
    [
        "{field: event.total, op: lt, value: 5}",
        "{field: event.total, op: between, value: [1, 4]}",
        "{all: [{field: event.total, op: eq, value: 5}]}",
        "{any: [{all: [{field: calendar.day, op: gt, value: 9}, {field: calendar.day, op: lt, value: 3}]}]}",
    ],
)
def test_a_condition_that_nothing_satisfies(other: str) -> None:
    ((place, text),) = told(RULE + f"when: {{all: [{FIVE}, {other}]}}}}")
    assert place == "rules.0.when"
    assert text == "can never hold"


@pytest.mark.parametrize(
    "other",
    [
        "{field: event.total, op: lte, value: 6}",
        "{field: orders.spend, op: lt, value: 5}",
        "{none: [{field: event.total, op: gt, value: 9}]}",
        "{any: [{field: event.total, op: lt, value: 5}, {field: calendar.day, op: eq, value: 1}]}",
    ],
)
def test_what_may_hold_is_left_alone(other: str) -> None:
    assert told(RULE + f"when: {{all: [{FIVE}, {other}]}}}}") == []


def test_windows_are_compared_each_by_itself() -> None:
    spend = "{{field: orders.spend, op: {}, value: 100, window: {{days: {}}}}}"
    both = [spend.format("gt", 90), spend.format("lt", 7)]
    assert told(RULE + f"when: {{all: [{', '.join(both)}]}}}}") == []
    both[1] = spend.format("lt", 90)
    assert [place for place, _ in told(RULE + f"when: {{all: [{', '.join(both)}]}}}}")] == ["rules.0.when"]


def test_a_budget_for_less_than_one_time() -> None:
    text = "is less than the rule gives once"
    assert told(RULE + "budget: {units: 9, per: day}}") == [("rules.0.budget.units", text)]
    assert told(RULE + "budget: {units: 10, per: day}}") == []
    shared = "campaigns:\n  c: {name: C, budget: {units: 9, per: day}}\n" + RULE + "campaign: c}"
    assert told(shared) == [("campaigns.c.budget.units", text)]


def test_gifts_without_a_stock_and_with_too_small_a_one() -> None:
    assert [place for place, _ in told(GIFT + "}")] == ["benefits.tea.stock"]
    assert told(GIFT + ", stock: {units: 4, per: month}}") == [
        ("benefits.tea.stock.units", "is less than one member may have")
    ]
    assert told(GIFT + ", stock: {units: 5, per: month}}") == []


def test_a_level_that_brings_the_next_one_by_its_benefit() -> None:
    credit = (
        TEA.replace("item: t, ", "") + "kind: credit, asset: %s, amount: 100, quota: {times: 1, per: year}}"
    )
    basic = (credit % "growth").replace("level/gold", "level/basic")
    assert [place for place, _ in told(basic)] == ["benefits.tea.asset"]
    assert told(basic.replace("amount: 100", "amount: 99")) == []
    assert told(credit % "growth") == [], "there is no level above"
    assert told((credit % "points").replace("level/gold", "level/basic")) == []


def test_benefits_that_bring_each_other() -> None:
    benefit = "benefits:\n  tea: {name: T, kind: credit, asset: points, amount: 1}\n"
    rule = "rules:\n  - {id: r, name: R, on: benefit.used, then: [{grant: {benefit: tea}}]%s}"
    assert [place for place, _ in told(benefit + rule % "")] == ["rules.0.then.0.grant"]
    assert told(benefit + rule % ", limit: {times: 1, per: day}") == []
