"""Facts out of the log: what was received in a span of time, as rows of the warehouse's tables.

PostgreSQL gives the events with the number of the member and the local time, and the entries that lie under their
ids; DuckDB takes the JSON apart. The same span gives the same rows, whenever it is asked: nothing that is read here
ever changes.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from regulars.language.snapshot import CANCELLED
from regulars.warehouse.contracts import SCHEMAS
from regulars.warehouse.source import Source, text

FACTS = ("events", "orders", "lines", "refunds", "awards", "exposures", "entries")
"""Tables that are only added to."""

_EVENTS = """
SELECT member.number AS member, e.id::text AS event, e.type::text AS type, e.source::text AS source, e.time AS moment,
       (e.time AT TIME ZONE {zone}) AS local, e.version, coalesce(e.cause::text, '') AS cause,
       e.data::text AS data, nullif(e.effects::text, '[]') AS effects
  FROM events_event AS e
  JOIN members_member AS member ON member.id = e.member_id AND member.bucket = e.bucket
 WHERE {span}
"""

ENTRIES = """
SELECT member.number AS member, entry.asset::text AS asset, entry.account::text AS account, entry.amount AS units,
       entry.rule::text AS rule, entry.time AS moment, (entry.time AT TIME ZONE {zone}) AS local
  FROM events_event AS e
  JOIN ledger_entry AS entry ON entry.member_id = e.member_id AND entry.bucket = e.bucket
   AND entry.id >= e.id AND entry.id <= (left(e.id::text, 33) || 'fff')::uuid
  JOIN members_member AS member ON member.id = e.member_id AND member.bucket = e.bucket
 WHERE {span}
"""

EARLY = """
SELECT member.number AS member, e.source || '/' || (e.data ->> 'order_id') AS "order", e.time AS moment,
       (e.time AT TIME ZONE {zone}) AS local,
       ((e.data ->> 'total_minor')::bigint - sum(refund.amount_minor))::bigint AS amount_minor
  FROM events_event AS e
  JOIN orders_refund AS refund ON refund.order_id = e.data ->> 'order_id' AND refund.source = e.source
  JOIN members_member AS member ON member.id = e.member_id AND member.bucket = e.bucket
 WHERE e.type = 'order.paid' AND {span}
 GROUP BY member.number, e.source, e.data ->> 'order_id', e.time, (e.data ->> 'total_minor')::bigint
HAVING (bool_or(refund.refund_id = {cancelled} AND refund.amount_minor = 0)
        AND sum(refund.amount_minor) < (e.data ->> 'total_minor')::bigint)
    OR sum(refund.amount_minor) > (e.data ->> 'total_minor')::bigint
"""
"""Orders of which more or less went back than the log's refunds said, because these came before the order was known:
a cancellation that could not know the total, a refund larger than the order."""

_PAID = """'{"order_id": "VARCHAR", "total_minor": "BIGINT", "channel": "VARCHAR", "store": "VARCHAR",
 "items": [{"sku": "VARCHAR", "name": "VARCHAR", "category": "VARCHAR", "brand": "VARCHAR", "quantity": "DOUBLE",
            "price_minor": "BIGINT", "total_minor": "BIGINT"}]}'"""

_EFFECTS = """'[{"kind": "VARCHAR", "rule": "VARCHAR", "asset": "VARCHAR", "amount": "BIGINT", "order_id": "VARCHAR",
                "amount_minor": "BIGINT", "experiment": "VARCHAR", "group": "VARCHAR"}]'"""

_PREPARE = f"""
CREATE TEMP TABLE paid AS
SELECT member, source, moment, local, from_json(data, {_PAID}) AS said FROM log WHERE type = 'order.paid';
CREATE TEMP TABLE done AS
SELECT member, event, type, source, moment, local, version, data, unnest(from_json(effects, {_EFFECTS})) AS effect
  FROM log WHERE effects IS NOT NULL
"""

