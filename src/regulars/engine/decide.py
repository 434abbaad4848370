"""The heart: what an event means under a programme, for one member. Pure: no database, no clock.

`live` lives through one event and what follows from it, `settle` through what time alone does. The snapshot
is the working copy of whoever calls: every effect changes it before the next is decided, so that any number
of events can be lived through in memory, in production and in a simulation alike.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from regulars.campaigns.logic import Budgets
from regulars.engine.meanings import LOTS_PER_EVENT, MEANINGS, counted, give_back, message_context
from regulars.engine.plan import Plan
from regulars.engine.turn import Turn
from regulars.kit.ids import time_id
from regulars.language.calendar import local_day, start_of
from regulars.language.effects import Effect, MessageWish
from regulars.language.events import RULES, TIMER, Event
from regulars.language.snapshot import Snapshot, Standing
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers

DEPTH_LIMIT = 8
"""Events that follow from events that follow from …: at most so deep, so that no rules chase each other."""

TIMERS_LIMIT = 10_000
"""No member's life has so many expiries and period ends between two events."""


@dataclass(slots=True)
class Decided:
    """One event and all that was decided about it; after the first of its kin, what the member then had.

    `records` are the effects as they are stored and told, `follows` those of the events that it caused.
    """

    event: Event
    effects: list[Effect] = field(default_factory=list)
    trace: list[list[Any]] = field(default_factory=list)
    tallied: list[tuple[str, date, int, int]] = field(default_factory=list)
    used: list[tuple[str, str, int, int]] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    follows: list[dict[str, Any]] = field(default_factory=list)


def live(
    plan: Plan, snapshot: Snapshot, event: Event, now: datetime, budgets: Budgets, joining: bool = False
) -> list[Decided]:
    """Live through `event`; it comes first, what it caused after it. Raises Rejected, with nothing changed.

    `now` is when the event became known: one much older is history and notifies nobody. `joining` says that
    the member came with this event; unless it is the joining itself, that happens before it.
    """
    first = Decided(event)
    decided = [first]
    if joining and event.type != "member.joined":
        joined = Event(
            time_id(event.time),
            RULES,
            f"{event.id}:joined",
            "member.joined",
            event.member_id,
            event.time,
            {},
            event.id,
            event.depth + 1,
        )
        decided += _chain(plan, snapshot, Decided(joined), now, budgets, first)
    rules_apply = event.type != "member.joined" or joining
    return [first, *_chain(plan, snapshot, first, now, budgets, first, rules_apply), *decided[1:]]


def settle(plan: Plan, snapshot: Snapshot, until: datetime, now: datetime, budgets: Budgets) -> list[Decided]:
    """What time alone does through `until`: lots run out and periods end, each at its own moment."""
    decided: list[Decided] = []
    for _ in range(TIMERS_LIMIT):
        due = next_due(plan, snapshot, until)
        if due is None:
            return decided
        first = Decided(due)
        decided += [first, *_chain(plan, snapshot, first, now, budgets, first)]
    raise OverflowError(f"member {snapshot.member_id} has more than {TIMERS_LIMIT} timers due by {until}")


def next_due(plan: Plan, snapshot: Snapshot, until: datetime) -> Event | None:
    """The earliest thing that time has to do by `until`."""
    member_id, zone = snapshot.member_id, plan.programme.zone
    expiring = ledger.first_expiry(snapshot, until)
    ending = None
    if any(one.until is not None for one in snapshot.standings.values()):
        ending = min(
            (
                (start_of(one.until + timedelta(days=1), zone), one.ladder, one.until)
                for one in tiers.ends(snapshot.standings.values(), local_day(until, zone))
                if one.until is not None and one.ladder in plan.programme.ladders
            ),
            default=None,
        )
    if expiring is not None and (ending is None or expiring[0] <= ending[0]):
        moment, asset, lots = expiring
        data = {"asset": asset, "units": sum(lot.remaining for lot in lots[:LOTS_PER_EVENT])}
        key = f"{asset}:{lots[0].id}"
        return Event(time_id(moment), TIMER, key, "asset.expired", member_id, moment, data)
    if ending is not None:
        moment, ladder, last_day = ending
        new = time_id(moment)
        key = f"{ladder}:{last_day}:{new}"  # the same period ends again where a late event rewrote the steps before it
        return Event(new, TIMER, key, "tier.period_ended", member_id, moment, {"ladder": ladder})
    return None


def _chain(
    plan: Plan,
    snapshot: Snapshot,
    start: Decided,
    now: datetime,
    budgets: Budgets,
    told: Decided,
    rules_apply: bool = True,
) -> list[Decided]:
    """Decide `start`, then what follows from it, breadth first; `told` is the event that is told of it all."""
    caused: list[Decided] = []
    waiting = deque([start])
    while waiting:
        current = waiting.popleft()
        turn = Turn(plan, snapshot, current.event, now, budgets)
        _decide(turn, rules_apply or current is not start)
        current.effects, current.trace = turn.effects, turn.trace
        current.tallied, current.used = turn.tallied, turn.used
        current.records = [effect.record() for effect in turn.effects]
        if current is not told:
            caused.append(current)
            told.follows += [{**record, "event": current.event.type} for record in current.records]
        if current.event.depth < DEPTH_LIMIT:
            waiting.extend(Decided(event) for event in turn.derived)
    for ladder in plan.programme.ladders:
        turn.standing(ladder)
    told.balances = dict(snapshot.balances)
    told.standings = dict(snapshot.standings)
    return caused


def _decide(turn: Turn, rules_apply: bool) -> None:
    """What the event means, what the rules want, what a return that came before takes back, the ladders."""
    MEANINGS.get(turn.event.type, counted)(turn)
    if rules_apply:
        turn.follow_rules()
    if turn.event.type == "order.paid":
        give_back(turn, turn.snapshot.orders[turn.event.source, turn.event.data["order_id"]])
    if turn.touched:
        turn.climb()
    wishes = [effect for effect in turn.effects if isinstance(effect, MessageWish)]
    if wishes:
        context = message_context(turn)
        for wish in wishes:
            wish.context = context
