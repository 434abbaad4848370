"""Answers that took long to count, as they were counted last: on disk, for all processes of this machine.

They lie in the warehouse's folder and may be deleted at any time. What another version of Regulars put there is not
found; what can't be read is as if it were not there.
"""

import os
import pickle
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from regulars import __version__
from regulars.kit import clock
from regulars.warehouse import place

KEPT_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Laid:
    """A value, and when it was laid there."""

    value: Any
    at: datetime


def look(name: str) -> Laid | None:
    """What lies under the name, at most a week old, and not laid by a clock that was ahead."""
    with suppress(Exception):  # what a file of any content does to pickle
        path = _path(name)
        if time.time() - path.stat().st_mtime < KEPT_SECONDS:
            laid = pickle.loads(path.read_bytes())
            return laid if isinstance(laid, Laid) and laid.at <= clock.now() else None
    return None


def lay(name: str, value: Any) -> bool:
    """Put the value there, whole or not at all; False: the disk refuses, and nothing is kept."""
    path = _path(name)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_bytes(pickle.dumps(Laid(value, clock.now())))
        new.chmod(0o600)
        new.replace(path)
        _sweep(path.parent)
        return True
    return False


def mine(name: str) -> AbstractContextManager[bool]:
    """Whether nobody else on this machine counts what the name stands for; they may not until the block ends."""
    path = _path(name)
    return place.mine(path.parent, name=f"{path.name}.lock")


def _path(name: str) -> Path:
    return place.folder() / "answers" / sha256(f"{__version__} {name}".encode()).hexdigest()


def _sweep(shelf: Path) -> None:
    for path in shelf.iterdir():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
