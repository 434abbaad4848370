"""What to offer whom: products that members buy again, that go with what they buy, that people alike buy.

Three ways, in this order of how often they are right: `again`, what the member bought on two days or more, by how often
and how lately, held back while it is not due by the member's own rhythm; `together`, what goes with it by lift
(`baskets.lift`); `alike`, neighbours of what they bought among the products' vectors (`baskets.vectors`). Whoever has
too little of their own is offered what most members buy (`popular`). Products are the `CATALOGUE` that most members
bought within a year.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from regulars.insight.scoring import baskets
from regulars.insight.scoring.arrays import floats
from regulars.insight.scoring.baskets import Baskets, Matrix, Numbers
from regulars.insight.scoring.preferences import YEAR_DAYS, kept_lines
from regulars.insight.scoring.purchases import kept_orders, number, number_of
from regulars.members.recommending import AGAIN, ALIKE, POPULAR, TOGETHER
from regulars.warehouse.contracts import Tables

CATALOGUE = 3_000
MOST = 10
CHUNK = 2_000
HELD_OUT_DAYS = 30
MEASURED_MOST = 1_000
"""Each night so many members are asked about to see how good offers are."""
PRICE_DAYS = 60
"""So many days back tell what a product costs."""
HALF_LIFE_DAYS = 60.0
"""A purchase counts half as much after so many days."""
NOT_DUE = 0.5
"""What is bought again counts so much less before half of its usual gap has passed."""
TOGETHER_PLACES, ALIKE_PLACES = 3, 2
"""Of ten places so many are kept for what is new to the member, as far as there is any."""


@dataclass(frozen=True, slots=True)
class Wares:
    """The catalogue and who bought what of it. `weight`: purchases that fade; `due`: what is bought again; both members
    × products. `names` of the products, as their lines said last; `prices`: the middle one of their lines within
    `PRICE_DAYS`, of products that were sold then."""

    bought: Baskets
    weight: Matrix
    due: Matrix
    names: dict[str, str]
    prices: dict[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """One product for a member and why; the first is the best."""

    sku: str
    reason: str


def wares(tables: Tables, until: date) -> Wares:
    """What was bought in the year that ends with `until`."""
    since = until - timedelta(days=YEAR_DAYS - 1)
    lines = kept_lines(tables, kept_orders(tables, until, since), since, until)
    lines = lines.filter(lines.sku != "")
    names = lines.group_by("sku").aggregate(name=lines.name.max(), buyers=lines.member.nunique())
    top = names.order_by([names.buyers.desc(), names.sku]).limit(CATALOGUE)
    days = lines.semi_join(top, "sku").select("member", "sku", number=number(lines.day)).distinct()
    passed = (number_of(until) - days.number).cast("float64")
    found = (
        days.mutate(weight=(passed * (-np.log(2) / HALF_LIFE_DAYS)).exp())
        .group_by("member", "sku")
        .aggregate(
            days=ibis._.count(),
            weight=ibis._.weight.sum(),
            first=ibis._.number.min(),
            last=ibis._.number.max(),
        )
        .to_pyarrow()
    )
    members = found["member"].to_numpy(zero_copy_only=False)
    skus = np.asarray(found["sku"].to_pylist(), dtype=object)
    count, weight = floats(found["days"]), floats(found["weight"])
    gap = (floats(found["last"]) - floats(found["first"])) / np.maximum(count - 1, 1)
    early = number_of(until) - floats(found["last"]) < gap / 2
    again = np.where(count >= 2, weight * np.where(early, NOT_DUE, 1.0), 0.0)
    called = top.select("sku", "name").to_pyarrow().to_pylist()
    return Wares(
        baskets.baskets_of(members, skus, count),
        baskets.baskets_of(members, skus, weight).days,
        baskets.baskets_of(members, skus, again).days,
        {row["sku"]: row["name"] or "" for row in called},
        _prices(lines.semi_join(top, "sku"), until),
    )


def _prices(lines: ir.Table, until: date) -> dict[str, int]:
    """What one of a product cost of late: the middle unit price of its lines. What is less than the smallest unit is no
    price: it was measured in units that nobody buys one of."""
    lines = lines.filter((lines.quantity > 0) & (lines.day > until - timedelta(days=PRICE_DAYS)))
    usual = lines.group_by("sku").aggregate(price=(lines.total_minor / lines.quantity).median())
    return {row["sku"]: round(row["price"]) for row in usual.to_pyarrow().to_pylist() if row["price"] >= 1}


def offers(
    known: Wares, most: int = MOST, among: NDArray[np.int64] | None = None
) -> Iterator[tuple[int, list[Offer]]]:
    """(member, offers) of everybody who bought something of the catalogue, or of the rows `among` them."""
    skus, people = known.bought.skus, known.bought.members
    if not len(skus):
        return
    bought = known.bought.bought
    both = baskets.together(bought)
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    lift, vectors = baskets.lift(both, buyers, len(people)), baskets.vectors(both)
    popular = np.argsort(-buyers, kind="stable")
    places = np.arange(len(people)) if among is None else among
    for start in range(0, len(places), CHUNK):
        rows = places[start : start + CHUNK]
        faded = known.weight[rows].log1p()
        owned = bought[rows].toarray() > 0
        ways = (
            (AGAIN, known.due[rows].toarray()),
            (TOGETHER, np.where(owned, 0.0, (faded @ lift).toarray())),
            (ALIKE, np.where(owned, 0.0, _near(faded @ vectors, vectors, buyers))),
        )
        best = [(reason, *_best(scores, most)) for reason, scores in ways]
        for at, member in enumerate(people[rows]):
            chosen = [
                (
                    reason,
                    [int(place) for place, score in zip(places[at], scores[at], strict=True) if score > 0],
                )
                for reason, places, scores in best
            ]
            found = _mixed(dict(chosen), [int(one) for one in popular[: 2 * most]], most)
            yield int(member), [Offer(str(skus[place]), reason) for place, reason in found]


def _near(own: Numbers, vectors: Numbers, buyers: Numbers) -> Numbers:
    """How near products are to what the member buys; of two as near, the one that more people buy."""
    return np.asarray(np.maximum(own @ vectors.T, 0.0) * np.sqrt(buyers))


def _best(scores: Numbers, most: int) -> tuple[NDArray[np.int64], Numbers]:
    """The places of the highest scores of each row, highest first, and those scores."""
    most = min(most, scores.shape[1])
    some = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    held = np.take_along_axis(scores, some, axis=1)
    order = np.argsort(-held, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1), np.take_along_axis(held, order, axis=1)


def _mixed(ways: dict[str, list[int]], popular: list[int], most: int) -> list[tuple[int, str]]:
    """The ways in order, each with its places of the whole; what a way leaves empty goes to the next, at last to what
    is popular."""
    left = {TOGETHER: TOGETHER_PLACES * most // MOST, ALIKE: ALIKE_PLACES * most // MOST}
    places = {AGAIN: most - sum(left.values()), **left}
    taken: dict[int, str] = {}
    for reason, wanted in places.items():
        for place in [one for one in ways[reason] if one not in taken][:wanted]:
            taken[place] = reason
    for reason, more in (*ways.items(), (POPULAR, popular)):
        for place in more:
            if len(taken) >= most:
                break
            taken.setdefault(place, reason)
    order = {AGAIN: 0, TOGETHER: 1, ALIKE: 2, POPULAR: 3}
    return sorted(taken.items(), key=lambda one: order[one[1]])[:most]


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of `most` products offered at the end of `fitted_to` were bought by `until`, on average over `members`
    who bought anything then; beside offering everybody what most members buy. `fresh`: the same for products that the
    member had not bought before, among the offers of such products alone."""

    fitted_to: date
    until: date
    members: int
    most: int
    offered: float
    popular: float
    fresh: float
    fresh_popular: float

    def record(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"fitted_to": str(self.fitted_to), "until": str(self.until)}


