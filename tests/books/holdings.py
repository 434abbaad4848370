"""What the model knows of a member: lots, draws, orders, top-ups. No more than lists, and what they add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import floor
from uuid import UUID

from tests.books import brand


class Refused(Exception):
    """What is asked for can't be done: the code of the refusal."""


@dataclass(eq=False)
class Lot:
    """Units that came together. A debt is one of amount 0."""

    op: UUID
    asset: str
    at: datetime
    number: int
    amount: int
    remaining: int = 0
    held: int = 0
    pending: int = 0
    expired: int = 0
    reversed: int = 0
    ends: datetime | None = None
    ripens: datetime | None = None
    rule: str = ""
    waived: int = 0
    home: int = 0
    """Who brought it, whoever's it is now."""

    @property
    def waits_as_gift(self) -> bool:
        """Whether the giver may still take it back: then nobody else may."""
        return self.pending > 0 and not self.rule

    @property
    def takeable(self) -> int:
        return max(self.amount - self.reversed - self.expired, 0)


@dataclass(eq=False)
class Piece:
    """What one lot gave to a draw."""

    lot: Lot
    held: int = 0
    used: int = 0
    returned: int = 0


@dataclass(eq=False)
class Draw:
    """Units taken for a purpose that may be undone."""

    op: UUID
    asset: str
    purpose: str
    pieces: list[Piece]
    order: str | None = None
    until: datetime | None = None
    other: int | None = None
    home: int = 0

    @property
    def held(self) -> int:
        return sum(piece.held for piece in self.pieces)

    @property
    def used(self) -> int:
        return sum(piece.used for piece in self.pieces)

    @property
    def returned(self) -> int:
        return sum(piece.returned for piece in self.pieces)


@dataclass
class Order:
    """What is known of an order."""

    total: int = 0
    refunded: int = 0
    paid: UUID | None = None
    refunds: set[str] = field(default_factory=set)
    cancelled: bool = False
    home: int = 0

    @property
    def gone(self) -> Fraction:
        """The share of it that does not count any more."""
        if self.cancelled:
            return Fraction(1)
        if not self.paid:
            return Fraction(0)
        return Fraction(min(self.refunded, self.total), self.total)


@dataclass
class TopUp:
    """Money paid in, and what of it was paid back."""

    op: UUID
    paid: int
    bonus: int
    back: int = 0
    bonus_back: int = 0
    refunds: set[str] = field(default_factory=set)
    home: int = 0


@dataclass
class Member:
    """All that is known of one member."""

    index: int = 0
    lots: list[Lot] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    topups: dict[str, TopUp] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    """What counts towards limits: (what, period) → units or times."""
    idle: datetime | None = None
    """When the coins end."""

    def of(self, asset: str) -> list[Lot]:
        """Oldest first."""
        return sorted((lot for lot in self.lots if lot.asset == asset), key=_age)

    def balance(self, asset: str) -> int:
        return sum(lot.remaining for lot in self.of(asset))

    def free(self, asset: str) -> int:
        return max(self.balance(asset), 0)

    def brought(self, op: UUID) -> list[Lot]:
        return [lot for lot in self.lots if lot.op == op and lot.amount]

    def taken(self, op: UUID) -> list[Draw]:
        return [draw for draw in self.draws if draw.op == op]

    def count(self, what: str, period: str, units: int) -> None:
        self.used[what, period] = max(self.used.get((what, period), 0) + units, 0)


def _age(lot: Lot) -> tuple[datetime, int]:
    return lot.at, lot.number


def in_order(asset: str, lots: Iterable[Lot]) -> list[Lot]:
    """The order of spending."""
    order = brand.SPEND_ORDER.get(asset, "expiring")
    oldest = sorted(lots, key=_age)
    if order == "newest":
        return oldest[::-1]
    if order == "oldest":
        return oldest
    return sorted((one for one in oldest if one.ends), key=lambda one: one.ends or one.at) + [
        one for one in oldest if not one.ends
    ]


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))
