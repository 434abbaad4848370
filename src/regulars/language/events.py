"""What happened: the one thing that enters Regulars through every door."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Identity = tuple[str, str]
"""Kind and value: `("phone", "+8613800000000")`, `("email", "a@b.cn")`, `("card", "88…")`, `("wechat", openid)`."""

TIMER = "timer"
"""The source of events that time itself causes: lots that expire, levels whose period ends."""

RULES = "rules"
"""The source of events that are derived from other events."""


@dataclass(frozen=True, slots=True, init=False)
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
    data: dict[str, Any]
    cause: UUID | None
    depth: int

    def __init__(
        self,
        id: UUID,  # noqa: A002
        source: str,
        key: str,
        type: str,  # noqa: A002
        member_id: UUID,
        time: datetime,
        data: dict[str, Any] | None = None,
        cause: UUID | None = None,
        depth: int = 0,
    ) -> None:
        # Millions are made: past the guard of what is frozen, each field costs a third.
        _put_id(self, id)
        _put_source(self, source)
        _put_key(self, key)
        _put_type(self, type)
        _put_member(self, member_id)
        _put_time(self, time)
        _put_data(self, data if data is not None else {})
        _put_cause(self, cause)
        _put_depth(self, depth)


def _put(name: str) -> Callable[[Event, Any], None]:
    putting: Callable[[Event, Any], None] = Event.__dict__[name].__set__
    return putting


_put_id, _put_source, _put_key, _put_type = _put("id"), _put("source"), _put("key"), _put("type")
_put_member, _put_time, _put_data = _put("member_id"), _put("time"), _put("data")
_put_cause, _put_depth = _put("cause"), _put("depth")
