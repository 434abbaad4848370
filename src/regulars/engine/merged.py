"""What it means for value and levels that two records of a person were made one, or apart again. Pure.

The rows of lots and draws change hands between `asset.moved_out` of the one and `asset.moved_in` of the other
(`engine.merging`); these events book it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from regulars.engine.plan import Plan
from regulars.engine.turn import Turn
from regulars.kit.ids import parent_id
from regulars.language.effects import HOLD, MERGE, PENDING, Credit, Draw, Give, LevelStep, Part, Take
from regulars.language.events import Event
from regulars.language.snapshot import Lot, Snapshot, Standing
from regulars.ledger import logic as ledger
from regulars.tiers import logic as tiers
from regulars.tiers.merging import standing

MOVED_OUT, MOVED_IN, PARTED, RECKONED = "asset.moved_out", "asset.moved_in", "asset.parted", "tier.reckoned"
LOTS_PER_MOVE = 1000
"""A move of more lots than this is several events."""

Moved = tuple[str, int, int, int]
"""(lot, free or owed, held, pending) as an event's data names it."""


def open_lots(snapshot: Snapshot, only: Iterable[UUID] | None = None) -> list[list[object]]:
    """All of a member's lots that hold or owe something, as data of `asset.moved_out`; `only` these, where said."""
    chosen = None if only is None else set(only)
    return [
        [str(lot.id), lot.remaining, lot.held, lot.pending]
        for _, lots in sorted(snapshot.lots.items())
        for lot in sorted(lots, key=lambda lot: lot.id)
        if (lot.remaining or lot.held or lot.pending) and (chosen is None or lot.id in chosen)
    ]


def lapses(plan: Plan, snapshot: Snapshot) -> dict[str, str]:
    """When what the member holds lapses by idleness, by asset."""
    assets = plan.programme.assets
    return {
        asset: due.lapses_at.isoformat()
        for asset, due in snapshot.due.items()
        if due.lapses_at is not None and asset in assets and assets[asset].expiry.idle_months
    }


def lots_named(event: Event) -> set[UUID]:
    """The lots that an event of a merge speaks of."""
    if event.type in (MOVED_OUT, MOVED_IN):
        return {UUID(row[0]) for row in event.data["lots"]}
    return {UUID(lot) for _, lot in event.data["parts"]} if event.type == PARTED else set()


def operations_named(event: Event) -> set[UUID]:
    """The events whose draws an event of a merge speaks of."""
    return {parent_id(UUID(draw)) for draw, _ in event.data["parts"]} if event.type == PARTED else set()


def moved_out(turn: Turn) -> None:
    """What is open leaves the one's account, lot by lot: what was set aside becomes free for the moment of it."""
    for asset, rows in _by_asset(turn).items():
        at = turn.event.time
        for account, place in ((HOLD, 1), (PENDING, 2)):
            parts = [(lot.id, units[place]) for lot, units in rows if units[place]]
            if parts:
                turn.give(Give(account, asset, _sum(parts), "", at, parts))
        _pass_on(turn, asset, rows, -1)


def moved_in(turn: Turn) -> None:
    """It arrives in the other's, set aside as it was. What lapses by idleness does so with the later of both."""
    for asset, rows in _by_asset(turn).items():
        there = turn.snapshot.lots.setdefault(asset, [])
        at_hand = {lot.id for lot in there}
        there += [lot for lot, _ in rows if lot.id not in at_hand]
        with _idle(turn, asset):
            _pass_on(turn, asset, rows, 1)
            for account, place in ((HOLD, 1), (PENDING, 2)):
                parts = [(lot.id, units[place]) for lot, units in rows if units[place]]
                if parts:
                    turn.take(Take(account, asset, _sum(parts), "", turn.event.time, parts))
    for asset, moment in turn.event.data.get("lapses", {}).items():
        due = turn.due(asset)
        lapses = datetime.fromisoformat(moment)
        due.lapses_at = max(due.lapses_at or lapses, lapses)


def parted(turn: Turn) -> None:
    """Units of lots that are about to leave, drawn for this member's own purposes, get a lot that stays: should they
    come back, it is there that they do."""
    for draw_id, lot_id in turn.event.data["parts"]:
        draw = turn.snapshot.draws[UUID(draw_id)]
        for part in draw.parts:
            if part.lot_id == UUID(lot_id) and part.held + part.used:
                with _idle(turn, draw.asset):
                    _part(turn, draw, part)


