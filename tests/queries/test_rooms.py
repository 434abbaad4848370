"""Each room's reads on rows made by hand, with exact values."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.engine.queries import Kind, timeline
from regulars.events import queries as events
from regulars.events.contracts import EventUnknown
from regulars.kit import paging
from regulars.kit.ids import child_id
from regulars.kit.problems import BadCursor
from regulars.ledger import queries as ledger
from regulars.ledger.contracts import Ending, Position
from regulars.messaging import queries as messages
from regulars.messaging.contracts import Reader
from regulars.orders import queries as orders
from regulars.orders.contracts import SalesSum, TotalsRow
from regulars.tiers import queries as tiers
from tests.messaging.world import book_of
from tests.queries import rows
from tests.queries.rows import LADDER, SHANGHAI, days_ago

pytestmark = pytest.mark.django_db


def test_a_cursor_serves_only_the_list_that_gave_it() -> None:
    cursor = paging.encode("one", [1, "a"])
    assert paging.decode("one", cursor, int, str) == (1, "a")
    for bad in (cursor[:-2], cursor + "A", "x", "", "%%%", "é", "A" * 2000):
        with pytest.raises(BadCursor):
            paging.decode("one", bad, int, str)
    with pytest.raises(BadCursor):
        paging.decode("two", cursor, int, str)
    with pytest.raises(BadCursor):
        paging.decode("one", cursor, int)


def test_the_log_pages_without_gap_or_repeat_and_filters() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    moment = days_ago(1)
    made = [
        rows.event(
            alice if n % 2 else bob, "checkin" if n < 3 else "order.paid", moment + timedelta(seconds=n // 3)
        )
        for n in range(10)
    ]
    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        page = events.log(cursor=cursor, limit=3)
        seen += [each.id for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert len(set(seen)) == 10
    assert {each.id for each in events.log(events.LogFilter(type="checkin")).items} == set(made[:3])
    assert len(events.log(events.LogFilter(member_id=alice)).items) == 5
    assert events.log(events.LogFilter(source="nowhere")).items == ()


@pytest.mark.parametrize("wanted", [events.LogFilter(source="web"), events.LogFilter(type="order.paid")])
def test_a_search_that_takes_long_says_how_far_it_looked(
    monkeypatch: pytest.MonkeyPatch, wanted: events.LogFilter
) -> None:
    monkeypatch.setattr(events, "SCAN_CHUNK", 4)
    monkeypatch.setattr(events, "SEARCH_SECONDS", 0)
    alice = rows.member("Alice")
    found = rows.event(alice, "order.paid", days_ago(9), source="web")
    for n in range(6):
        rows.event(alice, "checkin", days_ago(n))
    page = events.log(wanted)
    assert page.items == ()
    assert page.searched_to == days_ago(3)
    page = events.log(wanted, cursor=page.next)
    assert [each.id for each in page.items] == [found]
    assert (page.next, page.searched_to) == (None, None)


def test_a_search_goes_on_over_its_chunks_while_it_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SCAN_CHUNK", 2)
    alice = rows.member("Alice")
    made = [
        rows.event(alice, "checkin", days_ago(n), source="web" if n % 3 == 0 else "pos") for n in range(9)
    ]
    web = events.LogFilter(source="web")
    assert [each.id for each in events.log(web).items] == made[::3]
    page = events.log(web, limit=2)
    assert [each.id for each in page.items] == made[0:6:3]
    page = events.log(web, page.next, limit=2)
    assert [each.id for each in page.items] == made[6::3]
    assert (page.next, page.searched_to) == (None, None)


def test_a_type_that_never_happened_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SCAN_CHUNK", 2)
    monkeypatch.setattr(events, "SEARCH_SECONDS", 0)
    alice = rows.member("Alice")
    for n in range(9):
        rows.event(alice, "order.paid", days_ago(n))
    page = events.log(events.LogFilter(type="checkin"))
    assert (page.items, page.next, page.searched_to) == ((), None, None)


def test_an_event_is_found_by_its_name() -> None:
    alice = rows.member("Alice")
    rows.event(alice, "checkin", days_ago(1), key="c-1", effects=[{"kind": "tag"}], trace=[["r", True, [1]]])
    found = events.get("pos", "c-1")
    assert (found.type, found.effects, found.trace) == ("checkin", [{"kind": "tag"}], [["r", True, [1]]])
    with pytest.raises(EventUnknown):
        events.get("web", "c-1")


def test_entries_carry_the_balance_after_them_on_every_page() -> None:
    alice = rows.member("Alice")
    for n, amount in enumerate((100, 50, -30, 7, -20)):
        cause = rows.event(alice, "checkin", days_ago(10 - n))
        rows.entry(alice, cause, 0, "points", amount, "issue" if amount > 0 else "spend", days_ago(10 - n))
        rows.entry(alice, cause, 1, "growth", 1, "issue", days_ago(10 - n))
    expected = [(-20, 107), (7, 127), (-30, 120), (50, 150), (100, 100)]
    one = ledger.entries(alice, "points")
    assert [(each.amount, each.balance) for each in one.items] == expected
    seen: list[tuple[str, int, int]] = []
    cursor: str | None = None
    while True:
        page = ledger.entries(alice, cursor=cursor, limit=3)
        seen += [(each.asset, each.amount, each.balance) for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert [(amount, balance) for asset, amount, balance in seen if asset == "points"] == expected
    assert [balance for asset, _, balance in seen if asset == "growth"] == [5, 4, 3, 2, 1]
    assert ledger.entries(rows.member("Bob")).items == ()


def test_open_lots_come_by_expiry_and_used_ones_not_at_all() -> None:
    alice = rows.member("Alice")
    cause = rows.event(alice, "checkin", days_ago(5))
    whole = [
        (100, 40, days_ago(-30)),
        (60, 60, days_ago(-10)),
        (10, 0, days_ago(-1)),
        (5, 5, None),
        (0, -8, None),
    ]
    for n, (amount, remaining, until) in enumerate(whole):
        rows.lot(alice, child_id(cause, n), "points", amount, remaining, days_ago(5), until)
    first = ledger.lots(alice, limit=2)
    assert [each.remaining for each in first.items] == [60, 40]
    assert [each.remaining for each in ledger.lots(alice, cursor=first.next, limit=2).items] == [5, -8]
    rows.lot(alice, child_id(cause, 9), "points", 7, 7, days_ago(5), days_ago(-10))
    assert (
        ledger.endings(alice)
        == ledger.endings(alice, "points")
        == [
            Ending("points", None, -8, 1),
            Ending("points", days_ago(-10), 67, 2),
            Ending("points", days_ago(-30), 40, 1),
            Ending("points", None, 5, 1),
        ]
    )
    owed, soon, *_ = ledger.endings(alice)
    assert [each.remaining for each in ledger.lots_ending(alice, soon, 9)] == [60, 7]
    assert [each.remaining for each in ledger.lots_ending(alice, soon, 1)] == [60]
    assert [each.remaining for each in ledger.lots_ending(alice, owed, 9)] == [-8]
    assert ledger.endings(alice, "growth") == []
    assert ledger.next_expiry(alice, "points") == (days_ago(-10), 67)
    assert ledger.next_expiry(alice, "growth") is None


def test_positions_added_up_from_entries_and_from_balances_agree() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    cause = rows.event(alice, "checkin", days_ago(40))
    for n, (amount, account) in enumerate(((100, "issue"), (-30, "spend"), (-5, "expire"), (-10, "reverse"))):
        rows.entry(alice, cause, n, "points", amount, account, days_ago(40))
    rows.entry(bob, rows.event(bob, "checkin", days_ago(1)), 0, "points", 8, "issue", days_ago(1))
    expected = {"points": Position(108, 30, 5, 10, 63)}
    assert ledger.positions_from_entries() == expected
    assert ledger.positions() == expected
    months = ledger.flows_by([date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)], SHANGHAI)
    assert [(each.period, each.issued, each.spent, each.expired, each.reversed) for each in months] == [
        (date(2026, 10, 1), 100, 30, 5, 10),
        (date(2026, 11, 1), 8, 0, 0, 0),
    ]


def test_orders_and_sales() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    rows.order(alice, "1", 12_800, days_ago(40))
    rows.order(alice, "2", 5_000, days_ago(10), refunded_minor=1_000)
    rows.order(bob, "3", 700, days_ago(3))
    first = orders.of_member(alice, limit=1)
    assert [each.order_id for each in first.items] == ["2"]
    assert [each.order_id for each in orders.of_member(alice, first.next).items] == ["1"]
    assert orders.totals(alice) == TotalsRow(2, 17_800, 1_000, days_ago(40), days_ago(10))
    assert orders.totals(rows.member("Nobody")) == TotalsRow()
    assert orders.sales_in(
        [(days_ago(60), days_ago(0)), (days_ago(60), days_ago(5)), (days_ago(2), days_ago(1))]
    ) == [
        SalesSum(3, 18_500, 1_000, 2, 1),
        SalesSum(2, 17_800, 1_000, 1, 1),
        SalesSum(),
    ]
    assert orders.sales_in_all() == SalesSum(3, 18_500, 1_000, 2, 1)
    assert orders.buyers_since(days_ago(5), days_ago(30)) == [1, 2]
    months = orders.sales_by([date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)], SHANGHAI)
    assert [(each.period, each.orders, each.sales_minor) for each in months] == [
        (date(2026, 10, 1), 1, 12_800),
        (date(2026, 11, 1), 2, 5_700),
    ]


def test_an_order_just_before_midnight_in_shanghai_belongs_to_that_day() -> None:
    alice = rows.member("Alice")
    last_moment = rows.datetime(2026, 10, 31, 15, 59, 59, tzinfo=rows.UTC)
    rows.order(alice, "1", 100, last_moment)
    rows.order(alice, "2", 100, last_moment + timedelta(seconds=1))
    found = orders.sales_by([date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1)], SHANGHAI)
    assert [each.period for each in found] == [date(2026, 10, 31), date(2026, 11, 1)]


def test_progress_counts_the_rolling_window_and_what_still_counts_at_the_end() -> None:
    alice = rows.member("Alice")
    rows.standing(alice, "silver", date(2026, 5, 1), date(2027, 5, 31))
    for day, units in ((date(2025, 11, 22), 9000), (date(2026, 5, 31), 1000), (date(2026, 6, 1), 300)):
        rows.tally(alice, "credit:growth", day, units)
    (found,) = tiers.progress(alice, [LADDER], date(2026, 11, 22), date(2025, 1, 1))
    assert (found.level, found.measure, found.next_level, found.next_at, found.missing) == (
        "silver", 1300, "gold", 2500, 1200,
    )  # fmt: skip
    assert (found.keep_at, found.keep_measure, found.keep_missing) == (1000, 300, 700)
    (nobody,) = tiers.progress(rows.member("Bob"), [LADDER], date(2026, 11, 22), date(2025, 1, 1))
    assert (nobody.level, nobody.missing, nobody.keep_at, nobody.until) == ("basic", 1000, 0, None)


def test_levels_distribution_and_who_rose() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    rows.standing(alice, "gold", date(2026, 5, 1))
    rows.standing(bob, "basic", date(2026, 5, 1))
    up, again, down = (rows.event(alice, "order.paid", days_ago(n)) for n in (300, 200, 100))
    rows.change(alice, up, "basic", "silver", days_ago(300))
    rows.change(alice, again, "silver", "gold", days_ago(200))
    rows.change(bob, down, "silver", "basic", days_ago(100), "ended")
    assert tiers.distribution() == {"level": {"gold": 1, "basic": 1}}
    assert tiers.rose(LADDER, days_ago(365)) == 1
    assert tiers.rose(LADDER, days_ago(50)) == 0
    assert [each.after for each in tiers.changes(alice).items] == ["gold", "silver"]


def test_inbox_and_messages() -> None:
    alice = rows.member("Alice")
    read = rows.message(alice, rows.event(alice, "order.paid", days_ago(2)), "order_points", days_ago(2))
    waiting = rows.message(
        alice, rows.event(alice, "checkin", days_ago(1)), "welcome", days_ago(1), waiting=True
    )
    reader = Reader("Alice", "en")
    assert [(each.id, each.subject) for each in messages.inbox(alice, book_of, reader).items] == [
        (read, "You earned 24 points")
    ]
    assert messages.unread(alice) == 1
    found = messages.of_member(alice, book_of).items
    assert [(each.id, each.waiting, len(each.deliveries)) for each in found] == [
        (waiting, True, 0),
        (read, False, 1),
    ]
    assert messages.counts() == {"sent": 1, "waiting": 1}


def test_the_timeline_tells_what_came_of_each_event_in_five_queries() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    joined = rows.event(alice, "member.joined", days_ago(400))
    rows.entry(alice, joined, 0, "points", 100, "issue", days_ago(400))
    paid = rows.order(alice, "1", 12_800, days_ago(3))
    rows.change(alice, paid, "basic", "silver", days_ago(3))
    rows.message(alice, paid, "order_points", days_ago(3))
    rows.order(bob, "2", 100, days_ago(2))
    tagged = rows.event(
        alice, "checkin", days_ago(1), effects=[{"kind": "tag", "add": ["vip"], "remove": []}]
    )
    with CaptureQueriesContext(connection) as used:
        page = timeline(alice)
    assert len(used) == 5  # events, orders, entries, levels, messages
    assert [each.id for each in page.items] == [tagged, paid, joined]
    first, second, third = page.items
    assert (first.kind, first.tags_added, first.entries) == (Kind.ACT, ("vip",), ())
    assert (second.kind, second.gained) == (Kind.ORDER, {"points": 128, "growth": 128})
    assert [each.after for each in second.levels] == ["silver"]
    assert [each.template for each in second.messages] == ["order_points"]
    assert [each.total_minor for each in second.orders] == [12_800]
    assert (third.kind, third.gained) == (Kind.PROFILE, {"points": 100})
    only = timeline(alice, types=("checkin", "member.joined"))
    assert [(each.id, len(each.entries)) for each in only.items] == [(tagged, 0), (joined, 1)]
    start = timeline(alice, limit=2)
    assert [each.id for each in timeline(alice, start.next).items] == [joined]
