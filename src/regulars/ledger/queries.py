"""Reading the books: what members hold, why, and what it comes to over all."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit import paging
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.sqlread import read, row, rows
from regulars.language.calendar import start_of
from regulars.ledger.contracts import BalanceRow, Ending, EntryRow, Flow, LotRow, Position

_ENTRIES = "ledger.entries"
_LOTS = "ledger.lots"
_FOREVER = "infinity"

_SUMS = """
    coalesce(sum(amount) FILTER (WHERE account = 'issue'), 0)::bigint,
    coalesce(-sum(amount) FILTER (WHERE account = 'spend'), 0)::bigint,
    coalesce(-sum(amount) FILTER (WHERE account = 'expire'), 0)::bigint,
    coalesce(-sum(amount) FILTER (WHERE account = 'reverse'), 0)::bigint
"""


def balances(member_id: UUID) -> list[BalanceRow]:
    """What the member holds, by asset."""
    return balances_of([member_id]).get(member_id, [])


def balances_of(member_ids: Sequence[UUID]) -> dict[UUID, list[BalanceRow]]:
    """What these members hold, by member, assets in alphabetical order."""
    found = rows(
        "SELECT member_id, asset, balance, earned, spent, expired, reversed, moved, held, pending FROM ledger_balance"
        " WHERE member_id = ANY(%s) AND bucket = ANY(%s) ORDER BY asset",
        [list(member_ids), sorted({bucket_of(member) for member in member_ids})],
    )
    by_member: dict[UUID, list[BalanceRow]] = defaultdict(list)
    for member, *columns in found:
        by_member[member].append(BalanceRow(*columns))
    return dict(by_member)


def lots(
    member_id: UUID, asset: str = "", cursor: str | None = None, limit: int | None = None
) -> paging.Page[LotRow]:
    """Open lots, the earliest to expire first, those that never expire last; debts among the latter."""
    size = paging.bounded(limit)
    after = paging.decode(_LOTS, cursor, str, UUID) if cursor else None
    found = read(
        LotRow,
        "SELECT id, asset, amount, remaining, earned_at, expires_at, held, pending, matures_at, rule FROM ledger_lot"
        " WHERE member_id = %s AND bucket = %s AND (remaining <> 0 OR held > 0 OR pending > 0)"
        " AND (%s = '' OR asset = %s)"
        " AND (%s::uuid IS NULL OR (coalesce(expires_at, 'infinity'), id) > (%s::timestamptz, %s))"
        " ORDER BY coalesce(expires_at, 'infinity'), id LIMIT %s",
        [
            member_id, bucket_of(member_id), asset, asset,
            *((after[1], *after) if after else (None,) * 3), size + 1,
        ],
    )  # fmt: skip
    return paging.page(_LOTS, found, size, lambda lot: (_until(lot), lot.id))


def endings(member_id: UUID, asset: str = "") -> list[Ending]:
    """All that the member holds or owes by the moment at which it ends: what is owed first, then the earliest to
    end, what never ends last. However many lots there are, one row for each moment."""
    return read(
        Ending,
        "SELECT asset, expires_at, sum(remaining)::bigint, count(*) FROM ledger_lot"
        " WHERE member_id = %s AND bucket = %s AND remaining <> 0 AND (%s = '' OR asset = %s)"
        " GROUP BY asset, expires_at, remaining < 0"
        " ORDER BY remaining < 0 DESC, coalesce(expires_at, 'infinity'), asset",
        [member_id, bucket_of(member_id), asset, asset],
    )


def lots_ending(member_id: UUID, ending: Ending, limit: int) -> list[LotRow]:
    """The lots of one of `endings`, the earliest earned first, at most `limit`."""
    return read(
        LotRow,
        "SELECT id, asset, amount, remaining, earned_at, expires_at, held, pending, matures_at, rule FROM ledger_lot"
        " WHERE member_id = %s AND bucket = %s AND remaining <> 0 AND asset = %s AND (remaining < 0) = %s"
        " AND expires_at IS NOT DISTINCT FROM %s ORDER BY id LIMIT %s",
        [member_id, bucket_of(member_id), ending.asset, ending.units < 0, ending.expires_at, limit],
    )


def next_expiry(member_id: UUID, asset: str) -> tuple[datetime, int] | None:
    """When the member next loses units of `asset` to time, and how many on that moment; None: never."""
    found = row(
        "SELECT expires_at, sum(remaining)::bigint FROM ledger_lot WHERE member_id = %s AND bucket = %s"
        " AND asset = %s AND remaining > 0 AND expires_at IS NOT NULL"
        " GROUP BY expires_at ORDER BY expires_at LIMIT 1",
        [member_id, bucket_of(member_id), asset],
    )
    return (found[0], found[1]) if found else None


def entries(
    member_id: UUID, asset: str = "", cursor: str | None = None, limit: int | None = None
) -> paging.Page[EntryRow]:
    """A member's movements, latest first, each with the balance of its asset after it.

    In one statement, so that balance and entries are of one moment: the balance now, less what came later.
    """
    size = paging.bounded(limit)
    after = paging.decode(_ENTRIES, cursor, UUID)[0] if cursor else None
    who = [member_id, bucket_of(member_id)]
    found = read(
        EntryRow,
        "WITH page AS (SELECT id, asset, amount, account, rule, time, lot_id FROM ledger_entry"
        "  WHERE member_id = %s AND bucket = %s AND (%s = '' OR asset = %s)"
        "  AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s),"
        " later AS (SELECT asset, sum(amount) AS amount FROM ledger_entry"
        "  WHERE member_id = %s AND bucket = %s AND %s::uuid IS NOT NULL"
        "  AND id > (SELECT id FROM page ORDER BY id DESC LIMIT 1) GROUP BY asset)"
        " SELECT page.id, page.asset, page.amount, account, rule, time, lot_id,"
        "  (coalesce(held.balance, 0) - coalesce(later.amount, 0)"
        "  - (sum(page.amount) OVER (PARTITION BY page.asset ORDER BY page.id DESC) - page.amount))::bigint"
        " FROM page LEFT JOIN later USING (asset)"
        " LEFT JOIN ledger_balance held ON held.member_id = %s AND held.bucket = %s AND held.asset = page.asset"
        " ORDER BY page.id DESC",
        [*who, asset, asset, after, after, size + 1, *who, after, *who],
    )
    return paging.page(_ENTRIES, found, size, lambda entry: (entry.id,))


def entries_between(member_id: UUID, first_event: UUID, last_event: UUID) -> list[EntryRow]:
    """The movements of a member's events from `first_event` to `last_event`, in order; balances left at 0."""
    return read(
        EntryRow,
        "SELECT id, asset, amount, account, rule, time, lot_id, 0 FROM ledger_entry"
        " WHERE member_id = %s AND bucket = %s AND id >= %s AND id < %s ORDER BY id",
        [member_id, bucket_of(member_id), first_event, UUID(int=last_event.int + CHILDREN)],
    )


