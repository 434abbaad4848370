"""What others may know of a simulation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.kit.problems import NotFound, Problem
from regulars.language.text import Text

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
OPEN = (WAITING, RUNNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulation and how it stands: `done` of `events` events, all of them under both programmes.
    `error`: why it did not finish, in every language."""

    id: UUID
    state: str
    title: str
    source: str
    version: int
    first_day: date
    last_day: date
    until: datetime
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: Text
    events: int
    done: int
    audiences: int | None
    result: dict[str, Any] | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def percent(self) -> int:
        """How far it is; nothing, before anybody knows how far it goes."""
        return min(100 * self.done // self.events, 99) if self.events else 0

    def rate(self, now: datetime) -> float:
        """Events a second since it began."""
        seconds = (now - self.started_at).total_seconds() if self.started_at else 0
        return self.done / seconds if seconds > 0 else 0.0

    def seconds_left(self, now: datetime) -> int | None:
        """How long it takes yet at this rate; None: nobody knows yet."""
        rate = self.rate(now)
        return round((self.events - self.done) / rate) if rate and self.done else None


class UnknownSimulation(NotFound):
    """There is no such simulation."""

    code = "simulation_unknown"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "没有这次推演，可能已被清理。",
                "zh-hant": "沒有這次推演，可能已被清理。",
                "en": "There is no such simulation; it may have been cleared away.",
            }
        )


class BadPeriod(Problem):
    """The period ends before it begins, or lies ahead."""

    status = 422
    code = "bad_period"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "起始日期须早于结束日期，且不晚于今天。",
                "zh-hant": "起始日期須早於結束日期，且不晚於今天。",
                "en": "The first day must lie before the last one, and not after today.",
            }
        )
