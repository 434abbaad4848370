"""The reports' pages: with nothing to count, without a warehouse, and what their figures lead to."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from regulars.insight import answers, freshness, preparing, shelf
from regulars.insight.answers import Answered
from regulars.insight.registry import REPORTS
from regulars.insight.report import Asked, Report
from regulars.kit import clock
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.staff.models import AuditEntry, Operator
from regulars.warehouse.contracts import Tables
from regulars.warehouse.trouble import WarehouseNotReady
from tests.reports.small import tables_of
from tests.reports.test_small import history

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_shop")]
HOME = "/console/insight/reports"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.fixture(autouse=True)
def nothing_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    freshness.forget()
    monkeypatch.setattr(answers, "open_tables", tables_of)
    monkeypatch.setattr(answers, "freshness", clock.now)


def test_while_nothing_has_happened_every_page_says_what_would_fill_it(desk: Client) -> None:
    for report in REPORTS:
        page = text(desk, f"{HOME}/{report.id}/answer")
        assert '<p class="answer">' in page, report.id
        assert 'class="metric-value"' not in page, report.id
        assert "data-chart" not in page, report.id


def test_while_the_warehouse_is_not_there_a_banner_says_so(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready() -> Tables:
        raise WarehouseNotReady

    monkeypatch.setattr(answers, "open_tables", not_ready)
    page = text(desk, f"{HOME}/overview/answer")
    assert str(WarehouseNotReady().say("en")) in page
    assert '<p class="answer">' not in page
    assert text(desk, f"{HOME}/overview/").count("<form") > 1


MARCH = "from=2026-03-01&to=2026-03-31"
ROWS = {
    "channels/channel": [["app", 30, 0.545455, 1, 1, 0, 30, 0, 0], ["store", 25, 0.454545, 2, 2, 1, 12.5, 0, 2]],
    "products/goods": [["tea", 45, 0.818182, 2, 1, 1], ["cups", 10, 0.181818, 2, 2, 0]],
    "mix/mix": [
        ["first order in the period", 1, 1, 5, 0.090909], ["had bought before", 1, 2, 50, 0.909091],
    ],
}  # fmt: skip


def plain(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def test_a_table_as_a_workbook_has_numbers_for_numbers(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """March by hand: 30.00 by app (order 3), 25.00 in the store (orders 2 and 4, of which 2.00 came back)."""
    monkeypatch.setattr(answers, "open_tables", history)
    response = desk.get(f"{HOME}/channels/channel.xlsx?{MARCH}")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert head == [
        "Channel", "Member sales", "Share", "Orders", "Buyers", "First-time buyers", "Average order",
        "Repurchase rate", "Refunded",
    ]  # fmt: skip
    assert rows == [
        ["app", 30.0, 0.545455, 1.0, 1.0, 0.0, 30.0, 0.0, 0.0],
        ["store", 25.0, 0.454545, 2.0, 2.0, 1.0, 12.5, 0.0, 2.0],
    ]
    assert AuditEntry.objects.get(action="report.exported").subject == "channels.xlsx"


def test_what_is_drawn_leads_where_its_table_leads(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "open_tables", history)

    def drills(report: str, chart: str) -> object:
        page = text(desk, f"{HOME}/{report}/answer?{MARCH}")
        spec = re.search(rf'<script id="chart-{report}-{chart}" type="application/json">(.+?)</script>', page)
        assert spec is not None
        assert (f'data-members="{HOME}/{report}/members?' in page) is ("drills" in json.loads(spec[1]))
        return json.loads(spec[1]).get("drills")

    matrix = drills("rfm", "matrix")
    assert isinstance(matrix, list)
    assert [len(row) for row in matrix] == [5] * 5
    members = {key: answers_count(desk, key) for row in matrix for key in row if key}
    assert sum(members.values()) == 3, "three have bought by the end of March, each is in one cell"
    assert drills("channels", "channel-sales") == [["app"], ["store"]]
    assert drills("overview", "sales") is None


def test_channels_are_called_by_their_names_and_codes_look_like_codes(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "open_tables", history)
    channels = text(desk, f"{HOME}/channels/answer?{MARCH}")
    assert '"labels": ["App", "Stores"]' in channels
    assert "Most was bought through “App”: ¥30.00" in channels
    assert "<code>" not in channels
    assert "<code>S1</code>" in text(desk, f"{HOME}/stores/answer?{MARCH}")
    behind = "<h1>2 members</h1><p><b>Stores</b> · Mar 1, 2026 – Mar 31, 2026</p>"
    assert behind in text(desk, f"{HOME}/channels/members?{MARCH}&of=store")
    Operator.objects.update(language="zh-hant")
    assert ">門市</a>" in text(desk, f"{HOME}/channels/answer?{MARCH}")


def answers_count(desk: Client, key: str) -> int:
    """How many the page behind a cell of the matrix tells of."""
    page = text(desk, f"{HOME}/rfm/members?{MARCH}&of={key}")
    told = re.search(r"<h1>(\d+) members?</h1>", page)
    assert told is not None
    return int(told[1])


@pytest.mark.parametrize("table", ROWS)
def test_a_table_as_a_file_holds_what_the_page_shows(
    desk: Client, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(answers, "open_tables", history)
    response = desk.get(f"{HOME}/{table}.csv?{MARCH}")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert len(head) == len(ROWS[table][0])
    assert [[plain(cell) for cell in row] for row in rows] == ROWS[table]
    page = text(desk, f"{HOME}/{table.split('/')[0]}/answer?{MARCH}")
    assert page.count('<th scope="row"') >= len(rows)


@dataclass(slots=True)
class Later:
    """A thread that begins when the test says so."""

    begun: "list[Later]"
    target: Callable[..., None]
    args: tuple[object, ...]
    daemon: bool

    def start(self) -> None:
        self.begun.append(self)


def test_what_takes_long_is_shown_as_it_was_until_it_is_counted_anew(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LONG_SECONDS", 0.0)
    monkeypatch.setattr(answers, "open_tables", history)
    asked: list[Later] = []
    monkeypatch.setattr(answers, "Thread", partial(Later, asked))
    monkeypatch.setattr(answers, "connection", SimpleNamespace(close=bool))
    address = f"{HOME}/channels/answer?{MARCH}&store=S1"
    with clock.fixed(clock.now()):
        first = text(desk, address)
    assert "is being counted" not in first
    monkeypatch.setattr(answers, "open_tables", tables_of)
    freshness.forget()
    assert "is being counted" not in text(desk, address), "as another process counted it, a moment ago"
    assert asked == []
    with clock.fixed(clock.now() + timedelta(hours=1)):
        old = text(desk, address)
        assert "What came later is being counted" in old
        assert (
            re.findall('class="metric-value">.*', old) == re.findall('class="metric-value">.*', first) != []
        )
        poll = re.search(r'hx-get="([^"]+shown=[^"]+)" hx-trigger="every 3s"', old)
        assert poll is not None
        again = poll[1].replace("&amp;", "&")
        assert desk.get(again).status_code == 204, "nothing new yet: the page stays as it is"
        asked[0].target(*asked[0].args)
        assert "What came later" not in text(desk, again)
        assert "metric-value" not in text(desk, again), "by then there are no orders"
        assert "What came later" not in text(desk, address)


def test_what_lies_there_broken_is_counted_anew(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LONG_SECONDS", 0.0)
    monkeypatch.setattr(answers, "open_tables", history)
    address = f"{HOME}/channels/answer?{MARCH}&store=S2"
    before = set(shelf.place.folder().glob("answers/*"))
    first = text(desk, address)
    (file,) = set(shelf.place.folder().glob("answers/*")) - before
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", b"nonsense", b"\x80\x04\x8c\x02\xff\xfe."):
        file.write_bytes(broken)
        freshness.forget()
        assert re.findall("metric-value.*", text(desk, address)) == re.findall("metric-value.*", first)
    assert len(file.read_bytes()) == len(whole)


@pytest.fixture
def by_night(monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """Half past three of a night in Shanghai, every answer takes long, and nothing has been counted yet."""
    shutil.rmtree(shelf.place.folder() / "answers", ignore_errors=True)
    monkeypatch.setattr(answers, "LONG_SECONDS", 0.0)
    monkeypatch.setattr(answers, "open_tables", history)
    night = datetime(2026, 3, 30, 19, 30, tzinfo=UTC)
    with clock.fixed(night):
        yield night
    shutil.rmtree(shelf.place.folder() / "answers", ignore_errors=True)


def unasked(*_: object) -> None:
    raise AssertionError("counted again")


def test_every_page_opens_with_what_was_counted_at_night(
    desk: Client, by_night: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert preparing.prepare(0)
    monkeypatch.setattr(answers, "counted", unasked)
    for report in REPORTS:
        page = text(desk, f"{HOME}/{report.id}/answer")
        assert '<p class="answer">' in page, report.id
    monkeypatch.setattr(answers, "Thread", partial(Later, []))
    with clock.fixed(by_night + timedelta(hours=6)):
        page = text(desk, f"{HOME}/channels/answer")
    assert "metric-value" in page
    assert "What came later is being counted" in page


def test_pages_are_counted_ahead_once_a_night_and_for_every_version(by_night: datetime) -> None:
    programme = current()
    assert preparing.prepare_all(programme)
    assert not preparing.prepare_all(programme)
    with clock.fixed(by_night + timedelta(hours=23)):
        assert not preparing.prepare_all(programme), "the next night's three o'clock is not yet"
    with clock.fixed(by_night + timedelta(hours=24)):
        assert preparing.prepare_all(programme)
        assert preparing.prepare_all(replace(programme, number=programme.number + 1))
        shutil.rmtree(shelf.place.folder() / "answers")
        assert preparing.prepare_all(programme), "whoever deletes the shelf finds it filled again"


@pytest.mark.usefixtures("by_night")
def test_one_report_that_fails_keeps_no_other_back(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(
        report: Report, asked: Asked, programme: Programme, tables: Tables, today: date, at: datetime
    ) -> Answered:
        if report.id == "channels":
            raise ArithmeticError
        return count(report, asked, programme, tables, today, at)

    count = answers.counted
    monkeypatch.setattr(answers, "counted", fails)
    assert preparing.prepare_all(current())
    monkeypatch.setattr(answers, "counted", unasked)
    assert "metric-value" in text(desk, f"{HOME}/stores/answer")


@pytest.mark.usefixtures("by_night")
def test_while_the_warehouse_is_not_ready_the_night_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Tables:
        raise WarehouseNotReady

    monkeypatch.setattr(answers, "open_tables", away)
    assert not preparing.prepare(0)
    monkeypatch.setattr(answers, "open_tables", history)
    assert preparing.prepare(0)


def test_the_address_of_the_house_leads_to_the_console(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/console/")
