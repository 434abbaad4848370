"""What rules give: how much, how often, out of which budget, and to whom they say so."""

from typing import Any

import pytest

from regulars.campaigns.models import BudgetUse, RuleUse
from regulars.events.models import Event
from regulars.ledger.models import Lot
from regulars.members.models import Member
from regulars.messaging.models import Message
from tests.engine.world import (
    EARN,
    balances,
    check_books,
    event,
    fresh,
    joined,
    moved,
    order,
    post,
    shop,
    tables,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db


def rule(on: str, then: str, more: str = "", name: str = "r") -> str:
    return (
        f"  - id: {name}\n    name: Rule\n    on: {on}\n"
        + (f"    {more}\n" if more else "")
        + f"    then:\n      - {then}\n"
    )


def given(source: str, one: dict[str, Any]) -> int:
    """Points that one event gives under these rules."""
    fresh(shop(source))
    return int(took(one)[0]["balances"]["points"])


LINES = [
    {"sku": "A", "category": "fruit", "quantity": 2, "price": "10.05"},
    {"sku": "B", "category": "meat", "quantity": 1, "price": "99.00", "total": "89.00"},
    {"sku": "C", "category": "fruit", "quantity": "0.532", "price": "9.98"},
]


@pytest.mark.parametrize(
    ("credit", "points"),
    [
        ("amount: 7", 7),
        ("amount: 7, multiplier: 1.5", 10),
        ("amount: 7, multiplier: 1.5, rounding: up", 11),
        ("amount: 7, multiplier: 1.5, rounding: half_up", 11),
        ("amount: 7, cap: 5", 5),
        ("for_each: 1, of: event.total", 128),
        ("for_each: 1, of: event.total, rounding: half_up", 129),
        ("for_each: 1, of: event.total, rounding: up", 129),
        ("for_each: 1, of: event.total, step: 10", 12),
        ("for_each: 3, of: event.total, step: 10", 38),
        ("for_each: 1, of: event.total, step: 0.5", 257),
        ("for_each: 0.1, of: event.total", 12),
        ("for_each: 1, of: event.total, multiplier: 2", 257),
        ("for_each: 1, of: event.total, multiplier: 1.5, rounding: half_up", 193),
        ("for_each: 1, of: event.total, cap: 100", 100),
        ("for_each: 1, of: event.total, multiplier: 2, cap: 200", 200),
        ("for_each: 1, of: items", 114),
        ("for_each: 1, of: items, where: {field: item.category, op: eq, value: fruit}", 25),
        ("for_each: 1, of: items, where: {field: item.category, op: eq, value: toys}", 0),
    ],
)
def test_amounts(credit: str, points: int) -> None:
    one = order("a", "2026-03-01", "128.50", "1", data={"items": LINES})
    assert given(rule("order.paid", f"credit: {{asset: points, {credit}}}"), one) == points
    check_books()


@pytest.mark.parametrize(
    ("of", "for_each", "data", "points"),
    [
        ("amount", "1", {"amount": "12.99"}, 12),
        ("steps", "1", {"steps": 17}, 17),
        ("steps", "1", {"steps": -17}, 0),
        ("steps", "1", {}, 0),
        ("km", "10", {"km": 1.05}, 10),
        ("km", "10", {"km": 0.29}, 2),
        ("km", "100", {"km": 0.29}, 29),
        ("km", "1", {"km": -3.5}, 0),
        ("km", "1", {"km": 3}, 3),
    ],
)
def test_amounts_of_a_brands_own_event(of: str, for_each: str, data: dict[str, Any], points: int) -> None:
    source = rule("visit", f"credit: {{asset: points, for_each: {for_each}, of: event.{of}}}")
    assert given(source, event("visit", "a", "2026-03-01", data)) == points


def test_scaled_assets_give_decimals() -> None:
    source = shop(rule("order.paid", "credit: {asset: points, for_each: 0.01, of: event.total}"))
    fresh(source.replace("expires: {months: 6, round: month}", "scale: 2, expires: never"))
    assert took(order("a", "2026-03-01", "128.50", "1"))[0]["balances"] == {"points": "1.28", "growth": 0}
    assert Lot.objects.get().amount == 128


def test_a_condition_and_a_priority() -> None:
    fresh(shop(
        rule("order.paid", "credit: {asset: points, amount: 1}", name="late", more="priority: -1")
        + rule("order.paid", "credit: {asset: points, amount: 2}", name="mid")
        + rule("order.paid", "credit: {asset: points, amount: 4}", name="big",
               more="priority: 5\n    when: {field: event.total, op: gte, value: 100}")
    ))  # fmt: skip
    small, big = took(order("a", "2026-03-01", "99.99", "1"), order("a", "2026-03-01", "100", "2"))
    assert [one["rule"] for one in small["effects"]] == ["mid", "late"]
    assert [one["rule"] for one in big["effects"]] == ["big", "mid", "late"]
    assert balances("a")["points"] == 3 + 7
    trace = next(one.trace for one in Event.objects.all() if one.data.get("order_id") == "1")
    assert [line[:2] for line in trace] == [["big", False], ["mid", True], ["late", True]]


@pytest.mark.parametrize(
    ("per", "days", "held"),
    [
        ("day", ["2026-03-01 00:00", "2026-03-01 23:59", "2026-03-02 00:00"], [1, 0, 1]),
        ("week", ["2026-03-01", "2026-03-02", "2026-03-08 23:59", "2026-03-09"], [1, 1, 0, 1]),
        ("month", ["2026-02-28", "2026-03-01", "2026-03-31"], [1, 1, 0]),
        ("year", ["2025-12-31 23:59", "2026-01-01 00:00", "2026-12-31"], [1, 1, 0]),
        ("lifetime", ["2020-01-01", "2026-01-01"], [1, 0]),
    ],
)
@pytest.mark.parametrize("batch", [True, False])
def test_a_limit_counts_at_the_events_own_date(
    per: str, days: list[str], held: list[int], batch: bool
) -> None:
    source = rule("checkin", "credit: {asset: points, amount: 1}", more=f"limit: {{times: 1, per: {per}}}")
    fresh(shop(source, expires="never"))
    took(joined("a", "2020-01-01"))
    events = [event("checkin", "a", day) for day in days]
    with today("2027-01-01"):
        results = took(*events) if batch else [took(one)[0] for one in events]
    assert [len(one["effects"]) for one in results] == held
    with today("2027-01-01"):
        assert took(event("checkin", "a", days[-1]))[0]["effects"] == []
    assert balances("a")["points"] == sum(held)
    assert RuleUse.objects.count() == sum(held)
    traces = list(Event.objects.filter(type="checkin").values_list("trace", flat=True))
    assert traces.count([["r", True, [], "limit"]]) == len(days) - sum(held) + 1


def test_a_limit_in_units_gives_what_is_left() -> None:
    fresh(
        shop(
            rule(
                "checkin",
                "credit: {asset: points, amount: 40}",
                more="limit: {units: 100, times: 9, per: month}",
            )
        )
    )
    took(joined("a", "2026-03-01"))
    results = took(
        *(event("checkin", "a", "2026-03-02") for _ in range(4)), event("checkin", "a", "2026-04-01")
    )
    assert [sum(one["amount"] for one in result["effects"]) for result in results] == [40, 40, 20, 0, 40]
    assert sorted(RuleUse.objects.values_list("period", "times", "units")) == [
        ("2026-03", 3, 100),
        ("2026-04", 1, 40),
    ]


@pytest.mark.parametrize(
    ("short", "given_out"), [("partial", [40, 40, 20, 0, 40]), ("skip", [40, 40, 0, 0, 40])]
)
@pytest.mark.parametrize("batch", [True, False])
def test_a_budget_holds_to_the_unit(short: str, given_out: list[int], batch: bool) -> None:
    more = f"budget: {{units: 100, per: month, when_short: {short}}}"
    fresh(shop(rule("checkin", "credit: {asset: points, amount: 40}", more=more)))
    took(*(joined(who, "2026-03-01") for who in "abcd"))
    events = [event("checkin", who, "2026-03-02") for who in "abcd"] + [event("checkin", "a", "2026-04-01")]
    results = took(*events) if batch else [took(one)[0] for one in events]
    assert [sum(one["amount"] for one in result["effects"]) for result in results] == given_out
    assert sorted(BudgetUse.objects.values_list("period", "units")) == [
        ("2026-03", sum(given_out[:4])), ("2026-04", 40),
    ]  # fmt: skip
    check_books()


def test_who_got_nothing_has_not_used_the_limit() -> None:
    more = "limit: {times: 1, per: lifetime}\n    budget: {units: 40, per: month, when_short: skip}"
    fresh(shop(rule("checkin", "credit: {asset: points, amount: 40}", more=more)))
    took(joined("a", "2026-03-01"), joined("b", "2026-03-01"))
    took(
        event("checkin", "a", "2026-03-02"),
        event("checkin", "b", "2026-03-02"),
        event("checkin", "b", "2026-04-02"),
    )
    assert balances("b") == {"points": 40}
    assert RuleUse.objects.count() == 2


@pytest.mark.parametrize(("short", "left"), [("skip", [60, 20, 20]), ("partial", [60, 20, 0])])
def test_a_debit_takes_the_earliest_to_expire_and_never_more_than_is_there(
    short: str, left: list[int]
) -> None:
    fresh(shop(EARN + rule("checkin", f"debit: {{asset: points, amount: 40, when_short: {short}}}")))
    took(order("a", "2026-03-01", 30, "2"), order("a", "2026-02-01", 70, "1"))
    results = took(*(event("checkin", "a", "2026-03-02") for _ in range(3)))
    assert [one["balances"]["points"] for one in results] == left
    lots = Lot.objects.filter(asset="points").order_by("expires_at").values_list("amount", "remaining")
    assert list(lots) == [(70, 0), (30, left[-1])]
    check_books()


def test_tags() -> None:
    fresh(
        shop(
            rule("checkin", "tag: {add: [好客, b], remove: [c]}")
            + rule("visit", "tag: {remove: [b]}", name="v")
        )
    )
    took(joined("a", "2026-03-01"))
    first, again, off = took(
        event("checkin", "a", "2026-03-02"),
        event("checkin", "a", "2026-03-02"),
        event("visit", "a", "2026-03-03"),
    )
    assert first["effects"] == [
        {"kind": "tag", "rule": "r", "add": ["好客", "b"], "remove": [], "reason": "Rule"}
    ]
    assert again["effects"] == []
    assert off["effects"][0]["remove"] == ["b"]
    assert Member.objects.get().tags == ["好客"]


def test_a_rule_puts_on_a_level_and_a_late_event_leaves_it_there() -> None:
    fresh(shop(EARN + rule("checkin", "tier: {ladder: level, level: gold}"), expires="never"))
    took(joined("a", "2025-12-01"), event("checkin", "a", "2026-03-02"))
    took(order("a", "2026-02-01", 120, "1"))
    result = took(event("checkin", "a", "2026-03-05"))[0]
    assert result["effects"] == []
    assert result["tier"] == {
        "level": "gold",
        "since": "2026-03-02",
        "until": "2027-03-31",
        "ladder": "level",
        "name": "Gold",
    }
    check_books()


def test_what_follows_from_an_upgrade_is_told_with_the_order() -> None:
    fresh(shop(EARN + rule("tier.upgraded", "credit: {asset: points, amount: 50}") + rule(
        "tier.upgraded", "message: {template: note}", more="when: {field: event.after, op: eq, value: gold}", name="m"
    )))  # fmt: skip
    with today("2026-03-02"):
        silver, gold = took(order("a", "2026-03-01", 100, "1"), order("a", "2026-03-02", 150, "2"))
    follows = [one for one in silver["effects"] if one.get("event") == "tier.upgraded"]
    assert [(one["kind"], one.get("amount")) for one in follows] == [("credit", 50)]
    assert silver["balances"] == {"points": 150, "growth": 100}
    assert [one["kind"] for one in gold["effects"] if one.get("event") == "tier.upgraded"] == [
        "credit",
        "message",
    ]
    message = Message.objects.get()
    assert message.context["tier"]["after"] == "gold"
    assert message.context["earned"] == {"points": 50, "growth": 0}
    (up,) = [one for one in Event.objects.filter(type="tier.upgraded") if one.data["after"] == "gold"]
    (paid,) = [one for one in Event.objects.all() if one.data.get("order_id") == "2"]
    assert up.cause == paid.id
    check_books()


def test_a_chain_ends_at_the_eighth_link() -> None:
    up, down = (
        "tier: {ladder: level, level: gold, up_only: false}",
        "tier: {ladder: level, level: basic, up_only: false}",
    )
    fresh(
        shop(
            rule("checkin", up)
            + rule("tier.upgraded", down, name="d")
            + rule("tier.downgraded", up, name="u")
        )
    )
    took(joined("a", "2026-03-01"))
    before = tables()
    result = took(event("checkin", "a", "2026-03-02"))[0]
    assert sum(one["kind"] == "tier" for one in result["effects"]) == 9
    assert moved(before) == {"events_event": 9, "events_tally": 1, "tiers_change": 9, "tiers_standing": 1}


def test_history_notifies_nobody_and_counts_in_full() -> None:
    fresh(shop(EARN + rule("order.paid", "message: {template: note}")))
    with today("2026-03-10"):
        took(order("old", "2026-01-01", 10, "1"), order("new", "2026-03-09", 10, "2"))
    assert list(Message.objects.values_list("member_id", "template")) == [(who_is("new"), "note")]
    assert balances("old") == balances("new") == {"points": 10, "growth": 10}
    assert Message.objects.get().context["balances"] == {"points": 10, "growth": 10}


def test_identities_are_seen_on_the_very_first_event() -> None:
    when = "when: {field: member.identities, op: has, value: phone}"
    fresh(shop(rule("member.joined", "credit: {asset: points, amount: 5}", more=when)))
    with_phone = post(joined("", "2026-03-01", member={"phone": "13800000000"}))
    without = post(joined("a", "2026-03-01"))
    assert [one[0]["balances"]["points"] for one in (with_phone, without)] == [5, 0]
