"""What members are expected to bring: the models' answers for everybody, and the value of what is to come.

CLV is the sum over the months ahead of the orders expected in each, times what one of the member's orders is expected
to be worth, times the margin where the programme states one, discounted by the month (Fader & Hardie 2013; Gupta et al.
2006). An order is a day with purchases, as everywhere in these models. Pure.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.insight.scoring import bgnbd, gammagamma, rhythm
from regulars.insight.scoring.arrays import Numbers, People
from regulars.insight.scoring.bgnbd import WEEK, BgNbd
from regulars.insight.scoring.gammagamma import GammaGamma
from regulars.programme.contracts import Insight

MONTH_DAYS = 365 / 12


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted to everybody; None: there was too little to go by."""

    buying: BgNbd | None
    spending: GammaGamma | None
    regularity: float


@dataclass(frozen=True, slots=True)
class Telling:
    """(x, t_x, T) of the members who bought, in weeks, and which rows of everybody they are."""

    rows: Any
    x: Numbers
    last: Numbers
    age: Numbers


def telling(people: People, until: int) -> Telling:
    """Of members without an order there is nothing to tell."""
    rows = np.flatnonzero(~np.isnan(people["first"]))
    first, last = people["first"][rows], people["last"][rows]
    return Telling(rows, people["days"][rows] - 1, (last - first) / WEEK, (until - first) / WEEK)


def fit(people: People, told: Telling) -> Fitted:
    """The parameters of all three models, as far as there is enough to fit."""
    known = bgnbd.grouped(told.x, told.last * WEEK, told.age * WEEK)
    buying = bgnbd.fit(known) if bgnbd.enough(known) else None
    days, spend = people["days"][told.rows], people["spend_minor"][told.rows]
    paid = spend > 0
    try:
        spending = gammagamma.fit(days[paid], spend[paid] / days[paid])
    except ValueError:
        spending = None
    pairs = ~np.isnan(people["gap_before"]) & ~np.isnan(people["gap"])
    return Fitted(buying, spending, rhythm.regularity(people["gap_before"][pairs], people["gap"][pairs]))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """For the members of `Telling`, in its order. Money in the smallest unit."""

    alive: Numbers
    orders: Numbers
    value_minor: Numbers | None


def foresee(people: People, told: Telling, fitted: Fitted, terms: Insight) -> Foreseen | None:
    """What is expected within the programme's horizon; None where buying could not be fitted."""
    model = fitted.buying
    if model is None:
        return None
    keys = np.stack([told.x, told.last, told.age], axis=1)
    unique, place = np.unique(keys, axis=0, return_inverse=True)
    x, last, age = unique.T
    days = float(terms.value.horizon_days)
    ends = np.append(np.arange(MONTH_DAYS, days, MONTH_DAYS), days)
    monthly = (1.0 + float(terms.value.discount_percent) / 100) ** (1 / 12)
    before, discounted = np.zeros(len(x)), np.zeros(len(x))
    for month, end in enumerate(ends, start=1):
        upto = model.expected(end / WEEK, x, last, age)
        discounted += (upto - before) / monthly**month
        before = upto
    value = None
    if fitted.spending is not None:
        bought = people["days"][told.rows]
        worth = fitted.spending.expected(bought, np.maximum(people["spend_minor"][told.rows], 0) / bought)
        margin = 1.0 if terms.margin_percent is None else float(terms.margin_percent) / 100
        value = discounted[place] * worth * margin
    return Foreseen(model.alive(x, last, age)[place], before[place], value)


@dataclass(frozen=True, slots=True)
class Beat:
    """A member's rhythm, in the order of `Telling`: the chance that the present gap is no stop, what that is called,
    and the usual gap in days."""

    chance: Numbers
    labels: Any
    usual_days: Numbers


def beats(told: Telling, fitted: Fitted) -> Beat | None:
    """None where buying could not be fitted."""
    model = fitted.buying
    if model is None:
        return None
    k, r, alpha = fitted.regularity, model.r, model.alpha
    chance = rhythm.still(told.x, told.last, told.age - told.last, k, r, alpha)
    usual = rhythm.usual_gap(told.x, told.last, k, r, alpha) * WEEK
    return Beat(chance, rhythm.labels(chance, told.x), usual)
