"""One event's hand on the ladders: where what was done, decided or forgotten by time puts the member."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from regulars.campaigns.contracts import LevelAction
from regulars.engine.books import Books
from regulars.language.calendar import local_day
from regulars.language.condition import Facts
from regulars.language.effects import LevelChange, LevelStep
from regulars.language.snapshot import Standing
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers
from regulars.tiers.contracts import Ladder, Level
from regulars.tiers.windows import days_of


@dataclass(slots=True)
class Levels(Books):
    """What an event does to the levels of its member."""

    def standing(self, ladder_id: str) -> Standing:
        """Where the member stands; new members stand at the bottom since they joined."""
        found = self.snapshot.standings.get(ladder_id)
        if found is None:
            found = self.snapshot.standings[ladder_id] = self._beginning(ladder_id)
        return found

    def _beginning(self, ladder_id: str) -> Standing:
        return tiers.start(self.plan.programme.ladders[ladder_id], min(self.joined, self.day))

    @property
    def joined(self) -> date:
        """The day on which the member joined."""
        return local_day(self.snapshot.profile.joined_at or self.event.time, self.plan.programme.zone)

    def days(self, ladder: Ladder) -> dict[date, int]:
        """What each day adds to the ladder's measure."""
        return days_of(ladder.measure, self.snapshot.tally)

    def enters(self, ladder: Ladder) -> tiers.Enters:
        """Whether the member, as of now, satisfies what a level asks for beside its threshold."""
        gates = self.plan.gates
        if not ladder.gated:
            return tiers.anybody
        zone = self.plan.programme.zone
        facts = Facts(self.event, self.snapshot, self.day, zone, self.event.time)

        def enters(level: Level, _day: date) -> bool:
            return gates[ladder.id, level.id].matches(facts)

        return enters

    # Steps

    def step(self, ladder_id: str, step: LevelStep, rule: str = "") -> None:
        """Take one step on a ladder."""
        if self.snapshot.steps is not None:
            self.snapshot.steps.setdefault(ladder_id, []).append(step)
        ladder = self.plan.programme.ladders[ladder_id]
        after = tiers.after_step(ladder, self.standing(ladder_id), step)
        self._move(after, step.reason, [step], rule)
        if step.reason == "kept" and step.after != ladder.levels[0].id:
            self.derive("tier.kept", {"ladder": ladder_id, "after": step.after})
        elif step.reason == "grace":
            self.derive("tier.grace_began", {"ladder": ladder_id, "after": step.after})

    def _move(
        self,
        after: Standing,
        reason: str,
        steps: list[LevelStep],
        rule: str = "",
        rewrites: date | None = None,
    ) -> None:
        before = self.standing(after.ladder)
        ladder = self.plan.programme.ladders[after.ladder]
        after.due = self._level_due(ladder, after, self.day)
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
                due.lapses_at = ledger.after(after.grace or after.until, self.plan.programme.zone)
                due.at = min((one for one in (due.at, due.lapses_at) if one is not None), default=None)
        rise = ladder.level(after.level).rank - ladder.level(before.level).rank
        if rise:
            self.derive(
                "tier.upgraded" if rise > 0 else "tier.downgraded",
                {"ladder": after.ladder, "before": before.level, "after": after.level},
            )

    def _level_due(
        self, ladder: Ladder, standing: Standing, day: date, life: tiers.Life | None = None
    ) -> date | None:
        """When time has something to do on the ladder."""
        if ladder.id in self.plan.plain:
            life = tiers.Life(ladder, {}, self.joined, self.enters(ladder))
        return tiers.due(life or self.life(ladder), standing, day)

    def life(self, ladder: Ladder) -> tiers.Life:
        """What the ladder looks at of this member."""
        return tiers.Life(ladder, self.days(ladder), self.joined, self.enters(ladder))

    def redue(self, ladder: Ladder, day: date, life: tiers.Life | None = None) -> None:
        """Note when time has something to do, where that has changed though no step was taken. `life`: what the ladder
        looks at, where that is at hand."""
        standing = self.standing(ladder.id)
        due = self._level_due(ladder, standing, day, life)
        if due != standing.due:
            self.snapshot.standings[ladder.id] = replace(standing, due=due)
            self.snapshot.redue.add(ladder.id)

    # What moves a member

    def place(self, action: LevelAction, rule: str) -> None:
        """What a rule says about the level. What was decided by hand goes first."""
        ladder = self.plan.programme.ladders[action.ladder]
        standing = self.standing(ladder.id)
        now, wanted = ladder.level(standing.level), ladder.level(action.level)
        by_hand = standing.held_until is not None and standing.held_until >= self.day
        if by_hand and (standing.exact or wanted.rank < ladder.level(standing.held).rank):
            return
        if wanted.rank > now.rank or (wanted.rank < now.rank and not action.up_only):
            until = tiers.period_end(ladder, wanted, self.day)
            self.step(ladder.id, LevelStep(self.day, now.id, wanted.id, "rule", until), rule)

    def review(self, ladder_id: str) -> None:
        """What time does on a ladder, today."""
        ladder = self.plan.programme.ladders[ladder_id]
        standing = self.standing(ladder_id)
        life = self.life(ladder)
        for step in tiers.review(life, standing, self.day):
            self.step(ladder_id, step)
        self.redue(ladder, self.day, life)

    def climb(self) -> None:
        """Where what was done, or taken back, puts the member on the ladders that look at it."""
        first: dict[str, date] = {}
        back = set()
        for name, day in self.touched.items():
            for ladder in self.plan.ladders_of[name]:
                known = first.get(ladder.id)
                if known is None or day < known:
                    first[ladder.id] = day
                if name in self.rework:
                    back.add(ladder.id)
        for ladder in self.plan.gated:
            if self.snapshot.steps is not None or self.day >= self.standing(ladder.id).since:
                first.setdefault(ladder.id, self.day)
        for ladder_id, day in first.items():
            ladder = self.plan.programme.ladders[ladder_id]
            if ladder_id in back or day < self._known(ladder, day):
                self._walk_again(ladder, day)
            else:
                self._look(ladder, day)

    def _known(self, ladder: Ladder, day: date) -> date:
        """The latest day on which something is known to have happened on the ladder."""
        asset = self.plan.of_asset[ladder.id]
        if asset:
            latest = self.snapshot.credited.get(asset, (0, None))[1] or day
        else:
            latest = max(
                (max(self.snapshot.tally(name), default=day) for name in ladder.tallies), default=day
            )
        return max(latest, self.standing(ladder.id).since, self.day)

    def _look(self, ladder: Ladder, day: date) -> None:
        standing = self.standing(ladder.id)
        plain = ladder.id in self.plan.plain
        may_lift = tiers.may_lift(ladder, standing, self.snapshot.ever(self.plan.of_asset[ladder.id]))
        if plain and standing.grace is None and not may_lift:
            return
        life = self.life(ladder)
        for step in tiers.look(life, standing, day):
            self.step(ladder.id, step)
        if not plain:
            self.redue(ladder, day, life)

    def _walk_again(self, ladder: Ladder, day: date) -> None:
        """The past turned out otherwise than it was known: walk the ladder anew from `day`."""
        if self.snapshot.steps is None:
            raise LookupError(f"the steps of {self.snapshot.member_id} were not loaded")
        history = self.snapshot.steps.get(ladder.id, [])
        days, before = self.days(ladder), self.standing(ladder.id)
        until = max(max(days, default=day), before.since, self.day)
        life = self.life(ladder)
        steps = tiers.rewalk(life, history, day, until)
        earlier = [step for step in history if step.day < day]
        after = self._beginning(ladder.id)
        for step in (*earlier, *steps):
            after = tiers.after_step(ladder, after, step)
        if earlier + steps == history and (after.level, after.until) == (before.level, before.until):
            return self.redue(ladder, until, life)
        self.snapshot.steps[ladder.id] = earlier + steps
        after.rewritten = before.rewritten + 1
        self._move(after, "recomputed", steps, rewrites=day)
        self.redue(ladder, until, life)
        return None


def standing_record(standing: Standing) -> dict[str, Any]:
    """What is told of a standing beside level, since and until, where there is something."""
    told: dict[str, Any] = {}
    if standing.grace is not None:
        told["grace"] = standing.grace.isoformat()
    if standing.held_until is not None:
        told["held_until"] = standing.held_until.isoformat()
    return told
