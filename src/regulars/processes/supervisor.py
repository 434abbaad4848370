"""The supervisor: starts the database, the server and the worker, keeps them running, and stops them all.

Every child dies with the supervisor, even with one that is killed: see `kit.lifeline`.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
from django.db import connections

from regulars.kit import lifeline, log, metrics
from regulars.kit.errors import CliError
from regulars.processes import database, folder, tables
from regulars.settings import CONFIG, DATA

TICK_SECONDS = 0.25
DATABASE_SECONDS = 2.0
DRAIN_SECONDS = 25.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 30.0
HOPELESS_STARTS = 5
OWNER_VARIABLE = "DATABASE_OWNER_URL"
"""Kept from the children: what serves has no use for the owner."""

_log = structlog.get_logger(__name__)


@dataclass
class Child:
    """One process that must always run, and how its restarts went."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    failures: int = 0

    def start(self, environment: dict[str, str], lifeline_end: int) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=(lifeline_end,),
            start_new_session=True,
        )
        _log.info("child_started", child=self.name, pid=self.process.pid)

    def note_end(self) -> None:
        """Plan the next start: soon, and later and later for one that keeps falling over."""
        assert self.process is not None
        now = time.monotonic()
        self.failures = 1 if now - self.started_at > HEALTHY_SECONDS else self.failures + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1))
        self.due_at = now + pause
        _log.error("child_ended", child=self.name, code=self.process.returncode, restart_seconds=pause)
        self.process = None


def serve(host: str, port: int, greet: Callable[[str], None]) -> None:
    """Run Regulars on the data folder until SIGTERM, SIGINT or SIGHUP; `greet` gets the address once it answers.

    Refuses, in one sentence each: a folder in use, a taken port, a database that can't be had.
    """
    address = _address(host, port)
    log.configure(DATA, CONFIG.log_level, "supervisor")
    with _stop_signals() as stop, folder.claimed(DATA, f"process {os.getpid()}, {address}"):
        folder.check_port(host, port)
        with database.held():
            tables.migrate()
            connections.close_all()
            _supervise(host, port, address, greet, stop)


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    names = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to outlive the terminal
        names.append(signal.SIGHUP)
    before = [signal.signal(name, ask_to_stop) for name in names]
    try:
        yield stop
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def _supervise(
    host: str, port: int, address: str, greet: Callable[[str], None], stop: threading.Event
) -> None:
    children = [
        Child("server", ["regulars.processes.web", "--host", host, "--port", str(port)]),
        *(
            Child("worker" if number == 1 else f"worker {number}", ["regulars.cli", "worker"])
            for number in range(1, CONFIG.background + 1)
        ),
    ]
    lifeline_end, ours = os.pipe()
    environment = _environment(address, lifeline_end)
    greeter = threading.Thread(target=_greet_when_ready, args=(address, greet, stop), daemon=True)
    greeter.start()
    try:
        checked_at = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - checked_at > DATABASE_SECONDS:
                _keep_database()
                checked_at = time.monotonic()
            for child in children:
                _keep(child, environment, lifeline_end, give_up=greeter.is_alive())
            stop.wait(TICK_SECONDS)
    finally:
        _stop(children)
        os.close(ours)
        os.close(lifeline_end)


def _environment(address: str, lifeline_end: int) -> dict[str, str]:
    """What the children inherit: the way to notice our end, and a place where their measurements add up."""
    measured = DATA / "run" / "metrics"
    shutil.rmtree(measured, ignore_errors=True)
    measured.mkdir(parents=True)
    given = {name: value for name, value in os.environ.items() if name != OWNER_VARIABLE}
    return {
        "REGULARS_PUBLIC_URL": address,
        **given,
        "REGULARS_DATA": str(DATA),
        lifeline.VARIABLE: str(lifeline_end),
        metrics.MULTIPROCESS: str(measured),
    }


def _keep(child: Child, environment: dict[str, str], lifeline_end: int, give_up: bool) -> None:
    """Start the child where it does not run and is due; give up on one that never got anywhere."""
    if child.process is not None and child.process.poll() is not None:
        child.note_end()
        if give_up and child.failures >= HOPELESS_STARTS:
            raise CliError(f"The {child.name} does not start; {log.file_of(DATA)} says why.")
    if child.process is None and time.monotonic() >= child.due_at:
        child.start(environment, lifeline_end)


def _keep_database() -> None:
    try:
        database.revive()
    except CliError as error:
        _log.error("database_not_started", reason=error.sentence)


def _greet_when_ready(address: str, greet: Callable[[str], None], stop: threading.Event) -> None:
    while not stop.is_set():
        if _answers(f"{address}/readyz"):
            greet(address)
            return
        stop.wait(TICK_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(children: list[Child]) -> None:
    """Ask all to finish, the server first; kill whoever does not within `DRAIN_SECONDS`."""
    running = [(child, child.process) for child in children if child.process is not None]
    for _, process in running:
        process.terminate()
    deadline = time.monotonic() + DRAIN_SECONDS
    for child, process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _log.error("child_killed", child=child.name, pid=process.pid)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
