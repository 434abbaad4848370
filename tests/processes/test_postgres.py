"""The embedded server: shared by whoever holds it, stopped by the last one, started whatever the crash left behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from regulars.kit import postgres
from tests.conftest import FAST


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="regulars-postgres-", ignore_cleanup_errors=True) as parent:
        yield Path(parent) / "postgres"


def test_the_last_one_out_stops_it(folder: Path) -> None:
    with postgres.running(folder, FAST) as url:
        with postgres.running(folder, FAST) as same:
            assert same == url
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
        assert postgres.alive(folder)
    assert not postgres.alive(folder)


def test_it_listens_nowhere_but_in_its_own_folder(folder: Path) -> None:
    with postgres.running(folder, FAST) as url, psycopg.connect(url) as connection:
        assert _show(connection, "listen_addresses") == ""
        assert _show(connection, "max_locks_per_transaction") == "512"
        assert connection.execute("SELECT upper('é'), lower('Ä')").fetchone() == ("É", "ä")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_durability_is_on_unless_tests_turn_it_off(folder: Path) -> None:
    with postgres.running(folder) as url, psycopg.connect(url) as connection:
        shown = [_show(connection, name) for name in ("fsync", "full_page_writes", "synchronous_commit")]
    assert shown == ["on", "on", "on"]


def test_a_pid_file_whose_number_another_process_has_now(folder: Path) -> None:
    with postgres.running(folder, FAST):
        lines = (folder / "postmaster.pid").read_text().splitlines()
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert not postgres.alive(folder)
    with postgres.running(folder, FAST) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(1,)]


def test_a_holder_that_is_killed_leaves_too(folder: Path) -> None:
    script = (
        "import sys, pathlib\nfrom regulars.kit import postgres\n"
        "with postgres.running(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert postgres.alive(folder)
    with postgres.running(folder, FAST):
        pass
    assert not postgres.alive(folder)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / "postgres"
    assert len(str(postgres.socket_folder(folder))) <= postgres.SOCKET_PATH_LIMIT
    with postgres.running(folder, FAST) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert postgres.socket_folder(folder).stat().st_mode & 0o777 == 0o700
    postgres.socket_folder(folder).rmdir()


def _show(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    row = connection.execute(f"SHOW {name}").fetchone()
    assert row is not None
    return row[0]
