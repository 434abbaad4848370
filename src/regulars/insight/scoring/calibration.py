"""How well the models foretell: fitted on the earlier part of the history, asked about the later, held beside it.

The later part is a quarter of the whole, or 91 days where that is less. Pure, apart from running the Ibis expressions.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from regulars.insight.scoring import bgnbd
from regulars.insight.scoring.bgnbd import WEEK, BgNbd, Numbers
from regulars.insight.scoring.purchases import kept_orders, number, number_of
from regulars.kit.later import later
from regulars.warehouse.contracts import Tables

special = later("scipy.special")

HOLDOUT_DAYS = 91
LEAST_DAYS = 56
"""A history shorter than this, from its first order to its last, is not parted."""
CLASSES = 7
EXPECTED_LEAST = 5.0
"""Classes in which fewer members are expected are put together before χ² is reckoned."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Members with so many purchases (`least` to `most`, None: and more): how many there are, how many orders the
    model expected of each in the later part on average, and how many there were."""

    least: int
    most: int | None
    members: int
    expected: float
    actual: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What became of what was foretold. `chi_square` compares how many members made 0, 1, 2 … further purchases in the
    earlier part with what the model makes of it, `p_value` what chance alone would give; None: too few classes."""

    fitted_from: date
    fitted_to: date
    until: date
    members: int
    expected: float
    actual: float
    correlation: float | None
    chi_square: float | None
    degrees: int
    p_value: float | None
    model: BgNbd
    bars: tuple[Bar, ...]

    def record(self) -> dict[str, Any]:
        """As JSON keeps it."""
        found = asdict(self)
        for name in ("fitted_from", "fitted_to", "until"):
            found[name] = found[name].isoformat()
        return found


def calibrate(tables: Tables, until: date) -> Calibration | None:
    """None where the history is too short, or too few members bought again in its earlier part."""
    orders = kept_orders(tables, until)
    days = orders.select("member", number=number(orders.day)).distinct()
    bounds = orders.aggregate(first=number(orders.day).min()).to_pyarrow()["first"][0].as_py()
    end = number_of(until)
    if bounds is None or end - bounds < LEAST_DAYS:
        return None
    later = min((end - bounds + 1) // 4, HOLDOUT_DAYS)
    parted = end - later
    early = days.number <= parted
    found = (
        days.group_by("member")
        .aggregate(
            before=early.sum(),
            first=days.number.min(),
            last=days.number.max(where=early),
            after=(~early).sum(),
        )
        .to_pyarrow()
    )
    columns = {
        name: np.asarray(found[name].to_numpy(zero_copy_only=False), dtype=float)
        for name in found.column_names
    }
    seen = columns["before"] > 0
    x, first = columns["before"][seen] - 1, columns["first"][seen]
    last, age, after = columns["last"][seen] - first, parted - first, columns["after"][seen]
    known = bgnbd.grouped(x, last, age)
    if not bgnbd.enough(known):
        return None
    model = bgnbd.fit(known)
    expected = model.expected(later / WEEK, x, last / WEEK, age / WEEK)
    chi_square, degrees, p_value = goodness(model, x, age / WEEK)
    return Calibration(
        until - timedelta(days=end - bounds),
        until - timedelta(days=later),
        until,
        len(x),
        float(expected.sum()),
        float(after.sum()),
        _correlation(expected, after),
        chi_square,
        degrees,
        p_value,
        model,
        _bars(x, expected, after),
    )


def goodness(model: BgNbd, x: Numbers, age: Numbers) -> tuple[float | None, int, float | None]:
    """χ² of how many members have 0, 1, … purchases after their first, its degrees of freedom and p-value. Classes run
    to the number that 97 of 100 members do not exceed, in at most eight steps as in the authors' table."""
    top = int(np.quantile(x, 0.97)) + 1
    edges = np.unique(np.linspace(0, top, min(top, CLASSES) + 1).round().astype(int))
    ages, of_age = np.unique(age, return_inverse=True)
    chances = model.chances(ages, top - 1)[of_age].sum(axis=0)
    expected = [float(chances[low:high].sum()) for low, high in pairwise(edges)]
    actual = [float(((x >= low) & (x < high)).sum()) for low, high in pairwise(edges)]
    expected.append(len(x) - sum(expected))
    actual.append(len(x) - sum(actual))
    classes = _together(expected, actual)
    degrees = len(classes) - 1 - 4
    if degrees < 1:
        return None, max(degrees, 0), None
    found = sum((seen - wanted) ** 2 / wanted for wanted, seen in classes)
    return found, degrees, float(special.chdtrc(degrees, found))


def _together(expected: list[float], actual: list[float]) -> list[tuple[float, float]]:
    """Neighbouring classes put together until each is expected to hold enough."""
    classes: list[tuple[float, float]] = []
    for wanted, seen in zip(expected, actual, strict=True):
        if classes and (classes[-1][0] < EXPECTED_LEAST or wanted < EXPECTED_LEAST):
            classes[-1] = (classes[-1][0] + wanted, classes[-1][1] + seen)
        else:
            classes.append((wanted, seen))
    return classes


def _correlation(expected: Numbers, actual: Numbers) -> float | None:
    if len(expected) < 2 or np.ptp(expected) == 0 or np.ptp(actual) == 0:
        return None
    return float(np.corrcoef(expected, actual)[0, 1])


def _bars(x: Numbers, expected: Numbers, actual: Numbers) -> tuple[Bar, ...]:
    """Classes by number of purchases of about as many members each."""
    edges = np.unique(np.quantile(x, np.linspace(0, 1, 9)[:-1]).astype(int))
    bars = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        inside = (x >= low) & (x < high if high is not None else True)
        if inside.any():
            bars.append(
                Bar(
                    int(low) + 1,
                    None if high is None else int(high),
                    int(inside.sum()),
                    float(expected[inside].mean()),
                    float(actual[inside].mean()),
                )
            )
    return tuple(bars)
