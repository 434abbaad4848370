"""How much a rule gives. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from regulars.campaigns.contracts import Budget, Campaign, CreditAction, Rounding, Rule, WhenShort
from regulars.language.calendar import Per, period_of

AmountOf = Callable[[dict[str, Any]], int]
"""An event's payload → units."""

MOST_AT_ONCE = 10**15
"""No rule gives more units than this at once: a formula that comes to more is wrong."""


def credit_amount(
    action: CreditAction,
    path: str,
    unit: int,
    scale: int,
    matches_line: Callable[[Mapping[str, Any]], bool] | None,
) -> AmountOf:
    """The function that reckons what `action` credits for a payload.

    units = round(of ÷ step × for_each × multiplier), at most `cap`; a fixed amount is not rounded.
    `path` is where the amount lies in the payload (`items`: the lines' totals), `unit` how many of it make
    one (100 for money in fen), `scale` the asset's decimals. A fixed amount and a cap are in the asset's
    smallest unit already.
    """
    cap = action.cap if action.cap is not None else 1 << 62
    if action.amount:
        fixed = min(_rounded(Fraction(action.amount) * Fraction(action.multiplier), action.rounding), cap)
        return lambda _: fixed
    ratio = Fraction(action.for_each) * Fraction(action.multiplier) / Fraction(action.step) * 10**scale / unit
    numerator, denominator = ratio.numerator, ratio.denominator
    offset = {Rounding.DOWN: 0, Rounding.HALF_UP: denominator // 2, Rounding.UP: denominator - 1}[
        action.rounding
    ]

    def reckon(base: int) -> int:
        units = (base * numerator + offset) // denominator
        return units if units < cap else cap

    if path == "items":
        return lambda data: reckon(lines_total(data.get("items", ()), matches_line))

    def of_field(data: dict[str, Any]) -> int:
        base = data.get(path) or 0
        if type(base) is int:
            units = (base * numerator + offset) // denominator
            return 0 if units < 0 else units if units < cap else cap
        if isinstance(base, float):
            return min(max(_rounded(ratio * Fraction(str(base)), action.rounding), 0), cap)
        return max(reckon(base), 0)

    return of_field


def lines_total(lines: Any, matches: Callable[[Mapping[str, Any]], bool] | None) -> int:
    """What the lines come to in minor units: a line's total, else price × quantity."""
    total = 0
    for line in lines:
        if matches is None or matches(line):
            amount = line.get("total_minor")
            if amount is None:
                amount = _rounded(
                    Fraction(line.get("price_minor", 0)) * Fraction(str(line.get("quantity", 1))),
                    Rounding.HALF_UP,
                )
            total += amount
    return total


