"""What time does while nobody asks: lots ripen and run out, holds lapse, ends are announced, periods end."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import sample
from uuid import UUID

from regulars.engine.service import settle
from regulars.kit import clock
from regulars.kit.ids import BUCKETS
from regulars.kit.rows import array, cursor
from regulars.kit.sqlread import row
from regulars.language.calendar import local_day
from regulars.programme.service import current, current_number

MEMBERS_PER_BATCH = 500

SHARES = 4
"""Into so many parts the buckets are divided when there is more to do than one portion, one for each worker."""

CLAIM = 0x7365_7474_6C65
"""The first of as many advisory locks as there are shares."""

DUE = """
SELECT member_id FROM (
    SELECT member_id, due_at AS due FROM ledger_balance WHERE due_at <= %(now)s AND bucket = ANY(%(buckets)s)
    UNION ALL
    SELECT member_id, due_at FROM benefits_entitlement
     WHERE due_at <= %(now)s AND bucket = ANY(%(buckets)s)
    UNION ALL
    SELECT member_id, due_at FROM plans_subscription
     WHERE due_at <= %(now)s AND bucket = ANY(%(buckets)s) AND plan = ANY(%(plans)s::text[])
    UNION ALL
    SELECT member_id, due::timestamptz FROM tiers_standing
     WHERE due IS NOT NULL AND due <= %(today)s AND bucket = ANY(%(buckets)s)
       AND (ladder, level) IN (SELECT * FROM unnest(%(ladders)s::text[], %(levels)s::text[]))
) AS late
GROUP BY member_id ORDER BY min(due) LIMIT %(most)s
"""


def settle_due() -> int:
    """Settle members for whom something is due, the longest overdue first; how many members were.

    Several workers may do this at once: each member is locked while it is settled, and what is done is not due. Where
    there is more than one portion to do, each takes members of other buckets.
    """
    if not current_number():
        return 0
    now = clock.now()
    due = _due(now, range(BUCKETS))
    if len(due) < MEMBERS_PER_BATCH:
        return settle(due, now) if due else 0
    for share in sample(range(SHARES), SHARES):
        buckets = range(share, BUCKETS, SHARES)
        with _claimed(share) as mine:
            if mine and (due := _due(now, buckets)):
                return settle(due, now)
    return 0


@contextmanager
def _claimed(share: int) -> Iterator[bool]:
    """Whether this part of the buckets is ours for the block, because no other worker has it in hand."""
    mine = row("SELECT pg_try_advisory_lock(%s)", [CLAIM + share]) == (True,)
    try:
        yield mine
    finally:
        if mine:
            row("SELECT pg_advisory_unlock(%s)", [CLAIM + share])


def _due(now: datetime, buckets: Iterable[int]) -> list[UUID]:
    """The members of these buckets for whom something is due, as many as make a portion."""
    programme = current()
    levels = [(ladder.id, level.id) for ladder in programme.ladders.values() for level in ladder.levels]
    names = {
        "now": now,
        "today": local_day(now, programme.zone),
        "ladders": array((ladder for ladder, _ in levels)),
        "levels": array((level for _, level in levels)),
        "plans": array(programme.plans),
        "buckets": array(buckets),
        "most": MEMBERS_PER_BATCH,
    }
    with cursor() as rows:
        rows.execute(DUE, names)
        return [found[0] for found in rows.fetchall()]


def settle_all() -> int:
    """Settle until nothing is due; how many members that were."""
    total = 0
    while done := settle_due():
        total += done
    return total
