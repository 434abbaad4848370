"""Figures kept for a few seconds in this process, so that a page that many open costs one count.

What is counted quickly is counted on the spot when it is older than that. What takes longer is shown as it was a
few minutes ago at most, while one thread counts it anew.
"""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from django.db import connection

from regulars.kit import clock

Value = TypeVar("Value")

KEEP_SECONDS = 30.0
QUICK_SECONDS = 0.15
"""What took longer to count the last time does not keep a reader waiting while it can be shown as it was."""
STALE_SECONDS = 300.0
"""What is older than this is not shown any more."""
_KEPT_MAX = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """A value and the moment at which it was true."""

    value: Value
    at: datetime


@dataclass(slots=True)
class _Kept:
    lock: Lock = field(default_factory=Lock)
    counted: float = 0.0
    took: float = 0.0
    dated: Dated[Any] | None = None

    def younger(self, seconds: float) -> bool:
        return self.dated is not None and monotonic() - self.counted < seconds

    def count(self, make: Callable[[], Any]) -> Dated[Any]:
        """Count anew; the caller holds the lock."""
        began = monotonic()
        self.dated = Dated(make(), clock.now())
        self.counted = monotonic()
        self.took = self.counted - began
        return self.dated


_kept: dict[Hashable, _Kept] = {}
_register = Lock()


def kept(key: Hashable, make: Callable[[], Value], seconds: float = KEEP_SECONDS) -> Dated[Value]:
    """What `make` gave at most `seconds` (≤ 30) ago, where that took long up to 5 minutes ago; callers who come
    together wait for one and the same."""
    slot, fresh = _slot(key), min(seconds, KEEP_SECONDS)
    shown = slot.dated
    if shown is not None and slot.younger(fresh):
        return shown
    if shown is not None and slot.took > QUICK_SECONDS and slot.younger(STALE_SECONDS):
        if slot.lock.acquire(blocking=False):
            Thread(target=_recount, args=(slot, make), daemon=True).start()
        return shown
    with slot.lock:
        if slot.dated is not None and slot.younger(fresh):
            return slot.dated
        return slot.count(make)


def at_hand(key: Hashable) -> bool:
    """Whether `kept` would answer at once, as far as the last time tells."""
    slot = _slot(key)
    if slot.dated is None:
        return not slot.lock.locked()
    return slot.took <= QUICK_SECONDS or slot.younger(STALE_SECONDS)


def remembered(key: Hashable) -> bool:
    """Whether `kept` has something that it may still show."""
    return _slot(key).younger(STALE_SECONDS)


def forget() -> None:
    """Count anew the next time: for tests, and after an import."""
    with _register:
        _kept.clear()


def _slot(key: Hashable) -> _Kept:
    with _register:
        if len(_kept) >= _KEPT_MAX and key not in _kept:
            _kept.clear()
        return _kept.setdefault(key, _Kept())


def _recount(slot: _Kept, make: Callable[[], Any]) -> None:
    """In a thread of its own, which holds the slot's lock and gives it back."""
    try:
        slot.count(make)
    except Exception:
        _log.exception("figures could not be counted anew")
    finally:
        slot.lock.release()
        connection.close()
