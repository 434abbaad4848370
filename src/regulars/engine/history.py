"""A brand's history out of the log, for simulating: what came from outside, in the order in which it became known."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from regulars.campaigns.contracts import SCHEDULED
from regulars.engine.simulate import Batch, Origin
from regulars.kit.sqlread import from_json, row, rows
from regulars.language.events import Event
from regulars.members.queries import ever_merged, joinings

BUCKETS = tuple(range(64))
CHUNK = 5_000

LOG = """
SELECT received_at, member_id, id, source, key, type, time, CASE WHEN source <> 'timer' OR type = %s THEN data END
  FROM events_event
 WHERE bucket = ANY(%s) AND cause IS NULL AND received_at <= %s AND NOT member_id = ANY(%s)
 ORDER BY received_at, time, ctid
"""
COUNT = "SELECT count(*) FROM events_event WHERE bucket = ANY(%s) AND cause IS NULL AND received_at <= %s"


@dataclass(frozen=True, slots=True)
class History:
    """Whose history it is. Members of whom records were made one are left out: what each record held before is not
    told apart by events. `left_out`: how many."""

    buckets: tuple[int, ...]
    until: datetime
    excluded: tuple[UUID, ...]

    @property
    def left_out(self) -> int:
        return len(self.excluded)

    def origins(self) -> dict[UUID, Origin]:
        """What every member brought along."""
        return {
            member_id: Origin(source, joined_at, frozenset(kinds))
            for member_id, source, joined_at, kinds in joinings(self.buckets)
        }

    def count(self) -> int:
        """How many events there are, about."""
        found = row(COUNT, [list(self.buckets), self.until])
        return int(found[0]) if found else 0

    def batches(self) -> Iterator[tuple[datetime, Batch]]:
        """Everything from outside, and when time was seen to; read a piece at a time."""
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.itersize = CHUNK  # type: ignore[attr-defined]
            cursor.execute(LOG, [SCHEDULED, list(self.buckets), self.until, list(self.excluded)])
            for received_at, found in groupby(cursor, key=lambda each: each[0]):
                yield received_at, [_event(each) for each in found]


def history(until: datetime, buckets: Collection[int] = BUCKETS) -> History:
    """The history of the members in these buckets, as it was known at `until`."""
    return History(tuple(sorted(buckets)), until, tuple(ever_merged()))


def sampled(until: datetime, events_most: int) -> History:
    """As `history`, of so many buckets that there are about `events_most` events. A bucket is a fair sample: which one
    a member lives in is drawn by lot."""
    found = rows(
        "SELECT bucket, count(*) FROM events_event WHERE cause IS NULL AND received_at <= %s GROUP BY bucket"
        " ORDER BY bucket",
        [until],
    )
    chosen: list[int] = []
    total = 0
    for bucket, events in found:
        if chosen and total + events > events_most:
            break
        chosen.append(int(bucket))
        total += events
    return history(until, chosen if len(chosen) < len(found) else BUCKETS)


def _event(found: tuple[Any, ...]) -> Event:
    _, member_id, event_id, source, key, kind, time, data = found
    return Event(event_id, source, key, kind, member_id, time, from_json(data) if data is not None else {})
