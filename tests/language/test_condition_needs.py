"""What a condition needs, and what it saw."""

import json

from regulars.language.condition import (
    Needs,
    Window,
    compile_condition,
)
from regulars.language.snapshot import Profile
from tests.language.sample import FIELDS, day, facts, holds, leaf, member, parsed


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
