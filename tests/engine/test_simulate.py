"""Simulating the programme in force gives exactly what production wrote; another one what it would have written."""

import json
from collections import Counter
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pydantic_core import to_json

from regulars.engine import merging, operations
from regulars.engine.contracts import tier_records
from regulars.engine.decide import Decided
from regulars.engine.history import history
from regulars.engine.operations import Request
from regulars.engine.plan import Plan, make_plan, plan
from regulars.engine.simulate import World
from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.kit import clock
from regulars.language.snapshot import Snapshot
from regulars.ledger.models import Balance
from regulars.programme.loader import load
from regulars.programme.service import current_number, publish
from regulars.tiers.models import Standing
from tests.engine.world import (
    EARN,
    event,
    fresh,
    joined,
    moment,
    moved,
    order,
    refund,
    send,
    shop,
    tables,
    today,
    took,
    who_is,
)
from tests.owner import as_owner

pytestmark = pytest.mark.django_db

RICH = """\
  - id: base
    name: Base
    on: order.paid
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - credit: {asset: growth, for_each: 1, of: event.total}
      - message: {template: note}
  - id: gift
    name: Gift
    on: member.joined
    limit: {times: 1, per: lifetime}
    then:
      - credit: {asset: points, amount: 30}
  - id: frequent
    name: Frequent
    on: order.paid
    when: {field: orders.count, window: {days: 30}, op: gte, value: 2}
    limit: {units: 40, per: month}
    then:
      - credit: {asset: points, amount: 25}
  - id: first_come
    name: First come
    on: order.paid
    budget: {units: 70, per: month, when_short: partial}
    then:
      - credit: {asset: points, amount: 30}
  - id: rise
    name: Rise
    on: tier.upgraded
    then:
      - credit: {asset: points, amount: 7}
      - tag: {add: [risen]}
  - id: over
    name: Over
    on: asset.expired
    then:
      - message: {template: note}
"""


def rich() -> str:
    source = shop(RICH, expires="{months: 2, round: month}", period=3)
    return source.replace(
        "clawback: debt}\n  growth",
        "clawback: debt, remind_days: 10, caps: {month: 500}, grace_days: 5,"
        " gifts: {least: 5, most: 200, revoke_hours: 24}}\n  growth",
    )


def written() -> Counter[str]:
    """What production wrote. Events that Regulars makes itself go by what they are and do, not by their names."""
    return Counter(
        told(one.source, one.key, one.member_id, one.type, one.time, one.effects, one.trace, one.outcome)
        for one in Event.objects.all()
    )


def simulated(found: list[Decided]) -> Counter[str]:
    """The same of a simulation."""
    return Counter(
        told(one.event.source, one.event.key, one.event.member_id, one.event.type, one.event.time, one.records,
             one.trace, {"balances": one.balances, "tiers": tier_records(one.standings)})
        for one in found
    )  # fmt: skip


def told(source: str, key: str, member: UUID, kind: str, time: datetime, *decided: Any) -> str:
    effects, trace, outcome = decided
    named = [source] if source in ("timer", "rules") else [source, key]
    after = [outcome.get("balances") or {}, outcome.get("tiers") or {}]
    plain = json.loads(to_json([named, member, kind, time.astimezone(UTC), effects, trace, after]))
    return json.dumps(plain, sort_keys=True)


def replay(source: str | None = None) -> tuple[World, list[Decided]]:
    """The history so far under a text, or under the programme in force."""
    past = history(clock.now())
    ready = plan(current_number()) if source is None else make_plan(load(source))
    world = World(ready, past.origins())
    return world, list(world.live(past.batches()))


