"""Writing the books. Whole lists at a time, in the caller's transaction, under the members' locks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of, child_id
from regulars.kit.rows import Cursor, insert, unnest
from regulars.language.effects import EXPIRE, ISSUE, REVERSE, SPEND, Credit, Take

ENTRY = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "asset": "text",
    "amount": "bigint",
    "account": "text",
    "lot_id": "uuid",
    "rule": "text",
    "time": "timestamptz",
}
LOT = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "asset": "text",
    "amount": "bigint",
    "remaining": "bigint",
    "expired": "bigint",
    "reversed": "bigint",
    "earned_at": "timestamptz",
    "expires_at": "timestamptz",
}

MOVE_LOTS = """
UPDATE ledger_lot AS lot
   SET remaining = lot.remaining + row.remaining, expired = lot.expired + row.expired,
       reversed = lot.reversed + row.reversed
  FROM {rows} AS row(member_id, id, bucket, remaining, expired, reversed)
 WHERE lot.member_id = row.member_id AND lot.id = row.id AND lot.bucket = row.bucket
"""

MOVE_BALANCES = """
INSERT INTO ledger_balance AS now (member_id, asset, bucket, balance, earned, spent, expired, reversed,
                                   earned_on)
SELECT * FROM {rows}
ON CONFLICT (member_id, asset, bucket) DO UPDATE
   SET balance = now.balance + excluded.balance, earned = now.earned + excluded.earned,
       spent = now.spent + excluded.spent, expired = now.expired + excluded.expired,
       reversed = now.reversed + excluded.reversed, earned_on = greatest(now.earned_on, excluded.earned_on)
"""

_COLUMN = {ISSUE: 1, SPEND: 2, EXPIRE: 3, REVERSE: 4}


class _Page:
    """What one batch writes, gathered per row so that each row is touched once."""

    def __init__(self) -> None:
        self.entries: list[tuple[Any, ...]] = []
        self.lots: dict[UUID, list[Any]] = {}
        self.moves: dict[UUID, list[Any]] = {}
        self.balances: dict[tuple[UUID, str], list[Any]] = {}

    def entry(
        self,
        member_id: UUID,
        entry_id: UUID,
        asset: str,
        amount: int,
        account: str,
        lot_id: UUID,
        rule: str,
        time: datetime,
    ) -> None:
        self.entries.append(
            (member_id, entry_id, bucket_of(member_id), asset, amount, account, lot_id, rule, time)
        )

    def balance(
        self, member_id: UUID, asset: str, account: str, amount: int, earned_on: date | None = None
    ) -> None:
        """`amount` as the member sees it: negative for what was taken. `earned_on`: the day that it counts on."""
        cells = self.balances.get((member_id, asset))
        if cells is None:
            cells = self.balances[member_id, asset] = [0, 0, 0, 0, 0, None]
        cells[0] += amount
        cells[_COLUMN[account]] += abs(amount)
        if earned_on is not None:
            cells[-1] = max(cells[-1] or earned_on, earned_on)

    def new_lot(
        self,
        member_id: UUID,
        lot_id: UUID,
        asset: str,
        amount: int,
        remaining: int,
        at: datetime,
        expires_at: datetime | None,
    ) -> None:
        self.lots[lot_id] = [
            member_id,
            lot_id,
            bucket_of(member_id),
            asset,
            amount,
            remaining,
            0,
            0,
            at,
            expires_at,
        ]

    def move(
        self, member_id: UUID, lot_id: UUID, remaining: int = 0, expired: int = 0, reversed_: int = 0
    ) -> None:
        """Change a lot, be it one that this batch makes or one from before."""
        new = self.lots.get(lot_id)
        if new is not None:
            new[5] += remaining
            new[6] += expired
            new[7] += reversed_
            return
        cells = self.moves.setdefault(lot_id, [member_id, lot_id, bucket_of(member_id), 0, 0, 0])
        cells[3] += remaining
        cells[4] += expired
        cells[5] += reversed_


def write(cursor: Cursor, movements: Sequence[tuple[UUID, Credit | Take]]) -> None:
    """Enter what was credited to and taken from members, in the order it was decided."""
    page = _Page()
    for member_id, effect in movements:
        if isinstance(effect, Credit):
            _credit(page, member_id, effect)
        else:
            _take(page, member_id, effect)
    insert(cursor, "ledger_entry", ENTRY, page.entries)
    insert(cursor, "ledger_lot", LOT, list(page.lots.values()))
    unnest(
        cursor,
        MOVE_LOTS,
        ("uuid", "uuid", "smallint", "bigint", "bigint", "bigint"),
        list(page.moves.values()),
    )
    unnest(
        cursor,
        MOVE_BALANCES,
        ("uuid", "text", "smallint", *["bigint"] * 5, "date"),
        [(member, asset, bucket_of(member), *cells) for (member, asset), cells in page.balances.items()],
    )


def _credit(page: _Page, member_id: UUID, effect: Credit) -> None:
    filled = 0
    for lot_id, units in effect.fills:
        filled += units
        page.move(member_id, lot_id, remaining=units)
    page.new_lot(
        member_id,
        effect.lot_id,
        effect.asset,
        effect.amount,
        effect.amount - filled,
        effect.earned_at,
        effect.expires_at,
    )
    page.entry(
        member_id,
        effect.lot_id,
        effect.asset,
        effect.amount,
        ISSUE,
        effect.lot_id,
        effect.rule,
        effect.earned_at,
    )
    page.balance(member_id, effect.asset, ISSUE, effect.amount, effect.day)


def _take(page: _Page, member_id: UUID, effect: Take) -> None:
    parts = list(effect.takes)
    for lot_id, units in effect.takes:
        page.move(member_id, lot_id, remaining=-units, expired=units if effect.account == EXPIRE else 0)
    if effect.debt_lot is not None:
        page.new_lot(member_id, effect.debt_lot, effect.asset, 0, -effect.debt, effect.at, None)
        parts.append((effect.debt_lot, effect.debt))
    if effect.source_lot is not None:
        page.move(member_id, effect.source_lot, reversed_=effect.amount + effect.waived)
    for index, (lot_id, units) in enumerate(parts):
        page.entry(
            member_id,
            child_id(effect.entry_id, index),
            effect.asset,
            -units,
            effect.account,
            lot_id,
            effect.rule,
            effect.at,
        )
    page.balance(member_id, effect.asset, effect.account, -effect.amount)
