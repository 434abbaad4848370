"""The page of costs: answers while one types, keeps what was typed in the address, refuses at the field, exports."""

import io

import pytest
from django.http import HttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from regulars.insight import answers
from regulars.kit import clock
from tests.reports.small import tables_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_shop")]
HOME = "/console/insight/reports/economics/"
TOLD = "sales=1000000000&earn=1&exchange=100&redeemed=30,50,80"


def body(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture(autouse=True)
def nothing_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "open_tables", tables_of)
    monkeypatch.setattr(answers, "freshness", clock.now)


def test_it_answers_while_one_types_and_the_address_follows(desk: Client) -> None:
    page = desk.get(f"{HOME}?{TOLD}").content.decode()
    assert 'name="redeemed" value="30,50,80"' in page
    assert 'hx-trigger="input changed delay:400ms"' in page
    typed = desk.get(f"{HOME}answer?{TOLD}", headers={"HX-Trigger-Name": "redeemed"})
    assert "¥10,000,000.00 in year 3, 1.0% of sales; ¥8,000,000.00 is owed" in body(typed)
    assert typed["HX-Replace-Url"].startswith(
        f"{HOME}?sales=1000000000&earn=1&exchange=100&redeemed=30%2C50%2C80"
    )
    assert "HX-Replace-Url" not in desk.get(f"{HOME}answer?{TOLD}").headers


def test_what_makes_no_sense_is_said_and_the_address_stays(desk: Client) -> None:
    wrong = desk.get(f"{HOME}answer?redeemed=50,30", headers={"HX-Trigger-Name": "redeemed"})
    assert "Redeemed by year, % (redeemed): the share redeemed by the end of each year" in body(wrong)
    assert "HX-Replace-Url" not in wrong.headers
    assert "Type what members buy for in a year" in body(desk.get(f"{HOME}answer"))


def test_the_years_as_a_sheet(desk: Client) -> None:
    sheet = desk.get(f"{HOME}years.xlsx?{TOLD}")
    content = b"".join(sheet.streaming_content) if sheet.streaming else sheet.content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[6] for row in rows[-3:]] == [3_750_000, 6_250_000, 10_000_000]
