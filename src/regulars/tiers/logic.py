"""Where a member stands on a ladder is a pure function of what they did on which day, and of what was decided by hand.

Days are walked in order: a period that has ended is judged on the day after its last day, a day on which something
was done may lift, and a ladder without periods is looked at whenever its measure changes. When an event arrives
late, or a return takes back what was earned long ago, the walk is simply done again from the last state before that
day; so the order of arrival never changes where a member ends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from heapq import merge

from regulars.language.calendar import add_months, end_of
from regulars.language.effects import LevelStep
from regulars.language.snapshot import Standing
from regulars.tiers.contracts import Down, Ladder, Level, Up
from regulars.tiers.windows import DAY, Days, Window

STEPS_LIMIT = 2_000
"""A walk with more period ends than this is a mistake in the programme, not a member's life."""

FIXED = frozenset({"rule", "placed", "pinned", "released"})
"""Reasons of steps that were decided, not earned: a walk that is done again keeps them on their days."""

Enters = Callable[[Level, date], bool]
"""Whether the member satisfies, on a day, what a level asks for beside its threshold."""


def anybody(_level: Level, _day: date) -> bool:
    """Levels that ask for nothing more."""
    return True


def start(ladder: Ladder, day: date) -> Standing:
    """Where everybody begins: the lowest level, without end."""
    return Standing(ladder.id, ladder.levels[0].id, day, None)


def measure(days: Days, ladder: Ladder, day: date, joined: date = date.min) -> int:
    """What counts on `day`."""
    return Window(ladder.measure, days, joined).at(day)


def level_for(ladder: Ladder, measured: int, enters: Enters = anybody, day: date = date.max) -> Level:
    """The highest level that `measured` reaches and that may be entered; the lowest one where there is none."""
    best = ladder.levels[0]
    for level in ladder.levels:
        if measured >= level.at and (level.when is None or enters(level, day)):
            best = level
    return best


def falls_to(ladder: Ladder, level: Level, measured: int) -> Level:
    """Where who does not keep `level` comes to: the highest level below that they would keep there, and no lower
    than the ladder's way down says."""
    below = [one for one in ladder.levels if one.rank < level.rank and measured >= one.keep_at]
    earned = below[-1] if below else ladder.levels[0]
    if ladder.down is Down.ONE:
        return ladder.levels[max(earned.rank, level.rank - 1, 0)]
    if ladder.down is Down.FLOOR:
        return ladder.levels[max(earned.rank, min(ladder.level(ladder.floor).rank, level.rank))]
    return earned


def period_end(ladder: Ladder, level: Level, day: date) -> date | None:
    """The last day of a period that is counted from `day`: the day of the step, or, where one period follows another,
    the last day of that one, so that twelve months stay twelve. The lowest level has none, nor has a ladder that
    follows."""
    period = level.period or ladder.period
    if level.rank == 0 or period is None:
        return None
    return end_of(add_months(day, period.months), period.round)


def after_step(ladder: Ladder, standing: Standing, step: LevelStep) -> Standing:
    """Where a step puts who stood at `standing`. What is `due` is left open."""
    held, held_until, exact = standing.held, standing.held_until, standing.exact
    if step.reason in ("placed", "pinned"):
        held, held_until, exact = step.held, step.held_until, step.reason == "pinned"
    elif step.reason == "released" or (held_until is not None and held_until < step.day):
        held, held_until, exact = "", None, False
    grace = None
    if step.reason == "grace" and step.until is not None:
        grace = step.until + timedelta(days=ladder.grace_days)
    return Standing(
        ladder.id,
        step.after,
        step.day,
        step.until,
        grace,
        held,
        held_until,
        exact,
        rewritten=standing.rewritten,
    )


@dataclass(frozen=True)
class Life:
    """What a ladder looks at of one member: what they did by days, when they joined, and what lets them enter levels
    that ask for more."""

    ladder: Ladder
    days: Days
    joined: date = date.min
    enters: Enters = anybody

    @cached_property
    def window(self) -> Window:
        """The sums over the days, made when they are first asked for."""
        return Window(self.ladder.measure, self.days, self.joined)


