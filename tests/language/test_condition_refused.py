"""Which conditions are refused, where, and in what words."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regulars.language.condition import (
    Condition,
    Group,
    Leaf,
    Op,
    RefusedError,
    parse_condition,
)
from regulars.language.problems import Errors
from tests.language.sample import AUDIENCE, FIELDS, SHANGHAI, day, facts, leaf, parsed


def refused(raw: Any, fields: Any = FIELDS, **more: Any) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(RefusedError) as caught:
        parse_condition(raw, fields, ("rules", 2, "when"), **more)
    for problem in caught.value.problems:
        assert set(problem.text) == {"zh-hans", "zh-hant", "en"}
    return [(problem.place[3:], problem.text["en"]) for problem in caught.value.problems]


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    raw = {
        "all": [
            leaf("orders.spent", "gte", 500),
            leaf("tags", "gte", "staff"),
            leaf("calendar.day", "eq", 32),
            {"none": []},
            {"any": [leaf("orders.spend", "between", [9, 1])]},
        ]
    }
    assert refused(raw) == [
        (
            ("all", 0, "field"),
            "There is no field “orders.spent” here. Did you mean orders.spend or orders.count or orders.last_at?",
        ),
        (
            ("all", 1, "op"),
            "Field tags has no operator “gte”; use one of has, has_not, has_any, has_all, has_none, "
            "is_set, is_not_set.",
        ),
        (("all", 2, "value"), "Field calendar.day takes a whole number in the range 1–31, not “32”."),
        (("all", 3, "none"), "none must list at least one condition; leave none out if none is needed."),
        (
            ("all", 4, "any", 0, "value"),
            "The range of orders.spend is upside down and can never hold: write the smaller end first.",
        ),
    ]


def test_a_problem_reads_well_in_every_language() -> None:
    with pytest.raises(RefusedError) as caught:
        parse_condition(leaf("event.total", "gte", "viel"), FIELDS, ("rules", 0, "when"))
    (problem,) = caught.value.problems
    assert (
        problem.say("zh-hans") == "rules.0.when.value: 字段 event.total 的值应是一个数字，现在写的是“viel”。"
    )
    assert (
        problem.say("zh-hant")
        == "rules.0.when.value: 欄位 event.total 的值應是一個數字，現在寫的是「viel」。"
    )
    assert problem.say("en") == "rules.0.when.value: Field event.total takes a number, not “viel”."


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (None, ()),
        ([], ()),
        ("calendar.day", ()),
        ({}, ()),
        ({"all": [leaf("tags", "is_set")], "any": [leaf("tags", "is_set")]}, ()),
        ({"all": {"field": "tags"}}, ("all",)),
        ({"all": [3]}, ("all", 0)),
        (leaf("member.name", "eq"), ("value",)),
        (leaf("member.name", "eq", ""), ("value",)),
        (leaf("member.name", "eq", 5), ("value",)),
        (leaf("member.name", "eq", "a\x00b"), ("value",)),
        (leaf("member.name", "eq", "\ud800"), ("value",)),
        (leaf("member.name", "eq", "x" * 501), ("value",)),
        (leaf("member.name", "in", "x"), ("value",)),
        (leaf("member.name", "in", []), ("value",)),
        (leaf("member.name", "in", ["x"] * 501), ("value",)),
        (leaf("member.name", "in", ["x", 5]), ("value", 1)),
        (leaf("member.name", "is_set", 1), ("value",)),
        (leaf("member.name", "lt", "x"), ("op",)),
        ({"field": "member.name", "value": "x"}, ("op",)),
        ({"field": ["member.name"], "op": "eq", "value": "x"}, ("field",)),
        (leaf("member.name", "eq", "x", window={"days": 3}), ("window",)),
        (leaf("member.name", "eq", "x", unit="day"), ("unit",)),
        (leaf("orders.spend", "gt", True), ("value",)),
        (leaf("orders.spend", "gt", float("nan")), ("value",)),
        (leaf("orders.spend", "gt", float("inf")), ("value",)),
        (leaf("orders.spend", "gt", "NaN"), ("value",)),
        (leaf("orders.spend", "gt", 10**15), ("value",)),
        (leaf("orders.spend", "gt", 1.005), ("value",)),
        (leaf("orders.spend", "is_set"), ("op",)),
        (leaf("orders.spend", "gt", 1, window={"days": 0}), ("window",)),
        (leaf("orders.spend", "gt", 1, window={"days": True}), ("window",)),
        (leaf("orders.spend", "gt", 1, window={"days": 3661}), ("window",)),
        (leaf("orders.spend", "gt", 1, window={"weeks": 2}), ("window",)),
        (leaf("orders.spend", "gt", 1, window={"days": 2, "months": 1}), ("window",)),
        (leaf("orders.spend", "gt", 1, window=30), ("window",)),
        (leaf("orders.spend", "between", [1]), ("value",)),
        (leaf("orders.spend", "between", [1, 2, 3]), ("value",)),
        (leaf("orders.count", "gt", 1.5), ("value",)),
        (leaf("orders.count", "gt", "1"), ("value",)),
        (leaf("orders.count", "multiple_of", 0), ("value",)),
        (leaf("event.gift", "eq", "yes"), ("value",)),
        (leaf("event.gift", "eq", 1), ("value",)),
        (leaf("event.due", "before", "2026-02-30"), ("value",)),
        (leaf("event.due", "before", "2026-11-22T10:00:00Z"), ("value",)),
        (leaf("event.due", "before", 20261122), ("value",)),
        (leaf("event.shipped", "eq", "2026-11-22T10:00:00Z"), ("value",)),
        (leaf("event.shipped", "between", ["2026-11-22", "2026-11-22T10:00:00Z"]), ("value",)),
        (leaf("event.due", "within_days", 0), ("value",)),
        (leaf("level.level", "gte", "diamond"), ("value",)),
        (leaf("level.level", "between", ["gold", "basic"]), ("value",)),
        (leaf("member.attribute.age_group", "eq", "26-30"), ("value",)),
        (leaf("calendar.weekday", "eq", 0), ("value",)),
        (leaf("item.category", "eq", "BREAD"), ("field",)),
        ({"items": "some", "where": leaf("item.sku", "is_set")}, ("items",)),
        ({"items": "any"}, ("where",)),
        ({"items": "any", "where": leaf("tags", "has", "x")}, ("where", "field")),
        ({"items": "any", "where": {"items": "any", "where": leaf("item.sku", "is_set")}}, ("where", "items")),
        ({"items": "any", "when": leaf("item.sku", "is_set")}, ("when",)),
    ],
)  # fmt: skip
def test_refused(raw: Any, place: tuple[str | int, ...]) -> None:
    assert place in [found for found, _ in refused(raw)]


def test_an_audience_knows_no_event() -> None:
    assert refused(leaf("event.total", "gt", 1), AUDIENCE)[0][0] == ("field",)
    assert refused({"items": "any", "where": leaf("item.sku", "is_set")}, AUDIENCE)[0][0] == ("items",)


def test_depth_and_size_have_limits() -> None:
    tree: Any = leaf("tags", "is_set")
    for _ in range(7):
        tree = {"all": [tree]}
    assert isinstance(parsed(tree), Group)
    assert refused({"all": [tree]}) == [
        (("all", 0) * 8, "Conditions nest at most 8 levels deep; merge groups or split the rule.")
    ]
    assert isinstance(parsed({"all": [leaf("tags", "is_set")] * 199}), Group)
    assert refused({"all": [leaf("tags", "is_set")] * 900}) == [
        (("all", 199), "A condition has at most 200 parts; list values with in, or split the rule.")
    ]


def test_a_bomb_of_depth_is_refused_quickly() -> None:
    bomb: Any = leaf("tags", "is_set")
    for _ in range(100_000):
        bomb = {"none": [bomb]}
    assert len(refused(bomb)) == 1


def test_problems_go_to_the_callers_collector() -> None:
    errors = Errors()
    assert parse_condition(leaf("nope", "eq", 1), FIELDS, ("when",), errors) is None
    found: Condition | None = parse_condition(leaf("tags", "is_set"), FIELDS, ("when",), errors)
    assert found == Leaf("tags", Op.IS_SET)
    assert [problem.place for problem in errors.problems] == [("when", "field")]


def test_zones_decide_the_day() -> None:
    at = datetime(2026, 12, 31, 20, tzinfo=UTC)
    assert facts(at=at, zone=SHANGHAI).day == day("2027-01-01")
    assert facts(at=at, zone=ZoneInfo("America/Los_Angeles")).day == day("2026-12-31")
