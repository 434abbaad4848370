"""How Python looks for garbage in processes that make many short-lived objects."""

import gc

YOUNG = 200_000
"""Objects made before a look for cycles: a batch makes tens of thousands, none in cycles, and with Python's own
threshold the looking took a third of the time."""


def tune() -> None:
    """Leave out what was loaded at the start, and look for cycles seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
