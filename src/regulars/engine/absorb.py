"""Two members made one in memory: what `engine.merging` does to rows, done to snapshots. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import Budgets
from regulars.engine.decide import Decided, live
from regulars.engine.merged import LOTS_PER_MOVE, MOVED_IN, MOVED_OUT, RECKONED, lapses, open_lots
from regulars.engine.plan import Plan
from regulars.kit.ids import event_id
from regulars.language.events import RULES, Event
from regulars.language.snapshot import Snapshot, Tally


def join(
    plan: Plan, kept: Snapshot, gone: Snapshot, event: Event, now: datetime, budgets: Budgets
) -> list[Decided]:
    """`event`, by which `gone` becomes one with `kept`: all that was decided. Both snapshots hold all that there is
    of their members, as of now."""
    lots, idle, since = open_lots(gone), lapses(plan, gone), _first_days(gone)
    steps: list[Event] = []

    def step(kind: str, member_id: UUID, data: dict[str, object]) -> Event:
        key = f"{event.id}:{len(steps) + 1}"
        made = Event(
            event_id(event.time, RULES, key), RULES, key, kind, member_id, event.time, data, event.id, 1
        )
        steps.append(made)
        return made

    decided: list[Decided] = []
    for start in range(0, len(lots), LOTS_PER_MOVE):
        leaving = step(MOVED_OUT, gone.member_id, {"lots": lots[start : start + LOTS_PER_MOVE]})
        decided += live(plan, gone, leaving, now, budgets)
    standings = [
        [one.ladder, one.level, one.since.isoformat(), one.until.isoformat() if one.until else None]
        for one in gone.standings.values()
    ]
    absorb(kept, gone, plan.programme.tag_rivals)
    for start in range(0, len(lots), LOTS_PER_MOVE):
        some: dict[str, object] = {"lots": lots[start : start + LOTS_PER_MOVE], "lapses": idle}
        decided += live(plan, kept, step(MOVED_IN, kept.member_id, some), now, budgets)
    reckoning = step(RECKONED, kept.member_id, {"since": since, "standings": standings})
    decided += live(plan, kept, reckoning, now, budgets)
    return [*decided, *live(plan, kept, event, now, budgets)]


def absorb(kept: Snapshot, gone: Snapshot, rivals: Mapping[str, frozenset[str]]) -> None:
    """All that is known of `gone`, whose lots are empty by now, is known of `kept`. Of an exclusive group of tags, what
    `kept` bears stays."""
    kept.known.update(gone.known)
    kept.draws.update(gone.draws)
    kept.topups.update(gone.topups)
    kept.orders.update(gone.orders)
    kept.earned.update(gone.earned)
    kept.tags |= {tag for tag in gone.tags if rivals.get(tag, frozenset()).isdisjoint(kept.tags)}
    for counted, (times, units) in gone.uses.items():
        use = kept.uses.setdefault(counted, [0, 0])
        use[0], use[1] = use[0] + times, use[1] + units
    for name, count in gone.counts.items():
        kept.counts[name] = kept.counts.get(name, 0) + count
    for name, tally in gone.tallies.items():
        _add_up(kept.tallies.setdefault(name, {}), tally)
    for asset, (_, latest) in gone.credited.items():
        ever, mine = kept.credited.get(asset, (0, None))
        kept.credited[asset] = (ever, max(filter(None, (latest, mine)), default=None))
        kept.adjusted.add(asset)
    _add_totals(kept, gone)
    gone.status = "merged"
    stores: tuple[dict[Any, Any], ...] = (
        gone.known,
        gone.lots,
        gone.draws,
        gone.topups,
        gone.orders,
        gone.earned,
        gone.standings,
    )
    for store in stores:
        store.clear()


def _first_days(snapshot: Snapshot) -> dict[str, str]:
    """Tally → the first local day on which the member did some of it."""
    firsts: dict[str, date] = {name: min(tally) for name, tally in snapshot.tallies.items() if tally}
    return {name: day.isoformat() for name, day in firsts.items()}


def _add_up(mine: Tally, theirs: Tally) -> None:
    for day, (count, total) in theirs.items():
        cell = mine.setdefault(day, [0, 0])
        cell[0] += count
        cell[1] += total


def _add_totals(kept: Snapshot, gone: Snapshot) -> None:
    mine, theirs = kept.totals, gone.totals
    mine.orders += theirs.orders
    mine.spend_minor += theirs.spend_minor
    mine.refunded_minor += theirs.refunded_minor
    mine.first_at = min(filter(None, (mine.first_at, theirs.first_at)), default=None)
    mine.last_at = max(filter(None, (mine.last_at, theirs.last_at)), default=None)
    kept.profile.joined_at = min(filter(None, (kept.profile.joined_at, gone.profile.joined_at)), default=None)
