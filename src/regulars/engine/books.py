"""One event's hand on the books: whatever it credits, takes and gives back, with all that hangs on it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import Budgets
from regulars.engine.contracts import Rejected
from regulars.engine.plan import Plan, cap_name, money_name
from regulars.engine.reach import OrderName
from regulars.engine.records import amount_of
from regulars.kit.ids import CHILDREN, child_id, event_id, parent_id, uuid_of
from regulars.language.calendar import Per, local_day, period_of, start_of
from regulars.language.effects import (
    ADJUST,
    CONVERT,
    GIFT,
    HOLD,
    ISSUE,
    PENDING,
    REVERSE,
    SPEND,
    Credit,
    Draw,
    Effect,
    Give,
    Take,
)
from regulars.language.events import RULES, Event
from regulars.language.problems import words
from regulars.language.snapshot import Due, Lot, Snapshot
from regulars.ledger import logic as ledger
from regulars.ledger import timing
from regulars.ledger.contracts import Asset, Clawback, Decay, Expiry

ACTIVITY = frozenset({ISSUE, SPEND, HOLD, CONVERT, GIFT})
"""Movements by which a member's idle time begins anew."""

RETURNABLE = frozenset({"order.paid", "benefit.claimed"})
"""Types of event of which what they credit may be taken back by what they brought."""

CAPPED = ((Per.DAY, "day"), (Per.MONTH, "month"), (Per.LIFETIME, "lifetime"))


@cache
def credit_name(asset_id: str) -> str:
    """The name under which what is credited of an asset is tallied."""
    return f"credit:{asset_id}"


