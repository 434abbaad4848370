"""What time does while nobody asks: lots ripen and run out, holds lapse, ends are announced, periods end."""

from uuid import UUID

from regulars.engine.service import settle
from regulars.kit import clock
from regulars.kit.rows import array, cursor
from regulars.language.calendar import local_day
from regulars.programme.service import current, current_number

MEMBERS_PER_BATCH = 500

DUE = """
SELECT member_id FROM (
    SELECT member_id, due_at AS due FROM ledger_balance WHERE due_at <= %(now)s
    UNION ALL
    SELECT member_id, due_at FROM benefits_entitlement WHERE due_at <= %(now)s
    UNION ALL
    SELECT member_id, due_at FROM plans_subscription WHERE due_at <= %(now)s AND plan = ANY(%(plans)s::text[])
    UNION ALL
    SELECT member_id, due::timestamptz FROM tiers_standing
     WHERE due IS NOT NULL AND due <= %(today)s
       AND (ladder, level) IN (SELECT * FROM unnest(%(ladders)s::text[], %(levels)s::text[]))
) AS late
GROUP BY member_id ORDER BY min(due) LIMIT %(most)s
"""


def settle_due() -> int:
    """Settle members for whom something is due, the longest overdue first; how many members were.

    Several workers may do this at once: each member is locked while it is settled, and what is done is not due.
    """
    if not current_number():
        return 0
    now, programme = clock.now(), current()
    levels = [(ladder.id, level.id) for ladder in programme.ladders.values() for level in ladder.levels]
    names = {
        "now": now,
        "today": local_day(now, programme.zone),
        "ladders": array((ladder for ladder, _ in levels)),
        "levels": array((level for _, level in levels)),
        "plans": array(programme.plans),
        "most": MEMBERS_PER_BATCH,
    }
    with cursor() as rows:
        rows.execute(DUE, names)
        due: list[UUID] = [row[0] for row in rows.fetchall()]
    return settle(due, now) if due else 0


def settle_all() -> int:
    """Settle until nothing is due; how many members that were."""
    total = 0
    while done := settle_due():
        total += done
    return total
