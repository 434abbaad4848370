"""The audiences of two members made one, and apart again. In the caller's transaction, under the members' locks.

Who is in by a condition is asked anew by the events of the merge; only lists go along.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array

LEAVE = """
UPDATE audiences_membership AS stay SET until = greatest(stay.since, %(at)s)
 WHERE stay.member_id = %(gone)s AND stay.bucket = %(gone_bucket)s AND stay.until IS NULL
RETURNING stay.audience::text, EXISTS (SELECT FROM audiences_audience WHERE id = stay.audience AND kind = 'list'),
          EXISTS (SELECT FROM audiences_membership AS other
                   WHERE other.member_id = %(kept)s AND other.bucket = %(kept_bucket)s
                     AND other.audience = stay.audience AND other.until IS NULL)
"""

ENTER = """
INSERT INTO audiences_membership (member_id, id, bucket, audience, since, until, by)
SELECT %(member)s, row.id, %(bucket)s, row.audience, %(at)s, NULL, %(by)s
  FROM unnest(%(ids)s::uuid[], %(audiences)s::text[]) AS row(id, audience)
  JOIN audiences_audience AS known ON known.id = row.audience AND known.kind = 'list' AND NOT known.archived
ON CONFLICT DO NOTHING
"""

OFF = """
UPDATE audiences_membership AS stay SET until = greatest(stay.since, %(at)s)
 WHERE stay.member_id = %(member)s AND stay.bucket = %(bucket)s AND stay.until IS NULL
   AND stay.audience = ANY(%(audiences)s)
"""


def join(cursor: Cursor, gone: UUID, kept: UUID, event_id: UUID, at: datetime) -> list[list[Any]]:
    """The one is in no audience any more, the other on both's lists. Returns the lists that the one was on, each with
    whether the other was on it, too."""
    cursor.execute(
        LEAVE,
        {
            "gone": gone, "gone_bucket": bucket_of(gone), "kept": kept, "kept_bucket": bucket_of(kept), "at": at,
        },
    )  # fmt: skip
    lists = [[audience, both] for audience, is_list, both in cursor.fetchall() if is_list]
    _enter(cursor, kept, [audience for audience, both in lists if not both], event_id, at)
    return lists


def part(
    cursor: Cursor, gone: UUID, kept: UUID, lists: Sequence[Sequence[Any]], event_id: UUID, at: datetime
) -> None:
    """Lists that came with the one go with them."""
    brought = [audience for audience, both in lists if not both]
    if brought:
        cursor.execute(
            OFF, {"member": kept, "bucket": bucket_of(kept), "audiences": array(brought), "at": at}
        )
    _enter(cursor, gone, [audience for audience, _ in lists], event_id, at)


def _enter(cursor: Cursor, member_id: UUID, audiences: Sequence[str], event_id: UUID, at: datetime) -> None:
    if audiences:
        cursor.execute(
            ENTER,
            {
                "member": member_id, "bucket": bucket_of(member_id), "at": at, "by": event_id,
                "ids": array([uuid4() for _ in audiences]), "audiences": array(audiences),
            },
        )  # fmt: skip
