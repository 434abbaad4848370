"""What is decided: the only ways in which Regulars changes anything.

Every effect names the rule that wanted it (empty for what an event means by itself) and is written by the
room that owns the thing. `kind` is what the API and the stored record call it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

ISSUE, SPEND, EXPIRE, REVERSE = "issue", "spend", "expire", "reverse"
"""The house's accounts: what it gave out, took in exchange, took back by time, took back for a return."""


@dataclass(slots=True)
class Credit:
    """`amount` units of `asset` from the house to the member, in a lot of their own."""

    kind: ClassVar[str] = "credit"
    asset: str
    amount: int
    rule: str
    earned_at: datetime
    expires_at: datetime | None
    lot_id: UUID
    fills: list[tuple[UUID, int]] = field(default_factory=list)
    """Debts that the credit pays first: (lot, units)."""


@dataclass(slots=True)
class Take:
    """`amount` units of `asset` from the member to a house account, lot by lot.

    `account` is `spend`, `expire` or `reverse`. `debt` units could not be taken from any lot and are owed:
    they become a lot with a negative remainder, `debt_lot`.
    """

    kind: ClassVar[str] = "take"
    account: str
    asset: str
    amount: int
    rule: str
    at: datetime
    takes: list[tuple[UUID, int]]
    debt: int = 0
    debt_lot: UUID | None = None
    waived: int = 0
    earned_on: date | None = None
    """For what a return takes back: the day it had been earned, off which the tally comes."""
    source_lot: UUID | None = None
    """For what a return takes back: the lot whose `reversed` grows."""


@dataclass(slots=True)
class LevelChange:
    """A step on a ladder, or a period renewed (`before == after`). `reason`: earned, kept, ended, recomputed, rule."""

    kind: ClassVar[str] = "tier"
    ladder: str
    before: str
    after: str
    reason: str
    rule: str
    since: date
    until: date | None
    at: datetime


@dataclass(slots=True)
class TagChange:
    """Tags put on or taken off the member."""

    kind: ClassVar[str] = "tag"
    add: tuple[str, ...]
    remove: tuple[str, ...]
    rule: str


@dataclass(slots=True)
class MessageWish:
    """Something to tell the member. `context` is all that the template may show."""

    kind: ClassVar[str] = "message"
    template: str
    category: str
    rule: str
    context: dict[str, Any]


@dataclass(slots=True)
class ProfileChange:
    """Fields of the profile that the event states: only those named change."""

    kind: ClassVar[str] = "profile"
    fields: dict[str, Any]


@dataclass(slots=True)
class OrderPaid:
    """An order became known."""

    kind: ClassVar[str] = "order"
    source: str
    order_id: str
    total_minor: int
    currency: str
    channel: str
    store: str
    lines: int
    at: datetime


@dataclass(slots=True)
class OrderRefunded:
    """Money of an order went back."""

    kind: ClassVar[str] = "refund"
    source: str
    order_id: str
    refund_id: str
    amount_minor: int
    currency: str
    at: datetime
    counts_on: date | None
    """The day the order was paid; None while the order itself is not known."""


Effect = Credit | Take | LevelChange | TagChange | MessageWish | ProfileChange | OrderPaid | OrderRefunded
