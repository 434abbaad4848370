"""The pages of experiments: nothing yet, a sound one, plans by the brand's own past, what an activity will bring."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from regulars.insight import freshness
from regulars.insight.experiments import queries
from regulars.programme import drafts
from regulars.programme.service import current, publish
from regulars.warehouse.contracts import Tables
from tests.console.shop import GROCERY, NOW
from tests.console.test_pages import body
from tests.insight.test_experiment_reading import gave
from tests.portal.world import words
from tests.reports.small import member as person
from tests.reports.small import tables_of

GIFT = GROCERY.replace(
    "rules:\n",
    """insight: {margin: 30}
experiments: {gift: {name: Gift, holdout: 50%, days: 7}}
campaigns: {spring: {name: Spring, experiment: gift}}
rules:
  - {id: gift, name: Gift, on: order.paid, campaign: spring, then: [{credit: {asset: points, amount: 100}}]}
""",
    1,
)


def past(members: int = 400) -> Tables:
    """Everybody came five weeks ago and bought a week before and three days after: those with the gift more."""
    came = NOW - timedelta(weeks=5)
    day = came.date()

    def order(number: int, name: str, at: datetime, total: int) -> dict[str, object]:
        return {
            "member": number,
            "order": f"{name}{number}",
            "at": at,
            "day": at.date(),
            "total_minor": total,
        }

    people = range(1, members + 1)
    exposures = [
        {
            "member": n,
            "experiment": "gift",
            "arm": ("treated", "holdout")[n % 2],
            "rule": "gift",
            "at": came,
            "day": day,
        }
        for n in people
    ]  # fmt: skip
    before = [order(n, "a", came - timedelta(days=6), 5_000 + n % 50 * 100) for n in people]
    after = [
        order(n, "b", came + timedelta(days=3), 5_000 + n % 50 * 100 + (n % 2 == 0) * 900 + n % 7 * 40)
        for n in people
    ]
    late = [
        order(n, f"c{ago}-", NOW - timedelta(days=ago), 3_000 + n * ago % 11 * 100)
        for ago in (5, 11, 17)
        for n in people
    ]
    awards = [{**gave(n, 0, 100), "at": came, "day": day, "event": str(n)} for n in people if n % 2 == 0]
    return tables_of(
        members=[person(n, day - timedelta(days=200)) for n in people],
        exposures=exposures,
        orders=before + after + late,
        awards=awards,
    )


@pytest.fixture
def tried(empty_shop: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    publish(GIFT, "tests")
    tables = past()
    monkeypatch.setattr(queries, "open_tables", lambda: tables)
    monkeypatch.setattr(queries, "freshness", lambda: NOW)
    freshness.forget()


@pytest.mark.usefixtures("tried")
def test_an_experiment_says_what_it_found(desk: Client) -> None:
    page = words(body(desk, "insight/experiments/"))
    assert "“Treated” works: over 7 days, sales per member were" in page
    assert "400 members came" in page
    page = words(body(desk, "insight/experiments/gift/"))
    assert "Groups as large as planned Yes" in page
    assert "What it brought: Treated" in page
    assert "Members counted 200" in page
    assert "Cost of what was given ¥200.00" in page
    assert "Double" not in page
    assert desk.get("/console/insight/experiments/nothing/").status_code == 404


@pytest.mark.usefixtures("tried")
def test_how_many_members_it_takes(desk: Client) -> None:
    page = words(body(desk, "insight/experiments/plan?lift=20&share=50&days=7"))
    assert "A lift of 20% takes " in page
    assert "What shows when" in page
    refused = words(body(desk, "insight/experiments/plan?share=90"))
    assert "A lift of" not in refused
    assert "50" in refused


@pytest.mark.usefixtures("tried")
def test_what_an_activity_will_bring(desk: Client) -> None:
    page = words(
        body(desk, "insight/experiments/output?reached=1000&response=10&each=5&fixed=100&days=7&lift=50")
    )
    assert "100 take part for" in page
    assert "It pays" in page
    assert "Spring" in page
    assert "200 ¥" in page


@pytest.mark.usefixtures("empty_shop")
def test_nothing_tried_yet(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tables_of()
    monkeypatch.setattr(queries, "open_tables", lambda: tables)
    monkeypatch.setattr(queries, "freshness", lambda: NOW)
    freshness.forget()
    page = words(body(desk, "insight/experiments/"))
    assert "Nothing is tried yet" in page
    page = words(body(desk, "insight/experiments/output"))
    assert "nothing that could be lifted" in page
    page = words(body(desk, "insight/experiments/plan"))
    assert "The mean per member must be above 0" in page


@pytest.mark.usefixtures("tried")
def test_a_member_knows_her_groups(desk: Client, shop: dict[str, UUID]) -> None:
    publish(GIFT, "tests")
    group = current().experiments["gift"].group_of(shop["lin"])
    page = words(body(desk, f"members/{shop['lin']}/"))
    assert ("Gift Held out" if group == "holdout" else "Gift Treated") in page


@pytest.mark.usefixtures("tried")
def test_whom_a_campaign_would_have_reached(desk: Client, shop: dict[str, UUID]) -> None:
    """Two bought in the last four weeks; who is held out is met and given nothing."""
    groups = [current().experiments["gift"].group_of(shop[name]) for name in ("lin", "nameless")]
    page = words(body(desk, "insight/experiments/output?campaign=now:spring"))
    given = groups.count("treated")
    assert f"it would have met 2 members, given {given} something, and cost ¥{given}.00." in page
    assert "Lived through for 4 of 4 members." in page
    draft = drafts.create(
        "Autumn", GIFT.replace("spring", "autumn").replace("Spring", "Autumn"), "alice@example.com"
    )
    page = words(body(desk, f"insight/experiments/output?campaign={draft.id}:autumn"))
    assert "Autumn (draft Autumn)" in page
    assert "it would have met 2 members" in page
    assert "it would have met" not in words(body(desk, "insight/experiments/output?campaign=now:gone"))
