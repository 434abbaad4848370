"""/healthz, /readyz, /metrics, and the log."""

import json
import logging
import threading
from pathlib import Path

import pytest
import structlog
from django.test import Client
from structlog.testing import capture_logs

from regulars import __version__
from regulars.kit import log, metrics
from regulars.kit.loops import Loop, keep_running
from regulars.ops import queries
from regulars.staff import service


@pytest.mark.django_db
def test_ready_with_a_database_that_has_our_tables(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "version": __version__})


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
    handlers, level = root.handlers[:], root.level
    try:
        log.configure(tmp_path, "INFO", "test", to_stderr=False)
        try:
            raise ValueError("会员")
        except ValueError:
            structlog.get_logger("room").exception("it_failed", member="m-1")
    finally:
        root.handlers[:], root.level = handlers, level
        logging.captureWarnings(False)
        structlog.reset_defaults()
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
