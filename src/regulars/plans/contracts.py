"""What others may know of paid plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from regulars.events.contracts import EventType
from regulars.language.condition import Condition
from regulars.language.text import Text


class RefundMode(StrEnum):
    """What a refund does to the plan that was paid: it ends at once, or is shortened by the share that went back."""

    END = "end"
    PRO_RATA = "pro_rata"


class EvidenceKind(StrEnum):
    """What an applicant states: words, a number, a day, or where a file lies."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Period:
    """One way to pay for a plan. `price_minor` in the currency's smallest unit."""

    id: str
    name: Text
    months: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing an applicant has to state."""

    id: str
    name: Text
    kind: EvidenceKind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """Who may have a plan: a condition on the member and on the evidence (`event.<id>` of `asked`), and, with
    `approval`, an operator who says so. `hint` tells applicants in words what is asked."""

    when: Condition | None
    evidence: tuple[Evidence, ...]
    approval: bool
    asked: EventType
    hint: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placing:
    """The level on which a plan places its members while it runs."""

    ladder: str
    level: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Units of an asset for each day of a paid plan, more or fewer by what was paid for."""

    asset: str
    units: int
    by_period: Mapping[str, int] = field(default_factory=dict)

    def on(self, period: str) -> int:
        """Units for a day of that period."""
        return self.by_period.get(period, self.units)


@dataclass(frozen=True, slots=True)
class PaidPlan:
    """A membership that is bought for a time. Of one `family` a member has one at a time, and `rank` says which is the
    higher one. `grace_days` after its end it still runs, so that a late payment finds it; `remind_days` before its
    end that is announced (0: never)."""

    id: str
    name: Text
    family: str
    rank: int
    periods: tuple[Period, ...]
    perks: Text = field(default_factory=dict)
    colour: str = ""
    trial_days: int = 0
    entry: Entry | None = None
    grace_days: int = 0
    remind_days: int = 0
    refund: RefundMode = RefundMode.PRO_RATA
    level: Placing | None = None
    daily: Growth | None = None

    @property
    def asks_approval(self) -> bool:
        return self.entry is not None and self.entry.approval

    def period(self, period_id: str) -> Period | None:
        """The period of that id, if the plan has it."""
        return next((one for one in self.periods if one.id == period_id), None)


def family_of(plans: Mapping[str, PaidPlan], plan: PaidPlan) -> dict[str, PaidPlan]:
    """The plans of which a member has one at a time, `plan` among them."""
    return {one.id: one for one in plans.values() if one.family == plan.family}
