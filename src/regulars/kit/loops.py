"""Loops over timers that are rows: each asks a room for due work, does it, and sleeps while there is none."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connections

from regulars.kit import metrics

LONGEST_PAUSE_SECONDS = 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loop:
    """A room's recurring work.

    `run` does one bounded portion of what is due, in transactions of its own, and returns how many things it did;
    while it returns more than 0 it is called again after `rest_seconds`, in which more gathers, else after
    `every_seconds`. Several workers may run
    the same loop at a time, so `run` claims its rows (SKIP LOCKED).
    """

    name: str
    run: Callable[[], int]
    every_seconds: float
    rest_seconds: float = 0.0


def keep_running(loop: Loop, stop: threading.Event) -> None:
    """Run `loop` until `stop` is set. An error is logged, slows the loop down and never ends it."""
    failures = 0
    while not stop.is_set():
        close_old_connections()
        try:
            done = loop.run()
        except Exception:
            failures += 1
            pause = min(LONGEST_PAUSE_SECONDS, max(loop.every_seconds, 0.5 * 2 ** min(failures, 10)))
            _log.exception("loop_failed", loop=loop.name, failures=failures, retry_seconds=pause)
            metrics.LOOP_FAILURES.labels(loop.name).inc()
            stop.wait(pause)
            continue
        failures = 0
        if done:
            metrics.LOOP_DONE.labels(loop.name).inc(done)
            stop.wait(loop.rest_seconds)
        else:
            stop.wait(loop.every_seconds)
    connections.close_all()
