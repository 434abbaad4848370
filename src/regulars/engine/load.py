"""From the tables to snapshots: one query a room for the whole batch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from regulars.engine.plan import TIMED, Plan
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.rows import Cursor, Question, array, ask, ask_one
from regulars.language.calendar import local_day, period_of
from regulars.language.effects import LevelStep
from regulars.language.events import Event
from regulars.language.snapshot import Lot, OrderState, Snapshot, Standing, Tally, Totals
from regulars.members import service as members
from regulars.tiers import logic as tiers

STANDINGS = """
SELECT member_id, ladder, level, since, until
  FROM tiers_standing WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
BALANCES = (
    "SELECT member_id, asset, balance, earned, earned_on"
    "  FROM ledger_balance WHERE member_id = ANY(%s) AND bucket = ANY(%s)"
)
TOTALS = """
SELECT member_id, orders, spend_minor, refunded_minor, first_at, last_at
  FROM orders_membertotals WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
TALLIES = """
SELECT member_id, name, array_agg(day), array_agg(count), array_agg(total)
  FROM events_tally
 WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s) AND name = ANY(%(names)s)
   AND day >= least(%(first)s::date, (SELECT min(until) - %(window)s::int FROM tiers_standing
                                       WHERE member_id = ANY(%(members)s) AND bucket = ANY(%(buckets)s)))
 GROUP BY member_id, name
"""
COUNTS = """
SELECT member_id, name, sum(count)::bigint
  FROM events_tally WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name = ANY(%s)
 GROUP BY member_id, name
"""
USES = """
SELECT member_id, rule, period, times, units
  FROM campaigns_ruleuse WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND rule = ANY(%s) AND period = ANY(%s)
"""
ALL_USES = """
SELECT member_id, rule, period, times, units
  FROM campaigns_ruleuse WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND rule = ANY(%s)
"""
LOT = "member_id, id, asset, amount, remaining, earned_at, expires_at, expired, reversed"
DUE_LOTS = f"""
SELECT {LOT}
  FROM unnest(%s::uuid[]) AS row(owner)
  JOIN ledger_lot ON member_id = row.owner AND remaining > 0 AND expires_at IS NOT NULL AND expires_at <= %s
"""
OPEN_LOTS = f"SELECT {LOT} FROM ledger_lot WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND remaining <> 0"
ORDER_LOTS = f"""
SELECT {LOT}, row.event_id
  FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[], %s::uuid[]) AS row(owner, shelf, event_id, last)
  JOIN ledger_lot ON member_id = row.owner AND bucket = row.shelf AND id > row.event_id AND id <= row.last
 WHERE amount > 0
"""
ORDERS = """
SELECT known.source, known.order_id, known.member_id, total_minor, refunded_minor, paid_by, paid_at,
       (SELECT array_agg(refund.refund_id) FROM orders_refund AS refund
         WHERE refund.order_id = known.order_id AND refund.source = known.source AND refund.bucket = known.bucket)
  FROM orders_order AS known
  JOIN unnest(%s::text[], %s::text[]) AS row(source, order_id)
    ON known.order_id = row.order_id AND known.source = row.source
"""
STEPS = """
SELECT member_id, ladder, since, before, after, reason, until
  FROM tiers_change WHERE member_id = ANY(%s) AND bucket = ANY(%s)
 ORDER BY since, id
"""

CAUSED = TIMED | {"member.joined"}
"""Types of event that may follow from others, whatever comes in."""

SINGLY = 8
"""So many members' pasts are read one by one in a batch before those of all the others are read together."""

OrderName = tuple[str, str]


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


def order_name(event_type: str, source: str, data: dict[str, Any]) -> OrderName | None:
    """The order that an event speaks of, if it speaks of one by which it counts."""
    if event_type == "order.paid":
        return source, data["order_id"]
    if event_type == "order.refunded":
        return data.get("order_source") or source, data["order_id"]
    return None


