"""Who invites and who is invited both get something, once, and within the budget."""

from typing import Any

import pytest

from regulars.programme.gallery import template
from tests.engine.world import balances, event, fresh, joined, send, today, took
from tests.templates.life import day, guest, opened, told
from tests.value.shop import in_order

pytestmark = pytest.mark.django_db


def rode(when: str, friend: str, who: str = "a") -> dict[str, Any]:
    """The friend's first ride, told of who invited: the friend is the event's id."""
    return event("friend.rode", who, when, {"friend": friend}, id=f"first-ride:{friend}")


def test_both_sides_get_their_packet() -> None:
    opened("referral")
    day("2026-03-01", joined("a", "2026-03-01"), joined("b", "2026-03-01", data={"channel": "invitation"}))
    assert guest("a").rows() == []
    assert guest("b").rows() == [("newcomer", "claimed")]
    assert [row.uses_left for row in guest("b").kept()] == [3]
    day("2026-03-02", rode("2026-03-02", "b"))
    assert (balances("a"), balances("b")) == ({"ride_money": 10_00}, {})
    assert (told("a"), told("b")) == ({"thanks": 1}, {"welcome": 1})
    one = guest("b")
    for number in range(3):
        one.did(f"2026-03-0{number + 3}", "use", "newcomer")
    assert one.refused("2026-03-07", "use", "newcomer") in ("not_entitled", "nothing_left", "used_up")
    in_order()


def test_a_friend_pays_once_however_often_it_is_told() -> None:
    opened("referral")
    day("2026-03-01", joined("a", "2026-03-01"))
    with today("2026-03-02"):
        took(rode("2026-03-02", "b"))
        (again,) = send(rode("2026-03-02", "b"))
    assert again["status"] == "duplicate"
    assert balances("a") == {"ride_money": 10_00}


def test_ten_friends_a_month_and_a_badge_from_the_fifth_on() -> None:
    opened("referral")
    day("2026-03-01", joined("a", "2026-03-01"))
    for number in range(4):
        day("2026-03-02", rode("2026-03-02", f"f{number}"))
    one = guest()
    assert one.refused("2026-03-02", "use", "promoter") == "not_entitled"
    for number in range(4, 12):
        day("2026-03-03", rode("2026-03-03", f"f{number}"))
    assert balances("a") == {"ride_money": 100_00}
    one.did("2026-03-03", "use", "promoter")
    day("2026-04-01", rode("2026-04-01", "f12"))
    assert balances("a") == {"ride_money": 110_00}


def test_the_budget_of_a_month_holds_to_the_fen() -> None:
    with today("2026-01-01"):
        fresh(template("referral").replace('money: "30000.00"', 'money: "25.00"'))
    for who in "abc":
        day("2026-03-01", joined(who, "2026-03-01"))
        day("2026-03-02", rode("2026-03-02", f"friend-of-{who}", who))
    assert [balances(who).get("ride_money", 0) for who in "abc"] == [10_00, 10_00, 0]
    assert told("c") == {}, "who got nothing is not thanked with nothing"
