"""The hotel: nights or points to platinum, and what platinum brings."""

from typing import Any

import pytest

from regulars.benefits.queries import place_of
from tests.engine.world import balances, event
from tests.templates.life import day, guest, opened, passes, stands, told, until

pytestmark = pytest.mark.django_db

PLATINUM = {"room_upgrade", "welcome_snack", "rollover", "dining", "late_checkout"}


def stay(when: str, nights: int, amount: str, who: str = "a") -> dict[str, Any]:
    return event("stay.completed", who, when, {"hotel": "Hangzhou", "nights": nights, "amount": amount})


def test_forty_nights_of_a_year_are_platinum_to_the_end_of_the_next() -> None:
    opened("hotel")
    day("2026-03-01", stay("2026-03-01", 39, "3900.00"))
    assert (stands(ladder="nights"), balances("a")) == ("gold", {"points": 7800, "nights": 39})
    day("2026-05-01", stay("2026-05-01", 1, "100.00"))
    assert (stands(ladder="nights"), until(ladder="nights")) == ("platinum", "2027-12-31")
    assert balances("a")["points"] == 7800 + 280, "gold earns 40 % more"
    day("2026-06-01", stay("2026-06-01", 1, "100.00"))
    assert balances("a")["points"] == 7800 + 280 + 320, "platinum 60 %"
    passes("2028-01-01")
    assert stands(ladder="nights") == "club", "no night in 2027"


def test_sixty_thousand_points_bring_the_same() -> None:
    opened("hotel")
    day("2026-03-01", stay("2026-03-01", 3, "30000.00"))
    assert (stands(ladder="nights"), stands(ladder="points")) == ("club", "platinum")
    one = guest()
    for benefit in ("room_upgrade", "welcome_snack"):
        one.did("2026-03-02", "use", benefit)
        one.did("2026-04-02", "use", benefit)
    assert one.refused("2026-03-02", "use", "lounge") == "benefit_unknown"


def test_two_dining_vouchers_a_year_each_verified_by_its_code() -> None:
    opened("hotel")
    day("2026-03-01", stay("2026-03-01", 40, "100.00"))
    one = guest()
    one.did("2026-03-02", "claim", ["dining"])
    one.did("2026-03-02", "claim", ["dining"])
    assert one.refused("2026-03-02", "claim", ["dining"]) == "quota_used"
    first, second = one.kept("dining")
    assert first.code != second.code
    assert place_of(first.code) is not None
    one.did("2026-03-10", "use", "dining")
    assert [(row.state, row.cost_minor) for row in one.kept("dining")] == [("used", 90_00), ("claimed", 0)]
    passes("2026-08-16")
    assert told()["waiting"] == 1
    passes("2026-08-30")
    assert [row.state for row in one.kept("dining")] == ["used", "expired"], "180 days after the claim"


def test_one_gift_of_three_for_each_year_of_the_level() -> None:
    opened("hotel")
    day("2026-03-01", stay("2026-03-01", 40, "100.00"))
    one = guest()
    gifts = {"gift_points", "gift_breakfast", "gift_suite"}
    assert {row.benefit for row in one.kept() if row.state == "granted"} == {*gifts, "dining"}
    points = balances("a")["points"]
    one.did("2026-03-02", "claim", ["gift_points"])
    assert balances("a")["points"] == points + 5000
    assert one.refused("2026-03-02", "claim", ["gift_suite"]) in ("not_entitled", "choice_made")
    assert {row.benefit for row in one.kept() if row.state == "granted"} == {"dining"}


def test_nights_beyond_the_level_roll_over() -> None:
    opened("hotel")
    day("2026-03-01", stay("2026-03-01", 52, "100.00"), stay("2026-03-01", 12, "100.00", who="b"))
    day("2027-01-02", *(event("nights.carried", who, "2027-01-02", {"nights": 12}) for who in "ab"))
    assert (balances("a")["nights"], balances("b")["nights"]) == (64, 12), "silver has no roll-over"
    day("2027-11-01", stay("2027-11-01", 28, "100.00"))
    passes("2028-01-01")
    assert (stands(ladder="nights"), until(ladder="nights")) == ("platinum", "2028-12-31"), "12 + 28 keep it"
    assert told()["kept"] == 1


def test_a_stay_a_year_keeps_all_points() -> None:
    opened("hotel")
    day("2026-03-15", stay("2026-03-15", 1, "500.00"))
    day("2027-02-01", stay("2027-02-01", 1, "500.00"))
    passes("2027-04-01")
    assert balances("a")["points"] == 2000
    passes("2028-03-01")
    assert balances("a")["points"] == 0
