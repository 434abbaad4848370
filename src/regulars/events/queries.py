"""Reading the log: newest first for people, by name for systems, per member for a life's story."""

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import Any
from uuid import UUID

from regulars.events.contracts import EventUnknown, LoggedEvent, LogNews, LogPage, RecordedEvent
from regulars.kit import clock, paging
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import contains, from_json, read, row, rows

SCAN_CHUNK = 10_000
SEARCH_SECONDS = 0.3
"""A search that no index serves looks through so many events at a time, for so long; then `next` goes on."""

MARGIN_SECONDS = 2.0
"""An event is at most so much older than the first statement of the transaction that brings it."""

COMMON_TYPE = "order.paid"
"""Other types have an index of their own (`event_type`): most of the log is this one, and finding it is quick."""

_LINE = (
    "id, member_id, source, key, type, time, received_at, cause, version,"
    " CASE json_typeof(effects) WHEN 'array' THEN json_array_length(effects) ELSE 0 END"
)
_WHOLE = (
    "id, member_id, bucket, source, key, type, time, received_at, cause, version,"
    " data, effects, outcome, trace"
)
_LOG, _FOLLOW = "events.log", "events.follow"
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which events to show; empty: all."""

    type: str = ""
    source: str = ""
    member_id: UUID | None = None


def log(chosen: LogFilter | None = None, cursor: str | None = None, limit: int | None = None) -> LogPage:
    """The log, newest received first. `newest` of the first page is where `since` goes on.

    A search that finds little stops after a while: `searched_to` says how far back it has looked, `next` goes on.
    """
    wanted = chosen or LogFilter()
    size = paging.bounded(limit)
    after = paging.decode(_LOG, cursor, datetime.fromisoformat, UUID) if cursor else None
    until = None if cursor else horizon()
    searched_to = None
    if wanted.member_id is not None:
        found, edge = _of_member(wanted, wanted.member_id, after, size + 1), None
    else:
        found, edge = _search(wanted, after, size + 1)
    page = paging.page(_LOG, found, size, _position)
    follow = page.next
    if follow is None and edge is not None:
        follow, searched_to = paging.encode(_LOG, edge), edge[0]
    newest = None if until is None else _start(until, page.items)
    return LogPage(page.items, follow, newest, searched_to)


def since(cursor: str, chosen: LogFilter | None = None, limit: int | None = None) -> LogNews:
    """What was received after `cursor` (the `newest` of a page, or of what this gave last time), oldest first.

    Followed like this with one filter, every event comes once. Events are committed in another order than they are
    received, so the last moments are left out as long as somebody may still add to them (`horizon`).
    """
    received, last, shown, ends = paging.decode(
        _FOLLOW, cursor, datetime.fromisoformat, UUID, str, datetime.fromisoformat
    )
    size, seen = paging.bounded(limit), _seen(shown)
    condition, values = _condition(chosen or LogFilter())
    until = horizon()
    found = read(
        LoggedEvent,
        f"SELECT {_LINE} FROM events_event WHERE (received_at, id) > (%s, %s) AND received_at < %s AND {condition}"
        " ORDER BY received_at, id LIMIT %s",
        [received, last, until, *values, size + 1 + len(seen)],
    )
    fresh = [event for event in found if _mark(event.id) not in seen]
    more = len(fresh) > size
    at = _position(fresh[size - 1]) if more else max((until, _NOBODY), (received, last))
    kept = "" if at[0] > ends else shown
    return LogNews(tuple(fresh[:size]), paging.encode(_FOLLOW, (*at, kept, ends)), more)


def horizon() -> datetime:
    """Nothing that was received before this moment will be added to the log any more.

    Whoever adds to it holds a lock on its events' names, then a transaction id. To be asked before reading.
    """
    found = row(
        "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8"
        "  FROM pg_stat_activity AS writer"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR EXISTS"
        " (SELECT FROM pg_locks WHERE pg_locks.pid = writer.pid AND locktype = 'advisory'))"
    )
    return clock.now() - timedelta(seconds=MARGIN_SECONDS + (max(found[0], 0.0) if found else 0.0))


def _start(until: datetime, shown: tuple[LoggedEvent, ...]) -> str:
    """Where following starts: at the horizon, without what is newer and shown already."""
    young = [event for event in shown if event.received_at >= until]
    marks = base64.b64encode(b"".join(_mark(event.id) for event in young)).decode()
    ends = max((event.received_at for event in young), default=until)
    return paging.encode(_FOLLOW, (until, _NOBODY, marks, ends))


_MARK_BYTES = 6


def _mark(event_id: UUID) -> bytes:
    """Enough of an event's id to know it again."""
    return blake2b(event_id.bytes, digest_size=_MARK_BYTES).digest()


def _seen(marks: str) -> frozenset[bytes]:
    raw = base64.b64decode(marks)
    return frozenset(raw[at : at + _MARK_BYTES] for at in range(0, len(raw), _MARK_BYTES))


_Place = tuple[datetime, UUID]


