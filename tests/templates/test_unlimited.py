"""The yearly membership: tried for a month, paid for a year, everything as often as one likes."""

import pytest

from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, joined, order
from tests.plans.shop import code, command, paid, refund, stands
from tests.templates.life import day, guest, opened, passes, told

pytestmark = pytest.mark.django_db


def member() -> None:
    opened("unlimited")
    day("2026-01-05", joined("a", "2026-01-05"))


def test_one_plan_no_levels_nothing_to_spend_and_no_benefit_with_a_bound() -> None:
    programme = load(template("unlimited"))
    assert [(plan.id, [one.months for one in plan.periods], plan.trial_days) for plan in programme.plans.values()] == [
        ("prime", [12], 30),
    ]  # fmt: skip
    assert not programme.ladders
    assert [asset.id for asset in programme.assets.values() if asset.spendable] == []
    assert [one.id for one in programme.benefits.values() if one.quota or one.stock or one.claim] == []


def test_a_month_to_try_it_once() -> None:
    member()
    command("2026-01-10", "take_trial", "prime")
    assert stands("prime") == ("trial", "", "01-10", "02-09")
    day("2026-01-20", order("a", "2026-01-20", "30.00", "1"))
    assert balances("a") == {"saved": 8_00}
    passes("2026-02-10")
    assert stands("prime")[0] == "lapsed"
    assert told() == {"trying": 1, "tried": 1}
    assert code(command("2026-03-01", "take_trial", "prime")) == "trial_used"


def test_benefits_without_end_while_it_runs_and_none_after() -> None:
    member()
    one = guest()
    assert one.refused("2026-01-06", "use", "delivery") == "not_entitled"
    day("2026-01-10", paid("prime", "2026-01-10", "year", "288.00"))
    for number in range(20):
        one.did(f"2026-02-01 {number:02}:00", "use", "delivery")
    one.did("2026-02-02", "use", "photos")
    passes("2026-12-26")
    passes("2027-01-14")
    assert stands("prime")[0] == "lapsed", "three days of grace are over"
    assert one.refused("2027-01-14", "use", "delivery") == "not_entitled"
    assert told() == {"opened": 1, "ending": 1, "lapsed": 1}


def test_what_it_saved_is_counted() -> None:
    member()
    day("2026-01-10", paid("prime", "2026-01-10", "year", "288.00"))
    line = {"sku": "d1", "category": "母婴", "quantity": 1, "price": "200.00"}
    day("2026-01-11", order("a", "2026-01-11", "300.00", "1", data={"items": [line]}))
    assert balances("a") == {"saved": 8_00 + 10_00}


def test_half_the_money_back_is_half_the_time() -> None:
    member()
    first = paid("prime", "2026-01-10", "year", "288.00")
    day("2026-01-10", first)
    day("2026-01-12", refund(first["data"]["payment_id"], "2026-01-12", "144.00"))
    assert stands("prime") == ("active", "year", "01-10", "07-11")
