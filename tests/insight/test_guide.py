"""The personal guide: from what a member really bought, and what is still open to them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from regulars.insight.doable import possible
from regulars.insight.guide import Guide, Likely, Task, Usual, guide
from regulars.kit import clock
from regulars.kit.ids import bucket_of
from regulars.language.condition import Condition, parse_condition
from regulars.members.models import Recommendation
from regulars.members.queries import profile
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from regulars.tiers.queries import progress
from tests.engine.world import EARN, event, fresh, joined, order, refund, shop, today, took, who_is

pytestmark = pytest.mark.django_db

NOW = "2026-06-15"
RULES = (
    EARN
    + """\
  - id: daily
    name: Check in
    on: checkin
    limit: {times: 1, per: day}
    then: [{credit: {asset: growth, amount: 2}}]
  - id: review
    name: Review
    on: review.posted
    limit: {times: 3, per: month}
    then: [{credit: {asset: growth, amount: 20}}]
  - id: tea
    name: Tea
    on: order.paid
    then: [{credit: {asset: growth, for_each: 1, of: items, where: {field: item.category, op: eq, value: tea}}}]
  - id: big
    name: Big orders
    on: order.paid
    when: {field: event.total, op: gte, value: 200}
    then: [{credit: {asset: growth, amount: 30}}]
  - id: vip
    name: VIP
    on: visit
    when: {field: tags, op: has, value: vip}
    then: [{credit: {asset: growth, amount: 90}}]
  - id: first
    name: First order
    on: order.paid
    when: {field: orders.count, op: eq, value: 1}
    then: [{credit: {asset: growth, amount: 50}}]
  - id: fifth
    name: Fifth order
    on: order.paid
    when: {field: orders.count, op: eq, value: 5}
    then: [{credit: {asset: growth, amount: 40}}]
  - id: later
    name: Summer
    on: visit
    from: 2026-06-20
    then: [{credit: {asset: growth, amount: 7}}]
  - id: far
    name: Autumn
    on: visit
    from: 2026-09-01
    then: [{credit: {asset: growth, amount: 8}}]
  - id: poor
    name: Used up
    on: content.shared
    budget: {units: 5, per: month, when_short: skip}
    then: [{credit: {asset: growth, amount: 5}}]
  - id: points_only
    name: Points
    on: content.shared
    then: [{credit: {asset: points, amount: 5}}]
