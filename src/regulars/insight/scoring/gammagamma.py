"""Gamma-Gamma: what a member's purchases are worth, from few of them.

Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. A purchase is worth Gamma(p, ν) with ν ~ Gamma(q, γ)
over members, so that the mean of few purchases is drawn towards everybody's. It takes value and frequency to have
nothing to do with each other: `correlation` says how far that holds. Pure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.kit.later import later

optimize = later("scipy.optimize")
special = later("scipy.special")

Numbers = NDArray[np.float64]

LEAST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The parameters; `correlation` of number and mean value among those fitted."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    correlation: float

    def expected(self, count: Numbers, mean: Numbers) -> Numbers:
        """E[M | mean of `count` purchases]: between the member's own mean and everybody's."""
        px = self.p * count
        return np.asarray(self.p * (self.gamma + count * mean) / (px + self.q - 1.0))


def fit(count: Numbers, mean: Numbers, members: Numbers | None = None) -> GammaGamma:
    """The parameters of greatest likelihood, for members with `count` ≥ 1 purchases of `mean` > 0; `members`: how many
    there are of each. Refuses (ValueError) fewer than there must be, and purchases that are all worth the same."""
    weight = np.ones_like(count) if members is None else members
    if weight.sum() < LEAST_MEMBERS or np.ptp(mean) <= 0:
        raise ValueError("too few members, or all purchases are worth the same")
    scale = float(np.average(mean, weights=weight))
    value, share = mean / scale, weight / weight.sum()

    def loss(logs: Numbers) -> float:
        p, q, gamma = np.exp(logs)
        px = p * count
        each = (
            special.gammaln(px + q)
            - special.gammaln(px)
            - special.gammaln(q)
            + q * np.log(gamma)
            + (px - 1.0) * np.log(value)
            + px * np.log(count)
            - (px + q) * np.log(gamma + count * value)
        )
        return -float(np.dot(share, each))

    rough = optimize.minimize(
        loss, np.log([6.0, 4.0, 0.5]), method="L-BFGS-B", bounds=[(-7.0, 9.0), (0.01, 9.0), (-9.0, 12.0)]
    )
    best = optimize.minimize(
        loss, rough.x, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-12, "maxiter": 2000}
    )
    p, q, gamma = (float(one) for one in np.exp(best.x))
    q = max(q, 1.0 + 1e-6)
    total = float(weight.sum())
    return GammaGamma(
        p,
        q,
        gamma * scale,
        float(-best.fun * total - np.dot(weight, np.log(mean / value))),
        _correlation(count, mean, weight),
    )


def _correlation(count: Numbers, mean: Numbers, weight: Numbers) -> float:
    if np.ptp(count) == 0:
        return 0.0
    table = np.cov(count, mean, aweights=weight)
    return float(table[0, 1] / np.sqrt(table[0, 0] * table[1, 1]))
