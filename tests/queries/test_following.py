"""The log that is followed: whatever commits when, nothing is missed and nothing comes twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal
from time import sleep
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from regulars.events import queries as events
from regulars.kit import clock
from tests.queries import rows
from tests.queries.rows import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def news(cursor: str, seconds: float, limit: int | None = None) -> tuple[list[UUID], str, bool]:
    """What following gives at that second."""
    with clock.fixed(at(seconds)):
        found = events.since(cursor, limit=limit)
    return [event.id for event in found.items], found.newest, found.more


@contextmanager
def slow_writer(who: UUID, received: datetime) -> Iterator[None]:
    """Another connection that has received an event and holds its name's lock, and commits at the block's end."""
    ready, go = Signal(), Signal()

    def write() -> UUID:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(42)")
                ready.set()
                assert go.wait(20)
                return rows.event(who, "checkin", received)
        finally:
            ready.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        assert ready.wait(20)
        try:
            yield
        finally:
            go.set()
            done.result()


def test_an_event_that_commits_late_is_not_missed() -> None:
    alice = rows.member("Alice")
    with clock.fixed(at(0)):
        cursor = events.log().newest
    assert cursor is not None
    with slow_writer(alice, at(10)):
        sleep(0.6)
        younger = rows.event(alice, "checkin", at(10.4))
        found, cursor, more = news(cursor, 10.5 + events.MARGIN_SECONDS)
        assert (found, more) == ([], False)
        assert [event.id for event in events.log().items] == [younger]
    found, cursor, more = news(cursor, 60)
    assert len(found) == 2
    assert found[1] == younger
    assert more is False
    assert news(cursor, 61)[0] == []


def test_the_horizon_waits_for_whoever_still_writes() -> None:
    alice = rows.member("Alice")
    with slow_writer(alice, at(10)), clock.fixed(at(60)):
        sleep(0.3)
        held = events.horizon()
    with clock.fixed(at(60)):
        free = events.horizon()
    assert held <= at(60 - events.MARGIN_SECONDS - 0.3)
    assert free == at(60 - events.MARGIN_SECONDS)


def test_a_reader_does_not_hold_it_back() -> None:
    ready, go = Signal(), Signal()

    def look() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM events_event")
            ready.set()
            assert go.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(look)
        assert ready.wait(20)
        with clock.fixed(at(60)):
            assert events.horizon() == at(60 - events.MARGIN_SECONDS)
        go.set()
        done.result()


def test_what_the_first_page_showed_does_not_come_again() -> None:
    alice = rows.member("Alice")
    shown = [rows.event(alice, "checkin", at(second)) for second in (0, 9, 9.5, 10)]
    with clock.fixed(at(10)):
        page = events.log()
    assert [event.id for event in page.items] == shown[::-1]
    assert page.newest is not None
    late = rows.event(alice, "checkin", at(9.2))
    after = rows.event(alice, "checkin", at(10.5))
    found, cursor, _more = news(page.newest, 11)
    assert found == []
    found, cursor, _more = news(cursor, 12.4)
    assert found == [late]
    found, cursor, _more = news(cursor, 20)
    assert found == [after]
    assert news(cursor, 30)[0] == []


def test_many_come_in_pages_and_each_once() -> None:
    alice = rows.member("Alice")
    with clock.fixed(at(0)):
        cursor = events.log().newest
    assert cursor is not None
    made = [rows.event(alice, "checkin", at(1 + second // 3)) for second in range(10)]
    seen: list[UUID] = []
    more = True
    while more:
        found, cursor, more = news(cursor, 60, limit=3)
        assert len(found) <= 3
        seen += found
    assert sorted(seen) == sorted(made)
    assert news(cursor, 61)[0] == []


def test_following_keeps_its_filter() -> None:
    alice, bob = rows.member("Alice"), rows.member("Bob")
    wanted = events.LogFilter(type="checkin", member_id=alice)
    with clock.fixed(at(0)):
        cursor = events.log(wanted).newest
    assert cursor is not None
    mine = rows.event(alice, "checkin", at(1))
    rows.event(alice, "order.paid", at(1))
    rows.event(bob, "checkin", at(1))
    with clock.fixed(at(10)):
        found = events.since(cursor, wanted)
    assert [event.id for event in found.items] == [mine]
