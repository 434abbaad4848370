"""Credits that a command gives for an order: its refunds take them back, in whatever order that is told."""

import pytest

from regulars.ledger.models import OrderLot
from tests.engine.world import event, joined, order, refund, took, who_is
from tests.value.shop import Till, in_order, opened

pytestmark = pytest.mark.django_db

ORDER = ("pos", "1")


def till() -> Till:
    return Till(who_is("ann"))


def paid() -> Till:
    """Ann's order of 100, which earned 100 points."""
    opened(growth="")
    took(order("ann", "2026-03-01 09:00", "100.00", "1"))
    return till()


def test_parts_of_a_full_refund_take_back_exactly_what_was_credited() -> None:
    ann = paid()
    ann.did("2026-03-01 10:00", "credit", "points", 7, order=ORDER)
    left = []
    for number, amount in enumerate(("33.00", "33.00", "33.00", "1.00")):
        took(refund("ann", f"2026-03-0{number + 2} 10:00", amount, "1"))
        left.append(ann.has()[0])
    assert left == [67 + 5, 34 + 2, 1 + 0, 0]
    in_order()


def test_several_credits_each_go_back_by_themselves() -> None:
    ann = paid()
    first = ann.did("2026-03-01 10:00", "credit", "points", 20, order=ORDER)
    ann.did("2026-03-01 11:00", "credit", "coins", 10, order=ORDER)
    ann.did("2026-03-01 12:00", "reverse", first)
    took(refund("ann", "2026-03-02", "50.00", "1"))
    assert ann.has()[0] == 50, "what was undone by hand is not made good by what the order earned"
    assert ann.has("coins")[0] == 5
    took(refund("ann", "2026-03-03", "50.00", "1"))
    assert (ann.has()[0], ann.has("coins")[0]) == (0, 0)
    in_order()


def test_a_credit_that_comes_after_the_refund_gives_its_share_back_at_once() -> None:
    ann = paid()
    took(refund("ann", "2026-03-01 10:00", "25.00", "1"))
    ann.did("2026-03-01 11:00", "credit", "points", 20, order=ORDER)
    assert ann.has()[0] == 75 + 15
    took(refund("ann", "2026-03-01 12:00", "75.00", "1"))
    ann.did("2026-03-01 13:00", "credit", "points", 20, order=ORDER)
    assert ann.has()[0] == 0
    in_order()


def test_a_credit_may_come_before_its_order_and_the_refund_before_both() -> None:
    opened(growth="")
    took(joined("ann", "2026-02-01"))
    ann = till()
    ann.did("2026-03-01 10:00", "credit", "points", 20, order=ORDER)
    took(refund("ann", "2026-03-01 11:00", "50.00", "1"))
    assert ann.has()[0] == 20, "how much of the order that is will be known when it is"
    took(order("ann", "2026-03-01 12:00", "100.00", "1"))
    assert ann.has()[0] == 50 + 10
    in_order()


def test_a_cancelled_order_takes_it_all_and_what_was_spent_follows_the_clawback() -> None:
    ann = paid()
    ann.did("2026-03-01 10:00", "credit", "points", 20, order=ORDER)
    ann.did("2026-03-01 11:00", "spend", "points", 110)
    took(event("order.cancelled", "ann", "2026-03-02", {"order_id": "1"}))
    assert ann.has()[0] == -110
    in_order()


def test_a_level_that_a_credit_brought_goes_with_the_refund() -> None:
    opened()
    took(order("ann", "2026-03-01 09:00", "100.00", "1"))
    ann = till()
    told = ann.do("2026-03-01 10:00", "credit", "growth", 200, order=ORDER)
    assert told.tiers["level"]["level"] == "gold"
    (result,) = took(refund("ann", "2026-03-02", "50.00", "1"))
    assert result["tier"]["level"] == "basic"
    in_order()


def test_another_order_and_another_source_take_nothing() -> None:
    ann = paid()
    ann.did("2026-03-01 10:00", "credit", "points", 20, order=("web", "1"))
    ann.did("2026-03-01 11:00", "credit", "points", 5)
    took(refund("ann", "2026-03-02", "100.00", "1"))
    assert ann.has()[0] == 25
    assert [(one.order_source, one.order_id) for one in OrderLot.objects.all()] == [("web", "1")]
    in_order()


def test_an_order_of_another_member_is_refused() -> None:
    ann = paid()
    took(order("bob", "2026-03-01 09:00", "100.00", "2"))
    assert (
        ann.refused("2026-03-01 10:00", "credit", "points", 20, order=("pos", "2"))
        == "order_of_another_member"
    )


def test_in_one_batch_it_is_as_in_several() -> None:
    opened(growth="")
    took(joined("ann", "2026-02-01"))
    ann = till()
    ann.did("2026-03-01 08:00", "credit", "points", 20, order=ORDER)
    took(
        order("ann", "2026-03-01 09:00", "100.00", "1"),
        refund("ann", "2026-03-01 10:00", "50.00", "1"),
        refund("ann", "2026-03-01 11:00", "50.00", "1"),
    )
    assert ann.has()[0] == 0
    in_order()
