"""When the next level will come, without a database: exact small cases, and what must hold for every life."""

from dataclasses import replace
from datetime import date, timedelta
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.language.calendar import RoundUp
from regulars.tiers.contracts import (
    TOTAL,
    Forecast,
    Kind,
    Ladder,
    Level,
    Measure,
    Over,
    Part,
    Period,
    Span,
    StandingRow,
    Up,
)
from regulars.tiers.forecast import forecast, likely_of, quantile
from regulars.tiers.pace import Pace, Population, Sums, chance, pace_of, population_of
from regulars.tiers.progress import measure_progress
from regulars.tiers.windows import Days

TODAY, JOINED = date(2026, 6, 30), date(2026, 1, 1)
DAY = timedelta(days=1)
MANY = settings(max_examples=60, deadline=None, derandomize=True)
LEVELS = (
    Level("basic", {}, 0, 0),
    Level("silver", {}, 1000, 1, "", 800),
    Level("gold", {}, 2500, 2, "", 2500),
)
YEAR = Ladder(
    "level",
    {},
    Measure(Kind.ASSET, (Part("credit:growth", TOTAL),), "growth", Over.MONTHS, 12),
    Period(12, RoundUp.MONTH),
    LEVELS,
)
EVERYBODY = Population(shape=1.5, per=10.0, amount=30.0, strength=2.0, variation=0.7)


def told(
    days: Days,
    standing: StandingRow | None = None,
    ladder: Ladder = YEAR,
    everybody: Population | None = EVERYBODY,
) -> Forecast:
    progress = measure_progress(ladder, standing, days, TODAY, JOINED)
    exact = standing is not None and standing.exact
    return forecast(ladder, progress, days, TODAY, JOINED, everybody, exact=exact)


def weekly(units: int, weeks: int = 25) -> dict[date, int]:
    """The same every seventh day, the last time today."""
    return {TODAY - 7 * week * DAY: units for week in range(weeks)}


def test_who_buys_every_week_is_foreseen_where_the_straight_line_leads() -> None:
    """25 weeks of 30: 750 of 1,000; nine more weeks."""
    found = told(weekly(30))
    assert found.seen == 25
    assert found.likely is not None
    assert found.median is not None
    assert 50 <= (found.likely - TODAY).days <= 68
    assert 56 <= (found.median - TODAY).days <= 70
    assert found.half is not None
    assert found.most is not None
    assert found.most.last is not None
    assert found.most.first < found.half.first < found.median < (found.half.last or TODAY) < found.most.last
    assert found.chance is not None
    assert found.chance > 0.97
    assert 115 < found.monthly < 140
    assert not found.waits
    assert found.keep is None


def test_the_pace_is_the_gamma_poisson_posterior() -> None:
    """One day long ago, everybody's pace of 1.5 per 10 days, both with the share of the others of a half."""
    day = TODAY - 120 * DAY
    found = pace_of({day: 60}, day - 120 * DAY, TODAY, EVERYBODY)
    assert found is not None
    assert found.shape == pytest.approx(0.75 + 0.5)
    assert found.per == pytest.approx(5 + (1 - exp(-2 * 0.6931471805599453)) / (0.6931471805599453 / 120))
    assert found.amount == pytest.approx((2 * 30 + 0.5 * 60) / 2.5)
    assert found.seen == 1


def test_the_day_of_joining_says_what_a_purchase_brings_and_not_how_often_they_come() -> None:
    found = pace_of({JOINED: 60}, JOINED, TODAY, EVERYBODY)
    nobody = pace_of({}, JOINED, TODAY, EVERYBODY)
    assert found is not None
    assert nobody is not None
    assert (found.shape, found.per) == (nobody.shape, nobody.per)
    assert found.amount > nobody.amount == 30.0


