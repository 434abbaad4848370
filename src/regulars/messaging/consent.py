"""What members agree to when they join or change their data. Whole lists at a time, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, unnest
from regulars.messaging.contracts import CHANNELS

PUT = """
INSERT INTO messaging_preference AS now (member_id, channel, category, bucket, allowed, source, changed_at)
SELECT row.*, 'event', row_time.at FROM {rows} AS row(member_id, channel, category, bucket, allowed)
 CROSS JOIN (SELECT clock_timestamp() AS at) AS row_time
ON CONFLICT (member_id, channel, category, bucket) DO UPDATE
   SET allowed = excluded.allowed, source = excluded.source, changed_at = excluded.changed_at
 WHERE now.allowed <> excluded.allowed
"""


def consent(cursor: Cursor, given: Sequence[tuple[UUID, Mapping[str, bool]]]) -> None:
    """Note consent to marketing: (member, channel → yes or no). Channels that don't exist are left out."""
    unnest(
        cursor,
        PUT,
        ("uuid", "text", "text", "smallint", "boolean"),
        [
            (member_id, channel, "marketing", bucket_of(member_id), allowed)
            for member_id, channels in given
            for channel, allowed in channels.items()
            if channel in CHANNELS
        ],
    )
