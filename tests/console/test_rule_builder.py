"""The rule builder in a real browser: a rule is written by keyboard, tried, kept, and opened again unchanged."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from regulars.programme import drafts
from regulars.programme.building import raw_rule
from regulars.programme.loader import load
from tests.console.test_browser import Desk, browser, chromium, members, pytestmark  # noqa: F401


def source_of(address: str) -> str:
    """The draft's text, read in another thread: this one runs the browser's loop."""

    def read() -> str:
        found = drafts.get(UUID(address.rstrip("/").rsplit("/", 1)[-1])).source
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def test_a_rule_from_the_keyboard_to_a_draft_and_back(browser: Browser, live_server: LiveServer) -> None:  # noqa: F811
    desk = Desk(browser, live_server.url, 1280)
    desk.sign_in()
    page = desk.page
    page.goto("/console/programme/rules/build")
    page.get_by_label("Name of the rule").fill("Tea day")
    page.get_by_label("Id", exact=True).fill("tea_day")
    page.get_by_role("button", name="+ Add a condition", exact=True).click()
    page.keyboard.type("order total")
    page.keyboard.press("Enter")
    page.get_by_label("Value to compare with").fill("20.50")
    page.get_by_role("button", name="+ Add a condition", exact=True).first.click()
    page.keyboard.type("category")
    page.keyboard.press("Enter")
    page.get_by_label("Comparison").last.select_option("in")
    page.get_by_label("Value to compare with").last.fill("tea")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="+ Add an action").click()
    page.get_by_label("Action", exact=True).last.select_option("tag")
    page.get_by_label("Add tags").fill("tea lover")
    page.keyboard.press("Enter")
    page.get_by_text("Limits and budget").click()
    page.get_by_label("How often").fill("2")
    page.get_by_text("at most 2 times per member").wait_for()

    page.get_by_label("Member", exact=True).fill("lin@example.cn")
    page.get_by_label("On which event").select_option("typed")
    page.get_by_label("Total").fill("30")
    page.get_by_role("button", name="+ Add a line").click()
    page.get_by_label("Category").fill("tea")
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("+10 points").wait_for()

    page.get_by_text("When it applies").click()
    page.get_by_role("button", name="+ Only at certain times").click()
    page.get_by_role("button", name="Sat", exact=True).click()
    page.get_by_text("open every Saturday").wait_for()
    page.get_by_role("button", name="Put it there").click()
    page.wait_for_url("**/console/programme/drafts/*/")
    kept = source_of(page.url)
    assert raw_rule(kept, "tea_day") == {
        "id": "tea_day",
        "name": "Tea day",
        "on": "order.paid",
        "then": [{"credit": {"asset": "points", "amount": 10}}, {"tag": {"add": ["tea lover"]}}],
        "when": {
            "all": [
                {"field": "event.total", "op": "gte", "value": "20.50"},
                {"items": "any", "where": {"field": "item.category", "op": "in", "value": ["tea"]}},
            ]
        },
        "limit": {"per": "lifetime", "times": 2},
        "windows": [{"weekdays": [6]}],
    }
    assert [rule.id for rule in load(kept).rules][-1] == "tea_day"

    draft = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.goto(f"/console/programme/rules/build?rule=tea_day&draft={draft}")
    page.get_by_text("at most 2 times per member").wait_for()
    page.get_by_role("button", name="Put it there").click()
    page.wait_for_url(f"**/console/programme/drafts/{draft}/")
    assert source_of(page.url) == kept
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"/console/programme/rules/build?rule=tea_day&draft={draft}")
    page.get_by_text("at most 2 times per member").wait_for()
    assert desk.too_wide() == []
    assert desk.complaints == []
