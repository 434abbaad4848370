"""What others may know of event types."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from regulars.kit.problems import NotFound, Sentence
from regulars.language.text import Text


class FieldKind(StrEnum):
    """What a payload field may hold."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    TIME = "time"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class PayloadField:
    """One field of a payload that conditions may ask for. `path` is the key under which it is stored."""

    id: str
    name: Text
    kind: FieldKind
    path: str
    required: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class EventType:
    """A kind of event: what its payload holds and whether it may bring a new member.

    `has_items` says that the payload's `items` are order lines (sku, name, category, brand, quantity,
    price_minor, total_minor). `derived` types come from Regulars itself and are refused from outside;
    so are `command` types, which have endpoints of their own. `states_profile`: the payload says who the member is.
    `adapter` is the pydantic TypeAdapter that checks and
    normalises a payload.
    """

    id: str
    name: Text
    fields: dict[str, PayloadField] = field(default_factory=dict)
    joins: bool = False
    derived: bool = False
    has_items: bool = False
    adapter: Any = None
    states_profile: bool = False
    command: bool = False


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One line of the event log."""

    id: UUID
    member_id: UUID
    source: str
    key: str
    type: str
    time: datetime
    received_at: datetime
    cause: UUID | None
    version: int
    effects: int
    """How many effects it had."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event with everything that was decided about it."""

    id: UUID
    member_id: UUID
    bucket: int
    source: str
    key: str
    type: str
    time: datetime
    received_at: datetime
    cause: UUID | None
    version: int
    data: dict[str, Any]
    effects: list[dict[str, Any]]
    outcome: dict[str, Any]
    trace: list[list[Any]]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events newest received first; `next` leads to older ones. `newest`, of a first page, is where a log that
    follows starts. `searched_to`: the search stopped there before it had filled the page."""

    items: tuple[LoggedEvent, ...]
    next: str | None
    newest: str | None
    searched_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogNews:
    """What came meanwhile, oldest first, and where to go on; `more`: there is more already."""

    items: tuple[LoggedEvent, ...]
    newest: str
    more: bool


class EventUnknown(NotFound):
    """No event has that name."""

    code = "event_unknown"
    title: ClassVar[Sentence] = {"zh-hans": "事件不存在", "zh-hant": "事件不存在", "en": "No such event"}

    def __init__(self) -> None:
        detail = {
            "zh-hans": "没有这个来源和编号的事件，请核对 source 和 id。",
            "zh-hant": "沒有這個來源和編號的事件，請核對 source 和 id。",
            "en": "No event has this source and id: check both.",
        }
        super().__init__(detail)
