"""A process of its own that does what it is told from many threads at once: one line of jobs in, one of results out.

A job is a command (`do`, `member`, `key`, `said`) or an `event`. Between reading the jobs and doing them it says
"ready" and waits for a word, so that several processes begin together.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 - after the set-up

from regulars.engine import operations, service  # noqa: E402
from regulars.engine.contracts import Incoming, Outcome  # noqa: E402
from regulars.engine.doors import check  # noqa: E402
from regulars.kit import clock  # noqa: E402
from regulars.programme.service import current  # noqa: E402

AT_ONCE = 30
"""So many transactions of one process at a time, past the gate: the server has a hundred connections for all."""

_room = BoundedSemaphore(AT_ONCE)


def past_the_gate(events: list[Incoming]) -> list[Outcome]:
    """Each in a transaction of its own."""
    with _room:
        return service.take(events)


def done(job: dict[str, Any], event: Incoming | None, door: Any) -> dict[str, Any]:
    """What became of one job."""
    if event is not None:
        outcome = door([event])[0]
    else:
        request = operations.Request(UUID(job["member"]), "raid", job["key"])
        outcome = getattr(operations, job["do"])(request, **job["said"])
    return {
        "status": outcome.status,
        "code": outcome.error.code if outcome.error else "",
        "operation": str(outcome.event_id),
        "balances": outcome.balances,
        "effects": outcome.effects,
    }


def raid(jobs: list[dict[str, Any]], gate: bool) -> list[dict[str, Any]]:
    """Every job in a thread of its own, all released at once; the results in the jobs' order."""
    door = service.submit if gate else past_the_gate
    vars(operations)["submit"] = door
    start = Barrier(len(jobs) + 1)
    events = [
        check(job["event"], current(), "pos", clock.now(), False) if "event" in job else None for job in jobs
    ]

    def run(job: dict[str, Any], event: Incoming | None) -> dict[str, Any]:
        start.wait()
        try:
            return done(job, event, door)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        waiting = [pool.submit(run, *pair) for pair in zip(jobs, events, strict=True)]
        print("ready", flush=True)
        sys.stdin.readline()
        start.wait()
        return [one.result() for one in waiting]


def main() -> None:
    """Raids until the end of the input."""
    while line := sys.stdin.readline():
        orders = json.loads(line)
        print(json.dumps(raid(orders["jobs"], orders["gate"])), flush=True)


if __name__ == "__main__":
    main()
