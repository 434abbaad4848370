"""Where a member stands on a ladder is a pure function of what they earned on which day.

Days are walked in order: a period that has ended is judged on the day after its last day, and a day on which
something was earned may lift at once. When an event arrives late, or a return takes back what was earned
long ago, the walk is simply done again from the last state before that day; so the order of arrival never
changes where a member ends.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from regulars.language.calendar import add_months, end_of, window_start
from regulars.language.effects import LevelStep
from regulars.language.snapshot import Standing, Tally
from regulars.tiers.contracts import Ladder, Level

STEPS_LIMIT = 2_000
"""A walk with more period ends than this is a mistake in the programme, not a member's life."""


def start(ladder: Ladder, day: date) -> Standing:
    """Where everybody begins: the lowest level, without end."""
    return Standing(ladder.id, ladder.levels[0].id, day, None)


def measure(tally: Tally, ladder: Ladder, day: date) -> int:
    """What was earned in the rolling window that ends with `day`."""
    first = window_start(day, months=ladder.window_months)
    return sum(total for when, (_, total) in tally.items() if first <= when <= day)


def level_for(ladder: Ladder, measured: int) -> Level:
    """The highest level that `measured` reaches; the lowest one where it reaches none."""
    best = ladder.levels[0]
    for level in ladder.levels:
        if measured >= level.at:
            best = level
    return best


def period_end(ladder: Ladder, level: Level, day: date) -> date | None:
    """The last day of a period that begins on `day`. The lowest level has none."""
    if level.rank == 0:
        return None
    return end_of(add_months(day, ladder.period_months), ladder.period_round)


class _Window:
    """Sums over a rolling window, by prefix sums over the days on which something was earned."""

    def __init__(self, tally: Tally, ladder: Ladder) -> None:
        self.days = sorted(day for day, (_, total) in tally.items() if total)
        self.sums = [0]
        for day in self.days:
            self.sums.append(self.sums[-1] + tally[day][1])
        self.months = ladder.window_months

    def at(self, day: date) -> int:
        first = window_start(day, months=self.months)
        return self.sums[bisect_right(self.days, day)] - self.sums[bisect_left(self.days, first)]


def walk(ladder: Ladder, tally: Tally, standing: Standing, after: date, until: date) -> list[LevelStep]:
    """The steps from `standing`, which holds at the start of day `after`, through the end of day `until`."""
    window = _Window(tally, ladder)
    steps: list[LevelStep] = []
    level, end = ladder.level(standing.level), standing.until
    for day in (*window.days[bisect_left(window.days, after) :], until):
        if day > until:
            break
        while end is not None and end < day and len(steps) < STEPS_LIMIT:
            level, end = _judge(ladder, window, level, end, steps)
        reached = level_for(ladder, window.at(day))
        if reached.rank > level.rank:
            end = period_end(ladder, reached, day)
            steps.append(LevelStep(day, level.id, reached.id, "earned", end))
            level = reached
    return steps


def _judge(
    ladder: Ladder, window: _Window, level: Level, end: date, steps: list[LevelStep]
) -> tuple[Level, date | None]:
    """The end of a period: the level is kept, or falls to what the window earns on the period's last day."""
    day = end + timedelta(days=1)
    reached = level_for(ladder, window.at(end))
    after = level if reached.rank >= level.rank else reached
    until = period_end(ladder, after, day)
    steps.append(LevelStep(day, level.id, after.id, "kept" if after is level else "ended", until))
    return after, until


def ends(standings: Iterable[Standing], until: date) -> list[Standing]:
    """The standings whose period is over by the end of day `until`."""
    return [one for one in standings if one.until is not None and one.until < until]


def judge(ladder: Ladder, tally: Tally, standing: Standing) -> LevelStep:
    """What becomes of a standing whose period is over."""
    if standing.until is None:
        raise ValueError("the lowest level has no end")
    steps: list[LevelStep] = []
    _judge(ladder, _Window(tally, ladder), ladder.level(standing.level), standing.until, steps)
    return steps[0]


def may_lift(ladder: Ladder, standing: Standing, ever: int) -> bool:
    """Whether a step up is possible at all for who has earned `ever` units in their life: no window holds more."""
    above = ladder.level(standing.level).rank + 1
    return above < len(ladder.levels) and ever >= ladder.levels[above].at


def lift(ladder: Ladder, tally: Tally, standing: Standing, day: date) -> LevelStep | None:
    """The step up that the window on `day` earns, if it earns one."""
    top = ladder.levels[-1]
    level = ladder.level(standing.level)
    if level.rank == top.rank:
        return None
    reached = level_for(ladder, measure(tally, ladder, day))
    if reached.rank <= level.rank:
        return None
    return LevelStep(day, level.id, reached.id, "earned", period_end(ladder, reached, day))


def rewalk(
    ladder: Ladder, tally: Tally, history: Sequence[LevelStep], day: date, until: date
) -> list[LevelStep]:
    """The steps from `day` through `until` as they are after the tally changed on `day`.

    `history` (oldest first) is what was known so far. Steps that a rule took stay where they are, the walk
    goes on from each of them.
    """
    earlier = [step for step in history if step.day < day]
    fixed = [step for step in history if step.day >= day and step.reason == "rule"]
    standing = (
        Standing(ladder.id, earlier[-1].after, earlier[-1].day, earlier[-1].until)
        if earlier
        else start(ladder, day)
    )
    steps: list[LevelStep] = []
    after = day
    for step in fixed:
        steps += walk(ladder, tally, standing, after, step.day)
        before = steps[-1].after if steps else standing.level
        steps.append(replace(step, before=before))
        standing, after = Standing(ladder.id, step.after, step.day, step.until), step.day
    return steps + walk(ladder, tally, standing, after, until)
