"""Every way in which a ladder may rank, raise, keep and lower, with exact dates, without a database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.language.calendar import RoundUp
from regulars.language.effects import LevelStep
from regulars.tiers.contracts import TOTAL, Down, Kind, Ladder, Level, Measure, Over, Part, Period, Up
from regulars.tiers.logic import Life, due, measure, place, release, rewalk, standing_at, start, walk
from regulars.tiers.windows import Days, days_of, leaves

DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
MANY = settings(max_examples=120, deadline=None, derandomize=True)


def day(text: str) -> date:
    return date.fromisoformat(text)


def measured(over: Over = Over.MONTHS, months: int = 12) -> Measure:
    return Measure(Kind.ASSET, (Part("credit:growth", TOTAL),), "growth", over, months)


LEVELS = (
    Level("basic", {}, 0, 0),
    Level("silver", {}, 100, 1, "", 80),
    Level("gold", {}, 250, 2, "", 200),
    Level("platinum", {}, 500, 3, "", 500),
)
YEAR = Ladder("level", {}, measured(), Period(12, RoundUp.MONTH), LEVELS)
FOLLOWS = Ladder("level", {}, measured(), None, LEVELS)


def lived(
    ladder: Ladder, days: Days, until: str = "2028-12-31", joined: date = FIRST
) -> list[tuple[str, ...]]:
    return told(walk(Life(ladder, days, joined), start(ladder, FIRST), FIRST, day(until)))


def told(steps: list[LevelStep]) -> list[tuple[str, ...]]:
    return [(str(one.day), one.before, one.after, one.reason, str(one.until or "")) for one in steps]


@pytest.mark.parametrize(
    ("over", "joined", "done", "today", "counts"),
    [
        (Over.LIFETIME, "2020-05-01", "2020-05-01", "2026-05-01", True),
        (Over.CALENDAR_YEAR, "2020-05-01", "2026-01-01", "2026-12-31", True),
        (Over.CALENDAR_YEAR, "2020-05-01", "2025-12-31", "2026-01-01", False),
        (Over.MEMBER_YEAR, "2020-05-01", "2026-05-01", "2027-04-30", True),
        (Over.MEMBER_YEAR, "2020-05-01", "2026-04-30", "2026-05-01", False),
        (Over.MEMBER_YEAR, "2024-02-29", "2026-02-28", "2027-02-27", True),
        (Over.MEMBER_YEAR, "2024-02-29", "2026-02-27", "2026-02-28", False),
        (Over.MEMBER_YEAR, "2024-02-29", "2028-02-28", "2028-02-29", False),
    ],
)  # fmt: skip
def test_what_counts_over_which_time(over: Over, joined: str, done: str, today: str, counts: bool) -> None:
    one = replace(YEAR, measure=measured(over))
    assert measure({day(done): 7}, one, day(today), day(joined)) == (7 if counts else 0)


@MANY
@given(
    over=st.sampled_from(Over),
    months=st.integers(1, 14),
    done=st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    joined=st.dates(date(2020, 1, 1), date(2023, 1, 1)),
)
def test_a_day_counts_until_it_leaves(over: Over, months: int, done: date, joined: date) -> None:
    one = replace(YEAR, measure=measured(over, months))
    gone = leaves(one.measure, done, joined)
    last = date(2030, 1, 1) if gone is None else gone - DAY
    assert measure({done: 7}, one, last, joined) == 7
    assert gone is None or measure({done: 7}, one, gone, joined) == 0


def test_a_measure_of_several_tallies() -> None:
    orders = Measure(Kind.ORDERS, (Part("order.paid", 0), Part("order.returned", 0, -1)))
    tallies = {"order.paid": {FIRST: [3, 900]}, "order.returned": {FIRST: [1, 0]}}
    assert days_of(orders, lambda name: tallies[name]) == {FIRST: 2}


def test_a_level_is_kept_by_its_own_threshold() -> None:
    days = {day("2025-03-10"): 250, day("2025-06-01"): 10, day("2026-03-01"): 190}
    assert lived(YEAR, days, "2027-12-31") == [
        ("2025-03-10", "basic", "gold", "earned", "2026-03-31"),
        ("2026-04-01", "gold", "gold", "kept", "2027-03-31"),
        ("2027-04-01", "gold", "basic", "ended", ""),
    ]


def test_who_falls_is_measured_by_what_keeps_the_level_below() -> None:
    assert lived(YEAR, {day("2025-03-10"): 250, day("2026-02-01"): 90}, "2026-12-31")[-1] == (
        "2026-04-01", "gold", "silver", "ended", "2027-03-31",
    )  # fmt: skip


def test_down_by_one_a_period() -> None:
    one = replace(YEAR, down=Down.ONE)
    assert lived(one, {day("2025-03-10"): 600}) == [
        ("2025-03-10", "basic", "platinum", "earned", "2026-03-31"),
        ("2026-04-01", "platinum", "gold", "ended", "2027-03-31"),
        ("2027-04-01", "gold", "silver", "ended", "2028-03-31"),
        ("2028-04-01", "silver", "basic", "ended", ""),
    ]


def test_down_to_a_floor() -> None:
    one = replace(YEAR, down=Down.FLOOR, floor="silver")
    assert [step[:4] for step in lived(one, {day("2025-03-10"): 600})] == [
        ("2025-03-10", "basic", "platinum", "earned"),
        ("2026-04-01", "platinum", "silver", "ended"),
        ("2027-04-01", "silver", "silver", "kept"),
        ("2028-04-01", "silver", "silver", "kept"),
    ]


def test_grace_gives_time_to_keep_the_level() -> None:
    one = replace(YEAR, grace_days=30)
    lost = {day("2025-03-10"): 250}
    assert lived(one, lost, "2026-12-31") == [
        ("2025-03-10", "basic", "gold", "earned", "2026-03-31"),
        ("2026-04-01", "gold", "gold", "grace", "2026-03-31"),
        ("2026-05-01", "gold", "basic", "ended", ""),
    ]
    kept = lost | {day("2026-04-30"): 200}
    assert lived(one, kept, "2026-12-31")[2:] == [("2026-04-30", "gold", "gold", "kept", "2027-04-30")]
    late = lost | {day("2026-05-01"): 200}
    assert lived(one, late, "2026-12-31")[2:] == [
        ("2026-05-01", "gold", "basic", "ended", ""), ("2026-05-01", "basic", "silver", "earned", "2027-05-31"),
    ]  # fmt: skip


def test_up_with_the_next_day() -> None:
    one = replace(YEAR, up=Up.DAY_END)
    days = {day("2025-03-10"): 60, day("2025-03-12"): 40}
    assert lived(one, days, "2025-12-31") == [("2025-03-13", "basic", "silver", "earned", "2026-03-31")]
    assert lived(one, days, "2025-03-12") == []
    assert due(Life(one, days), start(one, FIRST), day("2025-03-12")) == day("2025-03-13")
    assert due(Life(one, days), start(one, FIRST), day("2025-03-10")) is None


def test_a_period_of_the_levels_own() -> None:
    levels = (*LEVELS[:3], replace(LEVELS[3], period=Period(1, RoundUp.YEAR)))
    one = replace(YEAR, levels=levels)
    assert lived(one, {day("2025-03-10"): 600}, "2026-06-01") == [
        ("2025-03-10", "basic", "platinum", "earned", "2025-12-31"),
        ("2026-01-01", "platinum", "platinum", "kept", "2026-12-31"),
    ]


def test_a_ladder_that_follows_its_measure() -> None:
    days = {day("2025-03-10"): 250, day("2025-06-01"): -60, day("2025-07-01"): 20}
    assert lived(FOLLOWS, days) == [
        ("2025-03-10", "basic", "gold", "earned", ""),
        ("2025-06-01", "gold", "silver", "fell", ""),
        ("2026-03-10", "silver", "basic", "fell", ""),
    ]
    gold = standing_at(
        FOLLOWS, walk(Life(FOLLOWS, days), start(FOLLOWS, FIRST), FIRST, day("2025-03-10")), LAST
    )
    assert due(Life(FOLLOWS, {day("2025-03-10"): 250}), gold, day("2025-03-10")) == day("2026-03-10")


def test_by_the_calendars_year() -> None:
    one = replace(YEAR, measure=measured(Over.CALENDAR_YEAR), period=Period(12, RoundUp.YEAR))
    days = {day("2025-11-10"): 120, day("2026-02-01"): 70, day("2026-12-31"): 10}
    assert lived(one, days, "2027-12-31") == [
        ("2025-11-10", "basic", "silver", "earned", "2026-12-31"),
        ("2027-01-01", "silver", "silver", "kept", "2027-12-31"),
    ]


def test_what_a_level_asks_for_is_asked_when_it_would_be_entered() -> None:
    levels = (*LEVELS[:2], replace(LEVELS[2], when=object()), LEVELS[3])  # type: ignore[arg-type]
    one = replace(YEAR, levels=levels)
    days = {day("2025-03-10"): 260, day("2025-03-11"): 10}
    closed = walk(Life(one, days, FIRST, lambda _level, _day: False), start(one, FIRST), FIRST, LAST)
    assert [step.after for step in closed[:1]] == ["silver"]
    entered = walk(Life(one, days), start(one, FIRST), FIRST, day("2025-12-31"))
    again = rewalk(
        Life(one, days, FIRST, lambda _level, _day: False), entered, day("2025-03-01"), day("2025-12-31")
    )
    assert again == entered, "who entered the level satisfied it then"


HELD = LevelStep(day("2025-05-01"), "basic", "gold", "placed", day("2025-12-31"), "gold", day("2025-12-31"))


def test_by_hand_at_least_and_then_a_soft_landing() -> None:
    steps = rewalk(Life(YEAR, {day("2025-06-01"): 120}), [HELD], FIRST, day("2026-12-31"))
    assert told(steps) == [
        ("2025-05-01", "basic", "gold", "placed", "2025-12-31"),
        ("2026-01-01", "gold", "silver", "ended", "2026-12-31"),
    ]
    higher = rewalk(Life(YEAR, {day("2025-06-01"): 520}), [HELD], FIRST, day("2026-12-31"))
    assert told(higher)[1:] == [("2025-06-01", "gold", "platinum", "earned", "2026-06-30"),
                                ("2026-07-01", "platinum", "basic", "ended", "")]  # fmt: skip
    one = replace(YEAR, down=Down.ONE)
    assert told(rewalk(Life(one, {}), [HELD], FIRST, day("2026-12-31")))[1:] == [
        ("2026-01-01", "gold", "silver", "ended", "2026-12-31")
    ]


def test_who_rose_above_a_level_by_hand_falls_no_further_than_to_it() -> None:
    one = replace(YEAR, period=Period(1, RoundUp.DAY), measure=measured(months=1))
    steps = rewalk(Life(one, {day("2025-06-01"): 520}), [HELD], FIRST, day("2026-03-31"))
    assert told(steps)[1:] == [
        ("2025-06-01", "gold", "platinum", "earned", "2025-07-01"),
        ("2025-07-02", "platinum", "gold", "ended", "2025-12-31"),
        ("2026-01-01", "gold", "basic", "ended", ""),
    ]


def test_just_this_level_by_hand_then_what_was_earned() -> None:
    pinned = replace(HELD, reason="pinned", held="basic", after="basic")
    steps = rewalk(Life(YEAR, {day("2025-06-01"): 520}), [pinned], FIRST, day("2026-02-01"))
    assert told(steps) == [
        ("2025-05-01", "basic", "basic", "pinned", "2025-12-31"),
        ("2026-01-01", "basic", "platinum", "earned", "2027-01-31"),
    ]


def test_what_was_placed_is_released() -> None:
    standing = standing_at(YEAR, [HELD], LAST)
    assert (standing.level, standing.held, standing.held_until) == ("gold", "gold", day("2025-12-31"))
    step = release(Life(YEAR, {day("2025-04-01"): 90}), standing, day("2025-07-01"))
    assert told([step]) == [("2025-07-01", "gold", "silver", "released", "2026-07-31")]
    after = standing_at(YEAR, [HELD, step], LAST)
    assert (after.level, after.held, after.held_until) == ("silver", "", None)
    again = place(YEAR, after, day("2025-08-01"), LEVELS[0], day("2025-09-30"), True)
    assert told([again]) == [("2025-08-01", "silver", "basic", "pinned", "2025-09-30")]


ladders = st.sampled_from(
    (
        FOLLOWS,
        replace(FOLLOWS, measure=measured(months=2)),
        replace(FOLLOWS, measure=measured(Over.MEMBER_YEAR)),
        replace(YEAR, grace_days=40, down=Down.ONE),
        replace(YEAR, up=Up.DAY_END, measure=measured(months=3), period=Period(2, RoundUp.DAY)),
        replace(YEAR, down=Down.FLOOR, floor="silver", measure=measured(Over.CALENDAR_YEAR)),
        replace(YEAR, grace_days=10, measure=measured(months=1), period=Period(1, RoundUp.DAY)),
    )
)
dates = st.integers(0, 900).map(lambda number: FIRST + number * DAY)
worth = st.sampled_from((20, 60, 99, 100, 151, 260, 510))
held = st.builds(
    lambda when, level, days, exact: LevelStep(
        when, "basic", level, "pinned" if exact else "placed", when + days * DAY, level, when + days * DAY
    ),
    dates, st.sampled_from(("basic", "silver", "gold")), st.integers(5, 300), st.booleans(),
)  # fmt: skip


@MANY
@given(one=ladders, days=st.dictionaries(dates, worth, max_size=9), cut=st.integers(0, 1090))
def test_a_walk_may_stop_and_go_on(one: Ladder, days: Days, cut: int) -> None:
    stop = FIRST + cut * DAY
    whole = walk(Life(one, days, FIRST), start(one, FIRST), FIRST, LAST)
    before = walk(Life(one, days, FIRST), start(one, FIRST), FIRST, stop)
    after = walk(Life(one, days, FIRST), standing_at(one, before, LAST), stop + DAY, LAST)
    assert before + after == whole


@MANY
@given(
    one=ladders, days=st.dictionaries(dates, worth, max_size=9), by_hand=held, late=dates,
    total=st.sampled_from((-60, 40, 100, 300)),
)  # fmt: skip
def test_the_order_of_arrival_does_not_matter(
    one: Ladder, days: Days, by_hand: LevelStep, late: date, total: int
) -> None:
    changed = {**days, late: max(days.get(late, 0) + total, 0)}
    known = rewalk(Life(one, days, FIRST), [by_hand], FIRST, LAST)
    afterwards = [step for step in known if step.day < late] + rewalk(
        Life(one, changed, FIRST), known, late, LAST
    )
    assert afterwards == rewalk(Life(one, changed, FIRST), [by_hand], FIRST, LAST)


@MANY
@given(one=ladders, days=st.dictionaries(dates, worth, max_size=9))
def test_time_has_nothing_to_do_before_it_is_due(one: Ladder, days: Days) -> None:
    """Living event by event, and by what is due between them, is the walk."""
    standing, steps, today = start(one, FIRST), [], FIRST - DAY
    for _ in range(400):
        known = {when: units for when, units in days.items() if when <= today}
        coming = [when for when in days if when > today]
        time = due(Life(one, known, FIRST), standing, today)
        stop = min([*coming, *([time] if time else [])], default=LAST + DAY)
        if stop > LAST:
            break
        known = {when: units for when, units in days.items() if when <= stop}
        steps += walk(Life(one, known, FIRST), standing, stop, stop)
        standing, today = standing_at(one, steps, date.max), stop
    assert steps == walk(Life(one, days, FIRST), start(one, FIRST), FIRST, LAST)
