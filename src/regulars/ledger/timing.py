"""What time does to value: lots ripen, holds lapse, ends are announced and come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import cache
from zoneinfo import ZoneInfo

from regulars.language.calendar import local_day
from regulars.language.effects import HOLD, Draw
from regulars.language.snapshot import Lot, Snapshot
from regulars.ledger.contracts import Asset


class Kind(IntEnum):
    """What happens, in the order in which things of one moment happen."""

    RIPEN = 0
    LAPSE = 1
    REMIND = 2
    END = 3
    DECAY = 4


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that time does: to `lots` of an asset, the earliest earned first, or to a `draw`.

    `ends_at`: of a reminder, the end that it announces.
    """

    at: datetime
    kind: Kind
    asset: str
    lots: tuple[Lot, ...] = ()
    draw: Draw | None = None
    ends_at: datetime | None = None


NEVER = datetime.max.replace(tzinfo=UTC)

Named = tuple[datetime, int, str]
"""When something happens to an asset, and what."""


def first_moment(snapshot: Snapshot, assets: Mapping[str, Asset], until: datetime) -> Moment | None:
    """What time does first by `until`, of what the snapshot holds. That there is nothing before a moment is remembered,
    until value moves."""
    if snapshot.quiet_until is not None and snapshot.quiet_until > until:
        return None
    first = _first(snapshot, assets)
    lapsing = _lapsing(snapshot)
    if lapsing is not None and (first is None or (lapsing.at, lapsing.kind, lapsing.asset) < first):
        first = (lapsing.at, lapsing.kind, lapsing.asset)
    else:
        lapsing = None
    if first is None or first[0] > until:
        snapshot.quiet_until = first[0] if first is not None else NEVER
        return None
    at, kind, asset_id = first
    return lapsing or _moment(snapshot, assets, at, Kind(kind), asset_id)


def _first(snapshot: Snapshot, assets: Mapping[str, Asset]) -> Named | None:
    """The first of what time does to lots."""
    first: Named | None = None
    known = snapshot.firsts
    for asset_id, lots in snapshot.lots.items():
        if asset_id in known:
            found = known[asset_id]
        else:
            found = known[asset_id] = _first_of(snapshot, assets.get(asset_id), asset_id, lots)
        if found is not None and (first is None or found < first):
            first = found
    return first


def _first_of(snapshot: Snapshot, asset: Asset | None, asset_id: str, lots: list[Lot]) -> Named | None:
    """The first of what time does to the lots of one asset: one ends or ripens, an end is announced, units decay."""
    due = snapshot.due.get(asset_id)
    lapses = due.lapses_at if due is not None else None
    ends: datetime | None = None
    ripe: datetime | None = None
    to_use = False
    for lot in lots:
        if lot.remaining > 0:
            to_use, end = True, lot.expires_at
            if end is not None and (ends is None or end < ends):
                ends = end
        if lot.pending:
            at = lot.matures_at
            if at is not None and (ripe is None or at < ripe):
                ripe = at
    found: list[Named] = []
    if lapses is not None and _decays(asset):
        found.append((lapses, Kind.DECAY, asset_id))
    elif lapses is not None and to_use and (ends is None or lapses < ends):
        ends = lapses
    if ends is not None:
        found.append((ends, Kind.END, asset_id))
    if ripe is not None:
        found.append((ripe, Kind.RIPEN, asset_id))
    if asset is not None and asset.remind_days and to_use:
        told = due.reminded_to if due is not None else None
        at = _announced(asset, lots, lapses, told)
        if at is not None:
            found.append((at, Kind.REMIND, asset_id))
    return min(found, default=None)


def _announced(
    asset: Asset, lots: list[Lot], lapses: datetime | None, told: datetime | None
) -> datetime | None:
    """When the next end is announced: so many days before, but not before there is something that ends then."""
    first: datetime | None = None
    since: datetime | None = None
    for lot in lots:
        end = lot.expires_at or lapses
        if end is None or lot.remaining <= 0 or (told is not None and end <= told):
            continue
        if first is None or end < first:
            first, since = end, lot.earned_at
        elif end == first and since is not None and lot.earned_at > since:
            since = lot.earned_at
    if first is None or since is None:
        return None
    at = max(first - days_of(asset.remind_days), since)
    return at if at < first else None


