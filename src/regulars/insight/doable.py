"""Which rules a member can still have something from: open or soon to be, their conditions on the member satisfied,
their limits and budgets not used up. What an event will be like nobody knows yet: conditions on it stay open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from regulars.campaigns import queries as campaigns
from regulars.campaigns.contracts import SCHEDULED, CreditAction, Opening, Rule
from regulars.campaigns.logic import MICRO, Pot, pots_of
from regulars.campaigns.occasions import is_open
from regulars.engine.asking import withheld
from regulars.engine.plan import plan
from regulars.kit.ids import bucket_of
from regulars.kit.sqlread import rows
from regulars.language.calendar import local_day, period_of
from regulars.language.condition import Condition, Group, Leaf, Op, Quantifier
from regulars.language.snapshot import Profile
from regulars.language.sql import to_sql
from regulars.language.sql_text import Clock
from regulars.language.tree import Value
from regulars.members.contracts import MemberProfile
from regulars.programme.contracts import Programme
from regulars.programme.vocabulary import fields_for

AHEAD_DAYS = 14
"""A rule that opens within so many days is told, with the day."""

_NOT_ACTS = (
    "member.joined",
    "order.refunded",
    "order.cancelled",
    "order.completed",
    "wallet.refunded",
    "plan.",
)
"""Types of event that are no act of the member's own for which one would do them, or happen once."""

_UNKNOWN = ("event.", "calendar.", "item.", "orders.", "earned.")
_SHIFTS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN, Op.IN, Op.NOT_IN})


@dataclass(frozen=True, slots=True)
class Doable:
    """A rule from which the member can have something. `opens`: on which day, where it is not open now; `left`: how
    often they can still have it in the period (None: as often as they like)."""

    rule: Rule
    opens: date | None
    left: int | None


def doable(member: MemberProfile, programme: Programme, asset: str, now: datetime) -> list[Doable]:
    """The rules on what members do that credit `asset` and that the member can still do, in the programme's order."""
    parked = {one.rule for one in campaigns.faults(programme.number).values() if one.parked_at is not None}
    rules = [
        rule
        for rule in programme.rules
        if rule.id not in parked
        and _is_act(rule, programme)
        and asset in _credited(rule)
        and _tried(rule, member)
        and _for_group(rule, programme, member.id, now)
    ]
    day = local_day(now, programme.zone)
    uses = _uses(member.id, rules, day)
    spent = _spent(programme, rules, day)
    fits = _fitting(member.id, programme, rules, now)
    profile = Profile(birthday=member.birthday, joined_at=member.joined_at)
    found = []
    for rule in rules:
        opens = _opens(rule.opening, now, programme, profile)
        left = _left(
            rule, uses.get((rule.id, period_of(day, rule.limit.per)), (0, 0)) if rule.limit else (0, 0)
        )
        if opens is None or left == 0 or rule.id not in fits or rule.id in spent:
            continue
        found.append(Doable(rule, None if opens == day else opens, left))
    return found


def _is_act(rule: Rule, programme: Programme) -> bool:
    kind = programme.event_types.get(rule.on)
    if kind is None or kind.derived or kind.command or rule.on == SCHEDULED:
        return False
    return not rule.on.startswith(_NOT_ACTS)


def _credited(rule: Rule) -> set[str]:
    return {action.asset for action in rule.then if isinstance(action, CreditAction)}


def _tried(rule: Rule, member: MemberProfile) -> bool:
    """Whether a rule that is being tried is tried with this member; those tried by a condition are asked with it."""
    trial = rule.trial
    return trial is None or member.id in trial.members or trial.tag in member.tags or trial.when is not None


def _for_group(rule: Rule, programme: Programme, member_id: UUID, now: datetime) -> bool:
    """Whether the rule is for the member's group: nothing is promised to those who are held out."""
    planned = plan(programme.number).by_id.get(rule.id)
    return planned is None or planned.arm is None or not withheld(planned.arm, member_id, now)


def _left(rule: Rule, use: tuple[int, int]) -> int | None:
    """How often the member's own limit still lets them have it; None: no bound on how often."""
    if rule.limit is None:
        return None
    if rule.limit.units and use[1] >= rule.limit.units:
        return 0
    return max(rule.limit.times - use[0], 0) if rule.limit.times else None


