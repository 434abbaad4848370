"""A brand's history out of the log, for simulating: what came from outside, in the order in which it became known."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from pydantic_core import from_json

from regulars.audiences.contracts import Definition
from regulars.audiences.queries import definitions, generation
from regulars.engine.reach import BETWEEN
from regulars.engine.simulate import MERGED, RELIVED, Batch, Origin
from regulars.kit.ids import uuid_of
from regulars.kit.sqlread import row, rows
from regulars.language.events import Event
from regulars.members.queries import ever_parted, joinings, scores_in

BUCKETS = tuple(range(64))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK = 1_000
"""So many events come as one row of JSON: a row for each of a year of them costs more than to parse them."""

ROWS = 5

WHOLE = "data"
WITHOUT_LINES = (
    "CASE WHEN type = 'order.paid' THEN"
    " (SELECT json_object_agg(key, value) FROM json_each(data) WHERE key <> 'items') ELSE data END"
)
"""Taken apart as text: as `jsonb` every number of every line would be read and written again."""
LOG = """
WITH told AS (
    SELECT row_number() OVER (ORDER BY received_at, time, ctid) - 1 AS place,
           received_at, member_id, id, source, key, type, time,
           CASE WHEN source <> 'timer' OR type = ANY(%s) THEN {data} END AS data
      FROM events_event
     WHERE bucket = ANY(%s) AND cause IS NULL AND received_at <= %s AND NOT member_id = ANY(%s))
SELECT json_agg(json_build_array(
           (extract(epoch FROM received_at) * 1000000)::bigint, encode(uuid_send(member_id), 'hex'),
           encode(uuid_send(id), 'hex'), source, key, type, (extract(epoch FROM time) * 1000000)::bigint, data)
           ORDER BY place)::text
  FROM told GROUP BY place / {chunk} ORDER BY place / {chunk}
"""
COUNT = "SELECT count(*) FROM events_event WHERE bucket = ANY(%s) AND cause IS NULL AND received_at <= %s"


SIZES = "SELECT bucket, count(*) FROM events_event WHERE cause IS NULL AND received_at <= %s GROUP BY bucket"
BETWEEN_BUCKETS = """
SELECT DISTINCT bucket, coalesce(data ->> 'to', data ->> 'member')::uuid FROM events_event
 WHERE type = ANY(%s) AND cause IS NULL AND received_at <= %s
"""


@dataclass(frozen=True, slots=True)
class History:
    """Whose history it is. Members whose records were made one and taken apart again are left out: what each of them
    takes along is not told by events. `left_out`: how many. Without `lines` orders come without theirs, of which there
    is more than of all else. `scores`: those that members bring along as they are today. `revision` names the set of
    live audiences (None: the one in force when they are read)."""

    buckets: tuple[int, ...]
    until: datetime
    excluded: tuple[UUID, ...]
    lines: bool = True
    scores: tuple[str, ...] = ()
    revision: int | None = None

    @property
    def left_out(self) -> int:
        return len(self.excluded)

    def origins(self) -> dict[UUID, Origin]:
        """What every member brought along."""
        scored = scores_in(self.buckets, self.scores) if self.scores else {}
        return {
            member_id: Origin(source, joined_at, frozenset(kinds), scored.get(member_id, {}))
            for member_id, source, joined_at, kinds in joinings(self.buckets)
        }

    def audiences(self) -> Sequence[Definition]:
        """The live audiences, as they are defined today."""
        return definitions(generation() if self.revision is None else self.revision)

    def count(self) -> int:
        """How many events there are, about."""
        found = row(COUNT, [list(self.buckets), self.until])
        return int(found[0]) if found else 0

    def batches(self) -> Iterator[tuple[datetime, Batch]]:
        """Everything from outside, and when time was seen to; read a piece at a time. Holds no transaction open."""
        log = LOG.format(data=WHOLE if self.lines else WITHOUT_LINES, chunk=CHUNK)
        members: dict[str, UUID] = {}
        with connection.chunked_cursor() as cursor:
            cursor.cursor.itersize = ROWS
            cursor.execute(log, [list(RELIVED), list(self.buckets), self.until, list(self.excluded)])
            told = chain.from_iterable(from_json(chunk) for (chunk,) in cursor)
            for received_us, found in groupby(told, key=itemgetter(0)):
                yield _moment(received_us), [_event(each, members) for each in found]


def history(
    until: datetime,
    buckets: Collection[int] = BUCKETS,
    lines: bool = True,
    scores: Collection[str] = (),
    revision: int | None = None,
) -> History:
    """The history of the members in these buckets, as it was known at `until`."""
    return History(
        tuple(sorted(buckets)), until, tuple(ever_parted()), lines, tuple(sorted(scores)), revision
    )


@dataclass(frozen=True, slots=True)
class Portion:
    """Members who can be lived through by themselves, and about how many events they have."""

    buckets: tuple[int, ...]
    events: int


def portions(until: datetime, most: int) -> list[Portion]:
    """All members, in at most `most` portions of about the same size. Between members of two portions nothing ever
    happened."""
    sizes = {int(bucket): int(events) for bucket, events in rows(SIZES, [until])}
    together = {bucket: {bucket} for bucket in BUCKETS}
    for one, other in rows(BETWEEN_BUCKETS, [sorted({*BETWEEN, MERGED}), until]):
        joined = together[one] | together[other.int & 63]
        for bucket in joined:
            together[bucket] = joined
    groups = {min(group): sorted(group) for group in together.values()}
    filled: list[list[int]] = [[] for _ in range(max(most, 1))]
    weights = [0] * len(filled)
    for group in sorted(groups.values(), key=lambda each: (-_size(each, sizes), each)):
        lightest = weights.index(min(weights))
        filled[lightest] += group
        weights[lightest] += _size(group, sizes)
    return [Portion(tuple(sorted(some)), _size(some, sizes)) for some in filled if some]


def _size(buckets: Collection[int], sizes: dict[int, int]) -> int:
    return sum(sizes.get(bucket, 0) for bucket in buckets)


def _event(found: list[Any], members: dict[str, UUID]) -> Event:
    _, member, event_id, source, key, kind, time_us, data = found
    member_id = members.get(member)
    if member_id is None:
        member_id = members[member] = UUID(hex=member)
    time = _moment(time_us)
    return Event(
        uuid_of(int(event_id, 16)), source, key, kind, member_id, time, data if data is not None else {}
    )


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(0, 0, micros)
