"""What conditions mean, where they are refused, and what they are called."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import yaml

from regulars.language.condition import (
    Condition,
    Facts,
    Group,
    Items,
    Leaf,
    Needs,
    Op,
    Quantifier,
    RefusedError,
    Scope,
    Window,
    compile_condition,
    compile_lines,
    parse_condition,
)
from regulars.language.problems import Errors
from regulars.language.snapshot import Profile, Snapshot, Standing, Totals
from tests.language.sample import AUDIENCE, FIELDS, SHANGHAI, day, facts, leaf, parsed

EXAMPLE = """
all:
  - {field: orders.spend, window: {days: 30}, op: gte, value: 500}
  - none: [{field: tags, op: has, value: staff}]
  - {items: any, where: {field: item.category, op: in, value: [BREAD, MILK]}}
"""


def holds(raw: Any, given: Facts | None = None) -> bool:
    """Whether the condition holds, asked both ways."""
    compiled = compile_condition(parsed(raw), FIELDS)
    given = given or facts()
    held = compiled.matches(given)
    assert compiled.explain(given)[0] is held
    return held


def member(**more: Any) -> Snapshot:
    return Snapshot(UUID(int=7), **more)


# The tree and its form


def test_yaml_becomes_a_typed_tree() -> None:
    assert parsed(yaml.safe_load(EXAMPLE)) == Group(
        Quantifier.ALL,
        (
            Leaf("orders.spend", Op.GTE, Decimal(500), Window(days=30)),
            Group(Quantifier.NONE, (Leaf("tags", Op.HAS, "staff"),)),
            Items(Quantifier.ANY, Leaf("item.category", Op.IN, ("BREAD", "MILK"))),
        ),
    )


def test_the_canonical_form_is_json_and_parses_to_the_same_tree() -> None:
    condition = parsed(yaml.safe_load(EXAMPLE))
    raw = condition.to_raw()
    assert raw == {
        "all": [
            {"field": "orders.spend", "window": {"days": 30}, "op": "gte", "value": 500},
            {"none": [{"field": "tags", "op": "has", "value": "staff"}]},
            {"items": "any", "where": {"field": "item.category", "op": "in", "value": ["BREAD", "MILK"]}},
        ]
    }
    assert parsed(json.loads(json.dumps(raw))) == condition


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (leaf("orders.spend", "gt", "128.50"), leaf("orders.spend", "gt", 128.5)),
        (
            leaf("event.weight", "eq", "0.12345678901234567890"),
            leaf("event.weight", "eq", "0.12345678901234567890"),
        ),
        (leaf("event.due", "lt", date(2026, 11, 22)), leaf("event.due", "before", "2026-11-22")),
        (
            leaf("event.shipped", "gt", datetime.fromisoformat("2026-11-22T08:00:00")),
            leaf("event.shipped", "after", "2026-11-22T00:00:00+00:00"),
        ),
        (leaf("tags", "has_any", ["b", "a", "b"]), leaf("tags", "has_any", ["b", "a"])),
        ({"field": "member.name", "op": "is_set", "value": None}, leaf("member.name", "is_set")),
        (leaf("level.level", "gte", "silver"), leaf("level.level", "gte", "silver")),
        (
            {"any": [{"all": [leaf("event.gift", "eq", False)]}]},
            {"any": [{"all": [leaf("event.gift", "eq", False)]}]},
        ),
    ],
)
def test_round_trip(written: Any, canonical: Any) -> None:
    condition = parsed(written)
    assert condition.to_raw() == canonical
    assert parsed(canonical) == condition


# What it means


def test_a_missing_value_satisfies_only_the_negative_operators() -> None:
    """No rating, no birthday, no tags: the same for every type."""
    asked = {
        "event.rating": (3, {"ne", "not_in", "is_not_set"}),
        "event.channel": ("app", {"ne", "not_in", "not_contains", "is_not_set"}),
        "member.birthday": ("2000-01-01", {"ne", "not_in", "is_not_set"}),
        "event.gift": (False, {"ne", "is_not_set"}),
        "tags": ("staff", {"has_not", "has_none", "is_not_set"}),
        "level.vip": ("silver", {"ne", "not_in", "is_not_set"}),
    }
    for name, (value, negative) in asked.items():
        for op in {"eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "not_contains", "starts_with",
                   "has", "has_not", "has_any", "has_all", "has_none", "is_set", "is_not_set"}:  # fmt: skip
            many = op in ("in", "not_in", "has_any", "has_all", "has_none")
            raw = leaf(name, op, None if op.startswith("is_") else [value] if many else value)
            try:
                condition = parsed(raw)
            except RefusedError:
                continue
            assert compile_condition(condition, FIELDS).matches(facts()) is (op in negative), (name, op)


def test_an_empty_text_is_a_missing_value() -> None:
    given = facts(member(profile=Profile(name="")), data={"channel": ""})
    assert holds(leaf("member.name", "is_not_set"), given)
    assert holds(leaf("event.channel", "is_not_set"), given)
    assert not holds(leaf("event.channel", "is_set"), given)


@pytest.mark.parametrize(
    ("name", "op", "value", "expected"),
    [
        ("Ann Müller", "contains", "ANN M", True),
        ("Ann Müller", "contains", "MÜLLER", False),
        ("Ann Müller", "eq", "ann müller", False),
        ("回头客会员", "contains", "会员", True),
        ("İstanbul", "contains", "istanbul", False),
        ("100% off", "contains", "%", True),
        ("abc", "contains", "a%c", False),
        ("a_b", "starts_with", "a_", True),
        ("axb", "starts_with", "a_", False),
    ],
)
def test_text_is_exact_but_contains_folds_a_to_z(name: str, op: str, value: str, expected: bool) -> None:
    assert holds(leaf("member.name", op, value), facts(member(profile=Profile(name=name)))) is expected


def test_money_is_written_in_whole_units_and_compared_in_the_smallest() -> None:
    given = facts(data={"total_minor": 12850})
    assert holds(leaf("event.total", "eq", 128.5), given)
    assert holds(leaf("event.total", "gte", "128.50"), given)
    assert not holds(leaf("event.total", "gt", 128.5), given)
    assert holds(leaf("event.total", "between", [0, 128.5]), given)


def test_order_lines() -> None:
    bread, milk = {"category": "BREAD", "total_minor": 900}, {"category": "MILK", "total_minor": 500}
    is_bread = leaf("item.category", "eq", "BREAD")
    dear_bread = {"all": [is_bread, leaf("item.total", "gte", 9)]}
    for lines, found in (
        ([bread, milk], {"any": True, "all": False, "none": False}),
        ([bread, bread], {"any": True, "all": True, "none": False}),
        ([milk], {"any": False, "all": False, "none": True}),
        ([], {"any": False, "all": False, "none": True}),
    ):
        for quantifier, expected in found.items():
            for where in (is_bread, dear_bread):
                raw = {"items": quantifier, "where": where}
                assert holds(raw, facts(data={"items": lines})) is expected, (lines, raw)


def test_one_line_must_satisfy_the_whole_inner_condition() -> None:
    lines = [{"category": "BREAD", "total_minor": 100}, {"category": "MILK", "total_minor": 5000}]
    where = {"all": [leaf("item.category", "eq", "BREAD"), leaf("item.total", "gte", 50)]}
    assert not holds({"items": "any", "where": where}, facts(data={"items": lines}))


def test_a_condition_on_lines_alone() -> None:
    """As a credit's `where` states it."""
    condition = parse_condition(leaf("item.category", "eq", "BREAD"), FIELDS, scope=Scope.LINE)
    matches = compile_lines(condition, FIELDS)
    assert matches({"category": "BREAD"})
    assert not matches({"category": "MILK"})
    assert not matches({})


