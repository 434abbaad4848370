"""What an experiment says: groups compared, over time, with the check of the split and what it was worth. Pure."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from math import ceil

from regulars.campaigns.experiments import Metric
from regulars.insight.experiments.compare import READABLE, Effect, Split, compare_all, compare_ratios, split
from regulars.insight.experiments.design import Arm, Design
from regulars.insight.experiments.gathering import (
    BOUGHT,
    MARGIN,
    ORDER_VALUE,
    ORDERS,
    SALES,
    Came,
    Done,
    Gathered,
    sums_of,
)
from regulars.insight.experiments.sums import Sums

LOOKS_MOST = 120
"""The course over time has at most so many points."""


class State(StrEnum):
    """Nobody came yet; too few whose days are over; readable and going on; over."""

    WAITING = "waiting"
    EARLY = "early"
    RUNNING = "running"
    ENDED = "ended"


class Says(StrEnum):
    """What it comes to."""

    NOTHING_YET = "nothing_yet"
    SKEWED = "skewed"
    """More or fewer came in a group than chance allows: nothing else is to be believed."""
    BETTER = "better"
    WORSE = "worse"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class ArmRow:
    """A group's own figures, per member whose days are over; money in the currency's smallest unit."""

    arm: Arm
    came: int
    counted: int
    bought: float
    orders: float
    sales: float
    margin: float | None
    order_value: float | None
    cost: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What a group brought beyond the base, over all its members whose days are over, with the interval of the effect.
    `sales` is without margin, `gained` the margin before what was given is taken off; money in the smallest unit."""

    members: int
    sales: float
    sales_low: float | None
    sales_high: float | None
    gained: float | None
    cost: float
    roi: float | None
    """(gained − cost) ÷ cost; None: nothing was given, or no margin is stated."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was known by the end of a day."""

    day: date
    effects: dict[str, Effect]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that can be said of an experiment now. `metric` is what it is decided by: sales where margin was asked for
    and nobody said what it is. `readable_on`: the day from which there is something to read, None while nothing is
    known of it."""

    design: Design
    state: State
    says: Says
    best: str
    metric: str
    since: date | None
    readable_on: date | None
    arms: tuple[ArmRow, ...]
    effects: dict[str, dict[str, Effect]]
    path: tuple[Look, ...]
    split: Split
    crossed: int
    worth: dict[str, Worth]

    @property
    def main(self) -> dict[str, Effect]:
        """The effects by which it is decided."""
        return self.effects[self.metric]


def read(design: Design, found: Gathered, until: datetime, readable: int = READABLE) -> Reading:
    """What is to be said as of `until`."""
    metric = metric_of(design)
    shares = {arm.id: arm.share for arm in design.arms}
    came = {arm.id: sum(each.members for each in found.came if each.arm == arm.id) for arm in design.arms}
    even = split(came, shares)
    effects = {measure: _effects(design, found.done, measure, readable) for measure in _measures(design)}
    state = _state(design, found, effects[metric], until)
    says, best = _says(effects[metric], even)
    return Reading(
        design=design,
        state=state,
        says=says,
        best=best,
        metric=metric,
        since=min((each.day for each in found.came), default=None),
        readable_on=readable_on(design, found.came, until.date(), readable),
        arms=tuple(_row(design, arm, found.done, came[arm.id]) for arm in design.arms),
        effects=effects,
        path=tuple(_path(design, found.done, metric, readable)),
        split=even,
        crossed=found.crossed,
        worth={arm.id: _worth(design, arm, found.done, effects[SALES][arm.id]) for arm in design.others},
    )


def metric_of(design: Design) -> str:
    """What it is decided by."""
    if design.metric is Metric.MARGIN and design.margin is None:
        return SALES
    return design.metric.value


def _measures(design: Design) -> tuple[str, ...]:
    known = (SALES, ORDERS, BOUGHT, ORDER_VALUE)
    return known if design.margin is None else (*known, MARGIN)


def _effects(design: Design, done: tuple[Done, ...], measure: str, readable: int) -> dict[str, Effect]:
    base = sums_of(done, design.base.id, measure)
    groups = {arm.id: sums_of(done, arm.id, measure) for arm in design.others}
    if measure != ORDER_VALUE:
        return compare_all(base, groups, readable)
    found = {ident: compare_ratios(base, group, readable) for ident, group in groups.items()}
    return {ident: effect or Effect(0.0, 0.0) for ident, effect in found.items()}


def _state(design: Design, found: Gathered, effects: dict[str, Effect], until: datetime) -> State:
    ended = not design.running or (design.ends_at is not None and until >= design.ends_at + design.span)
    if not found.came:
        return State.ENDED if ended else State.WAITING
    if ended:
        return State.ENDED
    return State.RUNNING if any(effect.low is not None for effect in effects.values()) else State.EARLY


def _says(effects: dict[str, Effect], even: Split) -> tuple[Says, str]:
    """What it comes to, and of which group that is said: the best of those that do better, else the worst."""
    if even.skewed:
        return Says.SKEWED, ""
    verdicts = {ident: effect.verdict for ident, effect in effects.items()}
    if all(verdict == "open" for verdict in verdicts.values()):
        return Says.NOTHING_YET, ""
    ranked = sorted(effects, key=lambda ident: -effects[ident].difference)
    better = [ident for ident in ranked if verdicts[ident] == "more"]
    if better:
        return Says.BETTER, better[0]
    worse = [ident for ident in reversed(ranked) if verdicts[ident] == "less"]
    return (Says.WORSE, worse[0]) if worse else (Says.EVEN, ranked[0])


def _row(design: Design, arm: Arm, done: tuple[Done, ...], came: int) -> ArmRow:
    sums = {measure: sums_of(done, arm.id, measure) for measure in (*_measures(design), ORDER_VALUE)}
    value = sums[ORDER_VALUE]
    counted = sums[SALES].n
    cost = sum(each.cost for each in done if each.arm == arm.id)
    return ArmRow(
        arm=arm,
        came=came,
        counted=counted,
        bought=sums[BOUGHT].mean,
        orders=sums[ORDERS].mean,
        sales=sums[SALES].mean,
        margin=sums[MARGIN].mean if MARGIN in sums else None,
        order_value=value.y / value.x if value.x else None,
        cost=cost / counted if counted else 0.0,
    )


def _path(design: Design, done: tuple[Done, ...], metric: str, readable: int) -> list[Look]:
    """The effect as it was known day after day."""
    base, groups = Sums(), {arm.id: Sums() for arm in design.others}
    looks = []
    for day, some in groupby(done, key=lambda each: each.day):
        for each in some:
            if each.arm == design.base.id:
                base = base + each.sums[metric]
            elif each.arm in groups:
                groups[each.arm] = groups[each.arm] + each.sums[metric]
        effects = compare_all(base, groups, readable)
        if all(effect.low is not None for effect in effects.values()):
            looks.append(Look(day + design.span, effects))
    return _thinned(looks)


def _thinned(looks: list[Look]) -> list[Look]:
    """Evenly chosen of many; the last always."""
    if len(looks) <= LOOKS_MOST:
        return looks
    step = ceil(len(looks) / LOOKS_MOST)
    return looks[::-1][::step][::-1]


def readable_on(design: Design, came: tuple[Came, ...], today: date, readable: int) -> date | None:
    """The day from which every group has enough members whose days are over: known, or as members came so far."""
    if not came:
        return None
    first = min(each.day for each in came)
    found = []
    for arm in design.arms:
        days: dict[date, int] = defaultdict(int)
        for each in came:
            if each.arm == arm.id:
                days[each.day] += each.members
        total, reached = 0, None
        for day in sorted(days):
            total += days[day]
            if total >= readable:
                reached = day
                break
        if reached is None:
            if not total or (design.ends_at is not None and design.ends_at.date() <= today):
                return None
            left = ceil((readable - total) * ((today - first).days + 1) / total)
            if left > 3_650:
                return None
            reached = today + timedelta(days=left)
        found.append(reached)
    return max(found) + design.span + timedelta(days=1)


def _worth(design: Design, arm: Arm, done: tuple[Done, ...], effect: Effect) -> Worth:
    """Sales beyond the base, what of them is margin, and what was given beyond what the base was given."""
    members = sums_of(done, arm.id, SALES).n
    base = sums_of(done, design.base.id, SALES).n
    mine = sum(each.cost for each in done if each.arm == arm.id)
    theirs = sum(each.cost for each in done if each.arm == design.base.id)
    cost = mine - (theirs / base * members if base else 0.0)
    sales = effect.difference * members if base and members else 0.0
    gained = sales * design.margin if design.margin is not None else None
    return Worth(
        members=members,
        sales=sales,
        sales_low=effect.low * members if effect.low is not None else None,
        sales_high=effect.high * members if effect.high is not None else None,
        gained=gained,
        cost=cost,
        roi=(gained - cost) / cost if gained is not None and cost > 0 else None,
    )
