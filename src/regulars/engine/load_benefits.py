"""What a batch needs to know of its members' entitlements: when time has something to do, and the rows themselves."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.benefits import logic
from regulars.benefits.contracts import Turnover
from regulars.engine.load_sql import EVENT_LOTS
from regulars.engine.plan import Plan
from regulars.engine.reach import RETURNING
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.rows import Cursor, Question, array, ask
from regulars.language.calendar import local_day
from regulars.language.events import Event
from regulars.language.snapshot import USED, Entitlement, Snapshot

DUE = """
SELECT member_id, min(due_at) FROM benefits_entitlement
 WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND due_at IS NOT NULL GROUP BY member_id
"""
HELD = """
SELECT member_id, id, benefit, state, origin, period, granted_at, claim_by, claimed_at, use_by, used_at, ended_at, uses,
       uses_left, units, cost_minor, code, remind_at, renews_at, source_event, claim_event, use_event, stock_day
  FROM benefits_entitlement
 WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s)
   AND (state IN ('granted', 'claimed') OR renews_at IS NOT NULL OR period = ANY(%(turns)s)
        OR starts_with(period, 'level:') OR id = ANY(%(ids)s) OR use_event = ANY(%(events)s)
        OR source_event = ANY(%(events)s))
"""

Asked = tuple[Question[list[Any]], Callable[[list[Any]], None]]


class Held:
    """Reads the entitlements of a batch's members: at once where they are needed, else when deciding asks for them."""

    def __init__(
        self,
        cursor: Cursor,
        plan: Plan,
        events: Sequence[Event],
        moments: Sequence[datetime],
        snapshots: dict[UUID, Snapshot],
        note_lots: Callable[[list[Any]], None],
    ) -> None:
        self.cursor = cursor
        self.plan = plan
        self.events = events
        self.moments = moments
        self.snapshots = snapshots
        self.note_lots = note_lots

    def question(self, known: Sequence[UUID]) -> Asked:
        """When time has something to do for these members."""
        whose = [array(known), array({bucket_of(member_id) for member_id in known})]
        return Question(DUE, whose, lambda rows: rows), self._note_due

    def _note_due(self, rows: list[Any]) -> None:
        for member_id, due_at in rows:
            self.snapshots[member_id].held_due = due_at

    def load(self, known: Sequence[Snapshot]) -> None:
        """The rows of those who need them for sure; the others' are read when they are asked for."""
        until = max(self.moments)
        planned = self.plan.benefits
        named = {
            event.member_id
            for event in self.events
            if event.type.startswith("benefit.") or (event.type in RETURNING and planned and planned.returns)
        }
        wanted = []
        for snapshot in known:
            due = snapshot.held_due is not None and snapshot.held_due <= until
            if due or snapshot.member_id in named or (planned is not None and planned.reads):
                wanted.append(snapshot.member_id)
            else:
                snapshot.read_held = self._read_one
        if not wanted:
            return
        for member_id, rows in self._read(wanted).items():
            self.snapshots[member_id].held = rows
        if named:
            self._load_lots(named & set(wanted))

    def _read_one(self, member_id: UUID) -> dict[UUID, Entitlement]:
        """One member's, in the middle of deciding; where one needs them others of the batch soon will."""
        others = [one.member_id for one in self.snapshots.values() if one.held is None and one.read_held]
        found = self._read([member_id, *(other for other in others if other != member_id)])
        for other in others:
            if other != member_id:
                self.snapshots[other].held = found[other]
        return found[member_id]

    def _read(self, whose: Sequence[UUID]) -> dict[UUID, dict[UUID, Entitlement]]:
        names = {
            "members": array(whose),
            "buckets": array({bucket_of(member_id) for member_id in whose}),
            "turns": array(self._turns()),
            "ids": array({event.data["entitlement"] for event in self.events if "entitlement" in event.data}),
            "events": array(self._named()),
        }
        (rows,) = ask(self.cursor, [Question(HELD, names, lambda found: found)])
        found: dict[UUID, dict[UUID, Entitlement]] = {member_id: {} for member_id in whose}
        for member_id, *columns in rows:
            one = Entitlement(*columns)
            found[member_id][one.id] = one
        return found

    def _turns(self) -> set[str]:
        """The turns that the batch's moments are in."""
        days: set[date] = {local_day(moment, self.plan.programme.zone) for moment in self.moments}
        calendar = [per for per in Turnover if per is not Turnover.PERIOD]
        return {logic.turn_of(per, day, None) for day in days for per in calendar}

    def _named(self) -> set[str]:
        """Events that the batch speaks of: uses that are undone, orders that go back."""
        events = {
            event.data["operation"]
            for event in self.events
            if event.type == "benefit.restored" and "operation" in event.data
        }
        for snapshot in self.snapshots.values():
            events |= {str(state.paid_by) for state in snapshot.orders.values() if state.paid_by is not None}
        return events

    def _load_lots(self, whose: Iterable[UUID]) -> None:
        """What claiming credited, where it may be taken back."""
        ranges = [
            (member_id, bucket_of(member_id), row.claim_event, UUID(int=row.claim_event.int + CHILDREN - 1))
            for member_id in whose
            for row in self.snapshots[member_id].entitlements().values()
            if row.units and row.state == USED and row.claim_event is not None
        ]
        if ranges:
            columns = [array(column) for column in zip(*ranges, strict=True)]
            (rows,) = ask(self.cursor, [Question(EVENT_LOTS, columns, lambda found: found)])
            self.note_lots(rows)
