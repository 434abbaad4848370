"""What others may know of the books."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from regulars.kit.ids import parent_id
from regulars.language.calendar import RoundUp
from regulars.language.text import Text


class Clawback(StrEnum):
    """What happens when a return takes back value that was spent meanwhile."""

    DEBT = "debt"
    """The member owes it: the balance may go below zero, later credits pay it first."""
    CAP = "cap"
    """Taken as far as the balance goes; the rest is written off."""
    WAIVE = "waive"
    """Only what is left of the very lot is taken."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long after earning a lot lives, then rounded up. All zero: for ever."""

    days: int = 0
    months: int = 0
    round: RoundUp = RoundUp.DAY

    @property
    def never(self) -> bool:
        return not (self.days or self.months)


@dataclass(frozen=True, slots=True)
class Asset:
    """A kind of value. `scale` is the number of decimals: a balance of 1234 at scale 2 is shown as 12.34."""

    id: str
    name: Text
    spendable: bool
    expiry: Expiry
    clawback: Clawback
    scale: int = 0


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What a member holds of an asset, and what ever came and went."""

    asset: str
    balance: int
    earned: int
    spent: int
    expired: int
    reversed: int


@dataclass(frozen=True, slots=True)
class LotRow:
    """Value that was credited together and is not used up. A negative `remaining` is owed."""

    id: UUID
    asset: str
    amount: int
    remaining: int
    earned_at: datetime
    expires_at: datetime | None

    @property
    def event_id(self) -> UUID:
        """The event that credited it."""
        return parent_id(self.id)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a member holds of one asset that ends at the same moment (None: never), over `lots` credits. Units that
    are owed stand apart, negative."""

    asset: str
    expires_at: datetime | None
    units: int
    lots: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One movement, with the balance of its asset after it. `account`: issue, spend, expire or reverse."""

    id: UUID
    asset: str
    amount: int
    account: str
    rule: str
    time: datetime
    lot_id: UUID
    balance: int

    @property
    def event_id(self) -> UUID:
        """The event that moved it."""
        return parent_id(self.id)


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved of one asset in one period: units given, spent, expired and taken back, all ≥ 0."""

    asset: str
    period: date
    issued: int
    spent: int
    expired: int
    reversed: int


@dataclass(frozen=True, slots=True)
class Position:
    """What the house gave and took of one asset in all, and what members still hold."""

    issued: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0
    outstanding: int = 0
