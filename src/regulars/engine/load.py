"""From the tables to snapshots: one query a room for the whole batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from regulars.engine.load_audiences import of_audiences
from regulars.engine.load_benefits import Held
from regulars.engine.load_sql import (
    ALL_USES,
    BALANCES,
    COUNTS,
    EVENT_DRAWS,
    EVENT_LOTS,
    LOTS_BY_ID,
    OPEN_DRAWS,
    OPEN_LOTS,
    ORDER_DRAWS,
    ORDER_LOTS,
    ORDERS,
    PLAN_ACTS,
    RECOMMENDATIONS,
    SCORES,
    STANDINGS,
    STEPS,
    SUBSCRIPTIONS,
    TALLIES,
    TALLIES_DAILY,
    TOPUPS,
    TOTALS,
    USES,
)
from regulars.engine.merged import lots_named, operations_named
from regulars.engine.notebook import Notebook
from regulars.engine.plan import PLAN_EVENTS, Plan, cap_name, money_name
from regulars.engine.reach import (
    CAUSED,
    DAILY,
    JOINED,
    OPERATING,
    REWRITING,
    TAKING,
    OrderName,
    order_name,
    other_member,
    topup_name,
)
from regulars.kit import clock
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.rows import Cursor, Question, array, ask, ask_one
from regulars.language.calendar import Per, local_day, period_of
from regulars.language.events import Event
from regulars.language.snapshot import OrderState, Snapshot, Tally
from regulars.members import service as members
from regulars.tiers import logic as tiers

SINGLY = 8
"""So many members' pasts are read one by one in a batch before those of all the others are read together."""

CAP_PERIODS = (Per.DAY, Per.MONTH, Per.LIFETIME)


@dataclass(slots=True)
class Orders:
    """The orders that a batch speaks of: by name, whose they are and how they stand."""

    owners: dict[OrderName, UUID] = field(default_factory=dict)
    states: dict[OrderName, OrderState] = field(default_factory=dict)


def read_orders(names: Iterable[OrderName]) -> Question[Orders]:
    """How the orders named (source, order id) stand, whoever's they are, with the refunds they had."""

    def read(rows: list[Any]) -> Orders:
        orders = Orders()
        for source, order_id, member_id, total, refunded, paid_by, paid_at, refunds in rows:
            orders.owners[source, order_id] = member_id
            orders.states[source, order_id] = OrderState(
                total, refunded, paid_by, paid_at, set(refunds or ())
            )
        return orders

    wanted = list(set(names))
    columns = [
        array((source for source, _ in wanted)),
        array((order_id for _, order_id in wanted)),
    ]
    return Question(ORDERS, columns, read)


