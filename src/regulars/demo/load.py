"""Loading the year through the engine, as any other import of old events."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Queue
from typing import Any

from django.db import close_old_connections, connection, connections

from regulars.demo.source import History, events, read_history
from regulars.engine.contracts import Incoming
from regulars.engine.doors import check
from regulars.engine.service import take
from regulars.engine.tasks import settle_all
from regulars.kit import clock, interpreter
from regulars.kit.errors import CliError
from regulars.programme.contracts import Programme
from regulars.programme.gallery import template
from regulars.programme.service import current_number, publish, version
from regulars.settings import DATA
from regulars.staff.service import create_api_key, create_operator

BATCH = 500
WRITERS = 2
"""While one batch waits for the disk, another is decided. A member's events all go through one writer."""

KEPT = DATA / "demo.json"
"""What a second run must know: how far the year was moved, whether all of it came in, who may sign in."""

EMAIL = "demo@regulars.example"

Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in: the demo's operator and API key."""

    email: str
    password: str
    key: str


def kept() -> dict[str, Any]:
    """What an earlier run left."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def _keep(**more: Any) -> None:
    beside = KEPT.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps({**kept(), **more}, indent=1))
    beside.replace(KEPT)


def access() -> Access:
    """The demo's operator and API key, made at the first run."""
    known = kept()
    if "password" not in known:
        _, password = create_operator(EMAIL, name="演示")
        key = create_api_key("demo", ["*"])
        _keep(email=EMAIL, password=password, key=key)
        known = kept()
    return Access(known["email"], known["password"], known["key"])


def prepare() -> tuple[Programme, History]:
    """The demo's programme in force, and the year as it is to be loaded.

    Refuses a folder in which another programme is in force: its members are no demo.
    """
    number = current_number()
    if number and version(number).id != "grocery":
        raise CliError(
            f"The programme {version(number).id!r} is in force here; load the demo into another folder"
            " (REGULARS_DATA)."
        )
    programme = (
        version(number) if number else publish(template("grocery"), "demo", "The demo's first version")
    )
    history = read_history(clock.now(), programme.zone)
    if "shift_days" in kept():
        history = history.moved(timedelta(days=kept()["shift_days"]))
    else:
        _keep(shift_days=history.shift.days)
    return programme, history


def load(programme: Programme, history: History, step: Step) -> None:
    """Take the whole year, then what time has done since. What is in already is not taken twice.

    `step` is told how many orders each batch brought.
    """
    interpreter.tune()
    queues: list[Queue[list[dict[str, Any]] | None]] = [Queue(maxsize=4) for _ in range(WRITERS)]
    failures: list[BaseException] = []
    now = clock.now()
    writers = [
        threading.Thread(target=_write, args=(queue, programme, now, step, failures), daemon=True)
        for queue in queues
    ]
    for writer in writers:
        writer.start()
    for writer_number, batch in _batches(history):
        if failures:
            break
        queues[writer_number].put(batch)
    for queue in queues:
        queue.put(None)
    for writer in writers:
        writer.join()
    if failures:
        raise failures[0]
    settle_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _keep(loaded=True)


def _batches(history: History) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The year in batches, each for one writer, each member always for the same."""
    gathered: list[list[dict[str, Any]]] = [[] for _ in range(WRITERS)]
    for event in events(history):
        number = int(event["member"]["external"].removeprefix("hh")) % WRITERS
        gathered[number].append(event)
        if len(gathered[number]) == BATCH:
            yield number, gathered[number]
            gathered[number] = []
    yield from enumerate(gathered)


def _write(
    queue: "Queue[list[dict[str, Any]] | None]",
    programme: Programme,
    now: datetime,
    step: Step,
    failures: list[BaseException],
) -> None:
    close_old_connections()
    try:
        while (batch := queue.get()) is not None:
            if not failures:
                checked: list[Incoming] = [check(event, programme, "demo", now, False) for event in batch]
                _accepted(take(checked) if checked else [])
                step(sum(one.type == "order.paid" for one in checked))
    except BaseException as error:
        failures.append(error)
        while queue.get() is not None:
            pass
    finally:
        connections.close_all()


def _accepted(outcomes: list[Any]) -> None:
    for outcome in outcomes:
        if outcome.error is not None:
            raise CliError(f"The event {outcome.key} was rejected: {outcome.error}.")
