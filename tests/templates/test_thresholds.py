"""Spend so much and get it: free delivery, coupons, an add-on, each with its end, its stock and its way back."""

import pytest

from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, event, fresh, joined, order, refund, today
from tests.templates.life import day, guest, opened, passes, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("total", "brings"),
    [
        ("198.99", []), ("199.00", ["coupon_20"]), ("298.99", ["coupon_20"]), ("299.00", ["coupon_20", "add_on"]),
        ("398.99", ["coupon_20", "add_on"]), ("399.00", ["coupon_50", "add_on"]),
    ],
)  # fmt: skip
def test_what_an_order_brings(total: str, brings: list[str]) -> None:
    opened("thresholds")
    day("2026-03-01", order("a", "2026-03-01", total, "1"))
    assert {row.benefit for row in guest().kept()} == set(brings)


def test_delivery_is_free_from_88() -> None:
    programme = load(template("thresholds"))
    assert programme.benefits["free_delivery"].terms == {"from_minor": 88_00}
    opened("thresholds")
    day("2026-03-01", joined("a", "2026-03-01"))
    guest().did("2026-03-01", "use", "free_delivery")


def test_a_coupon_is_used_once_within_a_fortnight_and_announced_before() -> None:
    opened("thresholds")
    day("2026-03-01", order("a", "2026-03-01", "199.00", "1"))
    day("2026-03-02", order("a", "2026-03-02", "199.00", "2"))
    one = guest()
    one.did("2026-03-05", "use", "coupon_20")
    assert [row.state for row in one.kept("coupon_20")] == ["used", "claimed"]
    passes("2026-03-16")
    assert told() == {"coupon": 2, "waiting": 1}
    passes("2026-03-18")
    assert one.refused("2026-03-18", "use", "coupon_20") in ("not_entitled", "expired")


def test_what_a_returned_order_brought_goes_back() -> None:
    opened("thresholds")
    day("2026-03-01", order("a", "2026-03-01", "450.00", "1"))
    day("2026-03-02", refund("a", "2026-03-02", "450.00", "1"))
    assert sorted(guest().rows()) == [("add_on", "taken_back"), ("coupon_50", "taken_back")]
    assert balances("a")["coins"] == 0


def test_the_add_on_is_there_as_long_as_the_stock_of_the_month() -> None:
    with today("2026-01-01"):
        fresh(template("thresholds").replace("stock: {units: 2000,", "stock: {units: 1,"))
    day("2026-03-01", order("a", "2026-03-01", "300.00", "1"), order("b", "2026-03-01", "300.00", "2"))
    guest("a").did("2026-03-02", "claim", ["add_on"])
    assert guest("b").refused("2026-03-02", "claim", ["add_on"]) == "out_of_stock"


def test_an_old_phone_brings_a_tenth_up_to_three_hundred_and_twice_a_year() -> None:
    opened("thresholds")
    day("2026-03-01", joined("a", "2026-03-01"))
    for value, have in (("1280.00", 128_00), ("9999.00", 428_00), ("500.00", 428_00)):
        day("2026-03-02", event("device.traded_in", "a", "2026-03-02", {"device": "P30", "value": value}))
        assert balances("a")["trade_in"] == have
    assert told() == {"subsidy": 2}


def test_coins_for_coming_once_a_day() -> None:
    opened("thresholds")
    day("2026-03-01", joined("a", "2026-03-01"))
    for moment in ("2026-03-01 09:00", "2026-03-01 21:00", "2026-03-02 00:01"):
        day(moment, event("checkin", "a", moment))
    assert balances("a") == {"coins": 20}
