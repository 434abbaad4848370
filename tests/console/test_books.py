"""The books in the console: the house view with exact figures, its files, budgets, and the reconciliation page."""

import csv
import io
import zipfile
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import strip_tags

from regulars.alerts.service import note_check
from regulars.console.views.books import TABLES
from regulars.kit import background
from regulars.ledger.sealing import seal_due
from regulars.ledger.tasks import look
from regulars.ops.nightly import reconcile_now, verify_now
from regulars.staff.models import AuditEntry, Operator
from tests.console import books as story
from tests.console.shop import NOW

LANGUAGES = ("zh-hans", "zh-hant", "en")
PAGES = ("books/", "books/budgets/", "books/approvals/", "books/reconciliation/")


def text(client: Client, path: str, status: int = 200) -> str:
    """The page as it reads."""
    response = client.get(f"/console/{path}")
    assert response.status_code == status, path
    return " ".join(unescape(strip_tags(response.content.decode().replace("<", " <"))).split())


def sheet(client: Client, name: str, query: str = "") -> list[list[str]]:
    response = client.get(f"/console/books/house/{name}.csv{query}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("empty_shop")
def test_every_page_in_every_language_empty_and_full(desk: Client, alice: Operator, language: str) -> None:
    Operator.objects.filter(pk=alice.pk).update(language=language)
    for path in PAGES:
        assert f'<html lang="{language}"' in desk.get(f"/console/{path}").content.decode()
    story.tell()
    look()
    for path in PAGES:
        text(desk, path)


def test_an_empty_book_says_how_it_fills(desk: Client, empty_shop: None) -> None:  # noqa: ARG001
    assert "The books are empty" in text(desk, "books/")
    assert "Not checked yet" in text(desk, "books/reconciliation/")


def test_the_house_view_says_what_is_owed(desk: Client) -> None:
    story.tell()
    page = text(desk, "books/")
    assert "What members have is worth ¥103.20." in page
    assert "Points ¥3.20, Cash ¥100.00" in page
    assert "free ¥2.80, held ¥0.30, pending ¥0.10" in page
    assert "Base 680 40 640 ¥6.40" in page
    assert "Visit gift 10 0 10 ¥0.10" in page
    assert "Nov 2026 190 0 0 40 20 170 320 ¥3.20" in page


def test_another_asset_and_period_are_in_the_address(desk: Client) -> None:
    story.tell()
    page = text(desk, "books/?asset=cash&from=2026-11&to=2026-11")
    assert "Nov 2026 100.00 0.00 0.00 0.00 100.00 100.00 ¥100.00" in page
    assert "Oct 2026 0" not in page
    wild = text(desk, "books/?asset=nothing&from=2199-13&to=x")
    assert "Nov 2026 190 0 0 40 20 170 320 ¥3.20" in wild


def test_every_table_is_a_file(desk: Client) -> None:
    story.tell()
    assert sheet(desk, "assets")[1] == [
        "Points", "690", "50", "300", "40", "20", "0", "0", "280", "30", "10", "3.20",
    ]  # fmt: skip
    assert sheet(desk, "rules", "?asset=points") == [
        ["Rule", "Issued", "Taken back since", "Net", "Taken by the rule", "Cost"],
        ["Base", "680", "40", "640", "0", "6.40"],
        ["Visit gift", "10", "0", "10", "0", "0.10"],
    ]
    assert sheet(desk, "months", "?asset=cash&from=2026-11")[1][:2] == ["Nov 2026", "100.00"]
    assert [row[1] for row in sheet(desk, "ages", "?asset=points")[1:]] == ["180", "140", "0", "0", "0"]
    assert [row[1] for row in sheet(desk, "ends", "?asset=points")[1:]] == [
        "0",
        "0",
        "0",
        "150",
        "170",
        "0",
        "0",
    ]
    for name in TABLES:
        response = desk.get(f"/console/books/house/{name}.xlsx")
        with zipfile.ZipFile(io.BytesIO(b"".join(response))) as book:
            assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") > 1
    assert desk.get("/console/books/house/secrets.csv").status_code == 404
    assert desk.get("/console/books/house/rules.pdf").status_code == 404
    deed = AuditEntry.objects.filter(action="books.exported").latest("id")
    assert (deed.subject, deed.actor) == ("ends.xlsx", "alice@example.com")


def test_readers_look_and_export_nothing(bob: Operator) -> None:
    story.tell()
    client = Client()
    client.force_login(bob)
    for path in PAGES:
        assert client.get(f"/console/{path}").status_code == 200
    assert "books/house" not in client.get("/console/books/").content.decode()
    assert client.get("/console/books/house/assets.csv").status_code == 403
    assert client.post("/console/books/reconciliation/run").status_code == 403
    assert background.state("ops.reconcile_now") is None


def test_strangers_sign_in_first(empty_shop: None) -> None:  # noqa: ARG001
    for path in (*PAGES, "books/figures", "books/house/assets.csv"):
        assert Client().get(f"/console/{path}").headers["Location"].startswith("/accounts/login/")


def test_budgets_with_what_is_left(desk: Client) -> None:
    story.tell()
    page = text(desk, "books/budgets/")
    assert "Autumn campaign ¥0.10 / ¥0.25 40% Lasts at this pace. ¥0.15 a month" in page
    assert "Base rule 280 units / 400 units 70%" in page
    assert "At this pace it is used up on Nov 29, 2026." in page


def test_reconciliation_says_whether_all_is_in_order(desk: Client) -> None:
    story.tell()
    look()
    assert seal_due() > 0
    page = text(desk, "books/reconciliation/")
    assert "All in order" in page
    assert "Points −690 50 300 40 −20 280 30 10 0" in page
    assert "0 pages" in page
    assert "Latest seal No. " in page
    note_check("books", NOW, 1.5, False, {"checked": {}, "differences": 2, "house": {}})
    assert "2 differences" in text(desk, "books/reconciliation/")


def test_a_look_now_is_the_workers_and_is_asked_for_once(desk: Client) -> None:
    story.tell()
    assert "Check now" in text(desk, "books/reconciliation/")
    for _ in range(2):
        assert (
            desk.post("/console/books/reconciliation/run").headers["Location"]
            == "/console/books/reconciliation/"
        )
    waiting = background.state("ops.reconcile_now")
    assert waiting is not None
    assert not waiting.runs
    page = text(desk, "books/reconciliation/")
    assert "Waiting for the worker." in page
    assert "Check now" not in page
    assert "Waiting for the worker." in text(desk, "books/reconciliation/running")
    assert AuditEntry.objects.filter(action="books.checked").count() == 1
    assert (reconcile_now(), verify_now()) == (True, True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name LIKE 'ops.%_now'")
    over = desk.get("/console/books/reconciliation/running")
    assert (over.status_code, over.headers["HX-Refresh"]) == (204, "true")
    assert "All in order" in text(desk, "books/reconciliation/")
