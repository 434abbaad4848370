"""How fast a member goes, and what may come in the days ahead. Pure, without chance: the same days give the same.

Days on which something is earned come as a Poisson process whose rate differs between members by a gamma
distribution (the NBD model: Ehrenberg 1959; Schmittlein, Morrison and Colombo 1987). What such a day brings has a mean
of its own for every member, drawn towards everybody's (after Fader and Hardie, "The Gamma-Gamma Model of Monetary
Value", 2013). Newer days weigh more: a day's weight halves every `HALF_LIFE` days. So a member with a long history
is forecast from that, a new one from the others, and who stopped buying slows down.

The sum of the next n days is taken as a gamma distribution with the mean and variance that follow from these, besides
the chance that nothing comes at all; its tail by Wilson and Hilferty's cube root (1931).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import erfc, exp, log, log1p, sqrt

from regulars.tiers.windows import Days

HALF_LIFE = 120.0
PRIOR_SHARE = 0.5
"""What the others' pace counts beside the member's own, as a share of what they would by themselves. Tuned, with
`HALF_LIFE`, on half of the members of the demo's year (docs/prediction.md)."""

LOOKBACK_DAYS = 400
LEAST_EXPOSURE = 30
LEAST_MEMBERS = 20
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Sums:
    """One member of the population: for so many days, on how many of them something was earned, what these days came
    to, and the sum of their squares."""

    exposure: int
    days: int
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Population:
    """The pace of all members. The rate of earning days is gamma distributed (`shape`, and `per` days); a member's
    mean day lies about `amount`, as if `strength` days were known of it; days vary about it by `variation` (squared
    coefficient)."""

    shape: float
    per: float
    amount: float
    strength: float
    variation: float


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of one member's pace: the rate is gamma (`shape`, `per`), a day brings `amount` on average, with
    `variance`, and that average is uncertain by `doubt` (a variance). `seen`: days on which something was earned."""

    shape: float
    per: float
    amount: float
    variance: float
    doubt: float
    seen: int

    @property
    def daily(self) -> float:
        """Units a day, on average."""
        return self.shape / self.per * self.amount


def population_of(members: Iterable[Sums]) -> Population | None:
    """Everybody's pace, by the method of moments; None where fewer than `LEAST_MEMBERS` have a history to speak of."""
    known = [one for one in members if one.exposure >= LEAST_EXPOSURE]
    several = [one for one in known if one.days >= 3]
    if len(known) < LEAST_MEMBERS or len(several) < LEAST_MEMBERS:
        return None
    rates = [one.days / one.exposure for one in known]
    rate = sum(rates) / len(rates)
    noise = sum(one.days / one.exposure**2 for one in known) / len(known)
    spread = max(_variance(rates, rate) - noise, rate * rate * 0.01, _TINY)
    means = [one.total / one.days for one in several]
    within = [
        max((one.squares - one.total * mean) / (one.days - 1), 0.0)
        for one, mean in zip(several, means, strict=True)
    ]
    amount = sum(means) / len(means)
    variation = sum(within) / max(sum(mean * mean for mean in means), _TINY)
    noise = sum(each / one.days for each, one in zip(within, several, strict=True)) / len(several)
    between = max(_variance(means, amount) - noise, amount * amount * 0.01, _TINY)
    return Population(
        rate * rate / spread,
        rate / spread,
        amount,
        max(variation * amount * amount / between, 0.1),
        max(variation, 0.01),
    )


def pace_of(days: Days, joined: date, today: date, everybody: Population | None) -> Pace | None:
    """The pace of a member who joined on `joined`, as known at the end of `today`; None where nothing is known of it.

    The day of joining counts for what a purchase brings, not for how often they come: who joins, buys.
    """
    decay = log(2) / HALF_LIFE
    earned = sorted((day, units) for day, units in days.items() if units > 0 and day <= today)
    begin = min([joined, *(day for day, _ in earned)])
    begin = max(begin, date.fromordinal(today.toordinal() - LOOKBACK_DAYS))
    span = (today - begin).days
    exposure = (1 - exp(-decay * span)) / decay
    often = weight = total = squares = 0.0
    seen = 0
    for day, units in earned:
        if day < begin:
            continue
        share = exp(-decay * (today - day).days)
        often += share if day > begin else 0.0
        weight, total, squares = weight + share, total + share * units, squares + share * units * units
        seen += 1
    if everybody is None:
        if not seen or not span:
            return None
        everybody = Population(1.0, 0.0, total / weight, 1.0, 1.0)
    shape, per = PRIOR_SHARE * everybody.shape + often, PRIOR_SHARE * everybody.per + exposure
    known = everybody.strength + weight
    amount = (everybody.strength * everybody.amount + total) / known
    usual = (everybody.variation + 1) * everybody.amount**2
    variance = max((everybody.strength * usual + squares) / known - amount * amount, _TINY)
    return Pace(shape, max(per, _TINY), amount, variance, variance / known, seen)


def chance(pace: Pace, days: int, units: int) -> float:
    """How likely it is that the next `days` days bring at least `units`."""
    if units <= 0:
        return 1.0
    if days <= 0:
        return 0.0
    arrivals = days * pace.shape / pace.per
    mean = arrivals * pace.amount
    if mean <= 0:
        return 0.0
    relative = 1 / pace.shape + pace.doubt / pace.amount**2
    variance = arrivals * (pace.variance + pace.amount**2) + mean * mean * relative
    some = 1 - exp(-pace.shape * log1p(days / pace.per))
    mean_some = mean / some
    variance_some = max((variance + mean * mean) / some - mean_some**2, mean_some**2 * 1e-6)
    return float(some * _above(units / mean_some, mean_some**2 / variance_some))


def _above(times_mean: float, shape: float) -> float:
    """The tail of a gamma distribution beyond so many times its mean (Wilson and Hilferty)."""
    z = (times_mean ** (1 / 3) - 1 + 1 / (9 * shape)) * 3 * sqrt(shape)
    return 0.5 * erfc(z / sqrt(2))


def _variance(values: list[float], mean: float) -> float:
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
