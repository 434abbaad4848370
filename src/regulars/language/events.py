"""What happened: the one thing that enters Regulars through every door."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

Identity = tuple[str, str]
"""Kind and value: `("phone", "+8613800000000")`, `("email", "a@b.cn")`, `("card", "88…")`, `("wechat", openid)`."""

TIMER = "timer"
"""The source of events that time itself causes: lots that expire, levels whose period ends."""

RULES = "rules"
"""The source of events that are derived from other events."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one member.

    `data` is the payload as its type checked it: money as integers in `*_minor`, times as ISO strings.
    `(source, key)` names it for ever: the same pair again is the same event.
    """

    id: UUID
    source: str
    key: str
    type: str
    member_id: UUID
    time: datetime
    data: dict[str, Any] = field(default_factory=dict)
    cause: UUID | None = None
    depth: int = 0
