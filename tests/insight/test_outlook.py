"""Forecasts from what lies in the database: read set-wise, learnt from everybody, and what looking back tells."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.insight.pacing import keep_pace
from regulars.programme.service import current
from regulars.tiers.models import Pace
from regulars.tiers.queries import Outlook, look_back, outlook, outlooks, progress
from tests.engine.world import fresh, joined, order, refund, shop, today, took, who_is

pytestmark = pytest.mark.django_db

NOW = "2026-06-30"
DAY = timedelta(days=1)


@pytest.fixture
def year() -> Iterator[None]:
    """Twenty-four who buy: number n for 1 + n every tenth day since January; the last one stopped in February."""
    fresh(shop())
    with today(NOW):
        for number in range(24):
            took(joined(f"m{number}", "2026-01-01"))
            last = 60 if number == 23 else 180
            for day in range(4 + number % 6, last, 10):
                when = date(2026, 1, 1) + day * DAY
                took(order(f"m{number}", f"{when}", 1 + number, f"{number}-{day}"))
        yield


def of(who: str) -> Outlook:
    (found,) = outlook(
        who_is(who), current().ladders.values(), date.fromisoformat(NOW), date(2026, 1, 1), current().zone
    )
    return found


@pytest.mark.usefixtures("year")
def test_the_faster_the_sooner_and_who_stopped_slows_down() -> None:
    slow, fast, stopped = of("m4"), of("m12"), of("m23")
    assert slow.progress.measure == 90
    assert fast.progress.level == "silver"
    assert slow.forecast.next_level == "silver"
    assert slow.forecast.median is not None
    assert date(2026, 7, 1) < slow.forecast.median < date(2026, 8, 15)
    assert fast.forecast.next_level == "gold"
    assert stopped.progress.level == "silver"
    assert stopped.progress.measure == 24 * 6
    steady = of("m22").forecast
    assert (stopped.forecast.seen, stopped.forecast.monthly) == (6, 59)
    assert stopped.forecast.monthly < steady.monthly


@pytest.mark.usefixtures("year")
def test_a_refund_puts_it_off() -> None:
    before = of("m4").forecast
    took(refund("m4", NOW, 5, "4-178"))
    after = of("m4")
    assert after.progress.measure == 85
    assert (after.forecast.median or date.max) > (before.median or date.max)


@pytest.mark.usefixtures("year")
def test_many_are_read_like_one() -> None:
    ladders, zone, day = tuple(current().ladders.values()), current().zone, date.fromisoformat(NOW)
    people = {who_is(f"m{number}"): date(2026, 1, 1) for number in range(24)}
    keep_pace()
    with CaptureQueriesContext(connection) as asked:
        found = outlooks(people, ladders, day, zone)
    assert len(asked) == 3
    assert found[who_is("m4")] == [of("m4")]
    assert [each.progress for each in found[who_is("m7")]] == progress(
        who_is("m7"), ladders, day, date(2026, 1, 1)
    )


@pytest.mark.usefixtures("year")
def test_everybodys_pace_is_kept_once_a_day_and_anew_when_the_ladder_measures_something_else() -> None:
    first = of("m4")
    assert keep_pace() == 1
    kept = Pace.objects.get()
    assert (kept.ladder, kept.measure, kept.day, kept.members) == (
        "level",
        "+credit:growth.1",
        date(2026, 6, 30),
        24,
    )
    assert kept.per is not None
    assert kept.shape is not None
    assert kept.shape / kept.per == pytest.approx((23 * 0.1 + 5.7 / 180) / 24, rel=0.05)
    assert keep_pace() == 0
    assert of("m4") == first
    with today("2026-07-01"):
        assert keep_pace() == 1
    fresh(shop().replace("measure: {asset: growth", "measure: {asset: points"))
    assert of("m4").forecast.seen == 18
    with today("2026-07-01"):
        assert keep_pace() == 1
    assert Pace.objects.get().measure == "+credit:points.1"


def test_without_a_programme_there_is_no_pace() -> None:
    assert keep_pace() == 0
    assert not Pace.objects.exists()


@pytest.mark.usefixtures("year")
def test_looking_back_tells_what_came_true() -> None:
    programme = current()
    day = date.fromisoformat(NOW)
    scores = {score.name: score for score in look_back(programme.ladders["level"], programme.zone, day)}
    assert list(scores) == ["forecast", "last 3 months", "all time"]
    found = scores["forecast"]
    assert found.foreseen.of == scores["all time"].foreseen.of > 20
    assert found.foreseen.hits >= found.foreseen.of * 0.7
    assert found.common.of == scores["all time"].common.of <= found.true.of
    assert found.most.of > 0
    assert scores["all time"].most.of == 0


def test_looking_back_on_nothing() -> None:
    fresh(shop())
    assert look_back(current().ladders["level"], current().zone, date(2026, 6, 30)) == []
