"""What others may know of the books."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
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


class SpendOrder(StrEnum):
    """Which lots are spent first."""

    EXPIRING = "expiring"
    """Earliest to expire, then earliest earned; those that never expire last."""
    OLDEST = "oldest"
    """Earliest earned."""
    NEWEST = "newest"
    """Latest earned."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When what is earned ends. At most one way is stated; none of them: never.

    `days` and `months` count from the day of earning, the end is then rounded up. `on`: a fixed last day, either of
    one year (`2027-12-31`) or of every year (`12-31`: the next one from the day of earning on). `idle_months`: all
    units of the member end that long after the last earning or spending, rounded up. `with_level`: they end with
    the period of the member's level on that ladder; on a level without a period they do not end.
    """

    days: int = 0
    months: int = 0
    round: RoundUp = RoundUp.DAY
    on: str = ""
    idle_months: int = 0
    with_level: str = ""

    @property
    def never(self) -> bool:
        """Whether lots are given no end of their own when they are earned."""
        return not (self.days or self.months or self.on)

    @property
    def together(self) -> bool:
        """Whether all lots of a member end at one moment, which moves."""
        return bool(self.idle_months or self.with_level)


@dataclass(frozen=True, slots=True)
class Pending:
    """What an order earns is set aside until `days` after it; with `completed` until the order is completed, and
    for `days` at most (0: however long that takes)."""

    days: int = 0
    completed: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """What rules may give one member at most, in smallest units, in a local day, a month and in all (0: no bound)."""

    day: int = 0
    month: int = 0
    lifetime: int = 0


@dataclass(frozen=True, slots=True)
class Gifting:
    """Members may give units to each other: from `least` to `most` (0: no bound) at a time, `per_day` units a day
    (0: no bound). For `revoke_hours` the giver may take the gift back; until then it is pending with the receiver."""

    least: int = 1
    most: int = 0
    per_day: int = 0
    revoke_hours: int = 0


@dataclass(frozen=True, slots=True)
class Decay:
    """Units that go by themselves: `per_day` smallest units at the beginning of every day, down to `floor`, once
    `after_days` days have passed since the last earning or spending, or since the paid plan `plan` lapsed."""

    after_days: int
    per_day: int
    floor: int = 0
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A kind of value. `scale` is the number of decimals: a balance of 1234 at scale 2 is shown as 12.34.

    `floor`: with clawback `debt`, how far the balance may go below zero, as a number ≤ 0 (None: without end); what
    is beyond is written off. `grace_days`: how long units live that come back after their end (0: they are gone).
    `cost`: what one whole unit costs the house, in the currency's main unit. `adjust_limit`: adjustments by more
    smallest units than this wait for a second person (None: none does). `credit_most`: so many smallest units
    at most can another system credit at once (None: no bound). `remind_days`: so many days before units
    end, `asset.expiring` happens (0: never).
    """

    id: str
    name: Text
    spendable: bool
    expiry: Expiry
    clawback: Clawback
    scale: int = 0
    pending: Pending | None = None
    caps: Caps | None = None
    spend_order: SpendOrder = SpendOrder.EXPIRING
    floor: int | None = None
    grace_days: int = 0
    cost: Decimal = Decimal(0)
    adjust_limit: int | None = None
    credit_most: int | None = None
    remind_days: int = 0
    gifting: Gifting | None = None
    decay: Decay | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Units of `source` become units of `target`: `get` smallest units for each `give` smallest units. Only whole
    multiples of `give` are taken; `per_day` units of `source` a member and day at most (0: no bound)."""

    id: str
    name: Text
    source: str
    target: str
    give: int
    get: int
    per_day: int = 0


class WalletOrder(StrEnum):
    """From which side of a wallet a payment is taken."""

    PRINCIPAL_FIRST = "principal_first"
    BONUS_FIRST = "bonus_first"
    RATIO = "ratio"
    """In the ratio of what the wallet holds of both, the odd unit from the principal."""


@dataclass(frozen=True, slots=True)
class TopUp:
    """A top-up of at least `at` smallest units brings `bonus`; the highest step that is reached counts."""

    at: int
    bonus: int


@dataclass(frozen=True, slots=True)
class Wallet:
    """Stored value: what members paid in (`principal`) and what they got on top (`bonus`), two assets kept apart.

    `most`: what principal and bonus may hold together after a top-up; `least` and `most_at_once`: one top-up; all in
    smallest units (0: no bound). Only principal is paid back.
    """

    id: str
    name: Text
    principal: str
    bonus: str
    order: WalletOrder = WalletOrder.PRINCIPAL_FIRST
    steps: tuple[TopUp, ...] = ()
    least: int = 0
    most_at_once: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What a member holds of an asset, and what ever came and went."""

    asset: str
    balance: int
    earned: int
    spent: int
    expired: int
    reversed: int
    moved: int = 0
    held: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class LotRow:
    """Value that was credited together and is not used up. A negative `remaining` is owed. `held` and `pending` are
    set aside, the latter until `matures_at` (None: until something happens); `rule` gave it."""

    id: UUID
    asset: str
    amount: int
    remaining: int
    earned_at: datetime
    expires_at: datetime | None
    held: int = 0
    pending: int = 0
    matures_at: datetime | None = None
    rule: str = ""

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
    """One movement, with the balance of its asset after it. `account`: the house's side, as in `language.effects`."""

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
