"""What keeps a command from starting: one sentence, an exit code, never a traceback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from regulars import __version__
from regulars.kit import postgres
from regulars.kit.errors import CliError
from tests.processes.house import free_port, regulars


def test_an_unreachable_database_server(tmp_path: Path) -> None:
    port = free_port()
    refused = regulars(tmp_path, "up", DATABASE_URL=f"postgresql://shop:secret@127.0.0.1:{port}/regulars")
    assert refused.returncode == 1
    assert refused.stderr.startswith("regulars: The database that DATABASE_URL names can't be reached: ")
    assert refused.stderr.count("\n") == 1
    assert "secret" not in refused.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_database_server_too_old(tmp_path: Path) -> None:
    with _old_server() as port:
        refused = regulars(tmp_path, "migrate", DATABASE_URL=f"postgresql://shop@127.0.0.1:{port}/regulars")
    assert refused.returncode == 1
    assert refused.stderr == (
        "regulars: The database that DATABASE_URL names runs PostgreSQL 15; Regulars needs PostgreSQL 16 or newer.\n"
    )


def test_a_setting_out_of_range(tmp_path: Path) -> None:
    refused = regulars(tmp_path, "up", REGULARS_WORKERS="0")
    assert refused.returncode == 2
    assert refused.stderr == (
        "regulars: A setting is wrong: REGULARS_WORKERS: Input should be greater than or equal to 1.\n"
    )


def test_a_data_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = regulars(tmp_path / "file" / "data", "up")
    assert refused.returncode == 1
    assert refused.stderr.startswith("regulars: Not a directory")
    assert refused.stderr.count("\n") == 1


def test_unknown_commands_and_options(tmp_path: Path) -> None:
    assert regulars(tmp_path, "serve").stderr == (
        "regulars: There is no command 'serve'; `regulars --help` lists them.\n"
    )
    assert regulars(tmp_path, "serve").returncode == 2
    assert regulars(tmp_path, "up", "--port", "0").returncode == 2
    assert regulars(tmp_path, "--version").stdout == f"regulars {__version__}\n"
    assert {path.name for path in tmp_path.iterdir()} - {"cache"} == {"secret_key"}


def test_a_folder_of_another_postgresql(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(CliError, match="was made by PostgreSQL 17 and this Regulars brings PostgreSQL 18"):
        postgres.start(folder)
    assert [path.name for path in folder.iterdir()] == ["PG_VERSION"]


@contextmanager
def _old_server() -> Iterator[int]:
    """Says to whoever connects that it is PostgreSQL 15.8, in the protocol's words; there is none here."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        threading.Thread(target=_greet, args=(listener,), daemon=True).start()
        yield int(listener.getsockname()[1])


def _greet(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        asked = connection.recv(1024)
        while asked[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # TLS? GSSAPI? No.
            connection.sendall(b"N")
            asked = connection.recv(1024)
        connection.sendall(
            _message(b"R", b"\0\0\0\0")
            + _message(b"S", b"server_version\x0015.8\0")
            + _message(b"S", b"client_encoding\0UTF8\0")
            + _message(b"K", b"\0\0\0\1\0\0\0\1")
            + _message(b"Z", b"I")
        )
        connection.recv(1024)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body
