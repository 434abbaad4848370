"""What is asked of the tables for a batch: a query a room."""

from collections.abc import Sequence

STANDINGS = """
SELECT member_id, ladder, level, since, until, grace, held, held_until, exact, due, rewritten
  FROM tiers_standing WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
BALANCES = """
SELECT member_id, asset, balance, earned, beside, reversed, earned_on, due_at, lapses_at, reminded_to
  FROM ledger_balance WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
TOTALS = """
SELECT member_id, orders, spend_minor, refunded_minor, first_at, last_at
  FROM orders_membertotals WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
TALLIES = """
SELECT member_id, name, array_agg(day), array_agg(count), array_agg(total)
  FROM events_tally
 WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s) AND name = ANY(%(names)s)
   AND day >= least(%(first)s::date, (SELECT min(least(until, due)) - %(window)s::int FROM tiers_standing
                                       WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s)))
 GROUP BY member_id, name
"""
TALLIES_DAILY = TALLIES.replace(
    "least(",
    """least((SELECT min(grown_to) - %(window)s::int FROM plans_subscription
                    WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s) AND status <> 'lapsed'), """,
)
"""Where plans bring growth by the day, days that nobody lived through yet look back from there."""
COUNTS = """
SELECT member_id, name, sum(count)::bigint
  FROM events_tally WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name = ANY(%s)
 GROUP BY member_id, name
"""
USES = """
SELECT member_id, rule, period, times, units
  FROM campaigns_ruleuse WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND rule = ANY(%s) AND period = ANY(%s)
"""
ALL_USES = """
SELECT member_id, rule, period, times, units
  FROM campaigns_ruleuse WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND rule = ANY(%s)
"""
LOT = """
lot.member_id, lot.id, lot.asset, lot.amount, lot.remaining, lot.earned_at, lot.expires_at, lot.expired, lot.reversed,
lot.held, lot.pending, lot.matures_at, lot.rule, lot.waived
"""
OPEN_LOTS = f"""
SELECT {LOT} FROM ledger_lot AS lot
 WHERE lot.member_id = ANY(%s) AND lot.bucket = ANY(%s) AND (lot.remaining <> 0 OR lot.held > 0 OR lot.pending > 0)
"""
EVENT_LOTS = f"""
SELECT {LOT}, row.event_id
  FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[], %s::uuid[]) AS row(owner, shelf, event_id, last)
  JOIN ledger_lot AS lot
    ON lot.member_id = row.owner AND lot.bucket = row.shelf AND lot.id > row.event_id AND lot.id <= row.last
 WHERE lot.amount > 0
"""
DRAW = """
draw.member_id, draw.id, draw.asset, draw.account, draw.time, draw.lots, draw.held, draw.used, draw.returned,
draw.order_source, draw.order_id, draw.until, draw.other
"""
OPEN_DRAWS = f"""
SELECT {DRAW} FROM ledger_draw AS draw WHERE draw.member_id = ANY(%s) AND draw.bucket = ANY(%s) AND draw.open > 0
"""
EVENT_DRAWS = f"""
SELECT {DRAW}
  FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[], %s::uuid[]) AS row(owner, shelf, event_id, last)
  JOIN ledger_draw AS draw
    ON draw.member_id = row.owner AND draw.bucket = row.shelf AND draw.id > row.event_id AND draw.id <= row.last
"""
ORDER_DRAWS = f"""
SELECT {DRAW}
  FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[]) AS row(owner, shelf, source, order_id)
  JOIN ledger_draw AS draw
    ON draw.member_id = row.owner AND draw.bucket = row.shelf AND draw.order_id = row.order_id
   AND draw.order_source = row.source AND draw.order_id <> ''
