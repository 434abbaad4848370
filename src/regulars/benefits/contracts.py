"""What others may know of benefits."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from regulars.benefits.kinds.base import Family, Kind, Mode, Order, Terms
from regulars.benefits.kinds.registry import KINDS
from regulars.language.condition import Condition
from regulars.language.text import Text

__all__ = [
    "KINDS", "Benefit", "Choice", "Claim", "Family", "Kind", "Level", "Loss", "Mode", "Order", "Place", "Quota", "Row",
    "Stock", "Terms", "Turnover", "Use",
]  # fmt: skip


class Turnover(StrEnum):
    """How often a quota begins anew. A `period` is that of the level that brings the benefit."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    PERIOD = "period"
    LIFETIME = "lifetime"


class Loss(StrEnum):
    """On what a benefit that is not used up is taken back: the level (or the audience) is left, the order that
    brought it is refunded."""

    DOWNGRADE = "downgrade"
    REFUND = "refund"


Level = tuple[str, str]
"""(ladder, level)"""


@dataclass(frozen=True, slots=True)
class Quota:
    """How often one member can have the benefit in one turn of `per`."""

    times: int
    per: Turnover


@dataclass(frozen=True, slots=True)
class Choice:
    """Of the benefits of `group` a member picks `pick` in one turn of their quota."""

    group: str
    pick: int


@dataclass(frozen=True, slots=True)
class Stock:
    """So many for all members together in one turn of `per`; first come, first served."""

    units: int
    per: Turnover


@dataclass(frozen=True, slots=True)
class Claim:
    """The benefit has to be claimed; `within_days` after it was granted (None: any time), announced `remind_days`
    before that ends (0: not)."""

    within_days: int | None = None
    remind_days: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """A claimed benefit is good for `within_days`, or until the level's period ends (neither: without end)."""

    within_days: int | None = None
    with_level: bool = False
    remind_days: int = 0


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing that members are entitled to.

    Who stands on one of `levels`, or satisfies `when`, is entitled by that alone. Others are granted it by a rule or
    by hand. `claim` None: nobody has to claim it. `cost_minor`: what one use costs the house.
    """

    id: str
    name: Text
    kind: str
    description: Text
    terms: Terms
    levels: tuple[Level, ...] = ()
    when: Condition | None = None
    claim: Claim | None = None
    use: Use = Use()
    quota: Quota | None = None
    choice: Choice | None = None
    stock: Stock | None = None
    lost_on: frozenset[Loss] = frozenset()
    needs_verification: bool = False
    cost_minor: int = 0

    @property
    def mode(self) -> Mode:
        """What having it means."""
        return KINDS[self.kind].mode

    @property
    def standing(self) -> bool:
        """Whether there are members who are entitled by what they are."""
        return bool(self.levels) or self.when is not None

    @property
    def pieces(self) -> int | None:
        """How often one claim can be used; None: as often as one likes, while it is in force."""
        return None if self.mode is Mode.LASTING else KINDS[self.kind].pieces(self.terms)

    def ladder_levels(self, ladder: str) -> tuple[str, ...]:
        """Those of its levels that are on `ladder`."""
        return tuple(level for each, level in self.levels if each == ladder)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code leads: whose entitlement it is."""

    member_id: UUID
    entitlement_id: UUID


@dataclass(frozen=True, slots=True)
class Row:
    """One entitlement as it is kept."""

    id: UUID
    member_id: UUID
    benefit: str
    state: str
    origin: str
    period: str
    granted_at: datetime
    claim_by: datetime | None
    claimed_at: datetime | None
    use_by: datetime | None
    used_at: datetime | None
    ended_at: datetime | None
    uses: int
    uses_left: int | None
    units: int
    cost_minor: int
    code: str
    use_event: UUID | None
    stock_day: date | None
