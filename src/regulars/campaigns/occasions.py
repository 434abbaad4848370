"""When rules are open and when scheduled ones are due. Pure: days and moments in, days and moments out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from regulars.campaigns.contracts import Around, Occasion, Opening, Schedule, Window
from regulars.language.calendar import add_months, local_day, yearly
from regulars.language.snapshot import Profile

MOST_AROUND = 60
"""A window reaches at most so many days to either side of its day."""

MINUTES = 24 * 60


def is_open(opening: Opening, moment: datetime, zone: ZoneInfo, profile: Profile) -> bool:
    """Whether a rule is open at `moment` for the member."""
    if opening.starts_at is not None and moment < opening.starts_at:
        return False
    if opening.ends_at is not None and moment >= opening.ends_at:
        return False
    local = moment.astimezone(zone)
    return not opening.windows or any(holds(one, local, profile) for one in opening.windows)


def holds(window: Window, local: datetime, profile: Profile) -> bool:
    """Whether the window is open at the local moment for the member."""
    day = local.date()
    if not on_day(window, day) or not _in_hours(window, local.hour * 60 + local.minute):
        return False
    if window.birthday is not None and not around_yearly(window.birthday, profile.birthday, day):
        return False
    if window.anniversary is not None:
        joined = profile.joined_at
        first = local_day(joined, _zone_of(local)) if joined is not None else None
        if not around_yearly(window.anniversary, first, day, since=1):
            return False
    return window.member_day is None or holds(window.member_day, local, profile)


def on_day(window: Window, day: date) -> bool:
    """Whether the day is one of the window's, whoever asks."""
    if window.weekdays and day.isoweekday() not in window.weekdays:
        return False
    if window.months and day.month not in window.months:
        return False
    if window.days and not _month_day(window.days, day):
        return False
    if window.holiday is not None and not around_days(window.holiday_around, window.holiday.days, day):
        return False
    return window.member_day is None or on_day(window.member_day, day)


def _month_day(days: frozenset[int], day: date) -> bool:
    if day.day in days:
        return True
    if max(days) > 0 and min(days) > 0:
        return False
    last = (add_months(day.replace(day=1), 1) - timedelta(days=1)).day
    return day.day - last - 1 in days


def _in_hours(window: Window, minute: int) -> bool:
    if not window.hours:
        return True
    return any(
        start <= minute < end if start < end else (minute >= start or minute < end)
        for start, end in window.hours
    )


def _zone_of(local: datetime) -> ZoneInfo:
    zone = local.tzinfo
    assert isinstance(zone, ZoneInfo)
    return zone


def around_days(around: Around, days: frozenset[date], day: date) -> bool:
    """Whether `day` is one of `days` or near enough to one."""
    return any(day + timedelta(days=distance) in days for distance in range(-around.after, around.before + 1))


def around_yearly(around: Around, first: date | None, day: date, since: int = 0) -> bool:
    """Whether `day` is the anniversary of `first`, or near enough to it; not before its year `since`."""
    if first is None:
        return False
    if around.month:
        return day.month == first.month and day.year - first.year >= since
    for year in (day.year - 1, day.year, day.year + 1):
        if year - first.year < since:
            continue
        distance = (day - yearly(year, first)).days
        if -around.before <= distance <= around.after:
            return True
    return False


def is_cron(text: str) -> bool:
    """Whether it is a cron of five fields."""
    return len(text.split()) == 5 and bool(croniter.is_valid(text))


def due_between(schedule: Schedule, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments after `after` through `until` at which the schedule is due, in order, each once.

    Local times that the clocks skip fall as much later as is skipped; those that come twice count once, the first
    time.
    """
    last = after
    for local in _local_moments(schedule, after.astimezone(zone).replace(tzinfo=None)):
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment > until:
            # The clocks may have gone back meanwhile: an hour later than the end there can be nothing left.
            if moment > until + timedelta(hours=3):
                return
            continue
        if moment > last:
            yield moment
            last = moment


def _local_moments(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The schedule's local times from some hours before `after` on."""
    start = after - timedelta(hours=3)
    if schedule.occasion is Occasion.CRON:
        times = croniter(
            schedule.cron, start, ret_type=datetime, max_years_between_matches=LONGEST_WAIT_YEARS
        )
        while True:
            try:
                found: datetime = times.get_next(datetime)
            except ValueError:
                return
            yield found
    day = start.date()
    for _ in range(MOST_DAYS):
        if is_due_day(schedule, day):
            yield datetime.combine(day, schedule.at)
        try:
            day += timedelta(days=1)
        except OverflowError:
            return


LONGEST_WAIT_YEARS = 9
"""A cron that is not due in so many years never is: 29 February comes at least every eight."""

MOST_DAYS = 366 * LONGEST_WAIT_YEARS


def is_due_day(schedule: Schedule, day: date) -> bool:
    """Whether the schedule is due on the day; birthdays and anniversaries are, somebody's, on every day."""
    occasion = day - timedelta(days=schedule.days_after)
    if schedule.holiday is not None:
        return occasion in schedule.holiday.days
    if schedule.member_day is not None:
        return on_day(schedule.member_day, occasion)
    return True


def kept_days(schedule: Schedule, due: datetime, zone: ZoneInfo) -> list[tuple[int, int]]:
    """(month, day): whose birthdays or anniversaries a run at `due` is for. Those of 29 February with the 28th where
    the year has no 29th."""
    day = local_day(due, zone) - timedelta(days=schedule.days_after)
    kept = [(day.month, day.day)]
    if kept == [(2, 28)] and yearly(day.year, date(2000, 2, 29)) == day:
        kept.append((2, 29))
    return kept
