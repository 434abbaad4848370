"""Whether the books add up: every identity that holds in them, over every member and asset, from one moment.

    balance = Σ entries = Σ what remains of the lots, and each column of a balance is the sum of its accounts
    what is held and pending is so in balances, entries, lots and draws
    a lot is what made it, and the sum of its parts; a draw is what its entries took
    every effect of an event has its entries, and every entry its effect
    every asset sums to zero over all accounts, gifts among members too
    `due_at` is never later than the first thing that time has to do

Reads only. Traffic may go on: everything is read from one snapshot.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from os import urandom
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import DataError, connection, transaction

from regulars.kit import clock
from regulars.ledger import reconcile_sql as sql

SHOWN = 100
"""Differences that are told one by one."""
CLOSER = 100
"""Members of whom single lots or events are looked up, where a fingerprint differs."""
WHOLE = {
    "work_mem": "'512MB'",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0.001",
    "enable_indexscan": "off",
    "enable_sort": "off",
    "enable_mergejoin": "off",
}
"""For sums over whole tables: all cores, each page once and in its order, and hashing, as the sizes of sums of sums
are guessed badly. Members lie scattered, so the order of an index costs a page a row. Memory is taken only as the sums
need it: a million members of ten entries each fit."""

Rows = list[tuple[Any, ...]]
Said = Callable[[str], None]
"""Told which step begins: `entry`, `lot`, `draw`, `effect`, `compare`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two things that should be the same and are not. `check` is a key of `reconcile_words.CHECKS`; `where` names the
    lot, draw or event. No member: it is about all of them."""

    check: str
    member_id: UUID | None = None
    asset: str = ""
    expected: int | str | None = None
    found: int | str | None = None
    where: str = ""

    def record(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {
            "check": self.check,
            "member": str(self.member_id) if self.member_id else None,
            "asset": self.asset or None,
            "where": self.where or None,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a run found. `checked`: how many rows of each kind; `house`: asset → account → what the house gave (< 0)
    and took, and what members have: free, held and pending. `differences` are the first of `count`."""

    at: datetime
    checked: dict[str, int]
    seconds: float
    count: int
    differences: tuple[Difference, ...]
    house: dict[str, dict[str, int]]

    @property
    def ok(self) -> bool:
        return not self.count

    def record(self) -> dict[str, Any]:
        """As `regulars reconcile --json` prints it."""
        return {
            "ok": self.ok,
            "at": self.at.isoformat(),
            "checked": self.checked,
            "seconds": self.seconds,
            "difference_count": self.count,
            "differences": [one.record() for one in self.differences],
            "house": self.house,
        }


@dataclass(slots=True)
class _Found:
    """The differences so far: the first ones, and how many there are."""

    seed: int
    shown: list[Difference] = field(default_factory=list)
    count: int = 0

    def add(self, *found: Difference) -> None:
        self.count += len(found)
        self.shown += found[: max(SHOWN - len(self.shown), 0)]

    def more(self, count: int) -> None:
        """So many that were not read."""
        self.count += max(count, 0)


def reconcile(said: Said = lambda _: None) -> Reconciled:
    """Compare everything with everything. Ten million entries take well under a minute on two cores.

    In a transaction of its own, of one snapshot; inside a caller's transaction, in that one.
    """
    began, at = perf_counter(), clock.now()
    found = _Found(int.from_bytes(urandom(4)) >> 1)
    with _one_snapshot():
        with _over_all():
            readable = _gather(found, said)
            said("compare")
            books = _rows(sql.BOOKS, [SHOWN])
            alone = {check: _rows(statement, [SHOWN]) for check, statement in sql.ROWS.items()}
            families = _rows(sql.BY_FAMILY, [SHOWN])
            house = _compare_house(found)
            strangers = _rows(sql.BY_EVENT, [CLOSER]) if readable else []
        _compare_books(found, books)
        _compare_rows(found, alone)
        _compare_families(found, families)
        _compare_effects(found, strangers)
        balances, entries, lots, draws, topups, effects = _rows(sql.COUNTS)[0]
    checked = {
        "balances": balances,
        "entries": entries,
        "lots": lots,
        "draws": draws,
        "topups": topups,
        "effects": effects,
    }
    return Reconciled(at, checked, round(perf_counter() - began, 2), found.count, tuple(found.shown), house)


