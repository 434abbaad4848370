"""A made-up history in the warehouse's own layout: as many members and events as one likes, streamed to Parquet.

Nothing goes through the database: DuckDB makes the rows month by month, out of hashes of their numbers, so the same
sizes give the same history. It looks like a shop's: few members buy most, they join over time, a tenth of the months'
purchases are seasonal, some orders go back. What DuckDB writes is what the follower would have written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from regulars.kit import clock
from regulars.warehouse import manifest
from regulars.warehouse.files import ROW_GROUP, schema_of, write
from regulars.warehouse.manifest import LIVE, File, Manifest, Picture
from regulars.warehouse.pictures import MERGES, PICTURES

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 2024
BYTES_PER_EVENT = 110
"""What an event takes on disk with all that follows from it, about."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much history: members, events of all kinds, months."""

    members: int = 1_000_000
    events: int = 100_000_000
    months: int = 24

    @property
    def last_day(self) -> date:
        """The day on which the history ends."""
        year, month = divmod(self.months, 12)
        return date(FIRST_YEAR + year, month + 1, 1)

    @property
    def bytes(self) -> int:
        """About so much disk."""
        return self.events * BYTES_PER_EVENT + self.members * 300


def _chance(salt: int, of: str = "i") -> str:
    """SQL for a number in [0, 1) that follows from the row's number."""
    return f"((hash({of} * 16 + {salt}) >> 11)::DOUBLE / 9007199254740992.0)"


_HAPPENED = f"""
CREATE OR REPLACE TEMP TABLE happened AS
SELECT i, 1 + floor($joined * pow({_chance(1)}, 1.7))::BIGINT AS member,
       $start::TIMESTAMP + to_microseconds((($seconds * {_chance(2)})::BIGINT) * 1000000) AS local,
       CASE WHEN {_chance(3)} < 0.45 THEN 'order.paid' WHEN {_chance(3)} < 0.75 THEN 'page.viewed'
            WHEN {_chance(3)} < 0.90 THEN 'app.opened' WHEN {_chance(3)} < 0.98 THEN 'checkin'
            ELSE 'benefit.claimed' END AS type,
       500 + floor(20000 * pow({_chance(4)}, 3))::BIGINT * 10 AS total_minor, {_chance(5)} AS back
  FROM range($first, $last) AS numbers(i) ORDER BY member, i
"""

_AT = "((local AT TIME ZONE 'Asia/Shanghai')) AS \"at\", local::DATE AS day"
_ORDER = "'pos/' || i AS \"order\""

