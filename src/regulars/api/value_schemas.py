"""What the API answers about value: operations, holds, wallets, statements, approvals."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

Shown = Annotated[
    int | str,
    Field(description="Whole units, or decimal text for assets with decimals.", examples=[100, "12.50"]),
]
ByAsset = Annotated[dict[str, int | str], Field(description="By asset.", examples=[{"points": 128}])]


class OperationOut(Schema):
    """What a command did. The same key again answers the same, with the status `duplicate`."""

    operation_id: UUID | None = Field(
        description="Names it for ever: captures, reversals and explanations ask for it. Null in a preview."
    )
    id: str = Field(description="The Idempotency-Key.")
    status: Literal["processed", "duplicate", "preview", "waiting"] = Field(
        description="`preview`: nothing was done. `waiting` in a preview: it would wait for a second person."
    )
    member_id: UUID
    effects: list[dict[str, Any]] = Field(description="What followed, in order, as in answers to events.")
    balances: ByAsset = Field(description="What can be used after it, by asset.")
    held: ByAsset = Field(description="What is set aside by holds after it, by asset.")
    pending: ByAsset = Field(description="What is the member's but not ripe after it, by asset.")
    tier: dict[str, Any] | None = None
    tiers: dict[str, Any] = Field(default_factory=dict)


class BudgetOut(Schema):
    """What one rule, or the rules of one campaign, may give out in the period that runs."""

    of: Literal["rule", "campaign"]
    id: str = Field(description="The rule's or the campaign's.")
    name: str
    money: bool = Field(description="Whether it is in money, at what the units cost, and not in units.")
    asset: str | None = Field(description="Whose units; null where its rules credit several.")
    most: Shown
    used: Shown
    left: Shown
    per: Literal["day", "week", "month", "year", "lifetime"]
    starts: date | None = Field(description="The period's first day; null: it has none.")
    ends: date | None = Field(description="The period's last day.")
    used_up_at: datetime | None = Field(
        description="Since when it has had nothing left, or too little for what a rule wanted to give. Null: it has "
        "some, or has some again by a refund."
    )


class ApprovalOut(Schema):
    """A change that a limit watches."""

    id: UUID
    state: Literal["done", "waiting", "approved", "rejected", "withdrawn"]
    kind: Literal["adjust", "credit", "reverse", "correct", "end"]
    member_id: UUID
    asset: str
    amount: Shown | None = Field(description="What was asked for.")
    moves: ByAsset = Field(description="How much it moves, either way, by asset.")
    target: UUID | None = Field(description="The operation that is reversed or corrected.")
    reason: str
    key: str = Field(description="The Idempotency-Key it was asked under.")
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    operation_id: UUID | None = Field(description="The operation that it became.")


class WaitingOut(Schema):
    """The change waits for a second person."""

    status: Literal["waiting"]
    approval: ApprovalOut


class HoldOut(Schema):
    """Units of one asset that are set aside; a hold on a wallet may be two of these with one `operation_id`."""

    operation_id: UUID
    asset: str
    held: Shown
    captured: Shown
    time: datetime
    until: datetime | None
    order_source: str
    order_id: str


class TopUpStepOut(Schema):
    at: Shown
    bonus: Shown


class WalletOut(Schema):
    """Stored value: two assets, kept apart and spent as one."""

    id: str
    name: str
    principal: str = Field(description="The asset that holds what was paid in; only this is paid back.")
    bonus: str = Field(description="The asset that holds what was given on top.")
    spend: Literal["principal_first", "bonus_first", "ratio"]
    scale: int
    steps: list[TopUpStepOut] = Field(description="A top-up of at least `at` brings `bonus`.")
    least: Shown | None
    most_at_once: Shown | None
    most: Shown | None = Field(description="What it may hold after a top-up.")


class MemberWalletOut(Schema):
    """What a member has stored."""

    id: str
    name: str
    scale: int
    total: Shown = Field(description="What can be spent: principal and bonus.")
    principal: Shown
    bonus: Shown
    held: Shown = Field(description="Set aside by holds, of both.")


class StatementColumnOut(Schema):
    """One asset's sums over the time of the statement."""

    asset: str
    name: str
    scale: int
    opening: Shown
    incoming: Shown
    outgoing: Shown
    closing: Shown


class StatementLineOut(Schema):
    """What one event moved."""

    operation_id: UUID
    time: datetime
    type: str
    name: str = Field(description="The type in words.")
    reason: str
    order_id: str
    amounts: ByAsset = Field(description="By how much what can be used changed, by asset.")
    balances: ByAsset = Field(description="What could be used after it, by asset.")
    accounts: dict[str, ByAsset] = Field(
        description="The movements by asset and account: issue, spend, expire, reverse, adjust, convert, gift; `hold`"
        " and `pending` are the member's but set aside."
    )


class StatementOut(Schema):
    """A member's statement of an asset, or of a wallet with its two sides beside each other; earliest first."""

    member_id: UUID
    columns: list[StatementColumnOut]
    first_day: date | None = Field(description="Whole days in the programme's time zone.")
    last_day: date | None
    items: list[StatementLineOut]
    next: str | None = Field(None, description="Pass back as `cursor` for the next page; null at the end.")
