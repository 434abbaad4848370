"""BG/NBD: how often members will buy, and whether they still do, from how often and how lately they did.

Fader, Hardie & Lee (2005), “Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24(2). While alive, a member buys at a rate λ ~ Gamma(r, α); after every purchase they leave for good with a
chance p ~ Beta(a, b). A member is told by (x, t_x, T): purchases after the first, the time of the last and the time
observed, both since the first purchase. Time is in weeks here. Pure: arrays in, arrays out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.kit.later import later

optimize = later("scipy.optimize")
special = later("scipy.special")

Numbers = NDArray[np.float64]

WEEK = 7.0
MANY = 40_000
"""Of more different histories than this the days are rounded to weeks, which moves what is expected of a million
members together by two in a thousand and takes seconds instead of a minute."""
LEAST_MEMBERS = 30
"""So many members, at least, before parameters are fitted."""
LEAST_REPEATERS = 10
"""So many of them, at least, bought again."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Different histories, and how many members have each: `x` whole, `last` (t_x) and `age` (T) in weeks."""

    x: Numbers
    last: Numbers
    age: Numbers
    count: Numbers


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The parameters, and the log-likelihood of the histories they were fitted to."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def alive(self, x: Numbers, last: Numbers, age: Numbers) -> Numbers:
        """P(alive | x, t_x, T). Who never bought again has had no chance to leave, and counts as alive (1)."""
        with np.errstate(over="ignore"):
            gone = np.exp(
                np.log(self.a)
                - np.log(self.b + np.maximum(x, 1.0) - 1.0)
                + (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + last))
            )
        return np.asarray(np.where(x > 0, 1.0 / (1.0 + gone), 1.0))

    def expected(self, weeks: float, x: Numbers, last: Numbers, age: Numbers) -> Numbers:
        """E[purchases in the next `weeks` | x, t_x, T]: equation 10, its hypergeometric function by Euler's
        transformation, which keeps it near 1 for members with hundreds of purchases; as it stands there where next to
        nobody leaves, for `a` and `b` are so large then that the other one is no number."""
        a, b, r = self.a, self.b, self.r
        if abs(a - 1.0) < 1e-6:
            a = 1.0 + 1e-6
        z = weeks / (self.alpha + age + weeks)
        with np.errstate(over="ignore", invalid="ignore"):
            series = (1.0 - z) ** (a - 1.0) * special.hyp2f1(a + b - 1.0 - r, a - 1.0, a + b + x - 1.0, z)
            plain = (1.0 - z) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1.0, z)
        series = np.where(np.isfinite(series), series, plain)
        return np.asarray((a + b + x - 1.0) / (a - 1.0) * (1.0 - series) * self.alive(x, last, age))

    def expected_of_anyone(self, weeks: Numbers) -> Numbers:
        """E[X(t)]: purchases after the first of somebody of whom nothing else is known (equation 9)."""
        a = self.a if abs(self.a - 1.0) >= 1e-6 else 1.0 + 1e-6
        z = weeks / (self.alpha + weeks)
        within = (self.alpha / (self.alpha + weeks)) ** self.r * special.hyp2f1(
            self.r, self.b, a + self.b - 1.0, z
        )
        return np.asarray((a + self.b - 1.0) / (a - 1.0) * (1.0 - within))

    def chances(self, age: Numbers, most: int) -> Numbers:
        """P(X(T) = 0 … most) for each of the members, a row each (equation 8)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        steps = np.arange(most + 1, dtype=np.float64)
        t = np.asarray(age, dtype=np.float64)[:, None]
        nbd = np.exp(
            special.gammaln(r + steps)
            - special.gammaln(r)
            - special.gammaln(steps + 1.0)
            + r * (np.log(alpha) - np.log(alpha + t))
            + steps * np.log(np.maximum(t, 1e-300) / (alpha + t))
        )
        stays = np.exp(special.betaln(a, b + steps) - special.betaln(a, b))
        leaves = np.zeros_like(steps)
        leaves[1:] = np.exp(special.betaln(a + 1.0, b + steps[1:] - 1.0) - special.betaln(a, b))
        before = np.cumsum(nbd, axis=1) - nbd
        return np.asarray(stays * nbd + leaves * (1.0 - before))


def grouped(x: Numbers, last_days: Numbers, age_days: Numbers) -> Histories:
    """The different histories among these members, told in whole days."""
    keys = (x.astype(np.int64) << 40) + (last_days.astype(np.int64) << 20) + age_days.astype(np.int64)
    unique, counts = np.unique(keys, return_counts=True)
    low = (1 << 20) - 1
    return Histories(
        (unique >> 40).astype(np.float64),
        ((unique >> 20) & low) / WEEK,
        (unique & low) / WEEK,
        counts.astype(np.float64),
    )


def _by_weeks(known: Histories) -> Histories:
    low = [np.round(one).astype(np.int64) for one in (known.last, known.age)]
    keys = (known.x.astype(np.int64) << 40) + (low[0] << 20) + low[1]
    unique, place = np.unique(keys, return_inverse=True)
    return Histories(
        (unique >> 40).astype(np.float64),
        ((unique >> 20) & ((1 << 20) - 1)).astype(np.float64),
        (unique & ((1 << 20) - 1)).astype(np.float64),
        np.asarray(np.bincount(place, weights=known.count), dtype=np.float64),
    )


def enough(known: Histories) -> bool:
    """Whether there is anything to fit."""
    return bool(
        known.count.sum() >= LEAST_MEMBERS and known.count[known.x > 0].sum() >= LEAST_REPEATERS
    ) and bool((known.age > 0).any())


def fit(known: Histories) -> BgNbd:
    """The parameters of greatest likelihood. Refuses (ValueError) histories that are not `enough`."""
    if not enough(known):
        raise ValueError("too few members bought again")
    many = len(known.x) > MANY
    loss = _loss(_by_weeks(known) if many else known)
    best: Any = None
    for start in ((0.25, 4.0, 0.8, 2.5), (1.0, 1.0, 1.0, 10.0), (2.0, 8.0, 0.1, 5.0)):
        found = optimize.minimize(
            loss, np.log(start), method="L-BFGS-B", bounds=[(-9.0, 9.0)] * 4, options={"maxiter": 500}
        )
        if best is None or found.fun < best.fun:
            best = found
    if not many:
        fine = {"xatol": 1e-6, "fatol": 1e-12, "maxiter": 2000}
        best = optimize.minimize(loss, best.x, method="Nelder-Mead", options=fine)
    r, alpha, a, b = (float(one) for one in np.exp(best.x))
    return BgNbd(r, alpha, a, b, float(-best.fun * known.count.sum()))


def _loss(known: Histories) -> Callable[[Numbers], float]:
    """Minus the mean log-likelihood (equation 6) of the logarithms of the parameters, taken apart so that nothing
    overflows. Functions are computed once for each different number and day: there are few of either."""
    weight = known.count / known.count.sum()
    counts, of_count = np.unique(known.x, return_inverse=True)
    lasts, of_last = np.unique(known.last, return_inverse=True)
    ages, of_age = np.unique(known.age, return_inverse=True)
    power_of, again = known.x, known.x > 0

    def loss(logs: Numbers) -> float:
        r, alpha, a, b = np.exp(logs)
        buying = special.gammaln(r + counts) - special.gammaln(r) + r * np.log(alpha)
        leaving = (
            special.gammaln(a + b)
            + special.gammaln(b + counts)
            - special.gammaln(b)
            - special.gammaln(a + b + counts)
        )
        left = np.log(a) - np.log(b + np.maximum(counts, 1.0) - 1.0)
        power = r + power_of
        stayed = -power * np.log(alpha + ages)[of_age]
        gone = np.where(again, left[of_count] - power * np.log(alpha + lasts)[of_last], -np.inf)
        return -float(np.dot(weight, (buying + leaving)[of_count] + np.logaddexp(stayed, gone)))

    return loss
