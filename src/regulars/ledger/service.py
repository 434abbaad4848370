"""Writing the books. Whole lists at a time, in the caller's transaction, under the members' locks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, array, insert, unnest
from regulars.language.effects import Credit, Draw, Give, Take, ToppedUp, TopUpRefunded
from regulars.language.snapshot import Due
from regulars.ledger import chain, checks
from regulars.ledger.page import Page

Written = Credit | Take | Give | ToppedUp | TopUpRefunded
"""What the books take note of."""

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
    "held": "bigint",
    "pending": "bigint",
    "matures_at": "timestamptz",
    "rule": "text",
    "waived": "bigint",
}
ORDER_LOT = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "order_source": "text",
    "order_id": "text",
}
NEW_TOPUPS = """
INSERT INTO ledger_topup (member_id, source, topup_id, bucket, event_id, wallet, principal, bonus, principal_back,
                          bonus_back, refunds, time)
SELECT member_id, source, topup_id, bucket, event_id, wallet, principal, bonus, principal_back, bonus_back, '{}', time
  FROM {rows} AS row(member_id, source, topup_id, bucket, event_id, wallet, principal, bonus, principal_back,
                     bonus_back, time)
"""

MOVE_LOTS = """
UPDATE ledger_lot AS lot
   SET amount = lot.amount + row.amount, remaining = lot.remaining + row.remaining,
       held = lot.held + row.held, pending = lot.pending + row.pending,
       expired = lot.expired + row.expired, reversed = lot.reversed + row.reversed,
       waived = lot.waived + row.waived,
       expires_at = coalesce(row.expires_at, lot.expires_at), matures_at = coalesce(row.matures_at, lot.matures_at)
  FROM {rows} AS row(member_id, id, bucket, amount, remaining, held, pending, expired, reversed,
                     waived, expires_at, matures_at)
 WHERE lot.member_id = row.member_id AND lot.id = row.id AND lot.bucket = row.bucket
"""
_MOVE = ("uuid", "uuid", "smallint", *["bigint"] * 7, "timestamptz", "timestamptz")

MOVE_BALANCES = """
INSERT INTO ledger_balance AS now (member_id, asset, bucket, balance, earned, spent, expired, reversed, moved,
                                   held, pending, earned_on, due_at, lapses_at, reminded_to, beside)
SELECT * FROM {rows}
ON CONFLICT (member_id, asset, bucket) DO UPDATE
   SET balance = now.balance + excluded.balance, earned = now.earned + excluded.earned,
       spent = now.spent + excluded.spent, expired = now.expired + excluded.expired,
       reversed = now.reversed + excluded.reversed, moved = now.moved + excluded.moved,
       held = now.held + excluded.held, pending = now.pending + excluded.pending,
       earned_on = greatest(now.earned_on, excluded.earned_on), due_at = excluded.due_at,
       lapses_at = excluded.lapses_at, reminded_to = excluded.reminded_to, beside = now.beside OR excluded.beside
"""
_BALANCE = ("uuid", "text", "smallint", *["bigint"] * 8, "date", *["timestamptz"] * 3, "boolean")

PUT_DRAWS = """
INSERT INTO ledger_draw AS now (member_id, id, bucket, asset, account, lots, held, used, returned, open,
                                order_source, order_id, time, until, other)
SELECT member_id, id, bucket, asset, account, lots::uuid[], held::bigint[], used::bigint[], returned::bigint[], open,
       order_source, order_id, time, until, other
  FROM {rows} AS row(member_id, id, bucket, asset, account, lots, held, used, returned, open,
                     order_source, order_id, time, until, other)
ON CONFLICT (member_id, id, bucket) DO UPDATE
   SET lots = excluded.lots, held = excluded.held, used = excluded.used, returned = excluded.returned,
       open = excluded.open
"""
_DRAW = (
    *("uuid", "uuid", "smallint", "text", "text", "text", "text", "text", "text"),
    *("bigint", "text", "text", "timestamptz", "timestamptz", "uuid"),
)

PAY_BACK = """
UPDATE ledger_topup AS topup
   SET principal_back = topup.principal_back + row.principal, bonus_back = topup.bonus_back + row.bonus,
       refunds = topup.refunds || row.refund_ids::text[]
  FROM {rows} AS row(member_id, source, topup_id, bucket, principal, bonus, refund_ids)
 WHERE topup.member_id = row.member_id AND topup.source = row.source AND topup.topup_id = row.topup_id
   AND topup.bucket = row.bucket
