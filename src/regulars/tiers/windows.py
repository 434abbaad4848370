"""What a member has done within the time that a ladder looks at. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from regulars.language.calendar import add_months, anniversary, window_start
from regulars.language.snapshot import Tally
from regulars.tiers.contracts import Measure, Over

Days = Mapping[date, int]
"""Local day → what it adds to a measure."""

DAY = timedelta(days=1)


def days_of(measure: Measure, tally: Callable[[str], Tally]) -> dict[date, int]:
    """What each day adds to `measure`; `tally` gives the tally of a name."""
    days: dict[date, int] = {}
    for part in measure.parts:
        for day, cell in tally(part.tally).items():
            days[day] = days.get(day, 0) + part.sign * cell[part.of]
    return days


def first_day(measure: Measure, day: date, joined: date) -> date:
    """The first day of the time that ends with `day`. The member's year begins on the day of `joined`."""
    match measure.over:
        case Over.LIFETIME:
            return date.min
        case Over.MONTHS:
            return window_start(day, months=measure.months)
        case Over.CALENDAR_YEAR:
            return date(day.year, 1, 1)
        case Over.MEMBER_YEAR:
            this = anniversary(joined, day.year)
            return this if this <= day else anniversary(joined, day.year - 1)


def leaves(measure: Measure, day: date, joined: date) -> date | None:
    """The first day on which what was done on `day` counts no more; None: it always does."""
    match measure.over:
        case Over.LIFETIME:
            return None
        case Over.MONTHS:
            found = add_months(day, measure.months)
            while window_start(found, months=measure.months) <= day:  # the 31st of a shorter month
                found += DAY
            return found
        case Over.CALENDAR_YEAR:
            return date(day.year + 1, 1, 1)
        case Over.MEMBER_YEAR:
            return anniversary(joined, first_day(measure, day, joined).year + 1)


class Window:
    """Sums over the time that a measure looks at, by prefix sums over the days on which something was done."""

    def __init__(self, measure: Measure, days: Days, joined: date) -> None:
        self.measure, self.joined = measure, joined
        self.days = sorted(day for day, units in days.items() if units)
        self.sums = [0]
        for day in self.days:
            self.sums.append(self.sums[-1] + days[day])

    def at(self, day: date) -> int:
        """What counts on `day`."""
        first = first_day(self.measure, day, self.joined)
        return self.sums[bisect_right(self.days, day)] - self.sums[bisect_left(self.days, first)]

    def before(self, first: date, day: date) -> int:
        """What of that which counts on `day` was done before `first`."""
        start = first_day(self.measure, day, self.joined)
        if start >= first:
            return 0
        return self.sums[bisect_left(self.days, first)] - self.sums[bisect_left(self.days, start)]

    def since(self, day: date) -> list[date]:
        """The days from `day` on on which something was done."""
        return self.days[bisect_left(self.days, day) :]

    def changes(self, after: date) -> Iterator[date]:
        """The days from `after` on on which something that counted leaves, in order."""
        if self.measure.over is Over.LIFETIME:
            return
        first = first_day(self.measure, after - DAY, self.joined)
        last: date | None = None
        for day in self.since(first):
            left = leaves(self.measure, day, self.joined)
            if left is not None and left >= after and left != last:
                last = left
                yield left
