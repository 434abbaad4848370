"""From the tables to snapshots: one query a room for the whole batch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID


from regulars.engine.plan import Plan
from regulars.kit.ids import CHILDREN, bucket_of
from regulars.kit.rows import Cursor, array, uuids
from regulars.language.calendar import local_day, period_of
from regulars.language.effects import LevelStep
from regulars.language.events import Event
from regulars.language.snapshot import Lot, OrderState, Snapshot, Standing, Totals
from regulars.members import service as members

STANDINGS = "SELECT member_id, ladder, level, since, until FROM tiers_standing WHERE member_id = ANY(%s) AND bucket = ANY(%s)"
BALANCES = "SELECT member_id, asset, balance FROM ledger_balance WHERE member_id = ANY(%s) AND bucket = ANY(%s)"
TOTALS = """
SELECT member_id, orders, spend_minor, refunded_minor, first_at, last_at
  FROM orders_membertotals WHERE member_id = ANY(%s) AND bucket = ANY(%s)
"""
TALLIES = """
SELECT member_id, name, array_agg(day), array_agg(count), array_agg(total)
  FROM events_tally WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND name = ANY(%s) AND day >= %s
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
SELECT {LOT} FROM ledger_lot
 WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND remaining > 0 AND expires_at IS NOT NULL AND expires_at <= %s
"""
OPEN_LOTS = f"SELECT {LOT} FROM ledger_lot WHERE member_id = ANY(%s) AND bucket = ANY(%s) AND remaining <> 0"
ORDER_LOTS = f"""
SELECT {LOT}, row.event_id FROM unnest(%s::uuid[], %s::smallint[], %s::uuid[], %s::uuid[]) AS row(owner, shelf, event_id, last)
  JOIN ledger_lot ON member_id = row.owner AND bucket = row.shelf AND id > row.event_id AND id <= row.last
 WHERE amount > 0
"""
ORDERS = """
SELECT known.source, known.order_id, known.member_id, total_minor, refunded_minor, paid_by, paid_at
  FROM orders_order AS known
  JOIN unnest(%s::text[], %s::text[]) AS row(source, order_id)
    ON known.order_id = row.order_id AND known.source = row.source
"""
REFUNDS = """
SELECT known.source, known.order_id, known.member_id, known.refund_id
  FROM orders_refund AS known
  JOIN unnest(%s::text[], %s::text[]) AS row(source, order_id)
    ON known.order_id = row.order_id AND known.source = row.source
"""
STEPS = """
SELECT member_id, ladder, since, before, after, reason, until
  FROM tiers_change WHERE member_id = ANY(%s) AND bucket = ANY(%s)
 ORDER BY since, id
"""

TIMED = frozenset({"asset.expired", "tier.period_ended", "tier.upgraded", "tier.downgraded", "tier.kept"})
"""Types of event that time alone may bring."""

OrderName = tuple[str, str]


@dataclass(slots=True)
class Orders:
    """The orders that a batch speaks of: by name, whose they are and how they stand."""

    owners: dict[OrderName, UUID]
    states: dict[OrderName, OrderState]


def load_orders(cursor: Cursor, names: Iterable[OrderName]) -> Orders:
    """How the orders named (source, order id) stand, whoever's they are."""
    orders = Orders({}, {})
    wanted = list(set(names))
    if not wanted:
        return orders
    columns = [array("text", (source for source, _ in wanted)), array("text", (order_id for _, order_id in wanted))]
    cursor.execute(ORDERS, columns)
    for source, order_id, member_id, total, refunded, paid_by, paid_at in cursor.fetchall():
        orders.owners[source, order_id] = member_id
        orders.states[source, order_id] = OrderState(total, refunded, paid_by, paid_at)
    if any(state.refunded_minor for state in orders.states.values()):
        cursor.execute(REFUNDS, columns)
        for source, order_id, _, refund_id in cursor.fetchall():
            orders.states[source, order_id].refunds.add(refund_id)
    return orders


