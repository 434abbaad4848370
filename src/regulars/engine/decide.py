"""The heart: what an event means under a programme, for one member. Pure: no database, no clock.

`live` lives through one event and what follows from it, `settle` through what time alone does. The snapshot
is the working copy of whoever calls: every effect changes it before the next is decided, so that any number
of events can be lived through in memory, in production and in a simulation alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import Budgets
from regulars.engine.clocks import next_due, quiet
from regulars.engine.commands import COMMANDS
from regulars.engine.grouping import ANEW, BY_AUDIENCE, KEYS, LISTED, REVIEWED, Groups, by_hand
from regulars.engine.meanings import MEANINGS, counted, give_back, give_back_credits, message_context
from regulars.engine.plan import Plan
from regulars.engine.sheet import Mask
from regulars.engine.telling import recommended
from regulars.engine.turn import Turn
from regulars.kit.ids import event_id
from regulars.language.calendar import local_day
from regulars.language.condition import Facts
from regulars.language.effects import (
    AudienceChange,
    Effect,
    EntitlementStep,
    LevelChange,
    MessageWish,
    PlanChange,
)
from regulars.language.events import RULES, Event
from regulars.language.snapshot import Snapshot, Standing

ASKED = frozenset({*COMMANDS, "member.merged", "member.unmerged"})
"""Who asks for one of these is told what is set aside, too."""

DEPTH_LIMIT = 8
"""Events that follow from events that follow from …: at most so deep, so that no rules chase each other."""

TIMERS_LIMIT = 10_000
"""No member's life has so many expiries and period ends between two events."""


CALM = frozenset({"order.paid"})
"""Types of event that by themselves change nothing of what time does to levels, plans and entitlements: it shows in an
effect where something does that they lead to."""

STIRRING = frozenset({LevelChange, EntitlementStep, PlanChange})

STEPS = frozenset({"member.joined", "tier.upgraded", "tier.downgraded", "tier.kept"})
"""Types of event by which a level may bring a benefit, or end one."""


@dataclass(slots=True, init=False)
class Decided:
    """One event and all that was decided about it; after the first of its kin, what the member then had.

    `records` are the effects as they are stored and told, `follows` those of the events that it caused.
    """

    event: Event
    effects: list[Effect]
    trace: list[list[Any]]
    faults: list[tuple[str, str]]
    """Rules that failed, with what went wrong."""
    tallied: list[tuple[str, date, int, int]]
    used: list[tuple[str, str, int, int]]
    balances: dict[str, int]
    held: dict[str, int]
    pending: dict[str, int]
    standings: dict[str, Standing]
    records: list[dict[str, Any]]
    follows: list[dict[str, Any]]

    def __init__(self, event: Event) -> None:
        self.event = event
        self.effects, self.trace, self.faults = [], [], []
        self.tallied, self.used = [], []
        self.balances, self.held, self.pending, self.standings = {}, {}, {}, {}
        self.records, self.follows = [], []


def live(
    plan: Plan,
    snapshot: Snapshot,
    event: Event,
    now: datetime,
    budgets: Budgets,
    joining: bool = False,
    others: dict[UUID, Snapshot] | None = None,
    tells: bool = True,
    asked: datetime | None = None,
) -> list[Decided]:
    """Live through `event`; it comes first, what it caused after it. Raises Rejected, with nothing changed.

    `others`: further members to whom something may happen by it. `now` is when the event became known: one much
    older is history and notifies nobody. `joining` says that the member came with this event; unless it is the
    joining itself, that happens before it. Without `tells` nobody wants to know why: there are effects, but no trace
    and no records, nor what the member then had, nor what messages show. Audiences are asked as of `asked`: as of `now`
    where nothing else is said.
    """
    first = Decided(event)
    decided = [first]
    course = _Chain(plan, snapshot, now, budgets, others or {}, tells, asked or now)
    if joining and event.type != "member.joined":
        key = f"{event.id}:joined"
        joined = Event(
            event_id(event.time, RULES, key),
            RULES,
            key,
            "member.joined",
            event.member_id,
            event.time,
            {},
            event.id,
            event.depth + 1,
        )
        decided += course.follow(Decided(joined), first)
    rules_apply = event.type != "member.joined" or joining
    lived = [first, *course.follow(first, first, rules_apply), *decided[1:]]
    if plan.groups is not None:
        lived += course.regroup(plan.groups, lived, joining)
    return lived


