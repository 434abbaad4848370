"""One event's hand on what its member is entitled to: granted, claimed, used, ended, taken back. Pure.

Who is entitled by a level or an audience is so by that alone; a row is made when something is claimed or used, or has
to be announced (decision 0035).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from regulars.benefits import logic
from regulars.benefits.contracts import KINDS, Benefit, Loss, Mode, Order, Turnover
from regulars.engine.benefit_plan import PlannedBenefits
from regulars.engine.levels import Levels
from regulars.language.calendar import local_day, start_of
from regulars.language.condition import Facts
from regulars.language.effects import EntitlementStep
from regulars.language.snapshot import (
    CLAIMED,
    GRANTED,
    LAPSED,
    OPEN,
    TAKEN,
    USED,
    Entitlement,
    OrderState,
)

NO_EFFECT_QUOTA, NO_EFFECT_STOCK = "quota", "stock"
"""Why a rule that held did not grant: the member has had the benefit, or none are left."""

RENEWED_BY_TIME = frozenset({Turnover.WEEK, Turnover.MONTH, Turnover.YEAR})
"""Turns whose beginning is announced by itself. What can be claimed anew every day is not."""


@dataclass(frozen=True, slots=True)
class Title:
    """By what a member is entitled: `origin` as an entitlement keeps it, `since` when, `until` the last day of the
    level's period."""

    origin: str
    since: date
    until: date | None = None