def order_name(event_type: str, source: str, data: dict[str, Any]) -> OrderName | None:
    """The order that an event speaks of, if it speaks of one by which it counts."""
    if event_type == "order.paid":
        return source, data["order_id"]
    if event_type == "order.refunded":
        return data.get("order_source") or source, data["order_id"]
    return None


class Loader:
    """Fills the snapshots of a batch's members with what its events need, no more."""

    def __init__(self, cursor: Cursor, plan: Plan, locked: dict[UUID, members.Locked]) -> None:
        self.cursor = cursor
        self.plan = plan
        self.snapshots = {
            member_id: Snapshot(member_id, one.status, one.profile, one.tags) for member_id, one in locked.items()
        }
        self.lots: dict[UUID, Lot] = {}

    def _rows(self, sql: str, member_ids: Sequence[UUID], *more: Any) -> list[Any]:
        buckets = array("smallint", {bucket_of(member_id) for member_id in member_ids})
        self.cursor.execute(sql, [uuids(member_ids), buckets, *more])
        return self.cursor.fetchall()

    def load(
        self, events: Sequence[Event], fresh: set[UUID], orders: Orders, until: datetime | None = None
    ) -> dict[UUID, Snapshot]:
        """Snapshots for `events` (all of locked members). `fresh` members were made by this batch and have nothing.

        `until`: time will be settled to there, where that is later than the last event.
        """
        known = [member_id for member_id in self.snapshots if member_id not in fresh]
        last = max([event.time for event in events] + ([until] if until else []))
        types = {event.type for event in events}
        self._orders(events, orders)
        if known:
            self._standings(known)
            self._balances(known)
            self._totals(known)
            self._lots(known, events, last)
            self._tallies(known, self._first_day(events, orders, last))
            self._uses(known, events, types)
            self._steps(known, events)
        if self.plan.identities:
            for member_id, kinds in members.identity_kinds(self.cursor, self.snapshots).items():
                self.snapshots[member_id].profile.identities = kinds
        return self.snapshots

    def _orders(self, events: Sequence[Event], orders: Orders) -> None:
        for event in events:
            name = order_name(event.type, event.source, event.data)
            state = orders.states.get(name) if name else None
            if name and state and orders.owners[name] == event.member_id:
                self.snapshots[event.member_id].orders[name] = state

    def _standings(self, known: Sequence[UUID]) -> None:
        for member_id, ladder, level, since, until in self._rows(STANDINGS, known):
            self.snapshots[member_id].standings[ladder] = Standing(ladder, level, since, until)

    def _balances(self, known: Sequence[UUID]) -> None:
        for member_id, asset, balance in self._rows(BALANCES, known):
            self.snapshots[member_id].balances[asset] = balance

    def _totals(self, known: Sequence[UUID]) -> None:
        for member_id, *values in self._rows(TOTALS, known):
            self.snapshots[member_id].totals = Totals(*values)

    def _lots(self, known: Sequence[UUID], events: Sequence[Event], last: datetime) -> None:
        """What runs out by `last`; all open lots of those from whom something may be taken or who owe."""
        whole = {
            event.member_id for event in events
            if event.type in self.plan.takes_on or event.type == "order.refunded"
        }
        whole |= {
            member_id for member_id in known
            if any(balance < 0 for balance in self.snapshots[member_id].balances.values())
            or any(state.refunded_minor for state in self.snapshots[member_id].orders.values())
        }
        for row in self._rows(DUE_LOTS, known, last):
            self._lot(row)
        some = sorted(whole.intersection(known))
        if some:
            for row in self._rows(OPEN_LOTS, some):
                self._lot(row)
            self._order_lots(some)

    def _lot(self, row: Sequence[Any]) -> Lot:
        member_id, lot_id, asset = row[0], row[1], row[2]
        lot = self.lots.get(lot_id)
        if lot is None:
            lot = self.lots[lot_id] = Lot(*row[1:9])
            if lot.remaining:
                self.snapshots[member_id].lots.setdefault(asset, []).append(lot)
        return lot

    def _order_lots(self, some: Sequence[UUID]) -> None:
        """What the orders earned that may be taken back."""
        wanted = [
            (member_id, bucket_of(member_id), state.paid_by, UUID(int=state.paid_by.int + CHILDREN - 1))
            for member_id in some
            for state in self.snapshots[member_id].orders.values()
            if state.paid_by is not None
        ]
        if wanted:
            kinds = ("uuid", "smallint", "uuid", "uuid")
            columns = zip(*wanted, strict=True)
            self.cursor.execute(ORDER_LOTS, [array(kind, column) for kind, column in zip(kinds, columns, strict=True)])
            for row in self.cursor.fetchall():
                self.snapshots[row[0]].earned.setdefault(row[9], []).append(self._lot(row))

    def _first_day(self, events: Sequence[Event], orders: Orders, last: datetime) -> date:
        """The first day that a window of this batch may look at."""
        if self.plan.window_days is None:
            return date.min
        zone = self.plan.programme.zone
        moments = [event.time for event in events] + [last]
        moments += [state.paid_at for state in orders.states.values() if state.paid_at is not None]
        first = local_day(min(moments), zone) - timedelta(days=self.plan.window_days + 1)
        untils = [one.until for snapshot in self.snapshots.values() for one in snapshot.standings.values() if one.until]
        return min([first, *(until - timedelta(days=self.plan.window_days + 1) for until in untils)])

    def _tallies(self, known: Sequence[UUID], first: date) -> None:
        if self.plan.tallies:
            for member_id, name, days, counts, totals in self._rows(TALLIES, known, array("text", self.plan.tallies), first):
                self.snapshots[member_id].tallies[name] = {
                    day: [count, total] for day, count, total in zip(days, counts, totals, strict=True)
                }
        if self.plan.counts:
            for member_id, name, count in self._rows(COUNTS, known, array("text", self.plan.counts)):
                self.snapshots[member_id].counts[name] = count

    def _uses(self, known: Sequence[UUID], events: Sequence[Event], types: set[str]) -> None:
        """What the members have had of rules with limits, in the periods that the events fall in.

        Time decides on days of its own, so of rules that may follow from it every period is read.
        """
        rules = [rule for rule in self.plan.programme.rules if rule.limit is not None]
        timed = [rule.id for rule in rules if rule.on in TIMED]
        direct = [rule for rule in rules if rule.on in types and rule.on not in TIMED]
        zone = self.plan.programme.zone
        days = {local_day(event.time, zone) for event in events}
        periods = {period_of(day, rule.limit.per) for rule in direct for day in days if rule.limit}
        rows = self._rows(USES, known, array("text", (rule.id for rule in direct)), array("text", periods)) if direct else []
        rows += self._rows(ALL_USES, known, array("text", timed)) if timed else []
        for member_id, rule_id, period, times, units in rows:
            self.snapshots[member_id].uses[rule_id, period] = [times, units]

    def _steps(self, known: Sequence[UUID], events: Sequence[Event]) -> None:
        """The steps of those whose past may turn out otherwise: something came late or goes back."""
        zone = self.plan.programme.zone
        first: dict[UUID, date] = {}
        rework: set[UUID] = set()
        for event in events:
            day = local_day(event.time, zone)
            first[event.member_id] = min(first.get(event.member_id, day), day)
            if event.type == "order.refunded":
                rework.add(event.member_id)
        for member_id in known:
            snapshot = self.snapshots[member_id]
            latest = [one.since for one in snapshot.standings.values()]
            latest += [max(days) for name, days in snapshot.tallies.items() if days and name.startswith("credit:")]
            if max(latest, default=date.min) > first.get(member_id, date.max) or snapshot.orders:
                rework.add(member_id)
        some = sorted(rework.intersection(known))
        steps: dict[UUID, dict[str, list[LevelStep]]] = defaultdict(dict)
        if some:
            for member_id, ladder, *step in self._rows(STEPS, some):
                steps[member_id].setdefault(ladder, []).append(LevelStep(*step))
        for member_id in rework.union(self.snapshots).difference(known).union(some):
            self.snapshots[member_id].steps = steps[member_id]
