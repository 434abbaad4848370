"""Rules on what follows from other events: their limits, debits and growth know what was before."""

import pytest

from regulars.audiences.contracts import Kind, Wish
from regulars.engine import audiences, operations
from regulars.engine.operations import Request
from regulars.engine.reach import CAUSED
from regulars.ledger.reconcile import reconcile
from regulars.programme.loader import load
from tests.engine.world import (
    EARN,
    GROCERY,
    balances,
    check_books,
    fresh,
    joined,
    level,
    order,
    shop,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db

BY_THEMSELVES = {
    "asset.moved_in", "asset.moved_out", "asset.parted", "audience.reviewed", "member.merged_away",
    "member.restored", "schedule.due", "tier.reckoned", "tier.recomputed",
}  # fmt: skip
"""Types that nobody sends and that come to the engine as events of their own."""

EVEN = {"field": "orders.count", "op": "multiple_of", "value": 2}
ENTERED = """\
  - id: twice
    name: Twice
    on: audience.entered
    when: {field: event.audience, op: eq, value: even}
    limit: {times: 2, per: month}
    then:
      - credit: {asset: points, amount: 100}
  - id: units
    name: Units
    on: audience.left
    when: {field: event.audience, op: eq, value: even}
    limit: {units: 150, per: lifetime}
    then:
      - credit: {asset: points, amount: 60}
"""
DEBITED = """\
  - id: fee
    name: Fee
    on: audience.entered
    when: {field: event.audience, op: eq, value: even}
    then:
      - debit: {asset: points, amount: 15, when_short: partial}
      - credit: {asset: growth, amount: 40}
"""
RECEIVED = """\
  - id: thanks
    name: Thanks
    on: asset.received
    limit: {times: 1, per: lifetime}
    then:
      - credit: {asset: growth, amount: 5}
"""


def twelve_orders(rules: str) -> None:
    """Of 10 each: she is in `even` from every other order to the next."""
    fresh(shop())
    audiences.create("even", Wish({"en": "Even"}, Kind.RULE, EVEN), "console", "op@x.cn")
    fresh(shop(EARN + rules))
    took(joined("a", "2026-03-01"))
    for number in range(1, 13):
        took(order("a", f"2026-03-{number:02}", 10, f"o{number}"))


def test_every_type_that_nobody_sends_follows_from_others_or_comes_by_itself() -> None:
    derived = {ident for ident, one in load(GROCERY, 1).event_types.items() if one.derived}
    assert derived == (CAUSED - {"member.joined"}) | BY_THEMSELVES


def test_limits_of_rules_on_coming_and_going_hold_from_event_to_event() -> None:
    with today("2026-03-13"):
        twelve_orders(ENTERED)
    assert balances("a")["points"] == 120 + 2 * 100 + 60 + 60 + 30
    check_books()


def test_what_is_taken_on_entering_leaves_the_lots_it_came_in_and_growth_lifts() -> None:
    with today("2026-03-13"):
        twelve_orders(DEBITED)
    found = balances("a")
    assert (found["points"], found["growth"]) == (120 - 6 * 15, 120 + 6 * 40)
    assert level("a")[0] == "gold"
    check_books()


def test_a_limit_on_what_is_received_holds_from_gift_to_gift() -> None:
    with today("2026-03-13"):
        fresh(
            shop(EARN + RECEIVED).replace("clawback: debt}\n  growth", "clawback: debt, gifts: {}}\n  growth")
        )
        took(order("a", "2026-03-01", 100, "o1"), joined("b", "2026-03-01"))
        for number in range(3):
            operations.gift(Request(who_is("a"), "console", f"g{number}", "alice"), "points", 20, who_is("b"))
        assert (balances("b")["points"], balances("b")["growth"]) == (60, 5)
    assert reconcile().ok
