"""How many members an experiment needs, and what it can see with those there are. Pure.

For a difference δ of two means the base being a share b of all n members and σ² the variance of one:

    n = (r + z)² · (σ₁² / b + σ₂² / (1 − b)) / δ²

with z for the power. Who looks once takes the normal quantile for r (Chow, Shao, Wang, Sample size calculations in
clinical research); who looks at any time takes the reach of the confidence sequence (`sequence`), which is how these
experiments are read, and in exchange may stop as soon as it is clear.
"""

from dataclasses import dataclass
from math import ceil, sqrt

from regulars.insight.experiments.sequence import reach
from regulars.kit.later import later
from regulars.kit.problems import Problem
from regulars.language.problems import words

special = later("scipy.special")

MOST = 10**9


class BadPlan(Problem):
    """No experiment can be planned with these figures."""

    status = 422
    code = "invalid"

    def __init__(self, field: str) -> None:
        super().__init__(_WRONG[field], field=field)


_WRONG = {
    "share": words(
        "对照组比例须大于 0%、小于 100%。",
        "對照組比例須大於 0%、小於 100%。",
        "The share must lie between 0% and 100%.",
    ),
    "power": words(
        "把握度须在 50% 与 99.9% 之间。",
        "檢定力須在 50% 與 99.9% 之間。",
        "Power lies between 50% and 99.9%.",
    ),
    "lift": words(
        "提升须大于 0，且结果不超过 100%。",
        "提升須大於 0，且結果不超過 100%。",
        "The lift must be above 0, and no rate can become more than 100%.",
    ),
    "rate": words(
        "转化率须大于 0%、小于 100%。",
        "轉換率須大於 0%、小於 100%。",
        "A rate lies between 0% and 100%.",
    ),
    "mean": words("人均值须大于 0。", "人均值須大於 0。", "The mean per member must be above 0."),
    "spread": words("标准差须大于 0。", "標準差須大於 0。", "The standard deviation must be above 0."),
}


@dataclass(frozen=True, slots=True)
class Needed:
    """Members in all groups together: for one look at the end, and for looks at any time."""

    once: int
    always: int


def for_means(
    mean: float, spread: float, lift: float, share: float = 0.5, power: float = 0.8, alpha: float = 0.05
) -> Needed:
    """Members needed to see a mean that is higher by `lift` (0.05: by 5 %), of members whose figures have the standard
    deviation `spread`. `share` of them are held out. Raises BadPlan."""
    _check(share, power)
    if mean <= 0:
        raise BadPlan("mean")
    if spread <= 0:
        raise BadPlan("spread")
    if lift <= 0:
        raise BadPlan("lift")
    return _needed(spread**2 / share + spread**2 / (1 - share), mean * lift, power, alpha)


def for_rates(
    rate: float, lift: float, share: float = 0.5, power: float = 0.8, alpha: float = 0.05
) -> Needed:
    """The same for a share of members, such as those who buy. Raises BadPlan."""
    _check(share, power)
    if not 0 < rate < 1:
        raise BadPlan("rate")
    other = rate * (1 + lift)
    if lift <= 0 or other >= 1:
        raise BadPlan("lift")
    noise = rate * (1 - rate) / share + other * (1 - other) / (1 - share)
    return _needed(noise, other - rate, power, alpha)


def smallest_lift(
    mean: float, spread: float, members: int, share: float = 0.5, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The smallest lift of a mean that so many members show with this power at looks at any time; None: nobody, or a
    mean of nothing. Raises BadPlan."""
    _check(share, power)
    if members < 2 or mean <= 0:
        return None
    error = spread * sqrt(1 / (members * share) + 1 / (members * (1 - share)))
    return (reach(members, alpha) + float(special.ndtri(power))) * error / mean


def _check(share: float, power: float) -> None:
    if not 0 < share < 1:
        raise BadPlan("share")
    if not 0.5 <= power <= 0.999:
        raise BadPlan("power")


def _needed(noise: float, difference: float, power: float, alpha: float) -> Needed:
    z, wanted = float(special.ndtri(power)), noise / difference**2
    once = (float(special.ndtri(1 - alpha / 2)) + z) ** 2 * wanted
    always = once
    for _ in range(50):  # the reach depends, a little, on how many there are
        before, always = always, (reach(max(ceil(always), 1), alpha) + z) ** 2 * wanted
        if abs(always - before) < 0.5:
            break
    return Needed(min(ceil(once), MOST), min(ceil(always), MOST))
