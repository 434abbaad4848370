"""Keys and scopes, addresses that do not exist, methods that do not fit, the OpenAPI page."""

import re
from typing import Any

import pytest
from django.test import Client

from regulars.staff.contracts import Scope
from regulars.staff.models import ApiKey
from regulars.staff.service import create_api_key, forget_keys, revoke_api_key
from tests.api.conftest import PROBLEM, Caller, problem
from tests.api.test_events import nothing_happened, order

pytestmark = pytest.mark.django_db

OPERATION = "019a0f3c-5b00-7a31-9c5e-3f1f0a5b7000"
OPERATIONS = [
    ("POST", "/events", Scope.EVENTS_WRITE),
    ("GET", "/events", Scope.EVENTS_READ),
    ("GET", "/events/pos/1", Scope.EVENTS_READ),
    ("GET", "/events/pos/1/explain", Scope.EVENTS_READ),
    ("GET", "/members", Scope.MEMBERS_READ),
    ("POST", "/members", Scope.MEMBERS_WRITE),
    ("GET", "/members/pos:1", Scope.MEMBERS_READ),
    ("PATCH", "/members/pos:1", Scope.MEMBERS_WRITE),
    ("GET", "/members/pos:1/balances", Scope.LEDGER_READ),
    ("GET", "/members/pos:1/lots", Scope.LEDGER_READ),
    ("GET", "/members/pos:1/entries", Scope.LEDGER_READ),
    ("GET", "/members/pos:1/tiers", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/levels/forecast", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/levels/guide", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/scores", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/experiments", Scope.MEMBERS_READ),
    ("GET", "/experiments", Scope.REPORTS_READ),
    ("GET", "/experiments/gift", Scope.REPORTS_READ),
    ("GET", "/members/pos:1/recommendations", Scope.MEMBERS_READ),
    ("GET", "/scores", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/orders", Scope.MEMBERS_READ),
    ("GET", "/members/pos:1/messages", Scope.MESSAGES_READ),
    ("GET", "/members/pos:1/timeline", Scope.MEMBERS_READ),
    ("POST", "/members/pos:1/credits", Scope.LEDGER_WRITE),
    ("POST", "/members/pos:1/spends", Scope.LEDGER_SPEND),
    ("GET", "/members/pos:1/holds", Scope.LEDGER_READ),
    ("POST", "/members/pos:1/holds", Scope.LEDGER_SPEND),
    ("POST", f"/members/pos:1/holds/{OPERATION}/capture", Scope.LEDGER_SPEND),
    ("POST", f"/members/pos:1/holds/{OPERATION}/release", Scope.LEDGER_SPEND),
    ("POST", "/members/pos:1/reversals", Scope.LEDGER_WRITE),
    ("POST", "/members/pos:1/corrections", Scope.LEDGER_WRITE),
    ("POST", "/members/pos:1/adjustments", Scope.LEDGER_WRITE),
    ("POST", "/members/pos:1/expirations", Scope.LEDGER_WRITE),
    ("POST", "/members/pos:1/conversions", Scope.LEDGER_SPEND),
    ("POST", "/members/pos:1/gifts", Scope.LEDGER_SPEND),
    ("POST", f"/members/pos:1/gifts/{OPERATION}/revoke", Scope.LEDGER_SPEND),
    ("GET", "/members/pos:1/benefits", Scope.MEMBERS_READ),
    ("POST", "/members/pos:1/benefits/claim", Scope.BENEFITS_USE),
    ("POST", "/members/pos:1/benefits/use", Scope.BENEFITS_USE),
    ("POST", "/members/pos:1/benefits/undo", Scope.BENEFITS_USE),
    ("POST", "/members/pos:1/benefits/give", Scope.BENEFITS_WRITE),
    ("POST", "/members/pos:1/benefits/take-back", Scope.BENEFITS_WRITE),
    ("POST", "/benefits/verify", Scope.BENEFITS_USE),
    ("GET", "/plans", Scope.PROGRAMME_READ),
    ("GET", "/members/pos:1/plans", Scope.MEMBERS_READ),
    ("POST", "/members/pos:1/tags", Scope.MEMBERS_WRITE),
    ("GET", "/tags", Scope.MEMBERS_READ),
    ("POST", "/members/pos:1/levels", Scope.LEVELS_WRITE),
    ("POST", "/members/pos:1/levels/release", Scope.LEVELS_WRITE),
    ("POST", "/members/pos:1/plans/trials", Scope.PLANS_WRITE),
    ("POST", "/members/pos:1/plans/applications", Scope.PLANS_WRITE),
    ("POST", "/members/pos:1/plans/approvals", Scope.PLANS_DECIDE),
    ("POST", "/members/pos:1/plans/refusals", Scope.PLANS_DECIDE),
    ("POST", "/members/pos:1/plans/cancellations", Scope.PLANS_WRITE),
    ("POST", "/members/pos:1/plans/resumptions", Scope.PLANS_WRITE),
    ("POST", "/members/pos:1/plans/quotes", Scope.PLANS_WRITE),
    ("POST", "/members/pos:1/merges", Scope.MEMBERS_WRITE),
    ("POST", f"/members/pos:1/merges/{OPERATION}/undo", Scope.MEMBERS_WRITE),
    ("GET", "/members/pos:1/statement", Scope.LEDGER_READ),
    ("GET", "/members/pos:1/wallets", Scope.LEDGER_READ),
    ("GET", "/wallets", Scope.PROGRAMME_READ),
    ("GET", "/approvals", Scope.LEDGER_READ),
    ("GET", f"/approvals/{OPERATION}", Scope.LEDGER_READ),
    ("GET", "/budgets", Scope.LEDGER_READ),
    ("GET", "/programme", Scope.PROGRAMME_READ),
    ("GET", "/event-types", Scope.PROGRAMME_READ),
    ("GET", "/programme/source", Scope.PROGRAMME_READ),
    ("POST", "/programme/check", Scope.PROGRAMME_READ),
    ("POST", "/programme/publications", Scope.PROGRAMME_WRITE),
    ("GET", "/programme/fields", Scope.PROGRAMME_READ),
    ("GET", "/programme/values", Scope.MEMBERS_READ),
    ("POST", "/programme/conditions/count", Scope.AUDIENCES_READ),
    ("POST", "/programme/rules/try", Scope.MEMBERS_READ),
    ("GET", "/programme/drafts/next", Scope.PROGRAMME_READ),
    ("PUT", "/programme/drafts/next", Scope.PROGRAMME_WRITE),
    ("GET", "/audiences", Scope.AUDIENCES_READ),
    ("POST", "/audiences", Scope.AUDIENCES_WRITE),
    ("POST", "/audiences/count", Scope.AUDIENCES_READ),
    ("GET", "/audiences/overlap", Scope.AUDIENCES_READ),
    ("GET", "/audiences/loyal", Scope.AUDIENCES_READ),
    ("PATCH", "/audiences/loyal", Scope.AUDIENCES_WRITE),
    ("DELETE", "/audiences/loyal", Scope.AUDIENCES_WRITE),
    ("POST", "/audiences/loyal/archive", Scope.AUDIENCES_WRITE),
    ("POST", "/audiences/loyal/restore", Scope.AUDIENCES_WRITE),
    ("GET", "/audiences/loyal/members", Scope.AUDIENCES_READ),
    ("POST", "/audiences/loyal/members", Scope.AUDIENCES_WRITE),
    ("GET", "/audiences/loyal/export", Scope.AUDIENCES_READ),
    ("GET", "/audiences/loyal/why", Scope.AUDIENCES_READ),
    ("GET", "/audiences/loyal/growth", Scope.AUDIENCES_READ),
    ("GET", "/audiences/loyal/revisions", Scope.AUDIENCES_READ),
    ("GET", "/audiences/loyal/uses", Scope.AUDIENCES_READ),
    ("POST", "/bulk/tags", Scope.MEMBERS_WRITE),
    ("POST", "/bulk/lists", Scope.AUDIENCES_WRITE),
    ("GET", "/bulk", Scope.MEMBERS_READ),
    ("GET", f"/bulk/{OPERATION}", Scope.MEMBERS_READ),
    ("POST", f"/bulk/{OPERATION}/cancel", Scope.MEMBERS_WRITE),
    ("POST", f"/bulk/{OPERATION}/undo", Scope.MEMBERS_WRITE),
    ("GET", "/reports", Scope.REPORTS_READ),
    ("GET", "/reports/funnel", Scope.REPORTS_READ),
    ("GET", "/reports/funnel/members", Scope.MEMBERS_READ),
]


@pytest.mark.usefixtures("grocery")
@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_every_operation_asks_for_its_scope(method: str, path: str, scope: Scope) -> None:
    forget_keys()
    others = [each.value for each in Scope if each not in (scope, Scope.ALL)]
    body = problem(Caller(create_api_key("others", others)).call(method, path, {}), 403, "no_scope")
    assert scope.value in body["detail"]
    assert Caller(create_api_key("fits", [scope.value])).call(method, path, {}).status_code not in (401, 403)
    for key in ("", "rk_nonsense", "é", "rk_" + "x" * 500):
        refused = Client(raise_request_exception=False).generic(
            method, f"/api/v1{path}", b"{}", "application/json", headers={"X-API-Key": key}
        )
        problem(refused, 401, "bad_key" if key else "no_key")
    assert nothing_happened()


@pytest.mark.usefixtures("grocery")
def test_a_key_may_come_in_either_header_and_ends_when_revoked() -> None:
    forget_keys()
    plain = create_api_key("till", ["*"])
    client = Client()
    assert client.get("/api/v1/programme", headers={"X-API-Key": plain}).status_code == 200
    assert client.get("/api/v1/programme", headers={"Authorization": f"bearer {plain}"}).status_code == 200
    basic = client.get("/api/v1/programme", headers={"Authorization": f"Basic {plain}"})
    assert problem(basic, 401, "no_key")
    assert basic["WWW-Authenticate"].startswith("Bearer")
    assert revoke_api_key(ApiKey.objects.get().pk, "tests")
    forget_keys()
    problem(client.get("/api/v1/programme", headers={"X-API-Key": plain}), 401, "bad_key")


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/events", "/api/%ff%00"]
)
def test_an_unknown_address_is_a_problem_and_no_page(path: str) -> None:
    client = Client(raise_request_exception=False)
    for method in ("GET", "POST", "DELETE"):
        problem(client.generic(method, path), 404, "no_route")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/events", "GET, POST"),
        ("PUT", "/members/pos:1", "GET, PATCH"),
        ("POST", "/programme", "GET"),
        ("OPTIONS", "/members", "GET, POST"),
    ],
)
def test_a_method_that_does_not_fit_is_a_problem(caller: Caller, method: str, path: str, allow: str) -> None:
    response = caller.call(method, path)
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == allow


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans", "未通过身份验证"),
        ("zh-TW", "zh-hant", "未通過身分驗證"),
        ("en-GB,en;q=0.8", "en", "Not authenticated"),
        ("fr, en;q=0.5", "en", "Not authenticated"),
        ("", "zh-hans", "未通过身份验证"),
        ("*", "zh-hans", "未通过身份验证"),
        ("x" * 5000, "zh-hans", "未通过身份验证"),
    ],
)
def test_problems_speak_the_readers_language(accepted: str, language: str, title: str) -> None:
    response = Client().get("/api/v1/programme", headers={"Accept-Language": accepted})
    assert (response["Content-Language"], response.json()["title"]) == (language, title)


