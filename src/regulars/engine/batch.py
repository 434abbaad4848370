"""One batch, one transaction: record, resolve, load, decide, apply."""

import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.utils import OperationalError

from regulars.campaigns import service as campaigns
from regulars.campaigns.contracts import Fault
from regulars.campaigns.logic import Budgets
from regulars.engine.apply import apply
from regulars.engine.contracts import (
    Incoming,
    Outcome,
    Rejected,
    key_conflict,
    tier_records,
    unknown_member,
)
from regulars.engine.decide import Decided, catch_up, live, settle
from regulars.engine.load import Loader, Orders, read_orders
from regulars.engine.plan import Plan
from regulars.engine.reach import BETWEEN, OrderName, order_name, other_member
from regulars.engine.ready import Ready, note, ready_plan, ready_question, ready_to_run, share_question
from regulars.engine.resolve import Resolver
from regulars.events import service as events
from regulars.events.service import Known
from regulars.kit import clock, ids, lines, rows
from regulars.kit.metrics import observe_batch
from regulars.kit.rows import Cursor
from regulars.language.calendar import local_day, period_of
from regulars.language.effects import Credit, Give, Movement, Take
from regulars.language.events import Event
from regulars.language.snapshot import Snapshot
from regulars.members import service as members
from regulars.members.contracts import MERGED
from regulars.members.queries import existing
from regulars.programme.service import NotPublished

ANSWERED = frozenset({"order", "profile"})
"""Kinds of effect that only repeat the event and are not told again."""