_FACTS = {
    "events": f"""SELECT member, md5(i::VARCHAR) AS event, type,
        CASE type WHEN 'order.paid' THEN 'pos' ELSE 'app' END AS source, {_AT}, 1::INTEGER AS version, '' AS cause,
        CASE type WHEN 'order.paid' THEN '' ELSE '{{}}' END AS data
        FROM happened""",
    "orders": f"""SELECT member, {_ORDER}, 'pos' AS source, {_AT}, hour(local)::TINYINT AS hour,
        ['store', 'app', 'wechat'][1 + i % 3] AS channel, CASE i % 3 WHEN 0 THEN 'S' || (i % 50) ELSE '' END AS store,
        (1 + i % 3)::INTEGER AS lines, total_minor FROM happened WHERE type = 'order.paid'""",
    "lines": f"""SELECT member, {_ORDER}, local::DATE AS day, 'K' || (hash(i + 7 * n) % 2000) AS sku,
        'Item ' || (hash(i + 7 * n) % 2000) AS name, 'C' || (hash(i + 7 * n) % 20) AS category,
        'B' || (hash(i + 7 * n) % 100) AS brand, 1.0::DOUBLE AS quantity,
        CASE n WHEN 0 THEN total_minor - (total_minor // (1 + i % 3)) * (i % 3) ELSE total_minor // (1 + i % 3) END
            AS total_minor
        FROM happened, unnest(range(1 + i % 3)) AS parts(n) WHERE type = 'order.paid'""",
    "refunds": f"""SELECT member, {_ORDER}, {_AT}, CASE WHEN back < 0.01 THEN total_minor ELSE total_minor // 4 END
        AS amount_minor FROM happened WHERE type = 'order.paid' AND back < 0.03""",
    "awards": f"""SELECT member, md5(i::VARCHAR) AS event,
        CASE type WHEN 'checkin' THEN 'daily' ELSE 'base' END AS rule, 'credit' AS kind, 'points' AS asset,
        CASE type WHEN 'checkin' THEN 5 ELSE total_minor // 100 END AS units,
        1::INTEGER AS version, {_AT} FROM happened WHERE type IN ('order.paid', 'checkin')""",
    "exposures": f"""SELECT member, 'autumn' AS experiment, ['control', 'gift'][1 + member % 2] AS arm,
        'gift' AS rule, {_AT} FROM happened WHERE type = 'order.paid' AND i % 20 = 0""",
    "entries": f"""SELECT member, 'points' AS asset, CASE WHEN back > 0.97 THEN 'spend' ELSE 'issue' END AS account,
        CASE WHEN back > 0.97 THEN -(total_minor // 200) WHEN type = 'checkin' THEN 5 ELSE total_minor // 100 END
        AS units, CASE WHEN back > 0.97 THEN '' WHEN type = 'checkin' THEN 'daily' ELSE 'base' END AS rule, {_AT}
        FROM happened WHERE type IN ('order.paid', 'checkin')""",
}

_DAY = f"(DATE '{FIRST_YEAR}-01-01' + (floor($days * {_chance(8)}))::INTEGER)"
_MOMENT = "(({day})::TIMESTAMP AT TIME ZONE 'Asia/Shanghai')"

_PICTURES = {
    "members": f"""SELECT i AS member, md5('m' || i) AS member_id, {_MOMENT.format(day="joined")} AS joined_at,
        joined AS joined_day, ['pos', 'app', 'wechat', ''][1 + i % 4] AS source,
        ['female', 'male', ''][1 + i % 3] AS gender,
        CASE WHEN i % 5 = 0 THEN NULL ELSE DATE '1960-01-01' + (hash(i) % 16000)::INTEGER END AS birthday,
        ['zh-hans', 'zh-hant', 'en'][1 + i % 3] AS language,
        CASE WHEN i % 10 = 0 THEN ['vip'] WHEN i % 7 = 0 THEN ['coffee', 'tea'] ELSE []::VARCHAR[] END AS tags,
        '{{"city": "' || ['上海', '北京', '台北', '香港'][1 + i % 4] || '"}}' AS attributes
        FROM (SELECT i, DATE '{FIRST_YEAR}-01-01' + floor($days * pow(i / $members, 2))::INTEGER AS joined
                FROM range(1, $members + 1) AS numbers(i)) ORDER BY member""",
    "steps": f"""SELECT i AS member, 'level' AS ladder, 'basic' AS before, 'silver' AS after, 'earned' AS reason,
        {_MOMENT.format(day="day")} AS "at", day, day AS since, day + 365 AS until
        FROM (SELECT i, {_DAY} AS day FROM range(1, $members + 1, 5) AS numbers(i))
        UNION ALL SELECT i, 'level', 'silver', 'gold', 'earned', {_MOMENT.format(day="day")}, day, day, day + 365
        FROM (SELECT i, {_DAY} + 40 AS day FROM range(1, $members + 1, 20) AS numbers(i))""",
    "standings": f"""SELECT i AS member, 'level' AS ladder, CASE WHEN (i - 1) % 20 = 0 THEN 'gold' ELSE 'silver' END
        AS level, {_DAY} AS since, {_DAY} + 365 AS until FROM range(1, $members + 1, 5) AS numbers(i)""",
    "lots": f"""SELECT 1 + i % $members AS member, 'points' AS asset, 100 + i % 900 AS units,
        CASE WHEN i % 3 = 0 THEN 0 ELSE 50 + i % 50 END AS remaining, {_MOMENT.format(day=_DAY)} AS earned_at,
        {_DAY} AS earned_day, {_MOMENT.format(day=f"{_DAY} + 180")} AS expires_at, {_DAY} + 180 AS expires_day,
        'base' AS rule FROM range($members * 3) AS numbers(i)""",
    "entitlements": f"""SELECT i AS member, 'birthday' AS benefit, ['granted', 'claimed', 'used', 'expired'][1 + i % 4]
        AS state, {_DAY} AS granted_day, CASE WHEN i % 4 IN (1, 2) THEN {_DAY} + 3 END AS claimed_day,
        CASE WHEN i % 4 = 2 THEN {_DAY} + 9 END AS used_day, CASE WHEN i % 4 = 3 THEN {_DAY} + 30 END AS ended_day,
        (1000 + i % 500)::BIGINT AS cost_minor FROM range(1, $members + 1, 3) AS numbers(i)""",
    "messages": f"""SELECT i AS member, 'note' AS template, ['service', 'marketing'][1 + i % 2] AS category,
        {_MOMENT.format(day=_DAY)} AS "at", {_DAY} AS day, i % 4 <> 0 AS inbox,
        CASE WHEN i % 3 = 0 THEN {_MOMENT.format(day=f"{_DAY} + 1")} END AS read_at, (i % 2)::INTEGER AS sent
        FROM range(1, $members + 1, 2) AS numbers(i)""",
    MERGES: "SELECT 0::BIGINT AS gone, 0::BIGINT AS kept WHERE false",
}


