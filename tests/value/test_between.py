"""Gifts from member to member, stored value, pending units, limits and budgets, reminders."""

import pytest

from regulars.events.models import Event
from regulars.kit import clock
from regulars.programme.models import Version
from tests.engine.world import event, joined, order, refund, send, today, took, who_is
from tests.value.shop import Till, in_order, night, opened, shop


def two() -> tuple[Till, Till]:
    took(order("a", "2026-03-01", "700.00", "1"), joined("b", "2026-03-01"))
    return Till(who_is("a")), Till(who_is("b"))


def test_a_gift_waits_with_the_receiver_and_ripens() -> None:
    opened()
    giver, receiver = two()
    giver.did("2026-03-02 10:00", "gift", "points", 100, receiver.member_id)
    assert (giver.has(), receiver.has()) == ((600, 0, 0), (0, 0, 100))
    assert receiver.refused("2026-03-03 09:59", "spend", "points", 1) == "insufficient"
    night("2026-03-03 10:00")
    assert receiver.has() == (100, 0, 0)
    night("2026-10-01 00:00")
    assert (giver.has(), receiver.has()) == ((0, 0, 0), (0, 0, 0)), (
        "a gift lives no longer than what was given"
    )
    in_order()


def test_a_gift_is_taken_back_in_time_and_not_later() -> None:
    opened()
    giver, receiver = two()
    given = giver.did("2026-03-02 10:00", "gift", "points", 100, receiver.member_id)
    assert giver.refused("2026-03-02 11:00", "reverse", given) == "use_revoke"
    giver.did("2026-03-03 09:59", "revoke", given, receiver.member_id)
    assert (giver.has(), receiver.has()) == ((700, 0, 0), (0, 0, 0))
    assert giver.refused("2026-03-03 09:59", "revoke", given, receiver.member_id) == "nothing_left"
    late = giver.did("2026-03-04 10:00", "gift", "points", 100, receiver.member_id)
    outcome = giver.do("2026-03-05 10:00", "revoke", late, receiver.member_id)
    assert outcome.error is not None
    assert outcome.error.code == "gift_settled"
    assert receiver.has() == (100, 0, 0)
    in_order()


def test_gifts_have_limits() -> None:
    opened()
    giver, receiver = two()
    assert giver.refused("2026-03-02", "gift", "points", 9, receiver.member_id) == "gift_size"
    assert giver.refused("2026-03-02", "gift", "points", 501, receiver.member_id) == "gift_size"
    giver.did("2026-03-02", "gift", "points", 500, receiver.member_id)
    assert giver.refused("2026-03-02", "gift", "points", 101, receiver.member_id) == "daily_limit"
    assert giver.refused("2026-03-02", "gift", "points", 50, giver.member_id) == "gift_to_self"
    stranger = Till("01900000-0000-7000-8000-000000000000").member_id
    assert giver.refused("2026-03-02", "gift", "points", 50, stranger) == "receiver_unknown"
    assert giver.refused("2026-03-02", "gift", "coins", 50, receiver.member_id) == "not_giftable"
    in_order()


def topup(amount: str, number: str, when: str = "2026-03-01") -> dict[str, object]:
    data = {"wallet": "purse", "topup_id": number, "amount": amount, "currency": "CNY"}
    return event("wallet.topped_up", "a", when, data)


def payout(amount: str, number: str, refund_id: str, when: str = "2026-03-05") -> dict[str, object]:
    data = {"topup_id": number, "refund_id": refund_id, "amount": amount, "currency": "CNY"}
    return event("wallet.refunded", "a", when, data)


@pytest.mark.parametrize(
    ("spend", "principal", "bonus"),
    [("principal_first", 0, 5000), ("bonus_first", 5000, 0), ("ratio", 4545, 455)],
)
def test_a_wallet_is_spent_in_its_order(spend: str, principal: int, bonus: int) -> None:
    opened(spend=spend)
    took(topup("500.00", "t1"))
    till = Till(who_is("a"))
    assert (till.has("cash"), till.has("gift_cash")) == ((50000, 0, 0), (5000, 0, 0))
    spent = till.did("2026-03-02", "spend", "purse", 50000)
    assert (till.has("cash")[0], till.has("gift_cash")[0]) == (principal, bonus)
    till.did("2026-03-03", "reverse", spent)
    assert (till.has("cash")[0], till.has("gift_cash")[0]) == (50000, 5000)
    assert till.refused("2026-03-03", "spend", "purse", 55001) == "insufficient"
    in_order()