"""
)


def bought(who: str, when: str, number: str, **lines: int) -> dict[str, Any]:
    items = [
        {"sku": name, "name": name, "category": name, "quantity": 1, "price": str(price)}
        for name, price in lines.items()
    ]
    return order(who, when, sum(lines.values()), number, data={"items": items})


@pytest.fixture
def brand() -> Iterator[None]:
    """Rain has bought four times and checked in today; Ming took all that could be shared."""
    fresh(shop(RULES))
    with today(NOW):
        took(joined("rain", "2026-01-01"), joined("ming", "2026-01-01"))
        took(bought("rain", "2026-02-01", "1", tea=10, bread=30))
        took(bought("rain", "2026-03-01", "2", tea=12, milk=8))
        took(bought("rain", "2026-04-01", "3", tea=14, bread=32))
        took(bought("rain", "2026-05-01", "4", bread=34, milk=6))
        took(event("review.posted", "rain", "2026-06-02"), event("checkin", "rain", NOW))
        took(event("content.shared", "ming", "2026-06-03"))
        yield


def of(who: str, language: str = "en") -> Guide:
    programme = current()
    member = profile(who_is(who))
    assert member is not None
    (found,) = progress(member.id, programme.ladders.values(), date.fromisoformat(NOW), date(2026, 1, 1))
    return guide(member, programme, programme.ladders["level"], found, clock.now(), language)


def named(found: Guide) -> dict[str, Task]:
    return {task.words.rule.id: task for task in found.tasks}


@pytest.mark.usefixtures("brand")
def test_what_orders_brought_is_read_from_what_they_brought() -> None:
    """40+10+50 for the first, 20+12, 46+14, 40; 100+32+60+40 and 22 of acts: 254, so gold; 246 to platinum."""
    found = of("rain")
    assert found.usual == Usual(orders=4, total_minor=4000, units=40, times=7)
    assert [(one.name, one.orders, one.spend_minor, one.units) for one in found.favourites] == [
        ("bread", 3, 3200, 41),
        ("tea", 3, 1200, 19),
    ]


@pytest.mark.usefixtures("brand")
def test_what_is_recommended_brings_what_so_much_brought_before() -> None:
    """For 146.00 spent came 232: milk for 8.00 brings 12. What has no price, no name or was said is left out."""
    member = who_is("rain")
    offers = [("milk", 800, "again"), ("bread", 3_300, "again"), ("", 500, "again"), ("cup", None, "alike")]
    for rank, (name, price, reason) in enumerate(
        [*offers, ("jam", 1_200, "together"), ("gum", 50, "popular")]
    ):
        Recommendation.objects.create(
            member_id=member,
            rank=rank,
            bucket=bucket_of(member),
            sku=name,
            name=name,
            price_minor=price,
            reason=reason,
        )
    assert of("rain").likely == (Likely("milk", "again", 800, 12), Likely("jam", "together", 1_200, 19))
    assert of("ming").likely == ()


@pytest.mark.usefixtures("brand")
def test_tasks_are_what_can_still_be_had_by_what_one_time_brings() -> None:
    found = of("rain")
    tasks = named(found)
    assert [task.words.rule.id for task in found.tasks] == ["fifth", "big", "review", "tea", "later"]
    assert (tasks["review"].units, tasks["review"].left, tasks["review"].times) == (20, 2, None)
    assert (tasks["tea"].units, tasks["tea"].times) == (12, 21)
    assert tasks["later"].opens == date(2026, 6, 20)
    assert (tasks["fifth"].units, tasks["fifth"].opens) == (40, None)
    assert "review" in tasks["review"].words.what.lower()


@pytest.mark.usefixtures("brand")
def test_who_has_the_tag_may_and_tomorrow_one_checks_in_again() -> None:
    assert "vip" not in named(of("rain"))
    took(event("member.updated", "rain", NOW, {"name": "Rain"}))
    with today("2026-06-16"):
        assert "daily" in named(of("rain"))


@pytest.mark.usefixtures("brand")
def test_an_order_that_went_back_is_not_usual() -> None:
    took(refund("rain", NOW, 20, "2"))
    found = of("rain").usual
    assert found is not None
    assert (found.orders, found.total_minor) == (3, 4000)


@pytest.mark.usefixtures("brand")
def test_who_has_bought_little_has_no_usual_order() -> None:
    found = of("ming")
    assert (found.usual, found.favourites) == (None, ())
    assert "first" in named(found)
    assert "poor" not in named(found)
    assert named(found)["tea"].units is None


@pytest.mark.usefixtures("brand")
def test_at_the_top_there_is_nothing_to_do() -> None:
    took(bought("rain", NOW, "9", gold=5000))
    assert of("rain") == Guide()


def test_what_a_condition_asks_of_the_member_alone(db: None) -> None:  # noqa: ARG001
    programme = fresh(shop())
    fields = fields_for(programme, programme.event_types["order.paid"])

    def left(raw: Any) -> Condition | bool:
        return possible(parse_condition(raw, fields), "order.paid")

    total = {"field": "event.total", "op": "gte", "value": 200}
    vip = {"field": "tags", "op": "has", "value": "vip"}
    count = {"field": "orders.count", "op": "lte", "value": 3}
    vip_alone = parse_condition({"all": [vip]}, fields)
    assert left(total) is True
    assert left({"none": [total]}) is True
    assert left({"all": [total, vip]}) == vip_alone
    assert left({"any": [total, vip]}) is True
    assert left({"none": [{"all": [total, vip]}]}) is True
    assert left({"none": [{"any": [total, vip]}]}) == parse_condition({"none": [{"any": [vip]}]}, fields)
    assert left(count) == parse_condition({**count, "value": 2}, fields)
    assert left({"items": "none", "where": {"field": "item.category", "op": "eq", "value": "tea"}}) is True
