"""Through the door: exact answers, the same again, and who is meant."""

import json
from typing import Any

import pytest

from regulars.engine.doors import BadBody, Refused
from regulars.events.models import Event
from regulars.members.models import Identity, Member
from regulars.messaging.models import Message
from regulars.orders.models import MemberTotals, Order
from tests.engine.world import (
    EARN,
    GROCERY,
    check_books,
    event,
    fresh,
    joined,
    moved,
    order,
    post,
    refund,
    send,
    shop,
    tables,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db

O_1001: dict[str, Any] = {
    "id": "o-1001", "source": "pos", "type": "order.paid", "member": {"phone": "+8613800000000"},
    "time": "2026-11-22T10:00:00+08:00",
    "data": {
        "order_id": "1001", "total": "128.00", "currency": "CNY", "channel": "store", "store": "S01",
        "items": [
            {"sku": "A1", "name": "...", "category": "...", "brand": "...", "quantity": 1, "price": "128.00"},
        ],
    },
}  # fmt: skip
EXPIRES = "2027-05-31T16:00:00+00:00"
REASONS = {
    "en": ("Points for purchases", "Joining gift", "Member"),
    "zh-hans": ("消费得积分", "入会礼", "普通会员"),
    "zh-hant": ("消費得點數", "入會禮", "一般會員"),
}


def test_the_order_of_the_issue_is_answered_to_the_letter() -> None:
    fresh(GROCERY)
    before = tables()
    with today("2026-11-22 10:01"):
        answers = {language: post(O_1001, language) for language in ("en", "zh-hans", "zh-hant")}
    member = Identity.objects.get(kind="phone").member_id
    for (language, answer), status in zip(
        answers.items(), ("processed", "duplicate", "duplicate"), strict=True
    ):
        bought, gift, level = REASONS[language]
        tier = {"level": "basic", "since": "2026-11-22", "until": None, "ladder": "level", "name": level}
        assert answer.refusal is None
        assert answer == [
            {
                "id": "o-1001", "status": status, "member_id": str(member),
                "effects": [
                    {"kind": "credit", "rule": "base_points", "asset": "points", "amount": 128,
                     "expires_at": EXPIRES, "reason": bought},
                    {"kind": "credit", "rule": "base_points", "asset": "growth", "amount": 128, "reason": bought},
                    {"kind": "message", "rule": "base_points", "template": "order_points", "reason": bought},
                    {"kind": "credit", "rule": "joining_gift", "asset": "points", "amount": 100,
                     "expires_at": EXPIRES, "event": "member.joined", "reason": gift},
                    {"kind": "message", "rule": "joining_gift", "template": "welcome", "event": "member.joined",
                     "reason": gift},
                ],
                "balances": {"points": 228, "growth": 128, "cash": "0.00", "gift_cash": "0.00"},
                "tier": tier, "tiers": {"level": tier},
            }
        ]  # fmt: skip
    grown = moved(before)
    grown.pop("tiers_standing", None)
    assert grown == {
        "events_event": 2, "events_tally": 4, "ledger_balance": 2, "ledger_entry": 3, "ledger_lot": 3,
        "members_identity": 2, "members_member": 1, "messaging_message": 2, "orders_membertotals": 1,
        "orders_order": 1, "campaigns_ruleuse": 1,
    }  # fmt: skip
    check_books()


def test_the_same_id_with_another_body_is_a_conflict() -> None:
    fresh(GROCERY)
    post(O_1001)
    before = tables()
    other = {**O_1001, "data": {**O_1001["data"], "total": "129.00"}}
    answer = post(other)
    assert isinstance(answer.refusal, Refused)
    assert (answer.refusal.status, answer.refusal.code) == (409, "key_conflict")
    assert answer[0]["error"]["field"] == "id"
    assert moved(before) == {}


@pytest.mark.parametrize("change", [
    {"type": "checkin", "data": {}}, {"time": "2026-11-22T10:00:01+08:00"}, {"member": {"phone": "+8613800000001"}},
])  # fmt: skip
def test_every_part_of_the_body_counts(change: dict[str, Any]) -> None:
    fresh(GROCERY)
    post(O_1001)
    assert post({**O_1001, **change})[0]["error"]["code"] == "key_conflict"


def test_the_same_body_spelled_otherwise_is_the_same_event() -> None:
    fresh(GROCERY)
    first = post(O_1001)
    other = {**O_1001, "member": {"phone": "+86 138-0000-0000"}, "time": "2026-11-22T02:00:00Z"}
    other["data"] = dict(reversed(list({**O_1001["data"], "total": 128}.items())))
    again = post(other)
    assert [{**again[0], "status": "processed"}] == first


def test_an_event_without_time_can_be_sent_again() -> None:
    fresh(shop())
    one = {"id": "x1", "type": "checkin", "member": {"pos": "a"}}
    with today("2026-03-01"):
        took(joined("a", "2026-03-01"))
        assert post(one)[0]["status"] == "processed"
    with today("2026-03-02"):
        assert post(one)[0]["status"] == "duplicate"
    assert Event.objects.get(key="x1").time.isoformat() == "2026-03-01T02:00:00+00:00"


def test_another_source_may_use_the_same_id() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 10, "1", id="x"), order("a", "2026-03-01", 10, "1", id="x", source="web"))
    assert Order.objects.count() == 2