def _part(turn: Turn, draw: Draw, part: Part) -> None:
    at, asset, lot = turn.event.time, draw.asset, ledger.find_lot(turn.snapshot, draw.asset, part.lot_id)
    asides = [(HOLD, part.held), (draw.purpose, part.used)]
    for account, units in asides:
        if units:
            turn.give(Give(account, asset, units, "", at, [(lot.id, units)]))
    whole = part.held + part.used
    turn.take(Take(MERGE, asset, whole, "", at, [(lot.id, whole)]))
    credit = Credit(asset, whole, "", at, turn.day, lot.expires_at, turn.take_id(), account=MERGE)
    stays = ledger.apply_credit(turn.snapshot, credit)
    turn.effects.append(credit)
    part.lot_id = stays.id
    for account, units in asides:
        if units:
            turn.take(Take(account, asset, units, "", at, [(stays.id, units)], draw=draw))


@contextmanager
def _idle(turn: Turn, asset: str) -> Iterator[None]:
    """What is booked inside is none of the member's doing: their idle time goes on."""
    due = turn.snapshot.due.get(asset)
    lapsing = due.lapses_at if due is not None else None
    yield
    if lapsing is not None and lapsing > turn.event.time:
        turn.due(asset).lapses_at = lapsing


def reckoned(turn: Turn) -> None:
    """The ladders are walked anew from the days on which what was earned has changed; who was merged brings their
    level with them, where it is the higher one."""
    data = turn.event.data
    for name, day in data["since"].items():
        if name in turn.plan.ladders_of:
            turn.touched[name] = date.fromisoformat(day)
            turn.rework.add(name)
    turn.climb()
    turn.touched.clear()
    for row in data.get("standings", ()):
        _bring(turn, standing(row))


def _bring(turn: Turn, theirs: Standing) -> None:
    """A level that who was merged had: decided by hand it goes on, else it holds to its end where it is the higher
    one. A ladder that follows its measure has both measures already."""
    ladder = turn.plan.programme.ladders.get(theirs.ladder)
    if ladder is None or any(
        one and all(level.id != one for level in ladder.levels) for one in (theirs.level, theirs.held)
    ):
        return
    mine = turn.standing(ladder.id)
    now, level = ladder.level(mine.level), ladder.level(theirs.level)
    if theirs.held_until is not None and theirs.held_until >= turn.day and not (mine.held or theirs.exact):
        held = ladder.level(theirs.held)
        turn.step(ladder.id, tiers.place(ladder, mine, turn.day, held, theirs.held_until, False))
    elif (
        ladder.period is not None
        and level.rank > now.rank
        and (theirs.until is None or theirs.until >= turn.day)
        and not mine.exact
    ):
        turn.step(ladder.id, LevelStep(turn.day, now.id, level.id, "rule", theirs.until))


def nothing(_turn: Turn) -> None:
    """The member's life goes on; what it means is in the events that follow."""


def _by_asset(turn: Turn) -> dict[str, list[tuple[Lot, Sequence[int]]]]:
    found: dict[str, list[tuple[Lot, Sequence[int]]]] = {}
    for lot_id, *units in turn.event.data["lots"]:
        lot = turn.snapshot.known[UUID(lot_id)]
        found.setdefault(lot.asset, []).append((lot, units))
    return found


def _pass_on(turn: Turn, asset: str, rows: list[tuple[Lot, Sequence[int]]], sign: int) -> None:
    """What is there leaves (-1) or arrives (1), what is owed the other way round."""
    at = turn.event.time
    there = [(lot.id, sum(units)) for lot, units in rows if sum(units) > 0]
    owed = [(lot.id, -sum(units)) for lot, units in rows if sum(units) < 0]
    for parts, way in ((there, sign), (owed, -sign)):
        if parts and way > 0:
            turn.give(Give(MERGE, asset, _sum(parts), "", at, parts))
        elif parts:
            turn.take(Take(MERGE, asset, _sum(parts), "", at, parts))


def _sum(parts: Iterable[tuple[UUID, int]]) -> int:
    return sum(units for _, units in parts)


MERGED: dict[str, Callable[[Turn], None]] = {
    "member.merged": nothing,
    "member.unmerged": nothing,
    "member.merged_away": nothing,
    "member.restored": nothing,
    MOVED_OUT: moved_out,
    MOVED_IN: moved_in,
    PARTED: parted,
    RECKONED: reckoned,
}
