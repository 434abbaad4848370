"""When the next mail is due, and of which days it tells: pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from regulars.language.calendar import add_months, local_day, start_of

DAY = timedelta(days=1)
HOURS = range(24)
MISSED_MOST = timedelta(days=35)
"""What is older is not sent after a downtime."""
ATTEMPTS_MOST = 12


class Rhythm(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """On Mondays, of the week before."""
    MONTHLY = "monthly"
    """On the first, of the month before."""


def period_of(rhythm: Rhythm, due: date) -> tuple[date, date]:
    """The days that the mail due on that day tells of: the day, week or month that ended before it."""
    if rhythm is Rhythm.DAILY:
        return due - DAY, due - DAY
    if rhythm is Rhythm.WEEKLY:
        monday = due - timedelta(days=due.weekday())
        return monday - 7 * DAY, monday - DAY
    first = due.replace(day=1)
    return add_months(first, -1), first - DAY


def next_due(rhythm: Rhythm, hour: int, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `after` at which a mail is due, at `hour` in the zone."""
    day = local_day(after, zone)
    for ahead in range(63):
        candidate = day + ahead * DAY
        if rhythm is Rhythm.WEEKLY and candidate.weekday():
            continue
        if rhythm is Rhythm.MONTHLY and candidate.day != 1:
            continue
        due = start_of(candidate, zone).astimezone(zone).replace(hour=hour)
        if due > after:
            return due
    raise AssertionError("a month has a first day")


def due_after(rhythm: Rhythm, hour: int, was_due: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """What follows a mail that was sent: the next one even if its time is past, unless that is too long ago."""
    due = next_due(rhythm, hour, was_due, zone)
    while now - due > MISSED_MOST:
        due = next_due(rhythm, hour, due, zone)
    return due


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: a minute, then twice as long, two hours at most."""
    return min(timedelta(hours=2), timedelta(minutes=2 ** min(attempts, 8)))