@dataclass(slots=True)
class Books:
    """What an event does to the value of its member. `others`: further members at hand, by id."""

    plan: Plan
    snapshot: Snapshot
    event: Event
    now: datetime
    budgets: Budgets
    others: dict[UUID, Snapshot] = field(default_factory=dict)
    tells: bool = True
    """Whether anybody wants to know why."""
    effects: list[Effect] = field(default_factory=list)
    derived: list[Event] = field(default_factory=list)
    tallied: list[tuple[str, date, int, int]] = field(default_factory=list)
    used: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Limits and caps drawn on and given back: (rule, period, times, units)."""
    earned: dict[str, int] = field(default_factory=dict)
    touched: dict[str, date] = field(default_factory=dict)
    """Ladder's tally → the earliest day that changed."""
    rework: set[str] = field(default_factory=set)
    """Those of them of which something earlier was taken off, so that ladders are walked anew."""
    brought: list[Lot] | None = None
    """The lots of the event that may be taken back by what it brought, once it has some."""
    day: date = date.min
    ordinal: int = 0

    @property
    def told_since(self) -> datetime:
        """Members are told of nothing that happened before this moment."""
        return self.plan.programme.told_since(self.now)

    def take_id(self, count: int = 1) -> UUID:
        """The id of the event's next consequence; `count` ids in a row are reserved."""
        first = self.ordinal + 1
        self.ordinal += count
        if self.ordinal >= CHILDREN:
            raise OverflowError(f"event {self.event.id} has more than {CHILDREN} consequences")
        return uuid_of(self.event.id.int + first)

    def count_day(
        self, name: str, day: date, total: int, count: int = 1, *, back: bool | None = None
    ) -> None:
        """Add to a tally. `back`: whether the past turns out otherwise by it, as it does where something is taken
        off or put right."""
        self.tallied.append((name, day, count, total))
        plan, snapshot = self.plan, self.snapshot
        if name in plan.ladders_of:
            known = self.touched.get(name)
            if known is None or day < known:
                self.touched[name] = day
            if back or (back is None and count <= 0):
                self.rework.add(name)
        if name in plan.counts:
            snapshot.counts[name] = snapshot.counts.get(name, 0) + count
        days = snapshot.tallies.get(name)
        if days is None:
            days = snapshot.tallies[name] = {}
        cell = days.get(day)
        if cell is None:
            days[day] = [count, total]
        else:
            cell[0] += count
            cell[1] += total

    def derive(self, event_type: str, data: dict[str, Any], member_id: UUID | None = None) -> None:
        """Something that follows from this event, at the same moment, for its member or another one at hand."""
        event = self.event
        other = self.others.get(member_id) if member_id else None
        key = f"{event.id}:{len(self.derived)}"
        self.derived.append(
            Event(
                event_id(event.time, RULES, key),
                RULES,
                key,
                event_type,
                other.member_id if other is not None else event.member_id,
                event.time,
                data,
                event.id,
                event.depth + 1,
            )
        )

    # In

    def credit(
        self,
        asset_id: str,
        units: int,
        rule: str,
        account: str = ISSUE,
        expires_at: datetime | None = None,
        matures_at: datetime | None = None,
        order: OrderName | None = None,
    ) -> Lot:
        """Units for the member, which first pay what they owe.

        `expires_at` instead of the asset's own end. What orders earn of an asset with a waiting time is pending, and
        so is what is given `matures_at`. `order`: refunds of it take them back.
        """
        snapshot, event = self.snapshot, self.event
        asset = self.plan.programme.assets[asset_id]
        pending = matures_at is not None
        if asset.pending is not None and account == ISSUE and event.type == "order.paid":
            pending, matures_at = True, self._ripe(asset)
        ends = expires_at
        if ends is None and asset_id in self.plan.ends:
            ends = self.plan.ends[asset_id](self.day)
        fills: list[tuple[UUID, int]] = []
        if snapshot.balances.get(asset_id, 0) < 0 and not pending:
            fills = ledger.fill_debts(snapshot.lots.get(asset_id, ()), units)
        effect = Credit(
            asset_id,
            units,
            rule,
            event.time,
            self.day,
            ends,
            self.take_id(),
            fills,
            account,
            pending,
            matures_at,
            order,
        )
        if pending:
            self.take_id()
        lot = ledger.apply_credit(snapshot, effect)
        if event.type in RETURNABLE:
            if self.brought is None:
                self.brought = snapshot.earned.setdefault(event.id, [])
            self.brought.append(lot)
        if order is not None:
            snapshot.granted.setdefault(order, []).append(lot)
        self.effects.append(effect)
        self._due(asset, account, lot)
        if account == ISSUE:
            self.earned[asset_id] = self.earned.get(asset_id, 0) + units
        if not pending:
            self._counts(asset_id, units, 1, account)
        return lot

    def _ripe(self, asset: Asset) -> datetime | None:
        """When what this order earns ripens; None: when the order is completed."""
        assert asset.pending is not None
        if asset.pending.completed and not asset.pending.days:
            return None
        return ledger.days_on(self.event.time, asset.pending.days)

    def _counts(self, asset_id: str, units: int, count: int, account: str = ISSUE) -> None:
        """Units that count for levels from now on."""
        self.count_day(credit_name(asset_id), self.day, units, count)
        credited, day = self.snapshot.credited, self.day
        ever, latest = credited.get(asset_id, (0, None))
        credited[asset_id] = (ever + units, day if latest is None or latest < day else latest)
        if account != ISSUE:
            self.snapshot.adjusted.add(asset_id)

    def room(self, asset: Asset, units: int) -> int:
        """How many of `units` the asset's caps leave."""
        if asset.caps is None:
            return units
        for most, use in self._caps(asset):
            units = min(units, max(most - use[1], 0))
        return units

    def cap(self, asset: Asset, units: int) -> None:
        """Count what is given towards the asset's caps."""
        if asset.caps is None:
            return
        for _, use in self._caps(asset):
            use[1] += units
        self.used += [(cap_name(asset.id), period, 0, units) for period, _ in self._periods(asset)]

    def _caps(self, asset: Asset) -> list[tuple[int, list[int]]]:
        uses = self.snapshot.uses
        return [
            (most, uses.setdefault((cap_name(asset.id), period), [0, 0]))
            for period, most in self._periods(asset)
        ]

    def _periods(self, asset: Asset) -> list[tuple[str, int]]:
        if asset.caps is None:
            return []
        return [
            (period_of(self.day, per), getattr(asset.caps, name))
            for per, name in CAPPED
            if getattr(asset.caps, name)
        ]

    # Out

    def free(self, asset_id: str) -> int:
        """Units that the member may use now."""
        return max(self.snapshot.balances.get(asset_id, 0), 0)

    def draw(
        self,
        asset: Asset,
        units: int,
        account: str,
        rule: str = "",
        order: OrderName | None = None,
        until: datetime | None = None,
        other: UUID | None = None,
    ) -> Take:
        """Take units for a purpose that may be undone. Raises Rejected when the member has not as many."""
        if units > self.free(asset.id):
            raise short_of(self.free(asset.id), asset.scale)
        lots = ledger.in_order(self.snapshot.lots.get(asset.id, ()), asset.spend_order)
        effect = ledger.draw_from(account, asset.id, lots, units, rule, self.event.time, account == HOLD)
        assert effect.draw is not None
        effect.draw.order, effect.draw.until, effect.draw.other = order, until, other
        self.take(effect)
        return effect

    def take(self, effect: Take) -> None:
        """Value that leaves the member. Its entries get their ids here."""
        effect.entry_id = self.take_id(len(effect.takes) + (1 if effect.debt else 0))
        if effect.debt:
            effect.debt_lot = child_id(effect.entry_id, len(effect.takes))
        if effect.draw is not None and effect.draw.id.int == 0:
            effect.draw.id = effect.entry_id
            self.snapshot.draws[effect.draw.id] = effect.draw
        ledger.apply_take(self.snapshot, effect)
        self.effects.append(effect)
        self._due(self._asset(effect.asset), effect.account)
        if effect.earned_on is not None:
            self.count_day(f"credit:{effect.asset}", effect.earned_on, -(effect.amount + effect.waived), 0)

    def take_back(self, lot: Lot, wanted: int) -> None:
        """`wanted` units of what a lot brought go back to the house; what is not ripe goes first."""
        asset = self.plan.programme.assets.get(lot.asset)
        if asset is None or wanted <= 0:
            return
        unripe = min(lot.pending, wanted)
        if unripe:
            self.give(Give(PENDING, asset.id, unripe, "", self.event.time, [(lot.id, unripe)]))
        effect = ledger.take_back(
            asset, lot, wanted, self.snapshot, self.event.time, self.plan.programme.zone
        )
        if unripe:
            effect.earned_on = None
        self.take(effect)
        taken = self.snapshot.taken_back
        taken[asset.id] = taken.get(asset.id, 0) + wanted
        if lot.rule:
            self._gives_room(asset, lot, wanted)

    def _gives_room(self, asset: Asset, lot: Lot, units: int) -> None:
        """What is taken back can be given again: the rule's limit and budget, the campaign's, and the caps."""
        day = local_day(lot.earned_at, self.plan.programme.zone)
        if asset.caps is not None:
            for per, name in CAPPED:
                if getattr(asset.caps, name):
                    self._unuse(cap_name(asset.id), period_of(day, per), 0, units)
        planned = self.plan.by_id.get(lot.rule)
        if planned is None:
            return
        rule, cost = planned.rule, self.plan.costs[asset.id]
        self.budgets.give_back(planned.pots, day, units, cost)
        if rule.limit is not None:
            siblings = [
                one for one in self.snapshot.earned.get(parent_id(lot.id), [lot]) if one.rule == lot.rule
            ]
            times = 1 if all(one.reversed >= one.amount for one in siblings) else 0
            period = period_of(day, rule.limit.per)
            self._unuse(rule.id, period, times, units)
            if rule.limit.money_minor:
                self._unuse(money_name(rule.id), period, 0, units * cost)

    def _unuse(self, name: str, period: str, times: int, units: int) -> None:
        use = self.snapshot.uses.get((name, period))
        if use is not None:
            use[0], use[1] = max(use[0] - times, 0), max(use[1] - units, 0)
        self.used.append((name, period, -times, -units))

    # Back

    def give(self, effect: Give) -> None:
        """Value that goes back into lots. Its entries get their ids here."""
        effect.entry_id = self.take_id(len(effect.gives))
        ledger.apply_give(self.snapshot, effect)
        self.effects.append(effect)
        asset = self._asset(effect.asset)
        self._due(asset, "")
        name = f"credit:{asset.id}"
        if effect.account == ADJUST and name in self.plan.ladders_of:
            day = self._counted_since(effect) if effect.raises else self.day
            self.count_day(name, day, effect.amount, 0)
            self.snapshot.adjusted.add(asset.id)

    def _counted_since(self, effect: Give) -> date:
        lot = ledger.find_lot(self.snapshot, effect.asset, effect.gives[0][0])
        return ledger.counted_on(lot, self.plan.programme.zone) or self.day

    def ripen(self, asset_id: str, lots: list[Lot]) -> None:
        """Pending lots become the member's to spend, and count from today."""
        asset = self._asset(asset_id)
        parts = [(lot, lot.pending) for lot in lots if lot.pending]
        if not parts:
            return
        effect = self._bring_back(asset, PENDING, parts)
        effect.ripens = True
        self.give(effect)
        for lot, _ in parts:
            lot.matures_at = self.event.time
        self._counts(asset_id, sum(units for _, units in parts), len(parts))
        self._end_what_is_over(asset, [lot for lot, _ in parts])

    def release(self, draw: Draw, units: int) -> None:
        """Held units go back."""
        self._into_lots(draw, HOLD, ledger.let_go(draw, units))

    def capture(self, draw: Draw, units: int, rule: str = "") -> None:
        """Held units become used."""
        moved = ledger.use(draw, units)
        total = sum(some for _, some in moved)
        self.give(Give(HOLD, draw.asset, total, "", self.event.time, moved, draw=draw))
        self.take(Take(SPEND, draw.asset, total, rule, self.event.time, moved, draw=draw))

    def undo(self, draw: Draw, units: int) -> None:
        """Used units go back into the lots that they came from."""
        self._into_lots(draw, draw.purpose, ledger.undo(draw, units))

    def _into_lots(self, draw: Draw, account: str, moved: list[tuple[UUID, int]]) -> None:
        if not moved:
            return
        asset = self._asset(draw.asset)
        parts = [(ledger.find_lot(self.snapshot, asset.id, lot_id), units) for lot_id, units in moved]
        effect = self._bring_back(asset, account, parts)
        effect.draw = draw
        self.give(effect)
        collected = ledger.collect(asset.id, parts, self.event.time)
        if collected is not None:
            self.take(collected)
        self._end_what_is_over(asset, [lot for lot, _ in parts])

    def _bring_back(self, asset: Asset, account: str, parts: list[tuple[Lot, int]]) -> Give:
        zone = self.plan.programme.zone
        return ledger.bring_back(asset, account, parts, self.snapshot, self.event.time, zone)

    def _end_what_is_over(self, asset: Asset, lots: list[Lot]) -> None:
        """What came back after its end, and has no grace, ends at once."""
        over = [
            lot
            for lot in lots
            if lot.remaining > 0 and lot.expires_at is not None and lot.expires_at <= self.event.time
        ]
        if over:
            self.take(ledger.expire(asset.id, over, self.event.time))

    def _asset(self, asset_id: str) -> Asset:
        """The asset as the programme has it; one that it has no more has no rules of its own."""
        found = self.plan.programme.assets.get(asset_id)
        return found or Asset(asset_id, {}, False, Expiry(), Clawback.CAP)

    # Time

    def due(self, asset_id: str) -> Due:
        """What time has to do with an asset, noted as changed."""
        found = self.snapshot.due.get(asset_id)
        if found is None:
            found = self.snapshot.due[asset_id] = Due()
        found.changed = True
        timing.look_anew(self.snapshot, asset_id)
        return found

    def _due(self, asset: Asset, account: str, lot: Lot | None = None) -> None:
        if lot is not None and asset.id in self.plan.simple:
            return self._due_simply(asset, lot)
        due = self.due(asset.id)
        if lot is not None:
            first = timing.sooner(asset, lot, self.told_since) if lot.expires_at or lot.matures_at else None
            if first is not None and (due.at is None or first < due.at):
                due.at = first
        stale = due.lapses_at is None or due.lapses_at <= self.event.time
        if asset.decay is not None:
            self._decays(asset, asset.decay, due, account)
        if asset.expiry.idle_months and (stale or account in ACTIVITY):
            lapses = ledger.idle_end(asset.expiry, self.day, self.plan.programme.zone)
            due.lapses_at = max(due.lapses_at or lapses, lapses)
        elif asset.expiry.with_level and lot is not None:
            standing = self.snapshot.standings.get(asset.expiry.with_level)
            due.lapses_at = ledger.after(standing.until if standing else None, self.plan.programme.zone)
        if (asset.expiry.together or asset.decay) and due.lapses_at is not None:
            due.at = min(due.at or due.lapses_at, due.lapses_at)
        return None

    def _due_simply(self, asset: Asset, lot: Lot) -> None:
        """A lot has come of an asset whose lots end by themselves: what is known of the others still holds."""
        snapshot = self.snapshot
        due = snapshot.due.get(asset.id)
        if due is None:
            due = snapshot.due[asset.id] = Due()
        due.changed = True
        if lot.expires_at is None and lot.matures_at is None:
            return
        soonest = timing.soonest_of(asset, lot)
        if soonest is not None and (due.at is None or soonest < due.at):
            first = timing.sooner(asset, lot, self.told_since)
            if first is not None and (due.at is None or first < due.at):
                due.at = first
        snapshot.firsts.pop(asset.id, None)
        if soonest is not None and snapshot.quiet_until is not None and soonest < snapshot.quiet_until:
            snapshot.quiet_until = soonest

    def _decays(self, asset: Asset, decay: Decay, due: Due, account: str) -> None:
        """When the next units decay, after something moved."""
        since: date | None = self.day
        if decay.plan:
            bought = self.snapshot.plans.get(decay.plan)
            since = bought.last_day if bought is not None and not bought.runs else None
        elif due.lapses_at is not None and account not in ACTIVITY:
            return
        if since is None or self.snapshot.balances.get(asset.id, 0) <= decay.floor:
            due.lapses_at = None
            return
        first = since + timedelta(days=decay.after_days + 1)
        first = max(first, self.day + timedelta(days=1 if account else 0))
        starts = start_of(first, self.plan.programme.zone)
        due.lapses_at = max(due.lapses_at or starts, starts)

    def deduct(self, asset: Asset, units: int, rule: str) -> None:
        """Units of what is only counted go back to the house, and count against what was earned, on this day."""
        takes = ledger.take_from(
            ledger.in_order(self.snapshot.lots.get(asset.id, ()), asset.spend_order), units
        )
        self.take(Take(REVERSE, asset.id, units, rule, self.event.time, takes))
        self.count_day(f"credit:{asset.id}", self.day, -units, 0, back=False)

    def decay(self, asset_id: str) -> None:
        """A day's decay: it counts against what was earned, on its day. The next day's comes with that day."""
        asset = self.plan.programme.assets[asset_id]
        lots, balance = self.snapshot.lots.get(asset_id, ()), self.snapshot.balances.get(asset_id, 0)
        effect = ledger.decay(asset, lots, balance, self.event.time)
        due = self.due(asset_id)
        due.lapses_at = start_of(self.day + timedelta(days=1), self.plan.programme.zone)
        if effect is not None:
            self.take(effect)
            self.count_day(f"credit:{asset_id}", self.day, -effect.amount, 0, back=False)
        if effect is None or (asset.decay and self.snapshot.balances[asset_id] <= asset.decay.floor):
            due.lapses_at = None

    def plan_changed(self, plan_id: str) -> None:
        """What decays when a paid plan lapses begins to, or stops."""
        for asset in self.plan.programme.assets.values():
            if asset.decay is not None and asset.decay.plan == plan_id:
                due = self.due(asset.id)
                due.lapses_at = None
                self._decays(asset, asset.decay, due, "")
                if due.lapses_at is not None:
                    due.at = min(due.at or due.lapses_at, due.lapses_at)


def short_of(units: int, scale: int) -> Rejected:
    there = amount_of(units, scale)
    return Rejected(
        "insufficient",
        "amount",
        words(
            f"可用数量不足，现有 {there}",
            f"可用數量不足，現有 {there}",
            f"there is not enough: {there} can be used",
        ),
    )
