"""Two records of one person are made one: nothing is lost, nothing doubles, and all of it can be taken apart again."""

from typing import Any
from uuid import UUID

import pytest

from regulars.engine import merging
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.events.models import Event, Tally
from regulars.ledger.models import Balance, Draw, Entry, Lot
from regulars.members.models import Identity, Member, Merge
from regulars.messaging.models import Message, Preference
from regulars.orders.models import MemberTotals, Order
from regulars.tiers.models import Change, Standing
from tests.engine.world import event, fresh, joined, order, refund, send, today, took, who_is
from tests.value.shop import Till, books, in_order, night, opened, shop

ROUND_TRIP = (Lot, Balance, Draw, Order, MemberTotals, Tally, Standing, Change, Identity, Preference, Message)


def asked(kind: str, when: str, kept: Till, gone: Till, key: str, **more: Any) -> Outcome:
    with today(when):
        request = Request(kept.member_id, "console", key, "operator:lin", "same person", **more)
        outcome: Outcome = getattr(merging, kind)(request, gone.member_id)
    return outcome


def merged(when: str, kept: Till, gone: Till, key: str = "m1") -> Outcome:
    outcome = asked("merge", when, kept, gone, key)
    assert outcome.error is None, outcome.error.text
    return outcome


def apart(when: str, kept: Till, gone: Till, key: str = "u1") -> Outcome:
    outcome = asked("unmerge", when, kept, gone, key)
    assert outcome.error is None, outcome.error.text
    return outcome


def refused(kind: str, when: str, kept: Till, gone: Till, key: str) -> str:
    before = books()
    outcome = asked(kind, when, kept, gone, key)
    assert outcome.error is not None
    assert books() == before
    return outcome.error.code


def two() -> tuple[Till, Till]:
    """A bought for 100 (order 1), B for 200 (order 2)."""
    took(order("a", "2026-03-01", "100.00", "1"), order("b", "2026-03-02", "200.00", "2"))
    return Till(who_is("a")), Till(who_is("b"))


def level(till: Till) -> tuple[str, str] | None:
    found = Standing.objects.filter(member_id=till.member_id).first()
    return (found.level, found.since.isoformat()) if found else None


def rows(till: Till) -> dict[str, list[tuple[Any, ...]]]:
    """All that a member has, as it lies in the tables."""
    found = {}
    for model in ROUND_TRIP:
        names = [one.name for one in model._meta.concrete_fields if one.name not in ("moved", "changed_at")]
        mine = model.objects.filter(member_id=till.member_id).values_list(*names)
        found[model.__name__] = sorted(map(tuple, mine), key=str)
    return found


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


def test_the_profile_is_filled_in_and_consent_stays_refused() -> None:
    opened()
    took(
        joined("a", "2026-03-02", data={"name": "林", "consent": {"email": True}}),
        joined("b", "2026-03-01", data={"name": "林晓", "gender": "female", "consent": {"email": False}}),
    )
    a, b = Till(who_is("a")), Till(who_is("b"))
    merged("2026-03-10", a, b)
    member = Member.objects.get(id=a.member_id)
    assert (member.name, member.gender, member.joined_at.isoformat()[:10]) == ("林", "female", "2026-03-01")
    assert not Preference.objects.get(member_id=a.member_id, channel="email", category="marketing").allowed
    apart("2026-03-11", a, b)
    member = Member.objects.get(id=a.member_id)
    assert (member.name, member.gender, member.joined_at.isoformat()[:10]) == ("林", "", "2026-03-02")
    assert Preference.objects.get(member_id=a.member_id, channel="email", category="marketing").allowed
    assert not Preference.objects.get(member_id=b.member_id, channel="email", category="marketing").allowed


