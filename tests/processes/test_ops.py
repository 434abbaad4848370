"""/healthz, /readyz, /metrics, and the log."""

import json
import logging
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
import structlog
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from regulars import __version__
from regulars.alerts import queries as queries_of_alerts
from regulars.alerts import service as alerts
from regulars.alerts.contracts import Alarm
from regulars.alerts.machinery import LOOP_FAILING, ONE_ROLE
from regulars.kit import log, metrics
from regulars.kit.loops import Heard, Loop, keep_running
from regulars.ops import queries
from regulars.ops.watching import watch_jobs
from regulars.processes import roles, worker
from regulars.staff import service


@pytest.mark.django_db
def test_ready_with_a_database_that_has_our_tables(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "version": __version__, "alerts": {}},
    )


@pytest.mark.django_db
def test_ready_tells_of_alerts_those_who_may_measure_and_nobody_else(client: Client) -> None:
    alerts.raise_alerts([Alarm(LOOP_FAILING, "settle"), Alarm(LOOP_FAILING, "seal"), Alarm(ONE_ROLE)])
    ready = {"status": "ready", "version": __version__}
    assert client.get("/readyz").json() == {
        **ready, "alerts": {"house.one_role": 1, "work.loop_failing": 2},
    }  # fmt: skip
    assert client.get("/readyz", REMOTE_ADDR="203.0.113.9").json() == ready
    assert client.get("/readyz", headers={"x-forwarded-for": "203.0.113.9"}).json() == ready
    bearer = f"Bearer {service.create_api_key('Prometheus', ['metrics:read'])}"
    answer = client.get("/readyz", REMOTE_ADDR="203.0.113.9", headers={"authorization": bearer})
    assert answer.json()["alerts"]["work.loop_failing"] == 2


def test_healthy_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "version": __version__}
    assert client.post("/healthz").status_code == 405


def test_not_ready_says_why(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "problem", lambda: "The database does not answer.")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "detail": "The database does not answer."}


@pytest.mark.django_db
def test_metrics_count_by_pattern_and_know_the_outbox(client: Client) -> None:
    client.get("/healthz")
    client.get("/no/such/place")
    metrics.observe_batch(3, {"decide": 0.001})
    text = client.get("/metrics").content.decode()
    assert 'regulars_http_requests_total{method="GET",route="healthz",status="2xx"}' in text
    assert 'regulars_http_requests_total{method="GET",route="unknown",status="4xx"}' in text
    assert "/no/such/place" not in text
    assert 'regulars_batch_seconds_count{part="decide"}' in text
    assert 'regulars_outbox{kind="messages"} 0.0' in text
    assert f'regulars_build{{version="{__version__}"}} 1.0' in text


@pytest.mark.django_db
def test_metrics_are_not_for_strangers(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 401
    assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 401
    wrong = service.create_api_key("POS", ["events:write"])
    right = service.create_api_key("Prometheus", ["metrics:read"])
    for key, status in [(wrong, 401), (right, 200)]:
        answer = client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == status


def test_a_loop_goes_on_while_there_is_work_and_after_an_error() -> None:
    stop, rounds = threading.Event(), []

    def work() -> int:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            raise ValueError("of no use")
        if len(rounds) == 4:
            stop.set()
        return 1

    thread = threading.Thread(target=keep_running, args=(Loop("test", work, 0.01), stop))
    with capture_logs() as said:
        thread.start()
        thread.join(20)
    assert not thread.is_alive()
    assert rounds == [0, 1, 2, 3]
    assert [(line["event"], line["loop"], line["failures"]) for line in said] == [("loop_failed", "test", 1)]


def run(work: Callable[[], int], heard: Heard, stop: threading.Event) -> None:
    thread = threading.Thread(target=keep_running, args=(Loop("test", work, 0.01), stop, heard))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_a_loop_says_how_it_fares_and_goes_on_when_nobody_hears_it() -> None:
    stop, said, rounds = threading.Event(), list[tuple[int, str]](), count()

    def work() -> int:
        number = next(rounds)
        if number in (1, 2):
            raise ValueError("of no use")
        if number == 5:
            stop.set()
        return 0

    def heard(_: Loop, failures: int, kind: str) -> None:
        said.append((failures, kind))
        if len(said) == 1:
            raise LookupError("no database")

    run(work, heard, stop)
    assert said == [(0, ""), (1, "ValueError"), (2, "ValueError"), (0, "")]


@pytest.mark.django_db
def test_a_loop_that_keeps_failing_is_an_alert_until_it_succeeds() -> None:
    loop = Loop("settle", lambda: 0, 1.0)
    for failures in (1, 2):
        worker.tell_of(loop, failures, "OperationalError")
    assert queries_of_alerts.there() == []
    for failures in (3, 4):
        worker.tell_of(loop, failures, "OperationalError")
    [alert] = queries_of_alerts.there()
    assert (alert.code, alert.subject, alert.count) == ("work.loop_failing", "settle", 2)
    assert alert.params == {"name": "settle", "failures": 4, "error": "OperationalError"}
    worker.tell_of(Loop("seal", lambda: 0, 1.0), 0, "")
    assert len(queries_of_alerts.there()) == 1
    worker.tell_of(loop, 0, "")
    assert queries_of_alerts.there() == []


def job(name: str, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, attempts)"
            " VALUES ('default', %s, 0, '{}', %s, 1)",
            [name, status],
        )


