"""Who is in an audience is settled with the event that changes it, and with time where nothing happens."""

from typing import Any

import pytest

from regulars.audiences import queries
from regulars.audiences.contracts import AudienceInUse, Kind, Phase, Wish
from regulars.audiences.models import Membership
from regulars.engine import audiences
from regulars.engine.following import follow_all
from regulars.engine.history import history
from regulars.engine.looking import Pace, pace_of
from regulars.engine.merging import merge, unmerge
from regulars.engine.operations import Request
from regulars.events.models import Event
from regulars.insight.whatif import attempt
from regulars.language.condition import parse_condition
from regulars.programme.held import StillHeld
from regulars.programme.loader import load
from regulars.programme.service import publish
from regulars.programme.vocabulary import fields_for
from tests.engine.world import EARN, balances, fresh, joined, moment, order, refund, shop, today, took, who_is

pytestmark = pytest.mark.django_db

SPENT = {"field": "orders.spend", "op": "gte", "value": 100}
LATELY = {"field": "orders.spend", "window": {"days": 30}, "op": "gte", "value": 100}
ASLEEP = {"field": "orders.days_since_last", "op": "gte", "value": 60}
RULES = (
    EARN
    + """\
  - id: welcome_big
    name: {zh-hans: 欢迎大客, zh-hant: 歡迎大客, en: Welcome}
    on: audience.entered
    when: {field: event.audience, op: eq, value: big}
    then:
      - credit: {asset: points, amount: 50}
      - tag: {add: [big]}
"""
)


def made(ident: str, condition: Any, kind: Kind = Kind.RULE) -> None:
    audiences.create(ident, Wish({"en": ident.title()}, kind, condition), "console", "op@x.cn")


def inside(who: str) -> list[str]:
    return queries.of_members([who_is(who)]).get(who_is(who), [])


def stays(who: str) -> list[tuple[str, bool]]:
    found = Membership.objects.filter(member_id=who_is(who)).order_by("since", "audience")
    return [(one.audience, one.until is None) for one in found]


def test_an_event_brings_members_in_and_a_refund_takes_them_out() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("big", SPENT)
        took(joined("1", "2026-03-01"), order("1", "2026-03-01", 99, "a"))
        assert inside("1") == []
        (result,) = took(order("1", "2026-03-01", 1, "b"))
        assert inside("1") == ["big"]
        assert {"kind": "audience", "rule": "", "audience": "big", "enters": True} in result["effects"]
        took(refund("1", "2026-03-01", 1, "b"))
        assert inside("1") == []
    assert stays("1") == [("big", False)]
    came, went = Event.objects.get(key=result["id"]), Event.objects.get(type="order.refunded")
    asked = queries.get("big").revision
    assert ["audience:big", True, [10000], asked] in came.trace
    assert ["audience:big", False, [9900], asked] in went.trace
    assert Membership.objects.get().by == came.id


def test_a_new_audience_is_filled_with_those_who_are_there() -> None:
    fresh(shop())
    with today("2026-03-01"):
        took(*(order(str(n), "2026-03-01", 60 * n, f"o{n}") for n in (1, 2, 3)))
        made("big", SPENT)
        assert queries.get("big").phase is Phase.WAITING
        follow_all()
        assert (inside("1"), inside("2"), inside("3")) == ([], ["big"], ["big"])
        found = queries.get("big")
        assert (found.phase, found.members, found.percent, found.look_at) == (Phase.SETTLED, 2, 100, None)
        audiences.change(
            "big", found.revision, Wish({"en": "Big"}, Kind.RULE, {**SPENT, "value": 150}), "op@x.cn"
        )
        follow_all()
        assert (inside("1"), inside("2"), inside("3")) == ([], [], ["big"])
    assert Event.objects.filter(type__startswith="audience.").count() == 0