def _rounded(value: Fraction, rounding: Rounding) -> int:
    match rounding:
        case Rounding.DOWN:
            return value.numerator // value.denominator
        case Rounding.UP:
            return -(-value.numerator // value.denominator)
        case Rounding.HALF_UP:
            return (2 * value.numerator + value.denominator) // (2 * value.denominator)


MICRO = 10**6
"""Costs are counted in millionths of the currency's smallest unit, so that a point's cost is a whole number."""


@dataclass(frozen=True, slots=True)
class Pot:
    """A budget to draw on: `most` units in a period, or, if `money`, as many millionths of the smallest
    currency unit."""

    name: str
    per: Per
    most: int
    when_short: WhenShort
    money: bool


def pots_of(rule: Rule, campaign: Campaign | None) -> tuple[Pot, ...]:
    """The budgets that a rule draws on: its own and its campaign's."""
    owners = ((rule.id, rule.budget), (f"campaign:{rule.campaign}", campaign.budget if campaign else None))
    return tuple(_pot(name, budget) for name, budget in owners if budget is not None)


def _pot(name: str, budget: Budget) -> Pot:
    if budget.money_minor:
        return Pot(f"{name}:money", budget.per, budget.money_minor * MICRO, budget.when_short, True)
    return Pot(name, budget.per, budget.units, budget.when_short, False)


@dataclass(slots=True)
class Used:
    """What a budget has given in one period, and since when it has been used up (None: it is not): since it first
    had nothing left, or too little for what it was asked for. `up_of` is how large it was then."""

    units: int = 0
    up_at: datetime | None = None
    up_of: int | None = None

    def up_since(self, most: int) -> datetime | None:
        """Since when a budget of `most` has been used up; None: it is not, or was before it was made larger."""
        return self.up_at if self.up_of == most else None


@dataclass(slots=True)
class Budgets:
    """What the budgets of a batch have given out: (name, period) → units or money, and what this batch changed.

    `look` tells of a budget that was not known to be needed.
    """

    used: dict[tuple[str, str], Used] = field(default_factory=dict)
    added: dict[tuple[str, str], int] = field(default_factory=dict)
    """What is to be written: also 0, where only the moment at which a budget was used up has changed."""
    look: Callable[[str, str], Used] = lambda name, period: Used()  # noqa: ARG005

    def draw(self, pots: Sequence[Pot], day: date, at: datetime, wanted: int, cost: int) -> int:
        """How many of `wanted` units all `pots` still have at the moment `at` of `day`, drawn from each at once. To
        the unit, never more.

        `cost`: of one unit, in millionths of the smallest currency unit.
        """
        if wanted <= 0:
            return 0
        paying = [pot for pot in pots if cost or not pot.money]
        units, short = self._share(paying, day, wanted, cost)
        if units:
            self._move(paying, day, units, cost)
        for pot in paying:
            self._note(pot, day, at if pot in short or not self._left(pot, day, cost) else None)
        return units

    def left(self, pots: Sequence[Pot], day: date, wanted: int, cost: int) -> int:
        """How many of `wanted` units could be drawn."""
        paying = [pot for pot in pots if cost or not pot.money]
        return self._share(paying, day, wanted, cost)[0] if wanted > 0 else 0

    def _share(self, paying: Sequence[Pot], day: date, wanted: int, cost: int) -> tuple[int, set[Pot]]:
        """How many of `wanted` units all budgets have, and those that have fewer."""
        units = wanted
        short = set()
        for pot in paying:
            left = self._left(pot, day, cost)
            if left < units:
                short.add(pot)
            units = granted(units, left, pot.when_short)
        return units, short

    def has(self, pots: Sequence[Pot], day: date) -> bool:
        """Whether all `pots`, of units, have one more."""
        return all(self._left(pot, day, 0) > 0 for pot in pots)

    def give_back(self, pots: Sequence[Pot], day: date, units: int, cost: int) -> None:
        """What had been drawn on `day` is there again."""
        paying = [pot for pot in pots if cost or not pot.money]
        self._move(paying, day, -units, cost)
        for pot in paying:
            if self._left(pot, day, cost):
                self._note(pot, day, None)

    def _left(self, pot: Pot, day: date, cost: int) -> int:
        """How many units of that cost a budget still has."""
        return max(pot.most - self._used(pot, day).units, 0) // (cost if pot.money else 1)

    def _used(self, pot: Pot, day: date) -> Used:
        key = (pot.name, period_of(day, pot.per))
        if key not in self.used:
            self.used[key] = self.look(*key)
        return self.used[key]

    def _note(self, pot: Pot, day: date, up_at: datetime | None) -> None:
        """The budget is used up at that moment, unless it has been before; None: it is not."""
        use = self._used(pot, day)
        if (use.up_since(pot.most) is None) != (up_at is None) or (up_at is None and use.up_at is not None):
            use.up_at, use.up_of = up_at, pot.most if up_at else None
            self.added.setdefault((pot.name, period_of(day, pot.per)), 0)

    def _move(self, pots: Sequence[Pot], day: date, units: int, cost: int) -> None:
        for pot in pots:
            key = (pot.name, period_of(day, pot.per))
            use = self._used(pot, day)
            before = use.units
            use.units = max(before + units * (cost if pot.money else 1), 0)
            self.added[key] = self.added.get(key, 0) + use.units - before


def granted(wanted: int, left: int, when_short: WhenShort) -> int:
    """What is given when `left` units are there: all, what is left, or nothing."""
    if left >= wanted:
        return wanted
    return left if when_short is WhenShort.PARTIAL else 0