"""
ORDER_LOTS = f"""
SELECT {LOT}, row.source, row.order_id
  FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[]) AS row(owner, shelf, source, order_id)
  JOIN ledger_orderlot AS granted
    ON granted.member_id = row.owner AND granted.bucket = row.shelf AND granted.order_id = row.order_id
   AND granted.order_source = row.source
  JOIN ledger_lot AS lot
    ON lot.member_id = granted.member_id AND lot.bucket = granted.bucket AND lot.id = granted.id
"""
LOTS_BY_ID = f"""
SELECT {LOT}
  FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[]) AS row(owner, shelf, id)
  JOIN ledger_lot AS lot ON lot.member_id = row.owner AND lot.bucket = row.shelf AND lot.id = row.id
"""
TOPUPS = """
SELECT topup.member_id, topup.source, topup.topup_id, topup.wallet, topup.event_id, topup.principal, topup.bonus,
       topup.principal_back, topup.bonus_back, topup.refunds
  FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::text[]) AS row(owner, shelf, source, topup_id)
  JOIN ledger_topup AS topup
    ON topup.member_id = row.owner AND topup.bucket = row.shelf AND topup.source = row.source
   AND topup.topup_id = row.topup_id
"""
ORDERS = """
SELECT known.source, known.order_id, known.member_id, total_minor, refunded_minor, paid_by, paid_at,
       (SELECT array_agg(refund.refund_id) FROM orders_refund AS refund
         WHERE refund.order_id = known.order_id AND refund.source = known.source AND refund.bucket = known.bucket)
  FROM orders_order AS known
  JOIN unnest(%s::text[], %s::text[]) AS row(source, order_id)
    ON known.order_id = row.order_id AND known.source = row.source
"""
SUBSCRIPTIONS = """
SELECT member_id, plan, status, period, since, until, last_day, turns_on, auto_renew, trial_used, application,
       reminded_to, grown_to, known_at, changed_by, due_at
  FROM plans_subscription WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
PLAN_ACTS = """
SELECT member_id, id, plan, kind, at, day, source, payment_id, refund_id, period, months, days, amount_minor,
       credit_minor, starts, auto_renew, quote, data
  FROM plans_act WHERE member_id = ANY(%s) AND bucket = ANY(%s) ORDER BY at, id
"""
STEPS = """
SELECT member_id, ladder, since, before, after, reason, until, held, held_until
  FROM tiers_change WHERE member_id = ANY(%s) AND bucket = ANY(%s)
 ORDER BY since, id
"""
SCORES = """
SELECT member_id, name, value, label
  FROM members_score WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name = ANY(%s)
"""

RECOMMENDATIONS = """
SELECT member_id, name, price_minor, reason
  FROM members_recommendation
 WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name <> '' ORDER BY member_id, rank
"""


def sums_sql(windows: Sequence[int]) -> str:
    """What some tallies come to over their windows, which end with `last`: for each member one row, with how often and
    how much for every window of the first tally, of the second, … `windows`: how many each of them has.

    Member by member, so that each tally's days are found by the key, and none before its longest window is read.
    """
    tallies = "".join(_tally_sql(at, many) for at, many in enumerate(windows))
    columns = ", ".join(f"tally{at}.*" for at in range(len(windows)))
    return f"""
SELECT row.owner, {columns}
  FROM unnest(%(members)s::uuid[], %(shelves)s::smallint[]) AS row(owner, shelf){tallies}
"""


def _tally_sql(at: int, windows: int) -> str:
    columns = ", ".join(
        f"coalesce(sum(count) FILTER (WHERE day >= %(first{at}_{each})s::date), 0),"
        f" coalesce(sum(total) FILTER (WHERE day >= %(first{at}_{each})s::date), 0)::bigint"
        for each in range(windows)
    )
    return f"""
 CROSS JOIN LATERAL (
    SELECT {columns} FROM events_tally
     WHERE member_id = row.owner AND bucket = row.shelf AND name = %(name{at})s
       AND day >= %(earliest{at})s::date AND day <= %(last)s::date) AS tally{at}"""
