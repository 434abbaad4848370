"""What time does to audiences in a what-if: as production does it, and also where an audience is new or a history was
loaded at once."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.audiences.contracts import Definition, Kind, Wish
from regulars.engine import audiences
from regulars.engine.following import follow_all
from regulars.engine.history import history
from regulars.engine.schedules import run_due
from regulars.insight.experiments.foreseen import foresee
from regulars.insight.whatif import Tried, attempt
from regulars.kit import clock
from regulars.programme.asking import audiences_for
from regulars.programme.contracts import Programme
from regulars.programme.loader import load
from tests.engine.world import EARN, balances, event, fresh, joined, moment, order, shop, today, took

pytestmark = pytest.mark.django_db

ASLEEP = {"field": "orders.days_since_last", "op": "gte", "value": 60}
BUSY = {"field": "orders.count", "window": {"days": 14}, "op": "gte", "value": 2}
SLEEPERS = """\
  - id: wake
    name: Wake
    on: audience.entered
    when: {field: event.audience, op: eq, value: asleep}
    then:
      - credit: {asset: points, amount: 50}
  - id: awake
    name: Awake
    on: audience.left
    when: {field: event.audience, op: eq, value: asleep}
    then:
      - credit: {asset: points, amount: 5}
  - id: calmer
    name: Calmer
    on: audience.left
    when: {field: event.audience, op: eq, value: busy}
    then:
      - credit: {asset: points, amount: 3}
  - id: monthly
    name: Monthly
    on: schedule
    schedule: {cron: "0 9 10 * *"}
    when: {field: audience, op: has, value: asleep}
    then:
      - credit: {asset: points, amount: 1}