_WRITTEN = {
    "events": """
        SELECT member, event, type, source, moment AS "at", local::date AS day, version, cause,
               CASE WHEN type = 'order.paid' THEN '' ELSE data END AS data
          FROM log""",
    "orders": """
        SELECT member, source || '/' || said.order_id AS "order", source, moment AS "at", local::date AS day,
               hour(local)::TINYINT AS hour, coalesce(said.channel, '') AS channel,
               coalesce(said.store, '') AS store, coalesce(len(said.items), 0)::INTEGER AS lines,
               said.total_minor AS total_minor
          FROM paid""",
    "lines": """
        SELECT member, "order", day, item.sku AS sku, coalesce(item.name, '') AS name,
               coalesce(item.category, '') AS category, coalesce(item.brand, '') AS brand,
               coalesce(item.quantity, 1) AS quantity,
               coalesce(item.total_minor, round(item.price_minor * coalesce(item.quantity, 1))::BIGINT, 0)
                   AS total_minor
          FROM (SELECT member, source || '/' || said.order_id AS "order", local::date AS day,
                       unnest(said.items) AS item FROM paid)""",
    "refunds": """
        SELECT member, coalesce(nullif(data ->> 'order_source', ''), source) || '/' || effect.order_id AS "order",
               moment AS "at", local::date AS day, effect.amount_minor AS amount_minor
          FROM done WHERE effect.kind = 'refund' AND effect.amount_minor <> 0
        UNION ALL SELECT member, "order", moment, local::date, amount_minor FROM early""",
    "awards": """
        SELECT member, event, effect.rule AS rule, effect.kind AS kind, coalesce(effect.asset, '') AS asset,
               CASE effect.kind WHEN 'take' THEN -effect.amount ELSE effect.amount END AS units, version,
               moment AS "at", local::date AS day
          FROM done WHERE effect.rule <> '' AND effect.kind <> 'experiment'""",
    "exposures": """
        SELECT member, effect.experiment AS experiment, effect."group" AS arm, effect.rule AS rule, moment AS "at",
               local::date AS day
          FROM done WHERE effect.kind = 'experiment'""",
    "entries": """
        SELECT member, asset, account, units, rule, moment AS "at", local::date AS day FROM moved""",
}


def facts(source: Source, first: datetime | None, end: datetime, zone: ZoneInfo) -> dict[str, pa.Table]:
    """Per table what was received from `first` (None: ever) to before `end`, sorted by month, member and time."""
    names = {"zone": text(zone.key), "span": span(first, end), "cancelled": text(CANCELLED)}
    log, moved, early = (source.table(sql.format(**names)) for sql in (_EVENTS, ENTRIES, EARLY))
    with duckdb.connect() as memory:
        memory.execute("SET TimeZone = 'UTC'; SET threads = 1; SET preserve_insertion_order = false")
        for name, rows in (("log", log), ("moved", moved), ("early", early)):
            memory.register(name, rows)
        memory.execute(_PREPARE)
        return {
            table: memory.sql(
                f"SELECT * FROM ({_WRITTEN[table]}) ORDER BY date_trunc('month', day), member, day"
            )
            .to_arrow_table()
            .cast(SCHEMAS[table].to_pyarrow())
            for table in FACTS
        }


def span(first: datetime | None, end: datetime) -> str:
    """SQL for the events `e` that were received from `first` (None: ever) to before `end`."""
    since = text(first.isoformat() if first else "-infinity")
    return f"e.received_at >= {since} AND e.received_at < {text(end.isoformat())}"


def end_of_chunk(most: int, first: datetime | None) -> str:
    """SQL for the moment before which, from `first` on, there are about `most` events; no row: there are fewer."""
    since = text(first.isoformat() if first else "-infinity")
    return (
        f"SELECT received_at FROM events_event WHERE received_at > (SELECT received_at FROM events_event"
        f" WHERE received_at >= {since} ORDER BY received_at OFFSET {most - 1} LIMIT 1)"
        " ORDER BY received_at LIMIT 1"
    )
