"""The supermarket of the demo. Its whole year is lived through in tests/demo."""

import pytest

from tests.engine.world import balances, joined, order
from tests.templates.life import day, opened, stands, told

pytestmark = pytest.mark.django_db


def test_a_basket_brings_points_and_growth_and_growth_brings_silver() -> None:
    opened("grocery")
    day("2026-03-01", joined("a", "2026-03-01"))
    at_joining = balances("a").get("points", 0)
    day("2026-03-02", order("a", "2026-03-02", "120.40", "1"))
    assert balances("a") == {"points": at_joining + 120, "growth": 120}
    assert stands() == "basic"
    day("2026-03-03", order("a", "2026-03-03", "900.00", "2"))
    assert balances("a")["growth"] == 1020
    assert stands() == "silver"
    assert told()["upgraded"] == 1