def flows_by(days: Sequence[date], zone: ZoneInfo) -> list[Flow]:
    """What moved of each asset in the periods that begin on `days` (in order; each ends where the next begins,
    the last is open) in `zone`; periods without entries left out."""
    if not days:
        return []
    starts = [start_of(day, zone) for day in days]
    found = rows(
        f"SELECT asset, width_bucket(time, %s::timestamptz[]) AS period, {_SUMS} FROM ledger_entry"
        " WHERE time >= %s GROUP BY 1, 2 ORDER BY 1, 2",
        [starts, starts[0]],
    )
    return [Flow(asset, days[period - 1], *sums) for asset, period, *sums in found]


def positions_from_entries() -> dict[str, Position]:
    """Issued, spent, expired, taken back and outstanding of every asset, added up from the entries."""
    found = rows(f"SELECT asset, {_SUMS}, coalesce(sum(amount), 0)::bigint FROM ledger_entry GROUP BY asset")
    return {asset: Position(*sums) for asset, *sums in found}


def positions() -> dict[str, Position]:
    """As `positions_from_entries`, from the balances that are kept with every entry: one row per member."""
    found = rows(
        "SELECT asset, sum(earned)::bigint, sum(spent)::bigint, sum(expired)::bigint, sum(reversed)::bigint,"
        " sum(balance)::bigint FROM ledger_balance GROUP BY asset"
    )
    return {asset: Position(*sums) for asset, *sums in found}


def holders(assets: Sequence[str]) -> dict[str, int]:
    """Asset → members who hold or owe units of it, free, held or pending; assets that nobody has are left out."""
    found = rows(
        "SELECT asset, count(*) FROM ledger_balance WHERE asset = ANY(%s)"
        " AND (balance <> 0 OR held <> 0 OR pending <> 0) GROUP BY asset",
        [list(assets)],
    )
    return {asset: int(members) for asset, members in found}


def _until(lot: LotRow) -> str:
    return lot.expires_at.isoformat() if lot.expires_at else _FOREVER
