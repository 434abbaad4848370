"""Which part of a programme's units will never be used: estimated from what became of earlier ones. Pure.

By months of age a, of the units that were there at its beginning (all months' credits together) the share s(a) was
spent and l(a) lapsed. With S(a) = Π (1 − s − l) over the ages up to a, which is what is left then,

    spent so far  = Σ S(a − 1) · s(a)        lapsed so far = Σ S(a − 1) · l(a)

the cumulative incidences of two ways to end that compete (Aalen and Johansen 1978); adding up over months of issue
is what the chain-ladder method of insurers does (Mack 1993). Of what is older than anything that could be watched it is
assumed that all is spent: breakage is counted only as far as it has been seen (IFRS 15 B46 with 56–58). How sure this
is, is told by leaving out one month of issue after the other (the jackknife: Efron and Tibshirani 1993, ch. 11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import sqrt

from regulars.insight.maturing import Cohort, by_age

COHORTS_LEAST = 3
"""An error can't be told from fewer months of issue."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What becomes of units. `spent` and `lapsed`: up to each age in months, of all; `rest`: what is left after the
    last; `error`: the standard error of `breakage`, None where too few months are known."""

    spent: tuple[Fraction, ...]
    lapsed: tuple[Fraction, ...]
    error: float | None = None

    @property
    def breakage(self) -> Fraction:
        """The share that will never be used."""
        return self.lapsed[-1] if self.lapsed else Fraction(0)

    @property
    def rest(self) -> Fraction:
        return 1 - self.breakage - (self.spent[-1] if self.spent else Fraction(0))

    @property
    def most(self) -> Fraction:
        """Breakage if nothing of what is left after the last age known is ever used."""
        return self.breakage + self.rest

    def still(self, age: int) -> Fraction:
        """Of what is left at the end of that age, the share that will yet be used."""
        if not self.spent or age >= len(self.spent) - 1:
            return Fraction(1)
        left = 1 - self.spent[age] - self.lapsed[age]
        lapsing = self.breakage - self.lapsed[age]
        return max(Fraction(0), 1 - lapsing / left) if left > 0 else Fraction(1)


NOTHING_KNOWN = Estimate((), ())


def estimate(cohorts: Sequence[Cohort], last: date, *, sure: bool = True) -> Estimate:
    """From the months of issue up to `last`, the last whole month known. `sure`: with its error."""
    known = [cohort for cohort in cohorts if cohort.month <= last and cohort.issued > 0]
    if not known:
        return NOTHING_KNOWN
    spent, lapsed = _incidences(known, last)
    found = Estimate(spent, lapsed)
    if not sure or len(known) < COHORTS_LEAST:
        return found
    others = [_incidences([*known[:place], *known[place + 1 :]], last)[1][-1] for place in range(len(known))]
    middle = sum(others, Fraction(0)) / len(others)
    spread = sum((float(one - middle) ** 2 for one in others), 0.0)
    return Estimate(spent, lapsed, sqrt((len(known) - 1) / len(known) * spread))


def _incidences(cohorts: Sequence[Cohort], last: date) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    spent, lapsed, left = [Fraction(0)], [Fraction(0)], 1.0
    for risk, used, gone in by_age(cohorts, last).values():
        shares = (used / risk, gone / risk) if risk > 0 else (0.0, 0.0)
        spent.append(spent[-1] + _exact(left * shares[0]))
        lapsed.append(lapsed[-1] + _exact(left * shares[1]))
        left = max(0.0, left * (1 - sum(shares)))
    return tuple(spent[1:]), tuple(lapsed[1:])


def _exact(share: float) -> Fraction:
    """To the billionth: as exact as anybody needs it, and short enough to count with."""
    return Fraction(round(share * 10**9), 10**9)
