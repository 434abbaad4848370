"""Whose an event is: identities that are new, of others, or claimed by another process at this very moment."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.events.models import Event
from regulars.kit.rows import Question
from regulars.members import service
from regulars.members.models import Identity, Member
from regulars.orders.models import Order
from tests.engine.world import (
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
    took,
    who_is,
)

pytestmark = pytest.mark.django_db

NOBODY = "019af2d1-0000-7000-8000-000000000000"
EMAIL = "a@example.com"


def owner(kind: str, value: str) -> Any:
    return Identity.objects.values_list("member_id", flat=True).get(kind=kind, value=value)


@pytest.fixture(autouse=True)
def _shop() -> None:
    fresh(shop())
    took(joined("a", "2026-03-01"), joined("b", "2026-03-01"))


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize("kind", ["checkin", "order.paid", "order.refunded", "member.updated"])
def test_whatever_the_event_a_known_members_new_identity_becomes_theirs(kind: str, by_id: bool) -> None:
    who = {"id": str(who_is("a"))} if by_id else {"pos": "a"}
    more: dict[str, Any] = {"member": {**who, "email": EMAIL}}
    one = {
        "order.paid": order("", "2026-03-02", 5, "1", **more),
        "order.refunded": refund("", "2026-03-02", 5, "1", **more),
    }.get(kind, event(kind, "", "2026-03-02", **more))
    before = tables()
    took(one)
    assert owner("email", EMAIL) == who_is("a")
    assert moved(before)["members_identity"] == 1
    assert took(event("checkin", "", "2026-03-03", member={"email": EMAIL}))[0]["member_id"] == str(
        who_is("a")
    )
    assert Member.objects.count() == 2


@pytest.mark.parametrize("by_id", [False, True])
def test_an_identity_of_another_member_is_refused_and_nothing_moves(by_id: bool) -> None:
    who = {"id": str(who_is("a"))} if by_id else {"pos": "a"}
    took(event("checkin", "", "2026-03-02", member={"pos": "b", "email": EMAIL}))
    before = tables()
    answer = post(event("checkin", "", "2026-03-03", member={**who, "email": EMAIL, "wechat": "w"}))
    assert (answer[0]["error"]["code"], answer[0]["error"]["field"]) == ("identity_conflict", "member")
    assert moved(before) == {}


def test_nobody_is_made_of_unknown_identities_where_the_type_does_not_join() -> None:
    before = tables()
    answer = post(event("checkin", "", "2026-03-02", member={"email": EMAIL, "phone": "13800000000"}))
    assert answer[0]["error"]["code"] == "unknown_member"
    assert moved(before) == {}


def test_an_identity_learnt_in_a_batch_serves_the_events_after_it() -> None:
    results = took(
        event("checkin", "", "2026-03-02", member={"pos": "a", "email": EMAIL}),
        event("checkin", "", "2026-03-02", member={"email": EMAIL}),
    )
    assert {one["member_id"] for one in results} == {str(who_is("a"))}


def test_an_order_under_an_unknown_member_id_leaves_the_order_to_its_member() -> None:
    before = tables()
    results = send(
        order("", "2026-03-02", 5, "1", member={"id": NOBODY, "email": EMAIL}),
        order("", "2026-03-02", 5, "1", member={"id": NOBODY, "pos": "a"}),
        order("a", "2026-03-02", 5, "1"),
    )
    assert [one["status"] for one in results] == ["rejected", "rejected", "processed"]
    assert [one["error"]["code"] for one in results[:2]] == ["unknown_member"] * 2
    assert [one["error"]["field"] for one in results[:2]] == ["member.id"] * 2
    assert Order.objects.get().member_id == who_is("a")
    assert "members_identity" not in moved(before)
    check_books()


def test_an_event_that_is_refused_after_all_gives_nobody_an_identity() -> None:
    took(order("a", "2026-03-02", 5, "1"))
    before = tables()
    more = {"pos": "a", "email": EMAIL, "wechat": "w"}
    assert post(refund("", "2026-03-03", 6, "1", member=more))[0]["error"]["code"] == "refund_exceeds_order"
    assert post(order("", "2026-03-03", 5, "1", member=more))[0]["error"]["code"] == "order_known"
    assert moved(before) == {}
    results = send(
        refund("", "2026-03-03", 6, "1", member=more),
        event("checkin", "", "2026-03-03", member={"pos": "a", "email": EMAIL}),
    )
    assert [one["status"] for one in results] == ["rejected", "processed"]
    assert owner("email", EMAIL) == who_is("a")
    assert not Identity.objects.filter(kind="wechat").exists()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Callable[[set[Any]], None]:
    """Another process claims identities just after this one has looked for them: what is in the set given is not
    seen at the first look."""
    find, hidden = service.find, [set[Any]()]

    def look(identities: Any) -> Question[Any]:
        question, unseen = find(identities), hidden[0]
        hidden[0] = set()
        return Question(
            question.sql,
            question.params,
            lambda rows: {one: who for one, who in question.read(rows).items() if one not in unseen},
        )

    monkeypatch.setattr(service, "find", look)
    return lambda unseen: hidden.__setitem__(0, unseen)


A, B = ("pos", "a"), ("pos", "b")


def test_identities_lost_to_two_members_at_once_are_a_conflict_and_nothing_is_written(late: Any) -> None:
    took(event("checkin", "", "2026-03-01", member={"pos": "b", "email": EMAIL}))
    before = tables()
    late({A, ("email", EMAIL)})
    results = send(
        order("", "2026-03-02", 5, "1", member={"pos": "a", "email": EMAIL, "wechat": "w"}),
        order("", "2026-03-02", 7, "2", member={"wechat": "w2", "pos": "b"}),
    )
    assert [one["status"] for one in results] == ["rejected", "processed"]
    assert results[0]["error"]["code"] == "identity_conflict"
    assert owner("wechat", "w2") == who_is("b")
    assert not Identity.objects.filter(value="w").exists()
    assert not Order.objects.filter(order_id="1").exists()
    assert moved(before)["members_identity"] == 1
    assert Member.objects.count() == 2
    assert took(order("a", "2026-03-02", 5, "1"))[0]["member_id"] == str(who_is("a"))
    check_books()


def test_an_identity_lost_to_one_member_makes_the_event_theirs_with_all_its_identities(late: Any) -> None:
    late({A})
    results = took(
        order("", "2026-03-02", 5, "1", member={"pos": "a", "wechat": "w"}),
        order("", "2026-03-02", 7, "2", member={"wechat": "w"}),
        order("", "2026-03-02", 9, "3", member={"wechat": "new"}),
    )
    mine = str(who_is("a"))
    assert [one["member_id"] == mine for one in results] == [True, True, False]
    assert owner("wechat", "w") == who_is("a")
    assert set(Order.objects.filter(member_id=who_is("a")).values_list("order_id", flat=True)) == {"1", "2"}
    assert Member.objects.count() == 3
    assert Event.objects.filter(type="member.joined").count() == 3
    check_books()


def test_events_that_only_one_identity_held_together_go_each_to_its_member(late: Any) -> None:
    late({A, B})
    results = send(
        order("", "2026-03-02", 5, "1", member={"pos": "a", "wechat": "w"}),
        order("", "2026-03-02", 5, "2", member={"pos": "b", "wechat": "w"}),
        order("", "2026-03-02", 5, "3", member={"pos": "b"}),
        order("", "2026-03-02", 5, "4", member={"wechat": "w"}),
    )
    assert [one.get("member_id") for one in results] == [
        str(who_is("a")), None, str(who_is("b")), str(who_is("a")),
    ]  # fmt: skip
    assert results[1]["error"]["code"] == "identity_conflict"
    assert Member.objects.count() == 2
    check_books()


def test_a_known_members_new_identity_that_another_gets_first_is_a_conflict(late: Any) -> None:
    before = tables()
    late({B})
    results = send(event("checkin", "", "2026-03-02", member={"pos": "a", "wechat": "w"}))
    assert results[0]["status"] == "processed"
    took(event("checkin", "", "2026-03-02", member={"pos": "b", "email": EMAIL}))
    late({("email", EMAIL)})
    lost = send(event("checkin", "", "2026-03-02", member={"pos": "a", "email": EMAIL, "card": "1"}))
    assert lost[0]["error"]["code"] == "identity_conflict"
    assert moved(before)["members_identity"] == 2
    assert owner("email", EMAIL) == who_is("b")
