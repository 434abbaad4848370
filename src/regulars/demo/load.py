"""Loading the year through the engine, as any other import of old events."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from regulars.demo.source import Size, shift_of, size
from regulars.engine.tasks import settle_all
from regulars.kit import clock
from regulars.kit.errors import CliError
from regulars.programme.gallery import template
from regulars.programme.service import current_number, publish, version
from regulars.settings import DATA
from regulars.staff.service import create_api_key, create_operator

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


def prepare() -> Size:
    """Put the demo's programme in force and settle how far the year is moved; what there is to load.

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
    if "shift_days" not in kept():
        _keep(shift_days=shift_of(clock.now(), programme.zone).days)
    return size()


def load(step: Step) -> None:
    """Take the whole year, then what time has done since. What is in already is not taken twice.

    `step` is told how many orders each batch brought; 0, when the first begins.
    """
    parts = max(2, os.cpu_count() or 2)
    now, shift_days = clock.now().isoformat(), str(kept()["shift_days"])
    with ThreadPoolExecutor(parts) as listeners, ExitStack() as stack:
        writers = [
            stack.enter_context(_writer(str(part), str(parts), shift_days, now)) for part in range(parts)
        ]
        for heard in as_completed([listeners.submit(_listen, writer, step) for writer in writers]):
            heard.result()
    settle_all()
    _keep(loaded=True)


@contextmanager
def _writer(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that loads one part; it ends with the body, however that ends."""
    command = [sys.executable, "-m", "regulars.demo.writer", *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as writer:
        try:
            yield writer
        finally:
            writer.terminate()


def _listen(writer: subprocess.Popen[str], step: Step) -> None:
    """Tell `step` what the writer tells, to its end; the last line of one that failed says why."""
    assert writer.stdout is not None
    said = ""
    for line in writer.stdout:
        said = line.strip()
        if said.isdigit():
            step(int(said))
    if writer.wait():
        raise CliError(f"Loading stopped: {'a writer was ended' if said.isdigit() or not said else said}")
