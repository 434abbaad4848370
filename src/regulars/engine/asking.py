"""Which rules an event's turn asks, and which of those that hold apply: windows, trials, groups, failures. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.campaigns.contracts import Pick
from regulars.campaigns.experiments import CONTROL, HELD_OUT
from regulars.campaigns.logic import MOST_AT_ONCE
from regulars.campaigns.occasions import is_open
from regulars.engine.contracts import Rejected
from regulars.engine.entitling import Entitling
from regulars.engine.plan import Arm, PlannedRule
from regulars.language.condition import Facts
from regulars.language.effects import Exposure

CLOSED, TRIAL, PARKED, FAILED = "closed", "trial", "parked", "failed"
"""Why a rule was not asked: not its time, tried with others only, failed too often; or it failed now."""

INSTEAD, STOPPED = "instead:", "stopped:"
"""Another rule of its group applied, or one after which no other is asked; the rule's id follows."""

UNASKED = (CLOSED, TRIAL, PARKED, FAILED, STOPPED)
"""Notes of rules whose condition was not looked at."""

IN_GROUP, WITHHELD = "group:", "withheld:"
"""The rule is part of an experiment and was for the member's group, or was not; `experiment:group` follows. Of the
control group of all campaigns there is no `group`, it is not part of any experiment."""

Line = list[Any]


class RuleFailed(Exception):
    """Following a rule broke off halfway: what was decided for the event so far must be forgotten."""

    def __init__(self, rule: str, error: Exception) -> None:
        super().__init__(f"rule {rule}: {told(error)}")
        self.rule = rule
        self.error = error


def told(error: Exception) -> str:
    """What went wrong, in one line."""
    return f"{type(error).__name__}: {error}"[:500]


def withheld(arm: Arm, member_id: UUID, at: datetime) -> str:
    """For which group's sake a member does not get a rule at a moment; empty: they do."""
    if arm.control is not None and at >= arm.control.since and arm.control.holds(member_id):
        return CONTROL
    if arm.experiment is None:
        return ""
    group = arm.experiment.group_of(member_id)
    theirs = group == arm.variant if arm.variant else group != HELD_OUT
    return "" if theirs else f"{arm.experiment.id}:{group}"


