"""How Python's interpreter is set for processes that decide batches while other threads answer requests."""

import gc

YOUNG = 200_000
"""Objects made before a look for cycles: a batch makes tens of thousands, none in cycles, and with Python's own
threshold the looking took as long as the deciding."""


def tune() -> None:
    """Leave out what was loaded at the start, look for cycles seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
