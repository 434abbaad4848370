"""What other rooms may know of alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from regulars.kit.problems import NotFound, Problem, Sentence


class Severity(StrEnum):
    """How bad it is: an error is wrong now, a warning may become so."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of alert, declared by the room that raises it. `title` and `advice` may name an alert's params.

    `once`: a subject is told once. What was over and is there again is the same alert, known to whoever knew of it;
    of other kinds it is a new one. `lasting`: a state that is looked at all the time, so that seeing it again
    unchanged does not count.
    """

    code: str
    title: Sentence
    advice: Sentence
    severity: Severity = Severity.ERROR
    once: bool = False
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something found now. `subject` says which one of its kind, the same as long as it is the same thing."""

    kind: Kind
    subject: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it is listed."""

    id: int
    code: str
    subject: str
    severity: str
    params: dict[str, Any]
    member_id: UUID | None
    first_seen: datetime
    last_seen: datetime
    count: int
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The latest run of a check; `ok_at`: when it was last in order."""

    name: str
    at: datetime
    seconds: float
    ok: bool
    figures: dict[str, Any]
    ok_at: datetime | None


class NoSuchAlert(NotFound):
    """There is no alert of that number, or it is over."""

    code = "alert_unknown"

    def __init__(self) -> None:
        super().__init__(
            {
                "zh-hans": "没有这条提醒，或者它已经解除。",
                "zh-hant": "沒有這則警示，或者已經解除。",
                "en": "There is no such alert, or it is over.",
            }
        )


class NoteMissing(Problem):
    """Whoever acknowledges an alert says what they know."""

    status = 422
    code = "note_missing"

    def __init__(self, most: int) -> None:
        super().__init__(
            {
                "zh-hans": f"请写明原因或处理办法，最多 {most} 个字符。",
                "zh-hant": f"請寫明原因或處理方式，最多 {most} 個字元。",
                "en": f"Say what it is or what is done about it, in at most {most} characters.",
            },
            field="note",
        )
