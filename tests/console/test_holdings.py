"""A member's books: what there is, what is set aside, every movement with its reason, and the statement as a file."""

import csv
import io
from uuid import UUID

import pytest
from django.test import Client

from regulars.engine import operations
from regulars.engine.operations import Request
from regulars.staff.models import AuditEntry, Operator
from tests.console import books as story
from tests.console.test_books import LANGUAGES, text
from tests.engine.world import order, took
from tests.value.shop import Till, night, opened


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reader_reads_it_without_a_word_of_code(desk: Client, alice: Operator, language: str) -> None:
    Operator.objects.filter(pk=alice.pk).update(language=language)
    told = story.tell()
    for member in (told.ann, told.bob):
        for asset in ("points", "growth", "purse"):
            page = text(desk, f"members/{member}/books/?asset={asset}")
            for code in (
                "asset.",
                "hold.",
                "wallet.",
                "order.paid",
                "topup",
                "gift_cash",
                " issue ",
                " reverse ",
            ):
                assert code not in page, (code, asset)
        life = text(desk, f"members/{member}/")
        for code in ("asset.received", "asset.held", "wallet.topped_up", "topup"):
            assert code not in life


def test_what_there_is_and_what_is_set_aside(desk: Client) -> None:
    told = story.tell()
    page = text(desk, f"members/{told.ann}/books/?asset=points")
    assert "points 190 can be used points, held 30" in page.lower()
    assert "At the beginning 0 Came in 620 Went out 430 At the end 190" in page
    assert "30 points · order h-1 until Nov 21, 2026, 11:00" in page
    theirs = text(desk, f"members/{told.bob}/books/?asset=points")
    assert "10 points can be used from Nov 21, 2026, 11:30" in theirs
    assert "From a member without a name." in theirs


def test_a_wallet_is_shown_with_both_sides(desk: Client) -> None:
    told = story.tell()
    page = text(desk, f"members/{told.ann}/books/?asset=purse")
    assert "Wallet topped up" in page
    assert "Nov 6, 2026, 10:00 +100.00 100.00 +5.00 5.00" in page


def test_movements_say_who_asked_and_why(desk: Client) -> None:
    told = story.tell()
    request = Request(told.ann, "console", "x", "carol@example.cn", "for the broken egg", "dora@example.cn")
    assert operations.credit(request, "points", 7).error is None
    page = text(desk, f"members/{told.ann}/books/?asset=points")
    assert (
        "Credited “for the broken egg” by carol@example.cn , approved by dora@example.cn".replace(" ,", ",")
        in page
    )
    assert "Spent For order a-9. Oct 5, 2026, 10:00 −50 150" in page
    assert "Refund Order a-3 Nov 3, 2026, 10:00 −40 210" in page
    undone = operations.reverse(Request(told.ann, "console", "y", "key:POS", "wrong till"), told.spent)
    assert undone.error is None
    again = text(desk, f"members/{told.ann}/books/?asset=points")
    assert "Reversed Undoes “Spent” of Oct 5, 2026. “wrong till” by API key POS" in again
    why = text(desk, f"members/{told.ann}/why/{undone.event_id}")
    assert "+50 points (spending undone) Undoes “Spent” of Oct 5, 2026. “wrong till” by API key POS" in why


def test_days_bound_the_statement(desk: Client) -> None:
    told = story.tell()
    page = text(desk, f"members/{told.ann}/books/?asset=points&start=2026-11-01&end=2026-11-04")
    assert "At the beginning 150 Came in 120 Went out 40 At the end 230" in page
    assert "Oct 5, 2026" not in page.split("At the end")[1].split("Credits with something left")[0]


def test_the_statement_as_a_file_adds_up(desk: Client) -> None:
    told = story.tell()
    response = desk.get(f"/console/members/{told.ann}/books/statement.csv?asset=points")
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[0] == ["When", "What", "Details", "Amount", "Balance", "Event ID"]
    assert rows[1][1:5] == ["At the beginning", "", "", "0"]
    assert rows[-1][1:5] == ["At the end", "", "", "190"]
    moves = rows[2:-3]
    assert sum(int(row[3]) for row in moves) == 190
    balance = 0
    for row in moves:
        balance += int(row[3])
        assert int(row[4]) == balance
    xlsx = desk.get(f"/console/members/{told.ann}/books/statement.xlsx?asset=purse")
    assert b"".join(xlsx)[:2] == b"PK"
    deed = AuditEntry.objects.filter(action="statement.exported").earliest("id")
    assert (deed.subject, deed.detail["asset"]) == (str(told.ann), "points")


def test_long_lives_are_paged_and_balances_run_on(desk: Client) -> None:
    opened()
    took(*(order("ann", f"2026-11-{1 + n // 6:02} {10 + n % 6}:00", 10, f"o-{n}") for n in range(60)))
    (member,) = {UUID(result["member_id"]) for result in took(order("ann", "2026-11-19", 5, "last"))}
    first = desk.get(f"/console/members/{member}/books/").content.decode()
    cursor = first.split("cursor=")[1].split('"')[0]
    assert "+5" in first
    second = text(desk, f"members/{member}/books/?cursor={cursor}")
    assert "+10 110" in second
    assert "+10 10 " in second
    assert "+10 120" not in second


def test_a_pending_earning_says_until_when(desk: Client) -> None:
    opened(points="pending: {days: 7}")
    (result,) = took(order("ann", "2026-11-18", 10, "o-1"))
    life = text(desk, f"members/{result['member_id']}/")
    assert "+10 points pending" in life
    page = text(desk, f"members/{result['member_id']}/books/")
    assert "Issued +10 · Pending +10" in page
    assert "10 points · Base can be used from Nov 25, 2026, 10:00" in page
    night("2026-11-26 10:00")
    assert Till(result["member_id"]).has() == (10, 0, 0)


def test_readers_change_and_export_nothing_and_nobody_is_not_found(bob: Operator) -> None:
    told = story.tell()
    client = Client()
    client.force_login(bob)
    page = client.get(f"/console/members/{told.ann}/books/").content.decode()
    assert "statement.csv" not in page
    assert "books/adjust" not in page
    assert client.get(f"/console/members/{told.ann}/books/statement.csv").status_code == 403
    assert client.get(f"/console/members/{UUID(int=5)}/books/").status_code == 404
