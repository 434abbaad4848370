"""Revenue that waits for points to be used: the relative stand-alone selling price method of IFRS 15. Pure.

Points that a sale brings are something the customer has paid for (B39–B41). A month's sales T are therefore divided
(paragraphs 74 and 76) between the goods, sold at T, and the points, worth P = points × price × the share expected to be
used:

    deferred = T · P / (T + P)

It becomes revenue as points are used, in proportion to all that are expected to be (B46), so that what nobody will use
is spread over what is used; what is expected is looked at anew at each month's end, and the difference falls into that
month. The standard's example 52 (100,000 of goods, 10,000 points, 9,500 expected at 0.95 each; later 9,700) comes out
as printed: 8,676 deferred, then 4,110 and 3,493 of revenue and 1,073 left.

Every month of issue is rounded once, cumulatively, to the smallest unit; a month's figures are differences, so that
opening + added − taken back − used − breakage = closing holds to the cent in every line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from regulars.insight.breakage import Estimate
from regulars.insight.maturing import SPENT, TAKEN, Cohort, months_between

Expected = Callable[[Cohort, date], Fraction]
"""How many of a month's units are expected to be used in all, as seen at the end of another month."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A month's sales, after what was given back, and the share of its units that they brought (the rest was given
    away: nobody paid for it)."""

    sales_minor: int
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Line:
    """One month. Money in the smallest unit. `used` and `breakage` became revenue; `trued` is the part of both together
    that comes from another estimate than the month before's. `expected` is the share of all units ever issued that is
    expected to be used."""

    month: date
    sales_minor: int
    issued: int
    opening: int
    added: int
    taken: int
    used: int
    breakage: int
    closing: int
    trued: int
    expected: Fraction | None


@dataclass(frozen=True, slots=True)
class _State:
    """A month of issue until the end of one month, cumulatively, and how many of its units are expected to be used."""

    held: int = 0
    used: int = 0
    revenue: int = 0
    spent: int = 0
    expected: Fraction = Fraction(0)


def roll(
    cohorts: Sequence[Cohort],
    sold: Mapping[date, Sold],
    price_minor: Fraction,
    expected: Expected,
    months: Sequence[date],
) -> list[Line]:
    """What was deferred through these months, one after the other. `price_minor`: what one unit sells for alone."""
    first: dict[date, int] = {}
    before: dict[date, _State] = {}
    lines: list[Line] = []
    for month in months:
        sums = [0] * 5
        for cohort in cohorts:
            if cohort.month > month:
                continue
            if cohort.month not in first:
                first[cohort.month] = _first(cohort, sold.get(cohort.month), price_minor, expected)
            was = before.get(cohort.month, _State())
            now = _state(cohort, month, first[cohort.month], expected)
            before[cohort.month] = now
            for place, amount in enumerate(_moved(was, now, first[cohort.month], cohort.month == month)):
                sums[place] += amount
        lines.append(_line(month, cohorts, sold, before, lines[-1].closing if lines else 0, sums))
    return lines


def _first(cohort: Cohort, sold: Sold | None, price_minor: Fraction, expected: Expected) -> int:
    """What of the month's sales is deferred for its units."""
    if sold is None or sold.sales_minor <= 0 or cohort.issued <= 0:
        return 0
    worth = expected(cohort, cohort.month) * sold.share * price_minor
    return _rounded(sold.sales_minor * worth / (sold.sales_minor + worth)) if worth > 0 else 0


def _state(cohort: Cohort, month: date, deferred: int, expected: Expected) -> _State:
    kept = cohort.issued - cohort.until(TAKEN, month)
    if kept <= 0:
        return _State()
    held = _rounded(Fraction(deferred * kept, cohort.issued))
    spent, hoped = cohort.until(SPENT, month), _bounded(expected(cohort, month), cohort, month)
    revenue = held if hoped <= spent else _rounded(held * spent / hoped)
    used = min(revenue, _rounded(Fraction(held * spent, kept)))
    return _State(held, used, revenue, spent, hoped)


def _bounded(expected: Fraction, cohort: Cohort, month: date) -> Fraction:
    """No fewer than were used already, no more than are left can still be."""
    spent = cohort.until(SPENT, month)
    return min(max(expected, Fraction(spent)), Fraction(spent + max(cohort.left(month), 0)))


def _moved(was: _State, now: _State, deferred: int, new: bool) -> tuple[int, int, int, int, int]:
    """Added, taken back, used, breakage, of which another estimate."""
    added = deferred if new else 0
    taken = was.held + added - now.held
    used = now.used - was.used
    revenue = now.revenue - was.revenue
    trued = 0
    if not new and was.expected and now.expected and was.spent:
        trued = _rounded(now.held * was.spent / now.expected) - _rounded(now.held * was.spent / was.expected)
    return added, taken, used, revenue - used, trued


def _line(
    month: date,
    cohorts: Sequence[Cohort],
    sold: Mapping[date, Sold],
    states: Mapping[date, _State],
    opening: int,
    sums: Sequence[int],
) -> Line:
    added, taken, used, breakage, trued = sums
    issued = sum(cohort.issued for cohort in cohorts if cohort.month == month)
    ever = sum(cohort.issued - cohort.until(TAKEN, month) for cohort in cohorts if cohort.month <= month)
    hoped = sum((state.expected for state in states.values()), Fraction(0))
    return Line(
        month,
        sold[month].sales_minor if month in sold else 0,
        issued,
        opening,
        added,
        taken,
        used,
        breakage,
        opening + added - taken - used - breakage,
        trued,
        hoped / ever if ever > 0 else None,
    )


def stated(breakage: Fraction) -> Expected:
    """The same share of every month's units, whenever it is looked at."""

    def expected(cohort: Cohort, month: date) -> Fraction:
        return (cohort.issued - cohort.until(TAKEN, month)) * (1 - breakage)

    return expected


def estimated(estimates: Mapping[date, Estimate]) -> Expected:
    """What the history known at each month's end says of units of that age."""

    def expected(cohort: Cohort, month: date) -> Fraction:
        age = months_between(cohort.month, month)
        left = max(cohort.left(month), 0)
        return cohort.until(SPENT, month) + left * estimates[month].still(age)

    return expected


def _rounded(amount: Fraction) -> int:
    """Halves away from zero."""
    whole = int(abs(amount) + Fraction(1, 2))
    return -whole if amount < 0 else whole
