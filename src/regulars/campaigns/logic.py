"""How much a rule gives. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from regulars.campaigns.contracts import Budget, Campaign, CreditAction, Rounding, Rule, WhenShort
from regulars.language.calendar import Per, period_of

AmountOf = Callable[[dict[str, Any]], int]
"""An event's payload → units."""


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
class Budgets:
    """What the budgets of a batch have given out: (name, period) → units or money, and what this batch changed.

    `look` tells of a budget that was not known to be needed.
    """

    used: dict[tuple[str, str], int] = field(default_factory=dict)
    added: dict[tuple[str, str], int] = field(default_factory=dict)
    look: Callable[[str, str], int] = lambda name, period: 0  # noqa: ARG005

    def draw(self, pots: Sequence[Pot], day: date, wanted: int, cost: int) -> int:
        """How many of `wanted` units all `pots` still have, drawn from each at once. To the unit, never more.

        `cost`: of one unit, in millionths of the smallest currency unit.
        """
        units = wanted
        for pot in pots:
            price = cost if pot.money else 1
            left = max(pot.most - self._used(pot, day), 0) // price if price else units
            units = granted(units, left, pot.when_short)
        if units:
            self._move(pots, day, units, cost)
        return units

    def give_back(self, pots: Sequence[Pot], day: date, units: int, cost: int) -> None:
        """What had been drawn on `day` is there again."""
        self._move(pots, day, -units, cost)

    def _used(self, pot: Pot, day: date) -> int:
        key = (pot.name, period_of(day, pot.per))
        if key not in self.used:
            self.used[key] = self.look(*key)
        return self.used[key]

    def _move(self, pots: Sequence[Pot], day: date, units: int, cost: int) -> None:
        for pot in pots:
            key = (pot.name, period_of(day, pot.per))
            before = self._used(pot, day)
            self.used[key] = max(before + units * (cost if pot.money else 1), 0)
            self.added[key] = self.added.get(key, 0) + self.used[key] - before


def granted(wanted: int, left: int, when_short: WhenShort) -> int:
    """What is given when `left` units are there: all, what is left, or nothing."""
    if left >= wanted:
        return wanted
    return left if when_short is WhenShort.PARTIAL else 0
