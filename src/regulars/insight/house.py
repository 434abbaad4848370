"""The house's view of the books: what was given and taken, by asset, month and rule; what members have, how old it
is, when it ends, and what it is worth.

The books are read as a whole from time to time (`books`, with its moment), whatever is asked for; the rest is pure.
Units are in the asset's smallest, money in the currency's. Days and months are in the programme's time zone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from regulars.insight.freshness import Dated, at_hand, kept
from regulars.kit import clock
from regulars.language.calendar import add_months, local_day
from regulars.language.effects import ADJUST, CONVERT, EXPIRE, GIFT, HOLD, ISSUE, PENDING, REVERSE, SPEND
from regulars.ledger import house as ledger
from regulars.ledger.house import Cell, Given, Held, one_moment
from regulars.programme.contracts import Programme

AGES = (365, 180, 90, 30)
"""Days since earning at which a credit changes its class, the oldest first."""
END_MONTHS = (3, 6, 12)
MONTHS_KEPT = 120
"""So many months back can be chosen."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What the house gave and took. All as they are usually said: `issued` came to members, `spent`, `expired`,
    `reversed` went from them; `adjusted`, `converted`, `gifted` are net, what came less what went; `held` and `pending`
    are what was set aside, less what came free."""

    issued: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0
    adjusted: int = 0
    converted: int = 0
    gifted: int = 0
    held: int = 0
    pending: int = 0

    @property
    def free(self) -> int:
        """By how much what members may spend changed: `outstanding` of `regulars stats`."""
        return self.total - self.held - self.pending

    @property
    def total(self) -> int:
        """By how much what members have changed, set aside or not."""
        moved = self.adjusted + self.converted + self.gifted
        return self.issued - self.spent - self.expired - self.reversed + moved


@dataclass(frozen=True, slots=True)
class Month:
    """One local month of one asset. `closing`: what members had at its end (of the current one: now)."""

    first: date
    moved: Movement
    closing: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What one asset came to until now. `liability_minor`: what members have, at its cost; `at_face`: it is paid-in
    money, which is owed as it is. `free_minor`, `held_minor`, `pending_minor` are its parts."""

    asset: str
    moved: Movement
    at_face: bool
    costed: bool
    free_minor: int
    held_minor: int
    pending_minor: int

    @property
    def liability_minor(self) -> int:
        return self.free_minor + self.held_minor + self.pending_minor


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule gave of an asset in a period (empty: none did, by hand or through the API), what of just that was
    taken back until now, what it took itself, and what the rest costs."""

    rule: str
    asset: str
    issued: int
    reversed: int
    took: int
    cost_minor: int

    @property
    def net(self) -> int:
        return self.issued - self.reversed


@dataclass(frozen=True, slots=True)
class AgeLine:
    """What members have of an asset in one class of age or end. `place` numbers the class, the first first; the class
    of debts is None."""

    place: int | None
    free: int
    held: int
    pending: int
    lots: int
    worth_minor: int

    @property
    def units(self) -> int:
        return self.free + self.held + self.pending


@dataclass(frozen=True, slots=True)
class Books:
    """Everything, as it was at one moment."""

    today: date
    cells: tuple[Cell, ...]
    taken_back: tuple[Given, ...]
    held: tuple[Held, ...]

    @property
    def months(self) -> list[date]:
        """The months from the first movement to this one, in order."""
        this = self.today.replace(day=1)
        first = max(min((cell.month for cell in self.cells), default=this), add_months(this, 1 - MONTHS_KEPT))
        count = (this.year - first.year) * 12 + this.month - first.month + 1
        return [add_months(first, n) for n in range(max(count, 1))]

    @property
    def assets(self) -> list[str]:
        """Every asset that ever moved."""
        return sorted({cell.asset for cell in self.cells})


def books(programme: Programme) -> Dated[Books]:
    """The books, at most 30 seconds old, where adding up takes long up to 5 minutes."""
    return kept(_key(programme), lambda: _read(programme))


def books_at_hand(programme: Programme) -> bool:
    """Whether `books` answers at once."""
    return at_hand(_key(programme))


def end_bounds(today: date) -> list[date]:
    """The days on which a class of ends is over: this month, the next, within 3, 6, 12 months; later is the rest."""
    this = today.replace(day=1)
    return [
        add_months(this, 1),
        add_months(this, 2),
        *(add_months(today, months) + timedelta(days=1) for months in END_MONTHS),
    ]


def movement(cells: Iterable[Cell]) -> Movement:
    """Pure: these cells together."""
    sums: dict[str, int] = defaultdict(int)
    for cell in cells:
        sums[cell.account] += cell.units
    return Movement(
        issued=sums[ISSUE],
        spent=-sums[SPEND],
        expired=-sums[EXPIRE],
        reversed=-sums[REVERSE],
        adjusted=sums[ADJUST],
        converted=sums[CONVERT],
        gifted=sums[GIFT],
        held=-sums[HOLD],
        pending=-sums[PENDING],
    )


def worths(found: Books, programme: Programme) -> list[Worth]:
    """Pure: every asset of the programme, then what older programmes left, from the first entry to now."""
    known = [*programme.assets, *(asset for asset in found.assets if asset not in programme.assets)]
    by_asset = _by_asset(found.cells)
    return [_worth(asset, movement(by_asset.get(asset, ())), programme) for asset in known]


def monthly(found: Books, asset: str, first: date, last: date) -> list[Month]:
    """Pure: the months from `first` to `last`, in order, those without movements too."""
    by_month: dict[date, list[Cell]] = defaultdict(list)
    closing = 0
    for cell in found.cells:
        if cell.asset == asset:
            by_month[cell.month].append(cell)
            if cell.month < first:
                closing += cell.units if cell.account not in (HOLD, PENDING) else 0
    out = []
    for month in found.months:
        if first <= month <= last:
            moved = movement(by_month[month])
            closing += moved.total
            out.append(Month(month, moved, closing))
    return out


def by_rule(found: Books, asset: str, first: date, last: date, programme: Programme) -> list[RuleLine]:
    """Pure: the rules that gave or took in the months from `first` to `last`, the one that gave most first."""
    issued: dict[str, int] = defaultdict(int)
    took: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    for cell in found.cells:
        if cell.asset == asset and first <= cell.month <= last:
            if cell.account == ISSUE:
                issued[cell.rule] += cell.units
            elif cell.account == SPEND and cell.rule:
                took[cell.rule] -= cell.units
    for given in found.taken_back:
        if given.asset == asset and first <= given.month <= last:
            back[given.rule] += given.reversed
    cost = cost_of(asset, programme)[0]
    lines = [
        RuleLine(rule, asset, issued[rule], back[rule], took[rule], money_of(issued[rule] - back[rule], cost))
        for rule in {*issued, *took, *back}
    ]
    return sorted(lines, key=lambda line: (-line.issued, -line.took, line.rule))


def by_age(found: Books, asset: str, programme: Programme) -> list[AgeLine]:
    """Pure: what members have, by how long ago it was earned: class 0 is up to 30 days, 4 over a year."""
    classes = len(AGES) + 1
    return _lines(found, asset, programme, classes, lambda held: classes - 1 - held.age)


def by_end(found: Books, asset: str, programme: Programme) -> list[AgeLine]:
    """Pure: what members have, by when it ends: this month, the next, within 3, 6, 12 months, later, never."""
    later = len(END_MONTHS) + 2
    return _lines(
        found, asset, programme, later + 2, lambda held: later + 1 if held.end is None else held.end
    )


def cost_of(asset_id: str, programme: Programme) -> tuple[Fraction, bool]:
    """What a smallest unit costs the house in the currency's smallest, and whether that is its face value: what
    members paid in is owed as it is, whatever the programme says it costs."""
    asset = programme.assets.get(asset_id)
    if asset is None:
        return Fraction(0), False
    at_face = any(wallet.principal == asset_id for wallet in programme.wallets.values())
    whole = Fraction(1) if at_face else Fraction(asset.cost)
    return whole * 10**programme.minor_digits / 10**asset.scale, at_face


def money_of(units: int, cost: Fraction) -> int:
    """Pure: so many smallest units at that cost each, rounded half up, away from zero."""
    exact = abs(units) * cost
    whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return -whole if units < 0 else whole


def _key(programme: Programme) -> tuple[str, int, str]:
    return ("books", programme.number, programme.id)


def _read(programme: Programme) -> Books:
    zone = programme.zone
    today = local_day(clock.now(), zone)
    this = today.replace(day=1)
    months = [add_months(this, n - MONTHS_KEPT) for n in range(MONTHS_KEPT + 1)]
    with one_moment():
        return Books(
            today,
            tuple(ledger.cells(months, zone)),
            tuple(ledger.taken_back(months, zone)),
            tuple(
                ledger.outstanding([today - timedelta(days=days) for days in AGES], end_bounds(today), zone)
            ),
        )


def _by_asset(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[cell.asset].append(cell)
    return found


def _worth(asset: str, moved: Movement, programme: Programme) -> Worth:
    cost, at_face = cost_of(asset, programme)
    parts = (money_of(units, cost) for units in (moved.free, moved.held, moved.pending))
    return Worth(asset, moved, at_face, bool(cost), *parts)


def _lines(
    found: Books, asset: str, programme: Programme, classes: int, class_of: Callable[[Held], int]
) -> list[AgeLine]:
    """Every class, empty ones too; debts last, where there are some."""
    sums: dict[int | None, list[int]] = {place: [0, 0, 0, 0] for place in range(classes)}
    for held in found.held:
        if held.asset == asset:
            cells = sums.setdefault(None if held.owed else class_of(held), [0, 0, 0, 0])
            for number, units in enumerate((held.free, held.held, held.pending, held.lots)):
                cells[number] += units
    cost = cost_of(asset, programme)[0]
    return [
        AgeLine(place, free, aside, waiting, lots, money_of(free + aside + waiting, cost))
        for place, (free, aside, waiting, lots) in sums.items()
    ]
