"""When rules are open and due: days, hours, festivals, birthdays, across the clocks' changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from math import floor, radians, sin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.campaigns.contracts import Around, Occasion, Opening, Schedule, Window
from regulars.campaigns.occasions import due_between, is_open, kept_days
from regulars.language.snapshot import Profile
from regulars.programme.vocabulary.festivals import festival, festivals

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOBODY = Profile()


def open_at(window: Window, local: str, profile: Profile = NOBODY, zone: ZoneInfo = SHANGHAI) -> bool:
    moment = datetime.fromisoformat(local).replace(tzinfo=zone)
    return is_open(Opening(windows=(window,)), moment, zone, profile)


def test_days_hours_and_both() -> None:
    weekend = Window(weekdays=frozenset({6, 7}))
    assert open_at(weekend, "2026-11-21T12:00")
    assert not open_at(weekend, "2026-11-23T12:00")
    last = Window(days=frozenset({1, -1}))
    assert [open_at(last, f"2026-02-{day:02}T12:00") for day in (1, 27, 28)] == [True, False, True]
    evening = Window(hours=((20 * 60, 22 * 60),))
    assert [open_at(evening, f"2026-11-23T{at}") for at in ("19:59", "20:00", "21:59", "22:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    night = Window(hours=((22 * 60, 2 * 60),))
    assert [open_at(night, f"2026-11-23T{at}") for at in ("21:59", "23:00", "01:59", "02:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    both = Window(days=frozenset({18}), hours=((600, 720),))
    assert open_at(both, "2026-11-18T10:00")
    assert not open_at(both, "2026-11-18T12:00")
    assert not open_at(both, "2026-11-17T10:00")


def test_days_are_those_of_the_programme() -> None:
    """Half past eleven in the evening of the 17th in London is the 18th in Shanghai."""
    member_day = Opening(windows=(Window(days=frozenset({18})),))
    moment = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert is_open(member_day, moment, SHANGHAI, NOBODY)
    assert not is_open(member_day, moment, ZoneInfo("UTC"), NOBODY)


def test_from_and_until() -> None:
    starts, ends = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    opening = Opening(starts, ends)
    second = timedelta(seconds=1)
    asked = (starts - second, starts, ends - second, ends)
    assert [is_open(opening, moment, SHANGHAI, NOBODY) for moment in asked] == [False, True, True, False]


def test_birthdays_over_the_turn_of_the_year_and_on_29_february() -> None:
    week = Window(birthday=Around(7, 7))
    new_year = Profile(birthday=date(1990, 1, 2))
    assert open_at(week, "2026-12-26T12:00", new_year)
    assert not open_at(week, "2026-12-25T12:00", new_year)
    assert open_at(week, "2027-01-09T12:00", new_year)
    assert not open_at(week, "2027-01-10T12:00", new_year)
    assert not open_at(week, "2027-01-02T12:00", NOBODY)
    leap = Profile(birthday=date(2000, 2, 29))
    very_day = Window(birthday=Around())
    days = ("2026-02-28", "2026-03-01", "2028-02-28", "2028-02-29")
    assert [open_at(very_day, f"{day}T12:00", leap) for day in days] == [True, False, False, True]
    assert open_at(Window(birthday=Around(month=True)), "2026-02-01T00:00", leap)


def test_the_day_of_joining_is_no_anniversary() -> None:
    window = Window(anniversary=Around(after=1))
    member = Profile(joined_at=datetime(2025, 11, 22, 23, 0, tzinfo=UTC))  # the 23rd in Shanghai
    assert not open_at(window, "2025-11-23T12:00", member)
    assert open_at(window, "2026-11-23T12:00", member)
    assert open_at(window, "2026-11-24T12:00", member)
    assert not open_at(window, "2026-11-22T12:00", member)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("spring_festival", date(2026, 2, 17)),
        ("除夕", date(2026, 2, 16)),
        ("元宵节", date(2026, 3, 3)),
        ("端午節", date(2026, 6, 19)),
        ("七夕", date(2026, 8, 19)),
        ("七夕", date(2006, 7, 31)),
        ("七夕", date(2024, 8, 10)),
        ("qixi", date(2025, 8, 29)),
        ("中秋节", date(2026, 9, 25)),
        ("重阳节", date(2026, 10, 18)),
        ("public", date(2026, 10, 3)),
    ],
)
def test_festivals(name: str, day: date) -> None:
    found = festival(name, "CN")
    assert found is not None
    assert day in found.days


def test_days_around_a_festival() -> None:
    found = festival("mid_autumn", "CN")
    assert found is not None
    window = Window(holiday=found, holiday_around=Around(3, 1))
    days = [date(2026, 9, 20) + timedelta(days=at) for at in range(10)]
    assert [day.day for day in days if open_at(window, f"{day}T12:00")] == [22, 23, 24, 25, 26]


def new_moons() -> frozenset[date]:
    """The days of the new moons in China, 1999 to 2050, by Meeus, Astronomical Algorithms, chapter 49."""
    found = set()
    for k in range(-15, 640):
        t = k / 1236.85
        e = 1 - 0.002516 * t - 0.0000074 * t * t
        m = radians(2.5534 + 29.10535670 * k - 0.0000014 * t * t)
        mp = radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
        f = radians(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
        o = radians(124.7746 - 1.56375588 * k + 0.0020672 * t * t)
        day = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t
        day += (
            -0.40720 * sin(mp) + 0.17241 * e * sin(m) + 0.01608 * sin(2 * mp) + 0.01039 * sin(2 * f)
            + 0.00739 * e * sin(mp - m) - 0.00514 * e * sin(mp + m) + 0.00208 * e * e * sin(2 * m)
            - 0.00111 * sin(mp - 2 * f) - 0.00057 * sin(mp + 2 * f) + 0.00056 * e * sin(2 * mp + m)
            - 0.00042 * sin(3 * mp) + 0.00042 * e * sin(m + 2 * f) + 0.00038 * e * sin(m - 2 * f)
            - 0.00024 * e * sin(2 * mp - m) - 0.00017 * sin(o)
        )  # fmt: skip
        local = day - 70 / 86400 + 8 / 24
        found.add(date(2000, 1, 1) + timedelta(days=floor(local - 2451544.5)))
    return frozenset(found)


def test_lunar_festivals_lie_where_the_moon_says() -> None:
    moons, known = new_moons(), festivals()
    into_the_month = {
        "spring_festival": 0, "lantern_festival": 14, "dragon_boat": 4, "qixi": 6, "mid_autumn": 14, "double_ninth": 8,
    }  # fmt: skip
    for name, days in into_the_month.items():
        off = [day for day in known[name].days if day - timedelta(days=days) not in moons]
        assert off == [], name
    ordered = sorted(moons)
    for seventh, eighth in zip(sorted(known["qixi"].days), sorted(known["mid_autumn"].days), strict=True):
        first, last = seventh - timedelta(days=6), eighth - timedelta(days=14)
        between = ordered.index(last) - ordered.index(first)
        assert between == (2 if seventh.year in (2006, 2044) else 1), (
            seventh.year
        )  # a leap month follows the 7th


def cron(text: str) -> Schedule:
    return Schedule(Occasion.CRON, text)


def local(moments: list[datetime], zone: ZoneInfo) -> list[str]:
    return [f"{each.astimezone(zone):%m-%d %H:%M%z}" for each in moments]


def test_a_cron_is_local_time_and_never_drifts() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = list(due_between(cron("0 9 18 * *"), start, start + timedelta(days=400), BERLIN))
    assert {f"{each.astimezone(BERLIN):%d %H:%M}" for each in moments} == {"18 09:00"}
    assert len(moments) == 13
    assert {each.hour for each in moments} == {7, 8}


def test_an_hour_that_the_clocks_skip_and_one_that_comes_twice() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    nightly = cron("30 2 * * *")
    found = list(due_between(nightly, spring, spring + timedelta(days=2), BERLIN))
    assert local(found, BERLIN) == ["03-29 03:30+0200", "03-30 02:30+0200"]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = list(due_between(nightly, autumn, autumn + timedelta(days=2), BERLIN))
    assert local(found, BERLIN) == ["10-25 02:30+0200", "10-26 02:30+0100"]
    quarters = list(due_between(cron("*/15 * * * *"), spring, spring + timedelta(days=1), BERLIN))
    assert len(quarters) == len(set(quarters)) == 96
    assert quarters == sorted(quarters)


def test_29_february_comes_and_30_february_does_not() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    far = start + timedelta(days=366 * 9)
    leap = list(due_between(cron("0 9 29 2 *"), start, far, SHANGHAI))
    assert [each.year for each in leap] == [2028, 2032]
    assert list(due_between(cron("0 9 30 2 *"), start, far, SHANGHAI)) == []


def test_before_birthdays_and_festivals() -> None:
    ahead = Schedule(Occasion.BIRTHDAY, days_after=-7)
    due = datetime(2026, 2, 21, 1, tzinfo=UTC)
    assert kept_days(ahead, due, SHANGHAI) == [(2, 28), (2, 29)]
    assert kept_days(ahead, due.replace(year=2028), SHANGHAI) == [(2, 28)]
    qixi = Schedule(Occasion.HOLIDAY, holiday=festivals()["qixi"], days_after=-3)
    found = islice(due_between(qixi, due, due + timedelta(days=800), SHANGHAI), 2)
    assert local(list(found), SHANGHAI) == ["08-16 09:00+0800", "08-05 09:00+0800"]


@given(
    st.integers(0, 3000),
    st.lists(st.integers(1, 60 * 24 * 30), min_size=1, max_size=6),
    st.sampled_from(["0 9 * * *", "30 2 * * 1,5", "0 */6 1 * *", "15 1 * * *"]),
    st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_looking_often_or_seldom_finds_the_same_moments(
    start_day: int, steps: list[int], text: str, zone: ZoneInfo
) -> None:
    """However long a worker was away, each moment is found once."""
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=start_day)
    edges = [start]
    for minutes in steps:
        edges.append(edges[-1] + timedelta(minutes=minutes))
    piecewise = [
        moment for since, until in pairwise(edges) for moment in due_between(cron(text), since, until, zone)
    ]
    assert piecewise == list(due_between(cron(text), start, edges[-1], zone))
