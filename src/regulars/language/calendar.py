"""Days, months and periods in the programme's time zone. All arithmetic on dates lives here."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo


class Per(StrEnum):
    """How long a limit or a budget counts before it starts anew."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    LIFETIME = "lifetime"


class RoundUp(StrEnum):
    """To which end a date is moved: the end of its day, month, quarter or year."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_DAY = timedelta(days=1)
_latest: dict[ZoneInfo, tuple[datetime, datetime, date]] = {}
"""Zone → the day that was asked for last: when it begins, when it is over."""


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which `moment` (aware) falls in `zone`."""
    latest = _latest.get(zone)
    if latest is not None and latest[0] <= moment < latest[1]:
        return latest[2]
    day = moment.astimezone(zone).date()
    bounds = _bounds(day, zone)
    if bounds is not None:
        _latest[zone] = bounds
    return day


@lru_cache(maxsize=4096)
def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime, date] | None:
    """When the day begins and is over; None where the clocks are changed in it, or the calendar ends."""
    if day.year in (MINYEAR, MAXYEAR):
        return None
    starts, ends = start_of(day, zone), start_of(day + _DAY, zone)
    return (starts, ends, day) if ends - starts == _DAY else None


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`, as UTC. Where the clocks skip midnight, the first that exists."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """`day` moved by `months`; the 31st becomes the last day of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(day: date, year: int) -> date:
    """`day` in another year: 29 February on the 28th where the year has no 29th."""
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def end_of(day: date, unit: RoundUp) -> date:
    """The last day of the day, month, quarter or year that `day` is in."""
    if unit is RoundUp.DAY:
        return day
    month = {RoundUp.MONTH: day.month, RoundUp.QUARTER: (day.month + 2) // 3 * 3, RoundUp.YEAR: 12}[unit]
    return date(day.year, month, monthrange(day.year, month)[1])


def period_of(day: date, per: Per) -> str:
    """The name of the period that `day` is in: `2026-11-22`, `2026-W47` (ISO week), `2026-11`, `2026`, `always`."""
    match per:
        case Per.DAY:
            return day.isoformat()
        case Per.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case Per.MONTH:
            return f"{day.year}-{day.month:02}"
        case Per.YEAR:
            return str(day.year)
        case Per.LIFETIME:
            return "always"


def window_start(day: date, *, days: int = 0, months: int = 0) -> date:
    """The first day of the rolling window that ends with `day` and is `days` or `months` long."""
    if months:
        return add_months(day, -months) + timedelta(days=1)
    return day - timedelta(days=days - 1)


def yearly(year: int, day: date) -> date:
    """The day of `year` on which a birthday or anniversary of `day` is kept: 29 February on the 28th where the year
    has no 29th."""
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