def test_levels_compare_by_rank() -> None:
    silver = facts(member(standings={"level": Standing("level", "silver", day("2026-01-01"), None)}))
    assert holds(leaf("level.level", "gte", "silver"), silver)
    assert holds(leaf("level.level", "lt", "gold"), silver)
    assert not holds(leaf("level.level", "gt", "silver"), silver)
    assert holds(leaf("level.level", "between", ["basic", "silver"]), silver)


def test_without_a_standing_a_member_is_on_the_lowest_level_if_it_is_free() -> None:
    assert holds(leaf("level.level", "eq", "basic"))
    assert holds(leaf("level.vip", "is_not_set"))
    assert not holds(leaf("level.vip", "gte", "silver"))


def test_balances_and_earnings_are_asked_in_shown_units() -> None:
    given = facts(
        member(
            balances={"points": 100, "credit": 1234}, tallies={"credit:credit": {day("2026-11-22"): [1, 250]}}
        )
    )
    assert holds(leaf("balance.points", "eq", 100), given)
    assert holds(leaf("balance.credit", "eq", 12.34), given)
    assert holds(leaf("earned.credit", "eq", 2.5), given)


def test_a_window_ends_with_the_events_own_local_day() -> None:
    """The 30 days up to 22 November begin on 24 October; what came later than the event doesn't count."""
    tally = {
        day("2026-10-23"): [1, 100],
        day("2026-10-24"): [1, 20000],
        day("2026-11-22"): [2, 30000],
        day("2026-11-23"): [1, 90000],
    }
    late = facts(member(tallies={"order.paid": tally}), at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC))
    assert late.day == day("2026-11-22")
    assert holds(leaf("orders.spend", "eq", 500, window={"days": 30}), late)
    assert holds(leaf("orders.count", "eq", 3, window={"days": 30}), late)
    assert holds(leaf("orders.spend", "eq", 501, window={"days": 31}), late)
    assert holds(leaf("orders.average", "eq", 166.66, window={"days": 30}), late)
    assert holds(leaf("orders.spend", "eq", 300, window={"days": 1}), late)
    assert holds(leaf("events.order.paid.count", "eq", 2, window={"days": 1}), late)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2026-03-31", "2026-03-01"),
        ("2026-02-28", "2026-01-29"),
        ("2024-02-29", "2024-01-30"),
        ("2026-05-31", "2026-05-01"),
    ],
)
def test_a_month_long_window_at_the_ends_of_months(last: str, first: str) -> None:
    at = datetime.fromisoformat(f"{last}T12:00:00+08:00").astimezone(UTC)
    before = date.fromordinal(day(first).toordinal() - 1)
    given = facts(
        member(tallies={"order.paid": {before: [1, 1], day(first): [1, 1], day(last): [1, 1]}}), at=at
    )
    assert holds(leaf("orders.count", "eq", 2, window={"months": 1}), given)


