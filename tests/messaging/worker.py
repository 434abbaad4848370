"""A worker process for the tests to kill: delivers what is due until it is stopped."""

import sys
import time

import django

django.setup()

from regulars.messaging import tasks  # noqa: E402 - after the set-up
from tests.messaging.world import book_of  # noqa: E402

if __name__ == "__main__":
    while True:
        moved = tasks.deliver_due(book_of)
        if not moved and "--once" in sys.argv:
            break
        time.sleep(0.05)