def test_an_order_counts_once_under_whatever_event() -> None:
    fresh(GROCERY)
    post(O_1001)
    before = tables()
    answer = post({**O_1001, "id": "o-1001-again"})
    assert (answer.refusal.status, answer.refusal.code) == (409, "order_known")  # type: ignore[union-attr]
    assert answer[0]["error"]["field"] == "data.order_id"
    assert moved(before) == {}


def test_an_order_belongs_to_one_member() -> None:
    fresh(shop())
    took(order("alice", "2026-03-01", 10, "1"), joined("bob", "2026-03-01"))
    before = tables()
    for one in (
        order("bob", "2026-03-01", 10, "1"), order("carol", "2026-03-01", 10, "1"),
        refund("bob", "2026-03-02", 10, "1"),
    ):  # fmt: skip
        answer = post(one)
        assert answer[0]["error"]["code"] == "order_of_another_member"
        assert answer[0]["error"]["field"] == "data.order_id"
    assert moved(before) == {}


@pytest.mark.parametrize("known", [False, True])
def test_an_order_belongs_to_one_member_within_a_batch(known: bool) -> None:
    fresh(shop())
    if known:
        took(joined("alice", "2026-02-01"), joined("bob", "2026-02-01"))
    results = send(order("alice", "2026-03-01", 10, "1"), order("bob", "2026-03-01", 10, "1"))
    assert [one["status"] for one in results] == ["processed", "rejected"]
    assert results[1]["error"]["code"] == "order_of_another_member"
    assert Order.objects.count() == MemberTotals.objects.count() == 1
    assert Identity.objects.filter(kind="pos").count() == (2 if known else 1)
    check_books()


def test_two_members_in_one_event_are_refused() -> None:
    fresh(shop())
    took(joined("alice", "2026-03-01"), joined("", "2026-03-01", member={"phone": "13800000000"}))
    before = tables()
    alice = str(who_is("alice"))
    for member in ({"pos": "alice", "phone": "13800000000"}, {"id": alice, "phone": "13800000000"}):
        answer = post(event("checkin", "", "2026-03-01", member=member))
        assert answer[0]["error"]["code"] == "identity_conflict", member
        assert answer[0]["error"]["field"] == "member"
    assert moved(before) == {}


def test_nobody_joins_by_a_check_in() -> None:
    fresh(shop())
    before = tables()
    results = [
        post(event("checkin", "nobody", "2026-03-01")),
        post(refund("nobody", "2026-03-01", 1, "1")),
        post(event("order.paid", "", "2026-03-01", order("", "2026-03-01", 1, "1")["data"],
                   member={"id": "019af2d1-0000-7000-8000-000000000000"})),
    ]  # fmt: skip
    assert [(one.refusal.status, one.refusal.code) for one in results] == [(404, "unknown_member")] * 3  # type: ignore[union-attr]
    assert moved(before) == {}


def test_joining_with_several_identities_makes_one_member_whom_each_finds() -> None:
    fresh(shop())
    who = {
        "phone": "138 0000 0000",
        "email": "Alice@Example.com",
        "pos": "a",
        "wechat": "oX-1",
        "club_card": "C 1",
    }
    member = post(joined("", "2026-03-01", member=who, data={"name": "爱丽丝"}))[0]["member_id"]
    assert set(Identity.objects.exclude(kind="card").values_list("kind", "value")) == {
        ("phone", "+8613800000000"), ("email", "alice@example.com"), ("pos", "a"), ("wechat", "oX-1"),
        ("club_card", "C 1"),
    }  # fmt: skip
    for kind, value in who.items():
        assert post(event("checkin", "", "2026-03-02", member={kind: value}))[0]["member_id"] == member
    assert Member.objects.count() == 1


def test_an_order_brings_a_further_identity() -> None:
    fresh(shop())
    took(
        joined("a", "2026-03-01"),
        order("", "2026-03-02", 5, "1", member={"pos": "a", "phone": "13800000000"}),
    )
    assert Identity.objects.get(kind="phone").member_id == who_is("a")


def test_one_batch_of_good_and_bad_is_answered_in_order() -> None:
    fresh(shop())
    results = send(
        order("a", "2026-03-02", 10, "1"),
        order("a", "2026-03-02", -1, "2"),
        event("checkin", "nobody", "2026-03-01"),
        {"id": 7},
        joined("b", "2026-03-01"),
        order("a", "2026-03-01", 20, "3"),
        order("a", "2026-03-02", 10, "1", id="other"),
        event("checkin", "b", "2026-03-01"),
    )  # fmt: skip
    assert [one["status"] for one in results] == [
        "processed", "rejected", "rejected", "rejected", "processed", "processed", "rejected", "processed",
    ]  # fmt: skip
    assert [one["error"]["code"] for one in results if "error" in one] == [
        "money_format", "unknown_member", "string_type", "order_known",
    ]  # fmt: skip
    assert [one["balances"]["points"] for one in results if "balances" in one] == [30, 0, 20, 0]
    assert results.refusal is None
    assert results[3]["id"] is None
    assert Event.objects.filter(source="pos").count() == 4
    check_books()


