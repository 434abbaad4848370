"""What the log has to do with two members made one: whose event brought a thing, and tallies added up.

The log itself never moves: who lived through an event stays in it, and says for ever where a thing came from.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, unnest


def came_from(identifier: str) -> str:
    """SQL: whether the thing whose id is the expression `identifier` was brought by an event of `%(family)s`, members
    of `%(buckets)s`."""
    return (
        "EXISTS (SELECT FROM events_event AS origin WHERE origin.member_id = ANY(%(family)s::uuid[])"
        " AND origin.bucket = ANY(%(buckets)s::smallint[])"
        f" AND origin.id = (left({identifier}::text, 33) || '000')::uuid)"
    )


ADD = """
INSERT INTO events_tally AS now (member_id, name, day, bucket, count, total)
SELECT %s::uuid, name, day, %s::smallint, count, total FROM events_tally WHERE member_id = %s AND bucket = %s
ON CONFLICT (member_id, name, day, bucket) DO UPDATE
   SET count = now.count + excluded.count, total = now.total + excluded.total
"""

SUBTRACT = """
UPDATE events_tally AS now SET count = now.count - theirs.count, total = now.total - theirs.total
  FROM events_tally AS theirs
 WHERE theirs.member_id = %s AND theirs.bucket = %s AND now.member_id = %s AND now.bucket = %s
   AND now.name = theirs.name AND now.day = theirs.day
"""

CHANGE = """
INSERT INTO events_tally AS now (member_id, name, day, bucket, count, total)
SELECT * FROM {rows}
ON CONFLICT (member_id, name, day, bucket) DO UPDATE
   SET count = now.count + excluded.count, total = now.total + excluded.total
"""

FIRST = """
SELECT name, min(day) FROM events_tally WHERE member_id = %s AND bucket = %s GROUP BY name
"""


def first_days(cursor: Cursor, member_id: UUID) -> dict[str, date]:
    """Tally → the first local day on which the member did some of it."""
    cursor.execute(FIRST, [member_id, bucket_of(member_id)])
    return dict(cursor.fetchall())


def add(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """What the one did counts for the other, too; their own tallies stay as they are."""
    cursor.execute(ADD, [kept, bucket_of(kept), gone, bucket_of(gone)])


def subtract(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """What the one did counts for the other no more."""
    cursor.execute(SUBTRACT, [gone, bucket_of(gone), kept, bucket_of(kept)])


def shift(cursor: Cursor, cells: Iterable[tuple[str, date, int, int]], kept: UUID, gone: UUID) -> None:
    """Cells (name, day, count, total) that were counted for the one belong to the other."""
    sums: dict[tuple[str, date], list[int]] = {}
    for name, day, count, total in cells:
        cell = sums.setdefault((name, day), [0, 0])
        cell[0] += count
        cell[1] += total
    for member_id, sign in ((kept, -1), (gone, 1)):
        unnest(
            cursor,
            CHANGE,
            ("uuid", "text", "date", "smallint", "int", "bigint"),
            [
                (member_id, name, day, bucket_of(member_id), sign * count, sign * total)
                for (name, day), (count, total) in sums.items()
                if count or total
            ],
        )
