"""What is decided: the only ways in which Regulars changes anything.

Every effect names the rule that wanted it (empty for what an event means by itself) and is written by the
room that owns the thing. `kind` is what the API and the stored record call it; `record` is that record.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

ISSUE, SPEND, EXPIRE, REVERSE = "issue", "spend", "expire", "reverse"
"""The house's accounts: what it gave out, took in exchange, took back by time, took back for a return."""


NOT_YET = UUID(int=0)
"""The id of entries that are still to be written."""


@dataclass(slots=True)
class Credit:
    """`amount` units of `asset` from the house to the member, in a lot of their own."""

    kind: ClassVar[str] = "credit"
    asset: str
    amount: int
    rule: str
    earned_at: datetime
    day: date
    expires_at: datetime | None
    lot_id: UUID
    fills: list[tuple[UUID, int]] = field(default_factory=list)
    """Debts that the credit pays first: (lot, units)."""

    def record(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "credit",
            "rule": self.rule,
            "asset": self.asset,
            "amount": self.amount,
        }
        if self.expires_at is not None:
            out["expires_at"] = self.expires_at.isoformat()
        return out


@dataclass(slots=True)
class Take:
    """`amount` units of `asset` from the member to a house account, lot by lot.

    `account` is `spend`, `expire` or `reverse`. `debt` units could not be taken from any lot and are owed:
    they become a lot with a negative remainder, `debt_lot`. `waived` units are written off.
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
    entry_id: UUID = NOT_YET
    """The first of as many ids in a row as there are takes, and one for the debt."""

    def record(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "take",
            "rule": self.rule,
            "asset": self.asset,
            "amount": self.amount,
            "account": self.account,
        }
        if self.debt:
            out["debt"] = self.debt
        if self.waived:
            out["waived"] = self.waived
        return out


@dataclass(frozen=True, slots=True)
class LevelStep:
    """One step on a ladder. `reason` is earned, kept, ended or rule; `until` the last day of the new period."""

    day: date
    before: str
    after: str
    reason: str
    until: date | None


@dataclass(slots=True)
class LevelChange:
    """A step on a ladder, or a period renewed (`before == after`).

    `reason` is that of the step, or `recomputed` where the member's history turned out otherwise than it was
    known: then `rewrites` is the first day whose steps are replaced by `steps`.
    """

    kind: ClassVar[str] = "tier"
    ladder: str
    before: str
    after: str
    reason: str
    rule: str
    since: date
    until: date | None
    at: datetime
    change_id: UUID
    steps: list[LevelStep]
    rewrites: date | None = None

    def record(self) -> dict[str, Any]:
        return {
            "kind": "tier",
            "rule": self.rule,
            "ladder": self.ladder,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(slots=True)
class TagChange:
    """Tags put on or taken off the member."""

    kind: ClassVar[str] = "tag"
    add: tuple[str, ...]
    remove: tuple[str, ...]
    rule: str

    def record(self) -> dict[str, Any]:
        return {"kind": "tag", "rule": self.rule, "add": list(self.add), "remove": list(self.remove)}


@dataclass(slots=True)
class MessageWish:
    """Something to tell the member. `context` is all that the template may show."""

    kind: ClassVar[str] = "message"
    template: str
    category: str
    rule: str
    message_id: UUID
    context: dict[str, Any]

    def record(self) -> dict[str, Any]:
        return {"kind": "message", "rule": self.rule, "template": self.template}


@dataclass(slots=True)
class ProfileChange:
    """Fields of the profile that the event states: only those named change. `attributes` are merged."""

    kind: ClassVar[str] = "profile"
    fields: dict[str, Any]

    def record(self) -> dict[str, Any]:
        return {"kind": "profile", "rule": "", "fields": sorted(self.fields)}


@dataclass(slots=True)
class OrderPaid:
    """An order became known. `waiting_minor` of it had been refunded before it was known."""

    kind: ClassVar[str] = "order"
    source: str
    order_id: str
    total_minor: int
    currency: str
    channel: str
    store: str
    lines: int
    at: datetime
    day: date
    waiting_minor: int

    def record(self) -> dict[str, Any]:
        return {"kind": "order", "rule": "", "order_id": self.order_id, "total_minor": self.total_minor}


@dataclass(slots=True)
class OrderRefunded:
    """Money of an order went back. `counts_on` is the day the order was paid; None while it is not known."""

    kind: ClassVar[str] = "refund"
    source: str
    order_id: str
    refund_id: str
    amount_minor: int
    currency: str
    at: datetime
    counts_on: date | None

    def record(self) -> dict[str, Any]:
        return {
            "kind": "refund",
            "rule": "",
            "order_id": self.order_id,
            "refund_id": self.refund_id,
            "amount_minor": self.amount_minor,
        }


Effect = Credit | Take | LevelChange | TagChange | MessageWish | ProfileChange | OrderPaid | OrderRefunded
