"""A database has few connections: as many as may be held are counted beforehand, and batches take turns."""

import threading
import time

import pytest
from django.db import connections

from regulars.kit import lines
from regulars.kit.loops import LONG_PAUSE_SECONDS, Loop, keep_running
from regulars.processes import database, worker
from regulars.settings import CONFIG
from regulars.work import LOOPS


def test_a_worker_holds_no_more_than_is_counted_for_it() -> None:
    lasting = [loop for loop in LOOPS if loop.every_seconds < LONG_PAUSE_SECONDS]
    listening, fetching = 1, 1
    assert len(LOOPS) + worker.JOBS_AT_ONCE + listening + fetching <= database.WORKER_CONNECTIONS
    assert (
        len(lasting) + worker.JOBS_AT_ONCE + listening + fetching + lines.MOST <= database.WORKER_CONNECTIONS
    )


def test_more_threads_and_processes_need_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        database, "CONFIG", CONFIG.model_copy(update={"workers": 4, "threads": 50, "background": 3})
    )
    assert database.connections_needed() == 4 * 58 + 3 * 32 + 20


@pytest.mark.django_db(transaction=True)
def test_batches_take_turns_on_a_few_connections() -> None:
    used: set[int] = set()
    at_once: list[int] = []
    inside, lock = [0], threading.Lock()

    def work() -> None:
        with lines.borrowed():
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            with lock:
                used.add(pid)
                inside[0] += 1
                at_once.append(inside[0])
            time.sleep(0.02)
            with lock:
                inside[0] -= 1
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3 * lines.MOST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines.close()
    assert (len(at_once), max(at_once), len(used) <= lines.MOST) == (3 * lines.MOST, lines.MOST, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pause", "kept"), [(LONG_PAUSE_SECONDS, False), (LONG_PAUSE_SECONDS / 2, True)])
def test_a_loop_that_rests_long_holds_no_connection(pause: float, kept: bool) -> None:
    held: list[bool] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
            held.append(connections["default"].connection is not None)
            self.set()
            return True

    def run() -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        return 0

    thread = threading.Thread(target=keep_running, args=(Loop("a loop", run, pause), Stop()))
    thread.start()
    thread.join()
    assert held == [kept]
