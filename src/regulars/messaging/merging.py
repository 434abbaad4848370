"""What was said to two members made one, and what they wish to hear. In the caller's transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.events.merging import came_from
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array, unnest

SOURCE = "merge"

MOVE = (
    """
UPDATE messaging_message AS message SET member_id = %(to)s, bucket = %(to_bucket)s
 WHERE message.member_id = %(of)s AND message.bucket = %(of_bucket)s AND {which}
""",
    """
UPDATE messaging_delivery AS message SET member_id = %(to)s, bucket = %(to_bucket)s
 WHERE message.member_id = %(of)s AND message.bucket = %(of_bucket)s AND {which}
""",
)
EVERY = [sql.format(which="TRUE") for sql in MOVE]
THEIRS = [
    sql.format(which=came_from(identifier))
    for sql, identifier in zip(MOVE, ("message.id", "message.message_id"), strict=True)
]

WISHES = """
SELECT channel, category, allowed, source FROM messaging_preference WHERE member_id = %s AND bucket = %s
"""

JOIN_WISHES = """
INSERT INTO messaging_preference AS now (member_id, channel, category, bucket, allowed, source, changed_at)
SELECT %s::uuid, channel, category, %s::smallint, allowed, 'merge', changed_at
  FROM messaging_preference WHERE member_id = %s AND bucket = %s
ON CONFLICT (member_id, channel, category, bucket) DO UPDATE
   SET allowed = false, source = excluded.source, changed_at = greatest(now.changed_at, excluded.changed_at)
 WHERE now.allowed AND NOT excluded.allowed
"""

FORGET = """
DELETE FROM messaging_preference WHERE member_id = %s AND bucket = %s AND source = 'merge'
"""

RESTORE = """
INSERT INTO messaging_preference (member_id, channel, category, bucket, allowed, source, changed_at)
SELECT member_id, channel, category, bucket, allowed, source, now()
  FROM {rows} AS row(member_id, channel, category, bucket, allowed, source)
ON CONFLICT (member_id, channel, category, bucket) DO NOTHING
"""


def join(cursor: Cursor, gone: UUID, kept: UUID) -> list[list[Any]]:
    """The one's messages are the other's to read and to be sent. What either of them has refused stays refused; where
    only the one has said something, it holds for the other. What the other had said before."""
    cursor.execute(WISHES, [kept, bucket_of(kept)])
    before = [list(row) for row in cursor.fetchall()]
    cursor.execute(JOIN_WISHES, [kept, bucket_of(kept), gone, bucket_of(gone)])
    for sql in EVERY:
        cursor.execute(sql, _ways(gone, kept))
    return before


def part(
    cursor: Cursor, gone: UUID, kept: UUID, family: Sequence[UUID], before: Sequence[Sequence[Any]]
) -> None:
    """The messages go back, and so does what the merge decided about wishes, unless the member has said otherwise
    since."""
    buckets = sorted({bucket_of(one) for one in family})
    for sql in THEIRS:
        cursor.execute(sql, {**_ways(kept, gone), "family": array(family), "buckets": array(buckets)})
    cursor.execute(FORGET, [kept, bucket_of(kept)])
    unnest(
        cursor,
        RESTORE,
        ("uuid", "text", "text", "smallint", "boolean", "text"),
        [
            (kept, channel, category, bucket_of(kept), allowed, source)
            for channel, category, allowed, source in before
        ],
    )


def _ways(of: UUID, to: UUID) -> dict[str, Any]:
    return {"of": of, "of_bucket": bucket_of(of), "to": to, "to_bucket": bucket_of(to)}
