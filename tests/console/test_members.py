"""The members list: search, filters in the URL, order, paging, files."""

import csv
import io
import zipfile
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.test import Client

from regulars.kit import paging
from regulars.kit.sheets import harmless
from regulars.staff.models import AuditEntry

HEAD = [
    "ID", "Name", "Status", "Phone", "E-mail", "Card number", "Level", "Level until", "points", "Orders", "Spend (CNY)",
    "Last order", "Joined", "Birthday", "Gender", "Source", "Tags", "Age group", "Income", "Household size", "Children",
]  # fmt: skip


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(raw: bytes) -> list[list[tuple[str, str]]]:
    """The first sheet of a workbook: (kind, text) of each cell, kind as the file says; `f` for a formula."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [
            ("f" if cell.find(f"{SHEET}f") is not None else cell.get("t", "n"), "".join(cell.itertext()))
            for cell in row
        ]
        for row in tree.iter(f"{SHEET}row")
    ]


def found(client: Client, query: str) -> list[str]:
    """The members listed, by the id in each row."""
    page = client.get(f"/console/members/?{query}").content.decode()
    return [part.split("/")[0] for part in page.split('<tr data-href="/console/members/')[1:]]


@pytest.mark.parametrize(
    "text", ["林小", "13800001234", "%2B8613800001234", "LIN@example.cn", "1234", "phone:13800001234"]
)
def test_search_finds_by_any_name_or_identity(desk: Client, shop: dict[str, UUID], text: str) -> None:
    assert found(desk, f"q={text}") == [str(shop["lin"])]


def test_the_search_field_goes_straight_to_the_one_member(desk: Client, shop: dict[str, UUID]) -> None:
    response = desk.get("/console/members/?go=1&q=88001")
    assert response.headers["Location"] == f"/console/members/{shop['nameless']}/"
    assert desk.get("/console/members/?go=1&q=zzz").status_code == 200


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("level=silver", {"lin"}),
        ("level=basic", {"nameless", "attacker", "idle"}),
        ("has=phone&has=email", {"lin"}),
        ("active=30", {"lin", "nameless"}),
        ("idle=30", set()),
        ("joined_from=2026-10-01&joined_to=2026-10-20", {"attacker"}),
        ("tag=nothing", set()),
        ("q=nobody", set()),
    ],
)
def test_filters_and_the_chip_that_takes_each_out(
    desk: Client, shop: dict[str, UUID], query: str, who: set[str]
) -> None:
    assert set(found(desk, query)) == {str(shop[name]) for name in who}
    page = desk.get(f"/console/members/?{query}").content.decode()
    assert page.count("Take this filter out") == query.count("=")


def test_order_and_columns(desk: Client, shop: dict[str, UUID]) -> None:
    spend = ["lin", "nameless"]
    assert found(desk, "sort=spend")[:2] == [str(shop[name]) for name in spend]
    assert found(desk, "sort=joined&order=asc")[0] == str(shop["lin"])
    page = desk.get("/console/members/?cols=contact").content.decode()
    assert "+8613800001234" in page
    assert "¥" not in page


def test_pages_follow_each_other_without_gap(
    desk: Client, shop: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LIMIT_DEFAULT", 3)
    first = found(desk, "sort=joined")
    page = desk.get("/console/members/?sort=joined").content.decode()
    following = page.split('rel="next" href="?')[1].split('"')[0].replace("&amp;", "&")
    second = found(desk, following)
    assert len(first) == 3
    assert sorted([*first, *second]) == sorted(str(member) for member in shop.values())


def test_csv_has_a_mark_every_column_and_no_formula(desk: Client, shop: dict[str, UUID]) -> None:
    response = desk.get("/console/members/export.csv?sort=spend")
    raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert lines[0] == HEAD
    by_id = {line[0]: dict(zip(HEAD, line, strict=True)) for line in lines[1:]}
    lin = by_id[str(shop["lin"])]
    assert lines[1][0] == str(shop["lin"])
    assert (lin["Name"], lin["Orders"], lin["Spend (CNY)"], lin["Level"]) == (
        "林小雨",
        "2",
        "1220.00",
        "Silver",
    )
    assert lin["Phone"] == "'+8613800001234"
    assert lin["Last order"] == "2026-11-13 12:00:00"
    assert by_id[str(shop["attacker"])]["Name"].startswith("'=HYPERLINK")
    [deed] = AuditEntry.objects.filter(action="members.exported")
    assert (deed.actor, deed.detail["rows"]) == ("alice@example.com", 4)


def test_the_file_holds_what_the_filter_shows(desk: Client, shop: dict[str, UUID]) -> None:
    response = desk.get("/console/members/export.csv?level=silver")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].startswith(str(shop["lin"]))


def test_xlsx_opens_with_numbers_as_numbers_and_formulas_as_text(desk: Client, shop: dict[str, UUID]) -> None:
    response = desk.get("/console/members/export.xlsx?sort=spend")
    raw = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    rows = cells(raw)
    assert [text for _, text in rows[0]] == HEAD
    assert rows[1][HEAD.index("Spend (CNY)")] == ("n", "1220.00")
    assert rows[1][HEAD.index("Phone")] == ("inlineStr", "+8613800001234")
    attacker = next(row for row in rows if row[0][1] == str(shop["attacker"]))
    assert attacker[1] == ("inlineStr", '=HYPERLINK("http://x")<script>alert(1)</script>')
    assert not any(kind == "f" for row in rows for kind, _ in row)
    assert desk.get("/console/members/export.pdf").status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_what_a_spreadsheet_would_run_is_kept_from_it(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_plain_text_stays_as_it_is() -> None:
    assert harmless("林小雨") == "林小雨"
    assert harmless("") == ""