def settle(
    plan: Plan,
    snapshot: Snapshot,
    until: datetime,
    now: datetime,
    budgets: Budgets,
    tells: bool = True,
    asked: datetime | None = None,
) -> list[Decided]:
    """What time alone does through `until`: lots run out and periods end, each at its own moment. `tells` and `asked`
    as for `live`."""
    decided: list[Decided] = []
    if quiet(snapshot, until):
        return decided
    told_since = plan.programme.told_since(now)
    due = next_due(plan, snapshot, until, told_since)
    if due is None:
        return decided
    course = _Chain(plan, snapshot, now, budgets, {}, tells, asked or now)
    for _ in range(TIMERS_LIMIT):
        first = Decided(due)
        lived = [first, *course.follow(first, first)]
        if plan.groups is not None:
            lived += course.regroup(plan.groups, lived)
        decided += lived
        due = next_due(plan, snapshot, until, told_since)
        if due is None:
            return decided
    raise OverflowError(f"member {snapshot.member_id} has more than {TIMERS_LIMIT} timers due by {until}")


def catch_up(
    plan: Plan,
    snapshot: Snapshot,
    late: Decided,
    now: datetime,
    budgets: Budgets,
    tells: bool = True,
    asked: datetime | None = None,
) -> list[Decided]:
    """What time has done since to what a late event brought, as far as the member's life is known."""
    known_until = snapshot.totals.last_at
    if known_until is None or known_until <= late.event.time:
        return []
    since = settle(plan, snapshot, known_until, now, budgets, tells, asked)
    if since and tells:
        late.balances = dict(snapshot.balances)
        late.standings = dict(snapshot.standings)
    return since


@dataclass(slots=True)
class _Chain:
    """What follows from what, for one member and the `others` at hand."""

    plan: Plan
    snapshot: Snapshot
    now: datetime
    budgets: Budgets
    others: dict[UUID, Snapshot]
    tells: bool
    asked: datetime

    def follow(self, start: Decided, told: Decided, rules_apply: bool = True) -> list[Decided]:
        """Decide `start`, then what follows from it, breadth first; `told` is the event that is told of it all."""
        caused: list[Decided] = []
        waiting = [start]
        for current in waiting:
            turn = self._turn(current)
            placed = len(turn.snapshot.standings)
            _decide(turn, rules_apply or current is not start)
            if _stirs(turn) or len(turn.snapshot.standings) != placed:
                turn.snapshot.still_until = None
            if self.tells:
                current.records = [effect.record() for effect in turn.effects]
            if current is not told:
                caused.append(current)
                if self.tells:
                    told.follows += [{**record, "event": current.event.type} for record in current.records]
            if turn.derived and current.event.depth < DEPTH_LIMIT:
                waiting += [Decided(event) for event in turn.derived]
        self._begin(start.event)
        if self.tells:
            told.balances = dict(self.snapshot.balances)
            if start.event.type in ASKED and self.snapshot.whole:
                told.held, told.pending = _set_aside(self.snapshot)
            told.standings = dict(self.snapshot.standings)
        return caused

    def regroup(self, groups: Groups, lived: Sequence[Decided], joining: bool = False) -> list[Decided]:
        """Who of these members enters or leaves audiences by what they lived through, and what follows from that."""
        caused: list[Decided] = []
        fresh = lived
        for _ in range(DEPTH_LIMIT):
            followed: list[Decided] = []
            for member_id, some in _by_member(fresh).items():
                whose = self.snapshot if member_id == self.snapshot.member_id else self.others[member_id]
                concerned = groups.everything if joining else _concerned(groups, some)
                if concerned or some[0].event.type == LISTED:
                    followed += self._enter_and_leave(groups, whose, concerned, some[0], lived[0])
            if not followed:
                break
            caused += followed
            fresh, joining = followed, False
        return caused

    def _enter_and_leave(
        self, groups: Groups, whose: Snapshot, concerned: Mask, by: Decided, told: Decided
    ) -> list[Decided]:
        at = max(by.event.time, self.asked)
        zone = self.plan.programme.zone
        listed = by_hand(by.event, whose, groups)
        for audience, _, _ in listed:
            concerned |= groups.after(audience)
        facts = Facts(None, whose, local_day(at, zone), zone, at, {})
        followed: list[Decided] = []
        for audience, enters, why in chain(listed, groups.changes(facts, concerned)):
            effect = AudienceChange(audience, enters, at)
            by.effects.append(effect)
            if self.tells:
                by.records.append(effect.record())
                by.trace.append([BY_AUDIENCE + audience, enters, *why])
            kind = "audience.entered" if enters else "audience.left"
            if kind in self.plan.rules and by.event.depth < DEPTH_LIMIT:
                event = _moved(by.event, kind, audience, whose.member_id)
                followed += self.follow(Decided(event), told)
        return followed

    def _turn(self, current: Decided) -> Turn:
        """The event's turn, of the member whose it is: what it decides is what is decided about the event."""
        event, whose = current.event, self.snapshot
        if event.member_id is not whose.member_id and event.member_id != whose.member_id:
            whose = self.others[event.member_id]
        turn = Turn(self.plan, whose, event, self.now, self.budgets, self.others, self.tells)
        current.effects, current.trace, current.faults = turn.effects, turn.trace, turn.faults
        current.tallied, current.used = turn.tallied, turn.used
        return turn

    def _begin(self, event: Event) -> None:
        """A member stands somewhere on every ladder."""
        standings = self.snapshot.standings
        for ladder in self.plan.programme.ladders:
            if ladder not in standings:
                Turn(self.plan, self.snapshot, event, self.now, self.budgets).standing(ladder)
                self.snapshot.still_until = None


