"""What others may know of levels."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from regulars.kit.ids import parent_id
from regulars.language.calendar import RoundUp
from regulars.language.text import Text


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: reached when the ladder's measure is at least `at`. `rank` counts from 0."""

    id: str
    name: Text
    at: int
    rank: int
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ranking of members by what they earned of one asset over a rolling window of months.

    Up at once; down at the end of the level's period (`period_months`, rounded up to `period_round`).
    """

    id: str
    name: Text
    asset: str
    window_months: int
    period_months: int
    period_round: RoundUp
    levels: tuple[Level, ...]

    def level(self, level_id: str) -> Level:
        """The level of that id; KeyError where the ladder has none."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise KeyError(level_id)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A member's level on a ladder. `until` is the last day of the period, None on the lowest level."""

    ladder: str
    level: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a member stands and what is missing, in units of the ladder's asset.

    `measure` is what counts today; `missing` leads to `next_level` (None on the highest). `keep_at` is what
    the level asks for at `until`, `keep_measure` what of today's units will still count then, and
    `keep_missing` what must be earned by then to keep the level. All keep figures are 0 on the lowest level.
    """

    ladder: str
    asset: str
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
