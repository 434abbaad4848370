"""When a member will reach the next level, and whether they will keep the one they have. Pure.

The chance of having the level by a day is that of earning by then what is missing then (`tiers.pace`): what was done
before and has left the measure's time by then is missing again, and where a new year begins, all of it. As levels are
reached by the first day on which it is enough, the chance by a day is the greatest of any day until then; what may be
earned twice over, in two years that both begin anew, is not added up, so it is rather too small than too large.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from regulars.tiers.contracts import Forecast, Ladder, Progress, Span, Up
from regulars.tiers.pace import LOOKBACK_DAYS, Pace, Population, chance, pace_of
from regulars.tiers.windows import DAY, Days, Window, first_day

HORIZON_DAYS = 366
"""Further ahead nothing is said."""

NEAR_DAYS = 14
"""The likely date is the middle of the four weeks, so many days to both sides, that most probably hold it."""

MONTH_DAYS = 30

_LOOKS = (*range(1, 61), *range(63, HORIZON_DAYS + 1, 3))
"""The days ahead that are looked at; in between the chance rises evenly."""


def forecast(
    ladder: Ladder,
    progress: Progress,
    days: Days,
    today: date,
    joined: date,
    everybody: Population | None,
    *,
    exact: bool = False,
) -> Forecast:
    """What may be expected of a member who did so much on these days, as known at the end of `today`.

    `exact`: somebody decided on just this level by hand, so that nothing is reached before that ends.
    """
    pace = pace_of(days, joined, today, everybody)
    blank = Forecast(ladder.id, progress.level, progress.next_level, today, seen=pace.seen if pace else 0)
    if pace is None:
        return blank
    way = _Way(ladder, days, today, joined, pace)
    reach: list[float] = []
    if progress.next_at is not None and progress.missing > 0:
        reach = way.reached(progress.next_at, progress.held_until if exact else None)
    return Forecast(
        ladder=ladder.id,
        level=progress.level,
        next_level=progress.next_level,
        today=today,
        seen=pace.seen,
        monthly=round(pace.daily * MONTH_DAYS),
        chance=reach[-1] if reach else None,
        likely=way.day(likely_of(reach)),
        median=way.day(quantile(reach, 0.5)),
        half=way.span(reach, 0.25, 0.75),
        most=way.span(reach, 0.1, 0.9),
        waits=progress.next_at is not None and progress.missing == 0,
        keep=way.keeps(progress),
    )


def quantile(reach: Sequence[float], share: float) -> int | None:
    """In how many days the chance comes to `share`; None: not within the horizon."""
    return next((ahead for ahead, found in enumerate(reach, 1) if found >= share), None)


def likely_of(reach: Sequence[float]) -> int | None:
    """In how many days the middle of the most probable four weeks lies, between the first quarter and the median;
    None where it is less likely than not that the level is reached at all. Of days that are as good, the last."""
    first, median = quantile(reach, 0.25), quantile(reach, 0.5)
    if first is None or median is None:
        return None

    def mass(ahead: int) -> float:
        before, last = ahead - NEAR_DAYS - 1, min(ahead + NEAR_DAYS, len(reach))
        return reach[last - 1] - (reach[before - 1] if before > 0 else 0.0)

    masses = [mass(ahead) for ahead in range(first, median + 1)]
    enough = max(masses) - 0.001
    return max(ahead for ahead, found in enumerate(masses, first) if found >= enough)


class _Way:
    """One member's way on one ladder."""

    def __init__(self, ladder: Ladder, days: Days, today: date, joined: date, pace: Pace) -> None:
        self.ladder, self.today, self.joined, self.pace = ladder, today, joined, pace
        known = {day: units for day, units in days.items() if day <= today}
        self.window = Window(ladder.measure, known, joined)

    def reached(self, at: int, held_until: date | None) -> list[float]:
        """By how many days ahead (1 first) the measure comes to `at`, with which chance."""
        found: list[float] = []
        best = 0.0
        held = (held_until - self.today).days if held_until is not None else 0
        looks = {*_LOOKS, *(day for day in (held, held + 1) if 1 <= day <= HORIZON_DAYS)}
        for ahead in sorted(looks):
            day = self.today + timedelta(days=ahead)
            before = best
            if ahead > held:
                best = max(best, self._enough(day, at))
            wide = ahead - len(found)
            found += [before + (best - before) * step / wide for step in range(1, wide + 1)]
        return found

    def keeps(self, progress: Progress) -> float | None:
        """How likely the level is kept at its end; None where it has none."""
        last = progress.grace or progress.until
        if last is None or not progress.keep_at:
            return None
        return 1.0 if progress.keep_missing <= 0 else self._enough(last, progress.keep_at)

    def _enough(self, day: date, at: int) -> float:
        """The chance that what counts on `day`, with what is earned until then, comes to `at`."""
        first = max(first_day(self.ladder.measure, day, self.joined), self.today + DAY)
        known = self.window.before(self.today + DAY, day)
        return chance(self.pace, (day - first).days + 1, at - known)

    def day(self, ahead: int | None) -> date | None:
        late = 1 if self.ladder.up is Up.DAY_END else 0
        return None if ahead is None else self.today + timedelta(days=ahead + late)

    def span(self, reach: Sequence[float], low: float, high: float) -> Span | None:
        first = self.day(quantile(reach, low))
        return None if first is None else Span(first, self.day(quantile(reach, high)))


def earliest(today: date) -> date:
    """The first day whose doings a forecast of `today` looks at, beside what the measure counts."""
    return today - timedelta(days=LOOKBACK_DAYS)
