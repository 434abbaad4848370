"""The builder of audiences in a real browser: a condition is put together, counted as one goes, and saved."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from regulars.audiences import queries
from tests.console.test_browser import Desk, browser, chromium, members

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["browser", "chromium", "members"]


def condition_of(audience: str) -> object:
    """Read on a thread of its own: the browser's loop runs on this one."""

    def read() -> object:
        try:
            return queries.get(audience).condition
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def test_an_audience_is_built_counted_and_saved(browser: Browser, live_server: LiveServer) -> None:
    desk = Desk(browser, live_server.url, 375)
    desk.sign_in()
    start = '{"field":"orders.spend","op":"gte","value":100}'
    desk.page.goto(f"/console/members/audiences/new?condition={start}")
    expect(desk.page.locator("#preview")).to_contain_text("of 4 members, 25.0%")
    desk.page.locator("[data-conditions] input[inputmode], [data-conditions] input[type=number]").first.fill(
        "5"
    )
    expect(desk.page.locator("#preview")).to_contain_text("of 4 members, 50.0%")
    assert desk.too_wide() == []
    desk.page.fill("input[name=name]", "Buyers of five")
    desk.page.get_by_role("button", name="Save", exact=True).click()
    desk.page.wait_for_url("**/audiences/buyers_of_five/")
    expect(desk.page.locator("h1")).to_have_text("Buyers of five")
    assert condition_of("buyers_of_five") == {"field": "orders.spend", "op": "gte", "value": 5}
    assert desk.complaints == []
