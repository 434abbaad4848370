"""What others may know of levels."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from regulars.kit.ids import parent_id
from regulars.language.calendar import RoundUp
from regulars.language.condition import Condition
from regulars.language.text import Text


class Over(StrEnum):
    """Over which time a measure is taken: all of it, rolling months, the calendar's year, or the member's own."""

    LIFETIME = "lifetime"
    MONTHS = "months"
    CALENDAR_YEAR = "calendar_year"
    MEMBER_YEAR = "member_year"


class Kind(StrEnum):
    """What is measured: units earned of an asset, money spent, orders, money paid into a wallet, or events."""

    ASSET = "asset"
    SPEND = "spend"
    ORDERS = "orders"
    TOPUP = "topup"
    EVENT = "event"


class Up(StrEnum):
    """When who reaches a level has it: at once, or with the next day."""

    AT_ONCE = "at_once"
    DAY_END = "day_end"


class Down(StrEnum):
    """How far who does not keep a level falls: to what is earned, by one, or no further than to the floor."""

    EARNED = "earned"
    ONE = "one"
    FLOOR = "floor"


class OnChange(StrEnum):
    """What happens, when a new version asks for more, to those who stand higher than it would put them."""

    KEEP_UNTIL_END = "keep_until_end"
    AT_ONCE = "at_once"


COUNT, TOTAL = 0, 1
"""Where a day's tally keeps how often, and how much."""


@dataclass(frozen=True, slots=True)
class Part:
    """One tally that a measure adds up (or, by `sign` −1, takes off): how often (COUNT) or how much (TOTAL)."""

    tally: str
    of: int
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """What a ladder ranks by, over which time. `of` names the asset or the type of event, `wallet` the wallet."""

    kind: Kind
    parts: tuple[Part, ...]
    of: str = ""
    over: Over = Over.MONTHS
    months: int = 12
    wallet: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """How long a level lasts: so many months, then to the end of the day, month, quarter or year."""

    months: int
    round: RoundUp


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: reached when the measure is at least `at` and `when` holds, kept from `keep_at` on. `rank` counts
    from 0. `period` where it is another than the ladder's."""

    id: str
    name: Text
    at: int
    rank: int
    colour: str = ""
    keep_at: int = 0
    when: Condition | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ranking of members by a measure.

    With a `period` a level lasts to its end, and is kept or lost then (`grace_days` later, where it is not kept).
    Without one the ladder follows its measure: who no longer reaches a level falls at once.
    """

    id: str
    name: Text
    measure: Measure
    period: Period | None
    levels: tuple[Level, ...]
    up: Up = Up.AT_ONCE
    down: Down = Down.EARNED
    floor: str = ""
    grace_days: int = 0
    on_change: OnChange = OnChange.KEEP_UNTIL_END

    def level(self, level_id: str) -> Level:
        """The level of that id; KeyError where the ladder has none."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise KeyError(level_id)

    @property
    def asset(self) -> str:
        """The asset whose earning is measured; empty where it is something else."""
        return self.measure.of if self.measure.kind in (Kind.ASSET, Kind.TOPUP) else ""

    @property
    def tallies(self) -> tuple[str, ...]:
        """The tallies that are measured."""
        return tuple(part.tally for part in self.measure.parts)

    @property
    def gated(self) -> bool:
        """Whether a level asks for more than its threshold."""
        return any(level.when is not None for level in self.levels)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A member's level on a ladder. `until` is the last day of the period, None where it has no end; `grace` the last
    day of grace, where the period is over and was not kept. `held` is a level that somebody decided, through
    `held_until`: the least that the member has, or (`exact`) just this one."""

    ladder: str
    level: str
    since: date
    until: date | None
    grace: date | None = None
    held: str = ""
    held_until: date | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """So many `members` that a ladder puts from level `before` (which it may no longer have) to `after`; `sample` are
    some of them."""

    ladder: str
    before: str
    after: str
    members: int
    sample: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a member stands and what is missing, in the ladder's measure.

    `measure` is what counts today; `missing` leads to `next_level` (None on the highest). `keep_at` is what
    the level asks for at `until`, `keep_measure` what of today's units will still count then, and
    `keep_missing` what must be earned by then to keep the level. All keep figures are 0 on the lowest level. `grace`,
    `held`, `held_until` and `exact` are those of the standing; `counts_since` is the first day that counts today.
    """

    ladder: str
    level: str
    since: date | None
    until: date | None
    measure: int
    next_level: str | None
    next_at: int | None
    missing: int
    keep_at: int
    keep_measure: int
    keep_missing: int
    grace: date | None = None
    held: str = ""
    held_until: date | None = None
    exact: bool = False
    counts_since: date = date.min


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day; `last` is None where it lies beyond what is looked at."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What may be expected of a member on a ladder, as known at the end of `today`.

    `likely`: the day about which the next level most probably comes; `median`: as likely before as after; both None
    where it is less likely than not within a year. `half` and `most` hold it with a chance of 50 and of 80 %.
    `chance`: that it comes within a year (None: there is no next level, nothing is missing, or nothing is known).
    `waits`: enough is earned, and what else the level asks for is not satisfied. `keep`: the chance that the level
    is kept at its end; None where it has no end. `monthly`: the units that 30 days bring on average; `seen`: on how
    many days something was earned; 0: the member is only known by the others.
    """

    ladder: str
    level: str
    next_level: str | None
    today: date
    seen: int = 0
    monthly: int = 0
    chance: float | None = None
    likely: date | None = None
    median: date | None = None
    half: Span | None = None
    most: Span | None = None
    waits: bool = False
    keep: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One step on a ladder, or a period renewed (`before == after`)."""

    id: UUID
    member_id: UUID
    ladder: str
    before: str
    after: str
    reason: str
    since: date
    until: date | None
    time: datetime

    @property
    def event_id(self) -> UUID:
        """The event that caused it."""
        return parent_id(self.id)