def test_time_takes_members_in_and_out() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("lately", LATELY)
        made("asleep", ASLEEP)
        took(order("1", "2026-03-01", 120, "a"))
        follow_all()
        assert inside("1") == ["lately"]
        assert queries.get("lately").look_at == moment("2026-03-02 00:00")
    with today("2026-03-30"):
        follow_all()
        assert inside("1") == ["lately"]
    with today("2026-03-31 00:00"):
        follow_all()
        assert inside("1") == []
    with today("2026-04-30"):
        follow_all()
        assert inside("1") == ["asleep"]
        reviews = Event.objects.filter(type="audience.reviewed").order_by("time")
        assert [one.data["audiences"] for one in reviews] == [["lately"], ["asleep", "lately"]]
        assert reviews[1].trace == [["audience:asleep", True, [60], queries.get("asleep").revision]]
        assert reviews[0].effects == [{"kind": "audience", "rule": "", "audience": "lately", "enters": False}]
        took(order("1", "2026-04-30", 10, "b"))
        assert inside("1") == []
        follow_all()
        assert Event.objects.filter(type="audience.reviewed").count() == 2


def test_rules_hear_who_enters_and_ask_who_is_in() -> None:
    vip = (
        EARN
        + """\
  - id: vip
    name: VIP
    on: order.paid
    when: {field: audience, op: has, value: big}
    then:
      - credit: {asset: points, amount: 7}
"""
    )
    fresh(shop())
    with today("2026-03-01"):
        made("big", SPENT)
        fresh(shop(RULES + vip.removeprefix(EARN)))
        (first,) = took(order("1", "2026-03-01", 100, "a"))
        assert first["balances"]["points"] == 150
        (second,) = took(order("1", "2026-03-01", 1, "b"))
        assert second["balances"]["points"] == 158
    entered = Event.objects.get(type="audience.entered")
    assert entered.data == {"audience": "big"}
    assert entered.cause == Event.objects.get(key=first["id"]).id


def test_an_audience_of_audiences_follows_at_once() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("staff", None, Kind.LIST)
        made("big", SPENT)
        made("guests", {"all": [{"field": "audience", "op": "has", "value": "big"},
                                {"field": "audience", "op": "has_not", "value": "staff"}]})  # fmt: skip
        took(order("1", "2026-03-01", 100, "a"))
        follow_all()
        assert inside("1") == ["big", "guests"]
        assert audiences.put("staff", [who_is("1")], True, "k1", "console", "op@x.cn", "works here") == 1
        assert inside("1") == ["big", "staff"]
        assert audiences.put("staff", [who_is("1")], True, "k1", "console", "op@x.cn", "works here") == 1
        assert audiences.put("staff", [who_is("1")], False, "k2", "console", "op@x.cn") == 1
        assert inside("1") == ["big", "guests"]
    assert len(stays("1")) == 4


def test_what_one_midnight_changes_is_changed_at_one_moment() -> None:
    pay = """\
  - id: nested
    name: Nested
    on: audience.{way}
    when: {{field: event.audience, op: eq, value: nested}}
    then:
      - credit: {{asset: points, amount: 50}}
"""
    fresh(shop())
    two = {"field": "orders.days_since_last", "op": "gte", "value": 2}
    with today("2026-03-01"):
        made("apart", two)
        made("behind", {**two, "op": "gt", "value": 1})
        made("nested", {"all": [{"field": "audience", "op": "has", "value": "apart"},
                                {"field": "audience", "op": "has_not", "value": "behind"}]})  # fmt: skip
        fresh(
            shop(EARN + pay.format(way="entered") + pay.format(way="left").replace("id: nested", "id: gone"))
        )
        took(order("1", "2026-03-01", 100, "a"))
        follow_all()
    with today("2026-03-03"):
        follow_all()
        assert inside("1") == ["apart", "behind"]
    assert balances("1")["points"] == 100
    assert [one.data["audiences"] for one in Event.objects.filter(type="audience.reviewed")] == [
        ["apart", "behind"]
    ]
    assert ("nested", False) not in stays("1")


def test_time_may_change_whoever_asks_for_a_holiday() -> None:
    programme = load(shop().replace("Asia/Shanghai", "Asia/Kolkata"), 1)
    fields = fields_for(programme, None)
    for raw in (
        {"field": "calendar.holiday", "op": "is_set"},
        {"field": "calendar.holiday", "op": "has", "value": "Republic Day"},
    ):
        assert pace_of(parse_condition(raw, fields), programme) is Pace.DAILY
    hour = {"field": "calendar.hour", "op": "gte", "value": 12}
    assert pace_of(parse_condition(hour, fields), programme) is Pace.HOURLY
    assert pace_of(parse_condition(SPENT, fields), programme) is None


