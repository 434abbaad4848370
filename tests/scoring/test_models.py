"""BG/NBD, Gamma-Gamma and rhythm against what their authors published, and against chance with a fixed seed.

`cdnow.csv`: the CDNOW sample of Fader & Hardie (2,357 customers who first bought in the first quarter of 1997), as told
by its transactions in the `lifetimes` wheel (MIT): purchases after the first through 30 September, days from the first
to the last and to that day, and purchases in the 39 weeks after.
"""

from pathlib import Path

import numpy as np
import pytest

from regulars.insight.scoring import bgnbd, gammagamma, rhythm
from regulars.insight.scoring.calibration import goodness

CDNOW = np.loadtxt(Path(__file__).parent / "cdnow.csv", delimiter=",", skiprows=1)
X, LAST, AGE, AFTER = CDNOW.T


@pytest.fixture(scope="module")
def cdnow() -> bgnbd.BgNbd:
    return bgnbd.fit(bgnbd.grouped(X, LAST, AGE))


def test_the_published_fit_is_found_again(cdnow: bgnbd.BgNbd) -> None:
    assert len(X) == 2357
    assert [round(one, 3) for one in (cdnow.r, cdnow.alpha, cdnow.a, cdnow.b)] == [0.243, 4.414, 0.793, 2.426]
    assert round(cdnow.log_likelihood, 1) == -9582.4


def test_fit_and_holdout_are_as_published(cdnow: bgnbd.BgNbd) -> None:
    chi_square, degrees, p_value = goodness(cdnow, X, AGE / 7)
    assert chi_square is not None
    assert p_value is not None
    assert (round(chi_square, 2), degrees, round(p_value, 3)) == (4.82, 3, 0.185)
    expected = cdnow.expected(39, X, LAST / 7, AGE / 7)
    assert round(float(np.corrcoef(expected, AFTER)[0, 1]), 3) == 0.626


def test_chances_of_all_numbers_are_one_and_agree_with_what_is_expected(cdnow: bgnbd.BgNbd) -> None:
    (chances,) = cdnow.chances(np.array([10.0]), 3000)
    assert chances.sum() == pytest.approx(1, abs=1e-3)
    mean = float((chances * np.arange(3001)).sum())
    assert mean == pytest.approx(float(cdnow.expected_of_anyone(np.array([10.0]))[0]), rel=1e-3)


def test_hundreds_of_purchases_give_a_number(cdnow: bgnbd.BgNbd) -> None:
    x, last, age = np.array([0.0, 365.0, 5000.0]), np.array([0.0, 52.0, 52.0]), np.array([0.0, 52.0, 52.0])
    expected, alive = cdnow.expected(52, x, last, age), cdnow.alive(x, last, age)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    assert alive[0] == 1
    assert ((alive > 0) & (alive <= 1)).all()


def test_where_next_to_nobody_leaves_members_buy_on_as_they_did() -> None:
    """With `a` and `b` this large, one in 480 purchases is the last: what is expected is a little less than from
    somebody who never leaves, (r + x) · t / (α + T)."""
    model = bgnbd.BgNbd(2.92, 11.58, 15_025.0, 7_255_763.0, -3774.0)
    x, age = np.array([0.0, 3.0, 71.0]), np.array([10.0, 40.0, 90.0])
    kept = (2.92 + x) * 26 / (11.58 + age)
    assert model.expected(26, x, age, age) == pytest.approx(kept, rel=0.05)
    assert (model.expected(26, x, age, age) < kept).all()


def test_many_histories_are_rounded_and_say_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    known = bgnbd.grouped(X, LAST, AGE)
    exact = bgnbd.fit(known)
    monkeypatch.setattr(bgnbd, "MANY", 10)
    rough = bgnbd.fit(known)
    ahead = [float(one.expected(52, X, LAST / 7, AGE / 7).sum()) for one in (exact, rough)]
    assert ahead[1] == pytest.approx(ahead[0], rel=0.02)


def test_too_few_are_not_fitted() -> None:
    few = bgnbd.grouped(np.zeros(1000), np.zeros(1000), np.full(1000, 70.0))
    assert not bgnbd.enough(few)
    with pytest.raises(ValueError, match="too few"):
        bgnbd.fit(few)
    with pytest.raises(ValueError, match="worth the same"):
        gammagamma.fit(np.ones(1000), np.full(1000, 9.9))


def test_gamma_gamma_finds_what_it_was_drawn_from() -> None:
    chance = np.random.default_rng(20)
    members, p, q, gamma = 5_000, 6.25, 3.74, 15.44
    count = chance.integers(1, 8, members).astype(float)
    mean = chance.gamma(p * count, 1.0) / chance.gamma(q, 1.0 / gamma, members) / count
    found = gammagamma.fit(count, mean)
    assert (found.p, found.q, found.gamma) == pytest.approx((p, q, gamma), rel=0.15)
    everybody = found.p * found.gamma / (found.q - 1)
    one, many = found.expected(np.array([1.0, 500.0]), np.array([100.0, 100.0]))
    assert everybody < one < many < 100
    assert many == pytest.approx(100, abs=1)


def test_rhythm_knows_the_weekly_shopper_from_the_yearly_one() -> None:
    """Both were last here four weeks ago."""
    gaps, together, now = np.array([50.0, 3.0]), np.array([50.0, 150.0]), np.array([4.0, 4.0])
    chance = rhythm.still(gaps, together, now, k=1.5, r=1.4, alpha=1.4)
    assert list(rhythm.labels(chance, gaps)) == ["stopped", "on_time"]
    assert list(rhythm.usual_gap(gaps, together, 1.5, 1.4, 1.4).round(1)) == [0.8, 32.1]
    assert list(rhythm.labels(np.array([0.001]), np.array([1.0]))) == [""]


def test_by_chance_alone_rhythm_errs_as_often_as_it_says() -> None:
    """Of buyers who have not stopped, one gap in twenty is called a stop, and k is found again."""
    chance = np.random.default_rng(7)
    members, k, r, alpha = 40_000, 3.0, 2.0, 5.0
    rate = chance.gamma(r, 1.0 / alpha, members)
    gaps = chance.gamma(k, 1.0, (members, 6)) / (k * rate[:, None])
    found = rhythm.regularity(gaps[:, 0], gaps[:, 1])
    assert found == pytest.approx(k, rel=0.05)
    still = rhythm.still(np.full(members, 5.0), gaps[:, :5].sum(axis=1), gaps[:, 5], k, r, alpha)
    assert float((still < rhythm.STOPPED).mean()) == pytest.approx(0.05, abs=0.004)
    usual = rhythm.usual_gap(np.full(members, 5.0), gaps[:, :5].sum(axis=1), k, r, alpha)
    assert float((gaps[:, 5] < usual).mean()) == pytest.approx(0.5, abs=0.01)
