"""The airline: silver and gold by kilometres, kept and lost with the year, the lounge by card."""

from typing import Any

import pytest

from regulars.programme.gallery import template
from tests.engine.world import balances, event, fresh, joined, today
from tests.templates.life import day, guest, opened, passes, stands, told, until

pytestmark = pytest.mark.django_db


def flight(when: str, km: int, cabin: str = "Y", who: str = "a") -> dict[str, Any]:
    return event("flight.flown", who, when, {"flight": "SK3101", "km": km, "cabin": cabin})


@pytest.mark.parametrize(
    ("cabin", "counts"), [("F", 2000), ("C", 1500), ("Y", 1000), ("D", 500), ("?", 1000)]
)
def test_the_cabin_makes_the_miles(cabin: str, counts: int) -> None:
    opened("airline")
    day("2026-03-01", flight("2026-03-01", 1000, cabin))
    assert balances("a") == {"miles": counts, "km": counts}
    assert told() == {"flown": 1}


def test_silver_at_forty_thousand_gold_at_eighty_to_the_end_of_the_next_year() -> None:
    opened("airline")
    day("2026-03-01", flight("2026-03-01", 39999))
    assert stands(ladder="card") == "basic"
    day("2026-03-02", flight("2026-03-02", 1))
    assert (stands(ladder="card"), until(ladder="card")) == ("silver", "2027-12-31")
    day("2026-09-01", flight("2026-09-01", 40000))
    assert (stands(ladder="card"), until(ladder="card")) == ("gold", "2027-12-31")
    assert balances("a") == {"miles": 40000 + 46000, "km": 80000}, (
        "silver earns 15 % more miles, and no kilometres"
    )


def test_three_quarters_keep_gold_and_less_falls_by_one() -> None:
    opened("airline")
    day("2026-03-01", flight("2026-03-01", 80000), flight("2026-03-01", 80000, who="b"))
    day("2027-05-01", flight("2027-05-01", 60000), flight("2027-05-01", 59999, who="b"))
    passes("2028-01-01")
    assert [(stands(who, "card"), until(who, "card")) for who in "ab"] == [
        ("gold", "2028-12-31"), ("silver", "2028-12-31"),
    ]  # fmt: skip
    assert (told("a")["kept"], told("b")["lowered"]) == (1, 1)
    passes("2029-01-01")
    assert [stands(who, "card") for who in "ab"] == ["silver", "basic"], "nothing flown in 2028"


def test_by_the_members_own_year_what_counts_begins_with_the_day_of_joining() -> None:
    with today("2026-01-01"):
        fresh(template("airline").replace("over: calendar_year", "over: member_year"))
    day("2026-06-10", joined("a", "2026-06-10"))
    day("2026-12-20", flight("2026-12-20", 30000))
    day("2027-06-09", flight("2027-06-09", 9999))
    assert stands(ladder="card") == "basic"
    day("2027-06-10", flight("2027-06-10", 1))
    assert stands(ladder="card") == "basic", "a new year of the member has begun"
    day("2027-07-01", flight("2027-07-01", 39999))
    assert stands(ladder="card") == "silver"


def test_silver_has_the_lounge_four_times_a_year_and_gold_always() -> None:
    opened("airline")
    day("2026-03-01", flight("2026-03-01", 40000), flight("2026-03-01", 80000, who="b"))
    silver, gold = guest("a"), guest("b")
    for number in range(4):
        silver.did(f"2026-04-0{number + 1}", "claim", ["lounge_silver"])
        silver.did(f"2026-04-0{number + 1}", "use", "lounge_silver")
    assert silver.refused("2026-04-05", "claim", ["lounge_silver"]) == "quota_used"
    assert silver.refused("2026-04-05", "use", "lounge_gold") == "not_entitled"
    for number in range(6):
        gold.did(f"2026-04-0{number + 1}", "use", "lounge_gold")
    silver.did("2027-01-02", "claim", ["lounge_silver"])


def test_the_upgrade_that_was_not_used_goes_with_the_gold_card() -> None:
    opened("airline")
    day("2026-03-01", flight("2026-03-01", 80000))
    one = guest()
    one.did("2026-03-02", "claim", ["upgrade"])
    passes("2028-01-01")
    assert stands(ladder="card") == "silver"
    assert {row.state for row in one.kept("upgrade")} <= {"expired", "taken_back"}
