"""The portal in a real browser, as wide as a phone: in, card, points, and the card without a network."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.portal.world import command, open_programme, rain, tell, topped_up

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
TABS = ("", "points/", "orders/", "inbox/", "me/")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo", "now"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]


@pytest.fixture
def browser(live_server: LiveServer) -> Iterator[Browser]:  # noqa: ARG001 - the server outlives the browser
    """Chromium, on a shop whose member has bought and been told so. Closed afterwards.

    The driver runs a loop in this thread: what the database is needed for is done before it starts.
    """
    open_programme()
    rain()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Phone:
    """A phone that remembers every complaint of the browser."""

    def __init__(self, browser: Browser, server: str, script: bool = True) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 375, "height": 812},
            locale="zh-CN",
            base_url=server,
            java_script_enabled=script,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)

    def _console(self, message: object) -> None:
        kind = getattr(message, "type", "")
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {getattr(message, 'text', '')}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")

    def sign_in(self) -> None:
        self.page.goto("/m/")
        self.page.get_by_label("手机号或邮箱").fill("138 0000 1234")
        self.page.get_by_role("button", name="获取验证码").click()
        code = self.page.locator(".demo b").inner_text()
        self.page.get_by_label("6 位数字").fill(code)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/m/")

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Phone:
    return Phone(browser, live_server.url)


def test_a_member_signs_in_and_sees_card_points_and_messages(phone: Phone) -> None:
    phone.sign_in()
    page = phone.page
    assert page.locator(".card-name").inner_text() == "林小雨"
    assert "升级金卡会员" in page.locator("section.box h2").inner_text()
    page.locator("a.card").click()
    assert page.locator("#code").is_visible()
    assert page.locator(".sheet-code").bounding_box()["width"] >= 280  # type: ignore[index]
    assert (
        page.evaluate("getComputedStyle(document.getElementById('code')).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    page.locator(".sheet-close").click()
    assert not page.locator("#code").is_visible()
    page.get_by_role("link", name="积分", exact=True).click()
    assert page.locator(".big").inner_text() == "1,300"
    for path in TABS:
        page.goto(f"/m/{path}")
        assert phone.fits(), path
        assert page.locator(".tabs a[aria-current]").count() == 1
    assert phone.complaints == []


def test_without_a_network_the_card_is_still_there_and_goes_with_signing_out(phone: Phone) -> None:
    phone.sign_in()
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.open('portal-card').then(c => c.match('/m/')).then(Boolean)")
    page.reload()
    phone.context.set_offline(True)
    page.goto("/m/points/")
    assert page.locator(".card-name").inner_text() == "林小雨"
    assert page.locator(".card .qr").is_visible()
    assert page.locator("#offline").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") == "20px"
    phone.context.set_offline(False)
    page.goto("/m/me/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/")
    page.wait_for_function("caches.has('portal-card').then(kept => !kept)")
    assert phone.complaints == []


def test_the_browser_would_put_it_on_the_home_screen(phone: Phone) -> None:
    phone.sign_in()
    phone.page.evaluate("navigator.serviceWorker.ready")
    browser = phone.context.new_cdp_session(phone.page)
    found = browser.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/m/manifest.webmanifest")
    # A browser context without a profile is "incognito" to Chromium: that it can't install there is no fault of ours.
    faults = {
        each["errorId"] for each in browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    }
    assert faults - {"in-incognito"} == set()
    assert phone.complaints == []


def test_without_a_network_and_without_a_card_a_page_says_so_in_the_readers_language(phone: Phone) -> None:
    page = phone.page
    page.goto("/m/sign-in/")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    kept = "caches.match('/m/offline/').then(r => r ? r.text() : '').then(t => t.includes('%s'))"
    page.wait_for_function(kept % "网络未连接")
    phone.context.set_offline(True)
    page.goto("/m/sign-in/")
    assert page.locator("h1").inner_text() == "网络未连接"
    assert phone.fits()
    phone.context.set_offline(False)
    page.get_by_role("link", name="重试").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_function(kept % "No connection")
    phone.context.set_offline(True)
    page.goto("/m/points/")
    assert page.locator("h1").inner_text() == "No connection"
    assert [each for each in phone.complaints if "ERR_INTERNET_DISCONNECTED" not in each] == []


SCAN = """async (modules) => {
  const code = document.querySelector('.sheet-code .qr');
  const picture = new Image(), side = modules * 8;
  picture.src = 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(code));
  await picture.decode();
  const sheet = new OffscreenCanvas(side, side).getContext('2d');
  sheet.drawImage(picture, 0, 0, side, side);
  return Array.from({length: modules}, (_, y) => Array.from({length: modules}, (_, x) => {
    const [red, green, blue, alpha] = sheet.getImageData(x * 8 + 4, y * 8 + 4, 1, 1).data;
    return alpha < 255 ? 'see-through' : red + green + blue < 3 ? 1 : red + green + blue > 762 ? 0 : 'grey';
  }));
}"""


def test_the_code_on_the_card_says_the_cards_number(phone: Phone) -> None:
    """Every module, drawn by the browser, is black or white as the number's own code has it, quiet zone included."""
    phone.sign_in()
    number = phone.page.locator(".card-number").inner_text().replace(" ", "")
    assert number.isdigit()
    phone.page.locator("a.card").click()
    wanted = [
        [int(module) for module in row]
        for row in segno.make(number, error="m", micro=False).matrix_iter(border=3)
    ]
    assert phone.page.evaluate(SCAN, len(wanted)) == wanted


