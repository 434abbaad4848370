"""Of many rules only those are asked that can hold: never one too few, and why not can still be told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.engine.plan import Plan, make_plan
from regulars.engine.queries import explain
from regulars.events.models import Event as Row
from regulars.events.queries import get
from regulars.language.calendar import local_day
from regulars.language.condition import Facts
from regulars.language.events import Event
from regulars.language.snapshot import Snapshot
from regulars.programme.loader import load
from tests.engine.world import balances, fresh, order, shop, took

MEMBER = UUID(int=1 << 120)
START = datetime(2026, 11, 1, tzinfo=UTC)

VALUES = {
    "event.channel": ["web", "app", "store"],
    "event.store": ["S1", "S2"],
}
NUMBERS = {
    "event.total": [10, 50, 99.5, 100],
    "calendar.day": [1, 2, 18],
    "calendar.hour": [0, 8, 9],
    "calendar.weekday": [1, 6],
}


def compared(field: str, ops: list[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"field": st.just(field), "op": st.sampled_from(ops), "value": value})


def leaf() -> st.SearchStrategy[dict[str, Any]]:
    some: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just({"field": "balance.points", "op": "gte", "value": 10})
    ]
    for field, texts in VALUES.items():
        some.append(compared(field, ["eq", "ne"], st.sampled_from(texts)))
        some.append(
            compared(field, ["in", "not_in"], st.lists(st.sampled_from(texts), min_size=1, unique=True))
        )
        some.append(
            st.fixed_dictionaries({"field": st.just(field), "op": st.sampled_from(["is_set", "is_not_set"])})
        )
    for field, numbers in NUMBERS.items():
        number = st.sampled_from(numbers)
        some.append(compared(field, ["eq", "lt", "lte", "gt", "gte"], number))
        some.append(compared(field, ["between"], st.lists(number, min_size=2, max_size=2).map(sorted)))
    where = compared("item.category", ["eq", "ne"], st.sampled_from(["tea", "cup"]))
    some.append(st.fixed_dictionaries({"items": st.sampled_from(["any", "all", "none"]), "where": where}))
    return st.one_of(some)


def tree() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        leaf(),
        lambda inner: (
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)})
            | st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)})
            | st.fixed_dictionaries({"none": st.lists(inner, min_size=1, max_size=2)})
        ),
        max_leaves=5,
    )


EVENTS = st.fixed_dictionaries(
    {"order_id": st.just("1"), "total_minor": st.sampled_from([0, 1000, 1001, 5000, 9950, 10_000, 20_000])},
    optional={
        "channel": st.sampled_from(["web", "app", "other"]),
        "store": st.sampled_from(["S1", "S2", "S3"]),
        "items": st.lists(st.sampled_from([{"category": "tea"}, {"category": "cup"}, {}]), max_size=2),
    },
)


def plan_of(conditions: list[dict[str, Any]], more: list[str]) -> Plan:
    rules = "".join(
        f"  - id: r{at}\n    name: R\n    on: order.paid\n    when: {json.dumps(when)}\n"
        f"{more[at % len(more)]}    then: [{{credit: {{asset: points, amount: 1}}}}]\n"
        for at, when in enumerate(conditions)
    )
    return make_plan(load(shop(rules), 1))


TERMS = [
    "",
    "    from: 2026-11-02\n",
    "    until: 2026-11-18\n",
    "    from: 2026-11-02\n    until: 2026-11-20\n",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(tree(), min_size=8, max_size=14),
    st.lists(EVENTS, min_size=1, max_size=12),
    st.lists(st.integers(0, 800), min_size=1, max_size=6),
)
def test_no_rule_that_holds_is_left_out(
    conditions: list[dict[str, Any]], events: list[dict[str, Any]], hours: list[int]
) -> None:
    plan = plan_of(conditions, TERMS)
    zone = plan.programme.zone
    for data in events:
        for hour in hours:
            when = START + timedelta(hours=hour)
            event = Event(MEMBER, "pos", "1", "order.paid", MEMBER, when, data)
            snapshot, day = Snapshot(MEMBER, balances={"points": hour}), local_day(when, zone)
            facts = Facts(event, snapshot, day, zone, when)
            asked = [one.rule.id for one in plan.asked(event, day, snapshot)]
            held = [
                one.rule.id
                for one in plan.rules["order.paid"]
                if one.when is not None
                and one.when.matches(facts)
                and (one.rule.opening is None or _within(one.rule.opening, when))
            ]
            assert [one for one in held if one not in asked] == []
            order_of = [one.rule.id for one in plan.rules["order.paid"]]
            assert asked == [one for one in order_of if one in asked]


def _within(opening: Any, when: datetime) -> bool:
    starts, ends = opening.starts_at, opening.ends_at
    return (starts is None or when >= starts) and (ends is None or when < ends)


def test_only_those_that_can_hold_are_asked() -> None:
    conditions = [
        {
            "all": [
                {"field": "event.store", "op": "eq", "value": f"S{at}"},
                {"field": "event.total", "op": "gte", "value": at},
            ]
        }
        for at in range(100)
    ]
    plan = plan_of(conditions, [""])
    data = {"order_id": "1", "total_minor": 5000, "store": "S7"}
    event = Event(MEMBER, "pos", "1", "order.paid", MEMBER, START, data)
    day = local_day(START, plan.programme.zone)
    assert [one.rule.id for one in plan.asked(event, day, Snapshot(MEMBER))] == ["r7"]


OFTEN = "{field: orders.count, op: gte, value: 1}"


@pytest.mark.django_db
def test_a_rule_that_was_not_asked_is_explained_all_the_same() -> None:
    rules = "".join(
        f"  - id: r{at}\n    name: Rule {at}\n    on: order.paid\n{more}"
        f"    when: {{all: [{{field: event.store, op: eq, value: S{at}}}, {OFTEN}]}}\n"
        f"    then: [{{credit: {{asset: points, amount: {at + 1}}}}}]\n"
        for at, more in enumerate(["", "", "", "", "", "", "", "    until: 2026-01-01\n"])
    )
    fresh(shop(rules))
    took(order("a", "2026-11-01", 50, "1", id="o1", data={"store": "S3"}))
    assert balances("a")["points"] == 4
    assert Row.objects.get(key="o1").trace == [["r3", True, ["S3", 1]]]
    found = {one.rule: one for one in explain(get("pos", "o1"), "en").verdicts}
    assert sorted(found) == [f"r{at}" for at in range(8)]
    assert [rule for rule, one in found.items() if one.held] == ["r3"]
    assert found["r0"].parts[0]["seen"] == "“S3”"
    assert found["r0"].sentence == "“Rule 0” did not hold: store is “S0” (seen: “S3”)"
    assert found["r7"].sentence == "“Rule 7” was not open at the time"
