"""Rules as the programme states them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from regulars.alerts.contracts import Kind, Severity
from regulars.kit.problems import NotFound
from regulars.language.calendar import Per
from regulars.language.condition import Condition
from regulars.language.problems import words
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
    """Rules that belong together and draw on one budget, each beside its own; they may be one experiment."""

    id: str
    name: Text
    budget: Budget | None = None
    experiment: str = ""


SCHEDULED = "schedule.due"
"""The type of event by which a rule `on: schedule` is asked. Its `rule` says which one."""

EVERY_HOLIDAY = "public"
"""The name of a holiday that stands for all public ones."""


@dataclass(frozen=True, slots=True)
class Around:
    """A day and the `before` and `after` days around it; with `month` all of its month instead."""

    before: int = 0
    after: int = 0
    month: bool = False


@dataclass(frozen=True, slots=True)
class Holiday:
    """A festival or public holiday of every year: `name` as written, `label` as people call it. `days` are the very
    days of all years, of one that lasts several its first."""

    name: str
    label: Text
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class Window:
    """When a rule is open: all that is stated must hold. Days of the month count from its end where they are
    negative; hours are minutes of the day [from, to), over midnight where `to` is not the later one.

    `around_holiday` are the days of `holiday` with those around it; `member_day`: the programme's own day.
    """

    weekdays: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    hours: tuple[tuple[int, int], ...] = ()
    holiday: Holiday | None = None
    holiday_around: Around = Around()
    birthday: Around | None = None
    anniversary: Around | None = None
    member_day: "Window | None" = None


@dataclass(frozen=True, slots=True)
class Opening:
    """When a rule can be asked: from `starts_at` until before `ends_at`, while any of `windows` is open (none: any
    time)."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    windows: tuple[Window, ...] = ()


class Occasion(StrEnum):
    """What a scheduled rule goes by."""

    CRON = "cron"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    HOLIDAY = "holiday"
    MEMBER_DAY = "member_day"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule starts by itself: at the moments of `cron`, or at the local time `at` of the day that lies
    `days_after` (negative: before) the occasion. Moments that were missed are made up for within `catch_up_hours`."""

    occasion: Occasion
    cron: str = ""
    at: time = time(9)
    days_after: int = 0
    holiday: Holiday | None = None
    member_day: Window | None = None
    catch_up_hours: int = 24


class Pick(StrEnum):
    """Which rule of a group applies: the first that holds, or the one that gives most."""

    FIRST = "first"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Exclusive:
    """A group of rules on one type of event, of which one applies to each event."""

    id: str
    pick: Pick = Pick.FIRST


@dataclass(frozen=True, slots=True)
class Trial:
    """Whom a rule that is being tried applies to: members named, those with a tag, those who satisfy `when`."""

    members: frozenset[UUID] = frozenset()
    tag: str = ""
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When an event of type `on` happens and `when` holds, `then` follows, within `limit` and `budget`.

    With `opening` only while it is open; with `schedule` (`on` is SCHEDULED) nothing needs to happen. In a `group` one
    rule applies; after one with `stop` that applied no other is asked. `trial`: only to some, until it is published
    without. In an `experiment` only to those of `variant` (empty: to all who are not held out)."""

    id: str
    name: Text
    on: str
    when: Condition | None
    then: tuple[Action, ...]
    limit: Limit | None = None
    budget: Budget | None = None
    priority: int = 0
    campaign: str = ""
    opening: Opening | None = None
    schedule: Schedule | None = None
    group: Exclusive | None = None
    stop: bool = False
    trial: Trial | None = None
    experiment: str = ""
    variant: str = ""


PARK_AFTER = 5
"""A rule that failed so often in a row, without success in between, is parked."""

FAILING = Kind(
    "rule.failing",
    words("规则出错", "規則出錯", "A rule fails"),
    words(
        "出错的规则不发放，其他规则照常。请检查规则的公式和事件数据。",
        "出錯的規則不發放，其他規則照常。請檢查規則的公式和事件資料。",
        "Where it failed it gave nothing; other rules go on. Check its formula and the event’s data.",
    ),
    Severity.WARNING,
)
PARKED = Kind(
    "rule.parked",
    words("规则已暂停", "規則已暫停", "A rule is parked"),
    words(
        "连续出错的规则已暂停，不再执行。修正后发布新版本，或在规则页恢复。",
        "連續出錯的規則已暫停，不再執行。修正後發布新版本，或在規則頁恢復。",
        "It failed again and again and is not asked any more. Publish it mended, or resume it on the rules page.",
    ),
)
MISSED = Kind(
    "schedule.missed",
    words("定时规则错过了时间", "定時規則錯過了時間", "A scheduled rule was missed"),
    words(
        "后台任务停止过久，超过了补发时限，这一次不再补发。需要时可人工发放。",
        "背景工作停止過久，超過補發時限，這一次不再補發。需要時可人工發放。",
        "The worker was down for longer than missed moments are made up for. Credit by hand what is owed.",
    ),
    Severity.WARNING,
)
KINDS = (FAILING, PARKED, MISSED)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that failed on an event."""

    rule: str
    error: str
    event_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class FaultRow:
    """How a rule that fails stands."""

    rule: str
    version: int
    failures: int
    first_at: datetime
    last_at: datetime
    error: str
    event_id: UUID
    member_id: UUID
    parked_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A scheduled rule at one moment. `outcome`: empty while it goes on, then done, missed or withdrawn."""

    rule: str
    due_at: datetime
    version: int
    after: UUID | None
    members: int
    failed: int
    started_at: datetime | None
    done_at: datetime | None
    outcome: str


class NotParked(NotFound):
    """The rule is not parked."""

    code = "rule_not_parked"

    def __init__(self) -> None:
        super().__init__(
            words(
                "这条规则没有暂停，或者刚刚已经恢复。",
                "這條規則沒有暫停，或者剛剛已經恢復。",
                "This rule is not parked, or has just been resumed.",
            )
        )
