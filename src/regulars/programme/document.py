"""The shape of a programme's YAML file. Names and types are checked here, meaning in `loader` and its neighbours."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, field_validator
from pydantic_core import PydanticCustomError

from regulars.benefits.contracts import Loss, Turnover
from regulars.campaigns.contracts import Rounding, WhenShort
from regulars.events.contracts import FieldKind
from regulars.language.calendar import Per, RoundUp
from regulars.ledger.contracts import Clawback, SpendOrder, WalletOrder
from regulars.plans.contracts import EvidenceKind, RefundMode
from regulars.programme.amounts import amount, amount_or_nothing, debt, money, money_or_nothing, threshold
from regulars.programme.part import Id, Part, Words, text
from regulars.programme.part_experiments import ControlGroupPart, ExperimentPart, ExperimentRef
from regulars.programme.part_insight import InsightPart
from regulars.programme.part_occasions import DaysPart, GroupPart, Moment, SchedulePart, TestPart, WindowPart
from regulars.tiers.contracts import OnChange, Up

TypeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}(\.[a-z][a-z0-9_]{0,29})?$")]
LongText = Annotated[str, Field(max_length=10_000)]
About = Annotated[str, Field(max_length=1_000)]
Prose = Annotated[dict[str, LongText], BeforeValidator(text)]
Units = Annotated[int | Decimal, PlainValidator(amount)]
"""Smallest units as a whole number, or a text with decimals as people see them."""
Threshold = Annotated[int | Decimal, PlainValidator(threshold)]
"""What a measure must reach: money as people write it, units as elsewhere, or how often."""
Debt = Annotated[int | Decimal, PlainValidator(debt)]
Money = Annotated[Decimal, PlainValidator(money)]
"""An amount > 0 in the currency's main unit."""
Bonus = Annotated[Decimal, PlainValidator(money_or_nothing)]
Factor = Annotated[Decimal, Field(gt=0, le=10**9, max_digits=18, decimal_places=6)]


def _expires(value: Any) -> Any:
    """`never` is no way to expire."""
    if value == "never":
        return None
    if not isinstance(value, dict):
        raise PydanticCustomError("expires", "")
    return value


class ExpiresPart(Part):
    """Exactly one way: `days` and `months`, `on`, `idle_months`, or `with_level`."""

    days: Annotated[int, Field(ge=0, le=36_500)] = 0
    months: Annotated[int, Field(ge=0, le=1_200)] = 0
    round: RoundUp | None = None
    on: Annotated[str, Field(max_length=10)] | None = None
    idle_months: Annotated[int, Field(ge=1, le=1_200, strict=True)] | None = None
    with_level: Id | None = None


class PendingPart(Part):
    days: Annotated[int, Field(ge=1, le=3_650, strict=True)] | None = None
    until: Literal["completed"] | None = None


class CapsPart(Part):
    day: Units | None = None
    month: Units | None = None
    lifetime: Units | None = None


class AdjustPart(Part):
    limit: Annotated[int | Decimal, PlainValidator(amount_or_nothing)]


class CreditsPart(Part):
    most: Units


class GiftsPart(Part):
    least: Units = 1
    most: Units | None = None
    per_day: Units | None = None
    revoke_hours: Annotated[int, Field(ge=0, le=8_760, strict=True)] = 0


class PlanLapsePart(Part):
    plan: Id


class DecayPart(Part):
    after_days: Annotated[int, Field(ge=0, le=3_650, strict=True)] = 0
    of: Literal["idle"] | PlanLapsePart = "idle"
    per_day: Units
    floor: Threshold = 0


class AssetPart(Part):
    name: Words
    spendable: bool = True
    scale: Annotated[int, Field(ge=0, le=6)] = 0
    expires: Annotated[ExpiresPart | None, BeforeValidator(_expires)] = None
    pending: PendingPart | None = None
    caps: CapsPart | None = None
    spend_order: SpendOrder = SpendOrder.EXPIRING
    clawback: Clawback = Clawback.DEBT
    floor: Debt | None = None
    grace_days: Annotated[int, Field(ge=1, le=3_650, strict=True)] | None = None
    cost: Money | None = None
    adjust: AdjustPart | None = None
    credit: CreditsPart | None = None
    remind_days: Annotated[int, Field(ge=1, le=366, strict=True)] | None = None
    gifts: GiftsPart | None = None
    decay: DecayPart | None = None


class ConversionPart(Part):
    name: Words
    source: Annotated[Id, Field(alias="from")]
    target: Annotated[Id, Field(alias="to")]
    give: Units
    get: Units
    per_day: Units | None = None


class StepPart(Part):
    at: Money
    bonus: Bonus


class WalletPart(Part):
    name: Words
    principal: Id
    bonus: Id
    spend: WalletOrder = WalletOrder.PRINCIPAL_FIRST
    steps: Annotated[list[StepPart], Field(max_length=50)] = []
    least: Money | None = None
    most_at_once: Money | None = None
    most: Money | None = None


class AttributePart(Part):
    name: Words
    type: Literal["text", "number", "boolean", "date", "choice"] = "choice"
    choices: list[Annotated[str, Field(min_length=1, max_length=100)]] = []


