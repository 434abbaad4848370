"""Has this member stopped buying? Judged by their own rhythm, not by a number of days for everybody.

Times between purchases are Gamma(k, kλ) with λ ~ Gamma(r, α) over members: BG/NBD's own mixing, but k, the same for
all, lets purchases be more regular than chance (k = 1: an ordinary Poisson process). k is estimated from the two latest
gaps of each member by the variance of gap₁ / (gap₁ + gap₂), which is 1 / (4(2k + 1)): Wheat & Morrison (1990),
Estimating Purchase Regularity with Two Interpurchase Times, Journal of Marketing Research 27(1). After x gaps that sum
to t, kλ ~ Gamma(r + kx, α/k + t), and the chance that a buyer who has not stopped lets at least g pass is the
regularised incomplete beta function I(c / (c + g); r + kx, k) with c = α/k + t. Pure.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from regulars.kit.later import later

special = later("scipy.special")

Numbers = NDArray[np.float64]

LATE: Final = 0.2
STOPPED: Final = 0.05
"""Below these chances a gap is late, or the member seems to have stopped."""
LEAST_GAPS: Final = 2
"""Of fewer gaps nobody has a rhythm."""
LEAST_PAIRS: Final = 30
MOST_REGULAR: Final = 20.0


def regularity(first: Numbers, second: Numbers) -> float:
    """k from pairs of neighbouring gaps, all above 0; 1 (chance alone) where there are too few. Not below 1: gaps more
    irregular than chance are people who come and go, which the spread of λ is for."""
    if len(first) < LEAST_PAIRS:
        return 1.0
    spread = float(np.var(first / (first + second)))
    if spread <= 0:
        return MOST_REGULAR
    return float(np.clip((1.0 - 4.0 * spread) / (8.0 * spread), 1.0, MOST_REGULAR))


def still(gaps: Numbers, together: Numbers, now: Numbers, k: float, r: float, alpha: float) -> Numbers:
    """The chance that a member with so many gaps, so long `together`, lets at least `now` pass and has not stopped."""
    rest = alpha / k + together
    return np.asarray(special.betainc(r + k * gaps, k, rest / (rest + now)))


def usual_gap(gaps: Numbers, together: Numbers, k: float, r: float, alpha: float) -> Numbers:
    """The gap that half of this member's gaps stay below."""
    rest = alpha / k + together
    middle = special.betaincinv(r + k * gaps, k, 0.5)
    return np.asarray(rest * (1.0 - middle) / middle)


def labels(chance: Numbers, gaps: Numbers) -> NDArray[np.str_]:
    """`on_time`, `late`, `stopped`; empty where there is no rhythm yet."""
    found = np.select([chance < STOPPED, chance < LATE], ["stopped", "late"], "on_time")
    return np.asarray(np.where(gaps >= LEAST_GAPS, found, ""))
