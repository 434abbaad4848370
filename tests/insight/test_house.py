"""The house view, to the unit and the cent, and in step with `regulars stats` and `regulars reconcile`."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from regulars.insight import freshness, house
from regulars.insight.budgets import budgets, gone_on, period_days
from regulars.insight.house import AgeLine, Books, Movement, RuleLine
from regulars.insight.stats import stats
from regulars.kit import clock
from regulars.language.calendar import Per
from regulars.ledger.models import Entry
from regulars.ledger.reconcile import reconcile
from regulars.programme.service import current
from tests.console import books as story
from tests.value.shop import opened

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
JANUARY, SEPTEMBER, NOVEMBER = date(2026, 1, 1), date(2026, 9, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    freshness.forget()
    with clock.fixed(NOW):
        yield
    freshness.forget()


def read() -> Books:
    story.tell()
    return house.books(current()).value


def worth(found: Books, asset: str) -> house.Worth:
    return next(one for one in house.worths(found, current()) if one.asset == asset)


def test_every_figure_of_an_asset() -> None:
    found = read()
    points = worth(found, "points")
    assert points.moved == Movement(
        issued=690,
        spent=50,
        expired=300,
        reversed=40,
        adjusted=20,
        converted=0,
        gifted=0,
        held=30,
        pending=10,
    )
    assert (points.moved.total, points.moved.free) == (320, 280)
    assert (points.free_minor, points.held_minor, points.pending_minor, points.liability_minor) == (
        280,
        30,
        10,
        320,
    )
    assert (points.at_face, points.costed) == (False, True)


def test_what_was_paid_in_is_owed_as_it_is_though_the_programme_gives_it_no_cost() -> None:
    found = read()
    cash, bonus = worth(found, "cash"), worth(found, "gift_cash")
    assert (cash.moved.issued, cash.at_face, cash.costed, cash.liability_minor) == (
        10_000,
        True,
        True,
        10_000,
    )
    assert (bonus.moved.issued, bonus.at_face, bonus.costed, bonus.liability_minor) == (500, False, False, 0)


def test_the_figures_are_those_of_stats_and_of_reconcile() -> None:
    found = read()
    assert reconcile().ok
    told, checked = stats()["assets"], reconcile().house
    for one in house.worths(found, current()):
        moved = one.moved
        assert told[one.asset] == {
            "issued": moved.issued,
            "spent": moved.spent,
            "expired": moved.expired,
            "reversed": moved.reversed,
            "outstanding": moved.free,
        }
        sums = checked.get(one.asset, {"members": 0, "held": 0, "pending": 0})
        assert (sums["members"], sums["held"], sums["pending"]) == (moved.free, moved.held, moved.pending)


def test_months_follow_each_other() -> None:
    found = read()
    months = house.monthly(found, "points", date(2026, 8, 1), NOVEMBER)
    assert [(one.first.month, one.moved.total, one.closing) for one in months] == [
        (8, -300, 0), (9, 200, 200), (10, -50, 150), (11, 170, 320),
    ]  # fmt: skip
    assert months[-1].moved == Movement(issued=190, reversed=40, adjusted=20, held=30, pending=10)
    assert found.months[0] == JANUARY
    assert found.months[-1] == NOVEMBER


def test_rules_with_what_was_taken_back_of_what_they_gave() -> None:
    found = read()
    programme = current()
    assert house.by_rule(found, "points", JANUARY, NOVEMBER, programme) == [
        RuleLine("base", "points", 680, 40, 0, 640),
        RuleLine("visit", "points", 10, 0, 0, 10),
    ]
    assert house.by_rule(found, "points", SEPTEMBER, SEPTEMBER, programme) == [
        RuleLine("base", "points", 200, 0, 0, 200)
    ]


def test_ages_add_up_to_what_members_have() -> None:
    found = read()
    lines = house.by_age(found, "points", current())
    assert [(line.place, line.units, line.held, line.pending, line.worth_minor) for line in lines] == [
        (0, 180, 0, 10, 180), (1, 140, 30, 0, 140), (2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (4, 0, 0, 0, 0),
    ]  # fmt: skip
    assert sum(line.units for line in lines) == worth(found, "points").moved.total


def test_ends_by_the_last_day_on_which_they_can_be_used() -> None:
    """Points of September end with March 31: within 6 months. Those of November with May 31: within 12."""
    found = read()
    lines = house.by_end(found, "points", current())
    assert [line.units for line in lines] == [0, 0, 0, 150, 170, 0, 0]
    assert house.by_end(found, "cash", current())[6] == AgeLine(6, 10_000, 0, 0, 1, 10_000)
    with clock.fixed(datetime(2027, 3, 30, 4, 0, tzinfo=UTC)):
        freshness.forget()
        later = house.by_end(house.books(current()).value, "points", current())
    assert [line.units for line in later] == [150, 0, 170, 0, 0, 0, 0]


def test_the_books_are_read_once_for_many_readers(django_assert_num_queries: object) -> None:
    read()
    programme = current()
    Entry.objects.all().count()
    with django_assert_num_queries(0):  # type: ignore[operator]
        for month in (JANUARY, SEPTEMBER, NOVEMBER):
            house.by_rule(house.books(programme).value, "points", month, NOVEMBER, programme)


def test_budgets_in_units_and_money_hold_what_is_left() -> None:
    story.tell()
    found = {line.name: line for line in budgets(current())}
    base, autumn = found["base"], found["campaign:autumn:money"]
    assert (base.most, base.used, base.left, base.percent, base.money, base.asset) == (
        400,
        280,
        120,
        70,
        False,
        "",
    )
    assert (autumn.most, autumn.used, autumn.left, autumn.percent, autumn.money) == (25, 10, 15, 40, True)
    assert autumn.asset == "points"
    assert (base.starts, base.ends) == (date(2026, 11, 1), date(2026, 11, 30))
    assert list(found) == ["campaign:autumn:money", "base"]


def test_a_programme_without_budgets_has_none() -> None:
    opened()
    assert budgets(current()) == []


def test_periods_and_the_day_on_which_a_budget_is_gone() -> None:
    day = date(2026, 11, 18)
    assert period_days(day, Per.WEEK) == (date(2026, 11, 16), date(2026, 11, 22))
    assert period_days(day, Per.YEAR) == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_days(day, Per.LIFETIME) is None
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert gone_on(100, 50, first, last, date(2026, 11, 10)) == date(2026, 11, 20)
    assert gone_on(100, 30, first, last, date(2026, 11, 10)) is None
    assert gone_on(100, 0, first, last, day) is None
    assert gone_on(100, 100, first, last, day) is None


def test_what_moved_longer_ago_than_can_be_chosen_still_counts() -> None:
    story.tell()
    with clock.fixed(datetime(2038, 1, 5, tzinfo=UTC)):
        freshness.forget()
        found = house.books(current()).value
    assert len(found.months) == house.MONTHS_KEPT
    assert worth(found, "points").moved.issued == 690
    first, last = found.months[0], found.months[-1]
    assert [one.closing for one in house.monthly(found, "points", first, last)] == [320] * house.MONTHS_KEPT
