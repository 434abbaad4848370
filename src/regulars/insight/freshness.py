"""Figures kept for a few seconds in this process, so that a page that many open costs one count."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from regulars.kit import clock

Value = TypeVar("Value")

KEEP_SECONDS = 30.0
_KEPT_MAX = 200


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """A value and the moment at which it was true."""

    value: Value
    at: datetime


@dataclass(slots=True)
class _Kept:
    lock: Lock = field(default_factory=Lock)
    until: float = 0.0
    dated: Dated[Any] | None = None


_kept: dict[Hashable, _Kept] = {}
_register = Lock()


def kept(key: Hashable, make: Callable[[], Value], seconds: float = KEEP_SECONDS) -> Dated[Value]:
    """What `make` gave at most `seconds` (≤ 30) ago; callers who come together wait for one and the same."""
    with _register:
        if len(_kept) >= _KEPT_MAX:
            _kept.clear()
        slot = _kept.setdefault(key, _Kept())
    with slot.lock:
        if slot.dated is None or monotonic() >= slot.until:
            slot.dated = Dated(make(), clock.now())
            slot.until = monotonic() + min(seconds, KEEP_SECONDS)
        return slot.dated


def forget() -> None:
    """Count anew the next time: for tests, and after an import."""
    with _register:
        _kept.clear()
