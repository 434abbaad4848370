"""Writing down where members stand. Whole lists at a time, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of, child_id
from regulars.kit.rows import Cursor, insert, unnest
from regulars.language.effects import LevelChange
from regulars.language.snapshot import Standing

CHANGE = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "ladder": "text",
    "before": "text",
    "after": "text",
    "reason": "text",
    "since": "date",
    "until": "date",
    "held": "text",
    "held_until": "date",
    "time": "timestamptz",
}

STANDING = {
    "member_id": "uuid",
    "ladder": "text",
    "bucket": "smallint",
    "level": "text",
    "since": "date",
    "until": "date",
    "grace": "date",
    "held": "text",
    "held_until": "date",
    "exact": "boolean",
    "due": "date",
    "rewritten": "int",
}

_KEPT = tuple(name for name in STANDING if name not in ("member_id", "ladder", "bucket"))

PUT_STANDINGS = f"""
INSERT INTO tiers_standing AS now ({", ".join(STANDING)})
SELECT * FROM {{rows}}
ON CONFLICT (member_id, ladder, bucket) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _KEPT)}
 WHERE ({", ".join(f"now.{name}" for name in _KEPT)})
       IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _KEPT)})
"""

REWRITE = """
DELETE FROM tiers_change AS change
 USING {rows} AS row(member_id, bucket, ladder, since)
 WHERE change.member_id = row.member_id AND change.bucket = row.bucket AND change.ladder = row.ladder
   AND change.since >= row.since
"""


def write(
    cursor: Cursor, changes: Sequence[tuple[UUID, LevelChange]], standings: Iterable[tuple[UUID, Standing]]
) -> None:
    """Note the steps, in the order they were decided, and where members now stand.

    A change that rewrites history replaces the steps from its day on, those of this batch included.
    """
    rows: list[tuple[Any, ...]] = []
    rewrites: dict[tuple[UUID, str], Any] = {}
    for member_id, change in changes:
        if change.rewrites is not None:
            name = (member_id, change.ladder)
            rewrites[name] = min(rewrites.get(name, change.rewrites), change.rewrites)
            rows = [
                row
                for row in rows
                if not (row[0] == member_id and row[3] == change.ladder and row[7] >= change.rewrites)
            ]
        rows += [
            (
                member_id,
                child_id(change.change_id, index),
                bucket_of(member_id),
                change.ladder,
                step.before,
                step.after,
                step.reason,
                step.day,
                step.until,
                step.held,
                step.held_until,
                change.at,
            )
            for index, step in enumerate(change.steps)
        ]
    unnest(
        cursor,
        REWRITE,
        ("uuid", "smallint", "text", "date"),
        [(member, bucket_of(member), ladder, day) for (member, ladder), day in rewrites.items()],
    )
    insert(cursor, "tiers_change", CHANGE, rows)
    put_standings(cursor, standings)


def put_standings(cursor: Cursor, standings: Iterable[tuple[UUID, Standing]]) -> None:
    """Note where members stand."""
    unnest(
        cursor,
        PUT_STANDINGS,
        tuple(STANDING.values()),
        [
            (member, one.ladder, bucket_of(member), *(getattr(one, name) for name in _KEPT))
            for member, one in standings
        ],
    )
