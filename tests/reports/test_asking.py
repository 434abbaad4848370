"""Questions as they stand in an address, and what is refused with its field."""

from datetime import date

import pytest

from regulars.insight.asking import address_of, asked_of
from regulars.insight.boards.levels import LEVELS
from regulars.insight.boards.products import PRODUCTS
from regulars.insight.ground import check
from regulars.insight.periods import PRESETS, days_of
from regulars.insight.report import Against, Asked, BadQuestion
from tests.queries.rows import PROGRAMME

TODAY = date(2026, 3, 31)


def test_an_address_is_read_and_written_back() -> None:
    given = {
        "from": "2026-01-05",
        "to": "2026-02-28",
        "against": "last_year",
        "channel": "app",
        "by": "brand",
    }
    asked = asked_of(given, PRODUCTS, TODAY)
    assert asked == Asked(
        date(2026, 1, 5), date(2026, 2, 28), Against.LAST_YEAR, channel="app", options=(("by", "brand"),)
    )
    assert address_of(asked) == given
    before = asked.before()
    assert before is not None
    assert (before.first, before.last, before.against) == (
        date(2025, 1, 5),
        date(2025, 2, 28),
        Against.NOTHING,
    )


def test_without_days_the_last_twelve_months_are_meant() -> None:
    asked = asked_of({}, PRODUCTS, TODAY)
    assert (asked.first, asked.last) == (date(2025, 4, 1), TODAY)
    assert asked_of({"from": "2026-03-01"}, PRODUCTS, TODAY).last == TODAY


def test_periods_by_name() -> None:
    days = {name: tuple(map(str, days_of(name, TODAY))) for name in PRESETS}
    assert days == {
        "7d": ("2026-03-25", "2026-03-31"),
        "30d": ("2026-03-02", "2026-03-31"),
        "90d": ("2026-01-01", "2026-03-31"),
        "12m": ("2025-04-01", "2026-03-31"),
        "week": ("2026-03-23", "2026-03-29"),
        "month": ("2026-03-01", "2026-03-31"),
        "last_month": ("2026-02-01", "2026-02-28"),
        "quarter": ("2026-01-01", "2026-03-31"),
        "year": ("2026-01-01", "2026-03-31"),
        "last_year": ("2025-01-01", "2025-12-31"),
    }


def test_the_period_before_has_as_many_days_and_leap_days_have_a_year_before() -> None:
    march = Asked(date(2026, 3, 1), date(2026, 3, 31), Against.PREVIOUS).before()
    assert march is not None
    assert (march.first, march.last) == (date(2026, 1, 29), date(2026, 2, 28))
    leap = Asked(date(2024, 2, 29), date(2024, 2, 29), Against.LAST_YEAR).before()
    assert leap is not None
    assert leap.first == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "0001-01-01"}, "to"),
        ({"period": "decade"}, "period"),
        ({"against": "somebody"}, "against"),
        ({"store": "S1"}, "store"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(given: dict[str, str], field: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        asked_of(given, LEVELS, TODAY)
    assert refused.value.errors[0].field == field


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(date(2026, 3, 2), date(2026, 3, 1)), "to"),
        (Asked(date(2000, 1, 1), date(2026, 3, 1)), "from"),
        (Asked(date(2026, 3, 1), date(2026, 3, 1), level="platinum"), "level"),
        (Asked(date(2026, 3, 1), date(2026, 3, 1), ladder="steps"), "ladder"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Asked, field: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        check(asked, PROGRAMME)
    assert refused.value.errors[0].field == field
