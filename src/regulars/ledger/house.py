"""The books as the house sees them: what came and went by month and rule, how old what members still have is.

These read the whole books in one pass each, so nobody waits for them: `insight.house` keeps what they give.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from regulars.kit.sqlread import read, row, rows
from regulars.language.calendar import start_of


@dataclass(frozen=True, slots=True)
class Cell:
    """What moved of one asset in one local month (its first day) between members and one account, by one rule (empty:
    none). `units`: as members see it, negative for what left them."""

    asset: str
    month: date
    account: str
    rule: str
    units: int


@dataclass(frozen=True, slots=True)
class Given:
    """What one rule gave of one asset in one local month, and what refunds took back of just that, later too."""

    asset: str
    month: date
    rule: str
    reversed: int


@dataclass(frozen=True, slots=True)
class Held:
    """What members have of one asset, free, held and pending, of credits that fall between two bounds: number `age` of
    the days on which they were earned, number `end` of those on which they end (None: never). Debts are apart."""

    asset: str
    age: int
    end: int | None
    owed: bool
    free: int
    held: int
    pending: int
    lots: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The latest seal of the chain over the books. `written`: when its page was; `unsealed`: pages that wait."""

    number: int
    hash: str
    page: int
    written: datetime | None
    unsealed: int


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is of one moment. Inside a caller's transaction, of that one's."""
    own = not connection.in_atomic_block
    with transaction.atomic():
        if own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def cells(months: Sequence[date], zone: ZoneInfo) -> list[Cell]:
    """Everything that ever moved, added up by asset, account, rule and local month: `months` are their first days, in
    order, and whatever moved before belongs to the first."""
    found = rows(
        "SELECT asset, width_bucket(time, %s::timestamptz[]) AS month, account, rule, sum(amount)::bigint"
        " FROM ledger_entry GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        [_starts(months, zone)],
    )
    return [Cell(asset, months[place], account, rule, units) for asset, place, account, rule, units in found]


def taken_back(months: Sequence[date], zone: ZoneInfo) -> list[Given]:
    """What was taken back of what was issued, by asset, rule, and the local month in which it had been given, of these
    as for `cells`."""
    found = rows(
        "SELECT asset, width_bucket(earned_at, %s::timestamptz[]) AS month, rule, sum(reversed)::bigint"
        " FROM ledger_lot AS lot WHERE reversed <> 0"
        " AND (rule <> '' OR EXISTS (SELECT FROM ledger_entry AS entry WHERE entry.member_id = lot.member_id"
        "  AND entry.bucket = lot.bucket AND entry.id = lot.id AND entry.account = 'issue'))"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [_starts(months, zone)],
    )
    return [Given(asset, months[place], rule, units) for asset, place, rule, units in found]


def _starts(months: Sequence[date], zone: ZoneInfo) -> list[datetime]:
    return [start_of(month, zone) for month in months[1:]]


def outstanding(ages: Sequence[date], ends: Sequence[date], zone: ZoneInfo) -> list[Held]:
    """What members have, by the bounds between which it was earned (`ages`, in order) and its last day falls (`ends`,
    in order): a credit has the number of bounds that it does not come before. Ends that move are those of now."""
    return read(
        Held,
        "SELECT lot.asset, width_bucket(earned_at, %s::timestamptz[]) AS age,"
        " width_bucket(coalesce(expires_at, lapses_at) - interval '1 microsecond', %s::timestamptz[]) AS ending,"
        " remaining < 0, sum(remaining)::bigint, sum(lot.held)::bigint, sum(lot.pending)::bigint, count(*)"
        " FROM ledger_lot AS lot LEFT JOIN ledger_balance AS whole ON whole.member_id = lot.member_id"
        "  AND whole.bucket = lot.bucket AND whole.asset = lot.asset AND whole.lapses_at IS NOT NULL"
        " WHERE remaining <> 0 OR lot.held <> 0 OR lot.pending <> 0 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        [[start_of(day, zone) for day in ages], [start_of(day, zone) for day in ends]],
    )


def chain() -> Chain | None:
    """The end of the chain; None: nothing has been sealed yet."""
    found = row(
        "SELECT seal.number, encode(seal.hash, 'hex'), seal.page, page.time,"
        " (SELECT count(*) FROM ledger_page AS late WHERE late.id > seal.page"
        "  AND NOT EXISTS (SELECT FROM ledger_seal AS had WHERE had.page = late.id))"
        " FROM ledger_seal AS seal LEFT JOIN ledger_page AS page ON page.id = seal.page"
        " ORDER BY seal.number DESC LIMIT 1"
    )
    return Chain(*found) if found else None