class EventFieldPart(Part):
    name: Words | None = None
    type: FieldKind
    required: bool = False


class EventTypePart(Part):
    name: Words
    joins: bool = False
    fields: dict[Id, EventFieldPart] = {}


Months = Annotated[int, Field(ge=1, le=120, strict=True)]


class MeasurePart(Part):
    """Exactly one of `asset`, `of`, `topup`, `event`; at most one of `months` and `over`."""

    asset: Id | None = None
    of: Literal["spend", "orders"] | None = None
    topup: Id | None = None
    event: TypeId | None = None
    months: Months | None = None
    over: Literal["lifetime", "calendar_year", "member_year"] | None = None


class PeriodPart(Part):
    months: Months = 12
    round: RoundUp = RoundUp.MONTH


def _period(value: Any) -> Any:
    """`none`: a ladder that follows its measure."""
    if value == "none":
        return None
    if not isinstance(value, dict):
        raise PydanticCustomError("period", "")
    return value


class FloorPart(Part):
    floor: Id


class GracePart(Part):
    days: Annotated[int, Field(ge=1, le=3_650, strict=True)]


def _down(value: Any) -> Any:
    """`earned`, `one`, or how far at most."""
    if isinstance(value, dict) or value in ("earned", "one"):
        return value
    raise PydanticCustomError("down", "")


class LevelPart(Part):
    id: Id
    name: Words
    at: Threshold
    keep_at: Threshold | None = None
    when: Any = None
    period: PeriodPart | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None


class LadderPart(Part):
    name: Words
    measure: MeasurePart
    period: Annotated[PeriodPart | None, BeforeValidator(_period)] = PeriodPart()
    up: Up = Up.AT_ONCE
    down: Annotated[Literal["earned", "one"] | FloorPart, BeforeValidator(_down)] = "earned"
    grace: GracePart | None = None
    on_change: OnChange | None = None
    levels: Annotated[list[LevelPart], Field(min_length=1, max_length=50)]


class MatrixPart(Part):
    """`cells`: names of single cells, by `level/choice`."""

    name: Words
    ladder: Id
    attribute: Id
    cells: Annotated[dict[str, Words], Field(max_length=500)] = {}


class MessagePart(Part):
    category: Literal["service", "marketing"] = "service"
    channels: Annotated[list[Literal["inbox", "email"]], Field(min_length=1)]
    subject: Words
    body: Prose


class CreditPart(Part):
    asset: Id
    amount: Units | None = None
    for_each: Factor | None = None
    step: Factor = Decimal(1)
    of: str = "event.total"
    where: Any = None
    multiplier: Factor = Decimal(1)
    rounding: Rounding = Rounding.DOWN
    cap: Units | None = None


class DebitPart(Part):
    asset: Id
    amount: Units
    when_short: WhenShort = WhenShort.SKIP


class LevelActionPart(Part):
    ladder: Id
    level: Id
    up_only: bool = True


class TagPart(Part):
    add: list[Annotated[str, Field(min_length=1, max_length=60)]] = []
    remove: list[Annotated[str, Field(min_length=1, max_length=60)]] = []


class TagGroupPart(Part):
    name: Words
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=60)]], Field(min_length=1, max_length=200)
    ]
    exclusive: bool = True


class MessageActionPart(Part):
    template: Id


class GrantActionPart(Part):
    benefit: Id


class ActionPart(Part):
    """Exactly one of these."""

    credit: CreditPart | None = None
    debit: DebitPart | None = None
    tier: LevelActionPart | None = None
    tag: TagPart | None = None
    message: MessageActionPart | None = None
    grant: GrantActionPart | None = None


class LimitPart(Part):
    times: Annotated[int, Field(ge=1, le=10**9, strict=True)] | None = None
    units: Units | None = None
    money: Money | None = None
    per: Per


class BudgetPart(Part):
    """Either `units` or `money`."""

    units: Units | None = None
    money: Money | None = None
    per: Per = Per.LIFETIME
    when_short: WhenShort = WhenShort.PARTIAL


class CampaignPart(Part):
    name: Words
    budget: BudgetPart | None = None
    experiment: ExperimentRef | None = None


class BenefitGrantPart(Part):
    """Who is entitled by being so: `levels` as `ladder/level`, with a `+` for that level and all above it; or `when`,
    a condition on the member."""

    levels: Annotated[list[Annotated[str, Field(max_length=62)]], Field(max_length=100)] = []
    when: Any = None


class QuotaPart(Part):
    times: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 1
    per: Turnover


class ChoicePart(Part):
    group: Id
    pick: Annotated[int, Field(ge=1, le=50, strict=True)] = 1


class StockPart(Part):
    units: Annotated[int, Field(ge=1, le=10**9, strict=True)]
    per: Turnover = Turnover.LIFETIME


Days = Annotated[int, Field(ge=1, le=3_650, strict=True)]


class ClaimPart(Part):
    within_days: Days | None = None
    remind_days: Days | None = None