def test_lifetime_figures_count_everything() -> None:
    totals = Totals(
        4, 100_000, 20_000, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC)
    )
    given = facts(
        member(totals=totals, counts={"checkin": 9}, tallies={"credit:points": {day("2030-01-01"): [1, 70]}})
    )
    assert holds(leaf("orders.count", "eq", 4), given)
    assert holds(leaf("orders.spend", "eq", 800), given)
    assert holds(leaf("orders.average", "eq", 200), given)
    assert holds(leaf("orders.days_since_last", "eq", 1), given)
    assert holds(leaf("orders.first_at", "before", "2025-01-02"), given)
    assert holds(leaf("events.checkin.count", "multiple_of", 3), given)
    assert holds(leaf("earned.points", "eq", 70), given)


def test_who_never_bought_has_no_average_and_no_last_purchase() -> None:
    assert holds(leaf("orders.average", "is_not_set"))
    assert not holds(leaf("orders.days_since_last", "gte", 0))
    assert holds(leaf("orders.count", "eq", 0))


@pytest.mark.parametrize(
    ("today", "birthday", "days", "age"),
    [
        ("2026-02-28", "2000-02-29", 0, 26),
        ("2026-03-01", "2000-02-29", 364, 26),
        ("2024-02-28", "2000-02-29", 1, 23),
        ("2024-02-29", "2000-02-29", 0, 24),
        ("2026-12-31", "1990-01-01", 1, 36),
        ("2026-11-22", "1990-11-22", 0, 36),
        ("2026-11-23", "1990-11-22", 364, 36),
    ],
)
def test_birthdays(today: str, birthday: str, days: int, age: int) -> None:
    at = datetime.fromisoformat(f"{today}T12:00:00+08:00").astimezone(UTC)
    given = facts(member(profile=Profile(birthday=day(birthday))), at=at)
    assert holds(leaf("calendar.days_to_birthday", "eq", days), given)
    assert holds(leaf("calendar.is_birthday", "eq", days == 0), given)
    assert holds(leaf("member.age", "eq", age), given)


def test_the_calendar_is_that_of_the_programmes_zone() -> None:
    """17:30 UTC on Saturday is half past one on Sunday in Shanghai."""
    given = facts(at=datetime(2026, 11, 21, 17, 30, tzinfo=UTC))
    assert holds(leaf("calendar.weekday", "eq", 7), given)
    assert holds(leaf("calendar.day", "eq", 22), given)
    assert holds(leaf("calendar.hour", "eq", 1), given)
    assert holds(leaf("calendar.date", "eq", "2026-11-22"), given)


