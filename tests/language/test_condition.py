"""How conditions are written, and what they mean."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import yaml

from regulars.language.condition import (
    Group,
    Items,
    Leaf,
    Op,
    Quantifier,
    RefusedError,
    Scope,
    Window,
    compile_condition,
    compile_lines,
    parse_condition,
)
from regulars.language.snapshot import Profile, Standing, Totals
from tests.language.sample import FIELDS, day, facts, holds, leaf, member, parsed

EXAMPLE = """
all:
  - {field: orders.spend, window: {days: 30}, op: gte, value: 500}
  - none: [{field: tags, op: has, value: staff}]
  - {items: any, where: {field: item.category, op: in, value: [BREAD, MILK]}}
"""


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
