"""What the API answers, with what each field means: the OpenAPI page is made from these."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

Item = TypeVar("Item")

Units = Annotated[int, Field(description="In the asset's smallest unit: whole points where its scale is 0.")]
Amount = Annotated[str, Field(description="Decimal text in the programme's currency.", examples=["128.00"])]


class Listed(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None = Field(None, description="Pass back as `cursor` for the next page; null at the end.")


class FieldErrorOut(Schema):
    """One field that is not as it should be."""

    field: str = Field(description="Its path in what was sent.", examples=["data.items[0].price"])
    message: str
    code: str = Field(description="Stable, for programs.")


class ProblemOut(Schema):
    """Problem details (RFC 9457), in the language of Accept-Language (zh-hans, zh-hant, en)."""

    type: str = Field(examples=["urn:regulars:problem:member_unknown"])
    title: str
    status: int
    detail: str
    errors: list[FieldErrorOut] = Field(default_factory=list)


class IdentityOut(Schema):
    kind: str = Field(examples=["phone"])
    value: str = Field(examples=["+8613800000000"])
    verified_at: datetime | None = None


class MemberOut(Schema):
    """Who a member is."""

    id: UUID
    name: str
    gender: str
    birthday: date | None
    language: str
    source: str = Field(description="Through which source the member joined.")
    status: str = Field(description="`active`, or `merged`: the record belongs to another member now.")
    attributes: dict[str, Any] = Field(description="The brand's own fields, as the programme declares them.")
    tags: list[str]
    joined_at: datetime
    updated_at: datetime
    identities: list[IdentityOut]
    merged_into: UUID | None = Field(None, description="The member whom a merged record belongs to now.")


class MergeOut(Schema):
    """A record that was merged."""

    id: UUID = Field(description="The record's; it means this member from then on.")
    into: UUID = Field(description="This member, or a record that was merged into this member later.")
    at: datetime
    by: str = Field(description="An operator's address, or `key:` and the key's name.")
    reason: str


class InAudienceOut(Schema):
    """An audience that a member is in."""

    id: str = Field(examples=["big_asleep"])
    since: datetime


class MemberWholeOut(MemberOut):
    """Who a member is, which records are theirs, and which audiences they are in."""

    audiences: list[InAudienceOut] = Field(description="The latest entered first.")
    merged: list[MergeOut] = Field(description="The records merged into this member, the latest first.")


class MemberLineOut(MemberOut):
    """A member as the list shows them."""

    level: str = Field(description="On the ladder asked for.")
    level_until: date | None
    balance: Units
    orders: int
    spend: Amount
    refunded: Amount
    last_order_at: datetime | None


class BalanceOut(Schema):
    """What a member holds of an asset: `balance = earned + moved − spent − expired − reversed − held − pending`, what
    may be used now."""

    asset: str = Field(examples=["points"])
    name: str
    scale: int = Field(description="Decimals: 1234 at scale 2 reads 12.34.")
    balance: Units
    earned: Units
    spent: Units
    expired: Units
    reversed: Units
    moved: Units = Field(0, description="Net of adjustments, conversions and gifts.")
    held: Units = Field(0, description="Set aside by holds.")
    pending: Units = Field(0, description="The member's, but not ripe yet.")
    expires_next_at: datetime | None = Field(description="When units expire next.")
    expires_next: Units = Field(0, description="How many units expire then.")


class LotOut(Schema):
    """Units credited together that are not used up: `remaining` are free. A negative `remaining` is owed."""

    id: UUID
    asset: str
    amount: Units
    remaining: Units
    earned_at: datetime
    expires_at: datetime | None
    held: Units = Field(0, description="Set aside by holds.")
    pending: Units = Field(0, description="Not ripe yet.")
    matures_at: datetime | None = Field(
        None, description="When pending units ripen; null: when something happens."
    )
    rule: str = Field("", description="The rule that gave it.")
    event_id: UUID


class EntryOut(Schema):
    """One movement of units, with the balance after it."""

    id: UUID
    asset: str
    amount: Units
    balance: Units
    account: Literal[
        "issue", "spend", "expire", "reverse", "adjust", "convert", "gift", "merge", "hold", "pending"
    ] = Field(description="The other side; `hold` and `pending` are the member's but set aside.")
    rule: str = Field(description="The rule that wanted it; empty where no rule did.")
    time: datetime
    lot_id: UUID
    event_id: UUID


class TierOut(Schema):
    """A member's level on a ladder and what is missing to the next one."""

    ladder: str
    name: str
    asset: str = Field(description="The asset whose earning counts; empty where something else does.")
    level: str
    level_name: str
    since: date | None
    until: date | None = Field(description="The last day of the period; null where it has no end.")
    grace: date | None = Field(None, description="The last day of grace, where the period was not enough.")
    held: str | None = Field(None, description="A level that somebody decided by hand.")
    held_until: date | None = Field(None, description="How long that holds.")
    measure: Units = Field(description="What counts today; money in its smallest unit.")
    next_level: str | None
    next_level_name: str | None
    next_at: Units | None = None
    missing: Units = Field(description="To the next level.")
    keep_at: Units = Field(description="What the level asks for on `until`.")
    keep_measure: Units = Field(description="What will still count on `until`.")
    keep_missing: Units = Field(description="What to earn by `until` to keep the level.")


