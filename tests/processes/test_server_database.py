"""A database of somebody else's: prepared by `migrate` alone, then used like our own."""

import json
from pathlib import Path

import psycopg

from tests.processes.house import regulars


def test_commands_on_a_database_server(database_server: str, tmp_path: Path) -> None:
    unprepared = regulars(tmp_path, "apikey", "list", DATABASE_URL=database_server)
    assert unprepared.returncode == 1
    assert unprepared.stderr == (
        "regulars: The database lacks this version's tables; run `regulars migrate` first.\n"
    )
    migrated = regulars(tmp_path, "migrate", DATABASE_URL=database_server)
    assert (migrated.returncode, migrated.stderr) == (0, "")
    arguments = (
        "apikey",
        "create",
        "--name",
        "POS 上海",
        "--scope",
        "events:write",
        "--scope",
        "members:read",
    )
    created = regulars(tmp_path, *arguments, "--json", DATABASE_URL=database_server)
    assert created.stderr == ""
    key = json.loads(created.stdout)
    assert key.pop("key").startswith("rk_")
    assert key == {"name": "POS 上海", "scopes": ["events:write", "members:read"]}
    operator = regulars(tmp_path, "operator", "create", "ann@example.com", DATABASE_URL=database_server)
    assert operator.stdout.startswith("ann@example.com can sign in to the console.\nPassword: ")
    with psycopg.connect(database_server) as connection:
        done = connection.execute("SELECT action FROM staff_auditentry ORDER BY id").fetchall()
    assert done == [("apikey.created",), ("operator.created",)]
    assert not (tmp_path / "postgres").exists()
