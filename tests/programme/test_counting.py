"""What conditions can count is counted, and what is not counted is not offered."""

from typing import Any

import pytest
from django.db.models import Sum

from regulars.events.models import Event, Tally
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from tests.engine.world import GROCERY, event, fresh, order, refund, today, took, who_is
from tests.programme.test_faults import faults

pytestmark = pytest.mark.django_db

PLANS = """\
plans:
  vip:
    name: VIP
    periods: [{id: month, months: 1, price: "15.00"}]
"""
PAID = {"plan": "vip", "period": "month", "price": "15.00", "currency": "CNY", "payment_id": "p1"}
PLAN = {
    "plan.paid": PAID,
    "plan.payment_failed": {"plan": "vip"},
    "plan.refunded": {"payment_id": "p1", "amount": "1.00", "currency": "CNY"},
    "plan.cancelled": {"plan": "vip"},
    "plan.renewal_on": {"plan": "vip"},
}
OWN = PLANS + "event_types:\n  visit: {name: Visit}\n  shop.walk: {name: Walk, joins: true}\nrules:\n"
LAST = "2027-11-01"
LATER = {"order.refunded", "order.completed", "order.cancelled", "wallet.refunded", *PLAN} - {"plan.paid"}
"""Events that come after another one."""


def sent(type_id: str) -> dict[str, Any]:
    """An event of that type."""
    if type_id == "order.paid":
        return order("a", "2025-03-02", 3000, "1")
    if type_id == "order.refunded":
        return refund("a", "2025-03-02 11:00", 10, "1")
    if type_id in ("order.completed", "order.cancelled"):
        number = "1" if type_id == "order.completed" else "9"
        return event(type_id, "a", "2025-03-02 12:00", {"order_id": number})
    if type_id == "wallet.topped_up":
        paid = {"wallet": "wallet", "topup_id": "t", "amount": "500.00", "currency": "CNY"}
        return event(type_id, "a", "2025-03-02 10:00", paid)
    if type_id == "wallet.refunded":
        return event(type_id, "a", "2025-03-02 12:00", {"topup_id": "t", "amount": "1.00", "currency": "CNY"})
    if type_id.startswith("plan."):
        return event(type_id, "a", "2025-03-02 13:00", PLAN[type_id])
    return event(type_id, "a", "2025-03-01 09:00" if type_id == "member.joined" else "2025-03-02")


def test_every_type_that_is_offered_is_counted_and_no_other() -> None:
    fresh(GROCERY.replace("rules:\n", OWN, 1))
    programme = current()
    outside = [each.id for each in programme.event_types.values() if not (each.derived or each.command)]
    took(*(sent(type_id) for type_id in outside if type_id.startswith("member.joined")))
    rest = [type_id for type_id in outside if not type_id.startswith("member.joined")]
    took(*(sent(type_id) for type_id in sorted(rest, key=LATER.__contains__)))
    with today(LAST):
        took(order("a", LAST, 1, "2"))
    happened = set(Event.objects.filter(member_id=who_is("a")).values_list("type", flat=True))
    assert happened >= set(outside)
    assert happened & set(programme.event_types) > set(outside), "some that Regulars makes happened, too"
    fields = fields_for(programme, None)
    assert {name for name in (f.name for f in fields) if name.startswith("events.")} == {
        f"events.{each}.count" for each in outside
    }
    counted = dict(
        Tally.objects.filter(member_id=who_is("a")).values_list("name").annotate(Sum("count")).order_by()
    )
    for type_id in outside:
        field = fields[f"events.{type_id}.count"]
        told = Event.objects.filter(member_id=who_is("a"), type=type_id).count()
        assert counted[field.tally] == told > 0, type_id
        assert field.count == field.tally == type_id
    assert {each for each in counted if not each.startswith("credit:")} == set(outside)


def test_a_member_who_joins_with_an_order_is_counted_as_joined() -> None:
    fresh(GROCERY)
    took(order("a", "2026-03-01", 1, "1"))
    assert Tally.objects.get(member_id=who_is("a"), name="member.joined").count == 1


def test_a_condition_on_what_is_not_counted_is_refused_with_the_way_out() -> None:
    when = "when: {field: events.tier.upgraded.count, op: gte, value: 1}"
    rule = f"  - {{id: x, name: X, on: order.paid, {when}, then: [{{tag: {{add: [a]}}}}]}}\n"
    found = faults(GROCERY + rule)
    assert [one[1].rpartition(".")[2] for one in found] == ["field"]
