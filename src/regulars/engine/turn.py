"""One event's turn: what it means, what the rules want, where it puts the member. Pure.

A turn changes the snapshot with every effect it decides; the effects are what the rooms will write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.campaigns.contracts import (
    DebitAction,
    GrantAction,
    LevelAction,
    Limit,
    MessageAction,
    TagAction,
)
from regulars.campaigns.logic import MICRO, Budgets, granted
from regulars.engine.asking import Asking
from regulars.engine.plan import Plan, PlannedCredit, PlannedRule, money_name
from regulars.language.calendar import local_day, period_of
from regulars.language.effects import SPEND, MessageWish, TagChange
from regulars.language.events import Event
from regulars.language.snapshot import Snapshot

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


def outlasting(tags: Sequence[str], rivals: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Of tags that come together, those that no later one drives out."""
    return tuple(
        tag for at, tag in enumerate(tags) if rivals.get(tag, frozenset()).isdisjoint(tags[at + 1 :])
    )


@dataclass(slots=True, init=False)
class Turn(Asking):
    """Decides one event."""

    def __init__(
        self,
        plan: Plan,
        snapshot: Snapshot,
        event: Event,
        now: datetime,
        budgets: Budgets,
        others: dict[UUID, Snapshot] | None = None,
        tells: bool = True,
    ) -> None:
        # One is made for every event: what a dataclass would do by itself takes three times as long.
        self.plan, self.snapshot, self.event, self.now, self.budgets = plan, snapshot, event, now, budgets
        self.others, self.tells = others if others is not None else {}, tells
        self.effects, self.derived, self.trace, self.faults = [], [], [], []
        self.tallied, self.used = [], []
        self.earned, self.touched, self.rework = {}, {}, set()
        self.brought, self.ordinal = None, 0
        self.day = local_day(event.time, plan.programme.zone)

    # Rules

    def follow(self, planned: PlannedRule, wanted: dict[int, int]) -> list[str]:
        """Do what a rule says, within its limit and its budget. Returns why it did less, if so.

        A rule whose budget is used up does nothing of what it says, and tells nobody."""
        notes: list[str] = []
        if planned.unbounded:
            return self._freely(planned, wanted, notes)
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

    def _freely(self, planned: PlannedRule, wanted: dict[int, int], notes: list[str]) -> list[str]:
        """Do what a rule says that nothing bounds."""
        rule = planned.rule.id
        for number, action in enumerate(planned.actions):
            if type(action) is not PlannedCredit:
                self._act(planned, action, notes)
            elif wanted[number] > 0:
                self.credit(action.action.asset, wanted[number], rule)
        return sorted(set(notes)) if notes else notes

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
        if isinstance(action, MessageAction):
            if self.is_history:
                notes.append(NO_EFFECT_QUIET)
            else:
                template = self.plan.programme.templates[action.template]
                self.effects.append(MessageWish(template.id, template.category, rule, self.take_id(), {}))
        elif isinstance(action, DebitAction):
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

    @property
    def is_history(self) -> bool:
        """Events older than the programme's stated age count in full and notify nobody."""
        return self.event.time < self.told_since

    def debit(self, action: DebitAction, rule: str) -> bool:
        """Take units, earliest to expire first; False if there was too little for what the action asks. What members
        can't spend is only counted, so that taking of it counts against what was earned."""
        asset = self.plan.programme.assets[action.asset]
        units = granted(action.amount, self.free(asset.id), action.when_short)
        if units and asset.spendable:
            self.draw(asset, units, SPEND, rule)
        elif units:
            self.deduct(asset, units, rule)
        return units == action.amount

    def tag(self, action: TagAction, rule: str) -> None:
        """Of an exclusive group the newer tag stays, and of several at once the last."""
        tags, rivals = self.snapshot.tags, self.plan.programme.tag_rivals
        wanted = outlasting(action.add, rivals) if rivals else action.add
        add = tuple(tag for tag in wanted if tag not in tags)
        gone = dict.fromkeys(
            (*action.remove, *(one for tag in wanted for one in sorted(rivals.get(tag, ()))))
        )
        remove = tuple(tag for tag in gone if tag in tags and tag not in wanted)
        if add or remove:
            tags.update(add)
            tags.difference_update(remove)
            self.effects.append(TagChange(add, remove, rule))
