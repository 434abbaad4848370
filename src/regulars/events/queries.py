"""Reading the log: newest first for people, by name for systems, per member for a life's story."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.events.contracts import EventUnknown, LoggedEvent, LogPage, RecordedEvent
from regulars.kit import paging
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import from_json, read, row, rows

SCAN_MAX = 100_000
"""How many events one page of a filtered log looks through; where they hold too few, `next` goes on."""

_LINE = (
    "id, member_id, source, key, type, time, received_at, cause, version,"
    " CASE jsonb_typeof(effects) WHEN 'array' THEN jsonb_array_length(effects) ELSE 0 END"
)
_WHOLE = (
    "id, member_id, bucket, source, key, type, time, received_at, cause, version,"
    " data, effects, outcome, trace"
)
_LOG = "events.log"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which events to show; empty: all."""

    type: str = ""
    source: str = ""
    member_id: UUID | None = None


def log(chosen: LogFilter | None = None, cursor: str | None = None, limit: int | None = None) -> LogPage:
    """The log, newest received first. A page may hold fewer than `limit` events and still have a `next`."""
    wanted = chosen or LogFilter()
    size = paging.bounded(limit)
    after = paging.decode(_LOG, cursor, datetime.fromisoformat, UUID) if cursor else None
    if wanted.member_id is not None:
        return _of_member(wanted, wanted.member_id, after, size)
    where, params = ("(received_at, id) < (%s, %s)", list(after)) if after else ("true", [])
    scanned = f"SELECT * FROM events_event WHERE {where} ORDER BY received_at DESC, id DESC LIMIT {SCAN_MAX}"
    condition, values = _condition(wanted)
    found = read(
        LoggedEvent,
        f"SELECT {_LINE} FROM ({scanned}) AS scanned WHERE {condition}"
        " ORDER BY received_at DESC, id DESC LIMIT %s",
        [*params, *values, size + 1],
    )
    page = paging.page(_LOG, found, size, _position)
    follow = page.next
    if follow is None and condition != "true":
        last = row(
            "SELECT received_at, id FROM events_event"
            f" WHERE {where} ORDER BY received_at DESC, id DESC OFFSET {SCAN_MAX - 1} LIMIT 1",
            params,
        )
        follow = paging.encode(_LOG, last) if last else None
    return LogPage(page.items, follow, _newest(page.items))


def since(
    cursor: str, chosen: LogFilter | None = None, limit: int | None = None
) -> tuple[tuple[LoggedEvent, ...], str]:
    """What was received after `cursor` (the `newest` of a page, or what this gave last time), newest first,
    and the cursor to ask with next. Events committed in another order than received are found by the next
    whole page, so a log that follows reloads its first page now and then."""
    received, last = paging.decode(_LOG, cursor, datetime.fromisoformat, UUID)
    condition, values = _condition(chosen or LogFilter())
    found = read(
        LoggedEvent,
        f"SELECT {_LINE} FROM events_event WHERE (received_at, id) > (%s, %s) AND {condition}"
        " ORDER BY received_at DESC, id DESC LIMIT %s",
        [received, last, *values, paging.bounded(limit)],
    )
    return tuple(found), _newest(tuple(found)) or cursor


def by_name(source: str, key: str) -> RecordedEvent | None:
    """The event that `source` calls `key`; None where there is none."""
    if "\0" in source or "\0" in key:
        return None
    found = rows(
        f"SELECT {_WHOLE} FROM events_event WHERE key = %s AND source = %s ORDER BY received_at LIMIT 1",
        [key, source],
    )
    return _recorded(found[0]) if found else None


def get(source: str, key: str) -> RecordedEvent:
    """As `by_name`; raises `EventUnknown`."""
    found = by_name(source, key)
    if found is None:
        raise EventUnknown
    return found


def by_id(member_id: UUID, event_id: UUID) -> RecordedEvent | None:
    """One event of a member by its id."""
    return by_ids(member_id, [event_id]).get(event_id)


