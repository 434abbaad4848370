"""One installation in a temporary folder, run by real processes, for the tests to mistreat."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from regulars.kit import postgres

PATIENCE_SECONDS = 120.0


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], object], what: str) -> None:
    """Wait until `holds` is true, or fail saying what was waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for: {what}")


def one_of(parent: psutil.Process, mark: str) -> psutil.Process:
    """A child of that process whose command has `mark` in it, as soon as there is one."""
    found: list[psutil.Process] = []

    def there() -> bool:
        for child in parent.children():
            with suppress(psutil.NoSuchProcess):
                if mark in " ".join(child.cmdline()):
                    found.append(child)
                    return True
        return False

    eventually(there, f"{mark} runs")
    return found[0]


def regulars(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "regulars.cli", *arguments],
        env=environment(data, settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def environment(data: Path, settings: dict[str, str]) -> dict[str, str]:
    ours = {
        "REGULARS_DATA": str(data), "REGULARS_WORKERS": "1", "REGULARS_THREADS": "4", "REGULARS_BACKGROUND": "1",
        "LANG": "C",
    }  # fmt: skip
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTEST", "DJANGO"))
    }
    return {**kept, **ours, **settings}


@dataclass
class House:
    """A data folder, and the `regulars up` that runs on it."""

    data: Path
    port: int = field(default_factory=free_port)
    up: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Run `regulars up` until it answers."""
        with (self.data / "up.out").open("w") as out:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "regulars.cli", "up", "--port", str(self.port)],
                env=environment(self.data, {}),
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        # Its own words: an older server on the same port may still be on its way out.
        eventually(lambda: "Press Ctrl-C to stop." in self.said(), f"the greeting; it said {self.said()}")
        self.wait_until_ready()

    def ensure_running(self) -> None:
        if self.up is None or self.up.poll() is not None:
            self.start()

    def wait_until_ready(self) -> None:
        eventually(lambda: self.status("/readyz") == 200, f"/readyz; it said {self.said()}")

    def stop(self, name: signal.Signals) -> int:
        """Ask `up` to stop; its exit code."""
        assert self.up is not None
        self.up.send_signal(name)
        return self.up.wait(PATIENCE_SECONDS)

    def said(self) -> str:
        return (self.data / "up.out").read_text()

    def status(self, path: str) -> int | None:
        """The status that the server answers, None where nobody does."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def child(self, mark: str) -> psutil.Process:
        """The direct child of `up` whose command has `mark` in it: soon, where it ended and is being begun again."""
        assert self.up is not None
        return one_of(psutil.Process(self.up.pid), mark)

    def children(self) -> str:
        """The commands of all direct children of `up`."""
        assert self.up is not None
        return "\n".join(" ".join(child.cmdline()) for child in psutil.Process(self.up.pid).children())

    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postgres/postmaster.pid").read_text().split()[0]))

    def processes(self) -> list[psutil.Process]:
        """Every process there is of this installation."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            command = " ".join(process.info["cmdline"] or ())
            home = (process.info["environ"] or {}).get("REGULARS_DATA")
            if str(self.data / "postgres") in command or (home == str(self.data) and "regulars" in command):
                found.append(process)
        return found

    def note(self, text: str) -> None:
        """Keep something in the database."""
        with psycopg.connect(postgres.url(self.data / "postgres")) as connection:
            connection.execute(
                "INSERT INTO staff_auditentry (at, actor, action, subject, detail)"
                " VALUES (now(), 'test', 'noted', %s, '{}')",
                [text],
            )

    def notes(self) -> list[str]:
        with psycopg.connect(postgres.url(self.data / "postgres")) as connection:
            rows = connection.execute("SELECT subject FROM staff_auditentry ORDER BY id").fetchall()
        return [row[0] for row in rows]
