"""How a child process notices that its parent is gone, even one that was killed, and that all children are gone.

The parent holds one end of a pipe and gives the other to its children: the system closes it with the parent. Each
child also holds a shared lock on a file in the data folder, so the next start can wait until the last one ended.
"""

import fcntl
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

VARIABLE = "REGULARS_LIFELINE"
FILE = Path("run") / "children.lock"
GRACE_SECONDS = 10.0

_held: list[IO[str]] = []


def attach(data: Path) -> None:
    """End this process in an orderly way when its supervisor ends, and count it among the living until then.

    A process that no supervisor started is left alone.
    """
    descriptor = os.environ.get(VARIABLE)
    if descriptor is not None:
        _hold(data)
        _watch(lambda: os.read(int(descriptor), 1))


def follow_parent(data: Path) -> None:
    """The same for a process that `multiprocessing` started for such a child; elsewhere this does nothing."""
    parent = multiprocessing.parent_process()
    if parent is not None and VARIABLE in os.environ:
        _hold(data)
        _watch(lambda: multiprocessing.connection.wait([parent.sentinel]))


def all_gone(data: Path, timeout_seconds: float) -> bool:
    """Whether no child of an earlier start lives, waiting for that at most so long."""
    deadline = time.monotonic() + timeout_seconds
    with _open(data) as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.1)
            else:
                return True


def _hold(data: Path) -> None:
    if not _held:
        file = _open(data)
        fcntl.flock(file, fcntl.LOCK_SH)
        _held.append(file)


def _open(data: Path) -> IO[str]:
    path = data / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a")


def _watch(until_gone: Callable[[], object]) -> None:
    def end_with_parent() -> None:
        until_gone()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=end_with_parent, name="lifeline", daemon=True).start()
