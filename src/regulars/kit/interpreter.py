"""How Python's interpreter is set for processes that decide batches while other threads answer requests."""

import gc
import sys

YOUNG = 200_000
"""Objects made before a look for cycles: a batch makes tens of thousands, none in cycles, and with Python's own
threshold the looking took as long as the deciding."""

TURN_SECONDS = 0.0005
"""How long a thread may go on while another waits. The thread that commits for all waits for the database several
times a batch, and must not queue for 5 ms, Python's own setting, each time it comes back."""


def tune() -> None:
    """Leave out what was loaded at the start, look for cycles seldom, take turns quickly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
    sys.setswitchinterval(TURN_SECONDS)
