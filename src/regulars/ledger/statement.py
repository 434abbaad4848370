"""A member's statement: what was there, what moved in order of time, what was left, of one asset or of a wallet.

Movements stand by the moment at which they happened, so one that became known late is among those of its day. What one
event moved is one line. Nothing is read into memory as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of, parent_id
from regulars.kit.sqlread import rows

_LINES = "ledger.statement"
CHUNK = 2000
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)

Units = dict[str, int]
"""Asset → smallest units."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one event moved. `amounts`: by how much what may be spent changed; `balances`: after it; `accounts`: the
    movements against each of the house's accounts, `hold` and `pending` among them, by (asset, account)."""

    event_id: UUID
    time: datetime
    amounts: Units
    balances: Units
    accounts: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was there before and after a time, and what came in and went out in it, by asset."""

    opening: Units
    incoming: Units
    outgoing: Units
    closing: Units


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a statement: moments, the first included, the last not (None: open)."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def first_id(self) -> UUID:
        """Every entry of the time has this id or a later one: ids begin with the millisecond."""
        return _id_from(self.start) if self.start else _FIRST

    @property
    def end_id(self) -> UUID:
        """Every entry of the time has an earlier id than this."""
        return _id_from(self.end) if self.end else _LAST


def _id_from(moment: datetime) -> UUID:
    millis = int(moment.astimezone(UTC).timestamp() * 1000)
    return UUID(int=max(millis, 0) << 80)


def summary(member_id: UUID, assets: Sequence[str], span: Span) -> Summary:
    """The sums of a statement, in one statement to the database."""
    found = rows(
        "SELECT asset, coalesce(sum(amount) FILTER (WHERE id < %s), 0)::bigint,"
        " coalesce(sum(amount) FILTER (WHERE id >= %s AND amount > 0), 0)::bigint,"
        " coalesce(sum(amount) FILTER (WHERE id >= %s AND amount < 0), 0)::bigint"
        " FROM ledger_entry WHERE member_id = %s AND bucket = %s AND asset = ANY(%s) AND id < %s GROUP BY asset",
        [
            *[span.first_id] * 3, member_id, bucket_of(member_id), list(assets), span.end_id,
        ],
    )  # fmt: skip
    known = {asset: sums for asset, *sums in found}
    opening, came, went = ({asset: known.get(asset, [0, 0, 0])[n] for asset in assets} for n in range(3))
    closing = {asset: opening[asset] + came[asset] + went[asset] for asset in assets}
    return Summary(opening, came, {asset: -units for asset, units in went.items()}, closing)


def page(
    member_id: UUID, assets: Sequence[str], span: Span, cursor: str | None = None, limit: int | None = None
) -> paging.Page[Line]:
    """The lines of a time, the earliest first, each with the balances after it."""
    size = paging.bounded(limit)
    start = UUID(int=paging.decode(_LINES, cursor, UUID)[0].int + CHILDREN) if cursor else span.first_id
    found: list[Line] = []
    for line in _lines(member_id, assets, start, span.end_id, 10 * size):
        found.append(line)
        if len(found) > size:
            break
    return paging.page(_LINES, found, size, lambda line: (line.event_id,))


def lines(member_id: UUID, assets: Sequence[str], span: Span) -> Iterator[Line]:
    """All lines of a time, the earliest first, read as they are asked for."""
    return _lines(member_id, assets, span.first_id, span.end_id, CHUNK)


def _lines(member_id: UUID, assets: Sequence[str], first: UUID, end: UUID, chunk: int) -> Iterator[Line]:
    """Lines from the id `first` on, each with the balances after it."""
    balances = _before(member_id, assets, first)
    movements = _movements(member_id, assets, first, end, chunk)
    for event_id, entries in groupby(movements, key=lambda entry: parent_id(entry[0])):
        amounts = dict.fromkeys(assets, 0)
        accounts: dict[tuple[str, str], int] = {}
        for _, asset, amount, account, moment in entries:  # noqa: B007  the moment is that of the event
            amounts[asset] += amount
            accounts[asset, account] = accounts.get((asset, account), 0) + amount
        balances = {asset: balances[asset] + amounts[asset] for asset in assets}
        yield Line(event_id, moment, amounts, balances, accounts)


def _before(member_id: UUID, assets: Sequence[str], first: UUID) -> Units:
    found = rows(
        "SELECT asset, sum(amount)::bigint FROM ledger_entry"
        " WHERE member_id = %s AND bucket = %s AND asset = ANY(%s) AND id < %s GROUP BY asset",
        [member_id, bucket_of(member_id), list(assets), first],
    )
    return {**dict.fromkeys(assets, 0), **dict(found)}


def _movements(
    member_id: UUID, assets: Sequence[str], first: UUID, end: UUID, chunk: int
) -> Iterator[tuple[UUID, str, int, str, datetime]]:
    """Entries in order, some at a time: (id, asset, amount, account, time)."""
    place = first
    while True:
        found = rows(
            "SELECT id, asset, amount, account, time FROM ledger_entry"
            " WHERE member_id = %s AND bucket = %s AND asset = ANY(%s) AND id >= %s AND id < %s"
            " ORDER BY id LIMIT %s",
            [member_id, bucket_of(member_id), list(assets), place, end, chunk],
        )
        yield from found
        if len(found) < chunk:
            return
        place = UUID(int=found[-1][0].int + 1)
