"""A rule tried before it is published: how many members its condition fits, and what it would do for one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.audiences.filling import estimate
from regulars.audiences.queries import definitions, generation
from regulars.campaigns.contracts import SCHEDULED, Rule
from regulars.campaigns.logic import Budgets
from regulars.engine.audiences import where
from regulars.engine.contracts import Rejected
from regulars.engine.doors import Faulty, payload
from regulars.engine.explain import Verdict, verdict
from regulars.engine.load import Loader, Orders
from regulars.engine.plan import plan_with_audiences
from regulars.engine.turn import Turn
from regulars.events.contracts import RecordedEvent
from regulars.kit import clock, rows
from regulars.kit.ids import BUCKETS, event_id
from regulars.language.calendar import local_day
from regulars.language.condition import Condition, Group, Items, Quantifier
from regulars.language.events import Event
from regulars.language.matching import leaves_of
from regulars.language.sql_text import Sql
from regulars.programme.building import with_rule
from regulars.programme.contracts import Programme

EVERYBODY = Sql("true", ())


@dataclass(frozen=True, slots=True)
class Fits:
    """How many of all members satisfy the part of a condition that is about members; `sampled`: an estimate; None:
    there was no time to count even a sample. `whole` is False where the condition asks for something of the event,
    too."""

    members: int | None
    of: int
    sampled: bool
    whole: bool


def member_part(condition: Condition | None) -> tuple[Condition | None, bool]:
    """What of a condition can be asked without an event, and whether that is all of it."""
    if condition is None:
        return None, True
    if isinstance(condition, Group) and condition.quantifier is Quantifier.ALL:
        kept = tuple(node for node in condition.nodes if _of_members(node))
        whole = len(kept) == len(condition.nodes)
        return (Group(Quantifier.ALL, kept), whole) if kept else (None, whole)
    return (condition, True) if _of_members(condition) else (None, False)


def _of_members(condition: Condition) -> bool:
    if isinstance(condition, Items):
        return False
    if isinstance(condition, Group):
        return all(_of_members(node) for node in condition.nodes)
    return all(not leaf.field.startswith(("event.", "item.", "calendar.")) for leaf in leaves_of(condition))


def fits(condition: Condition | None, programme: Programme) -> Fits:
    """How many members a condition fits now."""
    asked, whole = member_part(condition)
    found = estimate(where(asked, programme, clock.now()) if asked is not None else EVERYBODY, sample=0)
    return Fits(found.members if found.buckets else None, found.of, not found.exact, whole)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule would do: whether it held with the values seen, and its effects as they are told."""

    verdict: Verdict
    effects: tuple[dict[str, Any], ...]


def try_on(rule: Rule, programme: Programme, event: RecordedEvent, language: str) -> Tried | None:
    """Ask the rule about an event of a member as things stand now, without writing anything; None: there is no such
    member. Raises Rejected as the event would be."""
    now = clock.now()
    alone = with_rule(programme, rule)
    plan = plan_with_audiences(alone, definitions(generation()))
    happened = Event(
        event_id(event.time, event.source, event.key), event.source, event.key, rule.on, event.member_id, event.time,
        {**event.data, "rule": rule.id} if rule.on == SCHEDULED else event.data,
    )  # fmt: skip
    with transaction.atomic(), rows.cursor() as cursor:
        snapshot = Loader(cursor, plan, [happened], Orders()).load([event.member_id]).get(event.member_id)
        transaction.set_rollback(True)
    if snapshot is None:
        return None
    turn = Turn(plan, snapshot, happened, now, Budgets())
    turn.follow_rules()
    records = tuple(effect.record() for effect in turn.effects)
    line = next((one for one in turn.trace if one[0] == rule.id), [rule.id, False, []])
    day = local_day(event.time, programme.zone)
    return Tried(verdict(alone, line, records, language, day), records)


def stated(programme: Programme, rule: Rule, member_id: UUID, data: Any) -> RecordedEvent:
    """An event with a payload that somebody wrote to try a rule on, as if it came in now. Raises Faulty with all that
    is wrong with it."""
    errors: list[Rejected] = []
    checked = payload(programme.event_types[rule.on].adapter, data, errors)
    if errors:
        raise Faulty(errors)
    return at_moment(rule, member_id, checked, clock.now())


def at_moment(rule: Rule, member_id: UUID, data: dict[str, Any], at: datetime) -> RecordedEvent:
    """An event that never happened, to try a rule on."""
    return RecordedEvent(
        member_id,
        member_id,
        member_id.int % BUCKETS,
        "try",
        "try",
        rule.on,
        at,
        at,
        None,
        0,
        data,
        [],
        {},
        [],
    )
