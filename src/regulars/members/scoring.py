"""Writing scores: everybody's at once, a bucket at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from regulars.kit.rows import Cursor, array

Given = tuple[UUID, str, float | None, str]
"""Member, score, number, word."""

REPLACE = """
WITH given AS (
  SELECT * FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::text[]) AS row(member_id, name, value, label)
), gone AS (
  DELETE FROM members_score AS old
   WHERE old.bucket = %s
     AND NOT EXISTS (SELECT FROM given WHERE given.member_id = old.member_id AND given.name = old.name)
  RETURNING 1
), written AS (
  INSERT INTO members_score AS old (member_id, name, bucket, value, label, as_of)
  SELECT given.member_id, given.name, %s::smallint, given.value, given.label, %s::timestamptz FROM given
  ON CONFLICT (member_id, name, bucket) DO UPDATE
     SET value = excluded.value, label = excluded.label, as_of = excluded.as_of
   WHERE (old.value, old.label) IS DISTINCT FROM (excluded.value, excluded.label)
  RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""


def replace(cursor: Cursor, bucket: int, given: Sequence[Given], as_of: datetime) -> int:
    """Make `given` all the scores of the members of a bucket; how many rows are other than before. A row that stays as
    it is keeps its `as_of`. In the caller's transaction."""
    columns: Iterable[Sequence[object]] = zip(*given, strict=True) if given else ((), (), (), ())
    members, names, values, labels = columns
    cursor.execute(
        REPLACE,
        [
            array(list(members)),
            array(list(names)),
            array(list(values)),
            array(list(labels)),
            bucket,
            bucket,
            as_of,
        ],
    )
    ((changed,),) = cursor.fetchall()
    return int(changed)
