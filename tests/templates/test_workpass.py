"""The professional network's four plans, with the figures that are told of it."""

from decimal import Decimal

import pytest

from regulars.programme.gallery import template
from regulars.programme.loader import load
from tests.engine.world import balances, event, fresh, took
from tests.plans.shop import code, command, member, night, paid, stands
from tests.templates.life import guest

GOOD = {
    "company": "示例科技有限公司",
    "founded": "2020-05-17",
    "revenue": 20_000_001,
    "statement": "oss://evidence/2026-annual.pdf",
}


def test_the_four_plans_and_their_prices() -> None:
    programme = load(template("workpass"))
    prices = {
        plan.id: [(one.months, Decimal(one.price_minor) / 100) for one in plan.periods]
        for plan in programme.plans.values()
    }
    assert prices == {
        "business": [(1, 58)], "recruiter": [(1, 368)], "vip": [(12, 1880)], "entrepreneur": [(12, 16800)],
    }  # fmt: skip
    assert [plan.rank for plan in programme.plans.values()] == [1, 2, 3, 4]
    assert [plan.id for plan in programme.plans.values() if plan.asks_approval] == ["entrepreneur"]


@pytest.mark.django_db
def test_who_may_become_an_entrepreneur() -> None:
    fresh(template("workpass"))
    member()
    for wrong in (
        {"revenue": 20_000_000},
        {"founded": "2024-01-11"},
        {"founded": "2026-02-01"},
    ):
        assert code(command("2026-01-10", "apply", "entrepreneur", {**GOOD, **wrong})) == "entry_not_met", (
            wrong
        )
    no_paper = {name: value for name, value in GOOD.items() if name != "statement"}
    assert code(command("2026-01-10", "apply", "entrepreneur", no_paper)) == "evidence_missing"
    assert (
        command("2026-01-10", "apply", "entrepreneur", {**GOOD, "founded": "2024-01-10"}).status
        == "processed"
    )
    took(paid("entrepreneur", "2026-01-11", "year", "16800.00"))
    assert stands("entrepreneur")[0] == "applied", "money alone does not let anybody in"
    command("2026-01-12", "approve", "entrepreneur", by="li@brand")
    assert stands("entrepreneur") == ("active", "year", "01-12", "2027-01-12")


@pytest.mark.django_db
def test_a_negative_record_keeps_out() -> None:
    fresh(template("workpass").replace("rules:\n", f"rules:\n{TAGGING}"))
    member()
    took(event("content.shared", "a", "2026-01-02"))
    refused = command("2026-01-10", "apply", "entrepreneur", GOOD)
    assert code(refused) == "entry_not_met"
    assert refused.error is not None
    assert "不良记录" in refused.error.text["zh-hans"]


TAGGING = """\
  - {id: tagging, name: Tagging, on: content.shared, then: [{tag: {add: [不良记录]}}]}
"""


@pytest.mark.django_db
def test_moving_up_pays_the_difference_and_brings_the_coins_of_the_plan() -> None:
    fresh(template("workpass"))
    took(paid("business", "2026-03-01", "month", "58.00"))
    assert balances("a")["coins"] == 30
    found = command("2026-03-16", "quote", "recruiter", "month")
    # 16 of 31 days of 58.00 are left
    assert (found.effects[0]["credit"], found.effects[0]["due"]) == ("29.94", "338.06")
    took(paid("recruiter", "2026-03-16", "month", "338.06", quote=str(found.event_id)))
    assert stands("recruiter") == ("active", "month", "03-16", "04-16")
    assert stands("business")[0] == "lapsed"
    assert balances("a")["coins"] == 230
    night("2026-04-20 00:00")
    assert stands("recruiter")[0] == "lapsed"


@pytest.mark.django_db
def test_shared_benefits_and_special_ones() -> None:
    fresh(template("workpass"))
    took(
        paid("business", "2026-03-01", "month", "58.00"),
        paid("vip", "2026-03-01", "year", "1880.00", who="b"),
    )
    buyer, vip = guest("a"), guest("b")
    for one in (buyer, vip):
        one.did("2026-03-02", "use", "whole_profiles")
        assert one.refused("2026-03-02", "use", "talent_search") == "not_entitled"
        assert one.refused("2026-03-02", "use", "interview") == "not_entitled"
    vip.did("2026-03-02", "use", "personal_contact")
    assert buyer.refused("2026-03-02", "use", "personal_contact") == "not_entitled"
