"""Verifying with the camera of a real browser: a QR held before it, read by what is bundled."""

from pathlib import Path

import pytest
import segno
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from regulars.benefits.models import Entitlement
from regulars.engine import benefits
from regulars.engine.operations import Request
from regulars.staff.models import Operator
from tests.benefits.house import opened
from tests.console.conftest import PASSWORD
from tests.console.test_browser import FLAGS, Desk, chromium
from tests.engine.world import order, took, who_is

__all__ = ["chromium"]
pytestmark = pytest.mark.django_db(transaction=True)

TEA = "  tea: {name: Tea, kind: gift, item: Tea, grant: {levels: [level/silver]}, quota: {times: 1, per: lifetime},"
CLAIMED = " claim: any_time, needs_verification: true}\n"
SIDE, DOT = 480, 12


def filmed(text: str, path: Path) -> None:
    """A film of one picture: the QR of `text`, black on white."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(scale=DOT, border=3)]
    above = (SIDE - len(rows)) // 2
    luma = bytearray(b"\xff" * SIDE * SIDE)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            luma[(y + above) * SIDE + x + above] = 0 if dark else 255
    frame = b"FRAME\n" + bytes(luma) + b"\x80" * (SIDE * SIDE // 2)
    path.write_bytes(f"YUV4MPEG2 W{SIDE} H{SIDE} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 3)


def test_a_code_is_read_by_the_camera_and_used(
    live_server: LiveServer, chromium: str, tmp_path: Path
) -> None:
    Operator.objects.create_user("alice@example.com", PASSWORD, name="Alice", role="admin", language="en")
    opened(TEA + CLAIMED)
    took(order("a", "2026-11-01", "100.00", "1"))
    member_id = who_is("a")
    assert benefits.claim(Request(member_id, "tests", "c"), ["tea"]).error is None
    film = tmp_path / "code.y4m"
    filmed(Entitlement.objects.get(member_id=member_id).code, film)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
              f"--use-file-for-fake-video-capture={film}"]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *camera])
        desk = Desk(browser, live_server.url, 375)
        desk.sign_in()
        page = desk.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/console/benefits/verify")
        assert not [url for url in asked if "zxing" in url], "what reads codes is fetched on the first tap"
        page.get_by_role("button", name="Scan with the camera").click()
        page.locator(".verdict-good").wait_for()
        assert "Good, used" in page.locator(".verdict").inner_text()
        assert [url for url in asked if url.endswith(".wasm")]
        assert desk.too_wide() == []
        assert desk.complaints == []
        browser.close()
    assert Entitlement.objects.get(member_id=member_id).state == "used"