def make(
    folder: Path,
    size: Size,
    memory: str = "1GB",
    threads: int = 2,
    told: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Write the history to `folder`, which is then a warehouse; `told` hears how many events are in, month by month."""
    files: list[File] = []
    with duckdb.connect() as base:
        base.execute(f"SET TimeZone = 'UTC'; SET threads = {threads}; SET memory_limit = '{memory}'")
        base.execute("SET temp_directory = ?", [str(folder / "spill")])
        for month in range(size.months):
            files += _month(base, folder, size, month)
            told(size.events * (month + 1) // size.months)
        days = (size.last_day - date(FIRST_YEAR, 1, 1)).days
        for table in PICTURES:
            sql = _PICTURES[table].replace("$days", str(days)).replace("$members", str(size.members))
            files.append(_written(base, folder, table, "", sql))
    end = datetime.combine(size.last_day, datetime.min.time(), ZONE)
    now = clock.now()
    known = Manifest(
        zone=ZONE.key,
        number=1,
        until=end,
        written_at=now,
        events=size.events,
        files=tuple(files),
        pictures=tuple(Picture(table, end, 0.0, "", end) for table in PICTURES),
    )
    manifest.write(folder / LIVE, known)
    return known


def _month(base: duckdb.DuckDBPyConnection, folder: Path, size: Size, month: int) -> list[File]:
    start, after = (date(FIRST_YEAR + each // 12, each % 12 + 1, 1) for each in (month, month + 1))
    first, last = (size.events * each // size.months for each in (month, month + 1))
    base.execute(
        _HAPPENED,
        {
            "joined": max(size.members * ((month + 1) / size.months) ** 0.5, 1.0),
            "start": start,
            "seconds": (after - start).days * 86_400,
            "first": first,
            "last": last,
        },
    )
    return [_written(base, folder, table, f"{start:%Y-%m}", sql) for table, sql in _FACTS.items()]


def _written(base: duckdb.DuckDBPyConnection, folder: Path, table: str, month: str, sql: str) -> File:
    schema = schema_of(table)
    return write(folder, table, month, schema, base.sql(sql).to_arrow_reader(ROW_GROUP))
