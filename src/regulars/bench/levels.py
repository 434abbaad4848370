"""Levels measured: a house of members with a year of tallies, made by SQL alone; who a version with another threshold
would move, found set-wise, and how long it takes until all of them are moved."""

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from regulars.bench.lots import BUCKETS, EARNED, JOIN, MEMBERS
from regulars.kit import postgres
from regulars.kit.errors import CliError

FIRST = 100_000_000
"""The first member's number: none of those that other parts of the bench make."""

DAYS_EACH, DAYS_APART = 5, 90
"""Each member has purchased on so many days, the last of them too long ago to count."""

BEFORE, AFTER = "en: Gold}, at: 2500}", "en: Gold}, at: 2300}"
"""The grocery's threshold for gold, and what the new version asks for instead."""

GIVE_UP_SECONDS = 1800
LOOK_SECONDS = 0.25

WORTH = """
CREATE TEMP TABLE worth AS
SELECT member_id, bucket, (power(get_byte(uuid_send(member_id), 11) * 256 + get_byte(uuid_send(member_id), 12), 2)
                           / power(65535, 2) * 8000)::bigint AS year
  FROM filler
"""
TALLIES = """
INSERT INTO events_tally (member_id, name, day, bucket, count, total)
SELECT member_id, name, %(today)s::date - 20 - turn * %(apart)s::int, bucket, 1,
       CASE WHEN turn = 0 THEN year - year / 4 * 3 ELSE year / 4 END
  FROM worth, generate_series(0, %(each)s::int - 1) AS turn,
       (VALUES ('credit:growth'), ('order.paid')) AS told (name)
"""
STANDINGS = """
INSERT INTO tiers_standing (member_id, ladder, bucket, level, since, until, due)
SELECT member_id, 'level', bucket,
       CASE WHEN year >= 5000 THEN 'platinum' WHEN year >= 2500 THEN 'gold' WHEN year >= 1000 THEN 'silver'
            ELSE 'basic' END,
       %(today)s::date - 20, CASE WHEN year >= 1000 THEN %(today)s::date + 300 END,
       CASE WHEN year >= 1000 THEN %(today)s::date + 301 END
  FROM worth
"""

Run = Callable[..., str]
"""`regulars` on the command line of the house that is measured: words → what it printed."""


def measure(data: Path, members: int, run: Run, file: str) -> dict[str, Any]:
    """Seconds for finding whom a lower threshold moves among `members`, and until they all are moved. `file`: the
    programme that the house has."""
    changed = data / "lower.yaml"
    text = file.replace(BEFORE, AFTER)
    if text == file:
        raise CliError("The grocery's levels are others than the bench knows.")
    changed.write_text(text, encoding="utf-8")
    folder = data / "postgres"
    start = time.perf_counter()
    expected = fill(folder, members)
    filled = time.perf_counter() - start
    found = json.loads(run("programme", "moves", str(changed), "--json"))
    moving = sum(one["members"] for one in found["moves"])
    if moving < expected:  # more, where the house has members from other measurements
        raise CliError(f"At least {expected:,} members would have to move, {moving:,} were found.")
    start = time.perf_counter()
    run("programme", "publish", str(changed))
    moved = _until_moved(folder)
    seconds = time.perf_counter() - start
    return {
        "members": members,
        "fill_seconds": round(filled, 1),
        "seconds": found["seconds"],
        "members_per_second": round(members / max(found["seconds"], 0.01)),
        "moves": found["moves"],
        "moved": moved,
        "moved_seconds": round(seconds, 1),
        "moved_per_second": round(moved / seconds),
    }


def fill(folder: Path, members: int) -> int:
    """Make so many members with a year behind them; how many stand where the lower threshold lifts them."""
    named: dict[str, Any] = {
        "first": FIRST, "members": members, "at": EARNED, "today": _today(), "each": DAYS_EACH, "apart": DAYS_APART,
    }  # fmt: skip
    with psycopg.connect(postgres.url(folder)) as connection:
        connection.execute("SET LOCAL synchronous_commit = off")
        for statement in (MEMBERS, BUCKETS, JOIN, WORTH, TALLIES, STANDINGS):
            connection.execute(statement, named)
        row = connection.execute("SELECT count(*) FROM worth WHERE year >= 2300 AND year < 2500").fetchone()
    with psycopg.connect(postgres.url(folder), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return int(row[0]) if row else 0


def _today() -> date:
    """A day that has begun everywhere."""
    return (datetime.now(UTC) - timedelta(hours=12)).date()


def _until_moved(folder: Path) -> int:
    """Wait until the worker has moved everybody; how many it moved."""
    end = time.monotonic() + GIVE_UP_SECONDS
    with psycopg.connect(postgres.url(folder), autocommit=True) as connection:
        while time.monotonic() < end:
            row = connection.execute(
                "SELECT moved FROM tiers_revision WHERE finished_at IS NOT NULL ORDER BY version DESC LIMIT 1"
            ).fetchone()
            if row is not None:
                return int(row[0])
            time.sleep(LOOK_SECONDS)
    raise CliError(f"After {GIVE_UP_SECONDS} s members are still waiting to be moved.")