class OrderOut(Schema):
    id: UUID
    source: str
    order_id: str
    total: Amount
    refunded: Amount
    currency: str
    channel: str
    store: str
    lines: int
    paid_at: datetime | None = Field(description="Null while only a refund of the order is known.")


class DeliveryOut(Schema):
    channel: str
    status: str = Field(
        description="queued, sending, sent, failed or skipped. In the inbox a message is sent with its event."
    )
    address: str
    subject: str
    body: str
    uncertain: bool = Field(
        description="It may have arrived twice: a worker died between sending and noting."
    )
    detail: str
    done_at: datetime | None
    read_at: datetime | None


class MessageOut(Schema):
    id: UUID
    template: str
    category: str
    created_at: datetime
    waiting: bool = Field(description="It goes beyond the inbox, and no worker has taken it up yet.")
    deliveries: list[DeliveryOut]
    event_id: UUID


class MovementOut(Schema):
    asset: str
    amount: Units
    account: str
    rule: str


class LevelStepOut(Schema):
    ladder: str
    before: str
    after: str
    reason: str
    since: date
    until: date | None


class MomentOut(Schema):
    """One event of a member's life with what came of it."""

    id: UUID
    kind: Literal["order", "refund", "level", "value", "message", "profile", "act"]
    type: str
    source: str
    key: str
    time: datetime
    cause: UUID | None = Field(description="The event it derives from.")
    data: dict[str, Any]
    orders: list[OrderOut]
    entries: list[MovementOut]
    levels: list[LevelStepOut]
    messages: list[str] = Field(description="Templates of the messages it caused.")
    tags_added: list[str]
    tags_removed: list[str]


class LoggedEventOut(Schema):
    """One line of the log; the event itself is at /events/{source}/{key}."""

    id: UUID
    member_id: UUID
    source: str
    key: str
    type: str
    time: datetime
    received_at: datetime
    cause: UUID | None
    version: int
    effects: int = Field(description="How many effects it had.")


class LogOut(Schema):
    items: list[LoggedEventOut]
    next: str | None = Field(
        None, description="Leads to older events. May be there though the page is short: then go on."
    )
    newest: str | None = Field(None, description="Pass back as `since` to get what arrives after this page.")


class EventOut(Schema):
    """One event and everything that was decided about it."""

    id: UUID
    source: str
    key: str = Field(description="The `id` that its sender gave it.")
    type: str
    member_id: UUID
    time: datetime
    received_at: datetime
    cause: UUID | None
    version: int = Field(description="The version of the programme that decided it.")
    data: dict[str, Any]
    effects: list[dict[str, Any]] = Field(description="As POST /events answered them.")
    outcome: dict[str, Any] = Field(description="Balances and tiers after it, and what followed from it.")


class PartOut(Schema):
    """A part of a condition, with the value it saw."""

    text: str
    held: bool
    seen: str | None
    parts: list["PartOut"]


class VerdictOut(Schema):
    """One rule that was asked."""

    rule: str
    name: str
    held: bool
    sentence: str = Field(description="The verdict in one sentence.")
    when: str = Field(description="The rule's condition in words.")
    parts: list[PartOut]
    notes: list[str] = Field(description="Why a rule that held did less than it says.")
    effects: list[dict[str, Any]]