class _Walk:
    """A member on a ladder, going from day to day."""

    def __init__(self, life: Life, standing: Standing) -> None:
        self.ladder, self.enters = life.ladder, life.enters
        self.window = life.window
        self.now = standing
        self.steps: list[LevelStep] = []
        self.also: list[date] = []
        """Further days to look at: those on which what a level asks for came to be."""

    @property
    def level(self) -> Level:
        return self.ladder.level(self.now.level)

    def least(self, day: date) -> int:
        """The rank below which nobody falls on `day`: that of what is held."""
        held_until = self.now.held_until
        return self.ladder.level(self.now.held).rank if held_until is not None and held_until >= day else 0

    def pinned(self, day: date) -> bool:
        return self.now.exact and self.now.held_until is not None and self.now.held_until >= day

    def step(
        self,
        day: date,
        after: Level,
        reason: str,
        until: date | None,
        held: str = "",
        held_until: date | None = None,
    ) -> None:
        one = LevelStep(day, self.now.level, after.id, reason, until, held, held_until)
        self.steps.append(one)
        self.now = after_step(self.ladder, self.now, one)

    def enter(self, day: date, after: Level, reason: str, since: date | None = None) -> None:
        """A step to a level that is earned and begins its period; where it is held as well, not before that ends.
        `since`: the last day of the period before, from which this one is counted."""
        until = period_end(self.ladder, after, since or day)
        if after.rank and after.rank == self.least(day) and self.now.held_until is not None:
            until = max(until or date.min, self.now.held_until)
        self.step(day, after, reason, until)

    def fall(self, day: date, measured: int, reason: str, since: date | None = None) -> None:
        """A step to what the way down leaves, and what is held."""
        level = self.level
        after = falls_to(self.ladder, level, measured)
        if after.rank < self.least(day):
            after = self.ladder.levels[self.least(day)]
            if after.rank < level.rank:
                return self.step(day, after, reason, self.now.held_until)
            if reason == "ended":
                return self.step(day, level, "kept", self.now.held_until)
        elif after.rank < level.rank:
            self.enter(day, after, reason, since)
        elif reason == "ended":
            self.enter(day, level, "kept", since)
        return None

    def end(self) -> None:
        """The period, or its grace, is over: the level is kept, lost, or given time."""
        last = self.now.grace or self.now.until
        assert last is not None
        day, level, measured = last + DAY, self.level, self.window.at(last)
        was_held = self.now.held_until == last
        if was_held and (self.now.exact or self.ladder.period is None):
            reached = level_for(self.ladder, measured, self.enters, day)
            if reached.rank > level.rank:
                return self.enter(day, reached, "earned")
        if measured >= level.keep_at:
            return self.enter(day, level, "kept", last)
        stays = falls_to(self.ladder, level, measured).rank == level.rank
        if self.ladder.grace_days and not stays and not self.now.grace and not was_held:
            return self.step(day, level, "grace", self.now.until)
        return self.fall(day, measured, "ended", last)

    def look(self, day: date, measured_on: date) -> None:
        """What the measure of `measured_on` means on `day`: a rise, a level kept in its grace, or, where the ladder
        follows, a fall."""
        if self.pinned(day):
            return
        level, measured = self.level, self.window.at(measured_on)
        reached = level_for(self.ladder, measured, self.enters, day)
        if reached.rank > level.rank:
            self.enter(day, reached, "earned")
        elif self.now.grace is not None and measured >= level.keep_at:
            self.enter(day, level, "kept")
        elif self.ladder.period is None and measured < level.keep_at:
            self.fall(day, measured, "fell")

    def ends_before(self, day: date) -> None:
        """Judge what was over by the beginning of `day`."""
        while len(self.steps) < STEPS_LIMIT:
            last = self.now.grace or self.now.until
            if last is None or last >= day:
                return
            self.end()

    def through(self, after: date, until: date) -> None:
        """Live from the beginning of day `after` through the end of day `until`."""
        for day, measured_on in self._looks(after):
            if day > until:
                break
            self.ends_before(day)
            self.look(day, measured_on)
        self.ends_before(until)

    def _looks(self, after: date) -> Iterable[tuple[date, date]]:
        """The days to look at, and of which day the measure counts there."""
        late = DAY if self.ladder.up is Up.DAY_END else timedelta()
        looks: Iterable[tuple[date, date]] = [(day + late, day) for day in self.window.since(after - late)]
        looks = merge(looks, ((day, day - late) for day in self.also if day >= after))
        if self.ladder.period is None:
            looks = merge(looks, ((day, day) for day in self.window.changes(after)))
        return looks

    def decide(self, step: LevelStep) -> None:
        """A step that was decided, at this place in the walk."""
        if step.reason == "released":
            self.release(step.day)
        elif step.reason in ("placed", "pinned"):
            assert step.held_until is not None
            self.place(step.day, self.ladder.level(step.held), step.held_until, exact=step.reason == "pinned")
        else:
            self.steps.append(replace(step, before=self.now.level))
            self.now = after_step(self.ladder, self.now, self.steps[-1])

    def place(self, day: date, level: Level, until: date, *, exact: bool) -> None:
        """By hand: just `level`, or at least it, through `until`."""
        above = not exact and self.level.rank > level.rank
        after, end = (self.level, self.now.until) if above else (level, until)
        self.step(day, after, "pinned" if exact else "placed", end, held=level.id, held_until=until)

    def release(self, day: date) -> None:
        """What was decided by hand ends here: the level is kept where it is earned, lost where it is not."""
        level, measured = self.level, self.window.at(day)
        reached = level_for(self.ladder, measured, self.enters, day)
        if reached.rank > level.rank:
            after = reached
        else:
            after = level if measured >= level.keep_at else falls_to(self.ladder, level, measured)
        same = after.id == level.id and self.now.until != self.now.held_until
        self.step(day, after, "released", self.now.until if same else period_end(self.ladder, after, day))