def test_only_principal_that_is_left_is_paid_back_and_its_bonus_goes_with_it() -> None:
    opened()
    took(topup("500.00", "t1"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "purse", 20000)
    answer = send(payout("300.01", "t1", "r1"))[0]
    assert answer["error"]["code"] == "principal_spent"
    took(payout("100.00", "t1", "r1"))
    assert (till.has("cash"), till.has("gift_cash")) == ((20000, 0, 0), (4000, 0, 0))
    assert send(payout("100.00", "t1", "r1"))[0]["error"]["code"] == "refund_known"
    took(payout("200.00", "t1", "r2"))
    assert (till.has("cash"), till.has("gift_cash")) == ((0, 0, 0), (2000, 0, 0))
    assert send(payout("1.00", "t9", "r3"))[0]["error"]["code"] == "topup_unknown"
    in_order()


def test_top_ups_have_bounds_and_count_once() -> None:
    opened()
    codes = [
        send(topup(amount, number))[0].get("error", {}).get("code")
        for amount, number in (
            ("9.99", "1"), ("1000.01", "1"), ("1000.00", "1"), ("100.00", "1"), ("950.00", "2"), ("900.00", "2"),
        )
    ]  # fmt: skip
    assert codes == ["topup_size", "topup_size", None, "topup_known", "wallet_full", None]
    in_order()


def test_an_order_paid_from_a_wallet_is_refunded_to_it() -> None:
    opened()
    took(topup("500.00", "t1"), order("a", "2026-03-02", "90.00", "7"))
    till = Till(who_is("a"))
    held = till.did("2026-03-02", "hold", "purse", 9000, order=("pos", "7"))
    till.did("2026-03-02", "capture", held)
    took(refund("a", "2026-03-03", "30.00", "7"))
    assert till.has("cash") == (44000, 0, 0)
    took(event("order.cancelled", "a", "2026-03-04", {"order_id": "7"}))
    assert (till.has("cash"), till.has()) == ((50000, 0, 0), (0, 0, 0))
    assert (
        send(event("order.cancelled", "a", "2026-03-04", {"order_id": "7"}))[0]["error"]["code"]
        == "refund_known"
    )
    in_order()


def test_a_cancelled_order_releases_its_holds_even_if_it_was_never_paid() -> None:
    opened()
    took(topup("500.00", "t1"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "hold", "purse", 9000, order=("pos", "7"))
    took(event("order.cancelled", "a", "2026-03-02", {"order_id": "7"}))
    assert till.has("cash") == (50000, 0, 0)
    took(order("a", "2026-03-02 11:00", "90.00", "7"))
    assert till.has() == (0, 0, 0), "an order that was cancelled before it became known earns nothing"
    in_order()


def test_pending_units_ripen_after_their_days() -> None:
    opened(points="pending: {days: 7}")
    took(order("a", "2026-03-01 10:00", "100.00", "1"))
    till = Till(who_is("a"))
    assert till.has() == (0, 0, 100)
    assert till.refused("2026-03-08 09:59", "spend", "points", 1) == "insufficient"
    till.did("2026-03-08 10:01", "spend", "points", 60)
    assert till.has() == (40, 0, 0)
    assert till.entries() == [("issue", 100), ("pending", -100), ("pending", 100), ("spend", -60)]
    in_order()


def test_pending_units_ripen_with_the_order_and_a_refund_cancels_them() -> None:
    opened(points="pending: {until: completed}")
    took(order("a", "2026-03-01", "100.00", "1"))
    took(refund("a", "2026-03-02", "40.00", "1"))
    till = Till(who_is("a"))
    assert till.has() == (0, 0, 60)
    took(event("order.completed", "a", "2026-03-09", {"order_id": "1"}))
    assert till.has() == (60, 0, 0)
    took(refund("a", "2026-03-10", "60.00", "1"))
    assert till.has() == (0, 0, 0)
    assert (
        send(event("order.completed", "a", "2026-03-09", {"order_id": "2"}))[0]["error"]["code"]
        == "order_unknown"
    )
    in_order()


def test_caps_hold_and_a_refund_makes_room_again() -> None:
    opened(points="caps: {day: 150, month: 200}")
    took(order("a", "2026-03-01", "100.00", "1"), order("a", "2026-03-01", "100.00", "2"))
    till = Till(who_is("a"))
    assert till.has() == (150, 0, 0)
    took(refund("a", "2026-03-01 12:00", "100.00", "1"))
    assert till.has() == (50, 0, 0)
    took(order("a", "2026-03-01 13:00", "90.00", "3"))
    assert till.has() == (140, 0, 0)
    took(order("a", "2026-03-02", "90.00", "4"), order("a", "2026-04-01", "90.00", "5"))
    assert till.has() == (140 + 60 + 90, 0, 0)
    in_order()


def test_a_budget_in_money_holds_to_the_unit_and_takes_back() -> None:
    opened(rule='budget: {money: "1.50", per: lifetime}', growth="")
    took(order("a", "2026-03-01", "40.00", "1"), order("b", "2026-03-01", "60.00", "2"))
    assert (Till(who_is("a")).has()[0], Till(who_is("b")).has()[0]) == (40, 60)
    took(order("c", "2026-03-01", "100.00", "3"))
    assert Till(who_is("c")).has()[0] == 50
    took(refund("b", "2026-03-01 12:00", "30.00", "2"), order("c", "2026-03-01 13:00", "100.00", "4"))
    assert Till(who_is("c")).has()[0] == 80
    in_order()


def test_a_campaign_shares_one_budget_among_its_rules() -> None:
    opened(
        rule="campaign: spring",
        more="""\
  - id: visit
    name: Visit
    on: checkin
    campaign: spring
    then: [{credit: {asset: points, amount: 30}}]
campaigns:
  spring: {name: Spring, budget: {units: 250, per: day}}
""",
    )
    took(order("a", "2026-03-01", "110.00", "1"))
    took(event("checkin", "a", "2026-03-01 11:00"), event("checkin", "a", "2026-03-01 12:00"))
    till = Till(who_is("a"))
    assert till.has()[0] == 110 + 30, "110 points and 110 growth, then 30, then nothing"
    took(event("checkin", "a", "2026-03-02"))
    assert till.has()[0] == 170
    in_order()


def test_an_end_is_announced_once() -> None:
    opened(
        points="remind_days: 7",
        more="""\
  - id: soon
    name: Soon
    on: asset.expiring
    then: [{tag: {add: [warned]}}]
""",
    )
    with today("2026-03-01"):
        took(order("a", "2026-03-01", "100.00", "1"))
    till = Till(who_is("a"))
    night("2026-09-23 23:59")
    assert _events("asset.expiring") == []
    night("2026-09-24 00:00")
    night("2026-09-25 00:00")
    assert _events("asset.expiring") == [{"asset": "points", "units": 100, "expires_on": "2026-09-30"}]
    with today("2026-09-26"):
        took(order("a", "2026-09-26", "1.00", "2"))
    night("2026-10-01")
    assert till.has() == (1, 0, 0)
    assert len(_events("asset.expiring")) == 1
    in_order()


def test_time_goes_on_for_an_asset_that_the_programme_has_no_more() -> None:
    opened(points="pending: {days: 7}")
    took(order("a", "2026-03-01 10:00", "100.00", "1"))
    till = Till(who_is("a"))
    till.did("2026-03-09", "hold", "points", 30)
    without = shop(growth="").replace("  points:", "  stars:").replace("asset: points", "asset: stars")
    without = without.replace("from: points", "from: stars")
    # Publishing refuses this now; there may be books from before it did.
    Version.objects.create(
        number=2, source=without, digest="", published_at=clock.now(), published_by="tests"
    )
    night("2026-03-20")
    assert till.has() == (100, 0, 0)
    night("2026-10-01")
    assert till.has() == (0, 0, 0)
    in_order()


def test_a_refund_of_an_order_that_is_not_known_yet_brings_back_what_was_spent_when_it_is() -> None:
    opened()
    took(order("a", "2026-03-01", "200.00", "1"))
    till = Till(who_is("a"))
    till.did("2026-03-02", "spend", "points", 90, order=("pos", "2"))
    took(refund("a", "2026-03-03", "10.00", "2"))
    assert till.has() == (110, 0, 0)
    took(order("a", "2026-03-02 11:00", "30.00", "2"))
    assert till.has() == (110 + 30 - 10 + 30, 0, 0)
    in_order()


def test_idle_value_lapses_in_the_middle_of_a_batch() -> None:
    opened(more="  - {id: stamp, name: Stamp, on: checkin, then: [{credit: {asset: coins, amount: 5}}]}\n")
    took(joined("a", "2026-01-01"), event("checkin", "a", "2026-01-01 12:00"))
    took(event("checkin", "a", "2026-03-01"), event("checkin", "a", "2026-07-01"))
    till = Till(who_is("a"))
    assert till.lots("coins") == [(5, 0), (5, 0), (5, 5)]
    in_order()


def _events(kind: str) -> list[object]:
    return list(Event.objects.filter(type=kind).values_list("data", flat=True))
