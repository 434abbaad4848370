"""Paid plans in the console: figures, income, who has them, the applications inbox."""

from uuid import UUID

import pytest
from django.test import Client

from regulars.plans.models import Subscription
from regulars.staff.models import AuditEntry, Operator
from tests.engine.world import took, who_is
from tests.plans.shop import BUSINESS, SVIP, VIP, command, member, opened, paid, refund

GOOD = {"revenue": 21_000_000, "founded": "2020-05-17", "note": "Board's <b>letter</b>"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> UUID:
    """Three members with plans, one who applied."""
    opened(VIP, SVIP, BUSINESS)
    took(
        paid("vip", "2026-11-01", payment_id="p1"),
        paid("vip", "2026-11-02", "year", "300.00", who="b"),
        paid("svip", "2026-10-05", "month", "60.00", who="c"),
        refund("p1", "2026-11-05", "10.00"),
    )
    applicant = member("d", "2026-11-01")
    command("2026-11-10", "apply", "business", GOOD, who="d")
    return applicant


def test_the_page_tells_who_has_what_and_what_came_in(club: UUID, desk: Client) -> None:  # noqa: ARG001
    page = desk.get("/console/plans/")
    assert [(one.plan.id, one.running, one.lapsed) for one in page.context["lines"]] == [
        ("vip", 2, 0), ("svip", 1, 0), ("business", 0, 0),
    ]  # fmt: skip
    months = [
        (one.month, one.plan, one.payments, one.paid_minor, one.refunded_minor)
        for one in page.context["months"].rows
    ]
    assert months == [("2026-11", "vip", 2, 33000, 1000), ("2026-10", "svip", 1, 6000, 0)]
    only = desk.get("/console/plans/?plan=vip&status=active").context["rows"]
    assert [str(one.row.until) for one in only] == ["2026-11-21", "2027-11-02"]
    assert desk.get("/console/plans/?plan=none&status=odd").status_code == 200


def test_lists_can_be_had_as_files_and_that_is_noted(club: UUID, desk: Client, bob: Operator) -> None:  # noqa: ARG001
    answer = desk.get("/console/plans/members.csv?plan=vip")
    assert b"".join(answer.streaming_content).count(b"VIP") == 2  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="plans.exported", subject="members.csv").count() == 1
    reader = Client()
    reader.force_login(bob)
    assert reader.get("/console/plans/income.csv").status_code == 403
    assert desk.get("/console/plans/income.pdf").status_code == 404


def test_an_application_is_shown_with_its_evidence_and_decided_once(club: UUID, desk: Client) -> None:
    page = desk.get("/console/plans/applications/")
    [one] = page.context["applications"]
    assert one.evidence[0] == ("Revenue", "21,000,000")
    assert "<b>letter" not in page.content.decode()
    said = {"act": str(one.row.id)}
    desk.post(f"/console/plans/applications/{club}/business", {**said, "reason": " "})
    assert Subscription.objects.get(member_id=club).application == "applied", "a refusal states why"
    for _ in range(2):
        desk.post(f"/console/plans/applications/{club}/business", {**said, "approve": "1"})
    assert Subscription.objects.get(member_id=club).application == "approved"
    assert AuditEntry.objects.filter(action="plan.approved").count() == 1
    assert not desk.get("/console/plans/applications/").context["applications"]


def test_who_may_only_look_does_not_decide(club: UUID, bob: Operator) -> None:
    reader = Client()
    reader.force_login(bob)
    assert reader.get("/console/plans/applications/").status_code == 200
    assert reader.post(f"/console/plans/applications/{club}/business", {"approve": "1"}).status_code == 403
    assert Subscription.objects.get(member_id=club).application == "applied"


def test_the_member_page_and_the_timeline_speak_of_plans(club: UUID, desk: Client) -> None:  # noqa: ARG001
    text = desk.get(f"/console/members/{who_is('a')}/").content.decode()
    assert "VIP paid: ¥30.00; runs, until Dec 1, 2026" in text
    assert "Nov 1, 2026 to Nov 21, 2026" in text


@pytest.mark.usefixtures("shop")
def test_brands_without_plans_do_not_see_them(desk: Client) -> None:
    assert "/console/plans/" not in desk.get("/console/").content.decode()
    assert "No paid plans" in desk.get("/console/plans/").content.decode()
