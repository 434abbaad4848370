"""What members have, as they think of it: each asset by itself, the two sides of a wallet as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from regulars.language.text import Text
from regulars.ledger.contracts import Asset, BalanceRow, Conversion, Ending, Wallet
from regulars.portal.formats import last_day_of
from regulars.programme.contracts import Programme

SOON_DAYS = 30
"""Ends are announced so many days before, of assets that state no number of their own."""


@dataclass(frozen=True, slots=True)
class Pocket:
    """One kind of value. `unit` is the asset whose decimals all of it has."""

    id: str
    name: Text
    assets: tuple[Asset, ...]
    wallet: Wallet | None = None

    @property
    def unit(self) -> Asset:
        return self.assets[0]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(asset.id for asset in self.assets)

    @property
    def spendable(self) -> bool:
        return self.unit.spendable

    @property
    def may_be_given(self) -> bool:
        """Whether members may give it to each other."""
        return self.wallet is None and self.unit.spendable and self.unit.gifting is not None


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a pocket: free, held, and not usable yet; of a wallet also the two sides that make up the first."""

    balance: int = 0
    held: int = 0
    pending: int = 0
    principal: int = 0
    bonus: int = 0


@dataclass(frozen=True, slots=True)
class Soon:
    """Units that can be used through `day` and no longer, which is not far."""

    units: int
    day: date


def pockets(programme: Programme) -> list[Pocket]:
    """All of them, what can be spent first, else in the programme's order."""
    sides = {side for wallet in programme.wallets.values() for side in (wallet.principal, wallet.bonus)}
    found = [Pocket(one.id, one.name, (one,)) for one in programme.assets.values() if one.id not in sides]
    found += [
        Pocket(
            one.id, one.name, (programme.assets[one.principal], programme.assets[one.bonus]), one
        )
        for one in programme.wallets.values()
    ]  # fmt: skip
    return sorted(found, key=lambda pocket: not pocket.spendable)


def pocket_of(programme: Programme, name: str) -> Pocket | None:
    """The pocket with that id, or that an asset with that id is in."""
    return next((one for one in pockets(programme) if name == one.id or name in one.ids), None)


def held(pocket: Pocket, rows: Iterable[BalanceRow]) -> Held:
    """What is in the pocket."""
    mine = [row for row in rows if row.asset in pocket.ids]
    sides = {row.asset: row.balance for row in mine}
    return Held(
        sum(row.balance for row in mine),
        sum(row.held for row in mine),
        sum(row.pending for row in mine),
        sides.get(pocket.wallet.principal, 0) if pocket.wallet else 0,
        sides.get(pocket.wallet.bonus, 0) if pocket.wallet else 0,
    )


def expiries(found: Sequence[Ending], lapses: Mapping[str, datetime]) -> list[tuple[date, int]]:
    """Units by the last day on which they are good, the first to go first. `lapses`: when units of an asset end that
    have no end of their own."""
    sums: dict[date, int] = {}
    for each in found:
        ends = [end for end in (each.expires_at, lapses.get(each.asset)) if end is not None]
        if ends and each.units > 0:
            last = last_day_of(min(ends))
            sums[last] = sums.get(last, 0) + each.units
    return sorted(sums.items())


def soon(pocket: Pocket, ends: Sequence[tuple[date, int]], today: date) -> Soon | None:
    """What goes next, from the day on which the member is reminded of it: so many days before its end, which is the
    midnight after its last day."""
    days = max(asset.remind_days for asset in pocket.assets) or SOON_DAYS
    for last, units in ends:
        if today <= last < today + timedelta(days=days):
            return Soon(units, last)
    return None


def conversions_of(programme: Programme, pocket: Pocket) -> list[Conversion]:
    """What the pocket's units can be turned into."""
    return [one for one in programme.conversions.values() if one.source in pocket.ids]
