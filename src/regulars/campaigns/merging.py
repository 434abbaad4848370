"""What two members made one have had of rules' limits and assets' caps: together no more than one may have."""

from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor

ADD = """
INSERT INTO campaigns_ruleuse AS now (member_id, rule, period, bucket, times, units)
SELECT %s::uuid, rule, period, %s::smallint, times, units FROM campaigns_ruleuse WHERE member_id = %s AND bucket = %s
ON CONFLICT (member_id, rule, period, bucket) DO UPDATE
   SET times = now.times + excluded.times, units = now.units + excluded.units
"""

SUBTRACT = """
UPDATE campaigns_ruleuse AS now
   SET times = greatest(now.times - theirs.times, 0), units = greatest(now.units - theirs.units, 0)
  FROM campaigns_ruleuse AS theirs
 WHERE theirs.member_id = %s AND theirs.bucket = %s AND now.member_id = %s AND now.bucket = %s
   AND now.rule = theirs.rule AND now.period = theirs.period
"""


def add(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """What the one had counts for the other, too."""
    cursor.execute(ADD, [kept, bucket_of(kept), gone, bucket_of(gone)])


def subtract(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """What the one had counts for the other no more."""
    cursor.execute(SUBTRACT, [gone, bucket_of(gone), kept, bucket_of(kept)])