def test_twins_in_one_batch() -> None:
    fresh(shop())
    one = order("a", "2026-03-01", 10, "1", id="x")
    other = order("a", "2026-03-01", 11, "2", id="x")
    results = send(one, one, other)
    assert [each["status"] for each in results] == ["processed", "duplicate", "rejected"]
    assert {**results[1], "status": "processed"} == results[0]
    assert results[2]["error"]["code"] == "key_conflict"
    assert Order.objects.count() == 1
    assert send(one, other, one)[1]["error"]["code"] == "key_conflict"


def test_a_member_without_any_order_has_a_level() -> None:
    fresh(shop())
    assert took(joined("a", "2026-03-01"))[0]["tier"] == {
        "level": "basic", "since": "2026-03-01", "until": None, "ladder": "level", "name": "Basic",
    }  # fmt: skip


def test_a_second_joining_states_the_profile_and_gives_nothing() -> None:
    fresh(GROCERY)
    took(joined("a", "2026-03-01"))
    before = tables()
    answer = took(joined("a", "2026-03-02", data={"name": "Ann", "attributes": {"income": "50-74K"}}))
    assert answer[0]["effects"] == []
    assert moved(before) == {"events_event": 1, "events_tally": 1}
    assert Member.objects.values_list("name", "attributes").get() == ("Ann", {"income": "50-74K"})


def test_history_is_quiet_and_the_present_is_not() -> None:
    fresh(GROCERY)
    with today("2026-03-10 10:00"):
        took(order("a", "2026-03-08 09:59", 10, "1"), order("b", "2026-03-08 10:00", 10, "2"))
    assert sorted(Message.objects.values_list("member_id", "template")) == [
        (who_is("b"), "order_points"), (who_is("b"), "welcome"),
    ]  # fmt: skip
    trace = Event.objects.get(member_id=who_is("a"), type="order.paid").trace
    assert ["base_points", True, [], "quiet"] in trace


def test_1000_events_and_one_more() -> None:
    fresh(shop())
    took(joined("a", "2026-03-01"))
    before = tables()
    many = [event("checkin", "a", "2026-03-01") for _ in range(1001)]
    with pytest.raises(BadBody) as caught:
        send(*many)
    assert [error.field for error in caught.value.errors] == ["events"]
    assert moved(before) == {}
    assert len(took(*many[:1000])) == 1000
    assert moved(before) == {"events_event": 1000, "events_tally": 1}


HOSTILE = (
    "'; DROP TABLE members_member; --",
    "<script>alert(1)</script>",
    "\\",
    '"',
    "NULL",
    "{}",
    "%s",
    "\x7f",
    "\u202e",
    "a\tb\nc",
    "😀",
    "{{ 7*7 }}",
    "\\x00",
    "null",
    ",",
    "{a,b}",
    "\\N",
    "\\.",
)


def test_every_text_is_kept_as_it_came() -> None:
    fresh(shop())
    for number, text in enumerate(HOSTILE):
        line = {"sku": text, "name": text, "category": text, "brand": text, "quantity": 1, "price": "1.00"}
        data = {"channel": text, "store": text, "items": [line], "note": text, text: text}
        one = order(f"w{number}", "2026-03-01", 1, f"{number}{text}", id=f"{number}{text}", data=data)
        who = joined(f"w{number}", "2026-03-01", data={"name": text, "attributes": {text: text}})
        results = took(who, one)
        assert results[1]["id"] == f"{number}{text}"
        stored = Event.objects.get(key=f"{number}{text}")
        assert stored.data["items"] == [
            {**{k: v for k, v in line.items() if k != "price"}, "price_minor": 100}
        ]
        assert (stored.data["channel"], stored.data["note"], stored.data[text]) == (text, text, text)
        kept = Order.objects.get(order_id=f"{number}{text}")
        assert (kept.channel, kept.store) == (text, text)
        member = Member.objects.get(id=who_is(f"w{number}"))
        assert (member.name, member.attributes) == (text, {text: text})
    assert Member.objects.count() == len(HOSTILE)
    check_books()


def test_hostile_identities_are_kept_or_named() -> None:
    fresh(shop())
    for number, text in enumerate(HOSTILE):
        results = send(joined("", "2026-03-01", member={"wechat": f"{number}{text}"}))
        if results[0]["status"] == "processed":
            assert Identity.objects.filter(kind="wechat", value=f"{number}{text}").count() == 1
        else:
            assert results[0]["error"]["field"] == "member.wechat"


def test_an_answer_is_json() -> None:
    fresh(shop(EARN))
    json.dumps(list(took(order("a", "2026-03-01", "10.50", "1"))), allow_nan=False)