def check_same() -> World:
    """The simulation of the programme in force against what was written, event by event, and nothing was written."""
    before = tables()
    world, found = replay()
    assert moved(before) == {}
    real, mine = written(), simulated(found)
    assert sorted(mine - real) == sorted(real - mine) == []
    balances = {(row.member_id, row.asset): row.balance for row in Balance.objects.all()}
    assert balances == {
        (member_id, asset): units
        for member_id, snapshot in world.members.items()
        for asset, units in snapshot.balances.items()
    }
    for row in Standing.objects.all():
        own = world.members[row.member_id].standings[row.ladder]
        assert (own.level, own.since, own.until) == (row.level, row.since, row.until)
    assert world.refused == []
    assert silently(world.plan) == [lived(one) for one in found], "what is not told changes nothing"
    return world


class Forgetful(World):
    """Looks before every event for what time has done, whatever it knows, and is told nothing."""

    def _settle(self, snapshot: Snapshot, until: datetime, now: datetime) -> list[Decided]:
        snapshot.quiet_until = snapshot.still_until = None
        snapshot.firsts.clear()
        return super()._settle(snapshot, until, now)


def silently(under: Plan) -> list[Any]:
    """The history lived through without anything told, with all that is remembered of when time does something, and
    without; both must be the same."""
    past = history(datetime.now(UTC) + timedelta(days=1000))
    quick = World(under, past.origins(), tells=False)
    slow = Forgetful(under, past.origins(), tells=False)
    ones, others = ([lived(one) for one in world.live(past.batches())] for world in (quick, slow))
    assert ones == others
    return ones


def lived(one: Decided) -> Any:
    """What of a decision is there whether or not anybody is told."""
    return one.event, [effect.record() for effect in one.effects], one.tallied, one.used, one.faults


