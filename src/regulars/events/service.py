"""Writing the log. Whole lists at a time, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, Question, array, insert, unnest

EVENT = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "source": "text",
    "key": "text",
    "type": "text",
    "time": "timestamptz",
    "received_at": "timestamptz",
    "digest": "bytea",
    "data": "json",
    "cause": "uuid",
    "version": "int",
    "effects": "json",
    "outcome": "json",
    "trace": "json",
}

LOCK_NAMES = "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number"

KNOWN = """
SELECT event.source, event.key, event.member_id, event.digest, event.data, event.version, event.effects, event.outcome,
       event.id
  FROM events_event AS event
  JOIN unnest(%s::text[], %s::text[]) AS row(source, key) ON event.key = row.key AND event.source = row.source
"""

ADD_TALLIES = """
INSERT INTO events_tally AS now (member_id, name, day, bucket, count, total)
SELECT * FROM {rows}
ON CONFLICT (member_id, name, day, bucket) DO UPDATE
   SET count = now.count + excluded.count, total = now.total + excluded.total
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An event that was taken before, and what came of it."""

    member_id: UUID
    digest: bytes
    data: dict[str, Any]
    version: int
    effects: list[dict[str, Any]]
    outcome: dict[str, Any]
    id: UUID


def lock_names(numbers: Iterable[int]) -> Question[None]:
    """Until this transaction ends, nobody else decides on the names behind these 64-bit numbers.

    A unique constraint can't do this: it would have to span all buckets.
    """
    return Question(LOCK_NAMES, [array(sorted(set(numbers)))], lambda _: None)


def known(names: Sequence[tuple[str, str]]) -> Question[dict[tuple[str, str], Known]]:
    """Which of the events named (source, key) were taken before."""
    return Question(
        KNOWN,
        [array((source for source, _ in names)), array((key for _, key in names))],
        lambda rows: {
            (source, key): Known(member_id, bytes(digest), data, version, effects, outcome, event_id)
            for source, key, member_id, digest, data, version, effects, outcome, event_id in rows
        },
    )


def write(
    cursor: Cursor, rows: Sequence[Sequence[Any]], tallied: Iterable[tuple[UUID, str, date, int, int]]
) -> None:
    """Append events (columns as in `EVENT`, JSON as text) and add to the members' tallies."""
    insert(cursor, "events_event", EVENT, rows)
    cells: dict[tuple[UUID, str, date], list[int]] = {}
    for member_id, name, day, count, total in tallied:
        cell = cells.get((member_id, name, day))
        if cell is None:
            cells[member_id, name, day] = [count, total]
        else:
            cell[0] += count
            cell[1] += total
    unnest(
        cursor,
        ADD_TALLIES,
        ("uuid", "text", "date", "smallint", "int", "bigint"),
        [(member, name, day, bucket_of(member), *cell) for (member, name, day), cell in cells.items()],
    )
