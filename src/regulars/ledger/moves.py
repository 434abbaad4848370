"""A member's books as an operator reads them: the latest movement first, and every lot that is not used up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import bucket_of, parent_id
from regulars.kit.sqlread import read, rows
from regulars.ledger.statement import Line, Span

_MOVES = "ledger.moves"
_CHUNK = 500
_COLUMNS = (
    "id, asset, amount, remaining, held, pending, expired, reversed, earned_at, expires_at, matures_at, rule"
)


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A credit of which something is left. A negative `remaining` is owed."""

    id: UUID
    asset: str
    amount: int
    remaining: int
    held: int
    pending: int
    expired: int
    reversed: int
    earned_at: datetime
    expires_at: datetime | None
    matures_at: datetime | None
    rule: str

    @property
    def event_id(self) -> UUID:
        """The event that credited it."""
        return parent_id(self.id)


def latest(
    member_id: UUID, assets: Sequence[str], span: Span, cursor: str | None = None, limit: int | None = None
) -> paging.Page[Line]:
    """What each event moved in a time, the latest first, with the balances after it."""
    size = paging.bounded(limit)
    end = paging.decode(_MOVES, cursor, UUID)[0] if cursor else span.end_id
    found: list[Line] = []
    for line in _backwards(member_id, assets, span.first_id, end):
        found.append(line)
        if len(found) > size:
            break
    return paging.page(_MOVES, found, size, lambda line: (line.event_id,))


def _backwards(member_id: UUID, assets: Sequence[str], first: UUID, end: UUID) -> Iterator[Line]:
    balances = dict.fromkeys(assets, 0) | dict(
        rows(
            "SELECT asset, sum(amount)::bigint FROM ledger_entry"
            " WHERE member_id = %s AND bucket = %s AND asset = ANY(%s) AND id < %s GROUP BY asset",
            [member_id, bucket_of(member_id), list(assets), end],
        )
    )
    movements = _entries(member_id, assets, first, end)
    for event_id, entries in groupby(movements, key=lambda entry: parent_id(entry[0])):
        amounts = dict.fromkeys(assets, 0)
        accounts: dict[tuple[str, str], int] = {}
        for _, asset, amount, account, moment in entries:  # noqa: B007  the moment is that of the event
            amounts[asset] += amount
            accounts[asset, account] = accounts.get((asset, account), 0) + amount
        yield Line(event_id, moment, amounts, balances, accounts)
        balances = {asset: balances[asset] - amounts[asset] for asset in assets}


def _entries(
    member_id: UUID, assets: Sequence[str], first: UUID, end: UUID
) -> Iterator[tuple[UUID, str, int, str, datetime]]:
    """Entries, the latest first, some at a time: (id, asset, amount, account, time)."""
    while True:
        found: list[Any] = rows(
            "SELECT id, asset, amount, account, time FROM ledger_entry"
            " WHERE member_id = %s AND bucket = %s AND asset = ANY(%s) AND id >= %s AND id < %s"
            " ORDER BY id DESC LIMIT %s",
            [member_id, bucket_of(member_id), list(assets), first, end, _CHUNK],
        )
        yield from found
        if len(found) < _CHUNK:
            return
        end = found[-1][0]


def open_lots(member_id: UUID, assets: Sequence[str], limit: int) -> list[OpenLot]:
    """What is not used up, debts first, then the earliest to end."""
    return read(
        OpenLot,
        f"SELECT {_COLUMNS} FROM ledger_lot WHERE member_id = %s AND bucket = %s AND asset = ANY(%s)"
        " AND (remaining <> 0 OR held <> 0 OR pending <> 0)"
        " ORDER BY remaining < 0 DESC, coalesce(expires_at, 'infinity'), id LIMIT %s",
        [member_id, bucket_of(member_id), list(assets), limit],
    )


def lots_by_id(member_id: UUID, lot_ids: Sequence[UUID]) -> dict[UUID, OpenLot]:
    """These lots of a member, used up or not."""
    found = read(
        OpenLot,
        f"SELECT {_COLUMNS} FROM ledger_lot WHERE member_id = %s AND bucket = %s AND id = ANY(%s)",
        [member_id, bucket_of(member_id), list(lot_ids)],
    )
    return {lot.id: lot for lot in found}