def test_an_audience_follows_what_another_asks_now() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("big", SPENT)
        made("guests", {"field": "audience", "op": "has", "value": "big"})
        took(order("1", "2026-03-01", 100, "a"))
        follow_all()
        assert inside("1") == ["big", "guests"]
        wish = Wish({"en": "Big"}, Kind.RULE, {**SPENT, "value": 101})
        audiences.change("big", None, wish, "op@x.cn")
        assert queries.get("guests").phase is Phase.WAITING
        follow_all()
        assert inside("1") == []
        assert queries.get("guests").phase is Phase.SETTLED


def test_two_records_made_one_are_asked_again_and_keep_their_lists() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("big", SPENT)
        made("press", None, Kind.LIST)
        made("staff", None, Kind.LIST)
        took(order("1", "2026-03-01", 60, "a"), order("2", "2026-03-01", 60, "b"))
        ann, double = who_is("1"), who_is("2")
        audiences.put("press", [double], True, "k1", "console")
        audiences.put("staff", [ann, double], True, "k2", "console")
        assert merge(Request(ann, "console", "m1", "op@x.cn", "same"), double).status == "processed"
        assert queries.of_members([ann, double]) == {ann: ["big", "press", "staff"]}
        assert unmerge(Request(ann, "console", "m2", "op@x.cn"), double).status == "processed"
        assert queries.of_members([ann, double]) == {ann: ["staff"], double: ["press", "staff"]}


def test_a_programme_that_means_something_else_fills_audiences_anew() -> None:
    fresh(shop())
    gold = {"field": "level.level", "op": "gte", "value": "silver"}
    with today("2026-03-01"):
        made("gold", gold)
        took(order("1", "2026-03-01", 100, "a"))
        follow_all()
        first = queries.get("gold")
        fresh(shop(EARN + EARN.replace("id: base", "id: more")))
        follow_all()
        assert queries.get("gold").version == first.version + 1
        assert queries.get("gold").looked_at == first.looked_at
        with pytest.raises(StillHeld) as held:
            publish(shop().replace("silver", "metal"), "tests")
        assert "audiences.gold" in [one.place for one in held.value.findings]
        fresh(shop().replace("silver", "metal"))
        follow_all()
        assert (queries.get("gold").phase, inside("1")) == (Phase.BROKEN, ["gold"])


def test_rules_can_not_ask_for_an_audience_that_there_is_not() -> None:
    vip = (
        EARN
        + """\
  - id: vip
    name: VIP
    on: order.paid
    when: {field: audience, op: has, value: big}
    then:
      - credit: {asset: points, amount: 7}
"""
    )
    with pytest.raises(StillHeld) as held:
        publish(shop(vip), "tests")
    assert [one.place for one in held.value.findings] == ["rules.vip"]
    fresh(shop())
    made("big", SPENT)
    fresh(shop(vip))
    with pytest.raises(AudienceInUse) as used:
        audiences.delete("big", "op@x.cn")
    assert [(one.kind, one.id) for one in used.value.uses] == [("rule", "vip")]


def test_what_rules_gave_for_entering_comes_about_again_in_a_simulation() -> None:
    fresh(shop())
    with today("2026-03-01"):
        made("big", SPENT)
        made("lately", LATELY)
        back = RULES.removeprefix(EARN).replace("welcome_big", "welcome_back").replace("entered", "left")
        programme = fresh(shop(RULES + back.replace("value: big", "value: lately")))
        took(order("1", "2026-03-01", 120, "a"))
        follow_all()
    with today("2026-03-31"):
        follow_all()
        assert balances("1")["points"] == 120 + 50 + 50
        tried = attempt(programme, history(moment("2026-04-01")), moment("2026-01-01"))
    assert tried.outstanding["points"] == 220
    assert tried.times["welcome_big"] == tried.times["welcome_back"] == 1