@dataclass(slots=True)
class Entitling(Levels):
    """What an event does to its member's entitlements."""

    # Who is entitled

    @property
    def benefits(self) -> PlannedBenefits:
        """The programme's benefits; only to be asked where it has some."""
        assert self.plan.benefits is not None
        return self.plan.benefits

    def title(self, benefit: Benefit) -> Title | None:
        """By what the member is entitled to the benefit now, without having been granted it; None: not."""
        planned, snapshot = self.benefits, self.snapshot
        if benefit.levels:
            held = logic.level_held(benefit, snapshot.standings, planned.lowest)
            if held is not None:
                ladder, standing = held
                since = standing.since if standing else self._joined()
                return Title(
                    f"level:{ladder}",
                    min(since, self.day),
                    (standing.grace or standing.until) if standing else None,
                )
        compiled = planned.when.get(benefit.id)
        if compiled is None:
            return None
        facts = Facts(self.event, snapshot, self.day, self.plan.programme.zone, self.event.time)
        return Title(logic.BY_AUDIENCE, self._joined()) if compiled.matches(facts) else None

    def _joined(self) -> date:
        joined = self.snapshot.profile.joined_at or self.event.time
        return min(local_day(joined, self.plan.programme.zone), self.day)

    def turn_name(self, benefit: Benefit, title: Title | None) -> str:
        """The turn of the quota that is now."""
        per = benefit.quota.per if benefit.quota else None
        return logic.turn_of(per, self.day, title.since if title else None)

    def left(self, benefit: Benefit, turn: str) -> int | None:
        """How often the member can still have it in this turn; None: as often as one likes."""
        if benefit.quota is None:
            return None
        had = logic.counting(self.snapshot.entitlements().values(), benefit.id, turn)
        return max(benefit.quota.times - had, 0)

    def claim_by(self, benefit: Benefit, title: Title) -> datetime | None:
        """Until when what a title gives can be claimed in the turn that is now."""
        return logic.claim_until(benefit, self.day, title.since, self.plan.programme.zone)

    def picked_out(self, benefit: Benefit, turn: str) -> bool:
        """Whether the member has picked others of its group, as many as can be picked."""
        if benefit.choice is None:
            return False
        rows = self.snapshot.entitlements().values()
        picked = logic.chosen(rows, self.benefits.groups[benefit.choice.group], turn)
        return benefit.id not in picked and len(picked) >= benefit.choice.pick

    def in_force(self, benefit: Benefit) -> bool:
        """Whether the member has the good of it now: entitled and nothing to claim, or claimed and not over."""
        if benefit.claim is None and benefit.standing and self.title(benefit) is not None:
            return True
        rows = self.snapshot.entitlements().values()
        return logic.usable_row(rows, benefit.id, self.event.time) is not None

    def multiplied(self, asset: str, units: int) -> int:
        """What a rule credits, times the best of the member's multipliers, rounded down."""
        planned = self.plan.benefits
        found = planned.multipliers.get((asset, self.event.type), ()) if planned else ()
        for one, factor in found:
            if self.in_force(one):
                return int(units * factor)
        return units

    # Grants

    def grant_by_rule(self, benefit_id: str, rule: str) -> str:
        """Grant what a rule says; why not, where the member has had it or none are left."""
        benefit = self.benefits.by_id[benefit_id]
        title = self.title(benefit) if benefit.levels else None
        turn = self.turn_name(benefit, title)
        if self.left(benefit, turn) == 0:
            return NO_EFFECT_QUOTA
        if benefit.claim is None and not self.in_stock(benefit):
            return NO_EFFECT_STOCK
        self.grant(benefit, f"rule:{rule}", turn, rule, self.worth(benefit))
        return ""

    def worth(self, benefit: Benefit) -> int:
        """What claiming credits."""
        if benefit.mode is not Mode.VALUE:
            return 0
        programme = self.plan.programme
        scale = programme.assets[benefit.terms["asset"]].scale
        order = Order(self.event.data.get("total_minor", 0), programme.minor_digits, scale)
        return KINDS[benefit.kind].worth(benefit.terms, order)

    def grant(self, benefit: Benefit, origin: str, turn: str, rule: str, units: int) -> Entitlement:
        """The member gets it, to claim; or at once, where there is nothing to claim. Stock must have been looked at."""
        one = self._new(benefit, origin, turn, units)
        if self.event.type == "order.paid":
            one.source_event = self.event.id
        if benefit.claim is None:
            self._draw_stock(benefit, one)
            self._claimed(benefit, one, None, rule)
        else:
            one.claim_by = logic.after_days(self.day, benefit.claim.within_days, self.plan.programme.zone)
            one.remind_at = self._reminder(one.claim_by, benefit.claim.remind_days)
            self.step_to(one, GRANTED, rule)
        self._tell(one, "benefit.granted")
        return one

    def offer(self, benefit: Benefit, title: Title) -> None:
        """A level brings the benefit: it is announced and can be claimed, unless the member has had it in this turn."""
        turn, until = self.turn_name(benefit, title), self.claim_by(benefit, title)
        closed = until is not None and until <= self.event.time
        if closed or self.left(benefit, turn) == 0 or self.picked_out(benefit, turn):
            return
        rows = self.snapshot.entitlements().values()
        if any(row.benefit == benefit.id and row.state == GRANTED and row.period == turn for row in rows):
            return
        assert benefit.claim is not None
        one = self._new(benefit, title.origin, turn, self.worth(benefit))
        one.claim_by = until
        one.remind_at = self._reminder(until, benefit.claim.remind_days)
        if benefit.quota is not None and benefit.quota.per in RENEWED_BY_TIME:
            following = logic.next_turn(benefit.quota.per, self.day)
            one.renews_at = start_of(following, self.plan.programme.zone) if following else None
        self.step_to(one, GRANTED)
        self._tell(one, "benefit.granted")

    def follow_level(self) -> None:
        """What a step on a ladder, a level kept or a joining brings to claim, and what it ends."""
        ladder = self.event.data.get("ladder")
        for benefit in self.benefits.announced:
            if ladder is not None and not benefit.ladder_levels(ladder):
                continue
            title = self.title(benefit)
            if title is not None and title.origin != logic.BY_AUDIENCE:
                self.offer(benefit, title)
        if self.event.type == "tier.downgraded":
            self._lose(f"level:{ladder}")

    def _lose(self, origin: str) -> None:
        """The level that brought something is left."""
        for row in list(self.snapshot.entitlements().values()):
            benefit = self.benefits.by_id.get(row.benefit)
            if row.origin != origin or benefit is None or Loss.DOWNGRADE not in benefit.lost_on:
                continue
            if row.state in OPEN and self.title(benefit) is None:
                self.close(row, TAKEN, "downgrade")

    def returned(self, state: OrderState) -> None:
        """Money of an order went back: what it brought goes too, where the benefit says so and as far as it is
        unused. What it credited follows the asset's clawback."""
        if state.paid_by is None or not state.refunds:
            return
        for row in list(self.snapshot.entitlements().values()):
            benefit = self.benefits.by_id.get(row.benefit)
            if row.source_event != state.paid_by or benefit is None or Loss.REFUND not in benefit.lost_on:
                continue
            if row.state in OPEN:
                self.close(row, TAKEN, "refund")
            elif row.state == USED and row.units and row.claim_event != state.paid_by:
                self.take_back_value(row)
                self.close(row, TAKEN, "refund")

    def take_back_value(self, row: Entitlement) -> None:
        """What claiming it credited goes back."""
        assert row.claim_event is not None
        for lot in self.snapshot.earned.get(row.claim_event, ()):
            self.take_back(lot, max(lot.amount - lot.reversed - lot.expired, 0))

    # Claims and uses

    def in_stock(self, benefit: Benefit) -> bool:
        """Whether one more is left of a benefit that there are only so many of."""
        return self.budgets.has(self.benefits.pots.get(benefit.id, ()), self.day)

    def _draw_stock(self, benefit: Benefit, one: Entitlement) -> None:
        pots = self.benefits.pots.get(benefit.id)
        if pots:
            self.budgets.draw(pots, self.day, self.event.time, 1, 0)
            one.stock_day = self.day

    def claim(self, benefit: Benefit, row: Entitlement | None, title: Title | None) -> Entitlement:
        """Claim what was granted, or what a title gives. All must have been checked."""
        if row is None:
            assert title is not None
            row = self._new(benefit, title.origin, self.turn_name(benefit, title), self.worth(benefit))
        self._draw_stock(benefit, row)
        self._claimed(benefit, row, title, "")
        if benefit.choice is not None:
            self._drop_rest(benefit, row.period)
        return row

    def _drop_rest(self, benefit: Benefit, turn: str) -> None:
        """The choice is made: what else the group had to claim in this turn is no longer there to claim."""
        for row in list(self.snapshot.entitlements().values()):
            other = self.benefits.by_id.get(row.benefit)
            same = other is not None and other.choice is not None and other.choice == benefit.choice
            if (
                same
                and other
                and row.state == GRANTED
                and row.period == turn
                and self.picked_out(other, turn)
            ):
                self.close(row, TAKEN, "choice", told=False)

    def _claimed(self, benefit: Benefit, one: Entitlement, title: Title | None, rule: str) -> None:
        """It is the member's to use; what is value is credited, and used by that."""
        one.claimed_at, one.claim_event = self.event.time, self.event.id
        one.uses_left, one.verified = benefit.pieces, benefit.needs_verification
        one.use_by = self._use_by(benefit, title)
        one.remind_at = self._reminder(one.use_by, benefit.use.remind_days)
        if benefit.mode is not Mode.VALUE:
            self.step_to(one, CLAIMED, rule)
            return
        one.uses, one.uses_left, one.use_event = 1, 0, self.event.id
        one.used_at = one.ended_at = self.event.time
        one.cost_minor += benefit.cost_minor
        self.step_to(one, USED, rule)
        if one.units:
            self.credit(benefit.terms["asset"], one.units, rule)

    def _use_by(self, benefit: Benefit, title: Title | None) -> datetime | None:
        zone = self.plan.programme.zone
        if benefit.use.within_days is not None:
            return logic.after_days(self.day, benefit.use.within_days, zone)
        if benefit.use.with_level:
            found = title or self.title(benefit)
            until = found.until if found else None
            return start_of(until + timedelta(days=1), zone) if until else None
        if benefit.claim is None and benefit.standing and benefit.quota is not None:
            following = logic.next_turn(benefit.quota.per, self.day)
            return start_of(following, zone) if following else None
        return None

    def use(self, benefit: Benefit, row: Entitlement | None, title: Title | None) -> Entitlement:
        """Use one piece of what was claimed, or of what a title gives and nobody has to claim."""
        if row is None:
            assert title is not None
            row = self._new(benefit, title.origin, self.turn_name(benefit, title), 0)
            row.claimed_at, row.claim_event = self.event.time, self.event.id
            row.uses_left = 1
            self._draw_stock(benefit, row)
        row.uses += 1
        row.used_at, row.use_event = self.event.time, self.event.id
        row.cost_minor += benefit.cost_minor
        if row.uses_left is not None:
            row.uses_left -= 1
        if row.uses_left == 0:
            row.ended_at = self.event.time
            self.step_to(row, USED)
        else:
            self.step_to(row, CLAIMED, why="used")
        return row

    def unuse(self, row: Entitlement, cost_minor: int) -> None:
        """The last use did not happen. What had been claimed can be used again; what nobody had to claim was never
        had."""
        row.uses -= 1
        row.cost_minor = max(row.cost_minor - cost_minor, 0)
        direct = row.claim_event == row.use_event
        row.use_event, row.used_at = None, None
        if direct:
            self.close(row, TAKEN, "undone", told=False)
            return
        if row.uses_left is not None:
            row.uses_left += 1
        row.ended_at = None
        self.step_to(row, CLAIMED, why="undone")

    # Ends

    def close(self, row: Entitlement, state: str, why: str = "", told: bool = True) -> None:
        """It can't be claimed or used any more. What it held of a stock is there again, unless a piece was used."""
        pots = self.benefits.pots.get(row.benefit) if self.plan.benefits else None
        if pots and row.stock_day is not None and not row.uses:
            self.budgets.give_back(pots, row.stock_day, 1, 0)
            row.stock_day = None
        row.ended_at = self.event.time
        self.step_to(row, state, why=why)
        if state == TAKEN and told:
            self._tell(row, "benefit.taken_back")

    def lapse(self, row: Entitlement) -> None:
        """Its window is over. What of it was used stays used."""
        self.close(row, USED if row.uses and row.uses_left is not None else LAPSED)

    def step_to(self, row: Entitlement, state: str, rule: str = "", why: str = "") -> None:
        """Note how it now stands."""
        row.state, row.changed = state, True
        self.snapshot.entitlements()[row.id] = row
        self.snapshot.still_until = None
        until = row.ends_at
        self.effects.append(EntitlementStep(row.benefit, row.id, state, rule, until, why))

    def _new(self, benefit: Benefit, origin: str, turn: str, units: int) -> Entitlement:
        return Entitlement(self.take_id(), benefit.id, GRANTED, origin, turn, self.event.time, units=units)

    def _reminder(self, ends_at: datetime | None, days: int) -> datetime | None:
        """Not where the window is shorter than that."""
        found = logic.remind_at(ends_at, days)
        return found if found is not None and found > self.event.time else None

    def _tell(self, row: Entitlement, event_type: str) -> None:
        data: dict[str, str] = {"benefit": row.benefit, "entitlement": str(row.id)}
        if row.ends_at is not None:
            data["until"] = row.ends_at.isoformat()
        self.derive(event_type, data)

    def entitlement(self, entitlement_id: str) -> Entitlement | None:
        """The member's entitlement of that id."""
        return self.snapshot.entitlements().get(UUID(entitlement_id))
