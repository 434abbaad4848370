"""`regulars verify` as it is called, and the worker's nightly verification."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from regulars.alerts import queries as alerts
from regulars.kit import postgres
from regulars.ledger.proof import nightly
from regulars.ledger.proof.report import Kind
from regulars.ledger.proof.words import ALERTS, DIFFERENCES
from regulars.ledger.sealing import Sealer, seal_due
from regulars.settings import DATA
from regulars.work import JOBS, LOOPS
from tests.ledger.chained import books, entries, page_ids, sql, verified, write
from tests.ledger.test_chain_dump import pg_dump
from tests.processes.house import regulars

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> str:
    return postgres.url(DATA / "postgres", str(connection.settings_dict["NAME"]))


def test_books_as_they_were_written(server: str, tmp_path: Path) -> None:
    books()
    head = verified().head
    found = regulars(tmp_path, "verify", DATABASE_URL=server)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.splitlines() == [
        "The books are as they were written: 42 entries, 6 pages, 6 seals.",
        f"The chain's head: {head}",
        f"Note it elsewhere. Later --expect {head} finds even a chain that was made anew.",
    ]
    chinese = regulars(tmp_path, "verify", "--expect", str(head), DATABASE_URL=server, LANG="zh_CN.UTF-8")
    assert chinese.returncode == 0
    assert chinese.stdout.startswith("账本完好：42 条分录、6 个账页、6 个封签全部相符。\n最新封签：6:")


def test_json_of_the_database_and_of_its_dump(server: str, tmp_path: Path) -> None:
    books()
    write(entries(1, 60))
    page = page_ids()[1]
    sql("UPDATE ledger_entry SET rule = 'other' WHERE page = %s", page)
    members = sql("SELECT DISTINCT member_id::text FROM ledger_entry WHERE page = %s", page)
    found = regulars(tmp_path, "verify", "--json", DATABASE_URL=server)
    assert (found.returncode, found.stderr) == (1, "")
    told = json.loads(found.stdout)
    report = verified()
    assert report.head is not None
    (difference,) = told.pop("differences")
    assert set(difference.pop("members")) == {member for (member,) in members}
    assert difference == {
        "kind": "entries_changed",
        "page": page,
        "written": 7,
        "found": 7,
        "message": f"Page {page}: among its 7 entries at least one is not as it was written",
    }
    assert told == {
        "ok": False,
        "entries": 43,
        "pages": 7,
        "seals": 6,
        "unsealed": 1,
        "unsealed_since": "2026-11-23T09:30:00.123456+00:00",
        "head": {"number": 6, "hash": report.head.hash},
        "found": {"entries_changed": 1},
    }
    path = pg_dump(tmp_path / "books.sql")
    offline = regulars(
        tmp_path, "verify", "--json", "--dump", str(path), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )
    assert (offline.returncode, offline.stderr) == (1, "")
    assert json.loads(offline.stdout) == json.loads(found.stdout)


def test_an_expectation_that_is_not_met(server: str, tmp_path: Path) -> None:
    books(2)
    found = regulars(tmp_path, "verify", "--expect", f"2:{'0' * 64}", DATABASE_URL=server)
    assert found.returncode == 1
    assert "Seal 2 is not the one that was noted: the chain was made anew" in found.stdout
    found = regulars(tmp_path, "verify", "--expect", f"9:{'0' * 64}", DATABASE_URL=server)
    assert found.returncode == 1
    assert "The chain ends at seal 2, seal 9 was noted" in found.stdout


@pytest.mark.parametrize("expect", ["7", "x:y", f"0:{'0' * 64}", f"1:{'0' * 63}", f"1:{'g' * 64}"])
def test_an_expectation_that_is_no_head(tmp_path: Path, expect: str) -> None:
    refused = regulars(tmp_path, "verify", "--dump", "none.sql", "--expect", expect)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"regulars: --expect '{expect}' is no head: give the seal's number")


def test_a_dump_that_is_none(tmp_path: Path) -> None:
    refused = regulars(tmp_path, "verify", "--dump", "none.sql")
    assert (refused.returncode, refused.stderr) == (2, "regulars: none.sql: No such file or directory.\n")
    assert not (tmp_path / "postgres").exists()


def test_every_kind_is_said_in_three_languages() -> None:
    assert set(DIFFERENCES) == set(Kind)
    for text in DIFFERENCES.values():
        for said in text.values():
            assert said.format(page=1, seal=2, written=3, found=4) != said


def test_the_worker_seals_and_verifies() -> None:
    assert [loop.every_seconds for loop in LOOPS if loop.run == seal_due] == [1.0]
    assert "ops.verify" in [job.name for job in JOBS]


class TestNightly:
    ZONE = ZoneInfo("Asia/Shanghai")

    def codes(self) -> list[str]:
        return [alert.code for alert in alerts.there()]

    def test_once_a_night(self) -> None:
        books()
        with time_machine.travel(datetime(2026, 11, 23, 20, 0, tzinfo=UTC), tick=False):
            assert nightly.verify_nightly(self.ZONE)
            assert not nightly.verify_nightly(self.ZONE)
        with time_machine.travel(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), tick=False):
            assert not nightly.verify_nightly(self.ZONE)
        with time_machine.travel(datetime(2026, 11, 24, 19, 1, tzinfo=UTC), tick=False):
            assert nightly.verify_nightly(self.ZONE)
        check = alerts.check(nightly.CHECK)
        assert check is not None
        assert check.ok
        assert check.figures["entries"] == 42
        assert self.codes() == []

    def test_a_difference_is_an_alert_until_it_is_gone(self) -> None:
        books()
        page = page_ids()[1]
        sql("UPDATE ledger_entry SET amount = amount + 1 WHERE page = %s", page)
        assert not nightly.look().ok
        (alert,) = alerts.there()
        assert (alert.code, alert.subject, alert.params["page"]) == ("chain.entries_changed", str(page), page)
        assert ALERTS[Kind.CHANGED].code == alert.code
        sql("UPDATE ledger_entry SET amount = amount - 1 WHERE page = %s", page)
        assert nightly.look().ok
        assert self.codes() == []

    def test_the_head_of_the_night_before_is_expected(self) -> None:
        books()
        head = nightly.look().head
        page = page_ids()[-1]
        for table, column in (("ledger_entry", "page"), ("ledger_page", "id"), ("ledger_seal", "page")):
            sql(f"DELETE FROM {table} WHERE {column} = %s", page)
        for _ in range(2):
            assert not nightly.look().ok
            assert self.codes() == ["chain.head_removed"]
            assert nightly.noted() == head
        write(entries(3, 61))
        Sealer().run()
        nightly.look()
        assert self.codes() == ["chain.head_differs"]
