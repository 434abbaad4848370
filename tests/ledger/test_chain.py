"""The canonical form, pages, and sealing."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.kit import rows
from regulars.ledger import sealing
from regulars.ledger.chain import EntryRow, digest, enter, microseconds, moment_of, record, seal_hash
from regulars.ledger.models import Entry
from regulars.ledger.proof import database
from regulars.ledger.sealing import Sealer
from tests.engine.world import fresh, order, refund, send, shop
from tests.ledger.chained import ENTRIES, NOW, books, entries, kinds, page_ids, sql, verified, write


class TestCanonicalForm:
    @settings(max_examples=300, deadline=None, database=None)
    @given(ENTRIES, ENTRIES)
    def test_two_entries_have_one_form_only_if_they_are_the_same(
        self, one: EntryRow, other: EntryRow
    ) -> None:
        assert (record(one) == record(other)) == (one == other)

    @settings(max_examples=300, deadline=None, database=None)
    @given(ENTRIES, st.integers(0, 8), st.data())
    def test_another_value_in_any_column_is_another_form(
        self, entry: EntryRow, column: int, data: st.DataObject
    ) -> None:
        value = data.draw(ENTRIES)[column]
        changed = (*entry[:column], value, *entry[column + 1 :])
        assert (record(changed) == record(entry)) == (value == entry[column])

    @settings(max_examples=200, deadline=None, database=None)
    @given(st.lists(ENTRIES, max_size=6), st.lists(ENTRIES, max_size=6))
    def test_lists_with_other_entries_never_give_the_same_bytes(
        self, one: list[EntryRow], other: list[EntryRow]
    ) -> None:
        forms, others = sorted(map(record, one)), sorted(map(record, other))
        assert (b"".join(forms) == b"".join(others)) == (forms == others)

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.lists(ENTRIES, max_size=8), st.randoms())
    def test_the_order_of_writing_does_not_matter(self, given_: list[EntryRow], random: object) -> None:
        forms = [record(entry) for entry in given_]
        shuffled = list(forms)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert digest(shuffled) == digest(forms)

    def test_texts_do_not_run_into_each_other(self) -> None:
        entry = entries(1)[0]
        one = (*entry[:3], "ab", entry[4], "c", *entry[6:])
        other = (*entry[:3], "a", entry[4], "bc", *entry[6:])
        assert record(one) != record(other)

    def test_the_same_moment_in_another_zone_is_the_same(self) -> None:
        entry = entries(1)[0]
        shanghai = (*entry[:8], entry[8].astimezone(timezone(timedelta(hours=8))))
        assert record(shanghai) == record(entry)

    def test_the_bytes_are_these(self) -> None:
        """Written down once by hand: a digest of today must be found again in ten years."""
        member, event, lot = UUID(int=1), UUID(int=2), UUID(int=3)
        time = datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC)
        entry = (member, event, 1, "积", -2, "issue", lot, "", time)
        assert record(entry).hex(" ", 4) == bytes.fromhex(
            "00000010 00000000000000000000000000000001"
            "00000010 00000000000000000000000000000002"
            "00000002 0001"
            "00000003 e7a7af"
            "00000008 fffffffffffffffe"
            "00000005 6973737565"
            "00000010 00000000000000000000000000000003"
            "00000000"
            "00000008 00000000000f4240"
        ).hex(" ", 4)
        page = blake2b(record(entry), digest_size=32, person=b"regulars.page.1").digest()
        assert digest([record(entry)]) == page
        sealed = bytes(32) + (1).to_bytes(8) + (7).to_bytes(8) + (1).to_bytes(4) + (0).to_bytes(8) + page
        expected = blake2b(sealed, digest_size=32, person=b"regulars.seal.1").digest()
        assert seal_hash(bytes(32), 1, 7, 1, page, 0) == expected

    @given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
    def test_moments_come_back(self, moment: datetime) -> None:
        assert moment_of(microseconds(moment)) == moment


@pytest.mark.django_db(transaction=True)
class TestPages:
    @settings(max_examples=40, deadline=None, database=None)
    @given(st.lists(ENTRIES, min_size=1, max_size=10, unique_by=lambda entry: entry[:3]))
    def test_the_database_writes_the_canonical_form(self, given_: list[EntryRow]) -> None:
        sql("TRUNCATE ledger_entry, ledger_page, ledger_seal")
        write(given_)
        with database.opened() as opened:
            found = list(opened.entries())
        assert sorted(form for _, form in found) == sorted(map(record, given_))
        assert kinds(verified()) == {}

    def test_a_batch_is_a_page(self) -> None:
        write(entries(3, 1), entries(2, 2))
        first, second = page_ids()
        assert sql("SELECT page, count(*) FROM ledger_entry GROUP BY 1 ORDER BY 1") == [
            (first, 3),
            (second, 2),
        ]
        assert sql("SELECT entries, time FROM ledger_page ORDER BY id") == [(3, NOW), (2, NOW)]

    def test_a_batch_without_entries_is_none(self) -> None:
        write([])
        assert page_ids() == []

    def test_a_batch_that_fails_leaves_neither_entries_nor_page(self) -> None:
        write(entries(3))
        with pytest.raises(DatabaseError):
            write(entries(3))
        assert len(page_ids()) == 1
        assert sql("SELECT count(*) FROM ledger_entry") == [(3,)]

    def test_gathered_with_other_statements(self) -> None:
        with transaction.atomic(), rows.cursor() as cursor, cursor.gather():
            cursor.execute("SELECT 1")
            enter(cursor, entries(2, 1), NOW)
            enter(cursor, entries(3, 2), NOW)
            cursor.execute("SELECT 2")
        assert sql("SELECT entries FROM ledger_page ORDER BY id") == [(2,), (3,)]
        assert kinds(verified()) == {}


@pytest.mark.django_db(transaction=True)
class TestSealing:
    def test_each_page_is_sealed_once_in_order(self) -> None:
        books(4)
        first = page_ids()
        write(entries(1, 9))
        sealer = Sealer()
        assert [sealer.run(), sealer.run()] == [1, 0]
        assert sql("SELECT number, page FROM ledger_seal ORDER BY number") == list(
            enumerate([*first, page_ids()[-1]], 1)
        )
        report = verified()
        assert (report.ok, report.entries, report.pages, report.seals, report.unsealed) == (True, 29, 5, 5, 0)

    def test_what_is_not_sealed_is_told(self) -> None:
        books(2)
        write(entries(1, 9))
        report = verified()
        assert (report.ok, report.unsealed, report.unsealed_since) == (True, 1, NOW)
        assert report.head is not None
        assert report.head.number == 2

    def test_empty_books(self) -> None:
        assert Sealer().run() == 0
        report = verified()
        assert (report.ok, report.entries, report.head) == (True, 0, None)

    def test_a_portion_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sealing, "PORTION", 3)
        monkeypatch.setattr(sealing, "SETTLE_SECONDS", 0.0)
        write(*[entries(1, seed) for seed in range(8)])
        sealer = Sealer()
        assert [sealer.run() for _ in range(4)] == [3, 3, 2, 0]
        assert kinds(verified()) == {}

    def test_a_page_that_commits_later_is_sealed_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The short cut does not pass over a transaction that took its page's number and is still running."""
        monkeypatch.setattr(sealing, "SETTLE_SECONDS", 0.0)
        began, finish = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction.atomic(), rows.cursor() as cursor:
                enter(cursor, entries(2, 1), NOW)
                began.set()
                finish.wait(30)
            connections.close_all()

        thread = threading.Thread(target=slow)
        thread.start()
        assert began.wait(30)
        sealer = Sealer()
        for seed in range(2, 6):
            write(entries(1, seed))
            assert sealer.run() == 1
            assert sealer.run() == 0
        late = page_ids()[0] - 1
        assert sealer.floor < late
        finish.set()
        thread.join()
        assert page_ids()[0] == late
        assert [sealer.run(), sealer.run()] == [1, 0]
        assert sql("SELECT number FROM ledger_seal WHERE page = %s", late) == [(5,)]
        assert sealer.floor >= late
        report = verified()
        assert (report.ok, report.seals, report.unsealed) == (True, 5, 0)

    def test_the_short_cut_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sealing, "SETTLE_SECONDS", 0.0)
        sealer = Sealer()
        write(entries(1, 1))
        assert [sealer.run(), sealer.run()] == [1, 0]
        assert sealer.floor == page_ids()[-1]

    def test_now_and_then_all_pages_are_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        books(3)
        sealer = Sealer()
        sealer.run()
        sealer.floor = 10**15
        write(entries(1, 9))
        assert sealer.run() == 0
        monkeypatch.setattr(sealing, "SWEEP_SECONDS", 0.0)
        assert sealer.run() == 1

    def test_many_seal_and_many_write_at_once(self) -> None:
        stop = threading.Event()
        done: list[int] = []
        problems: list[BaseException] = []

        def writing(number: int) -> None:
            for turn in range(25):
                write(entries(3, 1000 * number + turn))
            connections.close_all()

        def seals() -> None:
            sealer = Sealer()
            try:
                while not stop.is_set():
                    done.append(sealer.run())
                    time.sleep(0.002)
            except BaseException as error:
                problems.append(error)
            connections.close_all()

        writers = [threading.Thread(target=writing, args=(number,)) for number in range(1, 5)]
        sealers = [threading.Thread(target=seals) for _ in range(3)]
        for thread in [*sealers, *writers]:
            thread.start()
        for thread in writers:
            thread.join()
        Sealer().run()
        stop.set()
        for thread in sealers:
            thread.join()
        assert problems == []
        while Sealer().run():
            pass
        report = verified()
        assert (report.ok, report.entries, report.pages, report.seals) == (True, 300, 100, 100)
        assert report.unsealed == 0

    def test_only_one_seals(self) -> None:
        write(entries(1))
        locked, finish = threading.Event(), threading.Event()

        def hold() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.SEALING])
                locked.set()
                finish.wait(30)
            connections.close_all()

        thread = threading.Thread(target=hold)
        thread.start()
        assert locked.wait(30)
        sealer = Sealer()
        assert sealer.run() == 0
        assert sql("SELECT count(*) FROM ledger_seal") == [(0,)]
        finish.set()
        thread.join()
        assert sealer.run() == 1

    def test_killed_between_page_and_seal(self) -> None:
        """The page is there, its seal was being written: the next worker seals it, once."""
        write(entries(2, 1), entries(2, 2))
        name = connection.settings_dict["NAME"]
        child = subprocess.Popen(
            [sys.executable, "-c", _KILLED],
            env={**os.environ, "TEST_DATABASE": str(name), "DJANGO_SETTINGS_MODULE": "regulars.settings"},
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"sealed, not committed\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        deadline = time.monotonic() + 30
        sealed = 0
        while not sealed and time.monotonic() < deadline:
            sealed = Sealer().run()
        assert sealed == 2
        report = verified()
        assert (report.ok, report.seals, report.unsealed) == (True, 2, 0)


_KILLED = """
import os, sys, time
import django
django.setup()
from django.db import connections, transaction
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from regulars.ledger.sealing import Sealer
with transaction.atomic():
    assert Sealer().run() == 2
    print("sealed, not committed", flush=True)
    time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_what_the_engine_writes_is_on_pages() -> None:
    """Orders, a refund and time: each batch that moved value is a page, and one that moved none is not."""
    fresh(shop())
    first = [order("ann", "2026-03-01", 120, "1"), order("bob", "2026-03-02", 80, "2")]
    send(*first)
    send(order("ann", "2026-03-03", 10, "3"))
    send(refund("bob", "2026-03-04", 30, "2"))
    send(*first)
    assert len(page_ids()) == 3
    assert Sealer().run() == 3
    report = verified()
    assert (report.ok, report.pages, report.seals, report.unsealed) == (True, 3, 3, 0)
    assert report.entries == Entry.objects.exclude(page=0).count() > 6