def _stirs(turn: Turn) -> bool:
    """Whether time may have something else to do to levels, plans and entitlements than was known before the turn."""
    if turn.event.type not in CALM or turn.snapshot.redue:
        return True
    return not STIRRING.isdisjoint(map(type, turn.effects))


def _by_member(lived: Iterable[Decided]) -> dict[UUID, list[Decided]]:
    found: dict[UUID, list[Decided]] = {}
    for one in lived:
        found.setdefault(one.event.member_id, []).append(one)
    return found


def _concerned(groups: Groups, lived: Iterable[Decided]) -> Mask:
    """The audiences that what a member lived through may have changed."""
    keys: set[str] = set()
    asked = 0
    for one in lived:
        kind = one.event.type
        if kind in ANEW:
            return groups.everything
        if kind == REVIEWED:
            asked |= groups.of(one.event.data["audiences"])
        for effect in one.effects:
            key = KEYS.get(type(effect))
            if key is not None:
                keys.add(key)
        for cell in one.tallied:
            keys.add(f"tally:{cell[0]}")
    return asked | groups.concerned(frozenset(keys))


def _moved(by: Event, kind: str, audience: str, member_id: UUID) -> Event:
    """The event that a member enters or leaves an audience."""
    key = f"{by.id}:{kind}:{audience}"
    return Event(
        event_id(by.time, RULES, key), RULES, key, kind, member_id, by.time, {"audience": audience}, by.id,
        by.depth + 1,
    )  # fmt: skip


def _set_aside(snapshot: Snapshot) -> tuple[dict[str, int], dict[str, int]]:
    """What is the member's but can't be used now, held and pending, by asset; only what there is."""
    lots = snapshot.lots.items()
    held = {asset: units for asset, some in lots if (units := sum(lot.held for lot in some))}
    pending = {asset: units for asset, some in lots if (units := sum(lot.pending for lot in some))}
    return held, pending


def _decide(turn: Turn, rules_apply: bool) -> None:
    """What the event means, what the rules want, what a return that came before takes back, the ladders."""
    MEANINGS.get(turn.event.type, counted)(turn)
    if rules_apply:
        turn.follow_rules()
    if turn.event.type in STEPS and turn.plan.benefits is not None:
        turn.follow_level()
    if turn.event.type == "order.paid":
        name = (turn.event.source, turn.event.data["order_id"])
        state = turn.snapshot.orders[name]
        if state.refunds or turn.snapshot.draws:
            give_back(turn, name, state)
    elif turn.event.type == "asset.credited" and "order_id" in turn.event.data:
        give_back_credits(turn, (turn.event.data["order_source"], turn.event.data["order_id"]))
    if turn.touched or turn.plan.gated:
        turn.climb()
    if turn.tells and turn.plan.programme.templates:
        _put_in_words(turn)


def _put_in_words(turn: Turn) -> None:
    """What the messages that are wished for may show."""
    wishes = [effect for effect in turn.effects if isinstance(effect, MessageWish)]
    if not wishes:
        return
    context, recommends = message_context(turn), turn.plan.recommends
    for wish in wishes:
        wish.context = context
        if recommends and wish.template in recommends.templates:
            wish.context = {**context, "member": {**context["member"], **recommended(turn)}}