class ExplanationOut(Schema):
    """Why an event did what it did."""

    id: UUID
    source: str
    key: str
    type: str
    time: datetime
    member_id: UUID
    version: int
    rules: list[VerdictOut]
    own: list[dict[str, Any]] = Field(description="Effects that the event has without any rule.")
    followed: list["ExplanationOut"] = Field(description="The events that Regulars derived from it.")


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_max_length=2000)


Identities = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z_]{2,20}$")],
        Annotated[str, Field(min_length=1, max_length=254)],
    ],
    Field(max_length=20, examples=[{"phone": "+8613800000000", "email": "li.na@example.cn"}]),
]


class MemberPatch(Strict):
    """What to change about a member; what is left out stays. `attributes` are merged into those there are."""

    name: str | None = Field(None, max_length=200)
    gender: Literal["", "female", "male", "other"] | None = None
    birthday: date | None = Field(None, examples=["1990-05-17"])
    language: Literal["", "zh-hans", "zh-hant", "en"] | None = None
    attributes: dict[Annotated[str, Field(min_length=1, max_length=100)], Any] | None = Field(
        None, max_length=100
    )
    consent: dict[Annotated[str, Field(min_length=1, max_length=60)], bool] | None = Field(
        None, max_length=20, description="Channel (`inbox`, `email`) → whether marketing is welcome there."
    )


class MemberIn(MemberPatch):
    """A new member. At least one identity; the kinds are phone, email, card, wechat, wechat_union, wecom,
    weibo, alipay, pos, external, or one of your own in lower-case letters."""

    identities: Identities
    channel: str = Field("", max_length=60)
    store: str = Field("", max_length=60)


class ChangedOut(Schema):
    """A member after a write, and what the write brought."""

    member: MemberOut
    event: dict[str, Any] = Field(description="The result of the event that this write became.")


class RuleOut(Schema):
    id: str
    name: str
    on: str = Field(description="The type of event that starts it.")
    sentence: str = Field(description="The rule in words.")
    when: str = Field(description="Its condition in words; empty where there is none.")
    condition: dict[str, Any] | None = Field(None, description="Its condition as it is written.")


class LevelOut(Schema):
    id: str
    name: str
    at: Units
    keep_at: Units = Field(description="What keeps the level at the end of its period.")
    rank: int


class LadderOut(Schema):
    id: str
    name: str
    asset: str = Field(description="The asset whose earning counts; empty where something else does.")
    measure: str = Field(description="What counts: asset, spend, orders, topup or event.")
    over: str = Field(description="Over which time: months, lifetime, calendar_year or member_year.")
    window_months: int | None = Field(description="Of a rolling window.")
    period_months: int | None = Field(
        description="How long a level lasts; null where it follows the measure."
    )
    levels: list[LevelOut]


class AssetOut(Schema):
    id: str
    name: str
    spendable: bool
    scale: int
    expires_days: int
    expires_months: int
    expires_round: str
    expires_on: str = Field(description="A fixed last day: of one year, or `12-31` of every year.")
    expires_idle_months: int = Field(description="All of it ends so long after the last activity.")
    expires_with_level: str = Field(description="All of it ends with the level's period on this ladder.")
    pending_days: int | None = Field(description="Orders' units ripen so many days later; null: at once.")
    pending_until_completed: bool = Field(description="They ripen when the order is completed.")
    spend_order: str
    clawback: str
    giftable: bool
    adjust_limit: Units | None = Field(description="Adjustments above it need a second person.")
    credit_most: Units | None = Field(description="A credit over the API is at most so much.")


class ProgrammeOut(Schema):
    """The version in force."""

    version: int
    id: str
    name: str
    timezone: str
    currency: str
    assets: list[AssetOut]
    ladders: list[LadderOut]
    rules: list[RuleOut]


class TypeFieldOut(Schema):
    id: str
    name: str
    kind: str
    required: bool = Field(description="Whether an event of the type is refused without it.")


class EventTypeOut(Schema):
    id: str
    name: str
    joins: bool = Field(description="Whether an unknown member joins with it.")
    derived: bool = Field(description="Whether only Regulars itself makes such events.")
    command: bool = Field(description="Whether it is a command on value, which has an address of its own.")
    has_items: bool = Field(description="Whether `data.items` holds order lines.")
    fields: list[TypeFieldOut]