def _moment(
    snapshot: Snapshot, assets: Mapping[str, Asset], at: datetime, kind: Kind, asset_id: str
) -> Moment | None:
    """All that happens to one asset at that moment."""
    lots = snapshot.lots[asset_id]
    if kind is Kind.REMIND:
        return _reminder(snapshot, assets[asset_id], lots)
    if kind is Kind.DECAY:
        return Moment(at, kind, asset_id, tuple(lots))
    if kind is Kind.RIPEN:
        found = [lot for lot in lots if lot.pending and lot.matures_at == at]
    else:
        due = snapshot.due.get(asset_id)
        lapses_at = due.lapses_at if due is not None else None
        found = [lot for lot in lots if lot.remaining > 0 and at in (lot.expires_at, lapses_at)]
    return Moment(at, kind, asset_id, tuple(sorted(found, key=lambda lot: lot.id)))


def _decays(asset: Asset | None) -> bool:
    return asset is not None and asset.decay is not None


def _lapsing(snapshot: Snapshot) -> Moment | None:
    """The first hold that reaches its limit."""
    lapsing = [
        Moment(draw.until, Kind.LAPSE, draw.asset, draw=draw)
        for draw in snapshot.draws.values()
        if draw.until is not None and draw.account == HOLD and draw.held
    ]
    return min(lapsing, key=lambda one: (one.at, one.asset, one.draw.id if one.draw else None), default=None)


def _reminder(snapshot: Snapshot, asset: Asset, lots: list[Lot]) -> Moment | None:
    """The next announcement, with the lots that end then."""
    due = snapshot.due.get(asset.id)
    lapses, told = (due.lapses_at, due.reminded_to) if due is not None else (None, None)
    at = _announced(asset, lots, lapses, told)
    if at is None:
        return None
    ends = [
        (end, lot)
        for lot in lots
        if lot.remaining > 0 and (end := lot.expires_at or lapses) and (told is None or end > told)
    ]
    first = min(end for end, _ in ends)
    ending = tuple(lot for end, lot in ends if end == first)
    return Moment(at, Kind.REMIND, asset.id, ending, ends_at=first)


def last_good_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day on which what ends at `end` can be used."""
    return local_day(end - timedelta(microseconds=1), zone)


def due_at(snapshot: Snapshot, asset: Asset | None, asset_id: str, told_since: datetime) -> datetime | None:
    """When time next has something to do with an asset, of a member all of whose open lots are known. What had to be
    announced before `told_since` is not announced any more."""
    moments: list[datetime | None] = []
    due = snapshot.due.get(asset_id)
    lapses = due.lapses_at if due is not None else None
    told = due.reminded_to if due is not None else None
    ahead = timedelta(days=asset.remind_days) if asset is not None and asset.remind_days else None
    for lot in snapshot.lots.get(asset_id, ()):
        if lot.remaining > 0:
            moments += (lot.expires_at, lapses)
            end = lot.expires_at or lapses
            if ahead is not None and end is not None and (told is None or end > told):
                announced = max(end - ahead, lot.earned_at)
                moments.append(announced if announced >= told_since else None)
        if lot.pending:
            moments.append(lot.matures_at)
    moments += [
        draw.until
        for draw in snapshot.draws.values()
        if draw.asset == asset_id and draw.account == HOLD and draw.held
    ]
    return min((one for one in moments if one is not None), default=None)


def look_anew(snapshot: Snapshot, asset_id: str) -> None:
    """Something of an asset has changed: what time does first is not known any more."""
    snapshot.quiet_until = None
    snapshot.firsts.pop(asset_id, None)


def soonest_of(asset: Asset, lot: Lot) -> datetime | None:
    """The earliest that a new lot may give time to do, whatever was announced."""
    end, ripe = lot.expires_at, lot.matures_at
    if end is not None and asset.remind_days:
        end = end - days_of(asset.remind_days)
        if end < lot.earned_at:
            end = lot.earned_at
    return end if ripe is None or (end is not None and end <= ripe) else ripe


@cache
def days_of(days: int) -> timedelta:
    """So many days."""
    return timedelta(days=days)


def sooner(asset: Asset, lot: Lot, told_since: datetime) -> datetime | None:
    """The earliest that a new lot gives time to do, for members whose other lots are not at hand."""
    end = lot.expires_at
    if end is not None and asset.remind_days:
        announced = max(end - timedelta(days=asset.remind_days), lot.earned_at)
        end = announced if announced >= told_since else end
    ripe = lot.matures_at
    return end if ripe is None or (end is not None and end <= ripe) else ripe
