"""One event's turn: what it means, what the rules want, where it puts the member. Pure.

A turn changes the snapshot with every effect it decides; the effects are what the rooms will write.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.campaigns.contracts import (
    DebitAction,
    GrantAction,
    LevelAction,
    Limit,
    MessageAction,
    TagAction,
)
from regulars.campaigns.logic import MICRO, granted
from regulars.engine.asking import Asking
from regulars.engine.plan import PlannedCredit, PlannedRule, money_name
from regulars.language.calendar import local_day, period_of
from regulars.language.effects import SPEND, LevelChange, LevelStep, MessageWish, TagChange
from regulars.language.snapshot import Standing
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers

NO_EFFECT_LIMIT, NO_EFFECT_BUDGET, NO_EFFECT_QUIET, NO_EFFECT_SHORT = "limit", "budget", "quiet", "short"
NO_EFFECT_CAP = "cap"
"""Why a rule that held did less than it says: its limit, the asset's cap or the budget was used up, the event is
history, or the member had too little to take."""


@dataclass(slots=True)
class _Left:
    """What a member's limit of a rule still leaves, in units and in money (None: no bound), and what was spent of
    the latter."""

    units: int | None = None
    money: int | None = None
    spent: int = 0

    def within(self, wanted: int, cost: int) -> int:
        units = wanted if self.units is None else min(wanted, self.units)
        return units if self.money is None or not cost else min(units, self.money // cost)

    def take(self, units: int, cost: int) -> None:
        if self.units is not None:
            self.units -= units
        if self.money is not None:
            self.money -= units * cost
            self.spent += units * cost


@dataclass(slots=True)
class Turn(Asking):
    """Decides one event."""

    # Rules

    def follow(self, planned: PlannedRule, wanted: dict[int, int]) -> list[str]:
        """Do what a rule says, within its limit and its budget. Returns why it did less, if so.

        A rule whose budget is used up does nothing of what it says, and tells nobody."""
        notes: list[str] = []
        limit, use, left, period = planned.rule.limit, None, _Left(), ""
        if limit is not None:
            period = period_of(self.day, limit.per)
            use = self.snapshot.uses.setdefault((planned.rule.id, period), [0, 0])
            left = self._left(planned, limit, period, use)
            if (limit.times and use[0] >= limit.times) or left.units == 0 or left.money == 0:
                return [NO_EFFECT_LIMIT]
        given, before = self._granted(planned, wanted, left, notes), len(self.effects)
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
            if left.spent:
                self.snapshot.uses[money_name(planned.rule.id), period][1] += left.spent
                self.used.append((money_name(planned.rule.id), period, 0, left.spent))
        return sorted(set(notes))

    def _left(self, planned: PlannedRule, limit: Limit, period: str, use: list[int]) -> "_Left":
        money = None
        if limit.money_minor:
            spent = self.snapshot.uses.setdefault((money_name(planned.rule.id), period), [0, 0])
            money = max(limit.money_minor * MICRO - spent[1], 0)
        return _Left(max(limit.units - use[1], 0) if limit.units else None, money)

    def outlook(self, planned: PlannedRule) -> tuple[int, int]:
        """What the rule would give now, within limit, caps and budgets: its cost, and units."""
        limit, left = planned.rule.limit, _Left()
        if limit is not None:
            period = period_of(self.day, limit.per)
            use = self.snapshot.uses.get((planned.rule.id, period), [0, 0])
            if limit.times and use[0] >= limit.times:
                return (0, 0)
            left = self._left(planned, limit, period, use)
        worth = total = 0
        for number, units in self.wanted(planned).items():
            action = planned.actions[number]
            assert isinstance(action, PlannedCredit)
            asset = self.plan.programme.assets[action.action.asset]
            cost = self.plan.costs[asset.id]
            given = self.room(asset, left.within(units, cost))
            given = max(self.budgets.left(planned.pots, self.day, given, cost), 0) if planned.pots else given
            left.take(given, cost)
            worth += given * cost
            total += given
        return worth, total

    def _granted(
        self, planned: PlannedRule, wanted_: dict[int, int], left: "_Left", notes: list[str]
    ) -> dict[int, int]:
        """The units that each of the rule's credits gives, by its place among the actions. Where the member's limit
        or the asset's cap has less `left` than a credit asks, it gives what is left; a budget says itself what it
        does then."""
        given: dict[int, int] = {}
        for number, action in enumerate(planned.actions):
            if not isinstance(action, PlannedCredit):
                continue
            asset = self.plan.programme.assets[action.action.asset]
            cost = self.plan.costs[asset.id]
            wanted = wanted_[number]
            units = left.within(wanted, cost)
            if units < wanted:
                notes.append(NO_EFFECT_LIMIT)
            capped = self.room(asset, units)
            if capped < units:
                notes.append(NO_EFFECT_CAP)
            units = (
                self.budgets.draw(planned.pots, self.day, self.event.time, capped, cost)
                if planned.pots
                else capped
            )
            if units < capped:
                notes.append(NO_EFFECT_BUDGET)
            given[number] = max(units, 0)
            if given[number]:
                self.cap(asset, given[number])
                left.take(given[number], cost)
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
        elif isinstance(action, GrantAction):
            refused = self.grant_by_rule(action.benefit, rule)
            if refused:
                notes.append(refused)
        elif isinstance(action, MessageAction):
            if self.is_history:
                notes.append(NO_EFFECT_QUIET)
            else:
                template = self.plan.programme.templates[action.template]
                self.effects.append(MessageWish(template.id, template.category, rule, self.take_id(), {}))

    @property
    def is_history(self) -> bool:
        """Events older than the programme's stated age count in full and notify nobody."""
        return self.event.time < self.plan.programme.told_since(self.now)

    def debit(self, action: DebitAction, rule: str) -> bool:
        """Take units, earliest to expire first; False if there was too little for what the action asks."""
        asset = self.plan.programme.assets[action.asset]
        units = granted(action.amount, self.free(asset.id), action.when_short)
        if units:
            self.draw(asset, units, SPEND, rule)
        return units == action.amount

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
        for asset_id in self.plan.with_level[after.ladder]:
            if asset_id in self.snapshot.balances:
                due = self.due(asset_id)
                due.lapses_at = ledger.after(after.until, self.plan.programme.zone)
                due.at = min((one for one in (due.at, due.lapses_at) if one is not None), default=None)
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
                _, latest = self.snapshot.credited.get(asset, (0, None))
                known = max(latest or day, standing.since, self.day)
                if asset not in self.rework and day >= known:
                    if not tiers.may_lift(ladder, standing, self.snapshot.ever(asset)):
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
        last = next(iter([*earlier, *steps][-1:]), None)
        after = Standing(ladder_id, last.after, last.day, last.until) if last else self._beginning(ladder_id)
        now = self.standing(ladder_id)
        if earlier + steps == history and (after.level, after.until) == (now.level, now.until):
            return
        self.snapshot.steps[ladder_id] = earlier + steps
        self._move(after, "recomputed", steps, rewrites=day)
