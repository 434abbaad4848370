"""Where the warehouse lies, and who may write there: one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from regulars.settings import CONFIG, DATA


def folder() -> Path:
    """The warehouse's folder."""
    return CONFIG.warehouse_folder.absolute() if CONFIG.warehouse_folder else DATA / "warehouse"


@contextmanager
def mine(place: Path, wait: bool = False, name: str = "lock") -> Iterator[bool]:
    """Whether this process may write there until the block ends; with a `name`, whether it may do what that stands for.
    The lock lies in the folder itself, so it holds between all who would, and is gone with the process, however that
    ends."""
    place.mkdir(parents=True, exist_ok=True)
    handle = os.open(place / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        os.utime(handle)  # a lock that is in use is young: what is old there may be swept
        yield True
    finally:
        os.close(handle)


SUSPECT = "suspect"


def suspect(place: Path) -> None:
    """Somebody could not read a file: the follower is to look at all of them."""
    with suppress(OSError):
        (place / SUSPECT).touch()
