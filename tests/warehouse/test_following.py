"""What happened is in the warehouse, once, as it was."""

from datetime import UTC, date, datetime
from time import sleep

import psycopg
import pytest

from regulars.engine import merging
from regulars.events import queries
from regulars.kit.ids import time_id
from regulars.members.models import Member
from regulars.warehouse import follower
from regulars.warehouse.follower import Turn
from regulars.warehouse.manifest import LIVE, read
from regulars.warehouse.source import conninfo
from tests.engine.world import EARN, event, fresh, joined, order, refund, shop, took, who_is
from tests.warehouse.keeper import Keeper, rows

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = [
    {"sku": "A1", "name": "Milk", "category": "dairy", "brand": "Farm", "quantity": 2, "total": "30.00"},
    {"sku": "B2", "quantity": "0.5", "price": "20.01"},
    {"sku": "C3"},
]


def number(pos: str) -> int:
    return Member.objects.get(id=who_is(pos)).number


def test_everything_that_happened_is_a_fact(keeper: Keeper) -> None:
    fresh(shop())
    keeper.sends(
        joined("ann", "2026-03-01 09:30", data={"birthday": "1990-05-17", "attributes": {"size": "M"}}),
        order(
            "ann", "2026-03-01 23:59", "120.00", "1", data={"items": ITEMS, "channel": "store", "store": "S1"}
        ),
        order("bo", "2026-04-02 00:10", "80.50", "2"),
        refund("ann", "2026-04-05 12:00", "20.00", "1"),
        event("visit", "bo", "2026-04-06 08:00", {"place": "Bund"}),
    )
    assert keeper.follows() == 5 + 2  # bo's joining, ann's step up
    ann, bo, tables = number("ann"), number("bo"), keeper.opens()
    said = ("member", "order", "source", "day", "hour", "channel", "store", "lines", "total_minor")
    assert rows(tables.orders, *said) == [
        (ann, "pos/1", "pos", date(2026, 3, 1), 23, "store", "S1", 3, 12000),
        (bo, "pos/2", "pos", date(2026, 4, 2), 0, "", "", 0, 8050),
    ]  # fmt: skip
    assert rows(tables.orders, "at")[0] == (datetime(2026, 3, 1, 15, 59, tzinfo=UTC),)
    assert rows(
        tables.lines, "order", "day", "sku", "name", "category", "brand", "quantity", "total_minor"
    ) == [
        ("pos/1", date(2026, 3, 1), "A1", "Milk", "dairy", "Farm", 2.0, 3000),
        ("pos/1", date(2026, 3, 1), "B2", "", "", "", 0.5, 1001),
        ("pos/1", date(2026, 3, 1), "C3", "", "", "", 1.0, 0),
    ]
    assert rows(tables.refunds, "member", "order", "day", "amount_minor") == [
        (ann, "pos/1", date(2026, 4, 5), 2000)
    ]
    log = rows(tables.events.filter(tables.events.source == "pos"), "member", "type", "day", "data")
    assert (bo, "visit", date(2026, 4, 6), '{"place":"Bund"}') in log
    assert (ann, "order.paid", date(2026, 3, 1), "") in log
    assert rows(tables.members, "member", "member_id", "joined_day", "birthday", "attributes") == [
        (ann, str(who_is("ann")), date(2026, 3, 1), date(1990, 5, 17), '{"size": "M"}'),
        (bo, str(who_is("bo")), date(2026, 4, 2), None, "{}"),
    ]
    points = tables.entries.filter(tables.entries.asset == "points")
    assert rows(points, "member", "account", "units", "rule", "day") == [
        (ann, "issue", 120, "base", date(2026, 3, 1)),
        (ann, "reverse", -20, "", date(2026, 4, 5)),
        (bo, "issue", 80, "base", date(2026, 4, 2)),
    ]
    awards = tables.awards.filter(tables.awards.asset == "points")
    assert rows(awards, "member", "rule", "kind", "units", "day") == [
        (ann, "base", "credit", 120, date(2026, 3, 1)),
        (bo, "base", "credit", 80, date(2026, 4, 2)),
    ]
    assert rows(tables.standings, "member", "ladder", "level") == [(ann, "level", "silver")]
    lots = tables.lots.filter(tables.lots.asset == "points")
    assert rows(lots, "member", "asset", "units", "remaining") == [
        (ann, "points", 120, 100),
        (bo, "points", 80, 80),
    ]


