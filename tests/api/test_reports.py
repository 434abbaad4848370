"""Reports over the API: a March counted by hand, and exactly who is behind its figures."""

from typing import Any

import pytest

from regulars.insight import answers, freshness
from regulars.kit import clock
from tests.api.conftest import Caller, problem
from tests.api.test_conditions import told
from tests.reports.test_small import history

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("grocery")]
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture(autouse=True)
def _history(monkeypatch: pytest.MonkeyPatch) -> None:
    freshness.forget()
    monkeypatch.setattr(answers, "open_tables", history)
    monkeypatch.setattr(answers, "freshness", clock.now)


def numbers(caller: Caller, report: str, of: str, more: str = "") -> list[int]:
    found = told(caller.get(f"/reports/{report}/members?{MARCH}&of={of}{more}"))
    assert found["count"] == len(found["members"])
    return [int(each[-12:]) for each in found["members"]]


def test_a_month_and_the_month_before_and_who_is_behind(caller: Caller) -> None:
    """In March Alice (1) bought for 20 and 30, Bob (2) for 5 and took 2 back; in February Dora (4) for 7."""
    found = told(caller.get(f"/reports/overview?{MARCH}&against=previous"))
    assert (found["from"], found["to"], found["currency"], found["empty"]) == (
        "2026-03-01", "2026-03-31", "CNY", False,
    )  # fmt: skip
    assert found["answer"] == "2 of 5 members placed 3 orders for ¥55.00, ¥18.33 on average."
    shown: dict[str, Any] = {name: (one["value"], one["before"]) for name, one in found["figures"].items()}
    assert shown == {
        "sales": ("55.00", "7.00"), "orders": (3, 1), "buyers": (2, 1), "order_value": ("18.33", "7.00"),
        "members_at_end": (5, 3), "joined": (2, 1), "activity_rate": (0.4, 0.333333), "refunded": ("2.00", "0.00"),
    }  # fmt: skip
    assert (found["figures"]["sales"]["units"], found["figures"]["sales"]["change"]) == (5500, 6.857143)
    assert numbers(caller, "overview", found["figures"]["buyers"]["members"]) == [1, 2]
    assert numbers(caller, "overview", found["figures"]["joined"]["members"]) == [2, 3]
    assert numbers(caller, "overview", "buyers", "&channel=app") == [1]


def test_channels_and_who_bought_through_them(caller: Caller) -> None:
    found = told(caller.get(f"/reports/channels?{MARCH}"))
    table = next(one for one in found["tables"] if one["id"] == "channel")
    assert [column["id"] for column in table["columns"]][:5] == [
        "channel",
        "sales",
        "share",
        "orders",
        "buyers",
    ]
    assert [row[:5] for row in table["rows"]] == [
        ["app", "30.00", 0.545455, 1, 1], ["store", "25.00", 0.454545, 2, 2],
    ]  # fmt: skip
    assert numbers(caller, "channels", "store") == [1, 2]
    assert numbers(caller, "funnel", "lost:bought") == [3, 4, 5]
    problem(caller.get("/reports/channels?chanel=app"), 422, "unknown_parameter", "chanel")
