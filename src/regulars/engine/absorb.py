"""Two members made one in memory: what `engine.merging` does to rows, done to snapshots. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.campaigns.logic import Budgets
from regulars.engine.decide import Decided, live, settle
from regulars.engine.merged import LOTS_PER_MOVE, MOVED_IN, MOVED_OUT, RECKONED, lapses, open_lots
from regulars.engine.plan import Plan
from regulars.kit.ids import event_id
from regulars.language.events import RULES, Event
from regulars.language.snapshot import Profile, Snapshot, Tally
from regulars.tiers.merging import remembered


def join(
    plan: Plan,
    kept: Snapshot,
    gone: Snapshot,
    event: Event,
    now: datetime,
    budgets: Budgets,
    tells: bool = True,
    asked: datetime | None = None,
) -> list[Decided]:
    """`event`, by which `gone` becomes one with `kept`: all that was decided. Both snapshots hold all that there is
    of their members, as of now. `tells` and `asked` as for `live`."""
    lots, idle, since = open_lots(gone), lapses(plan, gone), _first_days(gone)
    steps: list[Event] = []

    def lived(snapshot: Snapshot, happening: Event) -> list[Decided]:
        before = settle(plan, snapshot, happening.time, now, budgets, tells, asked)
        return [*before, *live(plan, snapshot, happening, now, budgets, tells=tells, asked=asked)]

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
        decided += lived(gone, leaving)
    standings = [remembered(one) for one in gone.standings.values()]
    absorb(kept, gone, plan.programme.tag_rivals, plan.groups.lists if plan.groups is not None else ())
    for start in range(0, len(lots), LOTS_PER_MOVE):
        some: dict[str, object] = {"lots": lots[start : start + LOTS_PER_MOVE], "lapses": idle}
        decided += lived(kept, step(MOVED_IN, kept.member_id, some))
    decided += lived(kept, step(RECKONED, kept.member_id, {"since": since, "standings": standings}))
    decided += lived(kept, event)
    return [*decided, Decided(step("member.merged_away", gone.member_id, {"into": str(kept.member_id)}))]


def absorb(
    kept: Snapshot, gone: Snapshot, rivals: Mapping[str, frozenset[str]], lists: Iterable[str] = ()
) -> None:
    """All that is known of `gone`, whose lots are empty by now, is known of `kept`. Of an exclusive group of tags, what
    `kept` bears stays. `lists`: the audiences that are kept by hand."""
    kept.known.update(gone.known)
    kept.draws.update(gone.draws)
    kept.topups.update(gone.topups)
    kept.orders.update(gone.orders)
    kept.earned.update(gone.earned)
    kept.granted.update(gone.granted)
    kept.entitlements().update(gone.entitlements())
    kept.audiences |= gone.audiences.intersection(lists)
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
    _fill_in(kept.profile, gone.profile)
    _begin_anew(kept)
    kept.quiet_until = gone.quiet_until = None
    kept.still_until = gone.still_until = None
    gone.status = "merged"
    stores: tuple[dict[Any, Any], ...] = (
        gone.known,
        gone.lots,
        gone.draws,
        gone.topups,
        gone.orders,
        gone.earned,
        gone.granted,
        gone.entitlements(),
        gone.standings,
        gone.firsts,
    )
    for store in stores:
        store.clear()
    gone.audiences.clear()


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


def _begin_anew(kept: Snapshot) -> None:
    """On a ladder on which no step was ever taken, the member stands at the bottom since the earlier joining."""
    if kept.steps is not None:
        for ladder, standing in list(kept.standings.items()):
            if not kept.steps.get(ladder) and standing.due is None:
                del kept.standings[ladder]


def _fill_in(mine: Profile, theirs: Profile) -> None:
    """What the one who stays says, and the other's where that is empty; both joined when the first of them did."""
    mine.name = mine.name or theirs.name
    mine.gender = mine.gender or theirs.gender
    mine.birthday = mine.birthday or theirs.birthday
    mine.language = mine.language or theirs.language
    mine.attributes = {**theirs.attributes, **mine.attributes}
    mine.joined_at = min(filter(None, (mine.joined_at, theirs.joined_at)), default=None)
    mine.identities |= theirs.identities
    theirs.identities = frozenset()