def test_everybody_by_the_method_of_moments() -> None:
    """Twenty members of 100 days: half with 10 days of 10 each, half with 30 days of 30."""
    some = [Sums(100, 10, 100.0, 1_000.0)] * 10 + [Sums(100, 30, 900.0, 27_000.0)] * 10
    found = population_of(some)
    assert found is not None
    assert found.shape / found.per == pytest.approx(0.2)
    spread = 0.01 * 20 / 19 - 0.002
    assert found.shape == pytest.approx(0.04 / spread)
    assert found.amount == pytest.approx(20.0)
    assert found.variation == 0.01
    assert population_of(some[:19]) is None
    assert population_of([replace(one, exposure=29) for one in some]) is None


def test_no_history_and_nobody_to_learn_from_says_nothing() -> None:
    found = told({}, everybody=None)
    assert (found.likely, found.median, found.half, found.most, found.chance) == (None,) * 5
    assert (found.seen, found.next_level) == (0, "silver")


def test_a_newcomer_is_foreseen_from_the_others() -> None:
    days, joined = {TODAY: 20}, TODAY - DAY
    progress = measure_progress(YEAR, None, days, TODAY, joined)
    found = forecast(YEAR, progress, days, TODAY, joined, EVERYBODY)
    assert found.seen == 1
    assert found.chance is not None
    assert 0.5 < found.chance < 1
    assert found.most is not None
    assert found.most.last is None


def test_a_huge_threshold_is_not_reached_at_this_pace() -> None:
    far = replace(YEAR, levels=(LEVELS[0], Level("gold", {}, 10**12, 1)))
    found = told(weekly(30), ladder=far)
    assert found.chance == pytest.approx(0, abs=1e-6)
    assert (found.likely, found.median, found.half, found.most) == (None, None, None, None)


def test_who_stopped_buying_slows_down() -> None:
    stopped = {day - 90 * DAY: units for day, units in weekly(30, 12).items()}
    assert (told(stopped).chance or 0) < (told(weekly(30, 12)).chance or 0)


def test_at_the_top_there_is_no_next_level_and_the_chance_to_keep() -> None:
    standing = StandingRow("level", "gold", JOINED, TODAY + 30 * DAY)
    found = told({TODAY - 10 * DAY: 2500}, standing)
    assert (found.next_level, found.likely, found.chance, found.keep) == (None, None, None, 1.0)


def test_the_chance_to_keep_is_that_of_earning_what_is_missing_by_then() -> None:
    days = weekly(30)
    standing = StandingRow("level", "silver", JOINED, TODAY + 10 * DAY)
    pace = pace_of(days, JOINED, TODAY, EVERYBODY)
    assert pace is not None
    assert told(days, standing).keep == pytest.approx(chance(pace, 10, 50))
    later = told(days, replace(standing, until=TODAY + 40 * DAY)).keep
    assert later is not None
    assert later > chance(pace, 10, 50)


def test_what_leaves_the_window_is_missing_again() -> None:
    """950 of 1,000 a year ago leave in ten days: who earns little is thrown back."""
    joined = date(2025, 1, 1)
    old = {date(2025, 7, 10): 950, TODAY - 60 * DAY: 5, TODAY - 30 * DAY: 5, TODAY: 5}
    lifelong = replace(YEAR, measure=replace(YEAR.measure, over=Over.LIFETIME))
    rolling, kept = (
        forecast(each, measure_progress(each, None, old, TODAY, joined), old, TODAY, joined, None)
        for each in (YEAR, lifelong)
    )
    assert kept.chance is not None
    assert rolling.chance is not None
    assert kept.chance > 0.3
    assert rolling.chance < 0.15


def test_a_calendar_year_begins_with_nothing() -> None:
    calendar = replace(YEAR, measure=replace(YEAR.measure, over=Over.CALENDAR_YEAR))
    slow = told(weekly(22), ladder=replace(calendar, levels=(LEVELS[0], Level("gold", {}, 1300, 1))))
    by_year_end = (date(2026, 12, 31) - TODAY).days
    assert slow.chance is not None
    assert slow.chance < 0.6
    assert slow.median is None or (slow.median - TODAY).days <= by_year_end


