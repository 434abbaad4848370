"""The lines of the pitfalls that touch value and need no crowd, each as a story; test_attacks.py has the table."""

import pytest

from regulars.kit.ids import event_id
from regulars.language.events import RULES
from regulars.ledger.models import Lot
from regulars.tiers.models import Standing
from tests.engine.world import event, joined, moment, order, refund, send, shop, took, who_is
from tests.engine.world import fresh as published
from tests.value.shop import Till, books, in_order, night, opened

pytestmark = pytest.mark.django_db


def test_pitfall_1_refunds_in_any_split_come_to_what_was_earned_and_never_to_cash() -> None:
    opened(
        growth="- credit: {asset: growth, for_each: 1, of: event.total}\n      - credit: {asset: points, amount: 7}"
    )
    took(order("a", "2026-03-01", "99.99", "1"))
    took(
        event(
            "wallet.topped_up", "a", "2026-03-01", {"wallet": "purse", "amount": "100.00", "currency": "CNY"}
        )
    )
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "points", 40, order=("pos", "1"))
    cash = till.has("cash")
    for number, amount in enumerate(("33.33", "33.33", "0.01", "33.32")):
        took(refund("a", f"2026-03-0{3 + number}", amount, "1"))
    assert till.has() == (0, 0, 0), "99 + 7 earned went back, 40 spent came back"
    assert till.has("growth") == (0, 0, 0)
    assert till.has("cash") == cash
    assert send(refund("a", "2026-03-08", "0.01", "1"))[0]["error"]["code"] == "refund_exceeds_order"
    in_order()


