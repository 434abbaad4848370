"""The entitlements of two members made one, and apart again. In the caller's transaction, under the members' locks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.events.merging import came_from
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array

MOVE = """
WITH moved AS (
    UPDATE benefits_entitlement AS known SET member_id = %(to)s, bucket = %(to_bucket)s
     WHERE known.member_id = %(of)s AND known.bucket = %(of_bucket)s AND {which} RETURNING known.id)
UPDATE benefits_code AS code SET member_id = %(to)s, bucket = %(to_bucket)s
  FROM moved WHERE code.entitlement_id = moved.id
"""
EVERY = MOVE.format(which="TRUE")
THEIRS = MOVE.format(which=came_from("known.id"))


def join(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """All that the one was granted is the other's; codes that were shown stay good."""
    cursor.execute(EVERY, _ways(gone, kept))


def part(cursor: Cursor, gone: UUID, kept: UUID, family: Sequence[UUID]) -> None:
    """What the family brought goes back to it, as it now stands."""
    buckets = sorted({bucket_of(one) for one in family})
    cursor.execute(THEIRS, {**_ways(kept, gone), "family": array(family), "buckets": array(buckets)})


def _ways(of: UUID, to: UUID) -> dict[str, Any]:
    return {"of": of, "of_bucket": bucket_of(of), "to": to, "to_bucket": bucket_of(to)}