def test_a_rise_with_the_next_day_is_a_day_later() -> None:
    at_once, later = told(weekly(30)), told(weekly(30), ladder=replace(YEAR, up=Up.DAY_END))
    assert at_once.likely is not None
    assert later.likely == at_once.likely + DAY


def test_nothing_is_reached_while_just_this_level_was_decided_by_hand() -> None:
    until = TODAY + 100 * DAY
    pinned = StandingRow("level", "basic", JOINED, until, None, "basic", until, True)
    found = told(weekly(35), pinned)
    assert found.most == Span(until + DAY, until + DAY)


def test_enough_that_waits_for_something_else_has_no_date() -> None:
    found = told({TODAY: 1200})
    assert found.waits
    assert (found.likely, found.chance) == (None, None)


def test_what_went_back_is_not_counted() -> None:
    """A day whose order was wholly refunded is a day without earnings; one that stands below zero as well."""
    kept = weekly(30)
    assert told({**kept, TODAY - 3 * DAY: 0}) == told(kept)
    below = told({**kept, TODAY - 3 * DAY: -10})
    assert below.seen == 25
    assert (below.median or date.max) >= (told(kept).median or date.max)


def test_the_likely_date_is_the_middle_of_the_best_four_weeks() -> None:
    reach = [0.0] * 40 + [0.9] * 60
    assert quantile(reach, 0.5) == 41
    assert likely_of(reach) == 41
    slow = [0.6 * day / 200 for day in range(1, 201)]
    assert quantile(slow, 0.5) == 167
    assert likely_of([0.4] * 100) is None
    assert likely_of([]) is None


LIVES = st.dictionaries(
    st.integers(0, 180).map(lambda ago: TODAY - ago * DAY), st.integers(1, 60), max_size=25
)


@MANY
@given(LIVES)
def test_the_same_days_say_the_same_and_chances_only_grow(days: dict[date, int]) -> None:
    first = told(days)
    assert first == told(dict(reversed(list(days.items()))))
    if first.most is not None and first.half is not None:
        assert TODAY < first.most.first <= first.half.first
        assert first.median is None or first.half.first <= first.median
        assert first.likely is None or first.half.first <= first.likely <= (first.median or date.max)


@MANY
@given(LIVES, st.integers(0, 180), st.integers(100, 2_000))
def test_a_purchase_more_is_never_later(days: dict[date, int], ago: int, units: int) -> None:
    before, after = told(days), told({**days, TODAY - ago * DAY: units + days.get(TODAY - ago * DAY, 0)})
    if after.chance is not None and before.chance is not None:
        assert after.chance >= before.chance - 1e-9
        assert (after.median or date.max) <= (before.median or date.max)


@MANY
@given(LIVES, st.integers(400, 5_000), st.integers(0, 3_000))
def test_a_higher_threshold_is_never_sooner(days: dict[date, int], at: int, more: int) -> None:
    def of(threshold: int) -> Forecast:
        return told(days, ladder=replace(YEAR, levels=(LEVELS[0], Level("gold", {}, threshold, 1))))

    low, high = of(at), of(at + more)
    if low.chance is not None and high.chance is not None:
        assert high.chance <= low.chance + 1e-12
        assert (high.median or date.max) >= (low.median or date.max)


@MANY
@given(st.integers(0, 400), st.integers(0, 3_000), st.integers(1, 200))
def test_chances_are_chances(days: int, units: int, more: int) -> None:
    pace = Pace(2.5, 30.0, 40.0, 900.0, 90.0, 5)
    found = chance(pace, days, units)
    assert 0 <= found <= 1
    assert chance(pace, days + more, units) >= found - 0.002
    assert chance(pace, days, units + more) <= found
