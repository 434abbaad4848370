"""What comes back of an order takes back what it earned: whole, in parts, too late, too early, too much."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from regulars.engine.tasks import settle_all
from regulars.events.models import Tally
from regulars.ledger.models import Entry, Lot
from regulars.orders.models import MemberTotals, Order, Refund
from tests.engine.world import (
    EARN,
    balances,
    books,
    check_books,
    event,
    fresh,
    joined,
    level,
    moved,
    order,
    post,
    refund,
    send,
    shop,
    tables,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db

SPEND = (
    EARN
    + """\
  - id: exchange
    name: Exchange
    on: checkin
    then:
      - debit: {asset: points, amount: 60}
"""
)


def taken(result: dict[str, Any], asset: str = "points") -> list[dict[str, Any]]:
    return [one for one in result["effects"] if one["kind"] == "take" and one["asset"] == asset]


def test_a_whole_refund_leaves_nothing() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", "98.50", "1"))
    before = tables()
    result = took(refund("a", "2026-03-05", "98.50", "1"))[0]
    assert result["balances"] == {"points": 0, "growth": 0}
    assert taken(result) == [
        {"kind": "take", "rule": "", "asset": "points", "amount": 98, "account": "reverse"}
    ]
    assert moved(before) == {"events_event": 1, "events_tally": 2, "ledger_entry": 2, "orders_refund": 1}
    assert Order.objects.values_list("total_minor", "refunded_minor").get() == (9850, 9850)
    assert MemberTotals.objects.values_list("orders", "spend_minor", "refunded_minor").get() == (
        1,
        9850,
        9850,
    )
    assert Tally.objects.values_list("count", "total").get(name="order.paid") == (1, 0)
    assert list(Lot.objects.values_list("amount", "remaining", "reversed")) == [(98, 0, 98)] * 2
    check_books()


@settings(
    max_examples=10, deadline=None, derandomize=True, phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    total=st.integers(1, 30_000), cuts=st.lists(st.integers(0, 30_000), max_size=6), early=st.integers(0, 7),
    data=st.data(),
)  # fmt: skip
def test_any_split_of_a_refund_adds_up(total: int, cuts: list[int], early: int, data: st.DataObject) -> None:
    """In parts before the order is known, after it, in one batch: in the end nothing is left."""
    fresh(shop())
    who = f"split{Order.objects.count()}"
    took(joined(who, "2026-01-01"))
    points = sorted({0, total, *(cut % (total + 1) for cut in cuts)})
    parts = [b - a for a, b in pairwise(points)]
    events = [
        refund(who, f"2026-03-{5 + n:02}", f"{part // 100}.{part % 100:02}", who, data={"refund_id": f"{n}"})
        for n, part in enumerate(parts)
    ]
    paid = order(who, "2026-03-01", f"{total // 100}.{total % 100:02}", who)
    events.insert(min(early, len(events)), paid)
    while events:
        size = data.draw(st.integers(1, len(events)))
        took(*events[:size])
        events = events[size:]
    assert set(books(who_is(who)).balances.values()) <= {0}
    assert all(remaining == 0 for *_, remaining in books(who_is(who)).lots)
    state = Order.objects.get(order_id=who)
    assert (state.total_minor, state.refunded_minor) == (total, total)
    totals = MemberTotals.objects.get(member_id=who_is(who))
    assert (totals.orders, totals.spend_minor, totals.refunded_minor) == (1, total, total)
    check_books()


def test_thirds_are_rounded_from_the_whole() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", "100.00", "1"))
    left = [
        took(refund("a", "2026-03-02", part, "1"))[0]["balances"]["points"]
        for part in ("33.33", "33.33", "33.34")
    ]
    assert left == [67, 33, 0]


def test_the_same_refund_twice_counts_once() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"), refund("a", "2026-03-02", 30, "1", data={"refund_id": "R1"}))
    before = tables()
    answer = post(refund("a", "2026-03-02", 30, "1", data={"refund_id": "R1"}))
    assert (answer.refusal.status, answer.refusal.code) == (409, "refund_known")  # type: ignore[union-attr]
    assert answer[0]["error"]["field"] == "data.refund_id"
    assert moved(before) == {}
    took(refund("a", "2026-03-02", 30, "1", data={"refund_id": "R2"}))
    assert balances("a") == {"points": 40, "growth": 40}


def test_a_refund_of_nothing_counts_once_too() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"))
    took(refund("a", "2026-03-02", 0, "1", data={"refund_id": "R1"}))
    assert (
        post(refund("a", "2026-03-02", 0, "1", data={"refund_id": "R1"}))[0]["error"]["code"]
        == "refund_known"
    )
    took(refund("a", "2026-03-02", 0, "9", data={"refund_id": "R1"}))
    assert (
        post(refund("a", "2026-03-02", 0, "9", data={"refund_id": "R1"}))[0]["error"]["code"]
        == "refund_known"
    )
    assert balances("a") == {"points": 100, "growth": 100}
    check_books()


def test_more_than_the_order_came_to_is_refused() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"), refund("a", "2026-03-02", 60, "1"))
    before = tables()
    answer = post(refund("a", "2026-03-02", "40.01", "1"))
    assert (answer.refusal.status, answer.refusal.code) == (422, "refund_exceeds_order")  # type: ignore[union-attr]
    assert answer[0]["error"]["field"] == "data.amount"
    assert moved(before) == {}
    results = send(
        refund("a", "2026-03-03", 30, "1"),
        refund("a", "2026-03-03", 30, "1"),
        refund("a", "2026-03-03", 10, "1"),
    )
    assert [one["status"] for one in results] == ["processed", "rejected", "processed"]
    assert balances("a") == {"points": 0, "growth": 0}
    check_books()


def test_a_refund_before_its_order_waits() -> None:
    fresh(shop())
    took(joined("a", "2026-03-01"), refund("a", "2026-03-05", 30, "1", data={"refund_id": "R1"}))
    assert Order.objects.values_list("total_minor", "refunded_minor", "paid_at").get() == (0, 3000, None)
    assert not MemberTotals.objects.filter(refunded_minor__gt=0).exists()
    result = took(order("a", "2026-03-04", 100, "1"))[0]
    assert result["balances"] == {"points": 70, "growth": 70}
    assert Order.objects.values_list("total_minor", "refunded_minor").get() == (10000, 3000)
    assert MemberTotals.objects.values_list("orders", "spend_minor", "refunded_minor").get() == (
        1,
        10000,
        3000,
    )
    assert (
        post(refund("a", "2026-03-05", 30, "1", data={"refund_id": "R1"}))[0]["error"]["code"]
        == "refund_known"
    )
    took(refund("a", "2026-03-06", 70, "1"))
    assert balances("a") == {"points": 0, "growth": 0}
    assert Refund.objects.count() == 2
    check_books()


@pytest.mark.parametrize("first", ["refund", "order"])
def test_a_refund_and_its_order_in_one_batch(first: str) -> None:
    fresh(shop())
    back, paid = refund("a", "2026-03-05", 30, "1"), order("a", "2026-03-04", 100, "1")
    took(joined("a", "2026-03-01"), *((back, paid) if first == "refund" else (paid, back)))
    assert balances("a") == {"points": 70, "growth": 70}
    assert Order.objects.values_list("total_minor", "refunded_minor").get() == (10000, 3000)
    check_books()


def test_a_refund_named_by_another_till() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"))
    took(refund("a", "2026-03-02", 100, "1", source="web", data={"order_source": "pos"}))
    assert balances("a") == {"points": 0, "growth": 0}
    assert Order.objects.count() == 1


@pytest.mark.parametrize(("clawback", "left", "waived"), [("debt", -60, 0), ("cap", 0, 60), ("waive", 0, 60)])
def test_points_that_were_spent_meanwhile(clawback: str, left: int, waived: int) -> None:
    fresh(shop(SPEND, clawback=clawback))
    took(order("a", "2026-03-01", 100, "1"), event("checkin", "a", "2026-03-02"))
    assert balances("a")["points"] == 40
    result = took(refund("a", "2026-03-03", 100, "1"))[0]
    assert result["balances"] == {"points": left, "growth": 0}
    effect = taken(result)[0]
    assert (effect["amount"], effect.get("debt", 0), effect.get("waived", 0)) == (100 - waived, -left, waived)
    check_books()
    took(order("a", "2026-03-04", 70, "2"))
    assert balances("a") == {"points": 70 + left, "growth": 70}
    assert sum(lot.remaining for lot in Lot.objects.filter(asset="points", remaining__gt=0)) == 70 + left
    check_books()


@pytest.mark.parametrize(("clawback", "left"), [("debt", 20), ("cap", 20), ("waive", 80)])
def test_other_points_stand_in_unless_waived(clawback: str, left: int) -> None:
    fresh(shop(SPEND, clawback=clawback))
    took(
        order("a", "2026-03-01", 100, "1"),
        event("checkin", "a", "2026-03-02"),
        order("a", "2026-03-03", 80, "2"),
    )
    assert balances("a")["points"] == 120
    took(refund("a", "2026-03-04", 100, "1"))
    assert balances("a")["points"] == left
    check_books()


def test_a_debt_is_paid_by_the_next_credits_then_nothing_is_owed() -> None:
    fresh(shop(SPEND))
    took(
        order("a", "2026-03-01", 100, "1"),
        event("checkin", "a", "2026-03-02"),
        refund("a", "2026-03-03", 100, "1"),
    )
    for total, left in ((25, -35), (35, 0), (5, 5)):
        took(order("a", "2026-03-04", total, f"n{total}"))
        assert balances("a")["points"] == left
        check_books()
    debt = Lot.objects.get(asset="points", amount=0)
    assert (debt.remaining, debt.expires_at) == (0, None)
    took(refund("a", "2026-03-05", 25, "n25"))
    assert balances("a")["points"] == -20
    check_books()


def test_who_owes_can_not_spend() -> None:
    fresh(shop(SPEND))
    took(
        order("a", "2026-03-01", 100, "1"),
        event("checkin", "a", "2026-03-02"),
        refund("a", "2026-03-03", 100, "1"),
    )
    before = tables()
    took(event("checkin", "a", "2026-03-04"))
    assert moved(before) == {"events_event": 1, "events_tally": 1}


def test_what_expired_is_not_taken_again() -> None:
    fresh(shop(expires="{days: 10}"))
    took(order("a", "2026-03-01", 100, "1"), refund("a", "2026-03-02", 40, "1"))
    with today("2026-04-01"):
        settle_all()
    assert balances("a") == {"points": 0, "growth": 60}
    result = took(refund("a", "2026-04-02", 60, "1"))[0]
    assert result["balances"] == {"points": 0, "growth": 0}
    assert taken(result) == []
    assert sorted(Entry.objects.filter(asset="points").values_list("account", "amount")) == [
        ("expire", -60), ("issue", 100), ("reverse", -40),
    ]  # fmt: skip
    check_books()


def test_the_level_falls_back_and_rises_again() -> None:
    fresh(shop())
    took(joined("a", "2026-01-01"), order("a", "2026-02-01", 90, "1"), order("a", "2026-03-01", 200, "2"))
    assert level("a")[0] == "gold"
    before = tables()
    result = took(refund("a", "2026-03-05", 150, "2"))[0]
    assert result["tier"]["level"] == "silver"
    assert [
        (one["before"], one["after"], one["reason"]) for one in result["effects"] if one["kind"] == "tier"
    ] == [("gold", "silver", "recomputed")]
    assert [step[1:5] for step in books(who_is("a")).changes] == [
        (level("a")[1], "basic", "silver", "earned"),
    ]  # fmt: skip
    assert str(level("a")[1]) == "2026-03-01"
    assert moved(before)["events_event"] == 2, "the refund and tier.downgraded"
    took(refund("a", "2026-03-06", 50, "2"))
    assert level("a")[0] == "basic"
    assert books(who_is("a")).changes == []
    took(order("a", "2026-03-07", 10, "3"))
    assert (level("a")[0], str(level("a")[1]), str(level("a")[2])) == ("silver", "2026-03-07", "2027-03-31")
    check_books()


def test_a_debt_of_one_asset_leaves_the_other_alone() -> None:
    fresh(shop(SPEND))
    took(order("a", "2026-03-01", 100, "1"), event("checkin", "a", "2026-03-02"))
    took(refund("a", "2026-03-03", 100, "1"), order("a", "2026-03-04", 10, "2"))
    assert balances("a") == {"points": -50, "growth": 10}
    assert Lot.objects.filter(asset="growth", amount=0).count() == 0
    check_books()
