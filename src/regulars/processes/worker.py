"""The worker: loops over timers that are rows, and procrastinate for jobs that run by the calendar or run long."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from regulars.kit.loops import Loop, keep_running
from regulars.work import LOOPS

JOBS_AT_ONCE = 2
POLL_SECONDS = 30.0
DRAIN_SECONDS = 15.0

YIELDING = 10
"""What can wait lets those go first who wait for an answer."""

_log = structlog.get_logger(__name__)


def run() -> None:
    """Work until told to stop (SIGTERM, SIGINT); then finish the portion at hand and the jobs that run."""
    os.nice(YIELDING)
    _log.info("worker_started", loops=[loop.name for loop in LOOPS], jobs=sorted(app.tasks))
    with _looping(LOOPS):
        asyncio.run(_run_jobs())
    _log.info("worker_stopped")


@contextmanager
def _looping(loops: tuple[Loop, ...]) -> Iterator[None]:
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep_running, args=(loop, stop), name=loop.name, daemon=True)
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
