"""Simulating the programme in force gives what production wrote, benefits and paid plans included."""

import pytest

from regulars.benefits.models import Entitlement
from regulars.engine.simulate import World
from regulars.plans.models import Subscription
from tests.benefits.house import HOUSE, Guest
from tests.benefits.test_stories import BIG, BONUS, GIFT, LOUNGE
from tests.engine.test_simulate import check_same, on
from tests.engine.world import fresh, order, refund, today, who_is
from tests.plans.shop import SVIP, VIP, cancelled, paid
from tests.plans.shop import refund as pay_back

pytestmark = pytest.mark.django_db
CLUB = (HOUSE % (LOUNGE + GIFT + BONUS, BIG)).replace("\nrules:\n", f"\nplans:\n{VIP}{SVIP}rules:\n")
FEW = CLUB.replace("claim: {within_days: 7}, taken", "claim: {within_days: 7}, stock: {units: 1}, taken")


def check_club() -> World:
    """As `check_same`, and what members are entitled to and subscribed to stands as it was stored."""
    world = check_same()
    stored = [
        (
            row.member_id,
            row.id,
            row.benefit,
            row.state,
            row.origin,
            row.period,
            row.claim_by,
            row.use_by,
            row.uses,
        )
        for row in Entitlement.objects.all()
    ]
    lived = [
        (member, one.id, one.benefit, one.state, one.origin, one.period, one.claim_by, one.use_by, one.uses)
        for member, snapshot in world.members.items()
        for one in snapshot.entitlements().values()
    ]
    # Rows that are made with an event of time have ids of their own history: what they are is what counts.
    assert sorted(one[2:6] for one in lived) == sorted(one[2:6] for one in stored)
    assert sorted(str(one[6:]) for one in lived) == sorted(str(one[6:]) for one in stored)
    plans = {
        (row.member_id, row.plan): (row.status, row.period, row.since, row.until, row.last_day)
        for row in Subscription.objects.all()
    }
    assert plans == {
        (member, one.plan): (one.status, one.period, one.since, one.until, one.last_day)
        for member, snapshot in world.members.items()
        for one in snapshot.plans.values()
    }
    return world


def test_benefits_claimed_used_expired_and_taken_back() -> None:
    with today("2026-03-01 08:00"):
        fresh(CLUB)
    on("2026-03-01 10:00", order("a", "2026-03-01", "250.00", "1"), order("b", "2026-03-01", "20.00", "2"))
    a = Guest(who_is("a"))
    a.did("2026-03-02 10:00", "use", "lounge")
    a.did("2026-03-02 11:00", "claim", ["bonus"])
    a.did("2026-03-03 10:00", "use", "coupon")
    on("2026-03-05 10:00", order("a", "2026-03-05", "100.00", "3"), order("b", "2026-03-05", "230.00", "4"))
    a.did("2026-03-06 10:00", "claim", ["tea"])
    on("2026-03-20 10:00")
    on("2026-04-15 10:00", refund("b", "2026-04-15", "230.00", "4"), refund("a", "2026-04-15", "250.00", "1"))
    on("2026-06-01 10:00")
    world = check_club()
    assert sum(len(one.entitlements()) for one in world.members.values()) >= 5


def test_paid_plans_begin_are_renewed_end_and_hold_a_level() -> None:
    with today("2026-01-30 08:00"):
        fresh(CLUB)
    on("2026-01-31 10:00", paid("vip", "2026-01-31"), paid("svip", "2026-01-31", price="60.00", who="b"))
    on("2026-02-20 10:00", order("a", "2026-02-20", "60.00", "1"), cancelled("svip", "2026-02-20", "b"))
    again = paid("vip", "2026-03-02")
    on("2026-03-02 10:00", again)
    on("2026-03-20 10:00", pay_back(again["data"]["payment_id"], "2026-03-20", "30.00"))
    on("2026-06-01 10:00")
    world = check_club()
    assert {plan for one in world.members.values() for plan in one.plans} == {"vip", "svip"}


def test_first_come_stock_is_given_to_who_came_first() -> None:
    with today("2026-03-01 08:00"):
        fresh(FEW)
    on("2026-03-01 10:00", order("a", "2026-03-01", "250.00", "1"))
    on("2026-03-01 11:00", order("b", "2026-03-01", "260.00", "2"))
    Guest(who_is("b")).did("2026-03-02 11:00", "claim", ["bonus"])
    assert Guest(who_is("a")).refused("2026-03-02 12:00", "claim", ["bonus"]) == "out_of_stock"
    check_club()
