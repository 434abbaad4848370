"""Rules as the programme states them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from regulars.language.calendar import Per
from regulars.language.condition import Condition
from regulars.language.text import Text


class Rounding(StrEnum):
    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class WhenShort(StrEnum):
    """What a reward does when a budget or limit leaves less than it asks for: give the rest, or nothing."""

    PARTIAL = "partial"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class CreditAction:
    """Units for the member: `amount` fixed, or `for_each` unit per `step` of the amount at `of`, then `multiplier`.

    amount = round(of ÷ step × for_each × multiplier), at most `cap`. `of` names a money or number field of the
    event, or `items` (the sum of the lines that satisfy `where`).
    """

    asset: str
    amount: int = 0
    for_each: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    of: str = ""
    where: Condition | None = None
    multiplier: Decimal = Decimal(1)
    rounding: Rounding = Rounding.DOWN
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class DebitAction:
    """Units taken from the member, earliest to expire first. `when_short` as for budgets; never below zero."""

    asset: str
    amount: int
    when_short: WhenShort = WhenShort.SKIP


@dataclass(frozen=True, slots=True)
class LevelAction:
    """Puts the member on a level of a ladder, at least (`up_only`) or exactly."""

    ladder: str
    level: str
    up_only: bool = True


@dataclass(frozen=True, slots=True)
class TagAction:
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageAction:
    template: str


@dataclass(frozen=True, slots=True)
class GrantAction:
    """Entitles the member to a benefit, once."""

    benefit: str


Action = CreditAction | DebitAction | LevelAction | TagAction | MessageAction | GrantAction


@dataclass(frozen=True, slots=True)
class Limit:
    """What one member can have from the rule in one period: `times`, `units`, what they cost in the currency's
    smallest unit, or several of these (0: no bound)."""

    per: Per
    times: int = 0
    units: int = 0
    money_minor: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """What can be given out in one period over all members: in `units` of all credits, or, where `money_minor` is
    stated instead, in what they cost the house. Either is ≥ 1, the other 0."""

    units: int
    per: Per
    when_short: WhenShort = WhenShort.PARTIAL
    money_minor: int = 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """Rules that belong together and draw on one budget, each beside its own."""

    id: str
    name: Text
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When an event of type `on` happens and `when` holds, `then` follows, within `limit` and `budget`."""

    id: str
    name: Text
    on: str
    when: Condition | None
    then: tuple[Action, ...]
    limit: Limit | None = None
    budget: Budget | None = None
    priority: int = 0
    campaign: str = ""