class UsePart(Part):
    """Either `within_days` or `with_level`."""

    within_days: Days | None = None
    with_level: bool = False
    remind_days: Days | None = None


def _claim(value: Any) -> Any:
    """`auto`: nobody has to claim it; `any_time`: claimed whenever one likes."""
    if value == "auto":
        return None
    return {} if value == "any_time" else value


class BenefitPart(BaseModel):
    """What every kind of benefit has. The rest is the kind's own, and read by it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Words
    kind: str
    description: Words = {}
    grant: BenefitGrantPart = BenefitGrantPart()
    quota: QuotaPart | None = None
    choice: ChoicePart | None = None
    stock: StockPart | None = None
    claim: Annotated[ClaimPart | None, BeforeValidator(_claim)] = None
    use: UsePart = UsePart()
    taken_back: Annotated[list[Loss], Field(max_length=2)] = []
    needs_verification: bool = False
    cost: Money | None = None


class RulePart(Part):
    id: Id
    name: Words
    on: TypeId
    schedule: SchedulePart | None = None
    starts: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None
    windows: Annotated[list[WindowPart], Field(max_length=20)] = []
    when: Any = None
    then: Annotated[list[ActionPart], Field(min_length=1, max_length=20)]
    limit: LimitPart | None = None
    budget: BudgetPart | None = None
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    group: GroupPart | None = None
    stop: bool = False
    test: TestPart | None = None
    campaign: Id | None = None
    experiment: ExperimentRef | None = None


class PlanPeriodPart(Part):
    id: Id
    name: Words | None = None
    months: Annotated[int, Field(ge=1, le=120, strict=True)]
    price: Money


class TrialPart(Part):
    days: Annotated[int, Field(ge=1, le=366, strict=True)]


class EvidencePart(Part):
    id: Id
    name: Words
    kind: EvidenceKind = EvidenceKind.TEXT
    required: bool = True


class EntryPart(Part):
    when: Any = None
    evidence: Annotated[list[EvidencePart], Field(max_length=20)] = []
    approval: bool = False
    hint: Words | None = None


class PlanLevelPart(Part):
    ladder: Id
    level: Id


class DailyPart(Part):
    asset: Id
    units: Units
    by_period: dict[Id, Units] = {}


class PlanPart(Part):
    name: Words
    perks: Prose | None = None
    family: Id | None = None
    rank: Annotated[int, Field(ge=0, le=1000, strict=True)] = 0
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    periods: Annotated[list[PlanPeriodPart], Field(min_length=1, max_length=20)]
    trial: TrialPart | None = None
    entry: EntryPart | None = None
    grace_days: Annotated[int, Field(ge=0, le=366, strict=True)] = 0
    renew_reminder_days: Annotated[int, Field(ge=0, le=366, strict=True)] = 0
    refund: RefundMode = RefundMode.PRO_RATA
    level: PlanLevelPart | None = None
    daily: DailyPart | None = None


class QuietPart(Part):
    days: Annotated[int, Field(ge=0, le=3650)]


class PublishingPart(Part):
    second_person: bool = False


class Document(Part):
    """A whole programme as it is written."""

    programme: Id
    name: Words
    about: Annotated[dict[str, About], BeforeValidator(text)] = {}
    timezone: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    language: Literal["zh-hans", "zh-hant", "en"] = "zh-hans"
    quiet_after: QuietPart = QuietPart(days=2)
    publishing: PublishingPart = PublishingPart()
    member_day: DaysPart | None = None
    assets: Annotated[dict[Id, AssetPart], Field(min_length=1, max_length=100)]
    conversions: Annotated[dict[Id, ConversionPart], Field(max_length=100)] = {}
    wallets: Annotated[dict[Id, WalletPart], Field(max_length=20)] = {}
    attributes: dict[Id, AttributePart] = {}
    event_types: dict[TypeId, EventTypePart] = {}
    ladders: dict[Id, LadderPart] = {}
    plans: Annotated[dict[Id, PlanPart], Field(max_length=50)] = {}
    matrices: Annotated[dict[Id, MatrixPart], Field(max_length=20)] = {}
    tag_groups: Annotated[dict[Id, TagGroupPart], Field(max_length=100)] = {}
    messages: dict[Id, MessagePart] = {}
    benefits: Annotated[dict[Id, BenefitPart], Field(max_length=500)] = {}
    campaigns: Annotated[dict[Id, CampaignPart], Field(max_length=500)] = {}
    experiments: Annotated[dict[Id, ExperimentPart], Field(max_length=200)] = {}
    control_group: ControlGroupPart | None = None
    insight: InsightPart = InsightPart()
    rules: Annotated[list[RulePart], Field(max_length=1000)] = []

    @field_validator("attributes", mode="before")
    @classmethod
    def _choices_are_words(cls, value: Any) -> Any:
        """YAML reads 1 and 19 as numbers; choices are words."""
        if not isinstance(value, dict):
            return value
        for part in value.values():
            if isinstance(part, dict) and isinstance(part.get("choices"), list):
                part["choices"] = [str(choice) for choice in part["choices"]]
        return value
