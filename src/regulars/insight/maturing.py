"""How the units of each month were used up: spent, lapsed or taken back, by the month in which that happened.

Entries don't name the credit that they draw from, so that each member's months are laid end to end and what went is
taken from the oldest first. Where credits of one asset all live equally long that is the very order in which the
ledger draws them; elsewhere it is an approximation, and said to be one. What a month's own credits lost to reversals
is taken off before. What is held or not yet available is no movement: members have it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.insight.boards.counting import read
from regulars.language.effects import CONVERT, EXPIRE, HOLD, ISSUE, PENDING, REVERSE, SPEND

SPENT, LAPSED, TAKEN = "spent", "lapsed", "taken"
_KIND = {SPEND: SPENT, CONVERT: SPENT, EXPIRE: LAPSED}
_OWN = (ISSUE, REVERSE)
_CAME = "came"
_RANK = {TAKEN: 0, LAPSED: 1, SPENT: 2}
"""In which order the losses of one month are laid down."""


@dataclass(slots=True)
class Cohort:
    """The units that came in one month, and what became of them: month → units. What is neither spent nor lapsed nor
    taken is left."""

    month: date
    issued: int
    spent: dict[date, int] = field(default_factory=dict)
    lapsed: dict[date, int] = field(default_factory=dict)
    taken: dict[date, int] = field(default_factory=dict)

    def until(self, kind: str, month: date) -> int:
        """So many units went that way by the end of that month."""
        return sum(units for when, units in self._of(kind).items() if when <= month)

    def during(self, kind: str, month: date) -> int:
        return self._of(kind).get(month, 0)

    def left(self, month: date) -> int:
        """What was left of them at the end of that month."""
        return self.issued - sum(self.until(kind, month) for kind in (SPENT, LAPSED, TAKEN))

    def add(self, kind: str, month: date, units: int) -> None:
        went = self._of(kind)
        went[month] = went.get(month, 0) + units

    def _of(self, kind: str) -> dict[date, int]:
        return {SPENT: self.spent, LAPSED: self.lapsed, TAKEN: self.taken}[kind]


def cohorts(entries: ir.Table, asset: str) -> list[Cohort]:
    """The months in which units of the asset came, the oldest first."""
    moved = _by_month(entries, asset)
    came = moved.filter(moved.units > 0)
    issued = came.group_by(came=came.month, went=came.month, kind=ibis.literal(_CAME)).agg(
        units=came.units.sum()
    )
    rows = read(issued.union(_matched(moved)))
    found = {row["came"]: Cohort(row["came"], row["units"]) for row in rows if row["kind"] == _CAME}
    for row in rows:
        if row["kind"] != _CAME:
            # A debt is paid by what comes later: those units go in the month in which they came.
            found[row["came"]].add(row["kind"], max(row["went"], row["came"]), row["units"])
    return [found[month] for month in sorted(found)]


def _by_month(entries: ir.Table, asset: str) -> ir.Table:
    """What each member's months brought (+) and took (−), by kind; a month's reversals are off its credits."""
    wanted = entries.filter((entries.asset == asset) & entries.account.notin((HOLD, PENDING)))
    kind = ibis.cases(
        *((wanted.account == account, name) for account, name in _KIND.items()),
        (wanted.account.isin(_OWN), "own"),
        else_=TAKEN,
    )
    dated = wanted.mutate(month=wanted.day.truncate("M").cast("date"), kind=kind)
    sums = dated.group_by(["member", "month", "kind"]).agg(units=dated.units.sum())
    return sums.filter(sums.units != 0)


def _matched(moved: ir.Table) -> ir.Table:
    """Units by the month they came in, the month they went in, and how: the oldest go first."""
    came = _laid(moved.filter(moved.units > 0), "c")
    went = _laid(moved.filter(moved.units < 0), "w")
    both = came.join(
        went,
        [came.c_member == went.w_member, came.c_from < went.w_to, went.w_from < came.c_to],
    )
    share = both.mutate(
        units=ibis.least(both.c_to, both.w_to) - ibis.greatest(both.c_from, both.w_from),
        kind=ibis.ifelse(both.w_kind == "own", TAKEN, both.w_kind),
    )
    return share.group_by(came=share.c_month, went=share.w_month, kind=share.kind).agg(
        units=share.units.sum()
    )


def _laid(rows: ir.Table, mark: str) -> ir.Table:
    """Each member's rows laid end to end: from where to where each reaches."""
    rank = ibis.cases(*((rows.kind == kind, place) for kind, place in _RANK.items()), else_=0)
    sized = rows.mutate(size=rows.units.abs(), rank=rank)
    window = ibis.cumulative_window(group_by="member", order_by=["month", "rank", "kind"])
    reach = sized.mutate(reach=sized["size"].sum().over(window))
    return reach.select(
        **{
            f"{mark}_member": reach.member,
            f"{mark}_month": reach.month,
            f"{mark}_kind": reach.kind,
            f"{mark}_from": reach.reach - reach["size"],
            f"{mark}_to": reach.reach,
        }
    )


def by_age(found: Iterable[Cohort], last: date) -> Mapping[int, tuple[int, int, int]]:
    """Months since they came → of how many units it is known, how many were spent and how many lapsed at that age.
    `last` is the last whole month that is known."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cohort in found:
        left = cohort.issued
        for age in range(months_between(cohort.month, last) + 1):
            month = month_after(cohort.month, age)
            taken, spent, lapsed = (cohort.during(kind, month) for kind in (TAKEN, SPENT, LAPSED))
            cells = sums[age]
            cells[0] += left - taken
            cells[1] += spent
            cells[2] += lapsed
            left -= taken + spent + lapsed
    return {age: (cells[0], cells[1], cells[2]) for age, cells in sorted(sums.items())}


def months_between(first: date, last: date) -> int:
    """How many months `last` lies after `first` (below 0: before it)."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_after(month: date, count: int) -> date:
    """The first day of the `count`-th month after."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
