"""A rule that fails stops nothing but itself: noted, told, and parked when it goes on failing."""

import pytest

from regulars.alerts.models import Alert
from regulars.campaigns.contracts import PARK_AFTER, NotParked
from regulars.campaigns.models import RuleFault
from regulars.campaigns.service import resume
from regulars.engine import books
from regulars.engine.queries import explain
from regulars.events.models import Event
from regulars.events.queries import get
from tests.engine.world import balances, check_books, event, fresh, shop, took

pytestmark = pytest.mark.django_db

BROKEN = """\
  - id: far
    name: By distance
    on: visit
    priority: 1
    then: [{credit: {asset: points, for_each: 1000000000, of: event.km}}]
  - id: plain
    name: A visit
    on: visit
    then: [{credit: {asset: points, amount: 3}}]
"""
"""A thousand million points a kilometre: too many at once from a million kilometres on."""

TOO_FAR = 2_000_000


def visit(number: int, km: float, who: str = "a") -> dict[str, object]:
    return event("visit", who, f"2026-11-{number:02} 10:00", {"km": km}, id=f"v{number}")


def alerts() -> dict[str, bool]:
    """Alert → whether it is there."""
    return {one.code: one.resolved_at is None for one in Alert.objects.filter(subject="far")}


def test_other_rules_go_on() -> None:
    fresh(shop(BROKEN))
    took(visit(1, TOO_FAR))
    assert balances("a") == {"points": 3}
    assert Event.objects.get(key="v1").trace == [["far", True, [], "failed"], ["plain", True, []]]
    fault = RuleFault.objects.get()
    assert (fault.rule, fault.failures, fault.parked_at) == ("far", 1, None)
    assert fault.error == "OverflowError: 2000000000000000 units of points at once"
    assert alerts() == {"rule.failing": True}
    check_books()


def test_a_success_in_between_begins_anew() -> None:
    fresh(shop(BROKEN))
    for number in range(1, PARK_AFTER):
        took(visit(number, TOO_FAR))
    took(visit(20, 0.000001))
    assert not RuleFault.objects.exists()
    assert alerts() == {"rule.failing": False}
    took(visit(21, TOO_FAR))
    assert RuleFault.objects.get().failures == 1
    assert RuleFault.objects.get().parked_at is None


def test_parked_after_so_many_in_a_row_and_resumed() -> None:
    fresh(shop(BROKEN))
    took(*(visit(number, TOO_FAR) for number in range(1, PARK_AFTER + 1)))
    assert alerts() == {"rule.parked": True}
    took(visit(20, 1))
    assert Event.objects.get(key="v20").trace[0] == ["far", False, [], "parked"]
    assert "已暂停" in explain(get("pos", "v20"), "zh-hans").verdicts[0].sentence
    resume("far")
    assert alerts() == {"rule.parked": False}
    with pytest.raises(NotParked):
        resume("far")
    took(visit(21, 0.000001))
    assert balances("a") == {"points": 3 * (PARK_AFTER + 2) + 1000}


def test_a_new_version_is_asked_again() -> None:
    fresh(shop(BROKEN))
    took(*(visit(number, TOO_FAR) for number in range(1, PARK_AFTER + 1)))
    fresh(shop(BROKEN.replace("for_each: 1000000000", "for_each: 1")))
    took(visit(20, 2))
    assert Event.objects.get(key="v20").trace == [["far", True, []], ["plain", True, []]]


HALFWAY = """\
  - id: crumb
    name: Crumb
    on: visit
    then: [{credit: {asset: points, amount: 1}}]
  - id: swap
    name: Points for growth
    on: checkin
    priority: 1
    then:
      - credit: {asset: growth, amount: 300}
      - debit: {asset: points, amount: 50}
  - id: plain
    name: Plain
    on: checkin
    then: [{credit: {asset: points, amount: 3}}]
"""


def test_what_a_rule_had_done_before_it_broke_off_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One event can't take from more lots than it can have consequences (4,096; fewer here, for the sake of speed);
    the growth was credited before that was tried."""
    monkeypatch.setattr(books, "CHILDREN", 40)
    fresh(shop(HALFWAY))
    took(*(event("visit", "b", "2026-10-01") for _ in range(2)))
    took(*(event("visit", "a", "2026-10-01") for _ in range(50)))
    took(event("checkin", "b", "2026-11-01", id="b1"), event("checkin", "a", "2026-11-01", id="a1"))
    assert Event.objects.get(key="a1").trace == [["swap", False, [], "failed"], ["plain", True, []]]
    assert balances("a") == {"points": 53}
    assert balances("b") == {"points": 5, "growth": 300}
    fault = RuleFault.objects.get()
    assert (fault.rule, fault.failures, fault.event_id) == ("swap", 1, Event.objects.get(key="a1").id)
    check_books()
