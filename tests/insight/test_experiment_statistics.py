"""The statistics of experiments, against figures and methods that others published or wrote."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from regulars.insight.experiments.compare import (
    compare,
    compare_all,
    compare_ratios,
    holm,
    ratio,
    slope,
    split,
)
from regulars.insight.experiments.planning import BadPlan, for_means, for_rates, smallest_lift
from regulars.insight.experiments.sequence import TIGHTEST_AT, always_p, reach
from regulars.insight.experiments.sums import Sums, total


def test_sums_add_up() -> None:
    some, others = Sums.of([1, 2, 3], [4, 5, 7]), Sums.of([10], [11])
    assert total((some, others)) == Sums.of([1, 2, 3, 10], [4, 5, 7, 11])
    assert (some.variance, others.variance, Sums().variance) == (1.0, 0.0, 0.0)


def test_welch_is_what_scipy_says() -> None:
    chance = np.random.default_rng(1)
    base, group = chance.gamma(2, 50, 180), chance.gamma(2, 60, 130)
    found = compare(Sums.of(base), Sums.of(group))
    other = stats.ttest_ind(group, base, equal_var=False).confidence_interval(0.95)
    assert found.difference == pytest.approx(group.mean() - base.mean())
    assert (found.once_low, found.once_high) == (pytest.approx(other.low), pytest.approx(other.high))
    assert found.low is not None
    assert found.once_low is not None
    assert found.low < found.once_low


def test_what_was_before_takes_noise_away() -> None:
    """CUPED leaves 1 − ρ² of the variance (Deng et al. 2013, eq. 5), and the difference where it is."""
    chance = np.random.default_rng(2)
    before = chance.normal(100, 30, 20_000)
    after = 0.8 * before + chance.normal(0, 18, 20_000)
    after[10_000:] += 1.2
    base, group = Sums.of(after[:10_000], before[:10_000]), Sums.of(after[10_000:], before[10_000:])
    theta = slope([base, group])
    found = compare(base, group, theta)
    rho = np.corrcoef(before[:10_000], after[:10_000])[0, 1]
    assert theta == pytest.approx(0.8, abs=0.01)
    assert found.noise_left == pytest.approx(1 - rho**2, abs=0.01)
    assert found.difference == pytest.approx(1.2, abs=0.6)
    assert found.verdict == "more"
    assert compare(base, group).verdict == "even"


def test_a_ratio_has_its_error_by_the_delta_method() -> None:
    chance = np.random.default_rng(3)
    orders = chance.poisson(3, 4_000)
    sales = orders * 20 + chance.normal(0, 10, 4_000) * np.sqrt(orders)
    found = ratio(Sums.of(sales, orders))
    assert found is not None
    drawn = chance.integers(0, 4_000, (400, 4_000))
    again = sales[drawn].sum(axis=1) / orders[drawn].sum(axis=1)
    assert found[0] == pytest.approx(sales.sum() / orders.sum())
    assert found[1] == pytest.approx(again.std(), rel=0.1)
    assert ratio(Sums.of([1, 2], [0, 0])) is None
    same = compare_ratios(Sums.of(sales, orders), Sums.of(sales * 2, orders))
    assert same is not None
    assert same.verdict == "more"


def test_whoever_looks_every_day_errs_no_more_often() -> None:
    """300 experiments without any effect, skewed outcomes, 30 looks each: the sequence errs in at most 5 %, the
    interval for one look in far more."""
    chance = np.random.default_rng(4)
    looks = range(200, 6_200, 200)
    always = once = 0
    for _ in range(300):
        base, group = chance.exponential(100, (2, 6_200))
        sums = [(np.cumsum(each), np.cumsum(each**2)) for each in (base, group)]
        wrong = wrong_once = False
        for n in looks:
            parts = [Sums(n, float(y[n - 1]), float(yy[n - 1])) for y, yy in sums]
            found = compare(*parts)
            assert found.low is not None
            assert found.high is not None
            assert found.p is not None
            assert found.once_low is not None
            assert found.once_high is not None
            out = not found.low <= 0 <= found.high
            assert out == (found.p < 0.05)
            wrong |= out
            wrong_once |= not found.once_low <= 0 <= found.once_high
        always, once = always + wrong, once + wrong_once
    assert always / 300 <= 0.05
    assert once / 300 > 0.2


def test_a_real_effect_is_seen_with_the_planned_members() -> None:
    """The sample size for looks at any time has the power it promises."""
    needed = for_means(mean=100, spread=100, lift=0.1, power=0.8)
    chance = np.random.default_rng(5)
    half, seen = needed.always // 2, 0
    for _ in range(200):
        base, group = chance.normal(100, 100, half), chance.normal(110, 100, half)
        found = compare(Sums.of(base), Sums.of(group))
        seen += found.verdict == "more"
    assert 0.7 < seen / 200 < 0.9


def test_sample_sizes_that_books_print() -> None:
    """10 % → 12 %, both sides 5 %, power 80 %: 3,839 a group (unpooled; Chow, Shao, Wang); half a standard deviation
    apart: 63 a group."""
    assert for_rates(0.10, 0.2).once == 2 * 3_839 - 1
    assert for_means(10, 10, 0.5).once == 126
    unequal = for_means(10, 10, 0.5, share=0.1)
    assert unequal.once == 349
    lift = smallest_lift(10, 10, for_means(10, 10, 0.5).always)
    assert lift == pytest.approx(0.5, rel=0.01)
    assert smallest_lift(10, 10, 1) is None


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"mean": 0}, "mean"),
        ({"spread": 0}, "spread"),
        ({"lift": 0}, "lift"),
        ({"share": 1}, "share"),
        ({"power": 0.2}, "power"),
    ],
)
def test_plans_that_cannot_be(figures: dict[str, float], field: str) -> None:
    with pytest.raises(BadPlan) as caught:
        for_means(**{"mean": 10, "spread": 5, "lift": 0.1, **figures})
    assert [one.field for one in caught.value.errors] == [field]
    with pytest.raises(BadPlan):
        for_rates(0.9, 0.2)


def test_the_sequence_is_the_published_one() -> None:
    """At its tightest, α = 0.05: 3.04 standard errors; and the p-value is the interval inverted."""
    assert reach(TIGHTEST_AT, 0.05) == pytest.approx(3.035, abs=0.002)
    assert always_p(reach(700, 0.05), 700) == pytest.approx(0.05)
    assert always_p(0, 700) == 1.0
    assert always_p(500, 700) < 1e-100


def test_many_groups_are_held_to_more() -> None:
    """Holm's own example of order: the smallest counts three times, and none below one before it."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a": 0.03, "c": 0.06, "b": 0.06}
    chance = np.random.default_rng(6)
    base = Sums.of(chance.normal(0, 1, 1_000))
    found = compare_all(
        base, {name: Sums.of(chance.normal(add, 1, 1_000)) for name, add in (("a", 0.5), ("b", 0))}
    )
    assert {name: one.verdict for name, one in found.items()} == {"a": "more", "b": "even"}


def test_the_split_is_checked() -> None:
    fair = split({"holdout": 95, "treated": 905}, {"holdout": 0.1, "treated": 0.9})
    assert fair.p == pytest.approx(stats.chisquare([95, 905], [100, 900]).pvalue)
    assert not fair.skewed
    assert split({"holdout": 40, "treated": 960}, {"holdout": 0.1, "treated": 0.9}).skewed
    assert split({}, {"holdout": 0.1, "treated": 0.9}).p is None
    assert split({"treated": 900}, {"holdout": 0.1, "treated": 0.9}).skewed


def test_too_little_to_say_anything() -> None:
    """Nobody, one member, few members, and members who all did the same."""
    some = Sums.of([1.0, 2.0] * 100)
    for other in (Sums(), Sums.of([5.0]), Sums.of([5.0, 6.0] * 20)):
        found = compare(some, other)
        assert (found.low, found.p, found.verdict) == (None, None, "open")
    same = Sums.of([7.0] * 200)
    assert compare(same, same).verdict == "open"
    assert compare(same, Sums.of([9.0] * 200)).low is None
    assert compare(some, some).difference == 0
    assert compare(Sums.of([0.0] * 200), some).relative(1.5) is None
    assert sqrt(some.variance) > 0
