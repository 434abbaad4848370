"""Ladders of every kind, lived through the engine: what ranks, when members rise, stay and fall, and in any order."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.ledger.models import Entry
from regulars.tiers.models import Standing
from tests.engine.world import (
    balances,
    books,
    check_books,
    event,
    fresh,
    joined,
    level,
    order,
    refund,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db

SHOP = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points}
  cash: {name: cash, scale: 2}
  extra: {name: extra, scale: 2}
wallets:
  salon: {name: Salon, principal: cash, bonus: extra}
attributes:
  verified: {name: verified, type: boolean}
ladders:
  level:
    name: Level
    measure: %(measure)s
    period: %(period)s
    %(more)s
    levels:
      - {id: basic, name: Basic, at: 0}
      - {id: silver, name: Silver, at: %(silver)s, keep_at: %(keep)s}
      - {id: gold, name: Gold, at: %(gold)s%(gate)s}
rules:
  - id: told
    name: Told
    on: tier.grace_began
    then: [{tag: {add: [in_grace]}}]
"""


def shop(
    measure: str, *, period: str = "{months: 12, round: month}", more: str = "up: at_once",
    silver: str = "100", keep: str = "100", gold: str = "250", gate: str = "",
) -> str:  # fmt: skip
    parts = {"measure": measure, "period": period, "more": more, "silver": silver, "keep": keep, "gold": gold}
    return SHOP % (parts | {"gate": gate})


def steps(who: str) -> list[tuple[str, ...]]:
    return [
        (str(since), before, after, reason)
        for _, since, before, after, reason, _ in books(who_is(who)).changes
    ]


def test_by_spend_net_of_refunds() -> None:
    fresh(shop("{of: spend, over: lifetime}", silver='"99.50"', keep='"99.50"', period="none"))
    took(order("a", "2026-03-01", "99.50", "1"))
    assert level("a") == ("silver", date(2026, 3, 1), None)
    took(order("a", "2026-03-05", "151", "2"))
    assert level("a") == ("gold", date(2026, 3, 5), None)
    took(refund("a", "2026-03-09", "1", "2"))
    assert level("a")[0] == "silver", "recomputed at once: 249.50 were spent"
    took(refund("a", "2026-03-10", "99.50", "1"))
    assert steps("a") == [("2026-03-05", "basic", "silver", "earned")]


def test_by_orders_of_which_something_was_kept() -> None:
    fresh(shop("{of: orders, months: 12}", silver="2", keep="1", gold="3"))
    took(
        order("a", "2026-03-01", 10, "1"),
        order("a", "2026-03-02", 10, "2"),
        order("a", "2026-03-03", 10, "3"),
    )
    assert level("a")[0] == "gold"
    took(refund("a", "2026-03-04", 4, "3"))
    assert level("a")[0] == "gold", "something of it was kept"
    took(refund("a", "2026-03-05", 6, "3"))
    assert level("a") == ("silver", date(2026, 3, 2), date(2027, 3, 31))
    took(event("order.cancelled", "a", "2026-03-06", {"order_id": "2"}))
    assert steps("a") == []


def test_by_what_was_paid_into_a_wallet() -> None:
    fresh(shop("{topup: salon, over: member_year}", silver="100", gold="250"))
    took(joined("a", "2025-06-15"))
    paid = {"wallet": "salon", "amount": "120", "currency": "CNY", "topup_id": "t1"}
    took(event("wallet.topped_up", "a", "2026-06-01", paid))
    assert level("a")[0] == "silver"
    took(event("wallet.topped_up", "a", "2026-06-14", {**paid, "amount": "140", "topup_id": "t2"}))
    assert level("a")[0] == "gold"
    took(event("wallet.refunded", "a", "2026-06-15", {"topup_id": "t2", "amount": "50", "currency": "CNY"}))
    assert level("a")[0] == "silver"
    took(event("wallet.topped_up", "a", "2026-06-16", {**paid, "amount": "240", "topup_id": "t3"}))
    assert level("a")[0] == "silver", "another year of the member has begun: 240 since the anniversary"


def test_by_how_often_something_happened_in_any_order() -> None:
    source = shop("{event: checkin, over: calendar_year}", silver="2", keep="2", gold="3", more="down: one")
    days = ("2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02")
    ends: set[Any] = set()
    for number, order_of in enumerate(permutations(days)):
        fresh(source)
        who = f"m{number}"
        took(joined(who, "2025-12-01"))
        took(*(event("checkin", who, when) for when in order_of[:2]))
        for when in order_of[2:]:
            took(event("checkin", who, when))
        ends.add(tuple(steps(who)))
    assert ends == {(("2025-12-31", "basic", "silver", "earned"),)}