"""
SHOP = shop(EARN + SLEEPERS)
END = "2026-05-31 12:00"
ORDERS = {
    "a": (("2026-01-01", 100), ("2026-03-20", 100)),
    "b": (("2026-02-01", 10), ("2026-02-05", 10)),
}
"""a sleeps from 2 March (60 days) to 20 March and from 19 May; b from 6 April, and is busy from 5 to 15 February."""


def made(ident: str, condition: dict[str, Any]) -> None:
    audiences.create(ident, Wish({"en": ident.title()}, Kind.RULE, condition), "console", "op@x.cn")


def bought(who: str, when: str, total: int) -> dict[str, Any]:
    return order(who, when, total, f"{who}{when}")


def check(tried: Tried) -> None:
    assert tried.times["wake"] == 3
    assert tried.times["awake"] == 1
    assert tried.times["calmer"] == 1
    assert tried.times["monthly"] == 3, "a on 10 March; b on 10 April and 10 May"
    assert tried.outstanding["points"] == 220 + 150 + 5 + 3 + 3
    came = {
        month: tried.net[month, "points"] for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
    }
    assert came == {"2026-01": 100, "2026-02": 23, "2026-03": 156, "2026-04": 51, "2026-05": 51}


def test_as_production_does_it_day_by_day() -> None:
    with today("2026-01-01 00:00"):
        fresh(shop())
        made("asleep", ASLEEP)
        made("busy", BUSY)
        programme = fresh(SHOP)
        took(joined("a", "2026-01-01 00:00"), joined("b", "2026-01-01 00:00"))
    at = moment("2026-01-01 00:00")
    while at <= moment(END):
        with clock.fixed(at):
            follow_all()
        with clock.fixed(at + timedelta(hours=12)):
            while run_due():
                pass
            day = f"{at + timedelta(hours=12):%Y-%m-%d}"
            some = [bought(who, when, total) for who in ORDERS for when, total in ORDERS[who] if when == day]
            if some:
                took(*some)
        at += timedelta(days=1)
    assert balances("a")["points"] == 200 + 100 + 5 + 1
    assert balances("b")["points"] == 20 + 50 + 3 + 2
    check(attempt(programme, history(moment(END)), moment("2026-01-01")))


@pytest.mark.parametrize("whole_at_once", [True, False])
def test_of_a_history_that_was_loaded_at_once_with_audiences_made_today(*, whole_at_once: bool) -> None:
    """One member's months before the other's, all known on the last day; nobody has listened to these audiences yet."""
    with today(END):
        fresh(shop())
        past = [
            [joined(who, "2026-01-01 00:00"), *(bought(who, when, total) for when, total in ORDERS[who])]
            for who in ORDERS
        ]
        if whole_at_once:
            took(*past[0], *past[1])
        else:
            took(*past[0])
            took(*past[1])
        made("asleep", ASLEEP)
        made("busy", BUSY)
        made("unasked", {"field": "orders.spend", "op": "gte", "value": 1})
        draft = load(SHOP, 0)
        check(attempt(draft, history(moment(END)), moment("2026-01-01")))


def test_what_a_refused_event_leaves_no_trace_of() -> None:
    """Somebody whose first event could not have happened is first known by the next."""
    with today(END):
        fresh(shop())
        made("asleep", ASLEEP)
        took(
            joined("a", "2026-01-01 00:00"),
            event("checkin", "a", "2026-01-02"),
            bought("a", "2026-02-01", 10),
        )
        tried = attempt(load(SHOP, 0), history(moment(END)), moment("2026-01-01"))
    assert tried.times["wake"] == 1
    assert tried.outstanding["points"] == 10 + 50 + 2


def test_what_a_campaign_would_have_reached_counts_schedules_and_audiences_too() -> None:
    with today(END):
        fresh(shop())
        took(*(joined(who, "2026-01-01 00:00") for who in ORDERS))
        took(*(bought(who, when, total) for who in ORDERS for when, total in ORDERS[who]))
        made("asleep", ASLEEP)
        made("busy", BUSY)
        draft = load(SHOP, 0)
        woken, monthly, of_april = (
            foresee(draft, [rule], moment(since), moment(END))
            for rule, since in (("wake", "2026-01-01"), ("monthly", "2026-01-01"), ("wake", "2026-04-01"))
        )
    assert (woken.met, woken.participants, woken.times) == (2, 2, 3)
    assert (monthly.participants, monthly.times) == (2, 3)
    assert (of_april.participants, of_april.times) == (2, 2)


def wanted(rules: str, *live: tuple[str, dict[str, Any]]) -> list[str]:
    programme: Programme = load(shop(EARN + rules), 0)
    known = [Definition(ident, Kind.RULE, {"en": ident}, condition, 1) for ident, condition in live]
    return [one.id for one in audiences_for(programme, known)]


def test_only_those_are_followed_that_somebody_asks_for() -> None:
    live = (
        ("asleep", ASLEEP),
        ("busy", BUSY),
        ("inner", {"field": "audience", "op": "has", "value": "busy"}),
        ("outer", {"any": [{"field": "audience", "op": "has", "value": "inner"}, ASLEEP]}),
        ("some", {"field": "audience", "op": "is_set"}),
    )
    everybody = ["asleep", "busy", "inner", "outer", "some"]
    one = "  - {id: x, name: X, on: %s, when: %s, then: [{credit: {asset: points, amount: 1}}]}\n"
    moved = "{field: event.audience, op: %s, value: %s}"
    assert wanted("", *live) == []
    assert wanted(one % ("audience.left", moved % ("eq", "asleep")), *live) == ["asleep"]
    assert wanted(one % ("audience.entered", moved % ("in", "[busy, asleep]")), *live) == ["asleep", "busy"]
    assert wanted(one % ("audience.entered", moved % ("ne", "asleep")), *live) == everybody
    assert wanted(one % ("order.paid", "{field: audience, op: has, value: outer}"), *live) == [
        "busy",
        "inner",
        "outer",
    ]
    assert wanted(one % ("order.paid", "{field: audience, op: is_set}"), *live) == everybody
    assert wanted(one % ("order.paid", "{field: audience, op: has, value: some}"), *live) == everybody
