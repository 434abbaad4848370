"""One of the processes that load the year: `python -m regulars.demo.writer PART PARTS SHIFT_DAYS NOW`.

It takes the events of its part of the households and prints after each batch how many orders that brought. Where
there are two cores, two of them load twice as fast as one, in which threads would wait for each other.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import django
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
django.setup()

# What they load can be loaded only now.
from regulars.demo.source import events, read_history  # noqa: E402
from regulars.engine.doors import check  # noqa: E402
from regulars.engine.service import take  # noqa: E402
from regulars.kit import interpreter, log  # noqa: E402
from regulars.kit.errors import CliError  # noqa: E402
from regulars.programme.service import current  # noqa: E402
from regulars.settings import CONFIG, DATA  # noqa: E402

BATCH = 4000
"""A member's rows are read and written once a batch, so large ones cost less an event; nobody waits for an answer."""


def write(part: int, parts: int, shift: timedelta, now: datetime) -> Iterator[int]:
    """Take the year of every `parts`-th household, moved by `shift`; 0 once the files are read, then how many
    orders each batch brought.

    What is in already is not taken twice. An event that is rejected ends it all.
    """
    programme = current()
    history = read_history(now, programme.zone, (part, parts)).moved(shift)
    interpreter.tune()
    yield 0
    for batch in _batches(events(history)):
        checked = [check(event, programme, "demo", now, suspicious=False) for event in batch]
        for outcome in take(checked):
            if outcome.error is not None:
                raise CliError(f"the event {outcome.key} was rejected: {outcome.error.text['en']}.")
        yield sum(event.type == "order.paid" for event in checked)


def _batches(source: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    stream = iter(source)
    while batch := list(islice(stream, BATCH)):
        yield batch


def main() -> None:
    """Do the part that the arguments name. Ctrl-C is for the parent, which ends us.

    One that fails says why in its last line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log.configure(DATA, CONFIG.log_level, "demo", to_stderr=False)
    part, parts, shift_days, now = sys.argv[1:]
    shift = timedelta(days=int(shift_days))
    try:
        for orders in write(int(part), int(parts), shift, datetime.fromisoformat(now)):
            print(orders, flush=True)
    except CliError as error:
        print(error.sentence)
        sys.exit(1)
    except Exception as error:
        structlog.get_logger("regulars.demo").exception("writer_failed", part=part)
        print(f"{type(error).__name__}; {log.file_of(DATA)} says more.")
        sys.exit(1)


if __name__ == "__main__":
    main()