"""


def write(
    cursor: Cursor,
    movements: Sequence[tuple[UUID, UUID, Written]],
    dues: Mapping[tuple[UUID, str], Due],
    now: datetime,
) -> None:
    """Enter what moved, (member, event, effect) in the order it was decided, as one page of the chain.

    `dues`: what time has to do from now on with every asset of a member that moved, and with those where only that
    has changed. Raises `checks.Unbalanced`, with nothing written, if the rows would not agree with each other.
    """
    page = Page()
    events: dict[tuple[UUID, str, str], UUID] = {}
    for member_id, event_id, effect in movements:
        page.enter(member_id, effect)
        if isinstance(effect, ToppedUp):
            events[member_id, effect.source, effect.topup_id] = event_id
    balances = _balances(page, dues)
    checks.check(page, balances)
    chain.enter(cursor, page.entries, now)
    insert(cursor, "ledger_lot", LOT, list(page.lots.values()))
    unnest(cursor, MOVE_LOTS, _MOVE, _lot_moves(page))
    unnest(cursor, MOVE_BALANCES, _BALANCE, balances)
    unnest(cursor, PUT_DRAWS, _DRAW, [_draw(member_id, draw) for (member_id, _), draw in page.draws.items()])
    insert(cursor, "ledger_orderlot", ORDER_LOT, page.order_lots)
    _write_topups(cursor, page, events)


def _lot_moves(page: Page) -> list[tuple[Any, ...]]:
    return [
        (
            move.member_id,
            lot_id,
            bucket_of(move.member_id),
            move.amount,
            move.remaining,
            move.held,
            move.pending,
            move.expired,
            move.reversed,
            move.waived,
            move.expires_at,
            move.matures_at,
        )
        for lot_id, move in page.moves.items()
    ]


def _balances(page: Page, dues: Mapping[tuple[UUID, str], Due]) -> list[tuple[Any, ...]]:
    nothing = (0,) * 8
    rows = []
    for name, due in dues.items():
        member_id, asset = name
        cells = page.balances.get(name, nothing)
        moments = (due.at, due.lapses_at, due.reminded_to)
        rows.append(
            (
                member_id,
                asset,
                bucket_of(member_id),
                *cells,
                page.earned_on.get(name),
                *moments,
                name in page.beside,
            )
        )
    return rows


def _draw(member_id: UUID, draw: Draw) -> tuple[Any, ...]:
    source, order_id = draw.order or ("", "")
    return (
        member_id,
        draw.id,
        bucket_of(member_id),
        draw.asset,
        draw.account,
        array(part.lot_id for part in draw.parts),
        array(part.held for part in draw.parts),
        array(part.used for part in draw.parts),
        array(part.returned for part in draw.parts),
        draw.held,
        source,
        order_id,
        draw.at,
        draw.until,
        draw.other,
    )


def _write_topups(cursor: Cursor, page: Page, events: Mapping[tuple[UUID, str, str], UUID]) -> None:
    """Top-ups first: one may be paid back in the batch that brings it."""
    if not (page.topups or page.payouts):
        return
    rows = [
        (
            member_id,
            one.source,
            one.topup_id,
            bucket_of(member_id),
            events[member_id, one.source, one.topup_id],
            one.wallet,
            one.principal,
            one.bonus,
            0,
            0,
            one.at,
        )
        for member_id, one in page.topups
    ]
    kinds = ("uuid", "text", "text", "smallint", "uuid", "text", *["bigint"] * 4, "timestamptz")
    unnest(cursor, NEW_TOPUPS, kinds, rows)
    paid: dict[tuple[UUID, str, str], list[Any]] = {}
    for member_id, back in page.payouts:
        cells = paid.setdefault((member_id, back.source, back.topup_id), [0, 0, []])
        cells[0] += back.principal
        cells[1] += back.bonus
        cells[2].append(back.refund_id)
    unnest(
        cursor,
        PAY_BACK,
        ("uuid", "text", "text", "smallint", "bigint", "bigint", "text"),
        [
            (member_id, source, topup_id, bucket_of(member_id), principal, bonus, array(refund_ids))
            for (member_id, source, topup_id), (principal, bonus, refund_ids) in paid.items()
        ],
    )
