"""Two records of one person are made one: nothing is lost, nothing doubles, and all of it can be taken apart again."""

from uuid import UUID

import pytest

from regulars.events.models import Event
from regulars.ledger.models import Entry
from regulars.members.models import Identity, Member, Merge
from regulars.orders.models import MemberTotals, Order
from tests.engine.world import event, joined, order, refund, send, took, who_is
from tests.value.pairs import asked, level, merged, refused, two
from tests.value.shop import Till, books, in_order, night, opened


def test_all_that_the_one_has_becomes_the_others() -> None:
    opened()
    a, b = two()
    outcome = merged("2026-03-10", a, b)
    assert outcome.balances == {"points": 300, "growth": 300}
    assert (a.has(), b.has()) == ((300, 0, 0), (0, 0, 0))
    assert a.lots() == [(100, 100), (200, 200)]
    assert b.entries() == [("issue", 200), ("merge", -200)]
    assert a.entries() == [("issue", 100), ("merge", 200)]
    assert level(a) == ("gold", "2026-03-02"), "together they had earned it on the second day"
    assert level(b) is None
    assert Order.objects.filter(member_id=a.member_id).count() == 2
    totals = MemberTotals.objects.get(member_id=a.member_id)
    assert (totals.orders, totals.spend_minor) == (2, 30000)
    assert who_is("b") == a.member_id
    gone = Member.objects.get(id=b.member_id)
    assert (gone.status, gone.merged_into) == ("merged", a.member_id)
    in_order()


def test_each_lot_keeps_its_own_end() -> None:
    opened()
    took(order("a", "2026-03-01", "100.00", "1"), order("b", "2026-05-02", "200.00", "2"))
    a, b = Till(who_is("a")), Till(who_is("b"))
    merged("2026-05-10", a, b)
    night("2026-10-01 00:00")
    assert a.has() == (200, 0, 0)
    night("2026-12-01 00:00")
    assert a.has() == (0, 0, 0)
    in_order()


def test_a_later_refund_of_an_order_from_before_finds_what_it_earned() -> None:
    opened()
    a, b = two()
    merged("2026-03-10", a, b)
    took(refund("b", "2026-03-11", "50.00", "2"))
    assert a.has() == (250, 0, 0)
    assert a.lots() == [(100, 100), (200, 150)]
    assert level(a) == ("gold", "2026-03-02")
    took(refund("b", "2026-03-12", "150.00", "2"))
    assert a.has() == (100, 0, 0)
    assert level(a) == ("basic", "2026-03-01")
    in_order()


def test_holds_and_what_is_pending_stay_set_aside() -> None:
    opened(points="pending: {days: 7}")
    took(order("a", "2026-03-01", "100.00", "1"), order("b", "2026-03-02", "200.00", "2"))
    a, b = Till(who_is("a")), Till(who_is("b"))
    night("2026-03-09 12:00")
    took(order("b", "2026-03-10", "30.00", "3"))
    held = b.did("2026-03-10 11:00", "hold", "points", 80, minutes=1440)
    assert b.has() == (120, 80, 30)
    merged("2026-03-10 12:00", a, b)
    assert a.has() == (220, 80, 30)
    a.did("2026-03-10 13:00", "capture", held, 50)
    assert a.has() == (220, 30, 30)
    night("2026-03-11 11:00")
    assert a.has() == (250, 0, 30), "the rest of the hold lapsed"
    night("2026-03-17 10:00")
    assert a.has() == (280, 0, 0)
    in_order()


def test_debts_come_along() -> None:
    opened()
    a, b = two()
    b.did("2026-03-03", "spend", "points", 150)
    took(refund("b", "2026-03-04", "200.00", "2"))
    assert b.has() == (-150, 0, 0)
    merged("2026-03-10", a, b)
    assert a.has() == (-50, 0, 0)
    took(order("a", "2026-03-11", "60.00", "3"))
    assert a.has() == (10, 0, 0)
    in_order()


def test_limits_count_together() -> None:
    opened(rule="limit: {units: 250, per: month}")
    a, b = two()
    merged("2026-03-10", a, b)
    took(order("a", "2026-03-11", "100.00", "3"))
    assert a.has() == (300, 0, 0), "a person has no two allowances"
    in_order()


def test_the_same_request_again_is_the_same_merge() -> None:
    opened()
    a, b = two()
    first = merged("2026-03-10", a, b)
    again = asked("merge", "2026-03-11", a, b, "m1")
    assert (again.status, again.event_id) == ("duplicate", first.event_id)
    assert a.has() == (300, 0, 0)
    assert asked("merge", "2026-03-11", b, a, "m1").error is not None
    in_order()


