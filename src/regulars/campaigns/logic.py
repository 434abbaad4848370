"""How much a rule gives. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from regulars.campaigns.contracts import CreditAction, Rounding, Rule, WhenShort

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


@dataclass(slots=True)
class Budgets:
    """What the budgets of a batch have given out: (rule, period) → units, and what this batch added.

    `look` tells of a budget that was not known to be needed.
    """

    used: dict[tuple[str, str], int] = field(default_factory=dict)
    added: dict[tuple[str, str], int] = field(default_factory=dict)
    look: Callable[[str, str], int] = lambda rule_id, period: 0  # noqa: ARG005

    def draw(self, rule: Rule, period: str, wanted: int) -> int:
        """How many of `wanted` units the budget still has, drawn at once. To the unit, never more."""
        if rule.budget is None:
            return wanted
        key = (rule.id, period)
        if key not in self.used:
            self.used[key] = self.look(*key)
        left = max(rule.budget.units - self.used[key], 0)
        units = granted(wanted, left, rule.budget.when_short)
        if units:
            self.used[key] += units
            self.added[key] = self.added.get(key, 0) + units
        return units


def granted(wanted: int, left: int, when_short: WhenShort) -> int:
    """What is given when `left` units are there: all, what is left, or nothing."""
    if left >= wanted:
        return wanted
    return left if when_short is WhenShort.PARTIAL else 0
