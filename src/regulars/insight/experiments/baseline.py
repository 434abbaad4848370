"""What members usually do, from the brand's own past: what a plan for an experiment or an activity is reckoned with.
As if an experiment without any effect had just ended."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt

import ibis
import ibis.expr.types as ir

from regulars.campaigns.experiments import TREATED, Metric
from regulars.insight.experiments.compare import slope
from regulars.insight.experiments.design import Arm, Design
from regulars.insight.experiments.gathering import BOUGHT, ORDERS, SALES, gather, sums_of
from regulars.insight.experiments.sums import Sums
from regulars.language.calendar import local_day
from regulars.language.problems import words
from regulars.programme.contracts import Programme
from regulars.warehouse.contracts import Tables

WEEKS = 52
"""So far back it is looked how often members come."""


class Who(StrEnum):
    """Whom it will reach: those who buy, each from an order of theirs on; or everybody, at once."""

    BUYERS = "buyers"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What members did in `days` days without anything new. `sums` by measure; `weeks`: how many different members
    came within one, two, … weeks."""

    days: int
    who: Who
    members: int
    sums: dict[str, Sums]
    weeks: tuple[int, ...]

    def mean(self, measure: str) -> float:
        return self.sums[measure].mean

    def spread(self, measure: str) -> float:
        """The standard deviation that is left where what was before is known (CUPED)."""
        sums = self.sums[measure]
        theta = slope([sums])
        if sums.n < 2:
            return 0.0
        left = sums.spread - 2 * theta * sums.together + theta * theta * sums.spread_before
        return sqrt(max(left, 0.0) / (sums.n - 1))

    def weeks_for(self, members: int) -> int | None:
        """After how many weeks so many came; None: not within a year."""
        return next((week for week, came in enumerate(self.weeks, 1) if came >= members), None)


def baseline(tables: Tables, programme: Programme, days: int, who: Who, until: datetime) -> Baseline:
    """The past of `programme`'s members up to `until`."""
    span = timedelta(days=days)
    firsts = (
        _everybody(tables, until - span)
        if who is Who.EVERYBODY
        else _buyers(tables, until - 2 * span, until - span)
    )
    name = words("", "", "")
    design = Design("", name, (Arm(TREATED, name, 1.0),), Metric.SALES, days, (), {}, {}, None)
    found = gather(tables, design, firsts, until)
    sums = {measure: sums_of(found.done, TREATED, measure) for measure in (SALES, ORDERS, BOUGHT)}
    members = int(tables.members.count().to_pyarrow().as_py())
    weeks = (members,) * WEEKS if who is Who.EVERYBODY else _came(tables, local_day(until, programme.zone))
    return Baseline(days, who, members, sums, weeks)


def _buyers(tables: Tables, first: datetime, last: datetime) -> ir.Table:
    """Who bought in a span of time, from their first order in it on."""
    orders = tables.orders.filter(
        tables.orders["at"] >= ibis.timestamp(first), tables.orders["at"] <= ibis.timestamp(last)
    )
    return orders.group_by("member").agg(
        met=orders["at"].min(), met_day=orders["day"].min(), arm=ibis.literal(TREATED), arms=ibis.literal(1)
    )


def _everybody(tables: Tables, moment: datetime) -> ir.Table:
    members = tables.members.filter(tables.members.joined_at < ibis.timestamp(moment))
    return members.select(
        member=members.member,
        met=ibis.timestamp(moment),
        met_day=ibis.date(moment.date()),
        arm=ibis.literal(TREATED),
        arms=ibis.literal(1),
    )


def _came(tables: Tables, today: date) -> tuple[int, ...]:
    """Different buyers of the last week, of the last two, and so on."""
    first = today - timedelta(weeks=WEEKS)
    orders = tables.orders.filter(
        tables.orders["day"] >= ibis.date(first), tables.orders["day"] < ibis.date(today)
    )
    last = orders.group_by("member").agg(day=orders["day"].max())
    counted = last.group_by("day").agg(members=last.count()).to_pyarrow().to_pylist()
    weeks = [0] * WEEKS
    for row in counted:
        weeks[((today - row["day"]).days - 1) // 7] += row["members"]
    found, total = [], 0
    for week in weeks:
        total += week
        found.append(total)
    return tuple(found)
