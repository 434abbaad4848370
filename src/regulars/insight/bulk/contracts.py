"""What others may know of a change to many members."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.problems import NotFound, Problem
from regulars.language.problems import words

RUNNING, DONE, CANCELLED = "running", "done", "cancelled"

AT_ONCE = 1000
"""So many members are changed while the caller waits; more are left to the workers."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done to each member: tags put on and taken off, or (`audience`) put `on` a list or taken off it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    audience: str = ""
    on: bool = True

    def as_json(self) -> dict[str, Any]:
        return {"add": list(self.add), "remove": list(self.remove), "audience": self.audience, "on": self.on}

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Deed":
        return cls(tuple(raw["add"]), tuple(raw["remove"]), raw["audience"], raw.get("on", True))


@dataclass(frozen=True, slots=True)
class Measure:
    """How many members are meant, and for how many of them something would change."""

    members: int
    moving: int

    @property
    def same(self) -> int:
        return self.members - self.moving


@dataclass(frozen=True, slots=True)
class Job:
    """A change and how it stands. `members` were meant, `moving` of them needed it when it was asked for; `done` of
    these have been gone through: `changed` were changed, `refused` could not be, `kept` (of an undoing) were left as
    they are, because somebody had changed them again. `undoes`: the change that it takes back; `undone_by`: the
    change that takes it back; `busy`: a portion is in hand."""

    id: UUID
    state: str
    deed: Deed
    reason: str
    source: str
    back: str
    undoes: UUID | None
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    members: int
    moving: int
    done: int
    changed: int
    refused: int
    kept: int
    busy: bool
    undone_by: UUID | None

    @property
    def open(self) -> bool:
        return self.state == RUNNING

    @property
    def same(self) -> int:
        """For so many nothing was to be done from the beginning."""
        return self.members - self.moving

    @property
    def may_undo(self) -> bool:
        return bool(
            not self.open and not self.busy and self.changed and not self.undoes and not self.undone_by
        )

    def percent(self) -> int:
        return min(100 * self.done // self.moving, 99) if self.moving else 0

    def rate(self, now: datetime) -> float:
        """Members a second since it was asked for."""
        seconds = (now - self.asked_at).total_seconds()
        return self.done / seconds if seconds > 0 else 0.0

    def seconds_left(self, now: datetime) -> int | None:
        """How long it takes yet at this rate; None: nobody knows yet."""
        rate = self.rate(now)
        return round((self.moving - self.done) / rate) if rate else None


class UnknownJob(NotFound):
    """There is no such change."""

    code = "bulk_unknown"

    def __init__(self) -> None:
        super().__init__(
            words(
                "没有这次批量操作，可能已被清理。",
                "沒有這次批次操作，可能已被清理。",
                "There is no such bulk change; it may have been cleared away.",
            )
        )


class AskedOtherwise(Problem):
    """Something else was asked for under this name."""

    status = 409
    code = "key_conflict"

    def __init__(self) -> None:
        super().__init__(
            words(
                "这个 Idempotency-Key 已用于另一次批量操作，请换一个。",
                "這個 Idempotency-Key 已用於另一次批次操作，請換一個。",
                "This Idempotency-Key names another bulk change: take a new one.",
            ),
            field="Idempotency-Key",
        )


class NothingToUndo(Problem):
    """It can't be taken back."""

    status = 409
    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(
            words(
                "这次操作无法撤销：它还没结束，没有改动任何会员，或已经撤销过。",
                "這次操作無法撤銷：尚未結束、沒有更動任何會員，或已經撤銷過。",
                "This can't be undone: it is not over yet, has changed nobody, or has been undone before.",
            )
        )
