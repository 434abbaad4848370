"""Growth that decays: day by day after a lapse, down to a floor, until something happens again."""

from datetime import date

import pytest

from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.ledger.models import Balance, Entry, Lot
from regulars.plans.models import Subscription
from tests.engine.test_ladders import SHOP, steps
from tests.engine.world import balances, fresh, joined, level, order, today, took, who_is
from tests.plans.shop import HEAD, VIP, paid

pytestmark = pytest.mark.django_db

PARTS = {"measure": "{asset: growth, over: lifetime}", "period": "none", "more": "up: at_once", "silver": "100",
         "keep": "100", "gold": "250", "gate": ""}  # fmt: skip
GROWTH = (
    "  growth: {name: growth, spendable: false, decay: {after_days: 7, of: idle, per_day: 5, floor: 90}}\n"
)
DECAYS = (
    (SHOP % PARTS).replace("assets:\n", f"assets:\n{GROWTH}")
    + """\
  - id: base
    name: Base
    on: order.paid
    then: [{credit: {asset: growth, for_each: 1, of: event.total}}]
"""
)


def test_five_a_day_from_the_eighth_day_on_down_to_the_floor() -> None:
    fresh(DECAYS)
    took(order("a", "2026-03-01", 104, "1"))
    assert level("a")[0] == "silver"
    with today("2026-03-08 23:59"):
        assert settle_all() == 0
    with today("2026-03-09 00:00"):
        assert settle_all() == 1
        assert settle_all() == 0
    assert balances("a")["growth"] == 99
    assert level("a") == ("basic", date(2026, 3, 9), None)
    with today("2026-04-01"):
        settle_all()
        assert settle_all() == 0
    assert balances("a")["growth"] == 90
    found = Event.objects.filter(type="asset.decayed").order_by("time")
    assert [(str(one.time.date()), one.effects[0]["amount"]) for one in found] == [
        ("2026-03-08", 5), ("2026-03-09", 5), ("2026-03-10", 4),
    ], "each at the beginning of the local day"  # fmt: skip
    assert list(Entry.objects.filter(account="expire").values_list("amount", flat=True)) == [-5, -5, -4]
    assert Balance.objects.get(member_id=who_is("a"), asset="growth").lapses_at is None


def test_it_stops_when_something_happens_and_begins_anew() -> None:
    fresh(DECAYS)
    took(order("a", "2026-03-01", 300, "1"))
    took(order("a", "2026-03-11", 10, "2"))
    assert balances("a")["growth"] == 295, "the 9th, the 10th and the 11th took 5 each"
    with today("2026-03-18 12:00"):
        settle_all()
        assert balances("a")["growth"] == 295
    with today("2026-03-31 12:00"):
        settle_all()
    assert balances("a")["growth"] == 295 - 13 * 5
    assert steps("a") == [("2026-03-01", "basic", "gold", "earned"), ("2026-03-28", "gold", "silver", "fell")]


def test_whoever_lives_it_event_by_event_ends_the_same() -> None:
    fresh(DECAYS)
    took(order("a", "2026-03-01", 300, "1"), order("b", "2026-03-01", 300, "2"))
    for turn, day in enumerate(("2026-03-09", "2026-03-10", "2026-03-15")):
        with today(f"{day} 05:00"):
            settle_all()
        took(order("c", day, 1, f"c{turn}"))
    took(order("a", "2026-04-02", 1, "3"), order("b", "2026-04-02", 1, "4"))
    assert balances("a") == balances("b")
    assert steps("a") == steps("b")
    for row in Balance.objects.all():
        entries = Entry.objects.filter(member_id=row.member_id, asset=row.asset).values_list(
            "amount", flat=True
        )
        lots = Lot.objects.filter(member_id=row.member_id, asset=row.asset).values_list(
            "remaining", flat=True
        )
        assert row.balance == sum(entries) == sum(lots) == row.earned - row.expired


LAPSE = "{name: growth, spendable: false, decay: {after_days: 7, of: {plan: vip}, per_day: 5}}"
CLUB = (
    HEAD.replace("{name: growth, spendable: false}", LAPSE)
    + VIP
    + """\
rules:
  - id: base
    name: Base
    on: order.paid
    then: [{credit: {asset: growth, for_each: 1, of: event.total}}]
"""
)


def test_after_a_plan_lapsed_until_it_runs_again() -> None:
    fresh(CLUB)
    took(joined("a", "2026-01-01"), paid("vip", "2026-01-01"), order("a", "2026-01-05", 100, "1"))
    with today("2026-02-08 12:00"):
        settle_all()
    last = Subscription.objects.get(member_id=who_is("a")).last_day
    assert last == date(2026, 2, 1), "the last day that was paid"
    assert balances("a")["growth"] == 100, "seven whole days have not passed"
    with today("2026-02-11 12:00"):
        settle_all()
    assert balances("a")["growth"] == 85, "the 9th, 10th and 11th took 5 each"
    took(paid("vip", "2026-02-11 13:00"))
    with today("2026-03-10 12:00"):
        settle_all()
    assert balances("a")["growth"] == 85, "it goes on from there"
    took(order("b", "2026-03-01", 50, "2"))
    with today("2026-06-01"):
        settle_all()
    assert balances("b")["growth"] == 50, "who never had the plan loses nothing"
