"""The personal guide (升级攻略): what brings a member to the next level, from what is open to them and from what they
really bought.

Ranked by what one time brings in the ladder's measure: an act, or an order such as theirs. What orders bring is read
from what the member's last orders did bring (`events_event`), not reckoned from rules; so limits, caps, multipliers
and returns are in it. Tasks are the rules that credit what is measured, as far as the member can still do them
(`insight.doable`). Products that are recommended to the member stand beside them with what their price would bring.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from statistics import median_low
from typing import Any

from regulars.audiences.queries import names
from regulars.campaigns.contracts import CreditAction, Rule
from regulars.campaigns.logic import lines_total
from regulars.engine.plan import PlannedCredit, plan
from regulars.events.contracts import RecordedEvent
from regulars.events.queries import by_ids
from regulars.insight.doable import Doable, doable
from regulars.kit.ids import parent_id
from regulars.members.contracts import MemberProfile
from regulars.members.recommending import of_member as recommended_to
from regulars.orders.queries import of_member
from regulars.programme.contracts import Programme
from regulars.programme.sentences import RuleWords, rules_in_words
from regulars.tiers.contracts import Kind, Ladder, Progress

ORDERS = 50
"""So many of the latest orders tell what is usual."""

LEAST_ORDERS = 3
FAVOURITES = 3
TASKS = 6
LIKELY = 3
PAID = "order.paid"


@dataclass(frozen=True, slots=True)
class Usual:
    """The member's usual order, from their last `orders`: what it costs, and the units it brings (both in the
    middle). `times`: so many more of it reach the next level."""

    orders: int
    total_minor: int
    units: int
    times: int


@dataclass(frozen=True, slots=True)
class Favourite:
    """What brought the member most: a category, or a product where orders name none.

    In `orders` of the last `of` orders; each time for `spend_minor` (in the middle), which brought `units`; `times`
    more purchases of it reach the level.
    """

    name: str
    is_category: bool
    orders: int
    of: int
    spend_minor: int
    units: int
    times: int


@dataclass(frozen=True, slots=True)
class Likely:
    """A product that is recommended to the member, what it usually costs, and the units that so much brought them on
    average; `reason`: why, as `members.recommending` names it."""

    name: str
    reason: str
    price_minor: int
    units: int


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `units`: what one time brings (None: it depends); `times`: how many reach the next level (None:
    more than can be had, or unknown); `left`: how often it can be had in this period; `opens`: from which day."""

    words: RuleWords
    on: str
    units: int | None
    times: int | None
    left: int | None
    opens: date | None


