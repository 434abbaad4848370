"""Loops over timers that are rows: each asks a room for due work, does it, and sleeps while there is none."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connections

from regulars.kit import metrics

LONGEST_PAUSE_SECONDS = 60.0

LONG_PAUSE_SECONDS = 5.0
"""Who pauses so long holds no connection meanwhile: a database has few."""

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


Heard = Callable[[Loop, int, str], None]
"""Is told how a loop fares: after how many failures in a row (0: it succeeded), and of which kind the last was."""


def keep_running(loop: Loop, stop: threading.Event, heard: Heard = lambda *_: None) -> None:
    """Run `loop` until `stop` is set. An error is logged, slows the loop down and never ends it.

    `heard` is told of every failure, of the first success and of each success after failures.
    """
    failures, told = 0, False
    while not stop.is_set():
        close_old_connections()
        try:
            done = loop.run()
        except Exception as error:
            failures += 1
            pause = min(LONGEST_PAUSE_SECONDS, max(loop.every_seconds, 0.5 * 2 ** min(failures, 10)))
            _log.exception("loop_failed", loop=loop.name, failures=failures, retry_seconds=pause)
            metrics.LOOP_FAILURES.labels(loop.name).inc()
            _tell(heard, loop, failures, type(error).__name__)
            told = False
            stop.wait(pause)
            continue
        told = told or _tell(heard, loop, 0, "")
        failures = 0
        if done:
            metrics.LOOP_DONE.labels(loop.name).inc(done)
        pause = loop.rest_seconds if done else loop.every_seconds
        if pause >= LONG_PAUSE_SECONDS:
            connections.close_all()
        stop.wait(pause)
    connections.close_all()


def _tell(heard: Heard, loop: Loop, failures: int, kind: str) -> bool:
    """Whether it could be told; who does not hear it does not end the loop either."""
    try:
        heard(loop, failures, kind)
    except Exception:
        _log.warning("loop_not_heard", loop=loop.name, failures=failures, exc_info=True)
        return False
    return True