def test_nothing_comes_twice_and_months_are_apart(keeper: Keeper) -> None:
    fresh(shop())
    keeper.sends(*(order("ann", f"2026-0{month}-15", "10.00", f"{month}") for month in (1, 2, 3)))
    keeper.follows(most=1)
    assert keeper.turn() is not None
    keeper.sends(order("ann", "2026-02-20", "10.00", "late"))
    assert keeper.follows() == 1
    known = read(keeper.place / LIVE)
    assert known is not None
    assert sorted((file.month, file.rows) for file in known.of("orders")) == [
        ("2026-01", 1), ("2026-02", 2), ("2026-03", 1),
    ]  # fmt: skip
    assert rows(keeper.opens().orders, "order") == [("pos/1",), ("pos/2",), ("pos/3",), ("pos/late",)]


COPY = """
INSERT INTO events_event
SELECT member_id, %s, bucket, source, 'late', type, time, clock_timestamp(), digest, %s, cause, version, effects,
       outcome, trace
  FROM events_event WHERE key = %s
"""


def test_an_event_that_commits_late_is_not_skipped(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was received before another that is in the log already: followers wait for whoever still writes."""
    monkeypatch.setattr(queries, "MARGIN_SECONDS", 0.05)
    fresh(shop())
    took(order("ann", "2026-03-01", "10.00", "1", id="first"))
    sleep(0.1)
    assert follower.turn(keeper.place) == Turn(2, anew="missing")
    late = psycopg.connect(conninfo())
    try:
        said = '{"order_id": "late", "total_minor": 500, "currency": "CNY"}'
        late.execute(COPY, [time_id(datetime(2026, 3, 1, tzinfo=UTC)), said, "first"])
        sleep(0.1)
        took(order("ann", "2026-03-02", "20.00", "2"))
        sleep(0.1)
        assert follower.turn(keeper.place) == Turn(0)
        late.commit()
    finally:
        late.close()
    sleep(0.1)
    assert follower.turn(keeper.place) == Turn(2)
    assert rows(keeper.opens().orders, "order") == [("pos/1",), ("pos/2",), ("pos/late",)]


def test_what_went_back_before_the_order_was_known(keeper: Keeper) -> None:
    """A cancellation that could not know the total, and a refund larger than the order."""
    fresh(shop())
    cancelled = event("order.cancelled", "ann", "2026-03-01", {"order_id": "1", "currency": "CNY"})
    keeper.sends(
        order("ann", "2026-02-01", "5.00", "0"), cancelled, refund("ann", "2026-03-01", "50.00", "2")
    )
    keeper.follows()
    keeper.sends(order("ann", "2026-03-03", "30.00", "1"), order("ann", "2026-03-03", "40.00", "2"))
    keeper.follows()
    refunds = keeper.opens().refunds
    assert rows(refunds.group_by("order").agg(back=refunds.amount_minor.sum()), "order", "back") == [
        ("pos/1", 3000),
        ("pos/2", 4000),
    ]


def test_a_merge_and_its_undoing_are_read_at_once(keeper: Keeper) -> None:
    fresh(shop())
    keeper.sends(order("ann", "2026-03-01", "100.00", "1"), order("bo", "2026-03-02", "30.00", "2"))
    keeper.follows()
    ann, bo, gone = number("ann"), number("bo"), who_is("bo")
    keeper.merges("ann", gone, "m1")
    keeper.follows()
    tables = keeper.opens()
    assert rows(tables.orders, "member", "order") == [(ann, "pos/1"), (ann, "pos/2")]
    assert rows(tables.members, "member") == [(ann,)]
    assert {member for (member,) in rows(tables.events, "member")} == {ann}
    points = tables.entries.filter(tables.entries.asset == "points")
    assert sum(units for (units,) in rows(points, "units")) == 130
    keeper.merges("ann", gone, "u1", merging.unmerge)
    keeper.follows()
    tables = keeper.opens()
    assert rows(tables.orders, "member", "order") == [(ann, "pos/1"), (bo, "pos/2")]
    assert rows(tables.members, "member") == [(ann,), (bo,)]


def test_another_zone_is_another_day(keeper: Keeper) -> None:
    fresh(shop())
    keeper.sends(order("ann", "2026-03-01 05:00", "10.00", "1"))
    keeper.follows()
    fresh(shop().replace("timezone: Asia/Shanghai", "timezone: America/New_York"))
    done = keeper.turn()
    assert done is not None
    assert (done.anew, done.building) == ("zone", False)
    assert rows(keeper.opens().orders, "day", "hour") == [(date(2026, 2, 28), 16)]


def test_numbers_are_given_once_and_never_change(keeper: Keeper) -> None:
    fresh(shop(EARN))
    keeper.sends(joined("ann", "2026-03-01"), joined("bo", "2026-03-01"))
    first = {who: number(who) for who in ("ann", "bo")}
    assert len(set(first.values())) == 2
    keeper.merges("ann", who_is("bo"), "m1")
    assert number("ann") == first["ann"]