def _search(wanted: LogFilter, after: _Place | None, most: int) -> tuple[list[LoggedEvent], _Place | None]:
    """Up to `most` events before `after`; and where the search stopped, if it did before it had looked everywhere."""
    indexed = wanted.type if wanted.type != COMMON_TYPE else ""
    lane, lane_values = _condition(LogFilter(type=indexed))
    rest, rest_values = _condition(LogFilter("" if indexed else wanted.type, wanted.source))
    if rest == "true":
        place, values = _before(after)
        return read(
            LoggedEvent,
            f"SELECT {_LINE} FROM events_event WHERE {lane} AND {place} ORDER BY received_at DESC, id DESC LIMIT %s",
            [*lane_values, *values, most],
        ), None
    keys: list[tuple[UUID, UUID]] = []
    edge, deadline = after, monotonic() + SEARCH_SECONDS
    while True:
        place, values = _before(edge)
        found = rows(
            "WITH scanned AS MATERIALIZED (SELECT member_id, id, type, source, received_at FROM events_event"
            f" WHERE {lane} AND {place} ORDER BY received_at DESC, id DESC LIMIT {SCAN_CHUNK})"
            f" (SELECT false, member_id, id, received_at FROM scanned WHERE {rest}"
            " ORDER BY received_at DESC, id DESC LIMIT %s) UNION ALL (SELECT true, member_id, id, received_at"
            f" FROM scanned ORDER BY received_at DESC, id DESC OFFSET {SCAN_CHUNK - 1} LIMIT 1)",
            [*lane_values, *values, *rest_values, most - len(keys)],
        )
        keys += [(member, one) for is_edge, member, one, _received in found if not is_edge]
        edge = next(((received, one) for is_edge, _member, one, received in found if is_edge), None)
        if edge is None or len(keys) >= most or monotonic() >= deadline:
            return _lines(keys), edge


def _lines(keys: list[tuple[UUID, UUID]]) -> list[LoggedEvent]:
    """The lines of the log with these (member, id), newest received first."""
    if not keys:
        return []
    members, events = zip(*keys, strict=True)
    return read(
        LoggedEvent,
        f"SELECT {_LINE} FROM events_event WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND id = ANY(%s)"
        " ORDER BY received_at DESC, id DESC",
        [list(members), sorted({bucket_of(member) for member in members}), list(events)],
    )


def _before(after: _Place | None) -> tuple[str, list[object]]:
    return ("(received_at, id) < (%s, %s)", list(after)) if after else ("true", [])


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


def known_since() -> datetime | None:
    """When the first event of all was received; None: there is none."""
    found = row("SELECT received_at FROM events_event ORDER BY received_at, id LIMIT 1")
    return found[0] if found else None


def sources() -> list[str]:
    """The sources seen in the latest events, for a filter's choices."""
    found = rows(
        "SELECT DISTINCT source FROM (SELECT source FROM events_event ORDER BY received_at DESC LIMIT 10000)"
        " AS latest ORDER BY source"
    )
    return [each[0] for each in found]


def _of_member(wanted: LogFilter, member_id: UUID, after: _Place | None, most: int) -> list[LoggedEvent]:
    condition, values = _condition(LogFilter(wanted.type, wanted.source))
    place, at = _before(after)
    return read(
        LoggedEvent,
        f"SELECT {_LINE} FROM events_event WHERE member_id = %s AND bucket = %s AND {condition} AND {place}"
        " ORDER BY received_at DESC, id DESC LIMIT %s",
        [member_id, bucket_of(member_id), *values, *at, most],
    )


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


def _position(event: LoggedEvent) -> _Place:
    return event.received_at, event.id


def _recorded(found: tuple[Any, ...]) -> RecordedEvent:
    whole = (*found[:10], *(from_json(column) for column in found[10:]))
    return RecordedEvent(*whole)


LOOKED_AT = 20_000
"""Values are searched in so many of the latest events."""

SEEN_VALUES = """
SELECT DISTINCT found.value
  FROM (SELECT source, data FROM events_event ORDER BY received_at DESC LIMIT %s) AS late,
       LATERAL (SELECT CASE %s WHEN 'source' THEN late.source ELSE late.data ->> %s END AS value) AS found
 WHERE found.value ILIKE %s ORDER BY 1 LIMIT %s
"""

SEEN_LINES = """
SELECT DISTINCT line ->> %s AS value
  FROM (SELECT data FROM events_event ORDER BY received_at DESC LIMIT %s) AS late,
       LATERAL json_array_elements(CASE WHEN json_typeof(late.data -> 'items') = 'array'
                                        THEN late.data -> 'items' ELSE '[]'::json END) AS line
 WHERE json_typeof(line) = 'object' AND line ->> %s ILIKE %s ORDER BY 1 LIMIT %s
"""


def values_seen(path: str, lines: bool, text: str, limit: int) -> list[str]:
    """Values with `text` in them that a field of events, or of order lines, had lately."""
    pattern = contains(text)
    if lines:
        found = rows(SEEN_LINES, [path, LOOKED_AT, path, pattern, limit])
    else:
        found = rows(SEEN_VALUES, [LOOKED_AT, path, path, pattern, limit])
    return [value for (value,) in found]
