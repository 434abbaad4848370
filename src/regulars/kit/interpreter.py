"""How Python's interpreter is set for processes that decide batches while other threads answer requests."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 1_000_000
"""Objects alive before a look for cycles. A batch of 500 events holds up to 250,000 until it is written, none of them
in cycles: with Python's own threshold the looking took as long as the deciding."""


atexit.register(gc.unfreeze)  # what is left out is not taken down either, of which DuckDB complains at length


@contextmanager
def loading() -> Iterator[None]:
    """Look for no cycles in the block: it loads what stays, and a quarter of its time went into looking."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def tune() -> None:
    """Leave out what was loaded at the start, look for cycles seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