def measure(
    tables: Tables,
    until: date,
    held_out_days: int = HELD_OUT_DAYS,
    most: int = MOST,
    members_most: int | None = None,
) -> Precision | None:
    """Offer at the end of the history less its last days, and look at what was bought in these; None: nothing was.
    `members_most`: ask about so many of those who bought, evenly spread, instead of all."""
    parted = until - timedelta(days=held_out_days)
    known = wares(tables, parted)
    later = (
        kept_lines(tables, tables.orders, parted + timedelta(days=1), until)
        .select("member", "sku")
        .distinct()
    )
    bought: dict[int, set[str]] = {}
    for row in later.to_pyarrow().to_pylist():
        bought.setdefault(row["member"], set()).add(row["sku"])
    skus, matrix = known.bought.skus, known.bought.bought
    best = [str(one) for one in skus[np.argsort(-np.asarray(matrix.sum(axis=0)).ravel(), kind="stable")]]
    row_of = {int(member): at for at, member in enumerate(known.bought.members)}
    sums = np.zeros(4)
    members = fresh = 0
    asked = np.array([row_of[one] for one in sorted(bought.keys() & row_of.keys())], dtype=np.int64)
    if members_most is not None and len(asked) > members_most:
        asked = asked[np.linspace(0, len(asked) - 1, members_most).astype(np.int64)]
    for member, found in offers(known, most, asked):
        truth = bought[member]
        own = {str(skus[at]) for at in matrix[row_of[member]].indices}
        new = [one.sku for one in found if one.sku not in own]
        members += 1
        sums[0] += len(truth.intersection(one.sku for one in found)) / most
        sums[1] += len(truth.intersection(best[:most])) / most
        if new:
            fresh += 1
            others = [sku for sku in best[: most * 20] if sku not in own][: len(new)]
            sums[2] += len(truth.intersection(new)) / len(new)
            sums[3] += len(truth.intersection(others)) / len(new)
    if not members:
        return None
    right, popular = (float(one) / members for one in sums[:2])
    anew, anew_popular = (float(one) / max(fresh, 1) for one in sums[2:])
    return Precision(parted, until, members, most, right, popular, anew, anew_popular)
