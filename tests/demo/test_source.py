"""The demo's year as events, held to the figures of the data set that nobody here made up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
import pytest

from regulars.demo.names import pseudonym
from regulars.demo.source import events, read_history, table

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def year() -> list[tuple[str, str, datetime, Decimal, int]]:
    """Type, member, time, total and lines of every event."""
    found = []
    for event in events(read_history(NOW, ZONE)):
        data = event["data"]
        found.append(
            (
                event["type"],
                event["member"]["external"],
                datetime.fromisoformat(event["time"]),
                Decimal(data.get("total", "0")),
                len(data.get("items", ())),
            )
        )
    return found


def test_the_year_is_the_data_sets_year(year: list[tuple[str, str, datetime, Decimal, int]]) -> None:
    orders = [one for one in year if one[0] == "order.paid"]
    assert len(orders) == 155_848
    assert sum(total for *_, total, _ in orders) == Decimal("4596039.58")
    assert sum(lines for *_, lines in orders) == 1_469_307
    assert sum(int(total) for *_, total, _ in orders) == 4_519_934
    assert sum(total == 0 for *_, total, _ in orders) == 478
    assert len({member for _, member, *_ in orders}) == 2_469


def test_sales_agree_with_the_parquet_files(year: list[tuple[str, str, datetime, Decimal, int]]) -> None:
    lines = table("transactions")
    cents = pc.sum(pc.cast(pc.round(pc.multiply(lines["sales_value"], 100)), "int64")).as_py()
    assert sum(int(total * 100) for *_, total, _ in year) == cents == 459_603_958


def test_everybody_joins_once_before_the_first_order(
    year: list[tuple[str, str, datetime, Decimal, int]],
) -> None:
    seen: set[str] = set()
    for kind, member, *_ in year:
        assert (kind == "member.joined") is (member not in seen)
        seen.add(member)
    assert len(seen) == 2_469


def test_the_year_ends_within_the_last_seven_days(
    year: list[tuple[str, str, datetime, Decimal, int]],
) -> None:
    last = max(time for _, _, time, *_ in year)
    assert NOW - timedelta(days=7) < last <= NOW


def test_every_household_has_a_name_of_its_own() -> None:
    assert len({pseudonym(household) for household in range(1, 2_501)}) == 2_500
