"""Reading what was taken out of lots and may be undone: holds, gifts, and what an operation was about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of, parent_id
from regulars.kit.sqlread import read, row, rows

_HOLDS = "ledger.holds"

_OF = "member_id = %s AND bucket = %s AND id > %s AND id < %s"


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Units of one asset that are set aside. A hold on a wallet may be two rows of one operation."""

    id: UUID
    asset: str
    held: int
    used: int
    time: datetime
    until: datetime | None
    order_source: str
    order_id: str

    @property
    def operation_id(self) -> UUID:
        """The event that holds them."""
        return parent_id(self.id)


def holds(member_id: UUID, cursor: str | None = None, limit: int | None = None) -> paging.Page[HoldRow]:
    """Open holds of a member, the latest first. `used`: what has been captured of it."""
    size = paging.bounded(limit)
    after = paging.decode(_HOLDS, cursor, UUID)[0] if cursor else None
    found = read(
        HoldRow,
        "SELECT id, asset, open, (SELECT coalesce(sum(units), 0)::bigint FROM unnest(used) AS units), time, until,"
        " order_source, order_id FROM ledger_draw"
        " WHERE member_id = %s AND bucket = %s AND open > 0 AND (%s::uuid IS NULL OR id < %s)"
        " ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), after, after, size + 1],
    )
    return paging.page(_HOLDS, found, size, lambda hold: (hold.id,))


def asset_of(member_id: UUID, operation_id: UUID) -> str | None:
    """The asset that an operation of this member took, or else credited; None: it is no such operation."""
    who = _children(member_id, operation_id)
    found = row(
        f"(SELECT asset FROM ledger_draw WHERE {_OF} ORDER BY id LIMIT 1) UNION ALL"
        f" (SELECT asset FROM ledger_lot WHERE {_OF} ORDER BY id LIMIT 1) LIMIT 1",
        [*who, *who],
    )
    return str(found[0]) if found else None


def receiver_of(member_id: UUID, operation_id: UUID) -> UUID | None:
    """To whom this member gave by the operation; None: it is no gift of theirs."""
    found = row(
        f"SELECT other FROM ledger_draw WHERE {_OF} AND account = 'gift' LIMIT 1",
        _children(member_id, operation_id),
    )
    return found[0] if found else None


def revocable_gifts(member_id: UUID, now: datetime) -> set[UUID]:
    """The events by which this member gave what can still be taken back."""
    found = rows(
        "SELECT id FROM ledger_draw WHERE member_id = %s AND bucket = %s AND account = 'gift' AND until > %s"
        " AND 0 < ANY(used)",
        [member_id, bucket_of(member_id), now],
    )
    return {parent_id(draw_id) for (draw_id,) in found}


def _children(member_id: UUID, operation_id: UUID) -> list[object]:
    """The parameters of `_OF`: all that the operation brought."""
    first = parent_id(operation_id)
    return [member_id, bucket_of(member_id), first, UUID(int=min(first.int + CHILDREN, (1 << 128) - 1))]