def by_ids(member_id: UUID, event_ids: Sequence[UUID]) -> dict[UUID, RecordedEvent]:
    """These events of a member, by id."""
    found = rows(
        f"SELECT {_WHOLE} FROM events_event WHERE member_id = %s AND bucket = %s AND id = ANY(%s)",
        [member_id, bucket_of(member_id), list(event_ids)],
    )
    return {each[0]: _recorded(each) for each in found}


def caused_by(event: RecordedEvent) -> list[RecordedEvent]:
    """The events that Regulars derived from this one, in order."""
    found = rows(
        f"SELECT {_WHOLE} FROM events_event WHERE member_id = %s AND bucket = %s AND cause = %s ORDER BY id",
        [event.member_id, event.bucket, event.id],
    )
    return [_recorded(each) for each in found]


def of_member(
    member_id: UUID, before: UUID | None, limit: int, types: Sequence[str] = ()
) -> list[RecordedEvent]:
    """Up to `limit` events of a member that happened before the event `before`, latest first."""
    found = rows(
        f"SELECT {_WHOLE} FROM events_event WHERE member_id = %s AND bucket = %s"
        " AND (%s::uuid IS NULL OR id < %s) AND (%s OR type = ANY(%s)) ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), before, before, not types, list(types), limit],
    )
    return [_recorded(each) for each in found]


def tallies(
    member_ids: Sequence[UUID], names: Sequence[str], first: date
) -> dict[tuple[UUID, str], dict[date, tuple[int, int]]]:
    """(member, tally) → day → (count, total), for days from `first` on."""
    found = rows(
        "SELECT member_id, name, day, count, total FROM events_tally"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name = ANY(%s) AND day >= %s",
        [list(member_ids), sorted({bucket_of(member) for member in member_ids}), list(names), first],
    )
    by_member: dict[tuple[UUID, str], dict[date, tuple[int, int]]] = defaultdict(dict)
    for member, name, day, number, total in found:
        by_member[member, name][day] = (number, total)
    return dict(by_member)


def count() -> int:
    """How many events the log holds."""
    found = row("SELECT count(*) FROM events_event")
    return int(found[0]) if found else 0


def sources() -> list[str]:
    """The sources seen in the latest events, for a filter's choices."""
    found = rows(
        "SELECT DISTINCT source FROM (SELECT source FROM events_event ORDER BY received_at DESC LIMIT 10000)"
        " AS latest ORDER BY source"
    )
    return [each[0] for each in found]


def _of_member(wanted: LogFilter, member_id: UUID, after: tuple[Any, ...] | None, size: int) -> LogPage:
    condition, values = _condition(LogFilter(wanted.type, wanted.source))
    found = read(
        LoggedEvent,
        f"SELECT {_LINE} FROM events_event WHERE member_id = %s AND bucket = %s AND {condition}"
        " AND (%s::timestamptz IS NULL OR (received_at, id) < (%s, %s))"
        " ORDER BY received_at DESC, id DESC LIMIT %s",
        [member_id, bucket_of(member_id), *values, *((after[0], *after) if after else (None,) * 3), size + 1],
    )
    page = paging.page(_LOG, found, size, _position)
    return LogPage(page.items, page.next, _newest(page.items))


def _condition(wanted: LogFilter) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for column, value in (("type", wanted.type), ("source", wanted.source)):
        if value:
            parts.append(f"{column} = %s")
            values.append(value.replace("\0", ""))
    if wanted.member_id is not None:
        parts.append("member_id = %s AND bucket = %s")
        values += [wanted.member_id, bucket_of(wanted.member_id)]
    return " AND ".join(parts) or "true", values


def _position(event: LoggedEvent) -> tuple[datetime, UUID]:
    return event.received_at, event.id


def _newest(items: tuple[LoggedEvent, ...]) -> str | None:
    return paging.encode(_LOG, _position(items[0])) if items else None


def _recorded(found: tuple[Any, ...]) -> RecordedEvent:
    whole = (*found[:10], *(from_json(column) for column in found[10:]))
    return RecordedEvent(*whole)
