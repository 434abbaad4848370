"""What time does to value: lots ripen, holds lapse, ends are announced and come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
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


def first_moment(snapshot: Snapshot, assets: Mapping[str, Asset], until: datetime) -> Moment | None:
    """What time does first by `until`, of what the snapshot holds."""
    found: list[Moment] = []
    for asset_id, lots in snapshot.lots.items():
        found += _of_asset(snapshot, assets.get(asset_id), asset_id, lots, until)
    found += [
        Moment(draw.until, Kind.LAPSE, draw.asset, draw=draw)
        for draw in snapshot.draws.values()
        if draw.until is not None and draw.until <= until and draw.account == HOLD and draw.held
    ]
    return min(found, key=lambda one: (one.at, one.kind, one.asset), default=None)


def _of_asset(
    snapshot: Snapshot, asset: Asset | None, asset_id: str, lots: list[Lot], until: datetime
) -> list[Moment]:
    found = []
    ripe = [lot for lot in lots if lot.pending and lot.matures_at is not None and lot.matures_at <= until]
    if ripe:
        at = min(lot.matures_at for lot in ripe if lot.matures_at is not None)
        found.append(Moment(at, Kind.RIPEN, asset_id, _together(ripe, at, "matures_at")))
    over = [
        lot for lot in lots if lot.remaining > 0 and lot.expires_at is not None and lot.expires_at <= until
    ]
    if over:
        at = min(lot.expires_at for lot in over if lot.expires_at is not None)
        found.append(Moment(at, Kind.END, asset_id, _together(over, at, "expires_at")))
    due = snapshot.due.get(asset_id)
    if due is not None and due.lapses_at is not None and due.lapses_at <= until:
        free = sorted((lot for lot in lots if lot.remaining > 0), key=lambda lot: lot.id)
        if free:
            found.append(Moment(due.lapses_at, Kind.END, asset_id, tuple(free)))
    reminder = _reminder(snapshot, asset, asset_id, lots)
    if reminder is not None and reminder.at <= until:
        found.append(reminder)
    return found


def _together(lots: list[Lot], at: datetime, name: str) -> tuple[Lot, ...]:
    return tuple(sorted((lot for lot in lots if getattr(lot, name) == at), key=lambda lot: lot.id))


def _reminder(snapshot: Snapshot, asset: Asset | None, asset_id: str, lots: list[Lot]) -> Moment | None:
    """The next announcement: so many days before an end, but not before there is something that ends."""
    if asset is None or not asset.remind_days:
        return None
    due = snapshot.due.get(asset_id)
    told = due.reminded_to if due else None
    lapses = due.lapses_at if due else None
    first: datetime | None = None
    for lot in lots:
        end = lot.expires_at or lapses
        if (
            lot.remaining > 0
            and end is not None
            and (told is None or end > told)
            and (first is None or end < first)
        ):
            first = end
    if first is None:
        return None
    ending = [lot for lot in lots if lot.remaining > 0 and (lot.expires_at or lapses) == first]
    at = max(first - timedelta(days=asset.remind_days), max(lot.earned_at for lot in ending))
    return Moment(at, Kind.REMIND, asset_id, tuple(ending), ends_at=first) if at < first else None


def last_good_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day on which what ends at `end` can be used."""
    return local_day(end - timedelta(microseconds=1), zone)


def due_at(snapshot: Snapshot, asset: Asset | None, asset_id: str) -> datetime | None:
    """When time next has something to do with an asset, of a member all of whose open lots are known."""
    moments: list[datetime | None] = []
    free = False
    lots = snapshot.lots.get(asset_id, [])
    for lot in lots:
        if lot.remaining > 0:
            free = True
            moments.append(lot.expires_at)
        if lot.pending:
            moments.append(lot.matures_at)
    due = snapshot.due.get(asset_id)
    if due is not None and free:
        moments.append(due.lapses_at)
    reminder = _reminder(snapshot, asset, asset_id, lots)
    if reminder is not None:
        moments.append(reminder.at)
    moments += [
        draw.until
        for draw in snapshot.draws.values()
        if draw.asset == asset_id and draw.account == HOLD and draw.held
    ]
    return min((one for one in moments if one is not None), default=None)


def sooner(asset: Asset, lot: Lot) -> datetime | None:
    """The earliest that a new lot gives time to do, for members whose other lots are not at hand."""
    end = lot.expires_at
    if end is not None and asset.remind_days:
        end = max(end - timedelta(days=asset.remind_days), lot.earned_at)
    return min((one for one in (end, lot.matures_at) if one is not None), default=None)
