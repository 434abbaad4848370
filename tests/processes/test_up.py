"""`regulars up`: one house, mistreated from test to test, that always comes back with everything it held."""

import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.house import House, eventually, regulars


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="regulars-house-", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder))
        yield house
        if house.up is not None and house.up.poll() is None:
            house.stop(signal.SIGTERM)
        for process in house.processes():
            process.kill()


@pytest.fixture
def running(house: House) -> House:
    house.ensure_running()
    return house


def test_it_answers_and_says_where(running: House) -> None:
    assert running.status("/healthz") == 200
    assert running.status("/readyz") == 200
    assert running.status("/metrics") == 200
    assert running.status("/nowhere") == 404
    eventually(lambda: "Press Ctrl-C to stop." in running.said(), "the greeting")
    assert f"http://127.0.0.1:{running.port}/console/" in running.said()
    running.note("first evening")


def test_a_second_one_on_the_same_folder_is_refused(running: House) -> None:
    assert running.up is not None
    second = regulars(running.data, "up", "--port", "1")
    assert second.returncode == 1
    assert second.stderr == (
        f"regulars: Regulars runs on the data folder {running.data} already (process {running.up.pid}, "
        f"http://127.0.0.1:{running.port}); stop it first, or name another folder with REGULARS_DATA.\n"
    )
    assert running.status("/readyz") == 200


@pytest.mark.parametrize("mark", ["regulars.processes.web", "regulars.cli worker"])
def test_a_killed_child_is_replaced(running: House, mark: str) -> None:
    before = running.child(mark)
    before.kill()
    eventually(lambda: not before.is_running(), "the child's end")
    eventually(lambda: mark in running.children(), f"another {mark}")
    running.wait_until_ready()
    assert running.child(mark).pid != before.pid
    assert running.notes() == ["first evening"]


def test_a_killed_server_process_is_replaced(running: House) -> None:
    server = running.child("regulars.processes.web")
    process = next(child for child in server.children() if "spawn_main" in " ".join(child.cmdline()))
    process.kill()
    eventually(lambda: not process.is_running(), "the process's end")
    running.wait_until_ready()
    assert running.child("regulars.processes.web").pid == server.pid


def test_a_killed_database_is_started_again_and_has_everything(running: House) -> None:
    running.note("just before the crash")
    before = running.postmaster()
    before.kill()
    eventually(lambda: not before.is_running(), "the database's end")
    eventually(
        lambda: running.status("/readyz") == 200 and running.postmaster().pid != before.pid, "the database"
    )
    assert running.notes() == ["first evening", "just before the crash"]


def test_a_killed_supervisor_takes_all_with_it_and_the_next_one_finds_everything(running: House) -> None:
    assert running.up is not None
    running.up.kill()
    running.up.wait()
    running.start()
    assert running.notes() == ["first evening", "just before the crash"]
    servers = [p for p in running.processes() if "regulars.processes.web" in " ".join(p.cmdline())]
    assert len(servers) == 1


def test_ctrl_c_stops_everything(running: House) -> None:
    assert running.stop(signal.SIGINT) == 0
    assert "Stopped; everything is kept." in running.said()
    assert running.processes() == []
    assert running.status("/healthz") is None
    assert not (running.data / "postgres/postmaster.pid").exists()


def test_a_taken_port_is_refused_before_anything_starts(house: House) -> None:
    assert house.processes() == []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = regulars(house.data, "up", "--port", str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"regulars: Port {port} on 127.0.0.1 is taken by another program; choose another one with --port.\n"
    )
    assert house.processes() == []
