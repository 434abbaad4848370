"""From rows to snapshots: what the tables answered about a batch's members, noted where the engine looks for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from regulars.engine.plan import Plan
from regulars.language.effects import Draw, LevelStep, Part, PlanAct
from regulars.language.snapshot import Due, Lot, Snapshot, Standing, Subscription, TopUpState, Totals


class Notebook:
    """The snapshots of a batch's members, and every lot at hand."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.snapshots: dict[UUID, Snapshot] = {}
        self.lots: dict[UUID, Lot] = {}

    def note_standings(self, rows: list[Any]) -> None:
        for member_id, ladder, level, *columns in rows:
            if self.exists(ladder, level):
                standing = Standing(ladder, level, *columns)
                if standing.held and not self.exists(ladder, standing.held):
                    standing.held, standing.held_until, standing.exact = "", None, False
                self.snapshots[member_id].standings[ladder] = standing

    def exists(self, ladder: str, level: str) -> bool:
        """Whether the programme in force still has this level: who stands on one that it has not begins anew."""
        known = self.plan.programme.ladders.get(ladder)
        return known is not None and any(one.id == level for one in known.levels)

    def note_balances(self, rows: list[Any]) -> None:
        for member_id, asset, balance, earned, moved, back, earned_on, *due in rows:
            snapshot = self.snapshots[member_id]
            snapshot.balances[asset] = balance
            snapshot.credited[asset] = (earned, earned_on)
            if moved:
                snapshot.adjusted.add(asset)
            snapshot.taken_back[asset] = back
            snapshot.due[asset] = Due(*due)

    def note_totals(self, rows: list[Any]) -> None:
        for member_id, *values in rows:
            self.snapshots[member_id].totals = Totals(*values)

    def note_tallies(self, rows: list[Any]) -> None:
        for member_id, name, days, counts, totals in rows:
            cells = zip(counts, totals, strict=True)
            snapshot = self.snapshots[member_id]
            snapshot.unread.discard(name)
            snapshot.add_past(name, dict(zip(days, map(list, cells), strict=True)))

    def note_counts(self, rows: list[Any]) -> None:
        for member_id, name, count in rows:
            self.snapshots[member_id].counts[name] = count

    def note_scores(self, rows: list[Any]) -> None:
        for member_id, name, value, label in rows:
            self.snapshots[member_id].scores[name] = (value, label)

    def note_recommendations(self, rows: list[Any]) -> None:
        for member_id, name, price_minor, reason in rows:
            self.snapshots[member_id].recommended.append((name, price_minor, reason))

    def note_identities(self, kinds: dict[UUID, frozenset[str]]) -> None:
        for member_id, some in kinds.items():
            self.snapshots[member_id].profile.identities = some

    def note_uses(self, rows: list[Any]) -> None:
        for member_id, rule_id, period, times, units in rows:
            self.snapshots[member_id].uses[rule_id, period] = [times, units]

    def note_lots(self, rows: list[Any]) -> None:
        for row in rows:
            self._lot(row)

    def _lot(self, row: Sequence[Any]) -> Lot:
        member_id, lot_id, asset = row[0], row[1], row[2]
        lot = self.lots.get(lot_id)
        if lot is None:
            lot = self.lots[lot_id] = Lot(*row[1:14])
            snapshot = self.snapshots[member_id]
            snapshot.known[lot_id] = lot
            if lot.remaining or lot.held or lot.pending:
                snapshot.lots.setdefault(asset, []).append(lot)
        return lot

    def note_event_lots(self, rows: list[Any]) -> None:
        for row in rows:
            self.snapshots[row[0]].earned.setdefault(row[14], []).append(self._lot(row))

    def note_order_lots(self, rows: list[Any]) -> None:
        for row in rows:
            self.snapshots[row[0]].granted.setdefault((row[14], row[15]), []).append(self._lot(row))

    def note_draws(self, rows: list[Any]) -> None:
        for member_id, draw_id, asset, account, at, *arrays, source, order_id, until, other in rows:
            draws = self.snapshots[member_id].draws
            if draw_id not in draws:
                parts = [Part(*cells) for cells in zip(*arrays, strict=True)]
                order = (source, order_id) if order_id else None
                draws[draw_id] = Draw(draw_id, asset, account, at, parts, order, until, other)

    def note_topups(self, rows: list[Any]) -> None:
        for member_id, source, topup_id, wallet, event_id, *units, refunds in rows:
            state = TopUpState(wallet, event_id, *units)
            state.refunds.update(refunds)
            self.snapshots[member_id].topups[source, topup_id] = state

    def note_plans(self, rows: list[Any]) -> None:
        for member_id, plan_id, *columns in rows:
            if plan_id in self.plan.programme.plans:
                self.snapshots[member_id].plans[plan_id] = Subscription(plan_id, *columns)

    def note_plan_acts(self, rows: list[Any]) -> None:
        for member_id, *columns in rows:
            acts = self.snapshots[member_id].plan_acts
            assert acts is not None
            acts.append(PlanAct(*columns))

    def note_steps(self, rows: list[Any]) -> None:
        for member_id, ladder, *step in rows:
            steps = self.snapshots[member_id].steps
            assert steps is not None
            one = LevelStep(*step)
            levels = (one.before, one.after, one.held or one.after)
            if all(self.exists(ladder, level) for level in levels):
                steps.setdefault(ladder, []).append(one)
