"""Where two members made one stood, and stand apart again. In the caller's transaction, under the members' locks."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.rows import Cursor
from regulars.language.snapshot import Standing
from regulars.tiers.service import put_standings

LEAVE = """
DELETE FROM tiers_standing WHERE member_id = %s AND bucket = %s
RETURNING ladder, level, since, until, grace, held, held_until, exact, due, rewritten
"""

FORGET = """
DELETE FROM tiers_change WHERE member_id = %s AND bucket = %s AND id >= %s AND id < %s AND reason IN ('rule', 'placed')
"""


def leave(cursor: Cursor, gone: UUID) -> list[list[Any]]:
    """Who is merged stands nowhere by themselves; where they stood. Their steps stay theirs."""
    cursor.execute(LEAVE, [gone, bucket_of(gone)])
    return [[one.isoformat() if isinstance(one, date) else one for one in row] for row in cursor.fetchall()]


def come_back(cursor: Cursor, gone: UUID, stood: Sequence[Sequence[Any]]) -> None:
    """They stand where they stood."""
    put_standings(cursor, [(gone, standing(row)) for row in stood])


def forget_steps(cursor: Cursor, kept: UUID, event_id: UUID) -> None:
    """The steps that a merge took, for the other one's sake, were none."""
    cursor.execute(FORGET, [kept, bucket_of(kept), event_id, UUID(int=event_id.int + CHILDREN)])


def remembered(one: Standing) -> list[Any]:
    """A standing as it is remembered: what `standing` reads."""
    row = [
        one.ladder,
        one.level,
        one.since,
        one.until,
        one.grace,
        one.held,
        one.held_until,
        one.exact,
        one.due,
        one.rewritten,
    ]
    return [each.isoformat() if isinstance(each, date) else each for each in row]


def standing(row: Sequence[Any]) -> Standing:
    """[ladder, level, since, until, grace, held, held until, exact, due, rewritten] as they are remembered."""
    ladder, level, since, until, grace, held, held_until, exact, due, rewritten = row
    return Standing(
        ladder,
        level,
        date.fromisoformat(since),
        _day(until),
        grace=_day(grace),
        held=held,
        held_until=_day(held_until),
        exact=exact,
        due=_day(due),
        rewritten=rewritten,
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