@pytest.fixture(autouse=True)
def _programme() -> None:
    """What happens at one moment is put in order by its place in the table: no gap that another test left may be
    written into."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_event CASCADE")
    with today("2026-01-01 09:00"):
        fresh(rich())


def at(when: str) -> AbstractContextManager[None]:
    """It is just that moment."""
    return clock.fixed(moment(when).astimezone(UTC))


def on(day: str, *events: dict[str, Any]) -> None:
    """Sent as a batch at that moment, after the worker has seen to what was due."""
    before = moment(day) - timedelta(seconds=2)
    with clock.fixed(before):
        settle_all()
    if events:
        with today(day):
            took(*events)


def test_orders_levels_limits_budgets_and_expiry() -> None:
    on("2026-01-03 10:00", joined("a", "2026-01-03"), order("b", "2026-01-03", 90, "1"))
    on("2026-01-10 10:00", order("a", "2026-01-10", 120, "2"), order("b", "2026-01-10", 20.5, "3"))
    on("2026-01-12 10:00", order("a", "2026-01-12", 300, "4"), order("b", "2026-01-12", 5, "5"))
    on("2026-01-13 10:00", order("a", "2026-01-13", 10, "6"))
    on("2026-03-05 10:00", order("b", "2026-03-05", 44, "7"))
    on("2026-04-20 10:00")
    on("2026-09-01 10:00", order("a", "2026-09-01", 10, "8"))
    world = check_same()
    assert sum(len(one.lots["points"]) for one in world.members.values()) < 6, (
        "empty lots are not carried along"
    )
    assert world.budgets.used["first_come", "2026-01"].units == 70


def test_refunds_before_and_after_spending_in_parts_and_before_their_order() -> None:
    on("2026-01-03 10:00", order("a", "2026-01-03", 200, "1"), order("a", "2026-01-03 11:00", 50, "2"))
    with today("2026-01-04 10:00"):
        operations.spend(Request(who_is("a"), "console", "s1", "alice"), "points", 260)
    on("2026-01-05 10:00", refund("a", "2026-01-05", "33.33", "1"))
    on("2026-01-06 10:00", refund("a", "2026-01-06", "166.67", "1"))
    on("2026-01-07 10:00", refund("a", "2026-01-07", 10, "9"))
    on("2026-01-08 10:00", order("a", "2026-01-08", 40, "9"))
    on("2026-02-08 10:00", event("order.cancelled", "a", "2026-02-08", {"order_id": "9"}))
    on("2026-06-08 10:00")
    check_same()


def test_late_events_in_the_order_of_their_arrival() -> None:
    on("2026-01-03 10:00", joined("a", "2026-01-03"))
    on("2026-03-20 10:00", order("a", "2026-03-20", 130, "1"))
    on("2026-03-21 10:00", order("a", "2026-01-20", 260, "2"), order("a", "2026-02-20", 1, "3"))
    on("2026-03-22 10:00", refund("a", "2026-03-22", 260, "2"))
    on("2026-07-22 10:00", order("a", "2026-03-01", 99, "4"))
    check_same()


def test_history_loaded_at_once() -> None:
    with today("2026-09-01 10:00"):
        for month in range(1, 9):
            days = [(who, hour, day) for hour, who in enumerate("abc", 10) for day in (3, 9, 27)]
            send(
                *(
                    order(who, f"2026-{month:02}-{day:02} {hour}:00", 10 * month + day, f"{who}{month}{day}")
                    for who, hour, day in days
                )
            )
    with today("2026-09-01 10:01"):
        settle_all()
    check_same()


def test_gifts_holds_adjustments_and_what_is_undone() -> None:
    on("2026-01-03 10:00", order("a", "2026-01-03", 200, "1"), order("b", "2026-01-03", 5, "2"))
    a, b = who_is("a"), who_is("b")
    with at("2026-01-04 10:00"):
        operations.gift(Request(a, "console", "g1", "alice"), "points", 50, b)
    with at("2026-01-04 10:01"):
        held = operations.hold(Request(a, "console", "h1", "alice"), "points", 20)
    with at("2026-01-04 10:02"):
        operations.hold(Request(a, "console", "h2", "alice"), "points", 11)
        operations.adjust(Request(b, "console", "x1", "alice", "sorry"), "growth", 300)
    with today("2026-01-04 12:00"):
        assert held.event_id is not None
        operations.capture(Request(a, "console", "c1", "alice"), held.event_id, 15)
    on("2026-01-06 10:00", order("b", "2026-01-06", 1, "3"))
    with today("2026-01-06 12:00"):
        spent = operations.spend(Request(b, "console", "s1", "alice"), "points", 60)
        assert spent.event_id is not None
        operations.reverse(Request(b, "console", "r1", "alice", "mistake"), spent.event_id, 25)
    on("2026-05-01 10:00")
    check_same()


def test_records_made_one_live_on_as_one() -> None:
    on("2026-01-03 10:00", joined("b", "2026-01-03"), order("b", "2026-01-03 11:00", 260, "1"))
    on("2026-02-05 10:00", order("a", "2026-02-05", 60, "2"), order("c", "2026-02-05", 40, "3"))
    a, b, c = who_is("a"), who_is("b"), who_is("c")
    with at("2026-02-06 10:00"):
        operations.hold(Request(b, "console", "h1", "alice"), "points", 20)
    with at("2026-02-06 10:01"):
        operations.spend(Request(b, "console", "s1", "alice"), "points", 50)
    with at("2026-02-06 10:02"):
        assert merging.merge(Request(a, "console", "m1", "alice", "one person"), b).status == "processed"
    on("2026-02-07 10:00", order("b", "2026-02-07", 30, "4"), refund("b", "2026-02-07 11:00", 130, "1"))
    with at("2026-02-08 10:00"):
        assert merging.merge(Request(c, "console", "m2", "alice"), a).status == "processed"
    on("2026-04-10 10:00", order("a", "2026-04-10", 10, "5"))
    on("2026-08-10 10:00")
    world = check_same()
    assert world.merged == {b: a, a: c}
    assert world.members[b].balances == {"points": 0, "growth": 0}


def test_records_made_one_and_taken_apart_again_are_left_out() -> None:
    on("2026-01-03 10:00", *(order(who, "2026-01-03", 60, who) for who in "abcd"))
    with at("2026-01-04 10:00"):
        merging.merge(Request(who_is("a"), "console", "m1", "alice"), who_is("b"))
    a, b, c = (who_is(who) for who in "adc")
    with at("2026-01-05 10:00"):
        gone = next(iter(history(clock.now()).origins().keys() - {a, b, c}))
        assert merging.unmerge(Request(a, "console", "u1", "alice"), gone).status == "processed"
        assert merging.merge(Request(b, "console", "m2", "alice"), a).status == "processed"
        past = history(clock.now())
    assert past.left_out == 3
    assert {one.member_id for _, batch in past.batches() for one in batch} == {c}


def test_two_versions_one_after_the_other_are_told_apart() -> None:
    on("2026-01-03 10:00", order("a", "2026-01-03", 100, "1"))
    twice = rich().replace("for_each: 1, of", "for_each: 2, of")
    with today("2026-01-04 09:00"):
        publish(twice, "tests")
    on("2026-01-05 10:00", order("a", "2026-01-05", 100, "2"))
    first = {one.event.key: one for one in replay(rich())[1]}
    both = {one.event.key: one for one in replay()[1]}
    keys = [one.key for one in Event.objects.filter(type="order.paid").order_by("time")]
    assert [first[key].balances["growth"] for key in keys] == [100, 200]
    assert [both[key].balances["growth"] for key in keys] == [200, 400]


def test_a_draft_gives_what_it_would_have_given_and_refuses_what_nobody_could_pay() -> None:
    on("2026-01-03 10:00", joined("a", "2026-01-03"), order("a", "2026-01-03 10:30", 100, "1"))
    with today("2026-01-04 10:00"):
        operations.spend(Request(who_is("a"), "console", "s1", "alice"), "points", 160)
    on("2026-01-05 10:00", order("a", "2026-01-05", 100, "2"))
    check_same()
    draft = shop(EARN.replace("of: event.total}\n", "of: event.total, multiplier: 0.5}\n", 1))
    before = tables()
    world, found = replay(draft)
    assert moved(before) == {}
    assert [(one.event.type, one.code) for one in world.refused] == [("asset.spent", "insufficient")]
    (member,) = world.members.values()
    assert member.balances == {"points": 100, "growth": 200}
    first, second = (one.records for one in found if one.event.type == "order.paid")
    assert [(each["asset"], each["amount"]) for each in first if each["kind"] == "credit"] == [
        ("points", 50), ("growth", 100),
    ]  # fmt: skip
    assert second[1:3] != []
    assert first[1]["amount"] == second[1]["amount"] == 50
    assert member.standings["level"].level == "silver"


def test_what_time_would_have_done_since() -> None:
    on("2026-01-03 10:00", order("a", "2026-01-03", 100, "1"))
    with today("2026-09-01 10:00"):
        world, found = replay()
        assert [one.event.type for one in found if one.event.source == "timer"] == []
        later = list(world.settle(clock.now()))
        assert settle_all() == 1
        timers = Event.objects.filter(source="timer").order_by("time").values_list("type", flat=True)
        assert [one.event.type for one in later if one.event.source == "timer"] == list(timers)
        assert len(timers) == 3
        assert {row.asset: row.balance for row in Balance.objects.all()} == world.members[
            who_is("a")
        ].balances


def test_only_some_buckets() -> None:
    on("2026-01-03 10:00", *(order(f"m{n}", "2026-01-03", 10, f"o{n}") for n in range(30)))
    some = [n for n in range(64) if n % 2]
    past = history(clock.now(), some)
    seen: set[UUID] = {one.member_id for _, batch in past.batches() for one in batch}
    assert {one.int & 63 for one in seen} <= set(some)
    assert 0 < len(seen) < 30
    assert past.count() == len(seen)
    assert isinstance(next(iter(past.origins().values())).joined_at, datetime)
    assert moment("2026-01-03 10:00") == next(iter(past.origins().values())).joined_at
