"""Intervals that hold at every look. Pure.

A confidence sequence covers the true difference at all moments at once with 1 − α, so whoever looks every day and
stops when it excludes zero errs as seldom as promised. This is the asymptotic one of Waudby-Smith, Arbour, Sinha,
Kennedy, Ramdas (Time-uniform central limit theory and asymptotic confidence sequences, Annals of Statistics 52, 2024),
with the two-sided normal mixture of Howard, Ramdas, McAuliffe, Sekhon (Time-uniform, nonparametric, nonasymptotic
confidence sequences, Annals of Statistics 49, 2021, eq. 14):

    half width = se · √((1 + ρ) · ln((1 + ρ) / (ρ α²))),   ρ = η / n

where n counts the members seen and η says at how many the sequence is tightest. It needs members who come one by one
and whose outcome, once known, stays: only those whose days are over may count.
"""

from math import exp, log, sqrt

TIGHTEST_AT = 2_000
"""At about so many members in two groups together the sequence is at its tightest. Fixed before anybody looks."""


def _rho(n: int, alpha: float) -> float:
    """η / n, with η as Howard et al. (2021, prop. 3) choose it for TIGHTEST_AT."""
    return TIGHTEST_AT / n / (-2 * log(alpha) + log(-2 * log(alpha)) + 1)


def reach(n: int, alpha: float) -> float:
    """How many standard errors the interval reaches to either side, after `n` ≥ 1 members in both groups."""
    rho = _rho(n, alpha)
    return sqrt((1 + rho) * log((1 + rho) / (rho * alpha * alpha)))


def always_p(z: float, n: int, alpha: float = 0.05) -> float:
    """The p-value that holds at every look: 1 over the mixture's likelihood ratio, at most 1. Where it is below α,
    the interval excludes zero."""
    rho = _rho(n, alpha)
    return min(1.0, sqrt((1 + rho) / rho) * exp(max(-z * z / (2 * (1 + rho)), -700.0)))
