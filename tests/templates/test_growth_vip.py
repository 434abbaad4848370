"""The membership that grows: how long levels take, what lapsing costs, and where renewing goes on."""

from datetime import date

import pytest

from regulars.ledger.models import Entry
from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, event, joined
from tests.plans.shop import paid
from tests.plans.shop import stands as plan_stands
from tests.templates.core import Life
from tests.templates.life import day, guest, opened, passes, stands, told
from tests.value.shop import in_order

FIRST = date(2026, 1, 1)
OPENING = {"month": 20, "year": 100}
"""What opening the membership brings, once."""


def lived(period: str, payments: int, growth: int, *, tasks: bool = False) -> Life:
    """So many payments in a row from 1 January 2026 on, by who then has `growth`, opening it included."""
    life = Life("growth_vip", FIRST.isoformat())
    life.given("growth", growth - OPENING[period], FIRST.isoformat())
    for number in range(payments):
        months = number * (12 if period == "year" else 1)
        when = date(2026 + months // 12, 1 + months % 12, 1).isoformat()
        price = {"month": "20.00", "year": "218.00"}[period]
        life.happens(
            "plan.paid", when, {"plan": "svip", "period": period, "price": price, "payment_id": f"p{number}"}
        )
        if tasks:
            life.works(when, 365 if period == "year" else 28)
    life.passes(date(2026 + payments * (12 if period == "year" else 1) // 12, 1, 1).isoformat())
    return life


def took(life: Life, level: str) -> int:
    """Days of growth from the first on until the level was reached."""
    return (life.rose()[level] - FIRST).days + 1


def test_eight_levels_by_growth_of_a_lifetime() -> None:
    ladder = load(template("growth_vip")).ladders["level"]
    assert [level.at for level in ladder.levels] == [0, 1, 600, 1800, 3600, 6000, 16950, 38850, 75350]
    assert len([level for level in ladder.levels if level.at]) == 8
    assert ladder.period is None


def test_from_five_to_six_in_two_years_by_the_month() -> None:
    life = lived("month", 24, 6000)
    assert took(life, "l6") == 730


def test_from_five_to_six_in_one_and_a_half_years_by_the_year() -> None:
    life = lived("year", 2, 6000)
    assert took(life, "l6") == 548


def test_from_six_to_seven_in_three_years_by_the_year() -> None:
    life = lived("year", 3, 16950)
    assert took(life, "l7") == 1095


def test_tasks_are_faster() -> None:
    life = lived("year", 2, 6000, tasks=True)
    assert took(life, "l6") == 498, "22 a day instead of 20"


@pytest.mark.django_db
def test_a_day_brings_fifteen_tasks_and_opening_come_on_top() -> None:
    opened("growth_vip")
    day("2026-01-01", joined("a", "2026-01-01"))
    day("2026-01-02", event("checkin", "a", "2026-01-02"))
    assert balances("a") == {}, "tasks are for members who pay"
    day("2026-01-05", paid("svip", "2026-01-05", price="20.00"))
    assert (balances("a")["growth"], stands()) == (20 + 15, "l1")
    for hour in (9, 21):
        moment = f"2026-01-06 {hour:02}:00"
        day(moment, event("checkin", "a", moment), event("content.shared", "a", moment))
    assert balances("a")["growth"] == 20 + 2 * 15 + 2 + 10, "each task within its own limit"
    guest().did("2026-01-06", "use", "red_name")
    assert guest().refused("2026-01-06", "use", "frame") == "not_entitled"


@pytest.mark.django_db
def test_seven_days_after_it_lapsed_five_go_a_day_until_the_level_is_gone() -> None:
    opened("growth_vip")
    day("2026-01-05", paid("svip", "2026-01-05", price="20.00"))
    passes("2026-02-05 12:00")
    # 5 January to 5 February: 32 days.
    assert balances("a")["growth"] == 20 + 32 * 15 == 500
    passes("2026-02-06")
    assert plan_stands("svip")[0] == "lapsed"
    passes("2026-02-12 23:00")
    assert balances("a")["growth"] == 500, "seven days later"
    passes("2026-02-13 00:00")
    assert (balances("a")["growth"], stands()) == (495, "l1")
    passes("2026-05-22 12:00")
    assert (balances("a")["growth"], stands()) == (5, "l1")
    passes("2026-05-23 12:00")
    assert (balances("a")["growth"], stands()) == (0, "none"), "a hundred days of five"
    passes("2026-08-01")
    assert balances("a")["growth"] == 0
    assert set(Entry.objects.filter(amount__lt=0).values_list("amount", flat=True)) == {-5}
    assert told()["level_down"] == 1
    in_order()


@pytest.mark.django_db
def test_renewing_goes_on_from_what_is_left() -> None:
    opened("growth_vip")
    day("2026-01-05", paid("svip", "2026-01-05", "quarter", "58.00"))
    passes("2026-04-06")
    whole = 20 + 91 * 15
    assert (balances("a")["growth"], stands()) == (whole, "l2")
    passes("2026-04-22 12:00")
    assert balances("a")["growth"] == whole - 10 * 5, "from 13 to 22 April"
    day("2026-04-23 12:00", paid("svip", "2026-04-23 12:00", "year", "218.00"))
    assert balances("a")["growth"] == whole - 11 * 5 + 20, (
        "that day's five are gone, and twenty come; opening pays once"
    )
    passes("2026-05-03 12:00")
    assert balances("a")["growth"] == whole - 11 * 5 + 11 * 20
    assert told()["back"] == 1
    in_order()
