"""The classic points card: what is earned, what it buys, and when it ends."""

import pytest

from regulars.ledger.models import Lot
from tests.engine.world import balances, check_books, joined, moment, order, refund, who_is
from tests.templates.life import day, opened, passes, told
from tests.value.shop import Till, in_order

pytestmark = pytest.mark.django_db


def spent(total: str) -> Till:
    """A member who has bought for so much, beside the 100 points for joining."""
    opened("points_card")
    day("2026-01-05", joined("a", "2026-01-05"))
    day("2026-03-01", order("a", "2026-03-01", total, "1"))
    return Till(who_is("a"))


def test_a_point_for_a_yuan_and_a_hundred_for_a_yuan_of_gifts() -> None:
    till = spent("19900.00")
    assert balances("a")["points"] == 19900 + 100
    assert told() == {"welcome": 1, "bought": 1}
    till.did("2026-03-02", "convert", "to_gifts", 10_000)
    till.did("2026-03-02", "convert", "to_voucher", 9_000)
    assert balances("a") == {"points": 1_000, "gift_credit": 100_00, "voucher": 60_00}
    assert till.refused("2026-03-02", "convert", "to_voucher", 1_000) == "not_a_multiple"
    assert till.refused("2026-03-02", "convert", "to_gifts", 1_100) == "insufficient"


def test_points_live_to_the_end_of_the_second_year_and_a_member_is_told_a_month_before() -> None:
    spent("500.00")
    ends = Lot.objects.filter(asset="points").values_list("expires_at", flat=True)
    assert set(ends) == {moment("2029-01-01 00:00")}
    passes("2028-12-01")
    assert "ending" not in told()
    passes("2028-12-03")
    assert told()["ending"] == 1
    assert balances("a")["points"] == 600
    passes("2029-01-01 00:00")
    assert balances("a")["points"] == 0
    in_order()


def test_a_refund_takes_back_what_the_order_earned() -> None:
    spent("500.00")
    day("2026-03-04", refund("a", "2026-03-04", "200.00", "1"))
    assert balances("a")["points"] == 100 + 300
    check_books()


def test_the_month_of_the_birthday_counts_twice_up_to_a_bound() -> None:
    opened("points_card")
    day("2026-01-05", joined("a", "2026-01-05", data={"birthday": "1990-06-30"}))
    day("2026-06-01", order("a", "2026-06-01", "1500.00", "1"))
    assert balances("a")["points"] == 100 + 3000
    day("2026-06-20", order("a", "2026-06-20", "1500.00", "2"))
    assert balances("a")["points"] == 100 + 3000 + 2000
    day("2026-07-01", order("a", "2026-07-01", "10.00", "3"))
    assert balances("a")["points"] == 100 + 3000 + 2000 + 10


def test_year_end_gifts_are_announced_to_who_can_have_one() -> None:
    spent("900.00")
    day("2026-03-01", order("b", "2026-03-01", "999.00", "2"))
    passes("2026-12-01 10:00")
    assert [told(who).get("year_end", 0) for who in "ab"] == [1, 1], "1,000 with the joining gift, and 1,099"
    day("2026-12-02", order("c", "2026-12-02", "800.00", "3"))
    passes("2027-12-01 10:00")
    assert [told(who).get("year_end", 0) for who in "abc"] == [2, 2, 0]


def test_the_engine_pays_what_the_cost_model_reckons_with() -> None:
    """30 % of the points of 10,000 yuan are 30 yuan of gifts (`insight.economics`)."""
    opened("points_card")
    day("2026-03-01", *(order(f"m{n}", "2026-03-01", "100.00", f"o{n}") for n in range(100)))
    for number in range(30):
        Till(who_is(f"m{number}")).did("2026-06-01", "convert", "to_gifts", 100)
    assert sum(Lot.objects.filter(asset="gift_credit").values_list("amount", flat=True)) == 30_00
    in_order()
