"""Sorting more than fits into memory: sorted runs in temporary files, merged as they are read."""

import heapq
import marshal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import IO

RUN_BYTES = 48 << 20
BLOCK = 4096


class Sorter:
    """Takes byte strings in any order and gives them back in theirs.

    It keeps about `run_bytes` of them in memory, the rest in unnamed files in the system's folder for temporary
    files, which are gone when it is closed or dies.
    """

    def __init__(self, run_bytes: int = RUN_BYTES) -> None:
        self._run_bytes = run_bytes
        self._now: list[bytes] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []
        self._files = ExitStack()

    def add(self, item: bytes) -> None:
        """Take one."""
        self._now.append(item)
        self._size += len(item)
        if self._size >= self._run_bytes:
            self._spill()

    def sorted(self) -> Iterator[bytes]:
        """All that was taken, in order; once."""
        self._now.sort()
        return heapq.merge(*(_read(run) for run in self._runs), self._now) if self._runs else iter(self._now)

    def close(self) -> None:
        """Forget everything."""
        self._now = []
        self._files.close()

    def _spill(self) -> None:
        self._now.sort()
        run = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        for start in range(0, len(self._now), BLOCK):
            marshal.dump(self._now[start : start + BLOCK], run)
        run.seek(0)
        self._runs.append(run)
        self._now, self._size = [], 0


def _read(run: IO[bytes]) -> Iterator[bytes]:
    return chain.from_iterable(_blocks(run))


def _blocks(run: IO[bytes]) -> Iterator[list[bytes]]:
    while True:
        try:
            yield marshal.load(run)
        except EOFError:
            return
