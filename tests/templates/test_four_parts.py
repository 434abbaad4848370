"""Rating, growth, level and beans: up with orders and reviews, down with returns and refusals."""

from typing import Any

import pytest

from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, event, order, refund, who_is
from tests.templates.life import day, guest, opened, passes, stands, told, until
from tests.value.shop import Till, in_order

pytestmark = pytest.mark.django_db


def bought(when: str, total: str, number: str, who: str = "a") -> None:
    """Paid, and completed the day it came."""
    day(when, order(who, when, total, number))
    done = f"{when} 18:00"
    day(done, event("order.completed", who, done, {"order_id": number}))


def refused(when: str, number: str) -> dict[str, Any]:
    return event("delivery.refused", "a", when, {"order_id": number})


def test_the_four_levels_and_what_they_ask() -> None:
    ladder = load(template("four_parts")).ladders["level"]
    assert [(one.id, one.at, one.keep_at) for one in ladder.levels] == [
        ("bronze", 0, 0), ("silver", 2000, 2000), ("gold", 10000, 8000), ("diamond", 30000, 24000),
    ]  # fmt: skip


def test_orders_raise_the_rating_returns_and_refusals_lower_it() -> None:
    opened("four_parts")
    for number in range(5):
        bought("2026-03-01", "100.00", f"o{number}")
    assert (balances("a")["rating"], stands(ladder="rating")) == (50, "good")
    day("2026-03-05", refund("a", "2026-03-05", "100.00", "o0"))
    assert (balances("a")["rating"], stands(ladder="rating")) == (35, "fair"), "its own 10, and 5 on top"
    day("2026-03-06", refused("2026-03-06", "o1"))
    assert balances("a")["rating"] == 20
    for number in range(3):
        day("2026-03-07", refused("2026-03-07", f"o{number + 2}"))
    assert balances("a")["rating"] == 0, "never below zero"
    for number in range(5, 10):
        bought("2026-03-08", "100.00", f"o{number}")
    assert stands(ladder="rating") == "good"
    in_order()


def test_the_rating_is_that_of_twelve_months() -> None:
    opened("four_parts")
    for number in range(5):
        bought("2026-03-01", "100.00", f"o{number}")
    passes("2027-02-28")
    assert stands(ladder="rating") == "good"
    passes("2027-03-02")
    assert stands(ladder="rating") == "fair"


def test_growth_by_purchases_reviews_and_photos() -> None:
    opened("four_parts")
    bought("2026-03-01", "1980.00", "1")
    assert (balances("a")["growth"], stands()) == (1980, "bronze")
    day("2026-03-02", event("review.posted", "a", "2026-03-02", {"sku": "1", "rating": 5}))
    assert (balances("a")["growth"], stands()) == (1985, "bronze")
    day(
        "2026-03-03", event("review.posted", "a", "2026-03-03", {"sku": "1", "rating": 5, "with_photo": True})
    )
    assert (balances("a")["growth"], stands()) == (2005, "silver")
    assert balances("a")["beans"] == 1980 + 10 + 30


def test_five_reviews_a_day_count() -> None:
    opened("four_parts")
    bought("2026-03-01", "1.00", "1")
    for number in range(7):
        when = f"2026-03-02 1{number}:00"
        day(when, event("review.posted", "a", when, {"sku": str(number), "rating": 4}))
    assert balances("a")["growth"] == 1 + 25


def test_what_is_not_completed_waits() -> None:
    opened("four_parts")
    day("2026-03-01", order("a", "2026-03-01", "5000.00", "1"))
    till = Till(who_is("a"))
    assert (till.has("beans"), stands()) == ((0, 0, 5000), "bronze")
    passes("2026-03-16 11:00")
    assert (till.has("beans"), stands()) == ((5000, 0, 0), "silver")
    assert told() == {"ripe": 1, "upgraded": 1}


def test_gold_asks_for_a_good_rating_and_brings_more_beans() -> None:
    opened("four_parts")
    bought("2026-03-01", "12000.00", "big")
    assert stands() == "silver", "one order is no good rating"
    for number in range(4):
        bought("2026-03-02", "1.00", f"o{number}")
    assert (stands(), until()) == ("gold", "2027-03-31")
    before = balances("a")["beans"]
    bought("2026-03-03", "100.00", "next")
    assert balances("a")["beans"] == before + 150
    guest().did("2026-03-04", "claim", ["upgrade_gift"])
    assert [row.uses_left for row in guest().kept("upgrade_gift")] == [3]
