"""Simulations as they stand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from regulars.insight.simulating.contracts import Asked, UnknownSimulation
from regulars.kit.sqlread import from_json, row, rows

COLUMNS = """
SELECT one.id, one.state, one.title, one.source, one.version, one.first_day, one.last_day, one.until, one.asked_by,
       one.asked_at, one.started_at, one.ended_at, one.error,
       coalesce((SELECT sum(events) FROM simulating_portion WHERE simulation_id = one.id), 0)::bigint,
       coalesce((SELECT sum(CASE WHEN done_at IS NULL THEN least(done, events) ELSE events END)
                   FROM simulating_portion WHERE simulation_id = one.id), 0)::bigint,
       one.audiences
"""
LATEST_MOST = 50


def get(simulation_id: UUID) -> Asked:
    """One, with its result if it is done. Raises UnknownSimulation."""
    found = row(f"{COLUMNS}, one.result FROM simulating_simulation AS one WHERE id = %s", [simulation_id])
    if found is None:
        raise UnknownSimulation
    return replace(_asked(found[:-1]), result=from_json(found[-1]))


def latest() -> list[Asked]:
    """The latest that were asked for, without their results."""
    text = f"{COLUMNS} FROM simulating_simulation AS one ORDER BY asked_at DESC LIMIT %s"
    return [_asked(found) for found in rows(text, [LATEST_MOST])]


def running() -> list[Asked]:
    """Those that wait or run, oldest first."""
    where = "WHERE state IN ('waiting', 'running') ORDER BY asked_at LIMIT %s"
    text = f"{COLUMNS} FROM simulating_simulation AS one {where}"
    return [_asked(found) for found in rows(text, [LATEST_MOST])]


def open_count() -> int:
    """How many wait or run."""
    found = row("SELECT count(*) FROM simulating_simulation WHERE state IN ('waiting', 'running')")
    return int(found[0]) if found else 0


def named(name: str) -> UUID | None:
    """The simulation of that name."""
    found = row("SELECT id FROM simulating_simulation WHERE name = %s", [name])
    return found[0] if found else None


def cancelled(simulation_id: UUID) -> bool:
    """Whether nobody waits for it any more."""
    found = row("SELECT state FROM simulating_simulation WHERE id = %s", [simulation_id])
    return found is None or found[0] not in ("waiting", "running")


def _asked(found: Sequence[Any]) -> Asked:
    one = Asked(*found)
    return replace(one, error=from_json(one.error))
