"""How value is earned, taken, given back and taken back. Pure: snapshots in, effects out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.language.calendar import RoundUp, add_months, end_of, local_day, start_of
from regulars.language.effects import EXPIRE, HOLD, PENDING, REVERSE, Credit, Draw, Give, Part, Take
from regulars.language.snapshot import Lot, Snapshot
from regulars.ledger.contracts import Asset, Clawback, Expiry, SpendOrder

DAYS_KEPT = 4096


def ends_of(expiry: Expiry, zone: ZoneInfo) -> Callable[[date], datetime | None]:
    """`expires_at` of a day, for one way of ending in one zone; days that came before are remembered."""
    known: dict[date, datetime | None] = {}

    def ends(day: date) -> datetime | None:
        found = known.get(day)
        if found is None:
            if len(known) >= DAYS_KEPT:
                known.clear()
            found = known[day] = expires_at(expiry, day, zone)
        return found

    return ends


@lru_cache(maxsize=4096)
def expires_at(expiry: Expiry, day: date, zone: ZoneInfo) -> datetime | None:
    """When what is earned on `day` expires: the first moment after its last good day. None: never, or not by itself.

    A fixed day comes again every year, one with a year from that year on.
    """
    if expiry.never:
        return None
    if expiry.on:
        last = _next_day(expiry.on, day)
    else:
        last = end_of(add_months(day, expiry.months) + timedelta(days=expiry.days), expiry.round)
    return start_of(last + timedelta(days=1), zone)


def _next_day(on: str, day: date) -> date:
    """The first `on` (`12-31`, `2027-12-31`) that is not before `day`; 29 February is the 28th in other years."""
    month, of_month = int(on[-5:-3]), int(on[-2:])
    year = max(int(on[:4]), day.year) if len(on) > 5 else day.year
    found = date(year, month, _last(year, month, of_month))
    return found if found >= day else date(year + 1, month, _last(year + 1, month, of_month))


def _last(year: int, month: int, of_month: int) -> int:
    return min(of_month, end_of(date(year, month, 1), RoundUp.MONTH).day)


def idle_end(expiry: Expiry, day: date, zone: ZoneInfo) -> datetime:
    """When all that a member holds ends, if nothing happens after `day`."""
    return start_of(end_of(add_months(day, expiry.idle_months), expiry.round) + timedelta(days=1), zone)


_KEYS: dict[SpendOrder, Callable[[Lot], Any]] = {
    SpendOrder.EXPIRING: lambda lot: (lot.expires_at is None, lot.expires_at or lot.earned_at, lot.id),
    SpendOrder.OLDEST: lambda lot: (lot.earned_at, lot.id),
    SpendOrder.NEWEST: lambda lot: (-lot.earned_at.timestamp(), -lot.id.int),
}


def in_order(lots: Iterable[Lot], order: SpendOrder = SpendOrder.EXPIRING) -> list[Lot]:
    """The order in which lots are spent."""
    return sorted(lots, key=_KEYS[order])


def take_from(lots: Sequence[Lot], amount: int) -> list[tuple[UUID, int]]:
    """Up to `amount` units out of open `lots`, in the order given. The sum tells the caller what is missing."""
    takes = []
    for lot in lots:
        if amount <= 0:
            break
        if lot.remaining > 0:
            units = min(lot.remaining, amount)
            takes.append((lot.id, units))
            amount -= units
    return takes


def fill_debts(lots: Sequence[Lot], amount: int) -> list[tuple[UUID, int]]:
    """How much of a credit of `amount` units goes to debts, oldest first: (debt's lot, units)."""
    fills = []
    for lot in sorted((one for one in lots if one.remaining < 0), key=lambda one: (one.earned_at, one.id)):
        if amount <= 0:
            break
        units = min(-lot.remaining, amount)
        fills.append((lot.id, units))
        amount -= units
    return fills


def expire(asset: str, lots: Sequence[Lot], at: datetime) -> Take:
    """The end of `lots`: what remains of them goes back to the house."""
    takes = [(lot.id, lot.remaining) for lot in lots]
    return Take(EXPIRE, asset, sum(units for _, units in takes), "", at, takes)


def decay(asset: Asset, lots: Sequence[Lot], balance: int, at: datetime) -> Take | None:
    """A day's decay of what a member has; None where the floor is reached."""
    if asset.decay is None or balance <= asset.decay.floor:
        return None
    units = min(asset.decay.per_day, balance - asset.decay.floor)
    takes = take_from(in_order(lots, asset.spend_order), units)
    taken = sum(some for _, some in takes)
    return Take(EXPIRE, asset.id, taken, "", at, takes) if taken else None


def draw_from(
    account: str, asset: str, lots: Sequence[Lot], units: int, rule: str, at: datetime, held: bool = False
) -> Take:
    """`units` out of `lots`, which hold at least as many, in the order given, remembered so that it can be undone.
    The draw gets its id with the entries."""
    takes = take_from(lots, units)
    parts = [Part(lot_id, held=some) if held else Part(lot_id, used=some) for lot_id, some in takes]
    draw = Draw(UUID(int=0), asset, account, at, parts)
    return Take(account, asset, units, rule, at, takes, draw=draw)


# What goes back


def share_of(units: int, share: tuple[int, int]) -> int:
    """How many of `units` belong to what has gone back so far, `share` = (gone back, of).

    Always reckoned from the whole, rounded to the nearest unit (halves up), so that any split of the whole adds up.
    """
    gone, whole = share
    if whole <= 0 or gone >= whole:
        return units if gone else 0
    return (2 * units * gone + whole) // (2 * whole)


def apportion(units: int, weights: Sequence[int]) -> list[int]:
    """`units` shared in proportion to `weights` (≥ 0) by largest remainder, ties to the earlier; no part gets more
    than its weight as long as all weights together are as many as `units`."""
    whole = sum(weights)
    if whole <= 0 or units <= 0:
        return [0] * len(weights)
    parts = [units * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(units * weights[index] % whole))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return parts


def wanted_back(lots: Sequence[Lot], share: tuple[int, int]) -> list[int]:
    """What a return takes of each of an order's `lots` of one asset, when `share` of the order has gone back.

    round(Σ amount × share) − what went back before, shared by largest remainder in proportion to what each lot is
    behind. What has expired of a lot counts as gone back already.
    """
    gone, whole = share
    units = share_of(sum(lot.amount for lot in lots), share) - sum(lot.reversed for lot in lots)
    if gone >= whole > 0:
        behind = [lot.amount - lot.reversed for lot in lots]
    else:
        behind = [max(lot.amount * gone - lot.reversed * whole, 0) for lot in lots]
    parts = apportion(units, behind)
    return [
        max(min(part, lot.amount - lot.reversed - lot.expired), 0)
        for part, lot in zip(parts, lots, strict=True)
    ]


def take_back(asset: Asset, lot: Lot, wanted: int, snapshot: Snapshot, at: datetime, zone: ZoneInfo) -> Take:
    """`wanted` units of what `lot` brought go back to the house.

    From the lot itself, then, unless the asset waives it, from the member's other lots in the order of spending;
    what is still missing is owed (debt, no deeper than the asset's floor) or written off.
    """
    others = in_order((one for one in snapshot.lots.get(asset.id, ()) if one.id != lot.id), asset.spend_order)
    sources = [lot] if asset.clawback is Clawback.WAIVE else [lot, *others]
    takes = take_from(sources, wanted)
    taken = sum(units for _, units in takes)
    missing = wanted - taken
    debt = missing if asset.clawback is Clawback.DEBT else 0
    if debt and asset.floor is not None:
        debt = min(debt, max(snapshot.balances.get(asset.id, 0) - taken - asset.floor, 0))
    return Take(
        REVERSE,
        asset.id,
        taken + debt,
        "",
        at,
        takes,
        debt=debt,
        waived=missing - debt,
        earned_on=counted_on(lot, zone),
        source_lot=lot.id,
    )


def counted_on(lot: Lot, zone: ZoneInfo) -> date | None:
    """The local day on which a lot counts for levels: when it ripened, else when it was earned; None: not yet."""
    if lot.pending:
        return None
    return local_day(max(lot.matures_at or lot.earned_at, lot.earned_at), zone)


def bring_back(
    asset: Asset,
    account: str,
    parts: Sequence[tuple[Lot, int]],
    snapshot: Snapshot,
    at: datetime,
    zone: ZoneInfo,
) -> Give:
    """Units back into their lots, which pay what the member owes first. A lot whose end has passed gets the asset's
    grace."""
    total = sum(units for _, units in parts)
    fills = []
    if snapshot.balances.get(asset.id, 0) < 0:
        debts = fill_debts(snapshot.lots.get(asset.id, ()), total)
        fills = _paid_by(debts, parts)
    revived = []
    if asset.grace_days:
        end = start_of(local_day(at, zone) + timedelta(days=asset.grace_days + 1), zone)
        revived = [(lot.id, end) for lot, _ in parts if lot.expires_at is not None and lot.expires_at <= at]
    gives = [(lot.id, units) for lot, units in parts]
    return Give(account, asset.id, total, "", at, gives, fills, revived)


def collect(asset: str, parts: Sequence[tuple[Lot, int]], at: datetime) -> Take | None:
    """What had been written off of lots, as far as it has just come back to them; None where nothing was."""
    takes = []
    for lot in {lot.id: lot for lot, _ in parts}.values():
        back = sum(units for one, units in parts if one is lot)
        units = min(back, lot.waived, max(lot.remaining, 0))
        if units:
            takes.append((lot.id, units))
    if not takes:
        return None
    return Take(REVERSE, asset, sum(units for _, units in takes), "", at, takes, collects=True)


def _paid_by(
    debts: Sequence[tuple[UUID, int]], parts: Sequence[tuple[Lot, int]]
) -> list[tuple[UUID, UUID, int]]:
    """Which lot's units pay which debt."""
    paid: list[tuple[UUID, UUID, int]] = []
    left = [units for _, units in parts]
    for debt, owed in debts:
        still = owed
        for index, (lot, _) in enumerate(parts):
            units = min(still, left[index])
            if units:
                paid.append((debt, lot.id, units))
                left[index] -= units
                still -= units
    return paid


# Draws


def let_go(draw: Draw, units: int) -> list[tuple[UUID, int]]:
    """Up to `units` held ones out of the draw, what was taken last first."""
    moved = []
    for part in reversed(draw.parts):
        some = min(part.held, units)
        if some:
            part.held -= some
            units -= some
            moved.append((part.lot_id, some))
    return moved


def use(draw: Draw, units: int) -> list[tuple[UUID, int]]:
    """Up to `units` held ones become used, what was taken first first."""
    moved = []
    for part in draw.parts:
        some = min(part.held, units)
        if some:
            part.held -= some
            part.used += some
            units -= some
            moved.append((part.lot_id, some))
    return moved


def undo(draw: Draw, units: int) -> list[tuple[UUID, int]]:
    """Up to `units` used ones go back, what was taken last first."""
    moved = []
    for part in reversed(draw.parts):
        some = min(part.used, units)
        if some:
            part.used -= some
            part.returned += some
            units -= some
            moved.append((part.lot_id, some))
    return moved


# Snapshots


def apply_credit(snapshot: Snapshot, credit: Credit) -> Lot:
    """Bring `snapshot` to what it is after `credit`; the new lot."""
    filled = 0
    for lot_id, units in credit.fills:
        filled += units
        find_lot(snapshot, credit.asset, lot_id).remaining += units
    lot = Lot(
        credit.lot_id,
        credit.asset,
        credit.amount,
        0 if credit.pending else credit.amount - filled,
        credit.earned_at,
        credit.expires_at,
        0,
        0,
        0,
        credit.amount if credit.pending else 0,
        credit.matures_at,
        credit.rule,
    )
    asset, balances = credit.asset, snapshot.balances
    snapshot.known[credit.lot_id] = lot
    lots = snapshot.lots.get(asset)
    if lots is None:
        snapshot.lots[asset] = [lot]
    else:
        lots.append(lot)
    balances[asset] = balances.get(asset, 0) + (0 if credit.pending else credit.amount)
    return lot


def apply_take(snapshot: Snapshot, take: Take) -> None:
    """Bring `snapshot` to what it is after `take`."""
    for lot_id, units in take.takes:
        lot = find_lot(snapshot, take.asset, lot_id)
        lot.remaining -= units
        if take.collects:
            lot.waived -= units
        if take.account == EXPIRE:
            lot.expired += units
        elif take.account == PENDING:
            lot.pending += units
        elif take.account == HOLD:
            lot.held += units
    if take.source_lot is not None:
        source = find_lot(snapshot, take.asset, take.source_lot)
        source.reversed += take.amount + take.waived
        source.waived += take.waived
    if take.debt_lot is not None:
        owed = Lot(take.debt_lot, take.asset, 0, -take.debt, take.at, None)
        snapshot.known[owed.id] = owed
        snapshot.lots.setdefault(take.asset, []).append(owed)
    snapshot.balances[take.asset] = snapshot.balances.get(take.asset, 0) - take.amount


def apply_give(snapshot: Snapshot, give: Give) -> None:
    """Bring `snapshot` to what it is after `give`."""
    ends = dict(give.revived)
    for lot_id, units in give.gives:
        lot = find_lot(snapshot, give.asset, lot_id)
        lot.remaining += units
        if give.account == PENDING:
            lot.pending -= units
        elif give.account == HOLD:
            lot.held -= units
        if give.raises:
            lot.amount += units
        lot.expires_at = ends.get(lot_id, lot.expires_at)
        some = snapshot.lots.setdefault(give.asset, [])
        if not any(one is lot for one in some):
            some.append(lot)
    for debt_id, lot_id, units in give.fills:
        find_lot(snapshot, give.asset, debt_id).remaining += units
        find_lot(snapshot, give.asset, lot_id).remaining -= units
    snapshot.balances[give.asset] = snapshot.balances.get(give.asset, 0) + give.amount


def find_lot(snapshot: Snapshot, asset: str, lot_id: UUID) -> Lot:
    """The lot of that id among those loaded. Raises LookupError."""
    found = snapshot.known.get(lot_id)
    if found is None:
        found = next((lot for lot in snapshot.lots.get(asset, ()) if lot.id == lot_id), None)
        if found is None:
            raise LookupError(f"lot {lot_id} of {asset} was not loaded")
        snapshot.known[lot_id] = found
    return found


def days_on(moment: datetime, days: int) -> datetime:
    """So many days of 24 hours after `moment`."""
    return moment + timedelta(days=days)


def after(last_day: date | None, zone: ZoneInfo) -> datetime | None:
    """The first moment after `last_day`."""
    return start_of(last_day + timedelta(days=1), zone) if last_day else None
