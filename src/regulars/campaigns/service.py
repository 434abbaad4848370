"""Counting what rules have given. Whole lists at a time, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from regulars.campaigns.logic import Budgets, Used
from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array, unnest

ADD_USES = """
MERGE INTO campaigns_ruleuse AS now
USING {rows} AS more(member_id, rule, period, bucket, times, units)
   ON now.member_id = more.member_id AND now.rule = more.rule AND now.period = more.period
  AND now.bucket = more.bucket
 WHEN MATCHED THEN UPDATE SET times = greatest(now.times + more.times, 0),
                              units = greatest(now.units + more.units, 0)
 WHEN NOT MATCHED AND more.units > 0 OR more.times > 0 THEN
      INSERT (member_id, rule, period, bucket, times, units)
      VALUES (more.member_id, more.rule, more.period, more.bucket, greatest(more.times, 0), greatest(more.units, 0))
"""

PUT_BUDGETS = """
UPDATE campaigns_budgetuse AS now SET units = now.units + row.units, used_up_at = row.used_up_at,
                                      used_up_of = row.used_up_of
  FROM {rows} AS row(rule, period, units, used_up_at, used_up_of)
 WHERE now.rule = row.rule AND now.period = row.period
"""

OPEN_BUDGETS = """
INSERT INTO campaigns_budgetuse (rule, period, units)
SELECT row.rule, row.period, 0 FROM {rows} AS row(rule, period)
ON CONFLICT (rule, period) DO NOTHING
"""

LOCK_BUDGETS = """
SELECT rule, period, units, used_up_at, used_up_of FROM campaigns_budgetuse
 WHERE (rule, period) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
 ORDER BY rule, period FOR UPDATE
"""


def lock_budgets(cursor: Cursor, names: Iterable[tuple[str, str]]) -> Budgets:
    """Lock the budgets (rule, period), in one order for everybody, and see what they have given so far.

    One that turns out to be needed later is locked then.
    """

    def look(rule: str, period: str) -> Used:
        return _lock(cursor, [(rule, period)])[rule, period]

    return Budgets(_lock(cursor, sorted(set(names))), look=look)


def _lock(cursor: Cursor, ordered: list[tuple[str, str]]) -> dict[tuple[str, str], Used]:
    if not ordered:
        return {}
    unnest(cursor, OPEN_BUDGETS, ("text", "text"), ordered)
    cursor.execute(
        LOCK_BUDGETS,
        [array((rule for rule, _ in ordered)), array((period for _, period in ordered))],
    )
    return {(rule, period): Used(*use) for rule, period, *use in cursor.fetchall()}


def write(cursor: Cursor, uses: Sequence[tuple[UUID, str, str, int, int]], budgets: Budgets) -> None:
    """Count uses (member, rule, period, times, units) and what the budgets gave in this batch."""
    totals: dict[tuple[UUID, str, str], list[int]] = {}
    for member_id, rule, period, times, units in uses:
        cells = totals.setdefault((member_id, rule, period), [0, 0])
        cells[0] += times
        cells[1] += units
    unnest(
        cursor,
        ADD_USES,
        ("uuid", "text", "text", "smallint", "int", "bigint"),
        [
            (member, rule, period, bucket_of(member), *cells)
            for (member, rule, period), cells in totals.items()
        ],
    )
    unnest(
        cursor,
        PUT_BUDGETS,
        ("text", "text", "bigint", "timestamptz", "bigint"),
        [
            (*key, units, budgets.used[key].up_at, budgets.used[key].up_of)
            for key, units in budgets.added.items()
        ],
    )
