"""The books measured: how fast lots run out while requests go on, and how fast all is reconciled."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from regulars.bench.lots import fill
from regulars.kit import postgres
from regulars.kit.errors import CliError

LOTS_EACH = 10
"""Lots of one member that run out at once."""

GIVE_UP_SECONDS = 1800
LOOK_SECONDS = 0.25
LOAD_SECONDS = 3.0
"""The requests that go on meanwhile are sent by turns of so long."""

Load = Callable[[float], list[dict[str, Any]]]
"""Seconds → what each loading process found."""


def entries(data: Path) -> int:
    """Entries in the books."""
    return _number(data, "SELECT count(*) FROM ledger_entry")


def expire(data: Path, lots: int, load: Load) -> dict[str, Any]:
    """Seconds until `lots` that end at once have run out, and the latencies of requests that go on meanwhile."""
    folder = data / "postgres"
    ends = datetime.now(UTC) + timedelta(days=1)
    made = fill(folder, max(lots // LOTS_EACH, 1), LOTS_EACH, ends.isoformat())
    found: list[dict[str, Any]] = []
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            found.extend(load(LOAD_SECONDS))

    requests = threading.Thread(target=go_on)
    over = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    with psycopg.connect(postgres.url(folder)) as connection:
        connection.execute("UPDATE ledger_lot SET expires_at = %s WHERE expires_at = %s", [over, ends])
        connection.execute("UPDATE ledger_balance SET due_at = %s WHERE due_at = %s", [over, ends])
    requests.start()
    start = time.perf_counter()
    try:
        while _number(
            data, "SELECT count(*) FROM (SELECT FROM ledger_balance WHERE due_at < now() LIMIT 1) AS due"
        ):
            if time.perf_counter() - start > GIVE_UP_SECONDS:
                raise CliError(f"After {GIVE_UP_SECONDS} s lots are still waiting to run out.")
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - start
    finally:
        stop.set()
        requests.join()
    latencies = sorted(latency for one in found for latency in one["latencies"])
    return {
        "lots": made,
        "seconds": round(seconds, 1),
        "lots_per_second": round(made / seconds),
        "p50_ms": round(latencies[len(latencies) // 2], 2),
        "p99_ms": round(latencies[len(latencies) * 99 // 100], 2),
    }


def reconcile(data: Path) -> dict[str, Any]:
    """What `regulars reconcile` says of the house's books, and in how long."""
    environment = {**os.environ, "REGULARS_DATA": str(data)}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "regulars.cli", "reconcile", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CliError(f"The books do not agree: {done.stdout[:2000]}{done.stderr[:2000]}")
    seconds = time.perf_counter() - start
    count = json.loads(done.stdout)["checked"]["entries"]
    return {"entries": count, "seconds": round(seconds, 1), "entries_per_second": round(count / seconds)}


def _number(data: Path, sql: str) -> int:
    with psycopg.connect(postgres.url(data / "postgres")) as connection:
        row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