class Parts:
    """Where a batch's time goes: seconds by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def done(self, part: str) -> None:
        moment = time.perf_counter()
        self.seconds[part] = self.seconds.get(part, 0.0) + moment - self._last
        self._last = moment


NONE_FAILING: Mapping[str, str] = {}


def process(
    batch: Sequence[Incoming], wait: bool = True, failing: Mapping[str, str] = NONE_FAILING
) -> list[Outcome | None]:
    """Take a batch in one transaction; the outcomes in the batch's order. Raises NotPublished.

    An event that can't be taken is rejected by itself; whatever else is raised undoes the whole batch. Without
    `wait`, events of members whom another batch has in hand are left for later: they have no outcome, and nothing of
    them stays. `failing`: rules that broke off on these events, with what went wrong: they are left out and noted.
    """
    parts = Parts()
    with lines.borrowed(), transaction.atomic(), rows.cursor() as cursor:
        outcomes = _Batch(cursor, batch, parts, wait=wait, failing=failing).run()
    parts.done("commit")
    observe_batch(sum(outcome is not None for outcome in outcomes), parts.seconds)
    return outcomes


def rehearse(batch: Sequence[Incoming], failing: Mapping[str, str] = NONE_FAILING) -> list[Outcome | None]:
    """What would become of a batch now: it is decided, and nothing is written. Raises NotPublished."""
    with lines.borrowed(), transaction.atomic(), rows.cursor() as cursor:
        outcomes = _Batch(cursor, batch, Parts(), writes=False, failing=failing).run()
        transaction.set_rollback(True)
    return outcomes


def settle_members(
    member_ids: Sequence[UUID], until: datetime, failing: Mapping[str, str] = NONE_FAILING
) -> int:
    """Do what time alone has to do for these members through `until`; how many events that were. `failing` as for
    `process`."""
    with lines.borrowed(), transaction.atomic(), rows.cursor() as cursor:
        in_force = ready_to_run(cursor)
        ready = ready_plan(in_force, failing)
        snapshots = Loader(cursor, ready, [], Orders(), until=until).load(member_ids)
        budgets = campaigns.lock_budgets(cursor, [])
        now = clock.now()
        decided = [
            one
            for member_id in sorted(snapshots)
            for one in settle(ready, snapshots[member_id], until, now, budgets)
        ]
        with cursor.gather():
            apply(cursor, decided, snapshots, {}, budgets, ready.programme.number, now)
        note(cursor, in_force, _faults(decided, failing), decided, now)
    return len(decided)


def _faults(decided: Sequence[Decided], failing: Mapping[str, str]) -> list[Fault]:
    """The rules that failed, those included for which the events were decided anew."""
    found = [
        Fault(rule, error, one.event.id, one.event.member_id) for one in decided for rule, error in one.faults
    ]
    if decided:
        first = decided[0].event
        found += [Fault(rule, error, first.id, first.member_id) for rule, error in failing.items()]
    return found


def name_number(*parts: str) -> int:
    """A 64-bit number for a name, the same in every process."""
    digest = blake2b("\x00".join(parts).encode(), digest_size=8).digest()
    return int(struct.unpack("q", digest)[0])


class _Batch:
    """The way of one batch through the engine. Positions are those in the batch."""

    def __init__(
        self,
        cursor: Cursor,
        batch: Sequence[Incoming],
        parts: Parts,
        writes: bool = True,
        wait: bool = True,
        failing: Mapping[str, str] = NONE_FAILING,
    ) -> None:
        self.cursor = cursor
        self.failing = failing
        self.in_force = Ready()
        self.batch = batch
        self.parts = parts
        self.writes = writes
        self.wait = wait or any(one.type in BETWEEN for one in batch)
        self.now = clock.now()
        self.outcomes: dict[int, Outcome] = {}
        self.roots: dict[UUID, UUID] = {}
        """Members whom events name by their ids, and who each of them is now."""
        self.twins: list[tuple[int, int]] = []
        """Positions of events that stand in the batch twice, and where they stand first."""

    def run(self) -> list[Outcome | None]:
        """The outcomes, one for each event, in order; None where the event is left for later."""
        self.in_force, before, found, orders, there = self._look()
        if not self.in_force.number:
            raise NotPublished
        left = self._record(before)
        self.parts.done("record")
        self.roots = there
        resolver = Resolver(self.cursor, self.batch, orders, found, there, self._reject, self.now)
        owners = resolver.resolve(left)
        self.parts.done("resolve")
        work = self._events(owners.owner)
        if work:
            ready = ready_plan(self.in_force, self.failing)
            self._live(ready, work, orders, owners.fresh)
            resolver.forget(owners, {position for position, _ in work if self._leaves_nothing(position)})
        for position, first in self.twins:
            if first in self.outcomes:
                self.outcomes[position] = self._twin(position, first)
        return [self.outcomes.get(position) for position in range(len(self.batch))]

    def _leaves_nothing(self, position: int) -> bool:
        outcome = self.outcomes.get(position)
        return outcome is None or outcome.status == "rejected"

    def _look(self) -> list[Any]:
        """Lock the events' names and see what is known of them: the version in force, events of these names,
        members of these identities, orders of these names, which members of these ids there are."""
        names = [self._order(position) for position in range(len(self.batch))]
        numbers = [name_number(one.source, one.key) for one in self.batch]
        numbers += [name_number("order", *name) for name in names if name]
        questions: list[rows.Question[Any]] = [
            share_question(),
            ready_question(),
            events.lock_names(numbers),
            events.known([(one.source, one.key) for one in self.batch]),
            members.find(identity for one in self.batch for identity in one.identities),
            read_orders(name for name in names if name),
        ]
        asked = {one.member_id for one in self.batch if one.member_id is not None}
        asked |= {UUID(one.data["to"]) for one in self.batch if one.type in BETWEEN}
        if asked:
            questions.append(existing(asked))
        _, in_force, _, *known = rows.ask(self.cursor, questions)
        return [in_force, *known] if asked else [in_force, *known, {}]

    def _record(self, before: dict[tuple[str, str], Known]) -> list[int]:
        """Answer the events that were taken before. The positions left to be taken."""
        first: dict[tuple[str, str], int] = {}
        left = []
        for position, one in enumerate(self.batch):
            name = (one.source, one.key)
            if name in before:
                self.outcomes[position] = again(one, before[name])
            elif first.setdefault(name, position) != position:
                self.twins.append((position, first[name]))
            else:
                left.append(position)
        return left

    def _order(self, position: int) -> OrderName | None:
        one = self.batch[position]
        return order_name(one.type, one.source, one.data)

    def _reject(self, position: int, error: Rejected) -> None:
        self.outcomes[position] = Outcome(self.batch[position].key, "rejected", error=error)

    def _twin(self, position: int, first: int) -> Outcome:
        """The same event a second time in one batch: as if it had come later."""
        one, told = self.batch[position], self.outcomes[first]
        if told.status == "rejected":
            return replace(told)
        before = self.batch[first]
        if one.digest != before.digest or one.data != before.data:
            return Outcome(one.key, "rejected", error=key_conflict())
        return replace(told, status="duplicate")

    def _events(self, owner: dict[int, UUID]) -> list[tuple[int, Event]]:
        """The events in the order in which they happened."""
        found = [
            (
                position,
                Event(
                    ids.event_id(one.time, one.source, one.key),
                    one.source,
                    one.key,
                    one.type,
                    owner[position],
                    one.time,
                    one.data,
                ),
            )
            for position, one in enumerate(self.batch)
            if position in owner
        ]
        return sorted(found, key=lambda pair: pair[1].time)

    def _live(self, ready: Plan, work: list[tuple[int, Event]], orders: Orders, fresh: set[UUID]) -> None:
        happened = [event for _, event in work]
        loader = Loader(
            self.cursor, ready, happened, orders, frozenset(fresh), wait=self.wait, roots=self.roots
        )
        snapshots = loader.load({event.member_id for _, event in work})
        if any(snapshot.status == MERGED for snapshot in snapshots.values()):
            # Whose these events are was looked up before the merge: look again, as if this had come after it.
            raise OperationalError("a member was merged into another one meanwhile")
        named = {one: snapshots[root] for one, root in self.roots.items() if root in snapshots}
        at_hand = {**snapshots, **named}
        budgets = self._budgets(ready, work, snapshots)
        self.parts.done("load")
        decided: list[Decided] = []
        sent: dict[UUID, Incoming] = {}
        for position, event in work:
            snapshot = snapshots.get(event.member_id)
            if snapshot is None:
                if self.wait:
                    self._reject(position, unknown_member())
                continue
            decided += settle(ready, snapshot, event.time, self.now, budgets)
            other = at_hand.get(other_member(event) or event.member_id)
            if other is not None and other is not snapshot:
                decided += settle(ready, other, event.time, self.now, budgets)
            try:
                lived = live(ready, snapshot, event, self.now, budgets, event.member_id in fresh, at_hand)
            except Rejected as error:
                self._reject(position, error)
                continue
            fresh.discard(event.member_id)
            decided += lived + catch_up(ready, snapshot, lived[0], self.now, budgets)
            sent[event.id] = self.batch[position]
            self.outcomes[position] = told_outcome(lived[0], ready.programme.number)
            if not self.writes:
                self.outcomes[position].moves = _moves(lived)
        self.parts.done("decide")
        if not self.writes:
            return
        with self.cursor.gather():
            apply(self.cursor, decided, snapshots, sent, budgets, ready.programme.number, self.now)
        note(self.cursor, self.in_force, _faults(decided, self.failing), decided, self.now)
        self.parts.done("apply")

    def _budgets(
        self, ready: Plan, work: list[tuple[int, Event]], snapshots: dict[UUID, Snapshot]
    ) -> Budgets:
        """The budgets that these events may draw on, or give back to, locked."""
        zone = ready.programme.zone
        drawn = {
            (pot.name, period_of(day, pot.per))
            for _, event in work
            if event.type in ready.budgeted and event.member_id in snapshots
            for day in (local_day(event.time, zone),)
            for planned in ready.asked(event, day, snapshots[event.member_id])
            for pot in planned.pots
        }
        if ready.benefits is not None:
            drawn |= {
                (pot.name, period_of(local_day(event.time, zone), pot.per))
                for _, event in work
                if event.type.startswith("benefit.")
                for benefit in [event.data.get("benefit", ""), *event.data.get("benefits", ())]
                for pot in ready.benefits.pots.get(benefit, ())
            }
        back = {
            (pot.name, period_of(local_day(lot.earned_at, zone), pot.per))
            for snapshot in snapshots.values()
            for lots in snapshot.earned.values()
            for lot in lots
            if lot.rule in ready.by_id
            for pot in ready.by_id[lot.rule].pots
        }
        return campaigns.lock_budgets(self.cursor, drawn | back)


def _moves(lived: Sequence[Decided]) -> list[Movement]:
    """What the first event and what follows from it move of its member's value."""
    whose = lived[0].event.member_id
    return [
        effect
        for one in lived
        if one.event.member_id == whose
        for effect in one.effects
        if isinstance(effect, Credit | Take | Give)
    ]


def _told(records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["kind"] not in ANSWERED]


def told_outcome(first: Decided, version: int) -> Outcome:
    """What the caller is told of an event that was decided."""
    return Outcome(
        first.event.key,
        "processed",
        first.event.member_id,
        _told([*first.records, *first.follows]),
        first.balances,
        tier_records(first.standings),
        version,
        event_id=first.event.id,
        held=first.held,
        pending=first.pending,
    )


def again(one: Incoming, before: Known) -> Outcome:
    """The first result again, unless it is another event under the same name."""
    if before.digest != one.digest or before.data != one.data:
        return Outcome(one.key, "rejected", error=key_conflict())
    outcome = before.outcome
    return Outcome(
        one.key,
        "duplicate",
        before.member_id,
        _told([*before.effects, *outcome.get("follows", ())]),
        outcome.get("balances", {}),
        outcome.get("tiers", {}),
        before.version,
        event_id=before.id,
        held=outcome.get("held", {}),
        pending=outcome.get("pending", {}),
    )
