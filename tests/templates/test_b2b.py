"""Points for companies: once goods are received, with levels of a calendar year and a bonus for a good quarter."""

import pytest

from tests.engine.world import balances, event, joined, order, who_is
from tests.templates.life import day, guest, opened, passes, stands, told, until
from tests.value.shop import Till, in_order

pytestmark = pytest.mark.django_db


def bought(when: str, total: str, number: str, who: str = "a", category: str = "常规") -> None:
    line = {"sku": "s", "category": category, "quantity": 1, "price": total}
    day(when, order(who, when, total, number, data={"items": [line]}))


def test_a_point_for_ten_yuan_once_the_goods_are_received_and_twice_for_what_is_new() -> None:
    opened("b2b")
    bought("2026-03-01", "30000.00", "1")
    bought("2026-03-01", "1000.00", "2", category="新品")
    till = Till(who_is("a"))
    assert till.has() == (0, 0, 3200)
    for number in "12":
        day("2026-03-05", event("order.completed", "a", "2026-03-05", {"order_id": number}))
    assert till.has() == (3200, 0, 0)
    till.did("2026-03-06", "convert", "to_training", 3000)
    till.did("2026-03-06", "convert", "to_fund", 200)
    assert balances("a") == {"points": 0, "training": 1, "support_fund": 20_00}
    in_order()


def test_the_years_purchases_make_the_level_and_the_level_the_price() -> None:
    opened("b2b")
    bought("2026-03-01", "99999.99", "1")
    assert stands(ladder="partner") == "registered"
    bought("2026-03-02", "0.01", "2")
    assert (stands(ladder="partner"), until(ladder="partner")) == ("silver", "2027-12-31")
    one = guest()
    one.did("2026-03-03", "use", "price_silver")
    bought("2026-04-01", "400000.00", "3")
    assert stands(ladder="partner") == "gold"
    assert one.refused("2026-04-02", "use", "price_silver") == "not_entitled"
    one.did("2026-04-02", "use", "price_gold")


def test_a_month_of_grace_to_make_up_for_a_weak_year() -> None:
    opened("b2b")
    for who in "ab":
        bought("2026-03-01", "500000.00", f"{who}1", who)
        bought("2027-05-01", "300000.00", f"{who}2", who)
    passes("2028-01-01 12:00")
    assert [stands(who, "partner") for who in "ab"] == ["gold", "gold"]
    assert told("a")["in_grace"] == 1
    passes("2028-02-01")
    assert stands("b", "partner") == "silver", "by one, not to what is earned"


def test_a_good_quarter_brings_its_bonus_once() -> None:
    opened("b2b")
    bought("2026-04-10", "60000.00", "1")
    bought("2026-06-20", "40000.00", "2")
    bought("2026-06-20", "99000.00", "3", who="b")
    passes("2026-07-01 09:00")
    assert balances("a")["points"] == 2000 + 6000, "the first order has ripened meanwhile, the second not yet"
    assert balances("b").get("points", 0) == 0
    passes("2026-07-01 12:00")
    assert told("a")["quarter"] == 1


def test_training_brings_a_hundred_points_a_head_up_to_a_bound() -> None:
    opened("b2b")
    day("2026-03-01", joined("a", "2026-03-01"))
    for people in (12, 30):
        day("2026-03-02", event("training.attended", "a", "2026-03-02", {"course": "c", "people": people}))
    assert balances("a")["points"] == 3000
