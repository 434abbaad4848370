"""Two groups compared. Pure.

Differences are group minus base, per member. Standard errors are Welch's: each group has its own variance. What a
member did before takes noise away (CUPED: Deng, Xu, Kohavi, Walker, WSDM 2013): y − θ(x − x̄), with one slope θ within
groups, cov(x, y) / var(x), for all. Ratios of two sums, such as an order's average value, have their error by the delta
method (Deng, Knoblich, Lu, KDD 2018).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from regulars.insight.experiments.sequence import always_p, reach
from regulars.insight.experiments.sums import Sums, total
from regulars.kit.later import later

special = later("scipy.special")

ALPHA = 0.05
"""Promised over all looks: how often a difference is seen where there is none."""

READABLE = 100
"""From so many members in each group means are near enough to normal for an interval to be told."""

SKEWED_BELOW = 0.001
"""A split that chance brings this seldom is no chance: something is wrong with who came in."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more a group did than the base, per member. `low` and `high` hold at every look; `once_low` and
    `once_high` would for somebody who looks once (Welch). None: too few members, or no two outcomes differ. `p` holds
    at every look, `held` is it after Holm's correction for several groups. `noise_left`: the share of the variance
    that knowing what was before left."""

    base: float
    difference: float
    low: float | None = None
    high: float | None = None
    once_low: float | None = None
    once_high: float | None = None
    p: float | None = None
    held: float | None = None
    noise_left: float = 1.0

    @property
    def verdict(self) -> str:
        """more, less, even (no difference shown), or open (too early)."""
        if self.low is None or self.high is None:
            return "open"
        sure = self.held if self.held is not None else self.p
        if sure is None or sure >= ALPHA:
            return "even"
        return "more" if self.difference > 0 else "less"

    def relative(self, value: float | None) -> float | None:
        """A difference as a share of the base; None where that is nothing."""
        return value / self.base if value is not None and self.base else None


def slope(groups: Sequence[Sums]) -> float:
    """θ: how much of what a member did before comes back after, within groups."""
    before = sum(group.spread_before for group in groups)
    return sum(group.together for group in groups) / before if before > 0 else 0.0


def compare(base: Sums, group: Sums, theta: float = 0.0, readable: int = READABLE) -> Effect:
    """The difference of a group to the base, with what was before taken out at the slope `theta`."""
    centre = total((base, group)).mean_before
    means = [one.mean - theta * (one.mean_before - centre) for one in (base, group)]
    found = Effect(means[0], means[1] - means[0])
    if min(base.n, group.n) < max(readable, 2):
        return found
    parts = [_variance(one, theta) / one.n for one in (base, group)]
    plain = sum(one.variance / one.n for one in (base, group))
    error = sqrt(sum(parts))
    if error <= 1e-12 * max(abs(means[0]), abs(means[1]), 1e-9):
        return found
    n, z = base.n + group.n, found.difference / error
    freedom = sum(parts) ** 2 / sum(
        part * part / (one.n - 1) for part, one in zip(parts, (base, group), strict=True)
    )
    always, once = reach(n, ALPHA) * error, float(special.stdtrit(freedom, 1 - ALPHA / 2)) * error
    return replace(
        found,
        low=found.difference - always,
        high=found.difference + always,
        once_low=found.difference - once,
        once_high=found.difference + once,
        p=always_p(z, n, ALPHA),
        noise_left=sum(parts) / plain if plain else 1.0,
    )


def _variance(one: Sums, theta: float) -> float:
    """Of y − θx."""
    spread = one.spread - 2 * theta * one.together + theta * theta * one.spread_before
    return max(spread, 0.0) / (one.n - 1)


def ratio(sums: Sums) -> tuple[float, float] | None:
    """Σy / Σx with its standard error by the delta method; None: nothing to divide by, or too few members."""
    if sums.n < 2 or not sums.x:
        return None
    value = sums.y / sums.x
    spread = sums.spread - 2 * value * sums.together + value * value * sums.spread_before
    return value, sqrt(max(spread, 0.0) / (sums.n - 1) / sums.n) / abs(sums.mean_before)


def compare_ratios(base: Sums, group: Sums, readable: int = READABLE) -> Effect | None:
    """The difference of two ratios; None where one of them has none."""
    mine, yours = ratio(base), ratio(group)
    if mine is None or yours is None:
        return None
    found = Effect(mine[0], yours[0] - mine[0])
    error = sqrt(mine[1] ** 2 + yours[1] ** 2)
    if min(base.n, group.n) < max(readable, 2) or not error:
        return found
    n = base.n + group.n
    always, once = reach(n, ALPHA) * error, float(special.stdtrit(n - 2, 1 - ALPHA / 2)) * error
    low, high = found.difference - always, found.difference + always
    once_low, once_high = found.difference - once, found.difference + once
    p = always_p(found.difference / error, n, ALPHA)
    return replace(found, low=low, high=high, once_low=once_low, once_high=once_high, p=p)


def compare_all(base: Sums, groups: Mapping[str, Sums], readable: int = READABLE) -> dict[str, Effect]:
    """Every group against the base. With several, p-values are Holm's, so that one lucky group among many is not
    taken for a good one."""
    theta = slope([base, *groups.values()])
    found = {name: compare(base, group, theta, readable) for name, group in groups.items()}
    held = holm({name: effect.p for name, effect in found.items() if effect.p is not None})
    return {name: replace(effect, held=held.get(name)) for name, effect in found.items()}


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979)."""
    found: dict[str, float] = {}
    worst = 0.0
    for rank, name in enumerate(sorted(ps, key=lambda each: ps[each])):
        worst = max(worst, min((len(ps) - rank) * ps[name], 1.0))
        found[name] = worst
    return found


@dataclass(frozen=True, slots=True)
class Split:
    """Whether as many members came in each group as its share says: `p` of the chi-square test (None: nobody came)."""

    seen: dict[str, int]
    expected: dict[str, float]
    p: float | None

    @property
    def skewed(self) -> bool:
        return self.p is not None and self.p < SKEWED_BELOW


def split(seen: Mapping[str, int], shares: Mapping[str, float]) -> Split:
    """The sample-ratio check (Fabijan et al., Diagnosing sample ratio mismatch, KDD 2019)."""
    came = sum(seen.get(name, 0) for name in shares)
    expected = {name: share * came for name, share in shares.items()}
    if not came:
        return Split(dict(seen), expected, None)
    distance = sum((seen.get(name, 0) - want) ** 2 / want for name, want in expected.items() if want)
    freedom = sum(1 for want in expected.values() if want) - 1
    return Split(dict(seen), expected, float(special.chdtrc(freedom, distance)) if freedom else 1.0)
