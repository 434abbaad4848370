"""The reports' pages: with nothing to count, without a warehouse, and what their figures lead to."""

import pytest
from django.test import Client

from regulars.insight import answers, freshness
from regulars.insight.registry import REPORTS
from regulars.kit import clock
from regulars.warehouse.contracts import Tables
from regulars.warehouse.trouble import WarehouseNotReady
from tests.reports.small import tables_of

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
