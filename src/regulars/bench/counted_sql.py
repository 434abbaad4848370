"""What somebody who knows DuckDB would write for the same answers."""

RFM = """
WITH back AS (SELECT "order", sum(amount_minor) AS back FROM refunds WHERE day <= $last GROUP BY "order"),
kept AS (
    SELECT member, day, total_minor - coalesce(back, 0) AS paid FROM orders LEFT JOIN back USING ("order")
     WHERE day BETWEEN $first AND $last AND (coalesce(back, 0) <= 0 OR total_minor - back > 0)),
seen AS (SELECT member, max(day) AS latest, count(*) AS orders, sum(paid)::BIGINT AS spent FROM kept GROUP BY member),
ranked AS (
    SELECT orders, spent, 5 - (rank() OVER (ORDER BY latest DESC) - 1) * 5 // count(*) OVER () AS r,
           1 + (rank() OVER (ORDER BY orders) - 1) * 5 // count(*) OVER () AS f,
           1 + (rank() OVER (ORDER BY spent) - 1) * 5 // count(*) OVER () AS m FROM seen)
SELECT r, (f + m + 1) // 2 AS fm, count(*), sum(orders)::BIGINT, sum(spent)::BIGINT FROM ranked GROUP BY r, fm
"""

COHORTS = """
SELECT date_trunc('month', joined_day)::DATE AS cohort, count(*) FROM members
 WHERE joined_day BETWEEN $first AND $last GROUP BY cohort
"""

RETENTION = """
WITH bought AS (
    SELECT DISTINCT member, date_trunc('month', day) AS month FROM orders WHERE day BETWEEN $first AND $last),
began AS (
    SELECT member, date_trunc('month', joined_day) AS cohort FROM members WHERE joined_day BETWEEN $first AND $last)
SELECT cohort::DATE, date_diff('month', cohort, month) AS later, count(*) FROM bought JOIN began USING (member)
 WHERE month >= cohort GROUP BY cohort, later
"""

FUNNEL = """
WITH did AS (
    SELECT member, bool_or(type IN ('page.viewed', 'placement.viewed')) AS seen,
           bool_or(type IN ('product.viewed', 'search.made', 'placement.clicked', 'content.shared',
                            'survey.answered')) AS closer
      FROM events
     WHERE day BETWEEN $first AND $last
       AND type IN ('page.viewed', 'placement.viewed', 'product.viewed', 'search.made', 'placement.clicked',
                    'content.shared', 'survey.answered')
     GROUP BY member),
heard AS (SELECT DISTINCT member FROM messages WHERE read_at IS NOT NULL AND day BETWEEN $first AND $last),
bought AS (SELECT member, count(*) AS orders FROM orders WHERE day BETWEEN $first AND $last GROUP BY member),
ranked AS (
    SELECT member, day, "at", since, until, before <> 'basic' AS lower, after <> 'basic' AS upper FROM steps
     WHERE ladder = 'level' AND day <= $last),
reached AS (
    SELECT member FROM ranked WHERE day >= $first AND (lower OR upper)
     UNION
    SELECT member FROM (SELECT member, upper, row_number() OVER (
                          PARTITION BY member ORDER BY "at" DESC, since DESC, until DESC NULLS FIRST) AS place
                          FROM ranked) WHERE place = 1 AND upper),
claimed AS (
    SELECT member FROM entitlements WHERE claimed_day BETWEEN $first AND $last OR used_day BETWEEN $first AND $last
     UNION
    SELECT member FROM entries WHERE account = 'spend' AND units < 0 AND day BETWEEN $first AND $last),
flags AS (
    SELECT coalesce(did.seen, false) AS seen, coalesce(did.closer, false) OR heard.member IS NOT NULL AS closer,
           bought.member IS NOT NULL AS b, reached.member IS NOT NULL AS r, claimed.member IS NOT NULL AS c,
           coalesce(bought.orders, 0) > 1 AS again
      FROM members
      LEFT JOIN did USING (member) LEFT JOIN heard USING (member) LEFT JOIN bought USING (member)
      LEFT JOIN reached USING (member) LEFT JOIN claimed USING (member)
     WHERE joined_day <= $last)
SELECT count(*) FILTER (seen), count(*) FILTER (closer), count(*), count(*) FILTER (b), count(*) FILTER (b AND r),
       count(*) FILTER (b AND r AND c), count(*) FILTER (b AND r AND c AND again),
       count(*) FILTER (b), count(*) FILTER (r), count(*) FILTER (c), count(*) FILTER (again)
  FROM flags
"""

AUDIENCE = """
WITH back AS (SELECT "order", sum(amount_minor) AS back FROM refunds GROUP BY "order"),
active AS (
    SELECT member FROM orders LEFT JOIN back USING ("order") WHERE day > $last::DATE - 365 AND day <= $last
     GROUP BY member
    HAVING count(*) FILTER (day > $last::DATE - 180) >= 3 AND sum(total_minor - coalesce(back, 0)) >= 50000)
SELECT count(*) FROM members
 WHERE gender = 'female' AND (list_contains(tags, 'vip') OR list_contains(tags, 'coffee'))
   AND member IN (SELECT member FROM standings WHERE ladder = 'level' AND level IN ('silver', 'gold', 'platinum'))
   AND member IN (SELECT member FROM active) AND $first IS NOT NULL
"""
