"""A budget that is used up: since when, who is told, and that it is told once."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.alerts import queries as alerts
from regulars.alerts.service import acknowledge
from regulars.campaigns.models import BudgetUse
from regulars.insight.budgets import BudgetLine, budgets
from regulars.insight.watching import watch_budgets
from regulars.kit import clock
from regulars.members.models import Member
from regulars.programme.service import current
from tests.engine.world import event, joined, order, refund, took
from tests.value.shop import opened

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
VISIT = """\
  - id: visit
    name: Visit
    on: checkin
    budget: {budget}
    then: [{{credit: {{asset: points, amount: 40}}}}]
"""


def shop(budget: str) -> None:
    opened(more=VISIT.format(budget=budget))
    if not Member.objects.exists():
        took(joined("ann", "2026-03-01 08:00"))


def visit(hour: int, who: str = "ann", day: str = "2026-03-01") -> None:
    took(event("checkin", who, f"{day} {hour:02}:00"))


def line(at: datetime = NOON) -> BudgetLine:
    with clock.fixed(at):
        [found] = budgets(current())
    return found


def told(at: datetime = NOON) -> list[str]:
    with clock.fixed(at):
        assert watch_budgets() == 0
    return [each.subject for each in alerts.there()]


def hour(number: int) -> datetime:
    return datetime(2026, 3, 1, number - 8, 0, tzinfo=UTC)


def test_the_moment_is_that_of_the_event_which_took_the_last_unit() -> None:
    shop("{units: 80, per: month}")
    visit(9)
    assert (line().used_up_at, told()) == (None, [])
    visit(10)
    assert (line().left, line().used_up_at) == (0, hour(10))
    visit(11)
    assert line().used_up_at == hour(10), "it was used up before"
    assert told() == ["visit@2026-03"]
    assert line(NOON + timedelta(days=31)).used_up_at is None, "another month"
    assert told(NOON + timedelta(days=31)) == []


@pytest.mark.parametrize(("short", "since", "used"), [("partial", 11, 100), ("skip", 11, 80)])
def test_too_little_for_what_is_asked_is_used_up_too(short: str, since: int, used: int) -> None:
    shop(f"{{units: 100, per: day, when_short: {short}}}")
    for each in (9, 10, 11, 12):
        visit(each)
    assert (line().used, line().used_up_at) == (used, hour(since))


def test_money_that_does_not_pay_one_more_unit_is_used_up() -> None:
    shop('{money: "0.50", per: day}')
    visit(9)
    assert line().used_up_at is None
    visit(10)
    assert (line().used, line().used_up_at) == (50, hour(10))


def test_what_is_given_back_makes_it_open_again_and_nobody_is_told_twice() -> None:
    opened(rule="budget: {units: 100, per: month}", growth="")
    took(order("ann", "2026-03-01 09:00", "60.00", "1"), order("bob", "2026-03-01 10:00", "60.00", "2"))
    assert (line().used_up_at, told()) == (hour(10), ["base@2026-03"])
    [alert] = alerts.there()
    assert alert.params["most"] == 100
    assert acknowledge(alert.id, "alice@example.com", "as planned")
    took(refund("ann", "2026-03-01 11:00", "30.00", "1"))
    assert (line().left, line().used_up_at, told()) == (30, None, [])
    took(order("ann", "2026-03-01 13:00", "60.00", "3"))
    assert (line().used_up_at, told()) == (hour(13), ["base@2026-03"])
    [again] = alerts.there()
    assert (again.id, again.note, again.first_seen) == (alert.id, "as planned", alert.first_seen)
    assert (alerts.calling(), alerts.over()) == (0, [])


def test_a_budget_that_is_made_larger_is_not_used_up_any_more() -> None:
    shop("{units: 40, per: month}")
    visit(9)
    assert told() == ["visit@2026-03"]
    shop("{units: 100, per: month}")
    assert (line().used_up_at, told()) == (None, [])
    visit(10)
    assert (line().left, line().used_up_at) == (20, None)
    assert BudgetUse.objects.get().used_up_at is None
    visit(11)
    assert (line().used_up_at, told()) == (hour(11), ["visit@2026-03"])
