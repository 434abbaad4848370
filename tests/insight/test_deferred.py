"""Deferred revenue: the standard's own example, and what must always hold."""

from datetime import date
from fractions import Fraction

import pytest

from regulars.insight.breakage import NOTHING_KNOWN, Estimate, estimate
from regulars.insight.deferred import Sold, estimated, roll, stated
from regulars.insight.maturing import LAPSED, SPENT, TAKEN, Cohort, cohorts, month_after
from tests.reports.small import tables_of

FIRST, SECOND, THIRD = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def entry(member: int, account: str, units: int, day: date) -> dict[str, object]:
    return {"member": member, "asset": "points", "account": account, "units": units, "day": day}


def test_example_52_of_ifrs_15() -> None:
    """CU 100,000 of goods and 10,000 points, each worth CU 1 off; 9,500 expected to be used. 4,500 are used in the
    first year, 8,500 by the end of the second, when 9,700 are expected."""
    year1, year2 = date(2026, 1, 1), date(2027, 1, 1)
    points = Cohort(year1, 10_000, {year1: 4_500, year2: 4_000})
    hoped = {year1: Fraction(9_500), year2: Fraction(9_700)}
    first, second = roll(
        [points], {year1: Sold(100_000)}, Fraction(1), lambda _cohort, month: hoped[month], [year1, year2]
    )
    assert first.added == 8_676
    assert first.used + first.breakage == 4_110
    assert first.closing == 4_566
    assert second.used + second.breakage == 3_493
    assert second.closing == 1_073
    # 4,500 / 9,700 × 8,676 = 4,025 instead of 4,110 was due for the first year.
    assert second.trued == -85
    assert second.expected == Fraction(97, 100)


def test_what_lapses_is_revenue_in_the_end_and_what_is_taken_back_never_was() -> None:
    points = Cohort(FIRST, 1_000, {SECOND: 300}, {THIRD: 600}, {SECOND: 100})
    lines = roll(
        [points], {FIRST: Sold(10_000_00)}, Fraction(10), stated(Fraction(1, 5)), [FIRST, SECOND, THIRD]
    )
    # 1,000 points × 0.10 × 80 % = 80.00; 10,000 × 80 / 10,080 = 79.37.
    assert [(line.opening, line.added, line.taken) for line in lines] == [
        (0, 7937, 0), (7937, 0, 794), (lines[1].closing, 0, 0),
    ]  # fmt: skip
    # 7,143 is left for 900 points: 300 of 720 expected are used.
    assert (lines[1].used, lines[1].breakage, lines[1].closing) == (2381, 595, 4167)
    assert (lines[2].used, lines[2].breakage, lines[2].closing) == (0, 4167, 0)


@pytest.mark.parametrize("breakage", [Fraction(0), Fraction(1)])
def test_all_or_nothing_is_used(breakage: Fraction) -> None:
    points = Cohort(FIRST, 100, {SECOND: 100})
    first, second = roll([points], {FIRST: Sold(1000)}, Fraction(10), stated(breakage), [FIRST, SECOND])
    deferred = 500 if breakage == 0 else 0
    assert (first.added, first.closing, second.used, second.closing) == (deferred, deferred, deferred, 0)


def test_no_sales_defer_nothing_and_gifts_were_not_paid_for() -> None:
    points = Cohort(FIRST, 100)
    for sold in ({}, {FIRST: Sold(0)}, {FIRST: Sold(-50)}, {FIRST: Sold(1000, Fraction(0))}):
        (line,) = roll([points], sold, Fraction(10), stated(Fraction(0)), [FIRST])
        assert (line.added, line.closing) == (0, 0)
    assert roll([], {}, Fraction(1), stated(Fraction(0)), [FIRST])[0].expected is None


def test_the_oldest_go_first_and_a_months_own_refunds_are_no_points_of_it() -> None:
    found = cohorts(
        tables_of(
            entries=[
                entry(1, "issue", 100, date(2026, 1, 5)),
                entry(1, "issue", 60, date(2026, 2, 5)),
                entry(1, "reverse", -10, date(2026, 2, 9)),
                entry(1, "spend", -120, date(2026, 3, 1)),
                entry(1, "expire", -20, date(2026, 3, 9)),
                entry(2, "issue", 40, date(2026, 1, 7)),
                entry(2, "hold", -40, date(2026, 1, 8)),
                entry(2, "reverse", -15, date(2026, 2, 2)),
                entry(3, "spend", -30, date(2026, 1, 9)),
                entry(3, "issue", 50, date(2026, 3, 9)),
            ]
        ).entries,
        "points",
    )
    # Of March's losses lapses are laid down first: 20 of January's hundred lapse, 80 of it and 40 of February are used.
    assert found == [
        Cohort(FIRST, 140, {THIRD: 80}, {THIRD: 20}, {SECOND: 15}),
        Cohort(SECOND, 50, {THIRD: 40}),
        Cohort(THIRD, 50, {THIRD: 30}),
    ]
    assert cohorts(tables_of().entries, "points") == []


def test_breakage_is_what_was_seen_to_lapse_by_age() -> None:
    """Half is spent a month on, half of the rest lapses two months on; the youngest month is known only in part."""
    found = [
        Cohort(FIRST, 100, {SECOND: 50}, {THIRD: 25}),
        Cohort(SECOND, 300, {THIRD: 150}),
        Cohort(THIRD, 500),
    ]
    told = estimate(found, THIRD)
    assert told.spent == (0, Fraction(1, 2), Fraction(1, 2))
    assert told.lapsed == (0, 0, Fraction(1, 4))
    assert (told.breakage, told.rest, told.most) == (Fraction(1, 4), Fraction(1, 4), Fraction(1, 2))
    # Of what is left after a month half will yet be used: the quarter that is not known to lapse.
    assert (told.still(0), told.still(1), told.still(9)) == (Fraction(3, 4), Fraction(1, 2), 1)
    # Without the first month nothing would be known of lapsing: 0 instead of 1/4, √(2/3 · 2·(1/12)² + (1/6)²).
    assert told.error == pytest.approx((2 / 3 * (2 / 144 + 1 / 36)) ** 0.5)
    assert estimate(found[:2], THIRD).error is None
    assert estimate([], THIRD) == NOTHING_KNOWN
    assert (NOTHING_KNOWN.breakage, NOTHING_KNOWN.still(3)) == (0, 1)


def test_every_line_adds_up_and_all_that_was_deferred_becomes_revenue() -> None:
    months = [month_after(FIRST, number) for number in range(30)]
    found = []
    for number, month in enumerate(months[:12]):
        one = Cohort(month, 1_000 + 37 * number)
        for age in range(1, 12):
            one.add(SPENT, month_after(month, age), 31 + number + age)
        one.add(TAKEN, month_after(month, 2), 17)
        one.add(LAPSED, month_after(month, 13), one.left(month_after(month, 13)))
        found.append(one)
    sold = {one.month: Sold(123_457 + 991 * place) for place, one in enumerate(found)}
    known: dict[date, Estimate] = {month: estimate(found, month, sure=False) for month in months}
    lines = roll(found, sold, Fraction(7, 3), estimated(known), months)
    for line in lines:
        assert line.closing == line.opening + line.added - line.taken - line.used - line.breakage
    assert [line.opening for line in lines[1:]] == [line.closing for line in lines[:-1]]
    assert lines[-1].closing == 0
    added, taken = sum(line.added for line in lines), sum(line.taken for line in lines)
    assert added - taken == sum(line.used + line.breakage for line in lines) > 0
