"""One event's turn: what it means, what the rules want, where it puts the member. Pure.

A turn changes the snapshot with every effect it decides; the effects are what the rooms will write.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from regulars.campaigns.contracts import (
    DebitAction,
    LevelAction,
    MessageAction,
    TagAction,
)
from regulars.campaigns.logic import Budgets, granted
from regulars.engine.plan import Plan, PlannedCredit, PlannedRule
from regulars.kit.ids import CHILDREN, child_id, time_id
from regulars.language.calendar import local_day, period_of
from regulars.language.condition import Facts
from regulars.language.effects import (
    Credit,
    Effect,
    LevelChange,
    LevelStep,
    MessageWish,
    TagChange,
    Take,
)
from regulars.language.events import RULES, Event
from regulars.language.snapshot import Snapshot, Standing
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers

NO_EFFECT_LIMIT, NO_EFFECT_BUDGET, NO_EFFECT_QUIET, NO_EFFECT_SHORT = "limit", "budget", "quiet", "short"
"""Why a rule that held did less than it says: its limit or budget was used up, the event is history, or the
member had too little to take."""


@dataclass(slots=True)
class Turn:
    """Decides one event. `trace` has per rule [id, held, values seen, notes…]."""

    plan: Plan
    snapshot: Snapshot
    event: Event
    now: datetime
    budgets: Budgets
    effects: list[Effect] = field(default_factory=list)
    trace: list[list[Any]] = field(default_factory=list)
    derived: list[Event] = field(default_factory=list)
    tallied: list[tuple[str, date, int, int]] = field(default_factory=list)
    used: list[tuple[str, str, int, int]] = field(default_factory=list)
    """Limits drawn on: (rule, period, times, units)."""
    earned: dict[str, int] = field(default_factory=dict)
    touched: dict[str, date] = field(default_factory=dict)
    """Ladder's asset → the earliest day whose earning changed."""
    rework: set[str] = field(default_factory=set)
    """Assets of which something earned earlier was taken back, so that ladders are walked anew."""
    day: date = date.min
    ordinal: int = 0

    def __post_init__(self) -> None:
        self.day = local_day(self.event.time, self.plan.programme.zone)

    def take_id(self, count: int = 1) -> UUID:
        """The id of the event's next consequence; `count` ids in a row are reserved."""
        first = self.ordinal + 1
        self.ordinal += count
        if self.ordinal >= CHILDREN:
            raise OverflowError(f"event {self.event.id} has more than {CHILDREN} consequences")
        return child_id(self.event.id, first)

    def count_day(self, name: str, day: date, total: int, count: int = 1) -> None:
        """Add to a tally."""
        self.tallied.append((name, day, count, total))
        if name in self.plan.counts:
            self.snapshot.counts[name] = self.snapshot.counts.get(name, 0) + count
        days = self.snapshot.tallies.setdefault(name, {})
        cell = days.get(day)
        if cell is None:
            days[day] = [count, total]
        else:
            cell[0] += count
            cell[1] += total

    def derive(self, event_type: str, data: dict[str, Any]) -> None:
        """Something that follows from this event, at the same moment."""
        event = self.event
        self.derived.append(
            Event(
                time_id(event.time),
                RULES,
                f"{event.id}:{len(self.derived)}",
                event_type,
                event.member_id,
                event.time,
                data,
                event.id,
                event.depth + 1,
            )
        )

    # Rules

    def follow_rules(self) -> None:
        """Ask every rule on this type of event, and do what those that hold say."""
        rules = self.plan.rules.get(self.event.type)
        if not rules:
            return
        facts = Facts(self.event, self.snapshot, self.day, self.plan.programme.zone, self.event.time)
        for planned in rules:
            held, seen = planned.when.explain(facts) if planned.when else (True, [])
            line: list[Any] = [planned.rule.id, held, seen]
            if held:
                line += self._follow(planned)
            self.trace.append(line)

    def _follow(self, planned: PlannedRule) -> list[str]:
        """Do what a rule says, within its limit and its budget. Returns why it did less, if so.

        A rule whose budget is used up does nothing of what it says, and tells nobody."""
        notes: list[str] = []
        limit, use, left, period = planned.rule.limit, None, None, ""
        if limit is not None:
            period = period_of(self.day, limit.per)
            use = self.snapshot.uses.setdefault((planned.rule.id, period), [0, 0])
            if (limit.times and use[0] >= limit.times) or (limit.units and use[1] >= limit.units):
                return [NO_EFFECT_LIMIT]
            left = limit.units - use[1] if limit.units else None
        given, before = self._granted(planned, left, notes), len(self.effects)
        if NO_EFFECT_BUDGET in notes and not any(given.values()):
            return sorted(set(notes))
        for number, action in enumerate(planned.actions):
            if not isinstance(action, PlannedCredit):
                self._act(planned, action, notes)
            elif given[number]:
                self.credit(action.action.asset, given[number], planned.rule.id)
        if use is not None and len(self.effects) > before:
            units = sum(given.values())
            use[0] += 1
            use[1] += units
            self.used.append((planned.rule.id, period, 1, units))
        return sorted(set(notes))

    def _granted(self, planned: PlannedRule, left: int | None, notes: list[str]) -> dict[int, int]:
        """The units that each of the rule's credits gives, by its place among the actions. Where the limit has
        less `left` than a credit asks, it gives what is left; the budget says itself what it does then."""
        given: dict[int, int] = {}
        for number, action in enumerate(planned.actions):
            if not isinstance(action, PlannedCredit):
                continue
            units = action.amount(self.event.data)
            if left is not None and left < units:
                notes.append(NO_EFFECT_LIMIT)
                units = left
            if units > 0 and planned.rule.budget is not None:
                wanted = units
                units = self.budgets.draw(planned.rule, period_of(self.day, planned.rule.budget.per), wanted)
                if units < wanted:
                    notes.append(NO_EFFECT_BUDGET)
            given[number] = max(units, 0)
            if left is not None:
                left -= given[number]
        return given

    def _act(self, planned: PlannedRule, action: Any, notes: list[str]) -> None:
        rule = planned.rule.id
        if isinstance(action, DebitAction):
            if not self.debit(action, rule):
                notes.append(NO_EFFECT_SHORT)
        elif isinstance(action, TagAction):
            self.tag(action, rule)
        elif isinstance(action, LevelAction):
            self.place(action, rule)
        elif isinstance(action, MessageAction):
            if self.is_history:
                notes.append(NO_EFFECT_QUIET)
            else:
                template = self.plan.programme.templates[action.template]
                self.effects.append(MessageWish(template.id, template.category, rule, self.take_id(), {}))

    @property
    def is_history(self) -> bool:
        """Events older than the programme's stated age count in full and notify nobody."""
        return self.now - self.event.time > timedelta(days=self.plan.programme.quiet_after_days)

    # Value

    def credit(self, asset_id: str, units: int, rule: str) -> None:
        """Units for the member, which first pay what they owe."""
        programme = self.plan.programme
        expires = ledger.expires_at(programme.assets[asset_id].expiry, self.day, programme.zone)
        fills = []
        if self.snapshot.balances.get(asset_id, 0) < 0:
            fills = ledger.fill_debts(self.snapshot.lots.get(asset_id, ()), units)
        effect = Credit(asset_id, units, rule, self.event.time, self.day, expires, self.take_id(), fills)
        lot = ledger.apply_credit(self.snapshot, effect)
        if self.event.type == "order.paid":
            self.snapshot.earned.setdefault(self.event.id, []).append(lot)
        self.effects.append(effect)
        self.earned[asset_id] = self.earned.get(asset_id, 0) + units
        self.count_day(f"credit:{asset_id}", self.day, units)
        ever, latest = self.snapshot.credited.get(asset_id, (0, None))
        self.snapshot.credited[asset_id] = (ever + units, max(latest or self.day, self.day))
        if asset_id in self.plan.ladders_of:
            self.touched[asset_id] = min(self.touched.get(asset_id, self.day), self.day)

    def debit(self, action: DebitAction, rule: str) -> bool:
        """Take units, earliest to expire first; False if there was too little for what the action asks."""
        lots = ledger.by_expiry(self.snapshot.lots.get(action.asset, ()))
        held = max(self.snapshot.balances.get(action.asset, 0), 0)
        units = granted(action.amount, held, action.when_short)
        if units:
            self.take(ledger.spend(action.asset, lots, units, rule, self.event.time))
        return units == action.amount

    def take(self, effect: Take) -> None:
        """Value that leaves the member. Its entries get their ids here."""
        effect.entry_id = self.take_id(len(effect.takes) + (1 if effect.debt else 0))
        if effect.debt:
            effect.debt_lot = child_id(effect.entry_id, len(effect.takes))
        ledger.apply_take(self.snapshot, effect)
        self.effects.append(effect)
        if effect.earned_on is not None:
            self.count_day(f"credit:{effect.asset}", effect.earned_on, -(effect.amount + effect.waived), 0)
            if effect.asset in self.plan.ladders_of:
                earlier = self.touched.get(effect.asset, effect.earned_on)
                self.touched[effect.asset] = min(earlier, effect.earned_on)
                self.rework.add(effect.asset)

    def tag(self, action: TagAction, rule: str) -> None:
        tags = self.snapshot.tags
        add = tuple(tag for tag in action.add if tag not in tags)
        remove = tuple(tag for tag in action.remove if tag in tags and tag not in action.add)
        if add or remove:
            tags.update(add)
            tags.difference_update(remove)
            self.effects.append(TagChange(add, remove, rule))

    # Levels

    def standing(self, ladder_id: str) -> Standing:
        """Where the member stands; new members stand at the bottom since they joined."""
        found = self.snapshot.standings.get(ladder_id)
        if found is None:
            found = self.snapshot.standings[ladder_id] = self._beginning(ladder_id)
        return found

    def _beginning(self, ladder_id: str) -> Standing:
        joined = self.snapshot.profile.joined_at or self.event.time
        day = min(local_day(joined, self.plan.programme.zone), self.day)
        return tiers.start(self.plan.programme.ladders[ladder_id], day)

    def step(self, ladder_id: str, step: LevelStep, rule: str = "") -> None:
        """Take one step on a ladder."""
        if self.snapshot.steps is not None:
            self.snapshot.steps.setdefault(ladder_id, []).append(step)
        after = Standing(ladder_id, step.after, step.day, step.until)
        self._move(after, step.reason, [step], rule)
        if step.reason == "kept":
            self.derive("tier.kept", {"ladder": ladder_id, "after": step.after})

    def _move(
        self,
        after: Standing,
        reason: str,
        steps: list[LevelStep],
        rule: str = "",
        rewrites: date | None = None,
    ) -> None:
        before = self.standing(after.ladder)
        self.effects.append(
            LevelChange(
                after.ladder,
                before.level,
                after.level,
                reason,
                rule,
                after.since,
                after.until,
                self.event.time,
                self.take_id(max(len(steps), 1)),
                steps,
                rewrites,
            )
        )
        self.snapshot.standings[after.ladder] = after
        ladder = self.plan.programme.ladders[after.ladder]
        rise = ladder.level(after.level).rank - ladder.level(before.level).rank
        if rise:
            self.derive(
                "tier.upgraded" if rise > 0 else "tier.downgraded",
                {"ladder": after.ladder, "before": before.level, "after": after.level},
            )

    def place(self, action: LevelAction, rule: str) -> None:
        """What a rule says about the level."""
        ladder = self.plan.programme.ladders[action.ladder]
        now, wanted = ladder.level(self.standing(ladder.id).level), ladder.level(action.level)
        if wanted.rank > now.rank or (wanted.rank < now.rank and not action.up_only):
            until = tiers.period_end(ladder, wanted, self.day)
            self.step(ladder.id, LevelStep(self.day, now.id, wanted.id, "rule", until), rule)

    def climb(self) -> None:
        """Where what was earned, or taken back, puts the member on the ladders that look at it."""
        for asset, day in self.touched.items():
            for ladder in self.plan.ladders_of[asset]:
                standing = self.standing(ladder.id)
                ever, latest = self.snapshot.credited.get(asset, (0, None))
                known = max(latest or day, standing.since, self.day)
                if asset not in self.rework and day >= known:
                    if not tiers.may_lift(ladder, standing, ever):
                        continue
                    step = tiers.lift(ladder, self.snapshot.tally(f"credit:{asset}"), standing, day)
                    if step is not None:
                        self.step(ladder.id, step)
                else:
                    self._walk_again(ladder.id, day)

    def _walk_again(self, ladder_id: str, day: date) -> None:
        """The past turned out otherwise than it was known: walk the ladder anew from `day`."""
        if self.snapshot.steps is None:
            raise LookupError(f"the steps of {self.snapshot.member_id} were not loaded")
        ladder = self.plan.programme.ladders[ladder_id]
        history = self.snapshot.steps.get(ladder_id, [])
        tally = self.snapshot.tally(f"credit:{ladder.asset}")
        until = max(max(tally, default=day), self.standing(ladder_id).since, self.day)
        steps = tiers.rewalk(ladder, tally, history, day, until)
        earlier = [step for step in history if step.day < day]
        if earlier + steps == history:
            return
        self.snapshot.steps[ladder_id] = earlier + steps
        last = next(iter([*earlier, *steps][-1:]), None)
        after = Standing(ladder_id, last.after, last.day, last.until) if last else self._beginning(ladder_id)
        self._move(after, "recomputed", steps, rewrites=day)