def test_holidays_answer_to_their_names_in_every_language() -> None:
    festival = facts(at=datetime(2026, 2, 17, 4, tzinfo=UTC))
    for name in ("春节", "春節", "Chinese New Year (Spring Festival)"):
        assert holds(leaf("calendar.holiday", "has", name), festival), name
    assert holds(leaf("calendar.holiday", "is_set"), festival)
    assert holds(leaf("calendar.holiday", "is_not_set"), facts(at=datetime(2026, 11, 22, 4, tzinfo=UTC)))


def test_days_around_the_event() -> None:
    given = facts(
        data={"due": "2026-11-24"},
        member=member(profile=Profile(joined_at=datetime(2026, 11, 20, 15, 59, tzinfo=UTC))),
    )
    assert holds(leaf("event.due", "next_days", 3), given)
    assert not holds(leaf("event.due", "next_days", 2), given)
    assert not holds(leaf("event.due", "within_days", 100), given)
    assert holds(leaf("member.joined_at", "within_days", 3), given)
    assert not holds(leaf("member.joined_at", "within_days", 2), given)
    assert holds(leaf("member.days_since_joining", "eq", 2), given)


def test_a_time_compares_with_a_day_by_its_local_day() -> None:
    given = facts(member(profile=Profile(joined_at=datetime(2026, 11, 20, 16, 30, tzinfo=UTC))))
    assert holds(leaf("member.joined_at", "eq", "2026-11-21"), given)
    assert not holds(leaf("member.joined_at", "before", "2026-11-21"), given)
    assert holds(leaf("member.joined_at", "before", "2026-11-21T00:31:00"), given)
    assert holds(leaf("member.joined_at", "between", ["2026-11-21", "2026-11-21"]), given)


def test_identities_and_tags_are_sets() -> None:
    given = facts(member(tags={"a", "b"}, profile=Profile(identities=frozenset({"phone"}))))
    assert holds(leaf("member.identities", "has", "phone"), given)
    assert holds(leaf("member.identities", "has_none", ["email", "wechat"]), given)
    assert holds(leaf("tags", "has_all", ["a", "b"]), given)
    assert not holds(leaf("tags", "has_all", ["a", "c"]), given)
    assert holds(leaf("tags", "has_any", ["c", "a"]), given)


# What it needs, and what it saw


def test_needs_name_what_the_engine_must_load() -> None:
    raw = {
        "any": [
            leaf("orders.spend", "gt", 1, window={"days": 30}),
            leaf("orders.count", "gt", 1, window={"months": 12}),
            leaf("orders.count", "gt", 1),
            leaf("earned.points", "gt", 1),
            leaf("events.checkin.count", "gt", 1),
            leaf("events.checkin.count", "gt", 1, window={"days": 7}),
            leaf("tags", "has", "a"),
            leaf("calendar.is_birthday", "eq", True),
        ]
    }
    assert compile_condition(parsed(raw), FIELDS).needs == Needs(
        tallies=frozenset({"order.paid", "credit:points", "checkin"}),
        lifetimes=frozenset({"credit:points"}),
        windows={
            "order.paid": frozenset({Window(days=30), Window(months=12)}),
            "checkin": frozenset({Window(days=7)}),
        },
        counts=frozenset({"checkin"}),
        parts=frozenset({"totals", "tags", "profile"}),
    )


def test_explain_sees_every_leaf_in_order_as_json() -> None:
    raw = {
        "any": [
            leaf("event.total", "gt", 1),
            leaf("event.total", "gt", 1000),
            {"none": [leaf("tags", "has_any", ["staff", "vip"]), leaf("member.birthday", "is_set")]},
            {"items": "any", "where": leaf("item.category", "eq", "BREAD")},
            leaf("event.time", "after", "2026-01-01"),
            leaf("event.weight", "gt", 1),
        ]
    }
    given = facts(
        member(tags={"vip", "other"}, profile=Profile(birthday=day("2000-02-29"))),
        data={"total_minor": 12850, "weight": 0.3, "items": [{"category": "BREAD"}, {"category": "MILK"}]},
    )
    held, seen = compile_condition(parsed(raw), FIELDS).explain(given)
    assert held is True
    assert seen == [12850, 12850, ["vip"], "2000-02-29", [1, 2], "2026-11-22T02:00:00+00:00", 0.3]
    assert json.loads(json.dumps(seen)) == seen


def test_a_value_of_another_kind_than_its_field_is_missing() -> None:
    given = facts(data={"total_minor": "12850", "channel": 3, "gift": 1, "due": "2026-02-30", "rating": True})
    for name in ("event.total", "event.channel", "event.gift", "event.due", "event.rating"):
        assert holds(leaf(name, "is_not_set"), given), name


# What is refused


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