class Loader:
    """Fills the snapshots of a batch's members with what its events need, no more.

    `fresh` members were made by this batch and have nothing yet. `until`: time will be settled to there, where
    that is later than the last event.
    """

    def __init__(
        self,
        cursor: Cursor,
        plan: Plan,
        events: Sequence[Event],
        orders: Orders,
        fresh: frozenset[UUID] = frozenset(),
        until: datetime | None = None,
    ) -> None:
        self.cursor = cursor
        self.plan = plan
        self.events = events
        self.orders = orders
        self.fresh = fresh
        self.zone = plan.programme.zone
        self.moments = [event.time for event in events] + ([until] if until else [])
        self.snapshots: dict[UUID, Snapshot] = {}
        self.lots: dict[UUID, Lot] = {}
        self.singly = 0

    def load(self, member_ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
        """Lock these members and read what is needed of them; ids that nobody has are left out."""
        ids = sorted(member_ids)
        known = [member_id for member_id in ids if member_id not in self.fresh]
        readers = self._questions(known) if known else []
        if self.plan.identities:
            readers.append((members.identity_kinds(ids), self._note_identities))
        locked, *answers = ask(self.cursor, [members.lock(ids), *(question for question, _ in readers)])
        for member_id, one in locked.items():
            self.snapshots[member_id] = Snapshot(member_id, one.status, one.profile, one.tags)
        for answer, (_, note) in zip(answers, readers, strict=True):
            note(answer)
        self._note_orders()
        if known:
            self._load_past(
                [snapshot for snapshot in self.snapshots.values() if snapshot.member_id not in self.fresh]
            )
        for member_id in self.fresh.intersection(self.snapshots):
            self.snapshots[member_id].steps = {}
        return self.snapshots

    def _questions(self, known: Sequence[UUID]) -> list[tuple[Question[Any], Callable[[Any], None]]]:
        """What to ask about members who were here before, and where the answers go."""
        plan, whose = (
            self.plan,
            [array(known), array({bucket_of(member_id) for member_id in known})],
        )
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = [
            (_rows(STANDINGS, *whose), self._note_standings),
            (_rows(BALANCES, *whose), self._note_balances),
            (_rows(TOTALS, *whose), self._note_totals),
            (_rows(DUE_LOTS, whose[0], max(self.moments)), self._note_lots),
        ]
        if plan.tallies:
            asked.append((self._tallies(known, plan.tallies), self._note_tallies))
        if plan.counts:
            asked.append((_rows(COUNTS, *whose, array(plan.counts)), self._note_counts))
        return asked + [(question, self._note_uses) for question in self._uses(whose)]

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
        return Question(TALLIES, named, _same)

    def _first_day(self, window: int) -> date:
        """The first day that a window of this batch may look at; period ends that are overdue look back further."""
        if self.plan.window_days is None:
            return date.min
        paid = [state.paid_at for state in self.orders.states.values() if state.paid_at is not None]
        return local_day(min([*self.moments, *paid]), self.zone) - timedelta(days=window)

    def _uses(self, whose: Sequence[str]) -> list[Question[list[Any]]]:
        """What members have had of rules with limits, in the periods that the events fall in.

        Time decides on days of its own, so of rules that may follow from it every period is read.
        """
        rules = [rule for rule in self.plan.programme.rules if rule.limit is not None]
        types = {event.type for event in self.events} | {"member.joined"}
        timed = [rule.id for rule in rules if rule.on in TIMED]
        direct = [rule for rule in rules if rule.on in types and rule.on not in TIMED]
        days = {local_day(event.time, self.zone) for event in self.events}
        periods = {period_of(day, rule.limit.per) for rule in direct for day in days if rule.limit}
        asked = []
        if direct:
            asked.append(_rows(USES, *whose, array(rule.id for rule in direct), array(periods)))
        if timed:
            asked.append(_rows(ALL_USES, *whose, array(timed)))
        return asked

    def _note_standings(self, rows: list[Any]) -> None:
        for member_id, ladder, level, since, until in rows:
            if self._exists(ladder, level):
                self.snapshots[member_id].standings[ladder] = Standing(ladder, level, since, until)

    def _exists(self, ladder: str, level: str) -> bool:
        """Whether the programme in force still has this level: who stands on one that it has not begins anew."""
        known = self.plan.programme.ladders.get(ladder)
        return known is not None and any(one.id == level for one in known.levels)

    def _note_balances(self, rows: list[Any]) -> None:
        for member_id, asset, balance, earned, earned_on in rows:
            snapshot = self.snapshots[member_id]
            snapshot.balances[asset] = balance
            snapshot.credited[asset] = (earned, earned_on)

    def _note_totals(self, rows: list[Any]) -> None:
        for member_id, *values in rows:
            self.snapshots[member_id].totals = Totals(*values)

    def _note_tallies(self, rows: list[Any]) -> None:
        for member_id, name, days, counts, totals in rows:
            cells = zip(counts, totals, strict=True)
            self.snapshots[member_id].add_past(name, dict(zip(days, map(list, cells), strict=True)))

    def _note_counts(self, rows: list[Any]) -> None:
        for member_id, name, count in rows:
            self.snapshots[member_id].counts[name] = count

    def _note_identities(self, kinds: dict[UUID, frozenset[str]]) -> None:
        for member_id, some in kinds.items():
            self.snapshots[member_id].profile.identities = some

    def _note_uses(self, rows: list[Any]) -> None:
        for member_id, rule_id, period, times, units in rows:
            self.snapshots[member_id].uses[rule_id, period] = [times, units]

    def _note_lots(self, rows: list[Any]) -> None:
        for row in rows:
            self._lot(row)

    def _lot(self, row: Sequence[Any]) -> Lot:
        member_id, lot_id, asset = row[0], row[1], row[2]
        lot = self.lots.get(lot_id)
        if lot is None:
            lot = self.lots[lot_id] = Lot(*row[1:9])
            if lot.remaining:
                self.snapshots[member_id].lots.setdefault(asset, []).append(lot)
        return lot

    def _note_order_lots(self, rows: list[Any]) -> None:
        for row in rows:
            self.snapshots[row[0]].earned.setdefault(row[9], []).append(self._lot(row))

    def _note_steps(self, rows: list[Any]) -> None:
        for member_id, ladder, *step in rows:
            steps = self.snapshots[member_id].steps
            assert steps is not None
            one = LevelStep(*step)
            if self._exists(ladder, one.before) and self._exists(ladder, one.after):
                steps.setdefault(ladder, []).append(one)

    def _note_orders(self) -> None:
        for event in self.events:
            name = order_name(event.type, event.source, event.data)
            state = self.orders.states.get(name) if name else None
            if name and state and self.orders.owners[name] == event.member_id:
                self.snapshots[event.member_id].orders[name] = state

    def _load_past(self, known: Sequence[Snapshot]) -> None:
        """What only some need: all open lots where value is taken or owed, what an order earned that may go back,
        and the steps on the ladders where the past may turn out otherwise."""
        asked: list[tuple[Question[Any], Callable[[Any], None]]] = []
        takers = self._takers(known)
        if takers:
            whose = [array(takers), array({bucket_of(member_id) for member_id in takers})]
            asked.append((_rows(OPEN_LOTS, *whose), self._note_lots))
            paid = [
                (member_id, bucket_of(member_id), state.paid_by, UUID(int=state.paid_by.int + CHILDREN - 1))
                for member_id in takers
                for state in self.snapshots[member_id].orders.values()
                if state.paid_by is not None
            ]
            if paid:
                asked.append((_rows(ORDER_LOTS, *map(array, zip(*paid, strict=True))), self._note_order_lots))
        rework = self._rework(known)
        for member_id in rework:
            self.snapshots[member_id].steps = {}
        walking = self._walking(known)
        if walking:
            asked.append((self._tallies(walking, self.plan.ladder_tallies), self._note_tallies))
        if rework:
            whose = [array(rework), array({bucket_of(member_id) for member_id in rework})]
            asked.append((_rows(STEPS, *whose), self._note_steps))
        if asked:
            answers = ask(self.cursor, [question for question, _ in asked])
            for answer, (_, note) in zip(answers, asked, strict=True):
                note(answer)

    def _takers(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members from whom something may be taken, or who owe."""
        taking = {
            event.member_id
            for event in self.events
            if event.type in self.plan.takes_on or event.type == "order.refunded"
        }
        if self.plan.takes_on & CAUSED:
            return [snapshot.member_id for snapshot in known]
        return [
            snapshot.member_id
            for snapshot in known
            if any(balance < 0 for balance in snapshot.balances.values())
            or any(state.refunded_minor for state in snapshot.orders.values())
            or (taking and snapshot.member_id in taking)
        ]

    def _rework(self, known: Sequence[Snapshot]) -> list[UUID]:
        """Members to whom something came late or goes back."""
        first: dict[UUID, date] = {}
        back = set()
        for event in self.events:
            day = local_day(event.time, self.zone)
            first[event.member_id] = min(first.get(event.member_id, day), day)
            if event.type == "order.refunded":
                back.add(event.member_id)
        found = []
        for snapshot in known:
            member_id = snapshot.member_id
            latest = [one.since for one in snapshot.standings.values()]
            latest += [day for _, day in snapshot.credited.values() if day is not None]
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
                snapshot.unread = set(self.plan.ladder_tallies)
                snapshot.past = self._past
        return walking

    def _may_step(self, snapshot: Snapshot, today: date) -> bool:
        for ladder in self.plan.programme.ladders.values():
            standing = snapshot.standings.get(ladder.id) or tiers.start(ladder, today)
            ever, _ = snapshot.credited.get(ladder.asset, (0, None))
            if (standing.until is not None and standing.until < today) or tiers.may_lift(
                ladder, standing, ever
            ):
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