@contextmanager
def _one_snapshot() -> Iterator[None]:
    own = not connection.in_atomic_block
    with transaction.atomic():
        if own:
            _do("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
        for table in sql.TABLES:
            _do(f"DROP TABLE IF EXISTS {table}")


@contextmanager
def _over_all() -> Iterator[None]:
    """Statements inside read whole tables."""
    with transaction.atomic():
        for setting, value in WHOLE.items():
            _do(f"SET LOCAL {setting} = {value}")
        yield
        for setting in WHOLE:
            _do(f"SET LOCAL {setting} TO DEFAULT")


def _gather(found: _Found, said: Said) -> bool:
    """Add up every table once; False: the log holds effects that are none."""
    readable = True
    for table, statement in sql.TABLES.items():
        said(table.removeprefix("reconcile_"))
        text = statement.replace("{seed}", str(found.seed))
        try:
            with transaction.atomic():
                _do(text)
        except DataError as error:
            found.add(Difference("unreadable", found=" ".join(str(error).split())[:200], where=table))
            readable = False
            _do(f"{text.rstrip()} WITH NO DATA")
        _do(f"ANALYZE {table}")
    return readable


def _compare_books(found: _Found, rows: Rows) -> None:
    closer = 0
    for member_id, asset, _, *cells in rows:
        by_lot = False
        for number, pair in enumerate(sql.PAIRS):
            differs, expected, is_found = cells[3 * number : 3 * number + 3]
            if differs and pair.by_lot:
                by_lot = True
            elif differs:
                found.add(Difference(pair.check, member_id, asset, _value(expected), _value(is_found)))
        if by_lot and closer < CLOSER:
            closer += 1
            _look_at_lots(found, member_id, asset)
    if rows:
        found.more(rows[0][2] - len(rows))


def _look_at_lots(found: _Found, member_id: Any, asset: str) -> None:
    for lot_id, check, expected, is_found in _rows(sql.BY_LOT, [member_id, asset] * 3 + [SHOWN]):
        found.add(Difference(check, member_id, asset, expected, is_found, f"lot {lot_id}"))


def _compare_rows(found: _Found, alone: dict[str, Rows]) -> None:
    for check, rows in alone.items():
        for member_id, asset, _, row_id, expected, is_found in rows:
            kind = check.partition("_")[0] if check != "topup" else "event"
            found.add(
                Difference(check, member_id, asset, _value(expected), _value(is_found), f"{kind} {row_id}")
            )
        if rows:
            found.more(rows[0][2] - len(rows))


def _compare_families(found: _Found, rows: Rows) -> None:
    for member_id, asset, _, lot_id, expected, is_found, check in rows:
        found.add(Difference(check, member_id, asset, expected, is_found, f"lot {lot_id}"))
    if rows:
        found.more(rows[0][2] - len(rows))


def _compare_house(found: _Found) -> dict[str, dict[str, int]]:
    """What the house gave and took of every asset, by account, and what members have; together zero."""
    house: dict[str, dict[str, int]] = {}
    for asset, account, units in _rows(sql.HOUSE):
        house.setdefault(asset, {})[account] = -units
    for asset, balance, held, pending in _rows(sql.MEMBERS_HOLD):
        accounts = house.setdefault(asset, {})
        set_aside = accounts.pop("hold", 0), accounts.pop("pending", 0)
        gave = sum(accounts.values())
        accounts |= {"members": balance, "held": held, "pending": pending}
        if set_aside != (held, pending) or gave + balance + held + pending:
            found.add(Difference("house", None, asset, -gave, balance + held + pending))
        for between, check in (("gift", "gifts"), ("merge", "merges")):
            if accounts.get(between):
                found.add(Difference(check, None, asset, 0, -accounts[between]))
    return house


def _compare_effects(found: _Found, rows: Rows) -> None:
    for member_id, _ in rows:
        for event_id, asset, account, said, done in _rows(sql.EVENTS_OF, [member_id, member_id, SHOWN]):
            found.add(Difference("effects", member_id, asset, said, done, f"event {event_id} {account}"))
    if rows:
        found.more(rows[0][1] - len(rows))


def _value(text: str | int | datetime | None) -> int | str | None:
    if isinstance(text, datetime):
        return text.isoformat()
    if isinstance(text, str) and text.lstrip("-").isdigit():
        return int(text)
    return text if isinstance(text, int | str) or text is None else int(text)


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(statement: str, params: list[Any] | None = None) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
