"""What a member reads of their own books: the movements, latest first, and what is on its way.

Everything names one member and is bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of, parent_id
from regulars.kit.sqlread import read, row, rows

_MOVES = "ledger.moves"
SCANNED = CHILDREN + 1000
"""So many entries are read at a time: one event never has as many."""

_WHO = "member_id = %s AND bucket = %s"


@dataclass(frozen=True, slots=True)
class Moved:
    """What one event moved of one asset against one account on behalf of one rule (empty: of none)."""

    asset: str
    account: str
    rule: str
    amount: int


@dataclass(frozen=True, slots=True)
class Moves:
    """All that one event moved of the assets asked for; `before`: what could be spent of all of them before it."""

    event_id: UUID
    time: datetime
    parts: tuple[Moved, ...]
    before: int

    @property
    def after(self) -> int:
        """What could be spent after it."""
        return self.before + sum(part.amount for part in self.parts)


@dataclass(frozen=True, slots=True)
class Ripening:
    """Units that are set aside until `at` (None: until something happens)."""

    asset: str
    at: datetime | None
    units: int


@dataclass(frozen=True, slots=True)
class Gift:
    """Units of an asset that a member gave to `other` or got. `back`: units that were taken back; `until`: when that
    is no longer possible; `id` is the giving, or the arriving, event's."""

    id: UUID
    asset: str
    units: int
    back: int
    time: datetime
    until: datetime | None
    other: UUID | None


@dataclass(frozen=True, slots=True)
class TopUpRow:
    """A top-up. `left`: principal of it that has not been used and could be paid back."""

    event_id: UUID
    topup_id: str
    principal: int
    bonus: int
    principal_back: int
    bonus_back: int
    time: datetime
    left: int


def moves(
    member_id: UUID, assets: Sequence[str], cursor: str | None = None, limit: int | None = None
) -> paging.Page[Moves]:
    """What events moved of these assets, taken as one, latest first. Balances and movements are of one moment."""
    size = paging.bounded(limit)
    after = paging.decode(_MOVES, cursor, UUID)[0] if cursor else None
    who = [member_id, bucket_of(member_id), list(assets)]
    found = rows(
        f"WITH recent AS (SELECT id, asset, account, rule, time, amount FROM ledger_entry WHERE {_WHO}"
        "  AND asset = ANY(%s) AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s),"
        f" there AS (SELECT coalesce((SELECT sum(balance) FROM ledger_balance WHERE {_WHO} AND asset = ANY(%s)), 0)"
        f"  - coalesce((SELECT sum(amount) FROM ledger_entry WHERE {_WHO} AND asset = ANY(%s)"
        "   AND %s::uuid IS NOT NULL AND id >= %s), 0) AS units)"
        " SELECT left(id::text, 33) || '000', max(time), asset, account, rule, sum(amount)::bigint,"
        "  (SELECT units FROM there)::bigint, (SELECT count(*) FROM recent) FROM recent"
        " GROUP BY 1, asset, account, rule ORDER BY 1 DESC, min(id::text)",
        [*who, after, after, SCANNED, *who, *who, after, after],
    )
    if not found:
        return paging.Page((), None)
    left, made = found[0][6], []
    for event_id, group in groupby(found, key=lambda each: UUID(each[0])):
        each = list(group)
        parts = tuple(Moved(*columns[2:6]) for columns in each)
        left -= sum(part.amount for part in parts)
        made.append(Moves(event_id, each[0][1], parts, left))
    if found[0][7] == SCANNED:
        made.pop()  # there may be more of it
        made = made[: size + 1]
        if len(made) <= size:
            return paging.Page(tuple(made), paging.encode(_MOVES, (made[-1].event_id,)))
    return paging.page(_MOVES, made[: size + 1], size, lambda one: (one.event_id,))


def ripening(member_id: UUID, assets: Sequence[str]) -> list[Ripening]:
    """What is pending of these assets, the first to ripen first, what waits for something to happen last."""
    return read(
        Ripening,
        f"SELECT asset, matures_at, sum(pending)::bigint FROM ledger_lot WHERE {_WHO} AND asset = ANY(%s)"
        " AND pending > 0 GROUP BY asset, matures_at ORDER BY coalesce(matures_at, 'infinity'), asset",
        [member_id, bucket_of(member_id), list(assets)],
    )