@dataclass(frozen=True, slots=True)
class Guide:
    """What gets a member further on a ladder; empty where nothing is missing or nothing is known."""

    usual: Usual | None = None
    favourites: tuple[Favourite, ...] = ()
    tasks: tuple[Task, ...] = ()
    likely: tuple[Likely, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bought:
    """One order: what it cost, what of the measure it brought, and its payload."""

    total_minor: int
    units: int
    data: Mapping[str, Any]


def guide(
    member: MemberProfile,
    programme: Programme,
    ladder: Ladder,
    progress: Progress,
    now: datetime,
    language: str,
) -> Guide:
    """The guide to the next level of a ladder, in the reader's language."""
    if progress.next_level is None or progress.missing <= 0:
        return Guide()
    bought = list(_bought(member, ladder))
    open_to = doable(member, programme, ladder.measure.of, now) if ladder.measure.kind is Kind.ASSET else []
    said = {words.rule.id: words for words in rules_in_words(programme, language, names())} if open_to else {}
    tasks = [_task(one, said[one.rule.id], ladder, programme, progress.missing, bought) for one in open_to]
    favourites = tuple(_favourites(bought, progress.missing))
    return Guide(
        _usual(bought, progress.missing),
        favourites,
        tuple(sorted((task for task in tasks if task), key=_rank)[:TASKS]),
        tuple(_likely(member, ladder, bought, {one.name for one in favourites}))[:LIKELY],
    )


def _rank(task: Task) -> tuple[bool, bool, int, bool]:
    """Open ones first, then by what one time brings; of equals, those for which nothing need be bought."""
    return task.opens is not None, task.units is None, -(task.units or 0), task.on == PAID


def _bought(member: MemberProfile, ladder: Ladder) -> Iterator[_Bought]:
    """The latest orders that were kept, with what they brought."""
    kept = [
        order
        for order in of_member(member.id, None, ORDERS).items
        if order.paid_at is not None and order.total_minor > 0 and not order.refunded_minor
    ]
    events = by_ids(member.id, [parent_id(order.id) for order in kept])
    for order in kept:
        event = events.get(parent_id(order.id))
        if event is not None and event.type == PAID:
            yield _Bought(order.total_minor, _brought(event, ladder, order.total_minor), event.data)


def _brought(event: RecordedEvent, ladder: Ladder, total_minor: int) -> int:
    match ladder.measure.kind:
        case Kind.SPEND:
            return total_minor
        case Kind.ORDERS:
            return 1
        case Kind.ASSET:
            return sum(
                int(effect.get("amount", 0))
                for effect in event.effects
                if effect.get("kind") == "credit" and effect.get("asset") == ladder.measure.of
            )
        case _:
            return int(ladder.measure.of == PAID)


def _usual(bought: Sequence[_Bought], missing: int) -> Usual | None:
    if len(bought) < LEAST_ORDERS:
        return None
    units = median_low(one.units for one in bought)
    if units <= 0:
        return None
    total = median_low(one.total_minor for one in bought)
    return Usual(len(bought), total, units, ceil(missing / units))


def _favourites(bought: Sequence[_Bought], missing: int) -> Iterator[Favourite]:
    """What brought most of all."""
    if len(bought) < LEAST_ORDERS:
        return
    spent: dict[tuple[bool, str], list[tuple[int, int]]] = defaultdict(list)
    for order in bought:
        lines: dict[tuple[bool, str], int] = defaultdict(int)
        for line in order.data.get("items") or ():
            name = line.get("category") or line.get("name") or ""
            minor = lines_total([line], None)
            if name and minor > 0:
                lines[bool(line.get("category")), name] += minor
        for key, minor in lines.items():
            spent[key].append((minor, order.units * minor // order.total_minor))
    found: list[tuple[int, Favourite]] = []
    for (is_category, name), times in spent.items():
        units = median_low(units for _, units in times)
        if len(times) >= LEAST_ORDERS and units > 0:
            minor = median_low(minor for minor, _ in times)
            one = Favourite(name, is_category, len(times), len(bought), minor, units, ceil(missing / units))
            found.append((sum(units for _, units in times), one))
    yield from (one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].name))[:FAVOURITES])


def _likely(
    member: MemberProfile, ladder: Ladder, bought: Sequence[_Bought], said: set[str]
) -> Iterator[Likely]:
    """What the member may well buy next, the likeliest first, where what is measured goes by what is spent. Left out:
    what has no name or price, and what is `said` already."""
    spent, brought = sum(one.total_minor for one in bought), sum(one.units for one in bought)
    if len(bought) < LEAST_ORDERS or brought <= 0 or ladder.measure.kind not in (Kind.SPEND, Kind.ASSET):
        return
    for one in recommended_to(member.id):
        units = (one.price_minor or 0) * brought // spent
        if one.name and one.name not in said and one.price_minor and units > 0:
            yield Likely(one.name, one.reason, one.price_minor, units)


def _task(
    one: Doable,
    words: RuleWords,
    ladder: Ladder,
    programme: Programme,
    missing: int,
    bought: Sequence[_Bought],
) -> Task | None:
    """A rule as a task; None where it is what every order brings anyway, which the usual order says."""
    rule = one.rule
    plain = rule.when is None and rule.opening is None and rule.limit is None and rule.trial is None
    if rule.on == PAID and plain and all(action.where is None for action in _credits(rule)):
        return None
    units = _units(one, ladder, programme, bought)
    times = ceil(missing / units) if units else None
    if times is not None and one.left is not None and times > one.left:
        times = None
    return Task(words, rule.on, units, times, one.left, one.opens)


def _credits(rule: Rule) -> Iterator[CreditAction]:
    return (action for action in rule.then if isinstance(action, CreditAction))


def _units(one: Doable, ladder: Ladder, programme: Programme, bought: Sequence[_Bought]) -> int | None:
    """What the rule brings for one time: a fixed amount; for orders, what it would for theirs, in the middle."""
    planned = next(each for each in plan(programme.number).rules[one.rule.on] if each.rule.id == one.rule.id)
    credits_ = [
        action
        for action in planned.actions
        if isinstance(action, PlannedCredit) and action.action.asset == ladder.measure.of
    ]
    if all(credit.action.amount for credit in credits_):
        return sum(credit.amount({}) for credit in credits_)
    if one.rule.on != PAID:
        return None
    each = [sum(credit.amount(dict(order.data)) for credit in credits_) for order in bought]
    some = [units for units in each if units > 0]
    return median_low(some) if some else None