def test_pitfall_1_a_refund_of_an_order_not_heard_of_yet_brings_back_no_more_than_its_share() -> None:
    opened()
    took(order("a", "2026-03-01", "100.00", "1"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "points", 60, order=("pos", "2"))
    took(refund("a", "2026-03-03", "10.00", "2"))
    assert till.has() == (40, 0, 0), "nobody knows yet what share of the order that is"
    took(order("a", "2026-03-02", "30.00", "2"))
    assert till.has() == (40 + 30 - 10 + 20, 0, 0)
    in_order()


def test_pitfall_3_every_lot_ends_at_its_own_time_and_no_other_with_it() -> None:
    opened()
    took(order("a", "2026-01-15", "50.00", "1"), order("a", "2026-03-15", "70.00", "2"))
    till = Till(who_is("a"))
    till.did("2026-03-16", "spend", "points", 20)
    night("2026-08-01")
    assert till.lots() == [(50, 0), (70, 70)], "what was left of January's 50 ended with July"
    night("2026-10-01")
    assert till.has() == (0, 0, 0)
    assert [entry for entry in till.entries() if entry[0] == "expire"] == [("expire", -30), ("expire", -70)]
    in_order()


def test_pitfall_3_what_is_owed_is_paid_oldest_first_in_whatever_order_it_became_known() -> None:
    opened()
    took(order("a", "2026-03-01", "10.00", "1"), order("a", "2026-03-01", "10.00", "2"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "points", 20)
    took(refund("a", "2026-03-09", "10.00", "1"), refund("a", "2026-03-05", "10.00", "2"))
    till.did("2026-03-10", "credit", "points", 12)
    debts = Lot.objects.filter(member_id=till.member_id, asset="points", amount=0).order_by("earned_at")
    assert list(debts.values_list("remaining", flat=True)) == [0, -8]
    in_order()


def test_pitfall_3_a_correction_upwards_pays_what_is_owed() -> None:
    opened()
    took(order("a", "2026-03-01", "10.00", "1"))
    till = Till(who_is("a"))
    first = till.did("2026-03-02 09:00", "credit", "points", 50)
    second = till.did("2026-03-02 09:01", "credit", "points", 50)
    till.did("2026-03-02", "spend", "points", 110)
    till.did("2026-03-03", "reverse", first)
    assert till.has() == (-50, 0, 0)
    till.did("2026-03-03", "correct", second, 130)
    assert till.has() == (30, 0, 0)
    assert till.lots() == [(10, 0), (50, 0), (130, 30), (0, 0)], "nothing is owed any more"
    in_order()


def test_pitfall_5_the_level_follows_a_refund_a_reversal_and_a_correction() -> None:
    opened()
    took(order("a", "2026-03-01", "200.00", "1"), order("a", "2026-03-02", "60.00", "2"))
    till = Till(who_is("a"))

    def level() -> str:
        return Standing.objects.get(member_id=till.member_id, ladder="level").level

    assert level() == "gold"
    took(refund("a", "2026-03-03", "20.00", "2"))
    assert level() == "basic"
    up = till.did("2026-03-04", "adjust", "growth", 10)
    assert level() == "gold"
    till.did("2026-03-05", "correct", up, 9)
    assert level() == "basic"
    in_order()


def test_pitfall_10_a_day_ends_at_midnight_of_the_programme_and_months_do_not_drift() -> None:
    published(shop(expires="{months: 1, round: day}"))
    took(order("a", "2026-01-31 23:59", "10.00", "1"), order("a", "2026-02-01 00:00", "10.00", "2"))
    ends = Lot.objects.filter(member_id=who_is("a"), asset="points").order_by("earned_at")
    assert [lot.expires_at for lot in ends] == [moment("2026-03-01 00:00"), moment("2026-03-02 00:00")]
    till = Till(who_is("a"))
    assert till.do("2026-02-28 23:59", "spend", "points", 11).error is None
    late = till.do("2026-03-02 00:00", "spend", "points", 1)
    assert late.error is not None
    assert late.error.code == "insufficient"
    assert till.entries()[-1] == ("expire", -9)
    in_order()


def test_pitfall_10_a_daily_cap_begins_anew_at_local_midnight() -> None:
    opened(points="caps: {day: 100}")
    took(order("a", "2026-03-01 23:59", "150.00", "1"), order("a", "2026-03-02 00:00", "150.00", "2"))
    assert Till(who_is("a")).has() == (200, 0, 0)
    in_order()


@pytest.mark.parametrize(
    ("setting", "told", "left"),
    [
        ("points", "floor: -20", -20),
        ("points", "floor: 0", 0),
        ("points", "", -50),
        ("clawback", "cap", 0),
        ("clawback", "waive", 0),
    ],
)
def test_pitfall_12_every_policy_of_taking_back_does_something(setting: str, told: str, left: int) -> None:
    opened(**{setting: told})
    took(order("a", "2026-03-01", "50.00", "1"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "points", 50)
    took(refund("a", "2026-03-03", "50.00", "1"))
    assert till.has() == (left, 0, 0)
    in_order()


def test_pitfall_12_the_order_of_spending_is_the_one_that_is_set() -> None:
    taken = {}
    for spend_order in ("expiring", "oldest", "newest"):
        opened(points=f"spend_order: {spend_order}")
        who = f"a-{spend_order}"
        took(joined(who, "2026-03-01"))
        till = Till(who_is(who))
        till.did("2026-03-01 10:01", "credit", "points", 10)
        till.did("2026-03-01 10:02", "credit", "points", 10, expires_at=moment("2026-04-01"))
        till.did("2026-03-01 10:03", "credit", "points", 10)
        till.did("2026-03-02", "spend", "points", 10)
        taken[spend_order] = [amount - remaining for amount, remaining in till.lots()]
    assert taken == {"expiring": [0, 10, 0], "oldest": [10, 0, 0], "newest": [0, 0, 10]}


@pytest.mark.parametrize("clawback", ["debt", "cap", "waive"])
def test_pitfall_15_what_was_written_off_is_collected_when_it_comes_back(clawback: str) -> None:
    opened(clawback=clawback)
    took(order("a", "2026-03-01", "100.00", "1"), order("a", "2026-03-02", "50.00", "2"))
    till = Till(who_is("a"))
    till.did("2026-03-02 11:00", "spend", "points", 150, order=("pos", "2"))
    took(refund("a", "2026-03-03", "100.00", "1"))
    took(refund("a", "2026-03-04", "50.00", "2"))
    assert till.has() == (0, 0, 0), "both orders went back, so nothing is left of them"
    in_order()


def test_pitfall_15_buying_earning_and_returning_leaves_a_debt_and_no_gain() -> None:
    opened()
    took(order("a", "2026-03-01", "100.00", "1"))
    till, had = Till(who_is("a")), []
    for number in (2, 3):
        took(order("a", f"2026-03-0{number}", "100.00", str(number)))
        till.did(f"2026-03-0{number} 11:00", "spend", "points", 100, order=("pos", "gone"))
        took(refund("a", f"2026-03-0{number} 12:00", "100.00", str(number)))
        had.append(till.has()[0])
    assert had == [0, -100], "the 100 that were earned are used, then what is used is owed"
    took(order("a", "2026-03-04", "100.00", "4"))
    assert till.refused("2026-03-04 11:00", "spend", "points", 1) == "insufficient"
    took(refund("a", "2026-03-04 12:00", "100.00", "4"))
    assert till.has() == (-100, 0, 0)
    in_order()


def test_pitfall_15_a_gift_that_may_be_revoked_is_nobody_elses_to_undo() -> None:
    """Else the giver gets it back and it is gone with the receiver as well: units out of nothing."""
    opened()
    took(order("a", "2026-03-01", "700.00", "1"), joined("b", "2026-03-01"))
    giver, receiver = Till(who_is("a")), Till(who_is("b"))
    gift = giver.did("2026-03-02 10:00", "gift", "points", 100, receiver.member_id)
    arrival = event_id(moment("2026-03-02 10:00"), RULES, f"{gift}:0")
    before = books()
    assert receiver.refused("2026-03-02 11:00", "reverse", arrival) == "use_revoke"
    assert receiver.refused("2026-03-02 11:00", "correct", arrival, 40) == "lot_closed"
    assert receiver.refused("2026-03-02 11:00", "correct", arrival, 140) == "lot_closed"
    assert books() == before
    giver.did("2026-03-02 12:00", "revoke", gift, receiver.member_id)
    assert (giver.has(), receiver.has()) == ((700, 0, 0), (0, 0, 0))
    in_order()
