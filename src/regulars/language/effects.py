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

ADJUST, CONVERT, GIFT = "adjust", "convert", "gift"
"""What an operator put right, what became another asset or came from one, what went from member to member."""

MERGE = "merge"
"""What went from one record of a person to the other, as they were made one or apart again."""

HOLD, PENDING = "hold", "pending"
"""What is the member's and set aside: held for a purchase, or not yet ripe."""


NOT_YET = UUID(int=0)
"""The id of entries that are still to be written."""


@dataclass(slots=True)
class Credit:
    """`amount` units of `asset` from the house to the member, in a lot of their own.

    `pending` ones are set aside at once, until `matures_at` (None: until something happens).
    """

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
    account: str = ISSUE
    pending: bool = False
    matures_at: datetime | None = None
    order: tuple[str, str] | None = None
    """(source, order) that a command credits it for: the order's refunds take it back."""

    def record(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "credit",
            "rule": self.rule,
            "asset": self.asset,
            "amount": self.amount,
        }
        if self.account != ISSUE:
            out["account"] = self.account
        if self.pending:
            out["pending"] = True
            out["matures_at"] = self.matures_at.isoformat() if self.matures_at else None
        if self.expires_at is not None:
            out["expires_at"] = self.expires_at.isoformat()
        return out


@dataclass(slots=True)
class Take:
    """`amount` units of `asset` from the member to a house account, lot by lot.

    `account` is any of the house's but `issue`, or one that sets aside. `debt` units could not be taken from any lot
    and are owed: they become a lot with a negative remainder, `debt_lot`. `waived` units are written off.
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
    draw: "Draw | None" = None
    """What the units were taken for, where that may yet be undone."""
    collects: bool = False
    """What had been written off of these lots is taken after all."""

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


@dataclass(slots=True)
class Give:
    """`amount` units of `asset` back into the lots that they had been taken from or set aside in.

    From `account` (spend, convert, gift or adjust: undone; hold: released or about to be captured; pending: ripe or
    about to be cancelled). `fills` of them pay debts: (debt's lot, the lot whose units pay, units). `revived`: lots
    whose end had passed, with their new end. With `raises` the lots grow by it: more had been meant.
    """

    kind: ClassVar[str] = "give"
    account: str
    asset: str
    amount: int
    rule: str
    at: datetime
    gives: list[tuple[UUID, int]]
    fills: list[tuple[UUID, UUID, int]] = field(default_factory=list)
    revived: list[tuple[UUID, datetime]] = field(default_factory=list)
    entry_id: UUID = NOT_YET
    """The first of as many ids in a row as there are gives."""
    raises: bool = False
    ripens: bool = False
    """The lots are ripe from now on."""
    draw: "Draw | None" = None

    def record(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "give",
            "rule": self.rule,
            "asset": self.asset,
            "amount": self.amount,
            "account": self.account,
        }
        if self.raises:
            out["raises"] = True
        return out


@dataclass(slots=True)
class Part:
    """What one lot gave to a draw: units still held, used, and used but back since. Released ones are out of it."""

    lot_id: UUID
    held: int = 0
    used: int = 0
    returned: int = 0


@dataclass(slots=True)
class Draw:
    """Units taken out of lots for a purpose, as long as that may be undone: a hold, a spending, a gift, a conversion.

    `id` is that of the first entry. `account`: what for; a hold becomes a spending as it is captured. `until`: when a
    hold lapses, or until when a gift may be taken back. `other`: the member who was given it.
    """

    id: UUID
    asset: str
    account: str
    at: datetime
    parts: list[Part]
    order: tuple[str, str] | None = None
    until: datetime | None = None
    other: UUID | None = None

    @property
    def purpose(self) -> str:
        """The account of what is used of it."""
        return SPEND if self.account == HOLD else self.account

    @property
    def held(self) -> int:
        return sum(part.held for part in self.parts)

    @property
    def used(self) -> int:
        return sum(part.used for part in self.parts)

    @property
    def returned(self) -> int:
        return sum(part.returned for part in self.parts)


@dataclass(frozen=True, slots=True)
class LevelStep:
    """One step on a ladder. `until` is the last day of the new period.

    `reason`: earned, kept, grace (not kept, and time is given), ended (not kept), fell (on a ladder that follows its
    measure), rule, placed and pinned (by hand: at least `held`, or just that, through `held_until`), released.
    """

    day: date
    before: str
    after: str
    reason: str
    until: date | None
    held: str = ""
    held_until: date | None = None


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


@dataclass(frozen=True, slots=True)
class PlanAct:
    """Something that was done about a paid plan: the history from which a member's plans are worked out.

    `kind`: trial, paid, failed, refunded, cancelled, resumed, applied, approved, refused or quoted. Money in the
    currency's smallest unit: `amount_minor` was paid, went back, or is to pay; `credit_minor` is what a quote takes
    off. `days` of a trial; `months` of a period as it then was. `starts`: the first day asked for, of a quote the day
    from which it counts. `quote`: the id of the act that quoted the price. `data`: evidence, who decided and why.
    """

    id: UUID
    plan: str
    kind: str
    at: datetime
    day: date
    source: str = ""
    payment_id: str = ""
    refund_id: str = ""
    period: str = ""
    months: int = 0
    days: int = 0
    amount_minor: int = 0
    credit_minor: int = 0
    starts: date | None = None
    auto_renew: bool | None = None
    quote: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def payment(self) -> tuple[str, str]:
        """The payment that it is, or that it is about."""
        return self.source, self.payment_id


@dataclass(slots=True)
class PlanChange:
    """What became of a member's plan. `act`: what was done about it, None where time did it. `told`: more for the
    record."""

    kind: ClassVar[str] = "plan"
    plan: str
    what: str
    before: str
    after: str
    until: date | None
    act: PlanAct | None = None
    told: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        return {
            "kind": "plan",
            "rule": "",
            "plan": self.plan,
            "what": self.what,
            "before": self.before,
            "after": self.after,
            "until": self.until.isoformat() if self.until else None,
            **self.told,
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
class Exposure:
    """A rule of an experiment would have applied: `group` says who of its groups the member is, whether or not the
    group gets the rule. Nothing is written for it but the event's record. `by` is the rule."""

    kind: ClassVar[str] = "experiment"
    experiment: str
    group: str
    by: str

    def record(self) -> dict[str, Any]:
        return {"kind": "experiment", "rule": self.by, "experiment": self.experiment, "group": self.group}


@dataclass(slots=True)
class AudienceChange:
    """The member enters an audience, or leaves it, at `at`."""

    kind: ClassVar[str] = "audience"
    audience: str
    enters: bool
    at: datetime
    rule: str = ""

    def record(self) -> dict[str, Any]:
        return {"kind": "audience", "rule": self.rule, "audience": self.audience, "enters": self.enters}


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
class ToppedUp:
    """Money was paid into a wallet: `principal` and `bonus` in smallest units of the wallet's assets."""

    kind: ClassVar[str] = "topup"
    source: str
    topup_id: str
    wallet: str
    principal: int
    bonus: int
    at: datetime

    def record(self) -> dict[str, Any]:
        return {
            "kind": "topup",
            "rule": "",
            "wallet": self.wallet,
            "topup_id": self.topup_id,
            "principal": self.principal,
            "bonus": self.bonus,
        }


@dataclass(slots=True)
class TopUpRefunded:
    """`principal` of a top-up was paid back, and `bonus` taken with it."""

    kind: ClassVar[str] = "topup_refund"
    source: str
    topup_id: str
    refund_id: str
    wallet: str
    principal: int
    bonus: int

    def record(self) -> dict[str, Any]:
        return {
            "kind": "topup_refund",
            "rule": "",
            "wallet": self.wallet,
            "topup_id": self.topup_id,
            "refund_id": self.refund_id,
            "principal": self.principal,
            "bonus": self.bonus,
        }


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


@dataclass(slots=True)
class EntitlementStep:
    """An entitlement came to stand as `state`. `why` says more: a choice made, an order refunded, a level left."""

    kind: ClassVar[str] = "benefit"
    benefit: str
    entitlement: UUID
    state: str
    rule: str
    until: datetime | None = None
    why: str = ""

    def record(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "kind": "benefit",
            "rule": self.rule,
            "benefit": self.benefit,
            "entitlement": str(self.entitlement),
            "state": self.state,
        }
        if self.until is not None:
            out["until"] = self.until.isoformat()
        if self.why:
            out["why"] = self.why
        return out


Movement = Credit | Take | Give
"""What the books enter."""

Effect = (
    Movement
    | LevelChange
    | TagChange
    | Exposure
    | MessageWish
    | ProfileChange
    | OrderPaid
    | OrderRefunded
    | ToppedUp
    | TopUpRefunded
    | EntitlementStep
    | PlanChange
    | AudienceChange
)
