"""A process of its own: sends the events it is given from several threads, and prints what became of them."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - after the set-up

from regulars.engine.doors import receive  # noqa: E402

THREADS = 4


def main() -> None:
    """Tell that we are ready, wait for the word, send."""
    events: list[dict[str, Any]] = json.loads(sys.stdin.readline())
    start = Barrier(THREADS)

    def run(number: int) -> list[dict[str, Any]]:
        start.wait()
        try:
            return [receive(json.dumps(one).encode(), "api", "en")[0] for one in events[number::THREADS]]
        finally:
            connection.close()

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        results = [one for some in pool.map(run, range(THREADS)) for one in some]
    print(json.dumps(results), flush=True)


if __name__ == "__main__":
    main()