def test_undone_at_once_everything_is_as_it_was() -> None:
    opened(points="pending: {days: 7}")
    took(order("a", "2026-03-01", "100.00", "1"), order("b", "2026-03-02", "260.00", "2"))
    a, b = Till(who_is("a")), Till(who_is("b"))
    night("2026-03-09 12:00")
    took(order("b", "2026-03-10", "30.00", "3"), refund("b", "2026-03-10", "10.00", "2"))
    b.did("2026-03-10 11:00", "hold", "points", 80, minutes=14400)
    b.did("2026-03-10 11:05", "spend", "points", 20)
    before = rows(a), rows(b)
    merged("2026-03-11", a, b)
    assert rows(b)["Lot"] == []
    apart("2026-03-12", a, b)
    after = rows(a), rows(b)
    for was, now in zip(before, after, strict=True):
        for name, lines in was.items():
            if name not in ("Balance", "Tally", "Change", "Standing"):
                assert now[name] == lines, name
    assert (a.has(), b.has()) == ((100, 0, 0), (150, 80, 30))
    assert (level(a), level(b)) == (("basic", "2026-03-01"), ("gold", "2026-03-02"))
    assert Member.objects.get(id=b.member_id).status == "active"
    in_order()


VISITS = """\
ladders:
  visits:
    name: Visits
    measure: {of: orders, over: lifetime}
    period: none
    levels: [{id: new, name: New, at: 0}, {id: known, name: Known, at: 1}, {id: regular, name: Regular, at: 2}]
"""
SHOP_WITH_ORDERS = shop().replace("ladders:\n", VISITS, 1)


@pytest.mark.parametrize("amounts", [["200.00"], ["150.00", "50.00"]])
def test_an_order_that_went_back_as_a_whole_after_the_merge_went_back_from_who_bought_it(
    amounts: list[str],
) -> None:
    fresh(SHOP_WITH_ORDERS)
    a, b = two()
    merged("2026-03-10", a, b)
    assert visits(a) == "regular"
    took(*(refund("b", f"2026-03-1{number}", part, "2") for number, part in enumerate(amounts, 1)))
    assert returned(a) == {"2026-03-02": 1}
    assert visits(a) == "known"
    apart("2026-03-15", a, b)
    assert (returned(a), returned(b)) == ({}, {"2026-03-02": 1})
    assert (visits(a), visits(b)) == ("known", "new")
    in_order()


def test_an_order_that_had_gone_back_before_the_merge_is_counted_once() -> None:
    fresh(SHOP_WITH_ORDERS)
    a, b = two()
    took(refund("b", "2026-03-05", "200.00", "2"))
    merged("2026-03-10", a, b)
    assert (visits(a), returned(a)) == ("known", {"2026-03-02": 1})
    apart("2026-03-15", a, b)
    assert (returned(a), returned(b)) == ({}, {"2026-03-02": 1})
    assert (visits(a), visits(b)) == ("known", "new")
    in_order()


def visits(till: Till) -> str:
    found = Standing.objects.filter(member_id=till.member_id, ladder="visits").first()
    return found.level if found else "new"


def returned(till: Till) -> dict[str, int]:
    found = Tally.objects.filter(member_id=till.member_id, name="order.returned")
    return {row.day.isoformat(): row.count for row in found if row.count}


def test_undone_later_each_has_what_is_theirs_as_it_now_stands() -> None:
    opened()
    a, b = two()
    merged("2026-03-10", a, b)
    took(order("b", "2026-03-11", "40.00", "3"), refund("b", "2026-03-12", "100.00", "2"))
    assert a.has() == (240, 0, 0)
    apart("2026-03-13", a, b)
    assert a.has() == (140, 0, 0), "what was earned after the merge stays"
    assert b.has() == (100, 0, 0), "what the refund took back was theirs"
    assert level(a) == ("basic", "2026-03-01")
    growth = {
        (till, row.day.isoformat()): row.total
        for till in ("a", "b")
        for row in Tally.objects.filter(member_id={"a": a, "b": b}[till].member_id, name="credit:growth")
        if row.total
    }
    assert growth == {("a", "2026-03-01"): 100, ("a", "2026-03-11"): 40, ("b", "2026-03-02"): 100}
    assert who_is("b") == b.member_id
    took(refund("b", "2026-03-14", "100.00", "2"))
    assert b.has() == (0, 0, 0)
    in_order()


def test_units_lent_meanwhile_stay_where_they_were_spent() -> None:
    opened()
    a, b = two()
    merged("2026-03-10", a, b)
    spent = a.did("2026-03-11", "spend", "points", 250)
    assert a.lots() == [(100, 0), (200, 50)]
    apart("2026-03-12", a, b)
    assert (a.has(), b.has()) == ((0, 0, 0), (50, 0, 0))
    a.did("2026-03-13", "reverse", spent)
    assert (a.has(), b.has()) == ((250, 0, 0), (50, 0, 0)), "what comes back comes to whom it was taken from"
    in_order()


