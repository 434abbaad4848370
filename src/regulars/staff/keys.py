"""Recognising a key on the hot path: one look into memory for most requests, one query now and then.

What was looked up is remembered for `REMEMBER_SECONDS`, unknown keys too; so a revoked key works at most that long.
Only SHA-256 digests are kept and compared: the secret has 160 random bits, so a slow hash would add nothing, and
a lookup by digest tells nobody how much of a guess was right.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from regulars.staff.contracts import KeyHolder

REMEMBER_SECONDS = 3.0
REMEMBER_AT_MOST = 10_000
PREFIX_BYTES = 4
SECRET_BYTES = 20
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup gave: the key's row and holder, or neither."""

    key_id: int | None
    holder: KeyHolder | None
    known_until: float


def make() -> tuple[str, str]:
    """A new key and its prefix: `rk_<prefix>_<secret>`."""
    prefix = secrets.token_hex(PREFIX_BYTES)
    return f"rk_{prefix}_{secrets.token_hex(SECRET_BYTES)}", prefix


def digest(plain: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(plain.encode()).digest()


class Memory:
    """What this process knows of keys, for a few seconds."""

    def __init__(self, look_up: Callable[[bytes], tuple[int, KeyHolder] | None]) -> None:
        self._look_up = look_up
        self._lock = threading.Lock()
        self._found: dict[bytes, Found] = {}

    def find(self, plain: str) -> tuple[int, KeyHolder] | None:
        """The row and holder of a key, None for one that is unknown, revoked or no key at all."""
        if not plain.startswith("rk_") or len(plain) > LONGEST or not plain.isascii():
            return None
        fingerprint = digest(plain)
        found = self._found.get(fingerprint)
        if found is None or found.known_until < monotonic():
            found = self._learn(fingerprint)
        return None if found.key_id is None or found.holder is None else (found.key_id, found.holder)

    def forget(self) -> None:
        """Ask the database again from now on."""
        with self._lock:
            self._found = {}

    def _learn(self, fingerprint: bytes) -> Found:
        key_id, holder = self._look_up(fingerprint) or (None, None)
        found = Found(key_id, holder, monotonic() + REMEMBER_SECONDS)
        with self._lock:
            if len(self._found) >= REMEMBER_AT_MOST:
                self._found = {}
            self._found[fingerprint] = found
        return found
