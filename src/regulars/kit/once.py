"""Remembering what never changes, computed once however many threads ask at the same time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """A function of one argument that keeps its latest `most` results. Failures are not kept."""

    def __init__(self, function: Callable[[Key], Value], most: int) -> None:
        self._function = function
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.RLock()
        self.__doc__ = function.__doc__

    def __call__(self, key: Key) -> Value:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._function(key)
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return self._kept[key]

    def knows(self, key: Key) -> bool:
        """Whether the result for `key` is kept."""
        return key in self._kept

    def cache_clear(self) -> None:
        """Forget everything, for tests that make the same key mean something else."""
        with self._lock:
            self._kept.clear()


def once(most: int) -> Callable[[Callable[[Key], Value]], Once[Key, Value]]:
    """Make a function of one argument remember its results, for all threads."""

    def make(function: Callable[[Key], Value]) -> Once[Key, Value]:
        return Once(function, most)

    return make
