"""Budgets over the API: what is left of them, and since when they are used up."""

import pytest

from regulars.kit import clock
from tests.api.conftest import Caller
from tests.engine.world import moment, order, refund, took
from tests.value.shop import opened

pytestmark = pytest.mark.django_db

SPRING = 'campaigns:\n  spring: {name: {en: Spring}, budget: {money: "2.00", per: day}}'


def test_budgets_say_what_is_left_and_since_when_nothing_is(caller: Caller) -> None:
    opened(rule="campaign: spring\n    budget: {units: 100, per: month}", growth="", more=SPRING)
    took(order("ann", "2026-03-01 09:00", "60.00", "1"), order("bob", "2026-03-01 10:00", "60.00", "2"))
    with clock.fixed(moment("2026-03-01 12:00")):
        spring, base = caller.get("/budgets").json()
        assert spring == {
            "of": "campaign", "id": "spring", "name": "Spring", "money": True, "asset": "points",
            "most": "2.00", "used": "1.00", "left": "1.00", "per": "day", "starts": "2026-03-01", "ends": "2026-03-01",
            "used_up_at": None,
        }  # fmt: skip
        assert base == {
            "of": "rule", "id": "base", "name": "Base", "money": False, "asset": "points",
            "most": 100, "used": 100, "left": 0, "per": "month", "starts": "2026-03-01", "ends": "2026-03-31",
            "used_up_at": "2026-03-01T02:00:00Z",
        }  # fmt: skip
        took(refund("ann", "2026-03-01 11:00", "20.00", "1"))
        assert (caller.get("/budgets").json()[1]["left"], caller.get("/budgets").json()[1]["used_up_at"]) == (
            20,
            None,
        )


def test_a_programme_without_budgets_answers_with_none(caller: Caller) -> None:
    opened()
    assert caller.get("/budgets").json() == []