def test_a_ladder_that_follows_falls_when_a_day_leaves() -> None:
    fresh(shop("{asset: points, months: 1}", period="none") + EARNS)
    took(order("a", "2026-03-01", 60, "1"), order("a", "2026-03-10", 200, "2"))
    assert level("a") == ("gold", date(2026, 3, 10), None)
    assert Standing.objects.get(member_id=who_is("a")).due == date(2026, 4, 1)
    with today("2026-03-31 23:59"):
        assert settle_all() == 0
    with today("2026-05-01"):
        settle_all()
    assert steps("a") == [
        ("2026-03-10", "basic", "gold", "earned"),
        ("2026-04-01", "gold", "silver", "fell"),
        ("2026-04-10", "silver", "basic", "fell"),
    ]
    found = Event.objects.filter(type="tier.reviewed").order_by("time")
    assert [str(one.time) for one in found] == ["2026-03-31 16:00:00+00:00", "2026-04-09 16:00:00+00:00"]
    took(order("a", "2026-03-20", 100, "3"))
    with today("2026-05-01"):
        settle_all()
    assert steps("a")[1:] == [
        ("2026-04-10", "gold", "silver", "fell"),
        ("2026-04-20", "silver", "basic", "fell"),
    ]


EARNS = """\
  - id: base
    name: Base
    on: order.paid
    then: [{credit: {asset: points, for_each: 1, of: event.total}}]
"""


def test_with_the_next_day_and_only_if_it_lasts_until_then() -> None:
    fresh(shop("{asset: points}", more="up: day_end") + EARNS)
    took(order("a", "2026-03-01", 120, "1"), order("b", "2026-03-01", 120, "2"))
    took(refund("b", "2026-03-01 20:00", 120, "2"))
    assert books(who_is("a")).changes == []
    with today("2026-03-02 00:00"):
        settle_all()
    assert level("a") == ("silver", date(2026, 3, 2), date(2027, 3, 31))
    assert steps("b") == []


def test_grace_is_told_and_ends() -> None:
    fresh(shop("{asset: points}", more="grace: {days: 30}") + EARNS)
    took(order("a", "2025-03-10", 120, "1"), order("b", "2025-03-10", 120, "2"))
    with today("2026-04-01"):
        settle_all()
    assert level("a") == ("silver", date(2026, 4, 1), date(2026, 3, 31))
    assert Standing.objects.get(member_id=who_is("a")).grace == date(2026, 4, 30)
    assert Event.objects.filter(type="tier.grace_began").count() == 2
    took(order("b", "2026-04-30", 100, "3"))
    assert level("b") == ("silver", date(2026, 4, 30), date(2027, 4, 30))
    with today("2026-05-01"):
        settle_all()
    assert steps("a")[1:] == [
        ("2026-04-01", "silver", "silver", "grace"),
        ("2026-05-01", "silver", "basic", "ended"),
    ]
    assert steps("b")[1:] == [
        ("2026-04-01", "silver", "silver", "grace"),
        ("2026-04-30", "silver", "silver", "kept"),
    ]


GATE = ", when: {field: member.attribute.verified, op: eq, value: true}"


def test_a_level_that_asks_for_more_opens_when_it_is_there() -> None:
    fresh(shop("{asset: points}", gate=GATE) + EARNS)
    took(order("a", "2026-03-01", 300, "1"))
    assert level("a")[0] == "silver"
    took(event("member.updated", "a", "2026-03-05", {"attributes": {"verified": True}}))
    assert level("a") == ("gold", date(2026, 3, 5), date(2027, 3, 31))
    took(event("member.updated", "a", "2026-03-06", {"attributes": {"verified": False}}))
    took(order("a", "2026-03-02", 10, "2"))
    assert level("a") == ("gold", date(2026, 3, 5), date(2027, 3, 31)), "it is asked for on entering only"


def test_what_a_rule_takes_of_what_is_only_counted_counts_against_it() -> None:
    rules = """\
  - {id: base, name: Base, on: order.paid, then: [{credit: {asset: growth, for_each: 1, of: event.total}}]}
  - {id: fine, name: Fine, on: checkin, then: [{debit: {asset: growth, amount: 30, when_short: partial}}]}
"""
    parts = {"measure": "{asset: growth, months: 12}", "period": "none", "more": "up: at_once", "silver": "100",
             "keep": "100", "gold": "250", "gate": ""}  # fmt: skip
    fresh(
        (SHOP % parts).replace("assets:\n", "assets:\n  growth: {name: growth, spendable: false}\n") + rules
    )
    took(order("a", "2026-03-01", 120, "1"))
    assert level("a")[0] == "silver"
    took(event("checkin", "a", "2026-03-02"))
    assert (balances("a")["growth"], level("a")[0]) == (90, "basic")
    entries = Entry.objects.filter(member_id=who_is("a"), asset="growth").order_by("id")
    assert [(one.account, one.amount) for one in entries] == [("issue", 120), ("reverse", -30)]
    took(order("a", "2026-03-03", 10, "2"))
    assert level("a")[0] == "silver"
    took(refund("a", "2026-03-04", 120, "1"))
    assert balances("a")["growth"] == -20, "the order's own 120, and what the fine took of them is owed"
    check_books()
