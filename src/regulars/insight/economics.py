"""What a points card costs: gifts, running it, and what is still owed, before it starts. Pure.

The model is the classic one of retail: points are a share of sales, a gift costs so many points a yuan, and of the
points of one year's sales only a part ever comes back, more of it with every year. Whatever is rounded is rounded
once, to the smallest unit, halves up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Base(StrEnum):
    """What the share for operations is a share of: of what the gifts cost, or of the whole budget."""

    GIFTS = "gifts"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Card:
    """The terms of a points card.

    `earn`: points for one unit of sales, in the currency's main unit. `exchange`: points for one unit of gifts.
    `redeemed`: which share of the points of one year's sales has come back by the end of that year, of the next one,
    and so on; the last share is all that ever comes back, the rest is breakage. `operations`: the share that people,
    systems and post take, of `base`.
    """

    earn: Fraction
    exchange: Fraction
    redeemed: tuple[Fraction, ...]
    operations: Fraction
    base: Base = Base.BUDGET

    def __post_init__(self) -> None:
        """Refuse, as ValueError, what can't be: rates of zero and below, shares that fall or are more than all."""
        if self.earn <= 0 or self.exchange <= 0:
            raise ValueError("earn and exchange must be more than 0")
        shares = (Fraction(0), *self.redeemed, Fraction(1))
        if not self.redeemed or list(shares) != sorted(shares):
            raise ValueError("redeemed must state at least one share, none below the one before, at most 1")
        if self.operations < 0 or (self.base is Base.BUDGET and self.operations >= 1):
            raise ValueError("operations must be 0 or more, and of the budget less than all of it")

    def ever(self) -> Fraction:
        """The share of points that ever comes back."""
        return self.redeemed[-1]

    def by(self, year: int) -> Fraction:
        """The share of the points of one year that has come back by the end of the `year`-th from it on (0: none)."""
        return self.redeemed[min(year, len(self.redeemed)) - 1] if year > 0 else Fraction(0)


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the card. Money in the currency's smallest unit.

    `issued` and `redeemed` are points of this year; `outstanding` are those of all years that have not come back by
    its end, `exposure_minor` what their gifts would cost, and `liability_minor` what those will cost that are expected
    to come back. `budget_minor` is what is spent in the year, `most_minor` what this year's points would cost in gifts
    if all came back. `share`: the budget of the year's sales.
    """

    sales_minor: int
    issued: int
    redeemed: int
    most_minor: int
    gifts_minor: int
    operations_minor: int
    budget_minor: int
    outstanding: int
    exposure_minor: int
    liability_minor: int
    share: Fraction


def forecast(card: Card, sales_minor: Sequence[int], minor_digits: int = 2) -> list[Year]:
    """The card through years with these sales. Refuses sales below 0 as ValueError."""
    if any(sales < 0 for sales in sales_minor):
        raise ValueError("sales must be 0 or more")
    unit = 10**minor_digits
    points = [Fraction(sales, unit) * card.earn for sales in sales_minor]
    return [_year(card, sales, points[: number + 1], unit) for number, sales in enumerate(sales_minor)]


def _year(card: Card, sales_minor: int, points: Sequence[Fraction], unit: int) -> Year:
    """The last year of `points`, which says how many each year brought."""
    age = range(len(points), 0, -1)
    back = sum(
        (some * (card.by(old) - card.by(old - 1)) for some, old in zip(points, age, strict=True)), Fraction(0)
    )
    left = sum((some * (1 - card.by(old)) for some, old in zip(points, age, strict=True)), Fraction(0))
    expected = left - sum(points, Fraction(0)) * (1 - card.ever())
    gifts = back / card.exchange * unit
    rate = card.operations if card.base is Base.GIFTS else card.operations / (1 - card.operations)
    gifts_minor, budget_minor = _rounded(gifts), _rounded(gifts * (1 + rate))
    return Year(
        sales_minor,
        _rounded(points[-1]),
        _rounded(back),
        _rounded(points[-1] / card.exchange * unit),
        gifts_minor,
        budget_minor - gifts_minor,
        budget_minor,
        _rounded(left),
        _rounded(left / card.exchange * unit),
        _rounded(expected / card.exchange * unit),
        Fraction(budget_minor, sales_minor) if sales_minor else Fraction(0),
    )


def _rounded(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))
