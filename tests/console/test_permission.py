"""Who may see what: Alice everything, Bob looks, a stranger signs in first."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from regulars.staff.models import AuditEntry, Operator
from tests.console.conftest import PASSWORD

PLACES = (
    "", "charts", "members/", "members/export.csv", "members/export.xlsx", "programme/", "programme/diff", "events/",
    "events/new", "alerts/", "settings/",
)  # fmt: skip


def test_a_stranger_goes_to_sign_in_and_learns_nothing(shop: dict[str, UUID]) -> None:
    lin = shop["lin"]
    for path in (*PLACES, f"members/{lin}/", f"members/{lin}/timeline", f"events/{lin}/{lin}/"):
        response = Client().get(f"/console/{path}")
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/?next=/console/")


def test_a_reader_looks_and_exports_nothing(bob: Operator, shop: dict[str, UUID]) -> None:
    client = Client()
    client.force_login(bob)
    page = client.get("/console/members/").content.decode()
    assert "林小雨" in page
    assert "export.csv" not in page
    for kind in ("csv", "xlsx"):
        assert client.get(f"/console/members/export.{kind}").status_code == 403
    assert not AuditEntry.objects.filter(action="members.exported").exists()
    assert client.get(f"/console/members/{shop['lin']}/").status_code == 200
    assert "API keys" not in client.get("/console/settings/").content.decode()


def test_signing_in_and_out(alice: Operator, empty_shop: None) -> None:  # noqa: ARG001
    client = Client(headers={"accept-language": "en"})
    wrong = client.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    assert wrong.status_code == 200
    right = client.post("/accounts/login/", {"login": "ALICE@example.com", "password": PASSWORD})
    assert right.headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    assert client.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
    assert client.get("/console/").status_code == 302


def test_nobody_signs_up(empty_shop: None) -> None:  # noqa: ARG001
    client = Client(headers={"accept-language": "en"})
    assert "Nobody signs up here" in client.get("/accounts/signup/").content.decode()
    client.post(
        "/accounts/signup/", {"email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not Operator.objects.filter(email="eve@example.com").exists()


@pytest.mark.parametrize(
    "path",
    ["password/change/", "2fa/", "2fa/webauthn/", "2fa/totp/activate/", "2fa/recovery-codes/generate/"],
)
def test_the_account_pages_are_there(alice: Operator, empty_shop: None, path: str) -> None:  # noqa: ARG001
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    response = client.get(f"/accounts/{path}", follow=True)
    assert response.status_code == 200
    assert "data-theme-choice" in response.content.decode()


def test_the_language_is_the_operators(alice: Operator, desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    response = desk.post("/console/language", {"language": "zh-hant", "next": "/console/members/?q=1"})
    assert response.headers["Location"] == "/console/members/?q=1"
    alice.refresh_from_db()
    assert alice.language == "zh-hant"
    assert "<h1>會員</h1>" in desk.get("/console/members/").content.decode()
    away = desk.post("/console/language", {"language": "klingon", "next": "https://evil.example/"})
    assert away.headers["Location"] == "/console/"
    alice.refresh_from_db()
    assert alice.language == "zh-hant"


def test_the_demo_names_its_operator_and_nothing_else_does(db: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    path = Path(settings.DATA) / "demo.json"
    path.write_text(json.dumps({"email": "demo@example.com", "password": "demo-password-1"}))
    try:
        assert "demo-password-1" not in Client().get("/accounts/login/").content.decode()
        monkeypatch.setattr(settings, "CONFIG", settings.CONFIG.model_copy(update={"demo": True}))
        assert "demo-password-1" in Client().get("/accounts/login/").content.decode()
    finally:
        path.unlink()


def test_pages_are_not_kept_by_caches(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    assert desk.get("/console/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("address", "secure", "offered"),
    [
        ("localhost:8000", False, True),
        ("127.0.0.1:8000", False, False),
        ("[::1]:8000", False, False),
        ("shop.example.com", True, True),
        ("shop.example.com", False, False),
        ("203.0.113.7", True, False),
    ],
)
def test_a_passkey_is_offered_where_browsers_allow_it(
    empty_shop: None,  # noqa: ARG001
    address: str,
    secure: bool,
    offered: bool,
) -> None:
    page = Client(headers={"accept-language": "en", "host": address}).get("/accounts/login/", secure=secure)
    assert ("Sign in with a passkey" in page.content.decode()) is offered
