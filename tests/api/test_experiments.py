"""Experiments over the API: what each says, and whose group is which."""

import pytest

from regulars.insight import freshness
from regulars.insight.experiments import queries
from regulars.kit import clock
from regulars.members.queries import get
from regulars.programme.service import current, publish
from tests.api.conftest import Caller
from tests.api.test_events import order
from tests.console.shop import NOW
from tests.console.test_experiments import GIFT, past

pytestmark = pytest.mark.django_db


@pytest.fixture
def tried(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    publish(GIFT, "tests")
    tables = past()
    monkeypatch.setattr(queries, "open_tables", lambda: tables)
    monkeypatch.setattr(queries, "freshness", lambda: NOW)
    freshness.forget()
    return caller


def test_what_experiments_say(tried: Caller) -> None:
    with clock.fixed(NOW):
        (found,) = tried.get("/experiments").json()
        whole = tried.get("/experiments/gift").json()
        assert tried.get("/experiments/gone").status_code == 404
    assert (found["id"], found["state"], found["says"], found["best"]) == (
        "gift",
        "running",
        "better",
        "treated",
    )
    assert [(one["id"], one["came"], one["counted"]) for one in found["groups"]] == [
        ("holdout", 200, 200),
        ("treated", 200, 200),
    ]
    sales = next(one for one in whole["effects"] if one["measure"] == "sales")
    assert float(sales["low"]) < 9 < float(sales["high"])
    assert float(sales["low"]) < float(sales["once_low"])
    assert sales["verdict"] == "more"
    assert whole["worth"][0]["cost"] == "200.00"
    assert (whole["split"], whole["path"][-1]["group"]) == ({"p": 1.0, "skewed": False}, "treated")
    assert {name: whole[name] for name in found} == found


def test_the_groups_of_a_member(tried: Caller) -> None:
    assert tried.post("/events", order()).status_code == 200
    who = tried.get("/members/phone:%2B8613800000000").json()["id"]
    (one,) = tried.get("/members/phone:%2B8613800000000/experiments").json()
    group = current().experiments["gift"].group_of(get(who).id)
    assert (one["experiment"], one["group"], one["withheld"]) == ("gift", group, group == "holdout")
    assert tried.get("/members/phone:%2B8613811111111/experiments").status_code == 404
