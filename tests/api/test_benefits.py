"""Benefits over the API: what tills and shops are told, and what they do."""

from typing import Any

import pytest

from regulars.benefits.models import Entitlement
from regulars.staff.service import create_api_key
from tests.api.conftest import Caller, problem
from tests.benefits.house import buyer, opened
from tests.engine.world import order, took

pytestmark = pytest.mark.usefixtures("grocery")

BENEFITS = """\
  tea:
    name: {zh-hans: 茶礼, zh-hant: 茶禮, en: Tea}
    kind: gift
    item: A box of tea
    worth: "38.00"
    grant: {levels: [level/silver+]}
    quota: {times: 1, per: lifetime}
    claim: {within_days: 3650}
    needs_verification: true
  off: {name: Off, kind: discount, percent_off: 12.5, most: "50.00", grant: {levels: [level/silver]}}
  lounge: {name: Lounge, kind: service, grant: {levels: [level/gold]}, quota: {times: 2, per: month}}
"""


@pytest.fixture
def till(grocery: None) -> Caller:  # noqa: ARG001
    return Caller(create_api_key("till", ["benefits:use", "benefits:write", "members:read"]))


def listed(till: Caller, ref: str = "pos:a") -> dict[str, Any]:
    found = till.get(f"/members/{ref}/benefits")
    assert found.status_code == 200, found.content
    return {one["benefit"]: one for one in found.json()["items"]}


def done(till: Caller, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    answer = till.post(path, body, Idempotency_Key=key)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_till_is_told_all_it_needs(till: Caller) -> None:
    opened(BENEFITS)
    buyer("100.00")
    found = listed(till)
    assert list(found) == ["tea", "off", "lounge"]
    assert found["off"] | {"name": ""} == {
        "benefit": "off",
        "name": "",
        "description": "",
        "kind": "discount",
        "family": "economic",
        "mode": "lasting",
        "stage": "active",
        "says": "12.5% off, at most ¥50",
        "terms": {"percent_off": "12.5", "most": "50.00"},
        "entitlement_id": None,
        "code": None,
        "claim_by": None,
        "use_by": None,
        "left": None,
        "uses_left": None,
        "out_of_stock": False,
        "level": None,
    }
    assert found["tea"]["stage"] == "claimable"
    assert found["tea"]["terms"] == {"item": "A box of tea", "worth": "38.00"}
    assert found["lounge"]["stage"] == "locked"
    assert found["lounge"]["level"] == {"ladder": "level", "level": "gold"}


def test_claimed_shown_verified_once_with_a_receipt(till: Caller) -> None:
    opened(BENEFITS)
    buyer("100.00")
    claimed = done(till, "/members/pos:a/benefits/claim", {"benefits": ["tea"]}, "c1")
    assert [one["state"] for one in claimed["effects"]] == ["claimed"]
    code = listed(till)["tea"]["code"]
    assert len(code) == 12
    body = {"code": f"{code[:4]}-{code[4:8]}-{code[8:]}".lower(), "store": "PVG-2", "terminal": "desk-1"}
    looked = till.post("/benefits/verify?preview=true", body).json()
    assert (looked["status"], looked["operation_id"], looked["name"]) == ("preview", None, "Tea")
    assert Entitlement.objects.get().state == "claimed"
    receipt = done(till, "/benefits/verify", body, "v1")
    assert receipt["status"] == "processed"
    assert (receipt["store"], receipt["terminal"], receipt["uses_left"]) == ("PVG-2", "desk-1", 0)
    again = done(till, "/benefits/verify", body, "v1")
    assert again == {**receipt, "status": "duplicate"}
    assert Entitlement.objects.get().uses == 1


def test_a_stranger_can_not_tell_a_used_code_from_none(till: Caller) -> None:
    opened(BENEFITS)
    buyer("100.00")
    done(till, "/members/pos:a/benefits/claim", {"benefits": ["tea"]}, "c1")
    code = listed(till)["tea"]["code"]
    done(till, "/benefits/verify", {"code": code}, "v1")
    used = problem(till.post("/benefits/verify", {"code": code}, Idempotency_Key="v2"), 404, "code_not_valid")
    none = problem(
        till.post("/benefits/verify", {"code": "0000-0000-0000"}, Idempotency_Key="v3"), 404, "code_not_valid"
    )
    assert used == none
    known = till.post(
        "/members/pos:a/benefits/use",
        {"entitlement_id": str(Entitlement.objects.get().id)},
        Idempotency_Key="v4",
    )
    problem(known, 409, "already_used")


def test_a_use_is_undone_and_a_gift_given_and_taken_back(till: Caller) -> None:
    opened(BENEFITS)
    took(order("a", "2026-03-01", "300.00", "1"))
    used = done(till, "/members/pos:a/benefits/use", {"benefit": "lounge", "store": "PVG"}, "u1")
    assert listed(till)["lounge"]["left"] == 1
    done(till, "/members/pos:a/benefits/undo", {"operation_id": used["operation_id"]}, "x1")
    assert listed(till)["lounge"]["left"] == 2
    done(till, "/members/pos:a/benefits/give", {"benefit": "off", "reason": "Sorry"}, "g1")
    given = listed(till)["off"]
    assert given["stage"] == "claimed"
    body = {"entitlement_id": given["entitlement_id"], "reason": "Wrong member"}
    done(till, "/members/pos:a/benefits/take-back", body, "t1")
    assert "off" not in listed(till) or listed(till)["off"]["stage"] == "locked"


def test_what_is_asked_wrongly_is_refused_with_the_field(till: Caller) -> None:
    opened(BENEFITS)
    buyer("100.00")
    path = "/members/pos:a/benefits/claim"
    problem(till.post(path, {}, Idempotency_Key="a"), 422, "benefits_or_entitlement")
    problem(till.post(path, {"benefits": ["tea"]}), 400, "no_idempotency_key")
    problem(till.post(path, {"benefits": ["wine"]}, Idempotency_Key="b"), 404, "benefit_unknown")
    problem(till.post(path, {"benefits": ["off"]}, Idempotency_Key="c"), 422, "nothing_to_claim")
    done(till, path, {"benefits": ["tea"]}, "d")
    problem(till.post(path, {"benefits": ["off"]}, Idempotency_Key="d"), 409, "key_conflict")
    stranger = till.post("/members/pos:zz/benefits/claim", {"benefits": ["tea"]}, Idempotency_Key="e")
    problem(stranger, 404, "member_unknown")
