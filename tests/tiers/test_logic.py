"""Standing on a ladder as a function of what was earned on which day, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.language.calendar import RoundUp
from regulars.language.effects import LevelStep
from regulars.language.snapshot import Standing
from regulars.tiers.contracts import TOTAL, Kind, Ladder, Level, Measure, Over, Part, Period
from regulars.tiers.logic import (
    Life,
    level_for,
    look,
    measure,
    period_end,
    review,
    rewalk,
    start,
    walk,
)
from regulars.tiers.windows import Days

NAMES = (("basic", 0), ("silver", 100), ("gold", 250), ("platinum", 500))


def ladder(window: int = 12, period: int = 12, round_: RoundUp = RoundUp.MONTH) -> Ladder:
    levels = tuple(Level(name, {"en": name}, at, rank, "", at) for rank, (name, at) in enumerate(NAMES))
    measured = Measure(Kind.ASSET, (Part("credit:growth", TOTAL),), "growth", Over.MONTHS, window)
    return Ladder("level", {"en": "Level"}, measured, Period(period, round_), levels)


YEAR = ladder()
DAY = timedelta(days=1)
MANY = settings(max_examples=150, deadline=None, derandomize=True)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("measured", "level"),
    [
        (-5, "basic"),
        (0, "basic"),
        (99, "basic"),
        (100, "silver"),
        (249, "silver"),
        (500, "platinum"),
        (10**9, "platinum"),
    ],
)
def test_the_level_of_a_measure(measured: int, level: str) -> None:
    assert level_for(YEAR, measured).id == level


@pytest.mark.parametrize(
    ("window", "earned", "today", "counts"),
    [
        (12, "2025-03-11", "2026-03-10", True), (12, "2025-03-10", "2026-03-10", False),
        (12, "2026-03-11", "2026-03-10", False), (1, "2026-03-01", "2026-03-31", True),
        (1, "2026-02-28", "2026-03-31", False), (12, "2023-03-01", "2024-02-29", True),
        (12, "2023-02-28", "2024-02-29", False), (1, "2026-01-29", "2026-02-28", True),
    ],
)  # fmt: skip
def test_the_edges_of_the_window(window: int, earned: str, today: str, counts: bool) -> None:
    assert measure({day(earned): 7}, ladder(window), day(today)) == (7 if counts else 0)


@pytest.mark.parametrize(
    ("period", "round_", "begins", "ends"),
    [
        (12, RoundUp.MONTH, "2026-03-10", "2027-03-31"), (12, RoundUp.DAY, "2024-02-29", "2025-02-28"),
        (12, RoundUp.YEAR, "2026-01-01", "2027-12-31"), (1, RoundUp.DAY, "2026-01-31", "2026-02-28"),
        (1, RoundUp.QUARTER, "2026-03-31", "2026-06-30"),
    ],
)  # fmt: skip
def test_the_end_of_a_period(period: int, round_: RoundUp, begins: str, ends: str) -> None:
    one = ladder(period=period, round_=round_)
    assert period_end(one, one.levels[1], day(begins)) == day(ends)
    assert period_end(one, one.levels[0], day(begins)) is None


def test_up_at_once_and_over_several_levels() -> None:
    tally: Days = {day("2026-03-01"): 300}
    (step,) = look(Life(YEAR, tally), start(YEAR, day("2026-01-01")), day("2026-03-01"))
    assert step == LevelStep(day("2026-03-01"), "basic", "gold", "earned", day("2027-03-31"))
    standing = Standing("level", "gold", day("2026-03-01"), day("2027-03-31"))
    assert look(Life(YEAR, tally), standing, day("2026-03-02")) == []


def test_a_period_is_judged_by_its_last_day() -> None:
    standing = Standing("level", "gold", day("2026-03-10"), day("2027-03-31"))
    falls = {day("2026-03-31"): 300, day("2026-04-01"): 120}
    assert review(Life(YEAR, falls), standing, day("2027-04-01")) == [
        LevelStep(day("2027-04-01"), "gold", "silver", "ended", day("2028-03-31"))
    ]
    keeps = {day("2026-04-01"): 250, day("2027-04-01"): 999}
    assert review(Life(YEAR, keeps), standing, day("2027-04-01")) == [
        LevelStep(day("2027-04-01"), "gold", "gold", "kept", day("2028-03-31"))
    ]
    assert review(Life(YEAR, {}), start(YEAR, day("2026-01-01")), day("2027-04-01")) == []


def naive(one: Ladder, tally: Days, first: date, last: date) -> list[LevelStep]:
    """Living through every single day."""
    level, end = one.levels[0], None
    steps = []
    today = first
    while today <= last:
        if end is not None and today == end + DAY:
            reached = level_for(one, measure(tally, one, end))
            after = reached if reached.rank < level.rank else level
            end = period_end(one, after, end)
            steps.append(LevelStep(today, level.id, after.id, "kept" if after is level else "ended", end))
            level = after
        reached = level_for(one, measure(tally, one, today))
        if tally.get(today) and reached.rank > level.rank:
            end = period_end(one, reached, today)
            steps.append(LevelStep(today, level.id, reached.id, "earned", end))
            level = reached
        today += DAY
    return steps


FIRST, LAST = day("2024-01-01"), day("2026-12-31")
tallies = st.dictionaries(
    st.integers(0, 900).map(lambda number: FIRST + number * DAY),
    st.sampled_from((20, 60, 99, 100, 151, 260, 510)), max_size=9,
)  # fmt: skip
ladders = st.sampled_from(
    (
        YEAR,
        ladder(3, 2, RoundUp.DAY),
        ladder(1, 1, RoundUp.DAY),
        ladder(6, 12, RoundUp.YEAR),
        ladder(12, 6, RoundUp.QUARTER),
    )
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(one=ladders, tally=tallies)
def test_a_walk_is_living_through_every_day(one: Ladder, tally: Days) -> None:
    assert walk(Life(one, tally), start(one, FIRST), FIRST, LAST) == naive(one, tally, FIRST, LAST)


@MANY
@given(one=ladders, tally=tallies, cut=st.integers(0, 1090))
def test_a_walk_may_stop_and_go_on(one: Ladder, tally: Days, cut: int) -> None:
    stop = FIRST + cut * DAY
    before = walk(Life(one, tally), start(one, FIRST), FIRST, stop)
    standing = (
        Standing("level", before[-1].after, before[-1].day, before[-1].until) if before else start(one, FIRST)
    )
    assert before + walk(Life(one, tally), standing, stop + DAY, LAST) == walk(
        Life(one, tally), start(one, FIRST), FIRST, LAST
    )


@MANY
@given(one=ladders, tally=tallies, late=st.integers(0, 900), total=st.sampled_from((-60, 40, 100, 300)))
def test_a_late_day_ends_where_it_would_have(one: Ladder, tally: Days, late: int, total: int) -> None:
    when = FIRST + late * DAY
    history = walk(Life(one, tally), start(one, FIRST), FIRST, LAST)
    changed: Days = {**tally, when: max(tally.get(when, 0) + total, 0)}
    steps = [step for step in history if step.day < when] + rewalk(Life(one, changed), history, when, LAST)
    assert steps == walk(Life(one, changed), start(one, FIRST), FIRST, LAST)


def test_what_a_rule_decided_stays() -> None:
    ruled = LevelStep(day("2026-05-01"), "basic", "platinum", "rule", day("2027-05-31"))
    tally: Days = {day("2026-03-01"): 120}
    steps = rewalk(Life(YEAR, tally), [ruled], day("2026-03-01"), day("2027-12-31"))
    assert [(str(step.day), step.before, step.after, step.reason) for step in steps] == [
        ("2026-03-01", "basic", "silver", "earned"), ("2026-05-01", "silver", "platinum", "rule"),
        ("2027-06-01", "platinum", "basic", "ended"),
    ]  # fmt: skip
