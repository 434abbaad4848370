"""Operators and keys in the console: Alice, the administrator, changes them; Bob, a reader, sees who works here."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from regulars.kit import clock
from regulars.staff import service
from regulars.staff.models import ApiKey, AuditEntry, Operator
from tests.console.conftest import PASSWORD
from tests.console.shop import NOW

LANGUAGES = ("zh-hans", "zh-hant", "en")


@pytest.fixture(autouse=True)
def fresh() -> None:
    service.forget_keys()


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(f"/console/{path}")
    assert response.status_code == status, path
    return response.content.decode()


def secret_of(page: str) -> str:
    """What the page shows once."""
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found, page
    return found.group(1)


def deeds() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("actor", "action", "subject"))


def signed_in(email: str, word: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": email, "password": word})
    return client


def works(client: Client) -> bool:
    return client.get("/console/settings/").status_code == 200


def call(key: str) -> int:
    return Client().get("/api/v1/programme", headers={"authorization": f"Bearer {key}"}).status_code


def test_a_new_operator_signs_in_with_the_password_shown_once(desk: Client) -> None:
    form = {"email": "Carol@example.com", "name": "Carol", "role": "reader"}
    response = desk.post("/console/settings/operators/new", form)
    assert response.headers["Cache-Control"] == "private, no-store"
    word = secret_of(response.content.decode())
    assert works(signed_in("carol@example.com", word))
    listed = text(desk, "settings/")
    assert "carol@example.com" in listed
    assert word not in listed
    assert deeds() == [("alice@example.com", "operator.created", "carol@example.com")]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": "alice@example.com", "role": "reader"}, "There is an operator alice@example.com already."),
        ({"email": "nobody", "role": "reader"}, "Enter a valid email address."),
        ({"email": "carol@example.com", "role": "king"}, "king is not one of the available choices."),
        ({"email": "carol@example.com", "name": "x" * 101, "role": "reader"}, "at most 100 characters"),
    ],
)
def test_an_operator_that_can_not_be_is_refused_at_its_field(
    desk: Client, form: dict[str, str], sentence: str
) -> None:
    page = desk.post("/console/settings/operators/new", form).content.decode()
    assert sentence in page
    assert 'id="secret"' not in page
    assert Operator.objects.count() == 1
    assert deeds() == []


def test_name_and_role_change_and_are_put_on_record(desk: Client, bob: Operator) -> None:
    place = f"/console/settings/operators/{bob.pk}/"
    assert desk.post(place, {"name": "Robert", "role": "operator"}).headers["Location"] == place
    assert "Saved." in text(desk, f"settings/operators/{bob.pk}/")
    bob.refresh_from_db()
    assert (bob.name, bob.role) == ("Robert", "operator")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (
        "alice@example.com",
        "operator.changed",
        "bob@example.com",
    )
    assert entry.detail == {"name": ["Bob", "Robert"], "role": ["reader", "operator"]}
    desk.post(place, {"name": "Robert", "role": "operator"})
    assert AuditEntry.objects.count() == 1


def test_a_disabled_operator_is_out_at_once_and_comes_back(desk: Client, bob: Operator) -> None:
    his = signed_in(bob.email, PASSWORD)
    assert works(his)
    desk.post(f"/console/settings/operators/{bob.pk}/disable")
    assert not works(his)
    assert not works(signed_in(bob.email, PASSWORD))
    assert "disabled" in text(desk, "settings/")
    desk.post(f"/console/settings/operators/{bob.pk}/disable")
    desk.post(f"/console/settings/operators/{bob.pk}/enable")
    assert works(signed_in(bob.email, PASSWORD))
    assert [action for _actor, action, _subject in deeds()] == ["operator.disabled", "operator.enabled"]


def test_a_reset_password_replaces_the_old_one_and_ends_sessions(desk: Client, bob: Operator) -> None:
    his = signed_in(bob.email, PASSWORD)
    word = secret_of(desk.post(f"/console/settings/operators/{bob.pk}/password").content.decode())
    assert not works(his)
    assert not works(signed_in(bob.email, PASSWORD))
    assert works(signed_in(bob.email, word))
    assert deeds() == [("alice@example.com", "operator.password_reset", "bob@example.com")]
    assert word not in str(list(AuditEntry.objects.values()))


def test_lost_devices_are_taken_off(desk: Client, bob: Operator) -> None:
    TOTP.activate(bob, generate_totp_secret())
    RecoveryCodes.activate(bob)
    assert not works(signed_in(bob.email, PASSWORD))
    page = text(desk, f"settings/operators/{bob.pk}/")
    assert "Recovery codes left</dt><dd>10</dd>" in page
    desk.post(f"/console/settings/operators/{bob.pk}/two-step")
    assert works(signed_in(bob.email, PASSWORD))
    assert "off: the password alone is enough" in text(desk, f"settings/operators/{bob.pk}/")
    desk.post(f"/console/settings/operators/{bob.pk}/two-step")
    assert deeds() == [("alice@example.com", "operator.two_step_reset", "bob@example.com")]


@pytest.mark.parametrize("act", ["disable", "password", "two-step"])
def test_nobody_does_it_to_themselves(desk: Client, alice: Operator, act: str) -> None:
    response = desk.post(f"/console/settings/operators/{alice.pk}/{act}")
    assert response.status_code == 422
    assert "You can&#x27;t do this to yourself" in response.content.decode()
    assert works(desk)
    assert deeds() == []


def test_nobody_steps_down_by_themselves(desk: Client, alice: Operator) -> None:
    page = desk.post(f"/console/settings/operators/{alice.pk}/", {"name": "Alice", "role": "reader"})
    assert "ask another administrator" in page.content.decode()
    alice.refresh_from_db()
    assert alice.role == "admin"


def test_a_key_is_shown_once_works_and_ends(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    form = {"name": "POS <b>", "scopes": ["events:write", "programme:read"]}
    response = desk.post("/console/settings/keys/new", form)
    key = secret_of(response.content.decode())
    row = ApiKey.objects.get()
    assert (row.name, row.scopes) == ("POS <b>", ["events:write", "programme:read"])
    listed = text(desk, "settings/")
    assert f"rk_{row.prefix}_…" in listed
    assert key not in listed
    assert "POS &lt;b&gt;" in listed
    assert '<td data-label="Last used">never</td>' in listed
    assert call(key) == 200
    with clock.fixed(NOW + timedelta(minutes=5)):
        assert '<td data-label="Last used">never</td>' not in text(desk, "settings/")
    end = f"/console/settings/keys/{row.pk}/revoke"
    assert "refused within seconds" in desk.post(end, follow=True).content.decode()
    service.forget_keys()
    assert call(key) == 401
    assert "There is no such key in force." in desk.post(end, follow=True).content.decode()
    assert [entry for entry in deeds() if entry[1].startswith("apikey")] == [
        ("alice@example.com", "apikey.created", row.prefix),
        ("alice@example.com", "apikey.revoked", row.prefix),
    ]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "POS"}, "Choose at least one."),
        ({"name": " ", "scopes": ["*"]}, "This field is required."),
        ({"name": "POS", "scopes": ["everything"]}, "everything is not one of the available choices."),
    ],
)
def test_a_key_that_can_not_be_is_refused_at_its_field(
    desk: Client, form: dict[str, str], sentence: str
) -> None:
    assert sentence in desk.post("/console/settings/keys/new", form).content.decode()
    assert not ApiKey.objects.exists()


def test_others_change_nothing(bob: Operator, alice: Operator) -> None:
    his = signed_in(bob.email, PASSWORD)
    place = f"settings/operators/{alice.pk}/"
    for path in ("settings/operators/new", place, "settings/keys/new"):
        text(his, path, 403)
    for act in ("disable", "enable", "password", "two-step"):
        assert his.post(f"/console/{place}{act}").status_code == 403
    assert his.post("/console/settings/keys/1/revoke").status_code == 403
    assert his.post(f"/console/{place}", {"name": "x", "role": "reader"}).status_code == 403
    page = text(his, "settings/")
    assert "alice@example.com" in page
    assert "settings/operators" not in page
    stranger = Client().post(f"/console/{place}disable")
    assert stranger.headers["Location"].startswith("/accounts/login/")
    assert deeds() == []


def test_what_is_done_needs_a_post_and_somebody_there(desk: Client, bob: Operator) -> None:
    for path in (f"settings/operators/{bob.pk}/disable", f"settings/operators/{bob.pk}/password"):
        text(desk, path, 405)
    text(desk, "settings/operators/999/", 404)
    assert desk.post("/console/settings/operators/999/disable").status_code == 404
    assert deeds() == []


def test_my_account_is_mine(bob: Operator) -> None:
    his = signed_in(bob.email, PASSWORD)
    assert "off: the password alone is enough" in text(his, "account/")
    his.post("/console/account/", {"name": "Robert", "language": "zh-hant"})
    bob.refresh_from_db()
    assert (bob.name, bob.language, bob.role) == ("Robert", "zh-hant", "reader")
    page = text(his, "account/")
    assert "已儲存。" in page
    assert "我的帳號" in page
    his.post("/console/account/", {"name": "Robert", "language": "klingon", "role": "admin"})
    bob.refresh_from_db()
    assert (bob.language, bob.role) == ("zh-hant", "reader")


def test_a_changed_password_is_on_record(bob: Operator) -> None:
    his = signed_in(bob.email, PASSWORD)
    words = {"oldpassword": PASSWORD, "password1": "a new long one 7", "password2": "a new long one 7"}
    his.post("/accounts/password/change/", words)
    assert works(signed_in(bob.email, "a new long one 7"))
    assert deeds() == [("bob@example.com", "account.password_changed", "bob@example.com")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_every_language(desk: Client, alice: Operator, bob: Operator, language: str) -> None:
    Operator.objects.filter(pk=alice.pk).update(language=language)
    service.create_api_key("POS", ["*"], alice.email)
    paths = (
        "settings/",
        "settings/operators/new",
        f"settings/operators/{bob.pk}/",
        "settings/keys/new",
        "account/",
    )
    for path in paths:
        page = text(desk, path)
        assert f'<html lang="{language}"' in page
        if language != "en":
            words = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
            kept = {"Regulars", "API", "English", "Alice", "Bob", "Prometheus", "POS"}
            english = set(re.findall(r"\b[A-Z][a-z]{3,}\b", words)) - kept
            assert english == set(), path


def test_a_key_names_its_scopes_as_the_api_does(desk: Client) -> None:
    page = text(desk, "settings/keys/new")
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for scope in set(re.findall(r"Scope: `([^`]+)`", json.dumps(paths))):
        assert f'value="{scope}"' in page
