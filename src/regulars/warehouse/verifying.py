"""Is the warehouse what the database says? Rows and sums of every table and month, counted on both sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from regulars.warehouse import manifest
from regulars.warehouse.facts import EARLY, ENTRIES, span
from regulars.warehouse.manifest import LIVE, Manifest
from regulars.warehouse.opened import select
from regulars.warehouse.pictures import PICTURES, marks, sql_of
from regulars.warehouse.place import folder
from regulars.warehouse.source import Source, reading, text
from regulars.warehouse.trouble import WarehouseNotReady

Cells = Mapping[str, tuple[int, int]]
"""Month → rows, and the sum of what the table is about."""

_MONTH = "to_char(({time} AT TIME ZONE {zone}), 'YYYY-MM')"

_THERE = {
    "events": "SELECT {e_month}, count(*), sum(version)::bigint FROM events_event AS e WHERE {span} GROUP BY 1",
    "orders": """SELECT {e_month}, count(*), sum((e.data ->> 'total_minor')::bigint)::bigint FROM events_event AS e
         WHERE e.type = 'order.paid' AND {span} GROUP BY 1""",
    "lines": """SELECT {e_month}, sum(json_array_length(e.data -> 'items'))::bigint, 0::bigint FROM events_event AS e
         WHERE e.type = 'order.paid' AND json_typeof(e.data -> 'items') = 'array' AND {span} GROUP BY 1""",
    "awards": """SELECT {e_month}, count(*),
               sum(CASE effect ->> 'kind' WHEN 'take' THEN -1 ELSE 1 END
                   * coalesce((effect ->> 'amount')::bigint, 0))::bigint
          FROM events_event AS e, json_array_elements(e.effects) AS effect
         WHERE effect ->> 'rule' <> '' AND effect ->> 'kind' <> 'experiment' AND {span} GROUP BY 1""",
    "exposures": """SELECT {e_month}, count(*), sum(length(effect ->> 'group'))::bigint
          FROM events_event AS e, json_array_elements(e.effects) AS effect
         WHERE effect ->> 'kind' = 'experiment' AND {span} GROUP BY 1""",
    "refunds": """SELECT month, count(*), sum(amount)::bigint FROM (
            SELECT {refund_month} AS month, refund.amount_minor AS amount FROM orders_refund AS refund
              JOIN events_event AS e ON e.id = refund.id WHERE refund.amount_minor <> 0 AND {span}
             UNION ALL SELECT to_char(local, 'YYYY-MM'), amount_minor FROM ({early}) AS early) AS refunds
         GROUP BY month""",
    "entries": """SELECT month, sum(rows)::bigint, sum(units)::bigint FROM (
            SELECT {entry_month} AS month, count(*) AS rows, sum(amount) AS units FROM ledger_entry AS entry GROUP BY 1
             UNION ALL SELECT to_char(local, 'YYYY-MM'), -count(*), -sum(units) FROM ({later}) AS later GROUP BY 1
            ) AS entries GROUP BY month HAVING sum(rows) <> 0""",
}
"""What the database says, by queries that share nothing with the follower's where they can."""

_SUMS = {
    "events": "version", "orders": "total_minor", "lines": "0", "awards": "coalesce(units, 0)",
    "refunds": "amount_minor", "entries": "units", "exposures": "length(arm)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as the database has it. `what`: rows, sum, or file, whose content has changed."""

    table: str
    month: str
    what: str
    expected: int | str
    found: int | str


@dataclass(slots=True)
class Verified:
    """What was compared, up to `until`, and what differs. `skipped`: pictures that have changed since they were
    taken."""

    until: datetime
    tables: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def verify(place: Path | None = None) -> Verified:
    """Compare the warehouse with the database. Raises `WarehouseNotReady`."""
    where = place or folder()
    known = manifest.read(where / LIVE)
    if known is None or known.until is None:
        raise WarehouseNotReady
    result = Verified(known.until)
    broken = manifest.damaged(where, known, deep=True)
    if broken:
        table, month = next((file.table, file.month) for file in known.files if file.path == broken)
        result.differences.append(Difference(table, month, "file", "as written", broken))
        return result
    with duckdb.connect() as memory, reading() as source:
        memory.execute("SET TimeZone = 'UTC'")
        for table, sql in _THERE.items():
            there = _cells(source, sql.format(**_names(known, known.until)))
            here = _here(memory, where, known, table)
            result.tables[table] = sum(rows for rows, _ in here.values())
            result.differences += _compared(table, there, here)
        _pictures(source, known, result)
    return result


def _names(known: Manifest, until: datetime) -> dict[str, str]:
    zone = text(known.zone)
    return {
        "e_month": _MONTH.format(time="e.time", zone=zone),
        "refund_month": _MONTH.format(time="refund.refunded_at", zone=zone),
        "entry_month": _MONTH.format(time="entry.time", zone=zone),
        "span": span(None, until),
        "early": EARLY.format(zone=zone, span=span(None, until), cancelled="'cancelled'"),
        "later": ENTRIES.format(zone=zone, span=f"e.received_at >= {text(until.isoformat())}"),
    }


def _cells(source: Source, sql: str) -> dict[str, tuple[int, int]]:
    months, rows, sums = (column.to_pylist() for column in source.table(sql).columns)
    return {month: (count, total or 0) for month, count, total in zip(months, rows, sums, strict=True)}


def _here(memory: duckdb.DuckDBPyConnection, where: Path, known: Manifest, table: str) -> Cells:
    found = memory.execute(
        f"SELECT strftime(day, '%Y-%m'), count(*), sum({_SUMS[table]})::BIGINT"
        f" FROM ({select(where, known, table)}) GROUP BY 1"
    ).fetchall()
    return {month: (rows, total) for month, rows, total in found}


def _compared(table: str, there: Cells, here: Cells) -> list[Difference]:
    return [
        Difference(table, month, what, expected, found)
        for month in sorted({*there, *here})
        for what, expected, found in zip(
            ("rows", "sum"), there.get(month, (0, 0)), here.get(month, (0, 0)), strict=True
        )
        if expected != found
    ]


def _pictures(source: Source, known: Manifest, result: Verified) -> None:
    """As many rows as there are now, of those that have not changed since."""
    now, zone = marks(source), ZoneInfo(known.zone)
    for table in PICTURES:
        before = known.picture(table)
        if before is None or before.mark != now[table]:
            result.skipped.append(table)
            continue
        there = source.table(f"SELECT count(*) FROM ({sql_of(table, zone)}) AS rows").column(0)[0].as_py()
        here = sum(file.rows for file in known.of(table))
        result.tables[table] = here
        if here != there:
            result.differences.append(Difference(table, "", "rows", there, here))
