"""What was merged is taken apart again: each has what is theirs, as it now stands."""

import pytest

from regulars.events.models import Tally
from regulars.members.models import Member
from regulars.messaging.models import Preference
from regulars.tiers.models import Standing
from tests.engine.world import event, fresh, joined, order, refund, took, who_is
from tests.value.pairs import apart, level, merged, rows, two
from tests.value.shop import Till, in_order, night, opened, shop


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