def _uses(member_id: UUID, rules: Sequence[Rule], day: date) -> dict[tuple[str, str], tuple[int, int]]:
    """(rule, period) → how often and how many units the member had of the rules that have a limit."""
    wanted = [(rule.id, period_of(day, rule.limit.per)) for rule in rules if rule.limit is not None]
    if not wanted:
        return {}
    found = rows(
        "SELECT rule, period, times, units FROM campaigns_ruleuse WHERE member_id = %s AND bucket = %s"
        " AND (rule, period) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [member_id, bucket_of(member_id), [rule for rule, _ in wanted], [period for _, period in wanted]],
    )
    return {(rule, period): (times, units) for rule, period, times, units in found}


def _spent(programme: Programme, rules: Sequence[Rule], day: date) -> set[str]:
    """The rules whose budget, or their campaign's, has nothing left."""
    pots = [(rule.id, pot) for rule in rules for pot in pots_of(rule, programme.campaigns.get(rule.campaign))]
    if not pots:
        return set()
    used = campaigns.used([_named(pot, day) for _, pot in pots])
    return {
        rule
        for rule, pot in pots
        if (use := used.get(_named(pot, day))) is not None and use.units + _least(pot) > pot.most
    }


def _least(pot: Pot) -> int:
    return MICRO if pot.money else 1


def _named(pot: Pot, day: date) -> tuple[str, str]:
    return pot.name, period_of(day, pot.per)


def _opens(opening: Opening | None, now: datetime, programme: Programme, profile: Profile) -> date | None:
    """The first day, within `AHEAD_DAYS`, at some hour of which the rule is open; None: not so soon."""
    today = local_day(now, programme.zone)
    if opening is None or is_open(opening, now, programme.zone, profile):
        return today
    hour = now.replace(minute=0, second=0, microsecond=0)
    for ahead in range(1, AHEAD_DAYS * 24):
        moment = hour + timedelta(hours=ahead)
        if is_open(opening, moment, programme.zone, profile):
            return local_day(moment, programme.zone)
    return None


def _fitting(member_id: UUID, programme: Programme, rules: Sequence[Rule], now: datetime) -> set[str]:
    """The rules whose conditions do not shut the member out, by one query."""
    fits = {rule.id for rule in rules}
    asked: list[tuple[str, Condition]] = []
    for rule in rules:
        for condition in _conditions(rule, member_id):
            on_member = possible(condition, rule.on)
            if on_member is False:
                fits.discard(rule.id)
            elif not isinstance(on_member, bool):
                asked.append((rule.id, on_member))
    if not asked:
        return fits
    fields, clock = fields_for(programme, None), Clock(programme.zone, now)
    parts = [to_sql(condition, fields, clock) for _, condition in asked]
    found = rows(
        f"SELECT {', '.join(text for text, _ in parts)} FROM members_member m WHERE m.id = %s AND m.bucket = %s",
        [*(value for _, values in parts for value in values), member_id, bucket_of(member_id)],
    )
    shut = {rule for (rule, _), holds in zip(asked, found[0], strict=True) if not holds} if found else fits
    return fits - shut


def _conditions(rule: Rule, member_id: UUID) -> Iterator[Condition]:
    if rule.when is not None:
        yield rule.when
    trial = rule.trial
    if trial is not None and trial.when is not None and member_id not in trial.members:
        yield trial.when


def possible(condition: Condition, on: str, may: bool = True) -> Condition | bool:
    """What a condition asks of the member alone, where the event of type `on` is yet to come: what it asks of the
    event, its day, or what it changes is taken for `may`. Counts of such events are asked for as they will be then,
    one more than now."""
    if isinstance(condition, Leaf):
        return _leaf(condition, on, may)
    if not isinstance(condition, Group):
        return may
    none = condition.quantifier is Quantifier.NONE
    parts = [possible(node, on, may != none) for node in condition.nodes]
    absorbing = condition.quantifier is not Quantifier.ALL
    if any(part is absorbing for part in parts):
        return absorbing != none
    left = tuple(part for part in parts if not isinstance(part, bool))
    if not left:
        return (not absorbing) != none
    return replace(condition, nodes=left)


def _leaf(leaf: Leaf, on: str, may: bool) -> Condition | bool:
    counted = "orders.count" if on == "order.paid" else f"events.{on}.count"
    if leaf.field == counted and leaf.op in _SHIFTS:
        return replace(leaf, value=_one_less(leaf.value))
    if leaf.field.startswith(_UNKNOWN) or leaf.field == f"events.{on}.count":
        return may
    return leaf


def _one_less(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(part - 1 if isinstance(part, int | Decimal) else part for part in value)
    return value - 1 if isinstance(value, int | Decimal) else value