def test_every_page_works_without_script(phone: Phone, browser: Browser, live_server: LiveServer) -> None:
    plain = Phone(browser, live_server.url, script=False)
    plain.sign_in()
    plain.page.locator("a.card").click()
    assert plain.page.locator(".sheet-code .qr").is_visible()
    plain.page.goto("/m/inbox/")
    plain.page.locator("a.line.unread").first.click()
    assert "林小雨" in plain.page.locator("article").inner_text()
    assert phone.complaints == plain.complaints == []


def test_the_app_is_small() -> None:
    files = Path(__file__).parents[2] / "src/regulars/portal/static/portal"
    assert sum((files / name).stat().st_size for name in ("portal.js", "worker.js")) < 10_000
    assert (files / "portal.css").stat().st_size < 20_000


def test_a_long_name_in_every_script_fits(phone: Phone) -> None:
    phone.sign_in()
    page = phone.page
    for name in ("Pneumonoultramicroscopicsilicovolcanoconiosis" * 1, "很" * 60, "👨‍👩‍👧‍👦" * 8):
        page.goto("/m/me/edit/")
        page.get_by_label("姓名").fill(name)
        page.get_by_role("button", name="保存").click()
        page.wait_for_url("**/m/me/")
        assert phone.fits()
        page.goto("/m/")
        assert phone.fits(), name
    assert phone.complaints == []


@pytest.fixture
def giver(live_server: LiveServer) -> Iterator[Phone]:
    """The phone of a member who has spent points on an order, has others set aside, and has a friend here."""
    open_programme()
    member = rain()
    command(member, "spend", "points", 200, order=("shop", "6001"))
    command(member, "hold", "points", 100, minutes=60, order=("shop", "6002"))
    topped_up({"phone": "+8613800001234"}, "T1", "500.00")
    tell("member.joined", {"phone": "+8613900005678"}, "j-friend", name="王芳")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Phone(browser, live_server.url)
        browser.close()


def test_what_was_spent_is_seen_and_a_gift_is_sent_once_and_taken_back(giver: Phone) -> None:
    giver.sign_in()
    page = giver.page
    page.get_by_role("link", name="积分", exact=True).click()
    assert page.locator(".big").inner_text() == "1,000"
    spent = page.locator(".line", has_text="订单 6001")
    assert spent.locator("b").all_inner_texts() == ["使用", "−200"]
    assert page.locator(".box", has_text="未使用将于").first.locator("b").inner_text() == "100"
    assert giver.fits()
    page.get_by_role("link", name="赠送给好友").click()
    page.get_by_label("好友手机号").fill("139 0000 5678")
    page.get_by_label("数量").fill("5")
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_role("alert").inner_text() == "请填写 10～1,000 之间的数量。"
    assert page.get_by_label("好友手机号").input_value() == "139 0000 5678", "what was typed is still there"
    page.get_by_label("数量").fill("50")
    page.get_by_role("button", name="下一步").click()
    assert page.locator("form .right").inner_text() == "*芳 139 0000 5678"
    assert page.locator("form .figure").inner_text() == "50 积分"
    assert giver.fits()
    page.get_by_role("button", name="确认赠送").dblclick()
    expect(page).to_have_url(
        re.compile(r"/m/gifts/\?asset=points&done=sent$")
    )  # the second tap breaks off the first
    assert page.get_by_role("status").inner_text() == "已送出。"
    assert page.locator(".line", has_text="赠送给 *芳").count() == 1, "a double tap gives once"
    assert giver.fits()
    page.goto("/m/points/")
    assert page.locator(".big").inner_text() == "950"
    page.goto("/m/gifts/")
    page.get_by_role("button", name="撤回", exact=True).click()
    page.wait_for_url("**/m/gifts/?asset=points&done=back")
    page.goto("/m/points/?asset=wallet")
    assert page.locator(".big").inner_text() == "550.00"
    assert giver.fits()
    page.get_by_role("link", name="积分", exact=True).first.click()
    assert page.locator(".big").inner_text() == "1,000"
    assert giver.complaints == []
