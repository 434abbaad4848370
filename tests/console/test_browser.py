"""The console in a real browser: an operator's first minutes, and every page on a phone."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.imports.tasks import import_due
from regulars.kit import clock
from regulars.staff.models import Operator
from tests.console.conftest import PASSWORD
from tests.console.shop import NAMELESS, NOW, fill_shop, open_shop, paid

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDED = "These tests need Chromium: apt-get install chromium"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def chromium() -> str:
    """Where Chromium is. Without it the tests are skipped, and fail where CI is set: there it must be."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(NEEDED)
        pytest.skip(NEEDED)
    return CHROMIUM


class Desk:
    """A browser window that remembers every complaint."""

    def __init__(self, browser: Browser, server: str, width: int) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 812}, locale="en-US", base_url=server
        )
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("response", self._answered)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def sign_in(self) -> None:
        self.page.goto("/console/")
        self.page.fill("input[name=login]", "alice@example.com")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/console/")

    def too_wide(self) -> list[str]:
        """What sticks out to the right."""
        found: list[str] = self.page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.body.querySelectorAll('*')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
            .map(each => each.tagName + '.' + each.className)"""
        )
        return found


@pytest.fixture
def members(live_server: LiveServer) -> dict[str, UUID]:  # noqa: ARG001
    """The full shop and Alice. All that the database is needed for comes before the browser's loop starts."""
    Operator.objects.create_user("alice@example.com", PASSWORD, name="Alice", role="admin", language="en")
    open_shop()
    return fill_shop()


@pytest.fixture
def browser(members: dict[str, UUID], chromium: str) -> Iterator[Browser]:  # noqa: ARG001
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def test_an_operators_first_minutes(browser: Browser, live_server: LiveServer) -> None:
    desk = Desk(browser, live_server.url, 1280)
    page = desk.page
    desk.sign_in()
    page.wait_for_selector("[data-chart] svg")

    page.keyboard.press("/")
    page.keyboard.type("LIN@example.cn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/members/*/")
    assert page.locator("h1").inner_text() == "林小雨"
    page.get_by_role("button", name="Why 24 points?").click()
    page.get_by_text("Double points on member day").first.wait_for()

    page.get_by_role("button", name="Language").click()
    page.get_by_role("button", name="繁體中文").click()
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("lang") == "zh-hant"
    assert page.get_by_text("會員動態").is_visible()

    page.get_by_role("button", name="淺色或深色").click()
    page.get_by_role("button", name="深色", exact=True).click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(18, 23, 30)"

    page.goto("/console/members/")
    page.locator("tr[data-href]", has_text="Anna").locator("td").nth(3).click()
    page.wait_for_url("**/console/members/*/")
    page.go_back()
    assert page.url.endswith("/console/members/")
    assert desk.complaints == []


def test_every_page_fits_a_phone(browser: Browser, live_server: LiveServer, members: dict[str, UUID]) -> None:
    desk = Desk(browser, live_server.url, 375)
    desk.sign_in()
    pages = ["", "members/", "programme/", "programme/diff", "events/", "settings/", "settings/keys/new"]
    pages += ["settings/operators/new", "account/"]
    pages += ["books/", "books/budgets/", "books/approvals/", "books/reconciliation/"]
    pages += [f"members/{member}/" for member in members.values()]
    pages += [f"members/{members['lin']}/books/", f"members/{members['lin']}/books/adjust"]
    pages += [f"members/{members['lin']}/merge", f"members/{members['lin']}/merge/{members['idle']}"]
    for path in [f"/console/{path}" for path in pages] + ["/accounts/password/change/", "/accounts/2fa/"]:
        desk.page.goto(path)
        assert desk.too_wide() == [], path
    desk.page.goto("/console/settings/")
    desk.page.get_by_role("link", name="alice@example.com").click()
    desk.page.wait_for_url("**/console/settings/operators/*/")
    assert desk.too_wide() == []
    desk.page.get_by_role("button", name="Menu").click()
    desk.page.get_by_role("link", name="Events").click()
    desk.page.wait_for_url("**/console/events/")
    assert desk.complaints == []


