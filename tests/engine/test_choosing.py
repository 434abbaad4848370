"""Which of the rules that hold apply: windows, groups, stop, trials."""

import pytest

from regulars.engine.queries import explain
from regulars.events.models import Event
from regulars.events.queries import get
from regulars.members.models import Member
from tests.engine.world import balances, event, fresh, joined, order, shop, took, who_is

pytestmark = pytest.mark.django_db


def rule(name: str, amount: int, more: str = "", on: str = "checkin") -> str:
    lines = "".join(f"    {line}\n" for line in more.strip().splitlines())
    return (
        f"  - id: {name}\n    name: {name.capitalize()}\n    on: {on}\n{lines}"
        f"    then: [{{credit: {{asset: points, amount: {amount}}}}}]\n"
    )


def points(pos: str) -> int:
    return balances(pos).get("points", 0)


def trace(key: str) -> list[list[object]]:
    return list(Event.objects.get(key=key).trace)


def test_a_rule_holds_while_it_is_open() -> None:
    fresh(
        shop(
            rule("days", 1, "windows: [{days: [18], hours: ['10:00-12:00']}, {weekdays: [7]}]")
            + rule("term", 10, "from: 2026-11-18\nuntil: 2026-11-18")
            + rule("festival", 100, "windows: [{holiday: {name: 中秋节, before: 1}}]")
        )
    )
    took(joined("a", "2026-01-01"))
    for number, when in enumerate(
        ["2026-11-18 11:00", "2026-11-18 12:00", "2026-11-22 23:59", "2026-09-24 12:00", "2026-09-26 12:00"]
    ):
        took(event("checkin", "a", when, id=f"w{number}"))
    held = {f"w{number}": [line[0] for line in trace(f"w{number}") if line[1]] for number in range(5)}
    assert held == {"w0": ["days", "term"], "w1": ["term"], "w2": ["days"], "w3": ["festival"], "w4": []}
    assert points("a") == 11 + 10 + 1 + 100
    assert trace("w4") == [[name, False, [], "closed"] for name in ("days", "term", "festival")]
    said = explain(get("pos", "w4"), "zh-hans").verdicts[0].sentence
    assert said == "“Days”不在生效时间内"


def test_a_birthday_week() -> None:
    fresh(shop(rule("cake", 5, "windows: [{birthday: {before: 3, after: 3}}]")))
    took(joined("a", "2026-01-01", data={"birthday": "1990-11-20"}), joined("b", "2026-01-01"))
    took(
        event("checkin", "a", "2026-11-17"),
        event("checkin", "a", "2026-11-24"),
        event("checkin", "b", "2026-11-20"),
    )
    assert (points("a"), points("b")) == (5, 0)


def test_of_a_group_the_first_that_gives_something_applies() -> None:
    group = "group: {id: daily}"
    fresh(
        shop(
            rule("big", 50, f"{group}\npriority: 9\nlimit: {{times: 1, per: day}}")
            + rule("small", 5, group)
            + rule("other", 1)
        )
    )
    took(joined("a", "2026-01-01"))
    took(
        event("checkin", "a", "2026-11-18 10:00", id="one"),
        event("checkin", "a", "2026-11-18 11:00", id="two"),
    )
    assert trace("one") == [["big", True, []], ["small", True, [], "instead:big"], ["other", True, []]]
    assert trace("two") == [["big", True, [], "limit"], ["small", True, []], ["other", True, []]]
    assert points("a") == 51 + 6
    said = explain(get("pos", "one"), "zh-hans").verdicts[1]
    assert said.effects == ()
    assert "同组规则“Big”已生效" in said.sentence


def test_of_a_group_the_best_applies() -> None:
    per_yuan = "then: [{credit: {asset: points, for_each: 1, of: event.total}}]"
    source = (
        f"  - {{id: rate, name: Rate, on: order.paid, group: {{id: g, pick: best}}, {per_yuan}}}\n"
        + rule(
            "fixed",
            100,
            "group: {id: g, pick: best}\nbudget: {units: 150, when_short: skip}",
            on="order.paid",
        )
    )
    fresh(shop(source))
    for number, total in enumerate((80, 120, 90), start=1):
        took(order("a", f"2026-11-0{number}", total, str(number), id=f"o{number}"))
    assert trace("o1") == [["rate", True, [], "instead:fixed"], ["fixed", True, []]]
    assert trace("o2") == [["rate", True, []], ["fixed", True, [], "instead:rate"]]
    # The fixed one would give more, but its budget has 50 left and gives all or nothing.
    assert trace("o3") == [["rate", True, []], ["fixed", True, [], "instead:rate"]]
    assert points("a") == 100 + 120 + 90


def test_after_a_rule_that_stops_none_is_asked() -> None:
    fresh(shop(rule("last", 7, "stop: true\npriority: 1\nlimit: {times: 1, per: day}") + rule("never", 1)))
    took(joined("a", "2026-01-01"))
    took(
        event("checkin", "a", "2026-11-18 10:00", id="one"),
        event("checkin", "a", "2026-11-18 11:00", id="two"),
    )
    assert trace("one") == [["last", True, []], ["never", False, [], "stopped:last"]]
    assert trace("two") == [["last", True, [], "limit"], ["never", True, []]]
    assert points("a") == 7 + 1


def test_a_rule_that_is_tried_applies_to_its_audience_alone() -> None:
    fresh(shop(""))
    took(*(joined(who, "2026-01-01") for who in "abc"))
    Member.objects.filter(id=who_is("b")).update(tags=["staff"])
    fresh(
        shop(
            rule(
                "new",
                9,
                f"test:\n  members: [{who_is('a')}]\n  tag: staff\n  when: {{field: member.name, op: eq, value: Dee}}",
            )
        )
    )
    took(joined("d", "2026-01-01", data={"name": "Dee"}))
    took(*(event("checkin", who, "2026-11-18", id=who) for who in "abcd"))
    assert [points(who) for who in "abcd"] == [9, 9, 0, 9]
    assert trace("c") == [["new", False, [], "trial"]]
    assert (
        explain(get("pos", "c"), "en").verdicts[0].sentence
        == "“New” is being tried, and not with this member"
    )
