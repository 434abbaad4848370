"""When the next level comes and what gets there, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.kit import clock
from tests.api.conftest import Caller, problem
from tests.api.test_events import order

PHONE = "phone:%2B8613800000000"
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def regular(caller: Caller) -> None:
    """Bought for 60 in every week since June: 1,440, silver; 1,060 to gold."""
    first = NOW - timedelta(weeks=24)
    for week in range(24):
        one = order(id=f"w{week}", time=(first + timedelta(weeks=week)).isoformat())
        one["data"] |= {"order_id": f"w{week}", "total": "60.00"}
        one["data"]["items"] = [
            {"sku": "t", "name": "Oolong", "category": "tea", "quantity": 2, "price": "20.00"},
            {"sku": "b", "name": "Bun", "quantity": 1, "price": "20.00"},
        ]
        with clock.fixed(first + timedelta(weeks=week)):
            assert caller.post("/events", one).status_code == 200


def read(caller: Caller, what: str) -> dict[str, Any]:
    with clock.fixed(NOW):
        answer = caller.get(f"/members/{PHONE}/levels/{what}")
    assert answer.status_code == 200, answer.content.decode()
    (found,) = answer.json()
    assert isinstance(found, dict)
    return found


@pytest.mark.usefixtures("regular")
def test_the_forecast_tells_ranges_and_chances(caller: Caller) -> None:
    found = read(caller, "forecast")
    assert (found["ladder"], found["level"], found["next_level"], found["missing"]) == (
        "level",
        "silver",
        "gold",
        1060,
    )
    half, most = found["half"], found["most"]
    assert most["first"] < half["first"] <= found["likely"] <= found["median"] < half["last"]
    assert "2027-02-01" < found["median"] < "2027-06-01"
    assert found["chance"] == round(found["chance"], 2) > 0.8
    assert found["keep"] == 1.0
    assert (found["seen"], found["waits"]) == (24, False)
    assert 200 < found["monthly"] < 300


@pytest.mark.usefixtures("regular")
def test_the_guide_tells_what_orders_brought(caller: Caller) -> None:
    found = read(caller, "guide")
    assert found["usual"] == {"orders": 24, "total": "60.00", "units": 60, "times": 18}
    assert found["favourites"] == [
        {
            "name": "tea",
            "kind": "category",
            "orders": 24,
            "of": 24,
            "spend": "40.00",
            "units": 40,
            "times": 27,
        },
        {
            "name": "Bun",
            "kind": "product",
            "orders": 24,
            "of": 24,
            "spend": "20.00",
            "units": 20,
            "times": 53,
        },
    ]
    assert found["tasks"] == []


@pytest.mark.usefixtures("grocery")
def test_nobody_has_no_forecast(caller: Caller) -> None:
    for what in ("forecast", "guide"):
        assert problem(caller.get(f"/members/phone:%2B8613811112222/levels/{what}"), 404, "member_unknown")