@pytest.mark.django_db
def test_a_job_that_keeps_failing_is_an_alert_until_it_succeeds() -> None:
    job("ops.verify", "failed")
    job("ops.reconcile", "failed")
    job("ops.reconcile", "succeeded")
    job("ops.reconcile", "failed")
    assert (watch_jobs(), queries_of_alerts.there()) == (0, [])
    job("ops.reconcile", "failed")
    watch_jobs()
    [alert] = queries_of_alerts.there()
    assert (alert.code, alert.subject) == ("work.job_failing", "ops.reconcile")
    assert alert.params == {"name": "ops.reconcile", "failures": 2}
    job("ops.reconcile", "todo")
    watch_jobs()
    assert len(queries_of_alerts.there()) == 1
    job("ops.reconcile", "succeeded")
    watch_jobs()
    assert queries_of_alerts.there() == []


@pytest.mark.django_db
def test_one_role_for_all_is_an_alert_until_there_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "rewritable", lambda: ("events_event", "ledger_entry"))
    worker.look_at_roles()
    [alert] = queries_of_alerts.there()
    assert (alert.code, alert.severity) == ("house.one_role", "warning")
    monkeypatch.setattr(roles, "rewritable", tuple)
    worker.look_at_roles()
    assert queries_of_alerts.there() == []


def test_the_log_stays_bounded_whoever_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LIMIT_BYTES", 1000)
    path = log.file_of(tmp_path)
    one, other = log.SharedFile(path), log.SharedFile(path)
    for number in range(200):
        line = logging.makeLogRecord({"msg": f"{number:03} " + "x" * 96})
        (one if number % 2 else other).emit(line)
    one.close()
    other.close()
    files = sorted(path.parent.glob("regulars.log*"))
    assert [file.name for file in files] == [
        "regulars.log",
        *(f"regulars.log.{n}" for n in range(1, log.KEPT + 1)),
    ]
    assert all(file.stat().st_size <= 1100 for file in files)
    kept = [line[:3] for file in [*reversed(files[1:]), files[0]] for line in file.read_text().splitlines()]
    assert kept == [f"{number:03}" for number in range(200 - len(kept), 200)]


def test_log_lines_are_json_with_the_traceback(tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    try:
        log.configure(tmp_path, "INFO", "test", to_stderr=False)
        try:
            raise ValueError("会员")
        except ValueError:
            structlog.get_logger("room").exception("it_failed", member="m-1")
    finally:
        root.handlers[:], root.level = handlers, level
        logging.captureWarnings(False)
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
    line = json.loads(log.file_of(tmp_path).read_text().splitlines()[0])
    assert {name: line[name] for name in ("event", "level", "logger", "process", "member")} == {
        "event": "it_failed",
        "level": "error",
        "logger": "room",
        "process": "test",
        "member": "m-1",
    }
    assert "ValueError: 会员" in line["exception"]
