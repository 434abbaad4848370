"""The worker: loops over timers that are rows, and procrastinate for jobs that run by the calendar or run long."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import Error, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from regulars.alerts import service as alerts
from regulars.alerts.contracts import Alarm
from regulars.alerts.machinery import LOOP_FAILING, ONE_ROLE
from regulars.kit.loops import Loop, keep_running
from regulars.processes import roles
from regulars.work import LOOPS

JOBS_AT_ONCE = 2
POLL_SECONDS = 30.0
DRAIN_SECONDS = 15.0

FAILING_AFTER = 3
"""A loop that failed so often in a row keeps failing, and is an alert."""

YIELDING = 10
"""What can wait lets those go first who wait for an answer."""

_log = structlog.get_logger(__name__)


def run() -> None:
    """Work until told to stop (SIGTERM, SIGINT); then finish the portion at hand and the jobs that run."""
    os.nice(YIELDING)
    _log.info("worker_started", loops=[loop.name for loop in LOOPS], jobs=sorted(app.tasks))
    _look_at_the_house()
    with _looping(LOOPS):
        asyncio.run(_run_jobs())
    _log.info("worker_stopped")


def tell_of(loop: Loop, failures: int, kind: str) -> None:
    """A loop that keeps failing is an alert until it succeeds."""
    if failures >= FAILING_AFTER:
        alerts.raise_alerts(
            [Alarm(LOOP_FAILING, loop.name, {"name": loop.name, "failures": failures, "error": kind})]
        )
    elif not failures:
        alerts.resolve(LOOP_FAILING.code, loop.name)


def look_at_roles() -> None:
    """History that the role which serves could rewrite is an alert until it can't."""
    weak = roles.rewritable()
    alerts.settle([ONE_ROLE.code], [Alarm(ONE_ROLE, params={"tables": len(weak)})] if weak else [])


def _look_at_the_house() -> None:
    """What a start finds out. A database that does not answer now will be asked by the loops."""
    try:
        look_at_roles()
    except Error as error:
        _log.warning("roles_not_looked_at", reason=str(error))
    finally:
        connection.close()


@contextmanager
def _looping(loops: tuple[Loop, ...]) -> Iterator[None]:
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep_running, args=(loop, stop, tell_of), name=loop.name, daemon=True)
        for loop in loops
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(DRAIN_SECONDS)


async def _run_jobs() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            await app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                fetch_job_polling_interval=POLL_SECONDS,
                abort_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=DRAIN_SECONDS,
            )
