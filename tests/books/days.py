"""The model's own calendar."""

from datetime import UTC, date, datetime, time, timedelta

from tests.books.brand import ZONE


def start_of(day: date) -> datetime:
    """Midnight in the brand's zone."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def month_of(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def _months_on(day: date, months: int) -> date:
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    return min(_last_of(first), first + timedelta(days=day.day - 1))


def _last_of(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def own_end(asset: str, at: datetime) -> datetime | None:
    """When what is earned at `at` ends by the asset's own rule."""
    day = at.astimezone(ZONE).date()
    if asset == "points":
        return start_of(_last_of(_months_on(day, 6)) + timedelta(days=1))
    if asset == "stars":
        return start_of(day + timedelta(days=46))
    if asset == "gift_cash":
        return start_of(_months_on(day, 12) + timedelta(days=1))
    return None


def idle_end(at: datetime) -> datetime:
    """When coins end if nothing happens after `at`."""
    return start_of(_months_on(at.astimezone(ZONE).date(), 3) + timedelta(days=1))
