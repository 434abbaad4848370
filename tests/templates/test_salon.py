"""Stored value in a salon: what a top-up brings, where it puts the member, and what a payout takes back."""

import pytest

from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, event, joined, who_is
from tests.templates.life import day, guest, opened, passes, stands, told, topped, until
from tests.value.shop import Till, in_order

pytestmark = pytest.mark.django_db


def paid_in(amount: str, when: str = "2026-03-10") -> None:
    opened("salon")
    day(when, topped("a", when, "card", amount, "t1"))


def test_the_four_levels_and_what_they_ask() -> None:
    programme = load(template("salon"))
    levels = [(one.name["zh-hans"], one.at) for one in programme.ladders["grade"].levels]
    assert levels == [
        ("普通会员", 0), ("VIP 会员", 1000_00), ("铂金会员", 3000_00), ("钻石会员", 5000_00), ("至尊会员", 10000_00),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "bonus", "where"),
    [
        ("999.00", 0, "guest"), ("1000.00", 80_00, "vip"), ("3000.00", 360_00, "platinum"),
        ("5000.00", 800_00, "diamond"), ("10000.00", 2000_00, "supreme"),
    ],
)  # fmt: skip
def test_a_top_up_brings_its_bonus_and_its_level(paid: str, bonus: int, where: str) -> None:
    paid_in(paid)
    assert balances("a").get("bonus", 0) == bonus
    assert stands(ladder="grade") == where
    assert told() == {"topped_up": 1, **({} if where == "guest" else {"upgraded": 1})}


def test_several_top_ups_add_up_and_a_visit_is_paid_from_both_in_proportion() -> None:
    paid_in("2000.00")
    day("2026-04-01", topped("a", "2026-04-01", "card", "3000.00", "t2"))
    assert (stands(ladder="grade"), balances("a")["bonus"]) == ("diamond", 80_00 + 360_00)
    Till(who_is("a")).did("2026-04-02", "spend", "card", 544_00)
    assert balances("a") == {"principal": 4500_00, "bonus": 396_00}
    in_order()


def test_a_payout_takes_its_bonus_back_and_the_level_with_it() -> None:
    paid_in("5000.00")
    back = {"topup_id": "t1", "amount": "2500.00", "currency": "CNY"}
    day("2026-03-15", event("wallet.refunded", "a", "2026-03-15", back))
    assert balances("a") == {"principal": 2500_00, "bonus": 400_00}
    assert stands(ladder="grade") == "vip"
    assert told()["paid_back"] == 1
    in_order()


def test_who_does_not_come_again_falls_by_one_after_a_month_of_grace() -> None:
    paid_in("5000.00")
    assert until(ladder="grade") == "2027-03-31"
    passes("2027-04-29")
    assert stands(ladder="grade") == "diamond", "in grace"
    passes("2027-05-02")
    assert stands(ladder="grade") == "platinum"


def test_the_price_goes_with_the_level_and_the_birthday_brings_a_treatment() -> None:
    opened("salon")
    day("2026-01-02", joined("a", "2026-01-02", data={"birthday": "1990-06-20"}))
    day("2026-06-01", topped("a", "2026-06-01", "card", "5000.00", "t1"))
    one = guest()
    one.did("2026-06-02", "use", "price_diamond")
    assert one.refused("2026-06-02", "use", "price_supreme") == "not_entitled"
    passes("2026-06-05 11:00")
    assert ("birthday_care", "granted") in one.rows()
    one.did("2026-06-06", "claim", ["birthday_care"])
    assert one.refused("2026-06-07", "claim", ["birthday_care"]) == "not_entitled", "once a year"
    assert told() == {"topped_up": 1, "upgraded": 1, "birthday": 1}
