"""The published programme as everybody sees it: frozen, complete, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from regulars.benefits.contracts import Benefit
from regulars.campaigns.contracts import Campaign, Rule, Window
from regulars.campaigns.experiments import ControlGroup, Experiment
from regulars.events.contracts import EventType
from regulars.language.text import Text
from regulars.ledger.contracts import Asset, Conversion, Wallet
from regulars.members.contracts import TagGroup
from regulars.messaging.contracts import Template
from regulars.plans.contracts import PaidPlan
from regulars.tiers.contracts import Ladder


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of the profile that the brand adds. `kind` is text, number, boolean, date or choice."""

    id: str
    name: Text
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """A ladder crossed with an attribute: `cells` are names of single fields of it, by (level, choice)."""

    id: str
    name: Text
    ladder: str
    attribute: str
    cells: Mapping[tuple[str, str], Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RfmBounds:
    """The four bounds between five scores: at most so many days since the last order, at least so many orders, at
    least so much spent."""

    recency_days: tuple[int, ...]
    orders: tuple[int, ...]
    spend_minor: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RfmTerms:
    """What RFM looks at. Without `bounds`, scores are by rank: fifths of the members who bought in the window."""

    window_days: int = 365
    bounds: RfmBounds | None = None


@dataclass(frozen=True, slots=True)
class LifecycleTerms:
    """When a member counts as what, in days since the last order; `new_days` since the first, `loyal_orders` within
    a year."""

    new_days: int = 30
    active_days: int = 60
    sleeping_days: int = 120
    lost_days: int = 240
    loyal_orders: int = 6


@dataclass(frozen=True, slots=True)
class LayerTerms:
    """Who is of high value: the top share of active members by what they spent within a year, or whoever spent so
    much. One of the two is None."""

    high_value_percent: Decimal | None = Decimal(20)
    high_value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ValueTerms:
    """How far ahead a member's value is looked at, and what a year of waiting takes off it, in percent."""

    horizon_days: int = 365
    discount_percent: Decimal = Decimal(10)


@dataclass(frozen=True, slots=True)
class PointsValue:
    """What a unit is sold for when sales are divided between goods and points: `price` of a whole unit alone, in the
    currency's main unit; `breakage_percent` of units are never used (None: as history says)."""

    asset: str
    price: Decimal
    breakage_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Insight:
    """How members are classified. `margin_percent`: what of sales the house keeps; None: nobody said, and sales are
    meant where a value is told."""

    margin_percent: Decimal | None = None
    rfm: RfmTerms = RfmTerms()
    lifecycle: LifecycleTerms = LifecycleTerms()
    layers: LayerTerms = LayerTerms()
    value: ValueTerms = ValueTerms()
    points_value: tuple[PointsValue, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """One immutable version of everything the brand decided. `number` is 0 for a draft.

    It is equal to itself alone, so that what is worked out from it can be remembered by it."""

    number: int
    id: str
    name: Text
    zone: ZoneInfo
    currency: str
    minor_digits: int
    language: str
    quiet_after_days: int
    assets: dict[str, Asset]
    ladders: dict[str, Ladder]
    attributes: dict[str, Attribute]
    templates: dict[str, Template]
    event_types: dict[str, EventType]
    rules: tuple[Rule, ...]
    rules_on: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    """Event type → the rules that start from it, in order of priority."""
    wallets: Mapping[str, Wallet] = field(default_factory=dict)
    conversions: Mapping[str, Conversion] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    about: Text = field(default_factory=dict)
    """What the programme is good for, in the brand's words."""
    second_person: bool = False
    """Whether whatever follows this version is published only when somebody other than its author agrees."""
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    plans: Mapping[str, PaidPlan] = field(default_factory=dict)
    member_day: Window | None = None
    """The brand's own day (会员日), for rules to name."""
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    tag_groups: Mapping[str, TagGroup] = field(default_factory=dict)
    tag_rivals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Tag → the other tags of its exclusive group, which go when it comes."""
    insight: Insight = Insight()
    experiments: Mapping[str, Experiment] = field(default_factory=dict)
    control_group: ControlGroup | None = None

    def told_since(self, now: datetime) -> datetime:
        """Members are told of nothing that happened before this moment."""
        return now - _days(self.quiet_after_days)


@cache
def _days(days: int) -> timedelta:
    return timedelta(days=days)