def test_a_change_is_seen_first_and_clicked_twice_it_is_done_once(
    browser: Browser, live_server: LiveServer, members: dict[str, UUID]
) -> None:
    desk = Desk(browser, live_server.url, 1280)
    desk.sign_in()
    page = desk.page
    page.goto(f"/console/members/{members['lin']}/books/")
    before = page.locator(".statement tbody tr").count()
    page.get_by_role("link", name="Adjust").click()
    page.get_by_label("How much").fill("15")
    page.get_by_label("Reason").fill("a broken egg")
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_text("New credit of 15, until May 31, 2027").wait_for()
    page.get_by_role("button", name="Adjust").dblclick()
    page.wait_for_url("**/books/")
    assert page.get_by_text("a broken egg").count() == 1
    assert page.locator(".statement tbody tr").count() == before + 1
    assert desk.complaints == []


def happen_elsewhere(orders: list[str], minutes: int) -> None:
    """Orders from another thread: this one runs the browser's loop, in which Django refuses the database."""

    def pay() -> None:
        for second, order in enumerate(orders):
            with clock.fixed(NOW + timedelta(minutes=minutes, seconds=second)):
                paid(NAMELESS, order, "5.00", NOW)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(pay).result()


def test_a_file_is_imported_by_the_worker_while_one_looks(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    desk = Desk(browser, live_server.url, 375)
    desk.sign_in()
    page = desk.page
    file = tmp_path / "春季.csv"
    file.write_bytes("手机号,姓名\n13900139000,吴明\n13800001234,林小雨\n12,错\n".encode("gb18030"))
    page.goto("/console/members/")
    page.get_by_role("link", name="Import").first.click()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url("**/import/*-*/")
    assert desk.too_wide() == []
    page.get_by_role("button", name="Check it").click()
    page.get_by_text("Waiting for the worker").wait_for()
    work_elsewhere()
    page.get_by_role("button", name="Import 2 rows").dblclick()
    page.get_by_text("Waiting for the worker").wait_for()
    work_elsewhere()
    page.get_by_text("New members joined").wait_for()
    assert desk.too_wide() == []
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download with reasons").click()
    assert loading.value.suggested_filename == "春季-left out.csv"
    page.goto("/console/members/?q=13900139000")
    page.get_by_text("吴明").wait_for()
    assert desk.complaints == []


def work_elsewhere() -> None:
    """The worker's turn, in a thread of its own."""

    def work() -> None:
        with clock.fixed(NOW):
            while import_due():
                pass
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_the_log_grows_by_itself_and_can_be_paused(browser: Browser, live_server: LiveServer) -> None:
    desk = Desk(browser, live_server.url, 1280)
    desk.sign_in()
    page = desk.page
    page.goto("/console/events/?type=order.paid")
    rows = page.locator("#log tr")
    before = rows.count()

    def grown_to(count: int) -> None:
        page.wait_for_function(f"document.querySelectorAll('#log tr').length === {count}", timeout=10_000)

    happen_elsewhere(["3001"], 1)
    with clock.fixed(NOW + timedelta(minutes=2)):
        grown_to(before + 1)
        page.wait_for_timeout(3500)
        assert rows.count() == before + 1
    assert "¥" not in rows.first.inner_text()
    assert "e-3001" in rows.first.inner_text()
    page.get_by_role("button", name="Pause").click()
    happen_elsewhere(["3002", "3003"], 3)
    with clock.fixed(NOW + timedelta(minutes=4)):
        page.wait_for_timeout(4000)
        assert rows.count() == before + 1
        page.get_by_role("button", name="Go on").click()
        grown_to(before + 3)
        assert "e-3003" in rows.first.inner_text()
    assert desk.complaints == []


def test_an_empty_log_fills_and_a_flood_takes_the_place_of_all(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.console.views.events.LIMIT_MAX", 2)
    desk = Desk(browser, live_server.url, 1280)
    desk.sign_in()
    page = desk.page
    page.goto("/console/events/?type=checkin")
    assert page.get_by_text("No such event").is_visible()
    page.goto("/console/events/?type=order.paid")
    before = page.locator("#log tr").count()
    happen_elsewhere(["4001", "4002", "4003"], 1)
    with clock.fixed(NOW + timedelta(minutes=2)):
        page.wait_for_function(
            f"document.querySelectorAll('#log tr').length === {before + 3}", timeout=10_000
        )
        keys = page.locator("#log tr .lead .quiet").all_inner_texts()
    assert keys[:3] == ["e-4003", "e-4002", "e-4001"]
    assert len(set(keys)) == len(keys) == before + 3
    assert desk.complaints == []
