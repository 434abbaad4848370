"""A new version that asks for something else on its levels moves everybody whom it puts elsewhere: found by one
statement for each ladder and some buckets, moved through the engine, so that each step is explained like any other.

The work goes on by buckets and is noted after each portion. What stops in between is taken up again: every move is an
event named by version, ladder and member, so none happens twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from regulars.engine.doors import incoming
from regulars.engine.service import submit
from regulars.kit import clock
from regulars.kit.rows import cursor
from regulars.kit.sqlread import row
from regulars.language.calendar import local_day
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.programme.contracts import Programme
from regulars.programme.service import current_number, version
from regulars.programme.vocabulary import fields_for
from regulars.tiers.contracts import Ladder, Move
from regulars.tiers.ranking import BUCKETS, Ranking

AT_ONCE = 500
BUCKETS_AT_ONCE = 8
"""Whom to move is looked for in so many buckets at once: it takes a pass over all tallies, however few they are."""
SOURCE = "programme"
CLAIM = 0x7265_7669_7365
"""The advisory lock of the worker that moves members: what two found at once, both would send to the engine."""

BEGIN = """
INSERT INTO tiers_revision (version, since, bucket, moved, started_at, finished_at)
SELECT %(number)s::int,
       coalesce((SELECT max(version) FROM tiers_revision WHERE finished_at IS NOT NULL AND version < %(number)s::int),
                %(number)s::int - 1),
       0, 0, %(now)s::timestamptz, NULL
ON CONFLICT (version) DO NOTHING
"""
STATE = "SELECT since, bucket, moved, finished_at FROM tiers_revision WHERE version = %s"
NOTE = "UPDATE tiers_revision SET moved = moved + %(moved)s::int WHERE version = %(number)s::int"
ADVANCE = """
UPDATE tiers_revision SET bucket = %(next)s::int WHERE version = %(number)s::int AND bucket = %(bucket)s::int
"""
FINISH = """
UPDATE tiers_revision SET finished_at = %(now)s::timestamptz WHERE version = %(number)s::int AND finished_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the moves of a version are: buckets done of 64, members moved."""

    version: int
    bucket: int
    moved: int
    finished: bool

    @property
    def percent(self) -> int:
        """The share of the buckets that are done."""
        return 100 if self.finished else self.bucket * 100 // len(BUCKETS)


def movement(current: Programme, draft: Programme, today: date | None = None) -> list[Move]:
    """Who would move if `draft` followed `current`: from level to level, how many members, and some of them. Only
    ladders that differ are looked at. Asks the database, some seconds for a million members."""
    day = today or local_day(clock.now(), draft.zone)
    ranking = _ranking(draft, day)
    return [move for ladder in _changed(current, draft) for move in ranking.moves(ladder)]


def revise_due() -> int:
    """Some buckets of what the version in force moves; how many buckets that were (0: nothing is left to do)."""
    number = current_number()
    if number < 2:
        return 0
    with cursor() as rows:
        rows.execute(STATE, [number])
        found = rows.fetchall()
        if not found:
            rows.execute(BEGIN, {"number": number, "now": clock.now()})
            rows.execute(STATE, [number])
            found = rows.fetchall()
    since, bucket, _, finished = found[0]
    if finished is not None:
        return 0
    programme = version(number)
    ladders = _changed(version(since), programme)
    if not ladders or bucket >= len(BUCKETS):
        with cursor() as rows:
            rows.execute(FINISH, {"number": number, "now": clock.now()})
        return 0
    these = BUCKETS[bucket : bucket + BUCKETS_AT_ONCE]
    if row("SELECT pg_try_advisory_lock(%s)", [CLAIM]) != (True,):
        return 0  # another worker has them in hand
    try:
        _move(programme, ladders, these)
        with cursor() as rows:
            rows.execute(ADVANCE, {"number": number, "bucket": bucket, "next": bucket + len(these)})
    finally:
        row("SELECT pg_advisory_unlock(%s)", [CLAIM])
    return len(these)


def progress(number: int) -> Progress | None:
    """How far the moves of a version are; None where they have not begun."""
    with cursor() as rows:
        rows.execute(STATE, [number])
        found = rows.fetchall()
    return Progress(number, found[0][1], found[0][2], found[0][3] is not None) if found else None


def under_way() -> Progress | None:
    """How far the moves of the version in force are, while they are not finished or have yet to begin; None where it
    moves nobody, or has moved everybody."""
    number = current_number()
    if number < 2:
        return None
    found = progress(number)
    if found is not None:
        return None if found.finished else found
    return Progress(number, 0, 0, False) if _changed(version(number - 1), version(number)) else None


def waiting() -> tuple[int, int]:
    """How many members the version in force has still to move, beside so many that it had moved at that moment. Asks
    the database, some seconds for a million members."""
    found = under_way()
    if found is None:
        return 0, 0
    with cursor() as rows:
        rows.execute(STATE, [found.version])
        state = rows.fetchall()
    programme = version(found.version)
    before = version(state[0][0] if state else found.version - 1)
    ranking = _ranking(programme, local_day(clock.now(), programme.zone), BUCKETS[found.bucket :])
    moves = [move for ladder in _changed(before, programme) for move in ranking.moves(ladder)]
    return sum(move.members for move in moves), found.moved


def _changed(before: Programme, after: Programme) -> list[Ladder]:
    """The ladders of `after` that are new or otherwise."""
    return [
        ladder for ladder in after.ladders.values() if _core(before.ladders.get(ladder.id)) != _core(ladder)
    ]


def _core(ladder: Ladder | None) -> Any:
    """What of a ladder decides where members stand."""
    if ladder is None:
        return None
    levels = [(one.id, one.at, one.keep_at, one.when) for one in ladder.levels]
    return ladder.measure, ladder.period is None, levels, ladder.down, ladder.floor, ladder.on_change


def _ranking(programme: Programme, today: date, buckets: Sequence[int] = BUCKETS) -> Ranking:
    fields = fields_for(programme, None)
    asked = Clock(programme.zone, clock.now())
    gates = {
        (ladder.id, level.id): to_sql(level.when, fields, asked)
        for ladder in programme.ladders.values()
        for level in ladder.levels
        if level.when is not None
    }
    return Ranking(today, programme.zone, gates, buckets)


def _move(programme: Programme, ladders: Sequence[Ladder], buckets: Sequence[int]) -> None:
    """Move the members of these buckets, and note how many after each portion."""
    ranking = _ranking(programme, local_day(clock.now(), programme.zone), buckets)
    for ladder in ladders:
        members = ranking.movers(ladder)
        for start in range(0, len(members), AT_ONCE):
            asked = [_recompute(programme.number, ladder.id, one) for one in members[start : start + AT_ONCE]]
            moved = sum(outcome.status == "processed" for outcome in submit(asked))
            with cursor() as rows:
                rows.execute(NOTE, {"number": programme.number, "moved": moved})


def _recompute(number: int, ladder: str, member_id: UUID) -> Any:
    key = f"{number}:{ladder}:{member_id}"
    data = {"ladder": ladder}
    return incoming(SOURCE, key, "tier.recomputed", (), None, data, False, member_id, clock.now())
