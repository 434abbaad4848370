"""A member's life as one stream: every event, with the orders, value, levels and messages that came of it.

Each event is one moment; what it caused is found by one range of ids per room, because consequences carry
the id of their event. A page costs five queries, whatever its length.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from regulars.events.contracts import RecordedEvent
from regulars.events.queries import of_member
from regulars.kit import paging
from regulars.kit.ids import parent_id
from regulars.language.events import TIMER
from regulars.ledger.contracts import EntryRow
from regulars.ledger.queries import entries_between
from regulars.messaging.contracts import MessageRow
from regulars.messaging.queries import between as messages_between
from regulars.orders.contracts import OrderRow
from regulars.orders.queries import between as orders_between
from regulars.tiers.contracts import ChangeRow
from regulars.tiers.queries import changes_between

_TIMELINE = "engine.timeline"


class Kind(StrEnum):
    """What a moment mainly was, for its icon and its filter."""

    ORDER = "order"
    REFUND = "refund"
    LEVEL = "level"
    VALUE = "value"
    MESSAGE = "message"
    PROFILE = "profile"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a member's life with everything that came of it. `cause` is the event it derives from."""

    id: UUID
    kind: Kind
    type: str
    source: str
    key: str
    time: datetime
    cause: UUID | None
    data: dict[str, Any]
    orders: tuple[OrderRow, ...]
    entries: tuple[EntryRow, ...]
    levels: tuple[ChangeRow, ...]
    messages: tuple[MessageRow, ...]
    tags_added: tuple[str, ...]
    tags_removed: tuple[str, ...]
    plans: tuple[dict[str, Any], ...] = ()
    """What became of paid plans, as it was recorded."""

    @property
    def gained(self) -> dict[str, int]:
        """Asset → units that came, less those that went."""
        sums: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            sums[entry.asset] += entry.amount
        return dict(sums)


def timeline(
    member_id: UUID, cursor: str | None = None, limit: int | None = None, types: tuple[str, ...] = ()
) -> paging.Page[Moment]:
    """A member's moments, latest first; `types` keeps to these event types."""
    size = paging.bounded(limit)
    before = paging.decode(_TIMELINE, cursor, UUID)[0] if cursor else None
    page = paging.page(
        _TIMELINE, of_member(member_id, before, size + 1, types), size, lambda each: (each.id,)
    )
    return paging.Page(tuple(moments(member_id, page.items)), page.next)


def moments(member_id: UUID, events: Iterable[RecordedEvent]) -> list[Moment]:
    """These events of one member with what came of each, in the order given."""
    found = list(events)
    if not found:
        return []
    ids = sorted(event.id for event in found)
    first, last = ids[0], ids[-1]
    orders = _by_event(ids, orders_between(member_id, first, last))
    entries = _by_event(ids, entries_between(member_id, first, last))
    levels = _by_event(ids, changes_between(member_id, first, last))
    messages = _by_event(ids, messages_between(member_id, first, last))
    return [
        _moment(
            event,
            tuple(orders.get(event.id, ())),
            tuple(entries.get(event.id, ())),
            tuple(levels.get(event.id, ())),
            tuple(messages.get(event.id, ())),
        )
        for event in found
    ]


class _Consequence(Protocol):
    @property
    def id(self) -> UUID: ...


Found = TypeVar("Found", bound=_Consequence)


def _by_event(ids: list[UUID], consequences: Iterable[Found]) -> dict[UUID, list[Found]]:
    """Consequences by the event they came from; those of events that a filter left out fall away."""
    grouped: dict[UUID, list[Found]] = defaultdict(list)
    for each in consequences:
        place = bisect_right(ids, each.id) - 1
        if ids[place] == parent_id(each.id):
            grouped[ids[place]].append(each)
    return grouped


def _moment(
    event: RecordedEvent,
    orders: tuple[OrderRow, ...],
    entries: tuple[EntryRow, ...],
    levels: tuple[ChangeRow, ...],
    messages: tuple[MessageRow, ...],
) -> Moment:
    tags = [effect for effect in event.effects if effect.get("kind") == "tag"]
    return Moment(
        id=event.id,
        kind=_kind(event, orders, entries, levels, messages),
        type=event.type,
        source=event.source,
        key=event.key,
        time=event.time,
        cause=event.cause,
        data=event.data,
        orders=orders,
        entries=entries,
        levels=levels,
        messages=messages,
        tags_added=tuple(tag for effect in tags for tag in effect.get("add", ())),
        tags_removed=tuple(tag for effect in tags for tag in effect.get("remove", ())),
        plans=tuple(effect for effect in event.effects if effect.get("kind") == "plan"),
    )


_KINDS = {"order.paid": Kind.ORDER, "order.refunded": Kind.REFUND}
_ON_VALUE = ("asset.", "hold.", "gift.", "wallet.")
"""Types of events that move value and nothing else."""


def _kind(
    event: RecordedEvent,
    orders: tuple[OrderRow, ...],
    entries: tuple[EntryRow, ...],
    levels: tuple[ChangeRow, ...],
    messages: tuple[MessageRow, ...],
) -> Kind:
    if event.type in _KINDS:
        return _KINDS[event.type]
    if event.type.startswith(_ON_VALUE):
        return Kind.VALUE
    if event.type.startswith("member."):
        return Kind.PROFILE
    if levels or event.type.startswith("tier."):
        return Kind.LEVEL
    if orders:
        return Kind.ORDER
    if entries and event.source == TIMER:
        return Kind.VALUE
    if messages and not entries:
        return Kind.MESSAGE
    return Kind.ACT