def test_a_look_ahead_changes_nothing() -> None:
    opened()
    a, b = two()
    before = books()
    outcome = asked("merge", "2026-03-10", a, b, "look", preview=True)
    assert (outcome.status, outcome.balances) == ("preview", {"points": 300, "growth": 300})
    assert outcome.tiers["level"]["level"] == "gold"
    assert books() == before
    assert not Merge.objects.exists()
    assert Member.objects.get(id=b.member_id).status == "active"


def test_what_cannot_be_merged_is_refused() -> None:
    opened()
    a, b = two()
    took(order("c", "2026-03-03", "10.00", "9"))
    c = Till(who_is("c"))
    assert refused("merge", "2026-03-10", a, a, "r1") == "same_member"
    assert refused("merge", "2026-03-10", a, Till(UUID(int=77)), "r2") == "record_unknown"
    assert refused("unmerge", "2026-03-10", a, b, "r3") == "not_merged"
    merged("2026-03-10", a, b)
    assert refused("merge", "2026-03-11", c, b, "r4") == "already_merged"
    merged("2026-03-12", c, a, "m2")
    assert refused("unmerge", "2026-03-13", a, b, "r5") == "already_merged"
    in_order()


def test_whoever_still_uses_the_old_id_means_the_person() -> None:
    opened()
    a, b = two()
    merged("2026-03-10", a, b)
    took(event("order.paid", "", "2026-03-11", {"order_id": "5", "total": "7.00", "currency": "CNY"},
               member={"id": str(b.member_id)}))  # fmt: skip
    assert a.has() == (307, 0, 0)
    b.did("2026-03-12", "spend", "points", 7)
    assert a.has() == (300, 0, 0)
    in_order()


def test_a_gift_to_the_old_record_can_be_taken_back() -> None:
    opened()
    took(order("a", "2026-03-01", "700.00", "1"), joined("b", "2026-03-01"), joined("c", "2026-03-01"))
    a, b, c = Till(who_is("a")), Till(who_is("b")), Till(who_is("c"))
    given = a.did("2026-03-10 10:00", "gift", "points", 100, b.member_id)
    merged("2026-03-10 11:00", c, b)
    assert c.has() == (0, 0, 100)
    a.did("2026-03-10 12:00", "revoke", given, b.member_id)
    assert (a.has(), c.has()) == ((700, 0, 0), (0, 0, 0))
    a.did("2026-03-11", "gift", "points", 50, b.member_id)
    assert c.has() == (0, 0, 50)
    assert c.refused("2026-03-11 11:00", "gift", "points", 10, b.member_id) == "gift_to_self"
    in_order()


@pytest.mark.parametrize("kind", ["order.paid", "wallet.topped_up"])
def test_the_log_stays_where_it_was_lived(kind: str) -> None:
    opened()
    took(order("a", "2026-03-01", "100.00", "1"))
    data = {"wallet": "purse", "topup_id": "t1", "amount": "500.00", "currency": "CNY"}
    took(order("b", "2026-03-02", "200.00", "2"), event("wallet.topped_up", "b", "2026-03-02", data))
    a, b = Till(who_is("a")), Till(who_is("b"))
    merged("2026-03-10", a, b)
    assert Event.objects.get(type=kind, member_id=b.member_id).member_id == b.member_id
    assert (a.has("cash")[0], a.has("gift_cash")[0]) == (50000, 5000)
    back = {"topup_id": "t1", "refund_id": "r1", "amount": "100.00", "currency": "CNY"}
    took(event("wallet.refunded", "a", "2026-03-11", back))
    assert a.has("cash")[0] == 40000
    assert Entry.objects.filter(member_id=b.member_id, asset="cash").count() == 2
    in_order()


def test_both_identities_in_one_event_now_agree() -> None:
    opened()
    a, b = two()
    both = {"pos": "a", "card": "b-card"}
    took(event("member.updated", "", "2026-03-03", {}, member={"pos": "b", "card": "b-card"}))
    (result,) = send(event("checkin", "", "2026-03-04", {}, member=both))
    assert result["status"] == "rejected"
    merged("2026-03-10", a, b)
    took(event("checkin", "", "2026-03-11", {}, member=both))
    assert Identity.objects.filter(member_id=a.member_id, kind="card", value="b-card").exists()
