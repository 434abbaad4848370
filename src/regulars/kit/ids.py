"""Identifiers that sort by the time the thing happened, and the bucket that a member lives in.

An id is a UUIDv7 (RFC 9562, 5.7) whose low 12 bits are zero when it names an event: what the event
causes (entries, lots, messages) takes the event's id plus an ordinal, so a cause and its consequences
are found by one range of the primary key and no second lookup.
"""

from datetime import datetime
from os import urandom
from uuid import UUID, SafeUUID

BUCKETS = 64
CHILDREN = 1 << 12

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_A_MASK = (1 << 12) - 1
_RANDOM_B_MASK = ((1 << 62) - 1) & ~(CHILDREN - 1)


def _uuid(number: int) -> UUID:
    """`UUID(int=number)` without its checks, which cost more than everything else about an id."""
    made = object.__new__(UUID)
    object.__setattr__(made, "int", number)
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def time_id(at: datetime) -> UUID:
    """A new UUIDv7 that carries `at` (aware, 1970 or later) in milliseconds and ends in 12 zero bits."""
    millis = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(urandom(10))
    return _uuid(
        millis << 80
        | _VERSION_7
        | (random & _RANDOM_A_MASK) << 64
        | _VARIANT
        | (random >> 12) & _RANDOM_B_MASK
    )


def member_id(at: datetime) -> UUID:
    """A new member's UUIDv7: its low 6 bits, the bucket, are random, so that members spread evenly."""
    return _uuid(time_id(at).int | int.from_bytes(urandom(2)) & (CHILDREN - 1))


def child_id(parent: UUID, ordinal: int) -> UUID:
    """The id of an event's consequence number `ordinal` (0 ≤ ordinal < 4096)."""
    if not 0 <= ordinal < CHILDREN:
        raise ValueError(f"an event has at most {CHILDREN} consequences, not {ordinal}")
    return _uuid(parent.int + ordinal)


def parent_id(child: UUID) -> UUID:
    """The event that `child` came from."""
    return _uuid(child.int & ~(CHILDREN - 1))


def bucket_of(member: UUID) -> int:
    """The bucket (0–63) in which everything about this member is kept."""
    return member.int & (BUCKETS - 1)