def walk(life: Life, standing: Standing, after: date, until: date) -> list[LevelStep]:
    """The steps from `standing`, which holds at the start of day `after`, through the end of day `until`."""
    going = _Walk(life, standing)
    going.through(after, until)
    return going.steps


def is_due(standing: Standing, day: date) -> bool:
    """Whether time has something to do here by the beginning of `day`."""
    return standing.due is not None and standing.due <= day


def review(life: Life, standing: Standing, day: date) -> list[LevelStep]:
    """What time does at the beginning of `day`: one end is judged, or the measure is looked at."""
    going = _Walk(life, standing)
    last = standing.grace or standing.until
    if last is not None and last < day:
        going.end()
    else:
        going.look(day, day - DAY if life.ladder.up is Up.DAY_END and life.ladder.period is not None else day)
    return going.steps


def look(life: Life, standing: Standing, day: date) -> list[LevelStep]:
    """What the measure on `day`, the latest there is, does at once."""
    going = _Walk(life, standing)
    if life.ladder.up is Up.AT_ONCE:
        going.look(day, day)
    return going.steps


def due(life: Life, standing: Standing, day: date) -> date | None:
    """When time has something to do on its own for who stands at `standing` on `day`, and nothing happens before."""
    last = standing.grace or standing.until
    found = [] if last is None else [last + DAY]
    going = _Walk(life, standing)
    if life.ladder.up is Up.DAY_END and life.days.get(day):
        going.look(day + DAY, day)
        if going.steps:
            found.append(day + DAY)
    if life.ladder.period is None:
        going = _Walk(life, standing)
        for change in going.window.changes(day + DAY):
            if found and change >= min(found):
                break
            going.look(change, change)
            if going.steps:
                found.append(change)
                break
    return min(found, default=None)


def may_lift(ladder: Ladder, standing: Standing, ever: int) -> bool:
    """Whether a step up is possible at all for who has earned `ever` units in their life: no window holds more."""
    above = ladder.level(standing.level).rank + 1
    return above < len(ladder.levels) and ever >= ladder.levels[above].at


def place(ladder: Ladder, standing: Standing, day: date, level: Level, until: date, exact: bool) -> LevelStep:
    """The step by which somebody decides on a level, through `until`: just that one, or at least that one."""
    going = _Walk(Life(ladder, {}), standing)
    going.place(day, level, until, exact=exact)
    return going.steps[0]


def release(life: Life, standing: Standing, day: date) -> LevelStep:
    """The step by which what was decided by hand ends."""
    going = _Walk(life, standing)
    going.release(day)
    return going.steps[0]


def rewalk(life: Life, history: Sequence[LevelStep], day: date, until: date) -> list[LevelStep]:
    """The steps from `day` through `until` as they are after the past changed on `day`.

    `history` (oldest first) is what was known so far. Steps that were decided stay on their days, the walk goes on
    from each of them. Who once entered a level satisfied what it asked for.
    """
    entered: dict[str, date] = {}
    for step in history:
        if step.reason == "earned":
            entered.setdefault(step.after, step.day)

    def satisfied(level: Level, when: date) -> bool:
        return entered.get(level.id, date.max) <= when or life.enters(level, when)

    going = _Walk(replace(life, enters=satisfied), standing_at(life.ladder, history, day))
    if life.ladder.gated:
        going.also = sorted(entered.values())
    after = day
    for step in history:
        if step.day >= day and step.reason in FIXED:
            going.through(after, step.day)
            going.decide(step)
            after = step.day
    going.through(after, until)
    return going.steps


def standing_at(ladder: Ladder, history: Iterable[LevelStep], day: date) -> Standing:
    """Where the steps before `day` put the member."""
    standing = start(ladder, day)
    for step in history:
        if step.day < day:
            standing = after_step(ladder, standing, step)
    return standing