def test_without_a_programme_the_answer_says_what_to_do() -> None:
    forget_keys()
    caller = Caller(create_api_key("till", ["*"]))
    for method, path, body in (
        ("GET", "/programme", None),
        ("GET", "/members", None),
        ("POST", "/events", order()),
    ):
        problem(caller.call(method, path, body), 409, "not_published")


def test_what_nobody_foresaw_is_a_problem_without_the_inside(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("regulars.api.programme.current", fails)
    body = problem(caller.get("/programme"), 500, "failed")
    assert "secret" not in str(body)


def test_the_programme_reads_as_sentences(caller: Caller) -> None:
    found = caller.get("/programme").json()
    rules = {each["id"]: each for each in found["rules"]}
    assert (found["version"], found["currency"]) == (1, "CNY")
    assert rules["joining_gift"]["sentence"] == (
        "When a member joins: give 100 points; send “Welcome to the Corner Grocery Club”; once per member."
    )
    assert rules["member_day"]["when"]
    assert rules["member_day"]["condition"] == {"field": "calendar.day", "op": "eq", "value": 18}
    caller.language = "zh-hans"
    chinese = {each["id"]: each["sentence"] for each in caller.get("/programme").json()["rules"]}
    assert chinese["base_points"].startswith("会员消费时：订单金额每满 1 元送 1 积分")
    types = {each["id"]: each for each in caller.get("/event-types").json()}
    assert types["order.paid"]["joins"] is True
    assert types["tier.upgraded"]["derived"] is True


def test_the_openapi_page_needs_no_other_host() -> None:
    client = Client()
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle" in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page):
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.getvalue()
        response.close()


def test_the_openapi_documents_every_operation() -> None:
    found = Client().get("/api/v1/openapi.json").json()
    operations = {
        (method.upper(), path.removeprefix("/api/v1")): operation
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }
    assert len(operations) == len(OPERATIONS)
    for name, operation in operations.items():
        assert operation["summary"], name
        assert "Scope: `" in operation["description"], name
        assert operation["security"], name
        assert PROBLEM in operation["responses"]["4XX"]["content"], name
        keys = [each for each in operation["parameters"] if each["name"] == "Idempotency-Key"]
        assert len(keys) == (name[0] not in ("GET", "DELETE")), name
    examples = operations["POST", "/events"]["requestBody"]["content"]["application/json"]["examples"]
    assert examples["order"]["value"]["type"] == "order.paid"
    named = set(re.findall(r"#/components/schemas/([\w.]+)", str(found)))
    assert named >= {"ProblemOut", "FieldErrorOut"}
    assert named <= set(found["components"]["schemas"])
    for name, operation in operations.items():
        assert len({str(status) for status in operation["responses"]}) == len(operation["responses"]), name


def test_a_host_that_is_none_gets_a_problem_too() -> None:
    problem(Client(raise_request_exception=False).get("/api/v1/programme", HTTP_HOST="a b"), 401, "no_key")
