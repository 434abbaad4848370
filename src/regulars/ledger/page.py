"""What one batch writes into the books, gathered so that each row is touched once."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.kit.ids import bucket_of, child_id
from regulars.language.effects import (
    ADJUST,
    CONVERT,
    EXPIRE,
    GIFT,
    HOLD,
    ISSUE,
    MERGE,
    PENDING,
    REVERSE,
    SPEND,
    Credit,
    Draw,
    Give,
    Take,
    ToppedUp,
    TopUpRefunded,
)

COLUMNS = ("balance", "earned", "spent", "expired", "reversed", "moved", "held", "pending")
"""Of a balance row, as they are gathered."""

_COLUMN = {
    ISSUE: (1, 1),
    SPEND: (2, -1),
    EXPIRE: (3, -1),
    REVERSE: (4, -1),
    ADJUST: (5, 1),
    CONVERT: (5, 1),
    GIFT: (5, 1),
    MERGE: (5, 1),
    HOLD: (6, -1),
    PENDING: (7, -1),
}
"""House account → which column its entries move, and in which direction."""
_MOVED = COLUMNS.index("moved")


@dataclass(slots=True)
class LotMove:
    """What changes on a lot from before: the differences, and moments that are new (None: as they were)."""

    member_id: UUID
    amount: int = 0
    remaining: int = 0
    held: int = 0
    pending: int = 0
    expired: int = 0
    reversed: int = 0
    waived: int = 0
    expires_at: datetime | None = None
    matures_at: datetime | None = None


@dataclass(slots=True)
class Page:
    """The rows of a batch. `lots` are new: [member, id, bucket, asset, amount, remaining, expired, reversed, earned_at,
    expires_at, held, pending, matures_at, rule, waived]."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    lots: dict[UUID, list[Any]] = field(default_factory=dict)
    moves: dict[UUID, LotMove] = field(default_factory=dict)
    balances: dict[tuple[UUID, str], list[int]] = field(default_factory=dict)
    beside: set[tuple[UUID, str]] = field(default_factory=set)
    """Balances that something but earnings moved, be it to and fro."""
    earned_on: dict[tuple[UUID, str], date] = field(default_factory=dict)
    draws: dict[tuple[UUID, UUID], Draw] = field(default_factory=dict)
    order_lots: list[tuple[UUID, UUID, int, str, str]] = field(default_factory=list)
    """[member, lot, bucket, source, order] of lots that were credited for an order."""
    topups: list[tuple[UUID, ToppedUp]] = field(default_factory=list)
    payouts: list[tuple[UUID, TopUpRefunded]] = field(default_factory=list)

    def enter(self, member_id: UUID, effect: Credit | Take | Give | ToppedUp | TopUpRefunded) -> None:
        """Put one effect on the page."""
        if isinstance(effect, Credit):
            self._credit(member_id, effect)
        elif isinstance(effect, Take):
            self._take(member_id, effect)
        elif isinstance(effect, Give):
            self._give(member_id, effect)
        elif isinstance(effect, ToppedUp):
            self.topups.append((member_id, effect))
        else:
            self.payouts.append((member_id, effect))

    def _entry(
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
        """One movement; `amount` as the member sees it, negative for what leaves them."""
        self.entries.append(
            (member_id, entry_id, bucket_of(member_id), asset, amount, account, lot_id, rule, time)
        )
        cells = self.balances.get((member_id, asset))
        if cells is None:
            cells = self.balances[member_id, asset] = [0, 0, 0, 0, 0, 0, 0, 0]
        cells[0] += amount
        column, sign = _COLUMN[account]
        cells[column] += sign * amount
        if column == _MOVED:
            self.beside.add((member_id, asset))

    def _move(self, member_id: UUID, lot_id: UUID) -> LotMove:
        """The changes of a lot from before."""
        found = self.moves.get(lot_id)
        if found is None:
            found = self.moves[lot_id] = LotMove(member_id)
        return found

    def _change(
        self,
        member_id: UUID,
        lot_id: UUID,
        remaining: int = 0,
        held: int = 0,
        pending: int = 0,
        expired: int = 0,
        reversed_: int = 0,
        amount: int = 0,
        waived: int = 0,
    ) -> None:
        """Change a lot, be it one that this batch makes or one from before."""
        new = self.lots.get(lot_id)
        if new is not None:
            new[4] += amount
            new[5] += remaining
            new[6] += expired
            new[7] += reversed_
            new[10] += held
            new[11] += pending
            new[14] += waived
            return
        move = self._move(member_id, lot_id)
        move.amount += amount
        move.remaining += remaining
        move.held += held
        move.pending += pending
        move.expired += expired
        move.reversed += reversed_
        move.waived += waived

    def _credit(self, member_id: UUID, effect: Credit) -> None:
        filled = 0
        for lot_id, units in effect.fills:
            filled += units
            self._change(member_id, lot_id, remaining=units)
        free, waiting = (0, effect.amount) if effect.pending else (effect.amount - filled, 0)
        if effect.order is not None:
            self.order_lots.append((member_id, effect.lot_id, bucket_of(member_id), *effect.order))
        self.lots[effect.lot_id] = [
            member_id,
            effect.lot_id,
            bucket_of(member_id),
            effect.asset,
            effect.amount,
            free,
            0,
            0,
            effect.earned_at,
            effect.expires_at,
            0,
            waiting,
            effect.matures_at,
            effect.rule,
            0,
        ]
        lot = effect.lot_id
        row = (effect.asset, effect.amount, effect.account, lot, effect.rule, effect.earned_at)
        self._entry(member_id, lot, *row)
        if effect.pending:
            self._entry(
                member_id,
                child_id(lot, 1),
                effect.asset,
                -waiting,
                PENDING,
                lot,
                effect.rule,
                effect.earned_at,
            )
        name = (member_id, effect.asset)
        self.earned_on[name] = max(self.earned_on.get(name, effect.day), effect.day)

    def _take(self, member_id: UUID, effect: Take) -> None:
        parts = list(effect.takes)
        expires, holds, waits = (effect.account == one for one in (EXPIRE, HOLD, PENDING))
        for lot_id, units in effect.takes:
            self._change(
                member_id,
                lot_id,
                remaining=-units,
                held=units if holds else 0,
                pending=units if waits else 0,
                expired=units if expires else 0,
                waived=-units if effect.collects else 0,
            )
        if effect.debt_lot is not None:
            self.lots[effect.debt_lot] = [
                member_id,
                effect.debt_lot,
                bucket_of(member_id),
                effect.asset,
                0,
                -effect.debt,
                0,
                0,
                effect.at,
                None,
                0,
                0,
                None,
                "",
                0,
            ]
            parts.append((effect.debt_lot, effect.debt))
        if effect.source_lot is not None:
            gone = effect.amount + effect.waived
            self._change(member_id, effect.source_lot, reversed_=gone, waived=effect.waived)
        if effect.draw is not None:
            self.draws[member_id, effect.draw.id] = effect.draw
        for index, (lot_id, units) in enumerate(parts):
            entry_id = child_id(effect.entry_id, index)
            self._entry(
                member_id, entry_id, effect.asset, -units, effect.account, lot_id, effect.rule, effect.at
            )

    def _give(self, member_id: UUID, effect: Give) -> None:
        holds, waits = effect.account == HOLD, effect.account == PENDING
        for index, (lot_id, units) in enumerate(effect.gives):
            self._change(
                member_id,
                lot_id,
                remaining=units,
                held=-units if holds else 0,
                pending=-units if waits else 0,
                amount=units if effect.raises else 0,
            )
            entry_id = child_id(effect.entry_id, index)
            self._entry(
                member_id, entry_id, effect.asset, units, effect.account, lot_id, effect.rule, effect.at
            )
            if effect.ripens:
                self._moments(member_id, lot_id, matures_at=effect.at)
        for lot_id, end in effect.revived:
            self._moments(member_id, lot_id, expires_at=end)
        for debt_id, lot_id, units in effect.fills:
            self._change(member_id, debt_id, remaining=units)
            self._change(member_id, lot_id, remaining=-units)
        if effect.draw is not None:
            self.draws[member_id, effect.draw.id] = effect.draw

    def _moments(
        self,
        member_id: UUID,
        lot_id: UUID,
        expires_at: datetime | None = None,
        matures_at: datetime | None = None,
    ) -> None:
        new = self.lots.get(lot_id)
        if new is not None:
            new[9], new[12] = expires_at or new[9], matures_at or new[12]
            return
        move = self._move(member_id, lot_id)
        move.expires_at = expires_at or move.expires_at
        move.matures_at = matures_at or move.matures_at
