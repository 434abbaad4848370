"""The online mall: what an order earns ripens when it is completed."""

import pytest

from tests.engine.world import balances, event, order, who_is
from tests.templates.life import day, opened, passes, stands, told
from tests.value.shop import Till, in_order

pytestmark = pytest.mark.django_db


def test_growth_and_coins_ripen_with_the_order_and_points_become_coins() -> None:
    opened("mall")
    day("2026-03-01", order("a", "2026-03-01", "2000.00", "1"))
    till = Till(who_is("a"))
    assert (till.has("points"), till.has("coins")) == ((2000, 0, 0), (0, 0, 200))
    assert stands() == "bronze", "growth that waits does not count"
    day("2026-03-08", event("order.completed", "a", "2026-03-08", {"order_id": "1"}))
    assert (till.has("coins"), stands()) == ((200, 0, 0), "silver")
    assert told() == {"completed": 1}
    till.did("2026-03-09", "convert", "points_to_coins", 1000)
    assert balances("a") == {"points": 1000, "growth": 2000, "coins": 300}
    in_order()


def test_what_nobody_completes_ripens_after_thirty_days_and_the_member_is_told() -> None:
    opened("mall")
    day("2026-03-01", order("a", "2026-03-01", "2000.00", "1"))
    passes("2026-03-30")
    assert Till(who_is("a")).has("coins") == (0, 0, 200)
    passes("2026-04-01")
    assert Till(who_is("a")).has("coins") == (200, 0, 0)
    assert told() == {"completed": 1}


def test_the_festival_counts_twice_within_its_bounds() -> None:
    opened("mall")
    day("2026-11-11", order("a", "2026-11-11", "1500.00", "1"))
    # 20 yuan a day are 2,000 points at 0.01, but the cap of 2,000 points a day holds, too.
    assert balances("a")["points"] == 2000
    assert balances("a")["gift_cash"] == 20_00
