"""The light check inside every batch: what is about to be written adds up by itself. Pure, a microsecond an event.

Sums are weighted by member (and asset), so that what is too much for one and too little for another is seen, and no
table of sums has to be kept: linear fingerprints, as `reconcile` takes them of the whole books.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.language.effects import HOLD, PENDING
from regulars.ledger.page import COLUMNS, Page

_WEIGHT = (1 << 31) - 1
_CELLS = 3
"""Where the columns of a balance's row begin: after member, asset and bucket."""


class Unbalanced(AssertionError):
    """A batch that would put the books out of order. It is a fault of ours: nothing of the batch may be written."""


def check(page: Page, balances: Sequence[Sequence[Any]]) -> None:
    """Refuse a page whose entries, lots and balances do not move by the same units.

    `balances`: the rows that will be written, (member, asset, bucket, *COLUMNS, …). Per member and asset the balance
    moves by the sum of its entries, and by what its columns say. Per member what remains, is held and is pending in
    lots moves as the entries say.
    """
    owed = remaining = held = pending = 0
    for member_id, _, _, asset, amount, account, *_ in page.entries:
        who = member_id.int & _WEIGHT
        units = amount * who
        owed += amount * (who ^ hash(asset))
        remaining -= units
        if account == HOLD:
            held += units
        elif account == PENDING:
            pending += units
    for member_id, asset, _, balance, earned, spent, expired, taken, moved, on_hold, unripe, *_ in balances:
        owed -= balance * (member_id.int & _WEIGHT ^ hash(asset))
        if balance != earned + moved - spent - expired - taken - on_hold - unripe:
            raise Unbalanced(f"member {member_id}, {asset}: the balance's columns do not add up")
    for lot in page.lots.values():
        who = lot[0].int & _WEIGHT
        remaining += lot[5] * who
        held += lot[10] * who
        pending += lot[11] * who
    for move in page.moves.values():
        who = move.member_id.int & _WEIGHT
        remaining += move.remaining * who
        held += move.held * who
        pending += move.pending * who
    if owed or remaining or held or pending:
        raise Unbalanced(_what(page, balances))


def _what(page: Page, balances: Sequence[Sequence[Any]]) -> str:
    """Where it does not add up, for whoever reads the log."""
    assets: dict[tuple[UUID, str], int] = defaultdict(int)
    lots: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for member_id, _, _, asset, amount, account, *_ in page.entries:
        assets[member_id, asset] += amount
        lots[member_id][0] -= amount
        lots[member_id][1] += amount if account == HOLD else 0
        lots[member_id][2] += amount if account == PENDING else 0
    for row in balances:
        assets[row[0], row[1]] -= row[_CELLS + COLUMNS.index("balance")]
    for lot in page.lots.values():
        _add(lots[lot[0]], lot[5], lot[10], lot[11])
    for move in page.moves.values():
        _add(lots[move.member_id], move.remaining, move.held, move.pending)
    wrong = [
        f"member {who}, {asset}: entries and balance differ by {units}"
        for (who, asset), units in assets.items()
        if units
    ]
    wrong += [
        f"member {who}: lots and entries differ by {sums} (remaining, held, pending)"
        for who, sums in lots.items()
        if any(sums)
    ]
    return "; ".join(wrong[:5])


def _add(sums: list[int], *units: int) -> None:
    for index, one in enumerate(units):
        sums[index] += one
