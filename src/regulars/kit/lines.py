"""Connections that batches take turns on, apart from those of the threads that submit them.

Whichever thread leads, its batch runs on one of a few connections: their prepared statements and caches are warm,
and a hundred threads don't mean a hundred connections. Plans are made once: batches look up by key, whatever
the statistics say today.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.db import connections

ALIAS = "default"
SETTINGS = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"

MOST = 8
"""So many batches run at once in a process; the others wait for one of these connections. More would only wait for
the processor, and a database has few connections."""

_idle: list[Any] = []
_lock = threading.Lock()
_free = threading.BoundedSemaphore(MOST)


@contextmanager
def borrowed() -> Iterator[None]:
    """Make Django's connection of this thread one of the kept ones. A thread in a transaction stays in its own."""
    own = connections[ALIAS]
    if own.in_atomic_block:
        yield
        return
    with _free, _one() as line:
        connections[ALIAS] = line
        try:
            yield
        finally:
            connections[ALIAS] = own


@contextmanager
def _one() -> Iterator[Any]:
    with _lock:
        line = _idle.pop() if _idle else None
    if line is None:
        line = _made()
    # A dead connection makes the batch be tried again: asking beforehand costs a round trip each time.
    line.health_check_done = True
    try:
        yield line
    finally:
        line.close_if_unusable_or_obsolete()
        with _lock:
            _idle.append(line)


def close() -> None:
    """Close the kept connections that nobody uses now."""
    with _lock:
        lines, _idle[:] = _idle[:], []
    for line in lines:
        line.close()


def _made() -> Any:
    line = connections.create_connection(ALIAS)
    line.settings_dict = deepcopy(line.settings_dict)
    options = line.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} {SETTINGS}".strip()
    line.inc_thread_sharing()
    return line
