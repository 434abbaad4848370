"""Signing in with a second step in a real browser: an authenticator app, a recovery code, a passkey."""

import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.staff.models import AuditEntry, Operator
from tests.console.conftest import PASSWORD
from tests.console.shop import open_shop
from tests.console.test_browser import CHROMIUM, FLAGS, NEEDED, Desk

pytestmark = pytest.mark.django_db(transaction=True)

PERIOD_SECONDS = 30
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A passkey as a laptop or phone has it: it knows its owner by finger or face."""


@pytest.fixture
def browser(live_server: LiveServer) -> Iterator[Browser]:  # noqa: ARG001 - before the browser's loop starts
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(NEEDED)
        pytest.skip(NEEDED)
    Operator.objects.create_user("alice@example.com", PASSWORD, name="Alice", role="admin", language="en")
    open_shop()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def code(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or `steps` periods later (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS + steps))


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="My account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def password(page: Page) -> None:
    page.goto("/console/")
    page.fill("input[name=login]", "alice@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def prove(page: Page) -> None:
    """Whoever changes how they sign in shows once more that it is them."""
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def second_step(page: Page, shown: str) -> None:
    page.wait_for_url("**/accounts/2fa/authenticate/")
    page.fill("input[name=code]", shown)
    page.get_by_role("button", name="Sign In", exact=True).click()


def deeds() -> list[str]:
    """The audit trail, read by another thread: this one runs the browser's loop."""

    def read() -> list[str]:
        found = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def test_an_app_then_a_recovery_code_that_works_once(browser: Browser, live_server: LiveServer) -> None:
    desk = Desk(browser, live_server.url, 1280)
    page = desk.page
    desk.sign_in()
    page.goto("/console/account/")
    page.get_by_role("link", name="Two-step sign-in and passkeys").last.click()
    page.get_by_role("link", name="Activate").click()
    prove(page)
    secret = page.locator("#authenticator_secret").input_value()
    box = page.locator("img.qr").bounding_box()
    assert box is not None
    assert box["width"] > 150
    page.fill("input[name=code]", code(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    recovery = re.findall(r"\b[0-9a-f]{8}\b", page.locator("main").inner_html())
    assert len(set(recovery)) == 10
    sign_out(page)

    password(page)
    second_step(page, "000000" if code(secret) != "000000" else "111111")
    page.locator(".errorlist").first.wait_for()
    page.goto("/console/")
    second_step(page, code(secret, 1))
    page.wait_for_url("**/console/")
    sign_out(page)

    password(page)
    second_step(page, recovery[0])
    page.wait_for_url("**/console/")
    page.goto("/console/account/")
    assert (
        page.get_by_text("Recovery codes left").locator("xpath=following-sibling::dd[1]").inner_text() == "9"
    )
    sign_out(page)
    password(page)
    second_step(page, recovery[0])
    page.locator(".errorlist").first.wait_for()
    assert desk.complaints == []
    assert deeds() == ["programme.published", "account.app_added"]


def test_a_passkey_instead_of_the_password(browser: Browser, live_server: LiveServer) -> None:
    desk = Desk(browser, live_server.url, 1280)
    page = desk.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    desk.sign_in()
    page.goto("/accounts/2fa/webauthn/add/")
    prove(page)
    page.fill("input[name=name]", "Alice’s laptop")
    page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    held = devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [each["isResidentCredential"] for each in held] == [True]
    page.goto("/console/account/")
    assert (
        page.get_by_text("Passkeys", exact=True).locator("xpath=following-sibling::dd[1]").inner_text() == "1"
    )
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/console/")
    assert page.locator("h1").inner_text() == "Home"
    sign_out(page)

    devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    password(page)
    page.wait_for_url("**/accounts/2fa/authenticate/")
    page.goto("/console/members/")
    page.wait_for_url("**/accounts/2fa/authenticate/")
    assert desk.complaints == []
    assert deeds() == ["programme.published", "account.passkey_added"]
