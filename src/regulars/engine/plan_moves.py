"""What a paid plan does to levels: it places its members on a level for as long as it runs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from regulars.engine.turn import Turn
from regulars.language.effects import LevelStep
from regulars.language.snapshot import Subscription
from regulars.plans.contracts import PaidPlan
from regulars.tiers import logic as tiers


def place_on_levels(
    turn: Turn, family: Mapping[str, PaidPlan], old: Mapping[str, Subscription | None]
) -> None:
    """Levels follow the plans of a family, after what became of them."""
    for plan_id, plan in family.items():
        now = turn.snapshot.plans.get(plan_id)
        if plan.level is not None and now is not None and not now.runs:
            _let_go(turn, plan, old[plan_id])
    for plan_id, plan in family.items():
        now = turn.snapshot.plans.get(plan_id)
        if plan.level is not None and now is not None and now.runs:
            _hold(turn, plan, now, old[plan_id])
        turn.plan_changed(plan_id)


def hold_levels(turn: Turn, ladder_id: str) -> None:
    """Nobody falls below the level of a plan that runs."""
    for plan in turn.plan.programme.plans.values():
        now = turn.snapshot.plans.get(plan.id)
        here = plan.level is not None and plan.level.ladder == ladder_id
        if here and now is not None and now.runs and now.last_day is not None and now.last_day >= turn.day:
            _hold(turn, plan, now, now)


def _hold(turn: Turn, plan: PaidPlan, now: Subscription, before: Subscription | None) -> None:
    """On the plan's level until the plan's last day; who stands higher, or longer by themselves, stays."""
    assert plan.level is not None
    ladder = turn.plan.programme.ladders[plan.level.ladder]
    standing = turn.standing(ladder.id)
    above = ladder.level(standing.level).rank - ladder.level(plan.level.level).rank
    by_plan = before is not None and standing.until is not None and standing.until == before.last_day
    longer = standing.until is not None and now.last_day is not None and standing.until < now.last_day
    if above > 0 or (above == 0 and not longer and not (by_plan and standing.until != now.last_day)):
        return
    day = max(turn.day, standing.since)
    step = LevelStep(day, standing.level, plan.level.level, "rule", now.last_day)
    turn.step(ladder.id, step, rule_of(plan))


def _let_go(turn: Turn, plan: PaidPlan, before: Subscription | None) -> None:
    """A plan that ended before its time lets go of the level that it gave: what was earned decides again."""
    if before is None or not before.runs or plan.level is None:
        return
    ladder = turn.plan.programme.ladders[plan.level.ladder]
    standing = turn.standing(ladder.id)
    given = standing.level == plan.level.level and standing.until == before.last_day
    if not given or standing.until is None or standing.until < turn.day:
        return
    yesterday = turn.day - timedelta(days=1)
    over = replace(standing, until=max(yesterday, standing.since))
    at_once = replace(turn.life(ladder), ladder=replace(ladder, grace_days=0))
    ended = max(yesterday, standing.since) + timedelta(days=1)
    for step in tiers.review(at_once, over, ended):
        turn.step(ladder.id, replace(step, day=max(turn.day, standing.since)), rule_of(plan))


def rule_of(plan: PaidPlan) -> str:
    """What a step that a plan wanted names as its rule."""
    return f"plan:{plan.id}"