def lapses(member_id: UUID) -> dict[str, datetime]:
    """When all units of an asset end together, of assets that end so."""
    found = rows(
        f"SELECT asset, lapses_at FROM ledger_balance WHERE {_WHO} AND lapses_at IS NOT NULL",
        [member_id, bucket_of(member_id)],
    )
    return dict(found)


def gifts_given(member_id: UUID, limit: int) -> list[Gift]:
    """The member's latest gifts, the latest first."""
    found = rows(
        "SELECT id, asset, (SELECT sum(one) FROM unnest(used) AS one)::bigint,"
        " (SELECT sum(one) FROM unnest(returned) AS one)::bigint, time, until, other"
        f" FROM ledger_draw WHERE {_WHO} AND account = 'gift' ORDER BY id DESC LIMIT %s",
        [member_id, bucket_of(member_id), limit],
    )
    return [
        Gift(parent_id(one), asset, used + back, back, time, until, other)
        for one, asset, used, back, time, until, other in found
    ]


def gifts_waiting(member_id: UUID, limit: int) -> list[Gift]:
    """Gifts that have come and may still be taken back, the latest first; `other` is not known to the books."""
    found = rows(
        "SELECT lot.asset, lot.pending, lot.earned_at, lot.matures_at, lot.id FROM ledger_lot AS lot"
        " JOIN ledger_entry AS entry ON entry.member_id = lot.member_id AND entry.bucket = lot.bucket"
        "  AND entry.id = lot.id AND entry.account = 'gift'"
        " WHERE lot.member_id = %s AND lot.bucket = %s AND lot.pending > 0 ORDER BY lot.id DESC LIMIT %s",
        [member_id, bucket_of(member_id), limit],
    )
    made = []
    for event_id, group in groupby(found, key=lambda each: parent_id(each[4])):
        lots = list(group)
        asset, _, time, until, _ = lots[0]
        made.append(Gift(event_id, asset, sum(lot[1] for lot in lots), 0, time, until, None))
    return made


def topups(member_id: UUID, wallet: str, principal: str, limit: int) -> list[TopUpRow]:
    """The latest top-ups of a wallet whose principal is that asset, the latest first."""
    return read(
        TopUpRow,
        "SELECT topup.event_id, topup.topup_id, topup.principal, topup.bonus, topup.principal_back, topup.bonus_back,"
        " topup.time, coalesce((SELECT sum(greatest(lot.remaining, 0)) FROM ledger_lot AS lot"
        "  WHERE lot.member_id = topup.member_id AND lot.bucket = topup.bucket AND lot.asset = %s"
        "  AND lot.id > topup.event_id AND left(lot.id::text, 33) = left(topup.event_id::text, 33)), 0)::bigint"
        f" FROM ledger_topup AS topup WHERE topup.{_WHO.replace('AND ', 'AND topup.')} AND topup.wallet = %s"
        " ORDER BY topup.event_id DESC LIMIT %s",
        [principal, member_id, bucket_of(member_id), wallet, limit],
    )


def refundable(member_id: UUID, wallet: str, principal: str) -> int:
    """What could be paid back of a wallet: principal of top-ups that has not been used."""
    found = row(
        "SELECT coalesce(sum(greatest(lot.remaining, 0)), 0)::bigint FROM ledger_lot AS lot"
        f" WHERE lot.{_WHO.replace('AND ', 'AND lot.')} AND lot.asset = %s AND lot.remaining > 0"
        " AND EXISTS (SELECT FROM ledger_topup AS topup WHERE topup.member_id = lot.member_id"
        "  AND topup.bucket = lot.bucket AND topup.wallet = %s"
        "  AND left(topup.event_id::text, 33) = left(lot.id::text, 33))",
        [member_id, bucket_of(member_id), principal, wallet],
    )
    return int(found[0]) if found else 0
