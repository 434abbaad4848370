"""How value is earned, taken and taken back. Pure: snapshots in, effects out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.language.calendar import add_months, end_of, local_day, start_of
from regulars.language.effects import EXPIRE, REVERSE, SPEND, Credit, Take
from regulars.language.snapshot import Lot, Snapshot
from regulars.ledger.contracts import Asset, Clawback, Expiry


@lru_cache(maxsize=4096)
def expires_at(expiry: Expiry, day: date, zone: ZoneInfo) -> datetime | None:
    """When what is earned on `day` expires: the first moment after its last good day. None: never."""
    if expiry.never:
        return None
    last = end_of(add_months(day, expiry.months) + timedelta(days=expiry.days), expiry.round)
    return start_of(last + timedelta(days=1), zone)


def by_expiry(lots: Iterable[Lot]) -> list[Lot]:
    """The order in which lots are spent: earliest to expire first, then earliest earned; never-expiring last."""
    return sorted(lots, key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.earned_at, lot.id))


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
    for lot in lots:
        if amount <= 0:
            break
        if lot.remaining < 0:
            units = min(-lot.remaining, amount)
            fills.append((lot.id, units))
            amount -= units
    return fills


def first_expiry(snapshot: Snapshot, until: datetime) -> tuple[datetime, str, list[Lot]] | None:
    """What runs out first by `until`: the moment, the asset and its lots that go, earliest earned first."""
    due = [
        lot
        for lots in snapshot.lots.values()
        for lot in lots
        if lot.expires_at is not None and lot.remaining > 0 and lot.expires_at <= until
    ]
    if not due:
        return None
    first = min(due, key=lambda lot: (lot.expires_at, lot.asset))
    together = [lot for lot in due if lot.expires_at == first.expires_at and lot.asset == first.asset]
    assert first.expires_at is not None
    return first.expires_at, first.asset, sorted(together, key=lambda lot: lot.id)


def expire(asset: str, lots: Sequence[Lot], at: datetime) -> Take:
    """The end of `lots`: what remains of them goes back to the house."""
    takes = [(lot.id, lot.remaining) for lot in lots]
    return Take(EXPIRE, asset, sum(units for _, units in takes), "", at, takes)


def spend(asset: str, lots: Sequence[Lot], units: int, rule: str, at: datetime) -> Take:
    """`units` out of `lots`, which hold at least as many, in the order given."""
    return Take(SPEND, asset, units, rule, at, take_from(lots, units))


def share_taken_back(earned: int, refunded_minor: int, total_minor: int) -> int:
    """How many of `earned` units belong to what has been refunded so far.

    Always reckoned from the whole, rounded to the nearest unit (halves up), so that any split of a full
    refund adds up to exactly what was earned.
    """
    if total_minor <= 0 or refunded_minor >= total_minor:
        return earned
    return (2 * earned * refunded_minor + total_minor) // (2 * total_minor)


def take_back(
    asset: Asset, lot: Lot, snapshot: Snapshot, share: tuple[int, int], at: datetime, zone: ZoneInfo
) -> Take | None:
    """What a return takes back of `lot`, when `share` = (refunded, total) of its order has come back.

    What has expired of the lot counts as returned already. The rest comes from the lot itself, then, unless
    the asset waives it, from the member's other lots, earliest expiry first; what is still missing is owed
    (debt) or written off (cap, waive). None when nothing is to be taken.
    """
    wanted = min(share_taken_back(lot.amount, *share) - lot.reversed, lot.amount - lot.expired - lot.reversed)
    if wanted <= 0:
        return None
    others = by_expiry(one for one in snapshot.lots.get(asset.id, ()) if one.id != lot.id)
    sources = [lot] if asset.clawback is Clawback.WAIVE else [lot, *others]
    takes = take_from(sources, wanted)
    missing = wanted - sum(units for _, units in takes)
    debt = missing if asset.clawback is Clawback.DEBT else 0
    return Take(
        REVERSE,
        asset.id,
        wanted - missing + debt,
        "",
        at,
        takes,
        debt=debt,
        waived=missing - debt,
        earned_on=local_day(lot.earned_at, zone),
        source_lot=lot.id,
    )


def apply_credit(snapshot: Snapshot, credit: Credit) -> Lot:
    """Bring `snapshot` to what it is after `credit`; the new lot."""
    filled = 0
    for lot_id, units in credit.fills:
        filled += units
        _find(snapshot, credit.asset, lot_id).remaining += units
    lot = Lot(
        credit.lot_id,
        credit.asset,
        credit.amount,
        credit.amount - filled,
        credit.earned_at,
        credit.expires_at,
    )
    snapshot.lots.setdefault(credit.asset, []).append(lot)
    snapshot.balances[credit.asset] = snapshot.balances.get(credit.asset, 0) + credit.amount
    return lot


def apply_take(snapshot: Snapshot, take: Take) -> None:
    """Bring `snapshot` to what it is after `take`."""
    for lot_id, units in take.takes:
        lot = _find(snapshot, take.asset, lot_id)
        lot.remaining -= units
        if take.account == EXPIRE:
            lot.expired += units
    if take.source_lot is not None:
        _find(snapshot, take.asset, take.source_lot).reversed += take.amount + take.waived
    if take.debt_lot is not None:
        snapshot.lots.setdefault(take.asset, []).append(
            Lot(take.debt_lot, take.asset, 0, -take.debt, take.at, None)
        )
    snapshot.balances[take.asset] = snapshot.balances.get(take.asset, 0) - take.amount


def _find(snapshot: Snapshot, asset: str, lot_id: UUID) -> Lot:
    for lot in snapshot.lots.get(asset, ()):
        if lot.id == lot_id:
            return lot
    for lots in snapshot.earned.values():
        for lot in lots:
            if lot.id == lot_id:
                return lot
    raise LookupError(f"lot {lot_id} of {asset} was not loaded")