class Loader(Notebook):
    """Fills the snapshots of a batch's members with what its events need, no more.

    `fresh` members were made by this batch and have nothing yet. `until`: time will be settled to there, where
    that is later than the last event. Without `wait`, members whom others have locked are left out. `roots`: who
    members named by their ids are now.
    """

    def __init__(
        self,
        cursor: Cursor,
        plan: Plan,
        events: Sequence[Event],
        orders: Orders,
        fresh: frozenset[UUID] = frozenset(),
        until: datetime | None = None,
        wait: bool = True,
        roots: Mapping[UUID, UUID] = MappingProxyType({}),
    ) -> None:
        super().__init__(plan)
        self.cursor = cursor
        self.events = events
        self.orders = orders
        self.fresh = fresh
        self.wait = wait
        self.zone = plan.programme.zone
        self.moments = [event.time for event in events] + ([until] if until else [])
        self.singly = 0
        self.others = {
            roots.get(other, other) for event in events if (other := other_member(event)) is not None
        }
        self.held: Held | None = None
        if plan.benefits is not None or until is not None:
            self.held = Held(cursor, plan, events, self.moments, self.snapshots, self.note_event_lots)
        self.orders_of: dict[UUID, set[OrderName]] = {}
        for event in events:
            name = order_name(event.type, event.source, event.data)
            if name:
                self.orders_of.setdefault(event.member_id, set()).add(name)
        self.taking = self.others | {
            event.member_id for event in events if event.type in TAKING or event.type in plan.takes_on
        }
        """Members of whom all that is open is needed, by the events alone."""

    def load(self, member_ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
        """Lock these members and read what is needed of them; ids that nobody has are left out.

        What the answers say of members who were not locked is thrown away: they may be changing.
        """
        ids = sorted({*member_ids, *self.others})
        known = [member_id for member_id in ids if member_id not in self.fresh]
        readers = self._questions(known) if known else []
        if self.plan.identities:
            readers.append((members.identity_kinds(ids), self.note_identities))
        locked, *answers = ask(
            self.cursor, [members.lock(ids, self.wait), *(question for question, _ in readers)]
        )
        for member_id, one in locked.items():
            self.snapshots[member_id] = Snapshot(member_id, one.status, one.profile, one.tags)
        others = [member_id for member_id in ids if member_id not in locked]
        for member_id in others:
            self.snapshots[member_id] = Snapshot(member_id)
        for answer, (_, note) in zip(answers, readers, strict=True):
            note(answer)
        self._note_orders()
        for member_id in others:
            del self.snapshots[member_id]
        if known:
            here = [one for one in self.snapshots.values() if one.member_id not in self.fresh]
            self._load_past(here)
            if self.held is not None:
                self.held.load(here)
        for member_id in self.fresh.intersection(self.snapshots):
            self.snapshots[member_id].steps = {}
            self.snapshots[member_id].plan_acts = []
            self.snapshots[member_id].whole = True
        return self.snapshots

    def _questions(self, known: Sequence[UUID]) -> list[tuple[Question[Any], Callable[[Any], None]]]:
        """What to ask about members who were here before, and where the answers go."""
        plan, whose = (
            self.plan,
            [array(known), array({bucket_of(member_id) for member_id in known})],
        )
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = [
            (_rows(STANDINGS, *whose), self.note_standings),
            (_rows(BALANCES, *whose), self.note_balances),
            (_rows(TOTALS, *whose), self.note_totals),
        ]
        if self.held is not None:
            asked.append(self.held.question(known))
        taking = [member_id for member_id in known if member_id in self.taking]
        if taking:
            asked += self._value_questions(taking)
        if plan.tallies:
            asked.append((self._tallies(known, plan.tallies), self.note_tallies))
        if plan.programme.plans:
            asked.append((_rows(SUBSCRIPTIONS, *whose), self.note_plans))
        if plan.groups is not None:
            today = local_day(max([clock.now(), *self.moments]), self.zone)
            asked += of_audiences(plan, known, today, self.snapshots, self._past)
        if plan.counts:
            asked.append((_rows(COUNTS, *whose, array(plan.counts)), self.note_counts))
        if plan.scores:
            asked.append((_rows(SCORES, *whose, array(plan.scores)), self.note_scores))
        if plan.recommends and plan.recommends.may_follow(event.type for event in self.events):
            asked.append((_rows(RECOMMENDATIONS, *whose), self.note_recommendations))
        topups = {(event.member_id, *name) for event in self.events if (name := topup_name(event))}
        if topups:
            asked.append((_rows(TOPUPS, *_names(topups)), self.note_topups))
        return asked + [(question, self.note_uses) for question in self._uses(whose)]

    def _tallies(self, whose: Iterable[UUID], names: Iterable[str]) -> Question[list[Any]]:
        """What these members did by days, as far back as a window may look."""
        ids = list(whose)
        window = (self.plan.window_days or 0) + 1
        named = {
            "members": array(ids),
            "buckets": array({bucket_of(member_id) for member_id in ids}),
            "names": array(names),
            "first": self._first_day(window),
            "window": window,
        }
        return Question(TALLIES_DAILY if self.plan.daily else TALLIES, named, _same)

    def _first_day(self, window: int) -> date:
        """The first day that a window of this batch may look at; period ends that are overdue look back further."""
        if self.plan.window_days is None:
            return date.min
        paid = [state.paid_at for state in self.orders.states.values() if state.paid_at is not None]
        return local_day(min([*self.moments, *paid]), self.zone) - timedelta(days=window)

    def _uses(self, whose: Sequence[str]) -> list[Question[list[Any]]]:
        """What members have had of rules with limits, in the periods that the events fall in.

        Time decides on days of its own, so of rules on what may follow from it, or from another event, every period is
        read.
        """
        programme, days = self.plan.programme, {local_day(event.time, self.zone) for event in self.events}
        types = {event.type for event in self.events} | {JOINED}
        names: set[str] = set()
        periods: set[str] = set()
        timed = []
        for rule in programme.rules:
            if rule.limit is None:
                continue
            counted = [rule.id, money_name(rule.id)] if rule.limit.money_minor else [rule.id]
            if rule.on in CAUSED and rule.on != JOINED:
                timed += counted
            elif rule.on in types:
                names.update(counted)
                periods.update(period_of(day, rule.limit.per) for day in days)
        if self.plan.capped:
            names.update(cap_name(asset_id) for asset_id in self.plan.capped)
            periods.update(period_of(day, per) for day in days for per in CAP_PERIODS)
        daily = {
            event.data.get("conversion") or event.data["asset"]
            for event in self.events
            if event.type in DAILY
        }
        if daily:
            names.update(f"{kind}:{one}" for one in daily for kind in ("conversion", "gift"))
            periods.update(period_of(day, Per.DAY) for day in days)
        asked = []
        if names:
            asked.append(_rows(USES, *whose, array(names), array(periods)))
        if timed:
            asked.append(_rows(ALL_USES, *whose, array(timed)))
        return asked

    def _note_orders(self) -> None:
        for member_id, names in self.orders_of.items():
            for name in names:
                state = self.orders.states.get(name)
                if state and self.orders.owners[name] == member_id:
                    self.snapshots[member_id].orders[name] = state

    def _load_past(self, known: Sequence[Snapshot]) -> None:
        """What only some need: all open lots where value is taken or owed, what an order earned that may go back,
        and the steps on the ladders where the past may turn out otherwise."""
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = []
        takers = self._takers(known)
        more = [member_id for member_id in takers if member_id not in self.taking]
        if more:
            asked += self._value_questions(more)
        rework = self._rework(known)
        for member_id in rework:
            self.snapshots[member_id].steps = {}
        walking = self._walking(known)
        if walking:
            asked.append((self._tallies(walking, self.plan.ladder_tallies), self.note_tallies))
        if rework:
            whose = [array(rework), array({bucket_of(member_id) for member_id in rework})]
            asked.append((_rows(STEPS, *whose), self.note_steps))
        planning = self._planning(known) if self.plan.programme.plans else []
        for member_id in planning:
            self.snapshots[member_id].plan_acts = []
        if planning:
            whose = [array(planning), array({bucket_of(member_id) for member_id in planning})]
            asked.append((_rows(PLAN_ACTS, *whose), self.note_plan_acts))
        self._ask(asked)
        for member_id in takers:
            self.snapshots[member_id].whole = True
        self._load_parts(takers)

    def _ask(self, asked: Sequence[tuple[Question[Any], Callable[[Any], None]]]) -> None:
        if asked:
            answers = ask(self.cursor, [question for question, _ in asked])
            for answer, (_, note) in zip(answers, asked, strict=True):
                note(answer)

    def _value_questions(self, takers: Sequence[UUID]) -> list[tuple[Question[Any], Callable[[Any], None]]]:
        """All that is open of these members, and what the events may undo: what orders and operations brought and
        took, and top-ups."""
        whose = [array(takers), array({bucket_of(member_id) for member_id in takers})]
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = [
            (_rows(OPEN_LOTS, *whose), self.note_lots),
            (_rows(OPEN_DRAWS, *whose), self.note_draws),
        ]
        inside = set(takers)
        paid = {
            (member_id, state.paid_by)
            for member_id in takers
            for name in self.orders_of.get(member_id, ())
            if (state := self.orders.states.get(name)) is not None and state.paid_by is not None
        }
        named = {
            (event.member_id, UUID(event.data["operation"]))
            for event in self.events
            if event.type in OPERATING and event.member_id in inside
        }
        named |= {
            (event.member_id, operation)
            for event in self.events
            if event.member_id in inside
            for operation in operations_named(event)
        }
        if paid or named:
            asked.append((_rows(EVENT_LOTS, *_ranges(paid | named)), self.note_event_lots))
        if named:
            asked.append((_rows(EVENT_DRAWS, *_ranges(named)), self.note_draws))
        orders = {(member_id, *name) for member_id in takers for name in self.orders_of.get(member_id, ())}
        if orders:
            asked.append((_rows(ORDER_DRAWS, *_names(orders)), self.note_draws))
            asked.append((_rows(ORDER_LOTS, *_names(orders)), self.note_order_lots))
        return asked

    def _load_parts(self, takers: Sequence[UUID]) -> None:
        """Lots that draws came from, and those of top-ups, where they are not at hand yet."""
        wanted = {
            (member_id, part.lot_id)
            for member_id in takers
            for draw in self.snapshots[member_id].draws.values()
            for part in draw.parts
            if part.lot_id not in self.lots
        }
        for event in self.events:
            if event.member_id in self.snapshots:
                wanted |= {(event.member_id, lot) for lot in lots_named(event) if lot not in self.lots}
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = []
        if wanted:
            columns = [(member_id, bucket_of(member_id), lot_id) for member_id, lot_id in wanted]
            asked.append((_rows(LOTS_BY_ID, *map(array, zip(*columns, strict=True))), self.note_lots))
        topups = {
            (member_id, state.event_id)
            for member_id in takers
            for state in self.snapshots[member_id].topups.values()
        }
        if topups:
            asked.append((_rows(EVENT_LOTS, *_ranges(topups)), self.note_event_lots))
        self._ask(asked)

    def _planning(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members whose plans may change: something is done about them, or time has something to do."""
        until = max(self.moments)
        told = {event.member_id for event in self.events if event.type.startswith(PLAN_EVENTS)}
        return [
            snapshot.member_id
            for snapshot in known
            if snapshot.member_id in told
            or any(one.due_at is not None and one.due_at <= until for one in snapshot.plans.values())
        ]

    def _takers(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members from whom something may be taken or to whom something may come back, who owe, or for whom time has
        something to do."""
        if self.plan.takes_on & CAUSED:
            return [snapshot.member_id for snapshot in known]
        until, together = max(self.moments), self.plan.together
        return [
            snapshot.member_id
            for snapshot in known
            if any(balance < 0 for balance in snapshot.balances.values())
            or any(due.at is not None and due.at <= until for due in snapshot.due.values())
            or any(state.refunds for state in snapshot.orders.values())
            or not together.isdisjoint(snapshot.balances)
            or snapshot.member_id in self.taking
        ]

    def _rework(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members to whom something came late or goes back."""
        first: dict[UUID, date] = {}
        back = set()
        for event in self.events:
            day = local_day(event.time, self.zone)
            first[event.member_id] = min(first.get(event.member_id, day), day)
            if event.type in REWRITING:
                back.add(event.member_id)
        found = []
        for snapshot in known:
            member_id = snapshot.member_id
            latest = [one.since for one in snapshot.standings.values()]
            latest += [day for _, day in snapshot.credited.values() if day is not None]
            latest += [max(snapshot.tallies.get(name, ()), default=date.min) for name in self.plan.ranked]
            if snapshot.totals.last_at is not None:  # to there time is caught up after a late event
                latest.append(local_day(snapshot.totals.last_at, self.zone))
            late = max(latest, default=date.min) > first.get(member_id, date.max)
            if late or member_id in back or snapshot.orders or self.plan.late_growth:
                found.append(member_id)
        return found

    def _walking(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members who may take a step on a ladder, so that what they earned by days is read. Where others come to
        one after all, by what this batch brings, it is read then."""
        if not self.plan.ladder_tallies:
            return []
        today = local_day(max(self.moments), self.zone)
        walking = []
        for snapshot in known:
            if snapshot.steps is not None or self._may_step(snapshot, today):
                walking.append(snapshot.member_id)
            else:
                snapshot.unread |= self.plan.ladder_tallies
                snapshot.past = self._past
        return walking

    def _may_step(self, snapshot: Snapshot, today: date) -> bool:
        for ladder in self.plan.programme.ladders.values():
            standing = snapshot.standings.get(ladder.id) or tiers.start(ladder, today)
            if tiers.is_due(standing, today) or standing.grace is not None:
                return True
            if ladder.id in self.plan.plain and tiers.may_lift(ladder, standing, snapshot.ever(ladder.asset)):
                return True
        return False

    def _past(self, member_id: UUID, name: str) -> Tally:
        """One member's tally, read in the middle of deciding; where many come to need theirs, everybody's at once."""
        self.singly += 1
        others = [snapshot for snapshot in self.snapshots.values() if name in snapshot.unread]
        if self.singly <= SINGLY:
            others = []
        whose = [member_id, *(snapshot.member_id for snapshot in others)]
        found: dict[UUID, Tally] = {
            owner: dict(zip(days, map(list, zip(counts, totals, strict=True)), strict=True))
            for owner, _, days, counts, totals in ask_one(self.cursor, self._tallies(whose, [name]))
        }
        for snapshot in others:
            snapshot.unread.discard(name)
            snapshot.add_past(name, found.get(snapshot.member_id, {}))
        return found.get(member_id, {})


def _same(rows: list[Any]) -> list[Any]:
    return rows


def _rows(sql: str, *params: Any) -> Question[list[Any]]:
    return Question(sql, params, _same)


def _ranges(named: Iterable[tuple[UUID, UUID]]) -> list[str]:
    """(member, event) → the columns of a question about all that these events brought."""
    rows = [
        (member_id, bucket_of(member_id), event_id, UUID(int=event_id.int + CHILDREN - 1))
        for member_id, event_id in named
    ]
    return [array(column) for column in zip(*rows, strict=True)]


def _names(named: Iterable[tuple[UUID, str, str]]) -> list[str]:
    """(member, source, name) → the columns of a question about things of these names."""
    rows = [(member_id, bucket_of(member_id), source, name) for member_id, source, name in named]
    return [array(column) for column in zip(*rows, strict=True)]
