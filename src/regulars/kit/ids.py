"""Identifiers that sort by the time the thing happened, and the bucket that a member lives in.

An id is a UUIDv7 (RFC 9562, 5.7) whose low 12 bits are zero when it names an event: what the event
causes (entries, lots, messages) takes the event's id plus an ordinal, so a cause and its consequences
are found by one range of the primary key and no second lookup. Ids of events and of the members whom they bring
follow from the event's name, so that a journal that is replayed gives the same ids.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from os import urandom
from uuid import UUID, SafeUUID

BUCKETS = 64
CHILDREN = 1 << 12

_UNKNOWN = SafeUUID.unknown
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_MILLIS_MASK = (1 << 48) - 1
_RANDOM_B_MASK = ((1 << 62) - 1) & ~(CHILDREN - 1)


_new = object.__new__
_put_int: Callable[[UUID, int], None] = UUID.__dict__["int"].__set__
_put_safe: Callable[[UUID, SafeUUID], None] = UUID.__dict__["is_safe"].__set__


def uuid_of(number: int) -> UUID:
    """`UUID(int=number)` without its checks, which cost more than everything else about an id."""
    made = _new(UUID)
    _put_int(made, number)
    _put_safe(made, _UNKNOWN)
    return made


def time_id(at: datetime) -> UUID:
    """A new UUIDv7 that carries `at` (aware, 1970 or later) in milliseconds and ends in 12 zero bits."""
    return uuid_of(_with_time(at, int.from_bytes(urandom(10))))


def event_id(at: datetime, source: str, key: str) -> UUID:
    """The id of the event `(source, key)` at `at`, as `time_id` but the same again for the same event."""
    return uuid_of(_with_time(at, _digest(source, key)))


def member_id(at: datetime, source: str, key: str) -> UUID:
    """The UUIDv7 of the member whom the event `(source, key)` brings: its low 6 bits, the bucket, are spread evenly."""
    number = _digest(source, key, "member")
    return uuid_of(_with_time(at, number) | number & (CHILDREN - 1))


def _digest(*names: str) -> int:
    return int.from_bytes(blake2b("\x00".join(names).encode(), digest_size=10).digest())


def _with_time(at: datetime, noise: int) -> int:
    """A UUIDv7 of `at`, its microseconds in the bits after the milliseconds (RFC 9562, 6.2, method 3), and 80 bits of
    noise, of which the low 12 are left out."""
    micros = int(at.timestamp()) * 1_000_000 + at.microsecond
    return (
        (micros // 1000 & _MILLIS_MASK) << 80
        | _VERSION_7
        | (micros % 1000 << 2 | noise & 3) << 64
        | _VARIANT
        | (noise >> 12) & _RANDOM_B_MASK
    )


def child_id(parent: UUID, ordinal: int) -> UUID:
    """The id of an event's consequence number `ordinal` (0 ≤ ordinal < 4096)."""
    if not 0 <= ordinal < CHILDREN:
        raise ValueError(f"an event has at most {CHILDREN} consequences, not {ordinal}")
    return uuid_of(parent.int + ordinal)


def parent_id(child: UUID) -> UUID:
    """The event that `child` came from."""
    return uuid_of(child.int & ~(CHILDREN - 1))


def bucket_of(member: UUID) -> int:
    """The bucket (0–63) in which everything about this member is kept."""
    return member.int & (BUCKETS - 1)
