"""How long the random lives are lived, and how a failure is lived again.

`make test` takes the same lives every time. With BOOKS_SEED the lives follow from that number instead, and with
BOOKS_RUNS and BOOKS_STEPS there are more of them, or longer ones; `make soak` sets them.
"""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.books.drivers import Driver
from tests.books.machine import Life

SEED = os.environ.get("BOOKS_SEED", "")


def runs(usual: int) -> int:
    """So many runs, unless BOOKS_RUNS says otherwise."""
    return int(os.environ.get("BOOKS_RUNS", usual))


def live(make: Callable[[int], Driver], lives: int, steps: int) -> None:
    """Live so many random lives of so many steps each; the shortest that breaks something is shown, step by step."""
    machine = type("Life", (Life,), {"make": staticmethod(make)})
    if SEED:
        seed(int(SEED))(machine)
    steps = int(os.environ.get("BOOKS_STEPS", steps))
    run_state_machine_as_test(
        machine,
        _min_steps=steps,
        settings=settings(
            max_examples=runs(lives),
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=not SEED,
            print_blob=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
