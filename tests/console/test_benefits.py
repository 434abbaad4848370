"""Benefits in the console: the catalogue, verifying a code, a member's."""

import re
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from regulars.benefits.models import Entitlement
from regulars.engine import benefits
from regulars.engine.operations import Request
from regulars.staff.models import AuditEntry, Operator
from tests.benefits.house import opened
from tests.engine.world import order, took, who_is

BENEFITS = """\
  tea:
    name: {zh-hans: 茶礼, zh-hant: 茶禮, en: Tea}
    kind: gift
    item: A box of tea
    grant: {levels: [level/silver+]}
    quota: {times: 1, per: lifetime}
    claim: {within_days: 30}
    needs_verification: true
    stock: {units: 5}
    cost: "20.00"
  bonus: {name: Bonus, kind: credit, asset: points, amount: 50, claim: any_time}
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> UUID:
    opened(BENEFITS)
    took(order("a", "2026-11-01", "100.00", "1"), order("b", "2026-11-01", "100.00", "2"))
    return UUID(str(who_is("a")))


def claimed(member: UUID) -> Entitlement:
    outcome = benefits.claim(Request(member, "tests", f"claim:{member}"), ["tea"])
    assert outcome.error is None
    return Entitlement.objects.get(member_id=member, benefit="tea")


def page(desk: Client, path: str) -> str:
    response = desk.get(path)
    assert response.status_code == 200
    return words(response.content.decode())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(html)).split())


def verified(desk: Client, code: str, key: str) -> str:
    response = desk.post("/console/benefits/verify", {"code": code, "key": key, "store": "PVG"})
    return words(response.content.decode())


def test_the_catalogue_says_who_gets_what_and_what_it_came_to(desk: Client, member: UUID) -> None:
    row = claimed(member)
    verified(desk, row.code, "k1")
    said = page(desk, "/console/benefits/")
    assert "members on Silver and above" in said
    assert "5 for all members in all, first come, first served" in said
    assert "50.0% 100.0% 1 4 ¥20.00" in said
    one = page(desk, "/console/benefits/tea/?state=granted")
    assert "to be claimed Nov 1, 2026" in one
    assert desk.get("/console/benefits/wine/").status_code == 404


def test_a_code_is_used_once_however_often_the_form_is_sent(desk: Client, member: UUID) -> None:
    row = claimed(member)
    first = verified(desk, row.code.lower(), "k1")
    assert "Good, used" in first
    assert "Used, by this form already" in verified(desk, row.code, "k1")
    second = verified(desk, row.code, "k2")
    assert "Not good" in second
    assert "This code has been used already." in second
    assert "There is no such code." in verified(desk, "0000", "k3")
    row.refresh_from_db()
    assert (row.uses, row.state) == (1, "used")


def test_a_use_is_undone_and_the_code_is_good_again(desk: Client, member: UUID) -> None:
    row = claimed(member)
    verified(desk, row.code, "k1")
    row.refresh_from_db()
    fields = {"member": str(member), "operation": str(row.use_event)}
    assert desk.post("/console/benefits/verify/undo", fields).status_code == 302
    assert "Good, used" in verified(desk, row.code, "k2")


def test_one_is_given_by_hand_and_taken_back_with_a_reason(desk: Client, member: UUID) -> None:
    path = f"/console/members/{member}/benefits/"
    desk.post(f"{path}give", {"key": "k", "benefit": "bonus", "reason": ""})
    assert "Please say why" in page(desk, path)
    for _ in range(2):
        desk.post(f"{path}give", {"key": "k", "benefit": "bonus", "reason": "sorry"})
    row = Entitlement.objects.get(member_id=member, benefit="bonus")
    assert row.state == "granted"
    desk.post(f"{path}{row.id}/back", {"reason": "mistake"})
    row.refresh_from_db()
    assert row.state == "taken_back"
    assert "was withdrawn" in page(desk, path)


def test_who_may_only_look_changes_nothing(bob: Operator, member: UUID) -> None:
    reader = Client()
    reader.force_login(bob)
    assert "Give by hand" not in page(reader, f"/console/members/{member}/benefits/")
    for path in (
        f"/console/members/{member}/benefits/give",
        "/console/benefits/verify",
        "/console/benefits/verify/undo",
    ):
        assert reader.post(path, {"reason": "x", "key": "k", "benefit": "bonus"}).status_code == 403
    assert reader.get("/console/benefits/export.csv").status_code == 403


def test_files_are_exported_and_noted(desk: Client, member: UUID) -> None:
    claimed(member)
    catalogue = b"".join(desk.get("/console/benefits/export.csv")).decode()  # type: ignore[arg-type]
    assert "Tea,gift,A box of tea" in catalogue
    people = b"".join(desk.get("/console/benefits/tea/members.csv")).decode()  # type: ignore[arg-type]
    assert str(member) in people
    assert AuditEntry.objects.filter(action="benefits.exported").count() == 2


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "核销券码"), ("zh-hant", "核銷券碼")])
def test_in_chinese(desk: Client, alice: Operator, member: UUID, language: str, said: str) -> None:
    assert member
    alice.language = language
    alice.save()
    assert said in page(desk, "/console/benefits/verify")