@dataclass(slots=True)
class Asking(Entitling, ABC):
    """Asks an event's rules. `trace` has per rule asked [id, held, values seen, notes…]; `faults` are rules that
    failed, with what went wrong."""

    trace: list[Line] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def follow_rules(self) -> None:
        """Ask every rule that can hold on this type of event, and do what those that hold say."""
        rules = self.plan.asked(self.event, self.day, self.snapshot)
        if not rules:
            return
        facts = Facts(self.event, self.snapshot, self.day, self.plan.programme.zone, self.event.time)
        if self.event.type in self.plan.choosing:
            self._choose(tuple(rules), facts)
            return
        silent = not self.tells and not self.plan.parked
        for planned in rules:
            if silent and planned.plain:
                self._follow_silently(planned, facts)
                continue
            line = self._ask(planned, facts)
            if line[1] and (planned.arm is None or self._assign(planned.arm, line)):
                self._apply(planned, line)
            if self.tells:
                self.trace.append(line)

    def _follow_silently(self, planned: PlannedRule, facts: Facts) -> None:
        """Ask a rule of which nobody wants to know why it applied or did not, and do what it says if it holds."""
        if planned.when is not None:
            try:
                held = planned.when.matches(facts)
            except Exception as error:
                self._failed(planned.rule.id, error)
                return
            if not held:
                return
        try:
            wanted = self.wanted(planned)
        except Exception as error:
            self._failed(planned.rule.id, error)
            return
        self._do(planned, wanted)

    def _choose(self, rules: Sequence[PlannedRule], facts: Facts) -> None:
        """The same where some rules exclude others."""
        applied: dict[str, str] = {}
        stopped = ""
        for planned in rules:
            rule = planned.rule
            if stopped:
                self.trace.append([rule.id, False, [], STOPPED + stopped])
                continue
            line = self._ask(planned, facts)
            self.trace.append(line)
            if not line[1] or (planned.arm is not None and not self._assign(planned.arm, line)):
                continue
            group = rule.group
            if group is not None and group.pick is Pick.BEST and group.id not in applied:
                applied[group.id] = self._best(group.id, rules, facts) or ""
            chosen = applied.get(group.id, "") if group is not None else ""
            if chosen and chosen != rule.id:
                line.append(INSTEAD + chosen)
                continue
            if self._apply(planned, line):
                if group is not None:
                    applied[group.id] = rule.id
                if rule.stop:
                    stopped = rule.id

    def _best(self, group: str, rules: Sequence[PlannedRule], facts: Facts) -> str | None:
        """The rule of the group that would give most, in money if that is known of all; of equals the first. None:
        none of them would give anything."""
        best, most = None, (0, 0)
        for planned in rules:
            exclusive = planned.rule.group
            if exclusive is None or exclusive.id != group or self._barred(planned, facts):
                continue
            if planned.arm and withheld(planned.arm, self.snapshot.member_id, self.event.time):
                continue
            try:
                if planned.when is None or planned.when.matches(facts):
                    offer = self.outlook(planned)
                    if offer > most:
                        best, most = planned.rule.id, offer
            except Exception:
                continue
        return best

    def _barred(self, planned: PlannedRule, facts: Facts) -> str:
        """Why the rule is not asked, if so."""
        rule = planned.rule
        if rule.id in self.plan.parked:
            return FAILED if rule.id in self.plan.failing else PARKED
        if rule.opening is not None and not is_open(
            rule.opening, facts.moment, facts.zone, facts.member.profile
        ):
            return CLOSED
        if planned.tries is not None and not planned.tries(facts):
            return TRIAL
        return ""

    def _ask(self, planned: PlannedRule, facts: Facts) -> Line:
        rule = planned.rule
        if rule.opening is not None or planned.tries is not None or self.plan.parked:
            try:
                barred = self._barred(planned, facts)
            except Exception as error:
                return self._failed(rule.id, error)
            if barred:
                return [rule.id, False, [], barred]
        if planned.when is None:
            return [rule.id, True, []]
        try:
            if not self.tells:
                return [rule.id, planned.when.matches(facts), []]
            held, seen = planned.when.explain(facts)
        except Exception as error:
            return self._failed(rule.id, error)
        return [rule.id, held, seen]

    def _assign(self, arm: Arm, line: Line) -> bool:
        """Whether the rule, which holds, is for the member's group; what would have been is noted either way, so that
        the groups can be compared by the same measure."""
        why = withheld(arm, self.snapshot.member_id, self.event.time)
        if why:
            line.append(WITHHELD + why)
        if arm.experiment is None or why == CONTROL:
            return not why
        group = arm.experiment.group_of(self.snapshot.member_id)
        if not why:
            line.append(f"{IN_GROUP}{arm.experiment.id}:{group}")
        known = (isinstance(one, Exposure) and one.experiment == arm.experiment.id for one in self.effects)
        if not any(known):
            self.effects.append(Exposure(arm.experiment.id, group, line[0]))
        return not why

    def _failed(self, rule: str, error: Exception) -> Line:
        self.faults.append((rule, told(error)))
        return [rule, False, [], FAILED]

    def _apply(self, planned: PlannedRule, line: Line) -> bool:
        """Do what a rule that holds says; whether anything came of it."""
        try:
            wanted = self.wanted(planned)
        except Exception as error:
            self.faults.append((planned.rule.id, told(error)))
            line.append(FAILED)
            return False
        before = len(self.effects)
        line += self._do(planned, wanted)
        return len(self.effects) > before

    def _do(self, planned: PlannedRule, wanted: dict[int, int]) -> list[str]:
        try:
            return self.follow(planned, wanted)
        except (Rejected, RuleFailed):
            raise
        except Exception as error:
            raise RuleFailed(planned.rule.id, error) from error

    def wanted(self, planned: PlannedRule) -> dict[int, int]:
        """The units that each of the rule's credits comes to, by its place among the actions."""
        wanted, data = {}, self.event.data
        multiplies = self.plan.benefits is not None and self.plan.benefits.multipliers
        for number, action in planned.credits:
            units = action.amount(data)
            if multiplies:
                units = self.multiplied(action.action.asset, units)
            if units > MOST_AT_ONCE:
                raise OverflowError(f"{units} units of {action.action.asset} at once")
            wanted[number] = units
        return wanted

    @abstractmethod
    def follow(self, planned: PlannedRule, wanted: dict[int, int]) -> list[str]:
        """Do what the rule says, within its limit and its budget; returns why it did less, if so."""

    @abstractmethod
    def outlook(self, planned: PlannedRule) -> tuple[int, int]:
        """What the rule would give now: in millionths of the smallest currency unit, and in units."""