def test_a_hold_on_both_ones_units_survives_the_parting() -> None:
    opened()
    a, b = two()
    merged("2026-03-10", a, b)
    held = a.did("2026-03-11 10:00", "hold", "points", 250, minutes=10000)
    apart("2026-03-12", a, b)
    assert (a.has(), b.has()) == ((0, 250, 0), (50, 0, 0))
    a.did("2026-03-13", "capture", held, 200)
    a.did("2026-03-13", "release", held)
    assert (a.has(), b.has()) == ((50, 0, 0), (50, 0, 0))
    in_order()


def test_what_both_earned_counts_from_the_day_it_was_earned() -> None:
    opened()
    took(order("b", "2024-06-01", "300.00", "1"), order("a", "2025-03-01", "10.00", "2"))
    a, b = Till(who_is("a")), Till(who_is("b"))
    night("2025-05-01")
    merged("2025-05-02", a, b)
    assert level(a) == ("gold", "2024-06-01")
    apart("2025-05-03", a, b)
    assert (level(a), level(b)) == (("basic", "2025-03-01"), ("gold", "2024-06-01"))
    night("2025-07-01")
    assert level(b) == ("basic", "2025-07-01"), "time goes on for them as if nothing had been"


def test_a_merge_never_costs_a_level_and_the_level_goes_with_its_owner() -> None:
    opened(more="  - {id: friend, name: Friend, on: checkin, then: [{tier: {ladder: level, level: gold}}]}")
    a, b = two()
    took(event("checkin", "b", "2026-03-05"))
    took(refund("b", "2026-03-06", "200.00", "2"))
    assert level(b) == ("gold", "2026-03-05")
    merged("2026-03-10", a, b)
    assert level(a) == ("gold", "2026-03-10")
    took(order("a", "2026-03-09", "1.00", "7"))
    assert level(a) == ("gold", "2026-03-10"), "what comes late leaves it"
    apart("2026-03-11", a, b)
    assert (level(a), level(b)) == (("basic", "2026-03-01"), ("gold", "2026-03-05"))


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


def test_a_chain_of_merges_is_undone_link_by_link() -> None:
    opened()
    a, b = two()
    took(order("c", "2026-03-03", "10.00", "9"))
    c = Till(who_is("c"))
    merged("2026-03-10", b, a)
    merged("2026-03-11", c, b, "m2")
    assert c.has() == (310, 0, 0)
    assert {who_is("a"), who_is("b"), who_is("c")} == {c.member_id}
    assert Member.objects.get(id=a.member_id).merged_into == c.member_id
    in_order()
    apart("2026-03-12", c, b)
    assert (a.has(), b.has(), c.has()) == ((0, 0, 0), (300, 0, 0), (10, 0, 0))
    assert Member.objects.get(id=a.member_id).merged_into == b.member_id
    apart("2026-03-13", b, a, "u2")
    assert (a.has(), b.has(), c.has()) == ((100, 0, 0), (200, 0, 0), (10, 0, 0))
    in_order()
    merged("2026-03-14", a, b, "m3")
    assert a.has() == (300, 0, 0)
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


def test_top_ups_of_one_name_do_not_stand_in_the_way() -> None:
    opened()
    data = {"wallet": "purse", "topup_id": "t1", "amount": "100.00", "currency": "CNY"}
    took(
        event("wallet.topped_up", "a", "2026-03-01", data), event("wallet.topped_up", "b", "2026-03-02", data)
    )
    a, b = Till(who_is("a")), Till(who_is("b"))
    merged("2026-03-10", a, b)
    assert a.has("cash") == (20000, 0, 0)
    back = {"topup_id": "t1", "refund_id": "r1", "amount": "100.00", "currency": "CNY"}
    took(event("wallet.refunded", "a", "2026-03-11", back))
    assert a.has("cash") == (10000, 0, 0)
    apart("2026-03-12", a, b)
    assert (a.has("cash"), b.has("cash")) == ((0, 0, 0), (10000, 0, 0))
    took(event("wallet.refunded", "b", "2026-03-13", {**back, "refund_id": "r2"}))
    assert b.has("cash") == (0, 0, 0)
    in_order()
