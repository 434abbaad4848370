"""The worker looks at the books once a night; what differs calls until it is gone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django import app
from typer.testing import CliRunner

from regulars.alerts import queries
from regulars.cli.reconcile import _line
from regulars.cli.reconcile import app as command
from regulars.kit import clock
from regulars.ledger import tasks
from regulars.ledger.reconcile import Difference
from regulars.ops import nightly
from regulars.processes import tables
from regulars.work import JOBS
from tests.engine.world import fresh, joined, order, shop, took, who_is

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def ann(db: None) -> Iterator[UUID]:  # noqa: ARG001
    with clock.fixed(NOON):
        fresh(shop())
        took(joined("ann", "2026-11-05"), order("ann", "2026-11-10", 100, "a1"))
        yield who_is("ann")


def break_it(ann: UUID, units: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_balance SET balance = balance + %s WHERE member_id = %s AND asset = 'points'",
            [units, ann],
        )


def test_a_difference_is_an_alert_until_it_is_gone(ann: UUID) -> None:
    assert tasks.look().ok
    assert queries.there() == []
    break_it(ann, 5)
    assert not tasks.look().ok
    alerts = {alert.code: alert for alert in queries.there()}
    assert set(alerts) == {"books.balance", "books.house"}
    assert alerts["books.balance"].member_id == ann
    assert alerts["books.balance"].params == {"asset": "points", "where": "", "expected": 100, "found": 105}
    check = queries.check("books")
    assert check is not None
    assert (check.ok, check.figures["differences"], check.ok_at) == (False, 2, NOON)
    break_it(ann, -5)
    assert tasks.look().ok
    assert queries.there() == []
    assert len(queries.over()) == 2


def test_once_a_night_in_the_programmes_zone(ann: UUID) -> None:  # noqa: ARG001
    assert nightly.reconcile in JOBS
    assert nightly.reconcile(0)
    assert not nightly.reconcile(0)
    with clock.fixed(datetime(2026, 11, 20, 18, 59, tzinfo=UTC)):
        assert not nightly.reconcile(0)
    three = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    with clock.fixed(three):
        assert nightly.reconcile(0)
        assert not nightly.reconcile(0)
    with clock.fixed(three + timedelta(days=3, hours=7)):
        assert nightly.reconcile(0)
    assert app.tasks["ops.reconcile"] is nightly.reconcile


def test_one_worker_at_a_time(ann: UUID) -> None:  # noqa: ARG001
    parts = connection.get_connection_params()
    with psycopg.connect(
        **{k: v for k, v in parts.items() if k in {"dbname", "user", "host", "port"}}
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [tasks._LOCK])
        assert not tasks.look_nightly(SHANGHAI)
        assert queries.check("books") is None
        other.execute("SELECT pg_advisory_unlock(%s)", [tasks._LOCK])
    assert tasks.look_nightly(SHANGHAI)


def test_before_a_programme_there_is_nothing_to_look_at(db: None) -> None:  # noqa: ARG001
    assert not nightly.reconcile(0)
    assert queries.check("books") is None


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command, on the tests' database."""

    class Ready:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(tables, "ready", Ready)

    def run(*arguments: str, language: str = "en_US") -> tuple[int, str]:
        result = CliRunner().invoke(command, list(arguments), env={"LC_ALL": language, "COLUMNS": "200"})
        return result.exit_code, result.output

    return run


def test_the_command_says_that_all_is_in_order(ann: UUID, shell: Any) -> None:  # noqa: ARG001
    code, said = shell("--json")
    told = json.loads(said)
    assert code == 0
    assert told["ok"] is True
    assert told["checked"]["entries"] == 2
    assert told["difference_count"] == 0
    assert told["differences"] == []
    assert told["house"]["points"] == {"issue": -100, "members": 100, "held": 0, "pending": 0}
    code, said = shell()
    assert code == 0
    assert "Everything adds up." in said
    assert "账目全部相符。" in shell(language="zh_CN")[1]
    assert "帳目全部相符。" in shell(language="zh_TW")[1]


def test_the_command_names_what_differs_and_exits_1(ann: UUID, shell: Any) -> None:
    break_it(ann, 5)
    code, said = shell("--json")
    told = json.loads(said)
    assert code == 1
    assert told["ok"] is False
    assert told["difference_count"] == 2
    named = next(each for each in told["differences"] if each["check"] == "balance")
    assert (named["member"], named["asset"], named["where"]) == (str(ann), "points", None)
    assert (named["expected"], named["found"]) == (100, 105)
    code, said = shell()
    assert code == 1
    assert (
        f"[balance] The balance is not the sum of its entries: member {ann}, points: expected 100, found 105"
        in said
    )
    assert "regulars verify" in said
    assert len(queries.there()) == 2


def test_a_difference_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US")
    assert _line(Difference("due", None, "points", "2026-01-01", None)) == (
        "[due] Time's next task is missing or noted too late: points: expected 2026-01-01, found nothing"
    )
