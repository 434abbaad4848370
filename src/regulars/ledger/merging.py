"""The books of two members made one, and apart again: lots change hands, entries say so. In the caller's transaction.

The engine books what is open out of the one's account and into the other's (`merge`); here the rows follow: lots,
what was drawn from them, top-ups. Entries never move.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.events.merging import came_from
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array
from regulars.language.snapshot import Lot
from regulars.ledger.logic import counted_on

MOVE = """
UPDATE {table} AS thing SET member_id = %(to)s, bucket = %(to_bucket)s
 WHERE thing.member_id = %(of)s AND thing.bucket = %(of_bucket)s AND {which}
"""
NAMED_ALIKE = """
 AND NOT EXISTS (SELECT FROM ledger_topup AS alike WHERE alike.member_id = %(to)s AND alike.bucket = %(to_bucket)s
                    AND alike.source = thing.source AND alike.topup_id = thing.topup_id)
"""
"""Two top-ups of one name can't be one member's: the one that comes stays where it was, and only it."""

THINGS = (
    ("ledger_lot", "thing.id", ""),
    ("ledger_draw", "thing.id", ""),
    ("ledger_orderlot", "thing.id", ""),
    ("ledger_topup", "thing.event_id", NAMED_ALIKE),
)

LOTS = """
SELECT id, asset, amount, reversed, pending, earned_at, matures_at
  FROM ledger_lot AS thing WHERE thing.member_id = %(of)s AND thing.bucket = %(of_bucket)s AND amount > 0 AND {which}
"""

LATEST = """
UPDATE ledger_balance AS now SET earned_on = greatest(now.earned_on, theirs.earned_on)
  FROM ledger_balance AS theirs
 WHERE theirs.member_id = %s AND theirs.bucket = %s AND now.member_id = %s AND now.bucket = %s
   AND now.asset = theirs.asset
"""

OPEN = f"""
SELECT thing.id FROM ledger_lot AS thing
 WHERE thing.member_id = %(of)s AND thing.bucket = %(of_bucket)s
   AND (thing.remaining <> 0 OR thing.held > 0 OR thing.pending > 0) AND {came_from("thing.id")}
"""

LENT = f"""
SELECT draw.id, part.lot_id
  FROM ledger_draw AS draw CROSS JOIN LATERAL unnest(draw.lots, draw.held, draw.used) AS part(lot_id, held, used)
 WHERE draw.member_id = %(of)s AND draw.bucket = %(of_bucket)s AND part.held + part.used > 0
   AND NOT {came_from("draw.id")} AND {came_from("part.lot_id")}
 ORDER BY draw.id, part.lot_id
"""

Memory = dict[str, list[Any]]
"""Lot → [asset, units that it counts for levels, the day on which it does (ISO 8601; None: not yet)]."""


def join(cursor: Cursor, gone: UUID, kept: UUID, zone: ZoneInfo) -> Memory:
    """All lots, draws and top-ups of the one are the other's; what each lot counted for levels until then."""
    memory = _counting(cursor, "TRUE", _ways(gone, kept), zone)
    for table, _, unless in THINGS:
        cursor.execute(MOVE.format(table=table, which=f"TRUE{unless}"), _ways(gone, kept))
    return memory


def note_latest(cursor: Cursor, gone: UUID, kept: UUID) -> None:
    """The other one's latest earning is at least as late as the one's."""
    cursor.execute(LATEST, [gone, bucket_of(gone), kept, bucket_of(kept)])


def theirs(cursor: Cursor, kept: UUID, family: Sequence[UUID]) -> list[UUID]:
    """The open lots that the family brought."""
    cursor.execute(OPEN, {**_ways(kept, kept), **_family(family)})
    return [row[0] for row in cursor.fetchall()]


def lent(cursor: Cursor, kept: UUID, family: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(draw, lot): what was drawn, for purposes not the family's, from lots that the family brought, and may yet come
    back."""
    cursor.execute(LENT, {**_ways(kept, kept), **_family(family)})
    return [(draw_id, lot_id) for draw_id, lot_id in cursor.fetchall()]


def part(
    cursor: Cursor,
    gone: UUID,
    kept: UUID,
    family: Sequence[UUID],
    memory: Mapping[str, Sequence[Any]],
    zone: ZoneInfo,
) -> list[tuple[str, date, int, int]]:
    """The lots, draws and top-ups that the family brought go back to it. What the lots count otherwise than by
    `memory`, as cells of the tallies: it had been counted for the wrong member."""
    ways = {**_ways(kept, gone), **_family(family)}
    now = _counting(cursor, came_from("thing.id"), ways, zone)
    for table, identifier, unless in THINGS:
        cursor.execute(MOVE.format(table=table, which=f"{came_from(identifier)}{unless}"), ways)
    cells = []
    for lot_id, (asset, units, day) in now.items():
        before = memory.get(lot_id)
        if before is not None and list(before) != [asset, units, day]:
            cells += _cells(asset, units, day, 1) + _cells(before[0], before[1], before[2], -1)
    return cells


def _cells(asset: str, units: int, day: str | None, sign: int) -> list[tuple[str, date, int, int]]:
    return [(f"credit:{asset}", date.fromisoformat(day), sign, sign * units)] if day else []


def _counting(cursor: Cursor, which: str, ways: Mapping[str, Any], zone: ZoneInfo) -> Memory:
    cursor.execute(LOTS.format(which=which), ways)
    found: Memory = {}
    for lot_id, asset, amount, taken_back, pending, earned_at, matures_at in cursor.fetchall():
        lot = Lot(lot_id, asset, amount, 0, earned_at, None, pending=pending, matures_at=matures_at)
        day = counted_on(lot, zone)
        found[str(lot_id)] = [asset, amount - taken_back, day.isoformat()] if day else [asset, 0, None]
    return found


def _ways(of: UUID, to: UUID) -> dict[str, Any]:
    return {"of": of, "of_bucket": bucket_of(of), "to": to, "to_bucket": bucket_of(to)}


def _family(family: Sequence[UUID]) -> dict[str, str]:
    return {"family": array(family), "buckets": array(sorted({bucket_of(one) for one in family}))}
