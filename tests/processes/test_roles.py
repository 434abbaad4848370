"""The role that serves reads and writes, but it does not rewrite history: in our own database and in somebody's."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import errors

from regulars.kit import postgres, postgres_access
from regulars.processes import roles
from tests.processes.house import House, regulars

HISTORY = (
    "audiences_revision", "events_event", "ledger_entry", "ledger_page", "ledger_seal", "plans_act", "staff_auditentry",
)  # fmt: skip
REWRITING = (
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
)
COLUMNS = {
    "audiences_revision": "audience",
    "events_event": "data",
    "ledger_entry": "amount",
    "ledger_page": "digest",
    "ledger_seal": "hash",
    "plans_act": "plan",
    "staff_auditentry": "detail",
}


@contextmanager
def served(house: House) -> Iterator[House]:
    """Run `up` for the block, and leave none of its processes behind, however the block ends."""
    try:
        house.start()
        yield house
        assert house.stop(signal.SIGTERM) == 0
    finally:
        if house.up is not None and house.up.poll() is None:
            house.up.kill()
            house.up.wait()
        for process in house.processes():
            process.kill()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A running `regulars up` on its own database, with one deed on record."""
    with (
        tempfile.TemporaryDirectory(prefix="regulars-house-", ignore_cleanup_errors=True) as folder,
        served(House(Path(folder))) as house,
    ):
        house.note("the first deed")
        yield house


@contextmanager
def serving(data: Path) -> "Iterator[psycopg.Connection[Any]]":
    with psycopg.connect(postgres.serving_url(data / "postgres"), autocommit=True) as connection:
        yield connection


@contextmanager
def owning(data: Path) -> "Iterator[psycopg.Connection[Any]]":
    with psycopg.connect(postgres.url(data / "postgres"), autocommit=True) as connection:
        yield connection


def statement(text: str, table: str) -> str:
    column = COLUMNS[table]
    return text.format(table, column, column)


def test_what_is_history() -> None:
    assert roles.history() == HISTORY


@pytest.mark.parametrize("text", REWRITING)
@pytest.mark.parametrize("table", HISTORY)
def test_serving_cannot_rewrite_history(house: House, table: str, text: str) -> None:
    with serving(house.data) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement(text, table))
    assert house.notes() == ["the first deed"]


def test_everything_that_serves_comes_in_as_the_role_that_serves(house: House) -> None:
    regulars(house.data, "stats")
    assert house.status("/readyz") == 200
    with owning(house.data) as connection:
        found = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity"
            " WHERE datname = 'regulars' AND usename IS NOT NULL AND pid <> pg_backend_pid()"
        ).fetchall()
    assert found == [("regulars_serving",)]


@pytest.mark.parametrize(
    "text",
    [
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE TABLE mine (n int)",
        "CREATE ROLE other",
        "ALTER ROLE regulars_serving SUPERUSER",
        "ALTER TABLE ledger_entry OWNER TO regulars_serving",
        "SET session_replication_role = replica",
        "COPY staff_operator TO PROGRAM 'cat'",
        "SELECT setval('staff_auditentry_id_seq', 1)",
        "UPDATE django_migrations SET name = name",
    ],
)
def test_serving_has_no_way_to_more(house: House, text: str) -> None:
    with serving(house.data) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(text)


def test_the_owner_is_not_let_in_without_the_password(house: House) -> None:
    stolen = postgres.serving_url(house.data / "postgres").replace("regulars_serving@", "postgres@")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(stolen)
    kept = postgres_access.passfile(house.data / "postgres")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_serving_has_every_right_on_every_other_table(house: House) -> None:
    with serving(house.data) as connection:
        found = connection.execute(
            "SELECT relname, ARRAY(SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE has_table_privilege(oid, name)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"]],
        ).fetchall()
    given = {name: " ".join(rights) for name, rights in found}
    assert len(given) > 30
    assert {given.pop(name) for name in HISTORY} == {"SELECT INSERT"}
    assert given.pop("django_migrations") == "SELECT"
    assert set(given.values()) == {"SELECT INSERT UPDATE DELETE"}


def test_migrate_puts_right_what_was_changed_by_hand(house: House) -> None:
    with owning(house.data) as connection:
        connection.execute("GRANT UPDATE (amount) ON ledger_entry TO regulars_serving")
        connection.execute("GRANT ALL ON events_event TO regulars_serving")
        connection.execute("REVOKE INSERT ON members_member FROM regulars_serving")
        connection.execute("CREATE TABLE made_later (id int GENERATED ALWAYS AS IDENTITY, n serial)")
    with serving(house.data) as connection:
        connection.execute("UPDATE ledger_entry SET amount = amount")
        connection.execute("INSERT INTO made_later DEFAULT VALUES")
    done = regulars(house.data, "migrate")
    assert (done.stdout, done.stderr) == ("The database is up to date.\n", "")
    with serving(house.data) as connection:
        for text in ("UPDATE ledger_entry SET amount = amount", "DELETE FROM events_event"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(text)
        found = connection.execute("SELECT has_table_privilege('members_member', 'INSERT')").fetchone()
        assert found == (True,)


def test_a_database_from_before_is_closed_at_the_next_start(tmp_path: Path) -> None:
    """Made by a version without the role: nobody asked for a password, and one role did all."""
    folder = tmp_path / "postgres"
    assert regulars(tmp_path, "operator", "create", "ann@example.com").returncode == 0
    with postgres.running(folder), owning(tmp_path) as connection:
        connection.execute("DROP OWNED BY regulars_serving")
        connection.execute("DROP ROLE regulars_serving")
        connection.execute("ALTER ROLE postgres PASSWORD NULL")
    rules = folder / "pg_hba.conf"
    ours = rules.read_text().split(postgres_access.END)[0]
    rules.write_text("local all all trust\n# somebody's own\n")
    postgres_access.passfile(folder).unlink()

    done = regulars(tmp_path, "operator", "create", "bob@example.com")
    assert (done.returncode, done.stderr) == (0, "")
    assert rules.read_text() == f"{ours}{postgres_access.END}local all all trust\n# somebody's own\n"
    with postgres.running(folder), serving(tmp_path) as connection:
        assert connection.execute("SELECT count(*) FROM staff_operator").fetchone() == (2,)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("DELETE FROM staff_auditentry")

    kept = postgres_access.passfile(folder)
    kept.write_text("*:*:*:postgres:another\n")
    refused = regulars(tmp_path, "migrate")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"regulars: The database in {folder} does not take its owner's password from {kept}; stop Regulars, "
        "remove that file if it is there, and start again: a new one is made.\n"
    )
    kept.unlink()
    assert regulars(tmp_path, "migrate").stdout == "The database is up to date.\n"
    assert postgres_access.closed(folder)


def address(server: str, role: str) -> str:
    """The URL of the database `shop` for this role."""
    host = quote(str(psycopg.conninfo.conninfo_to_dict(server)["host"]), safe="/")
    return f"postgresql://{role}@/shop?host={host}&port=5432"


@pytest.fixture
def shop(database_server: str) -> Iterator[tuple[str, str]]:
    """A database of somebody else's: the URL of the role that owns it, and that of another role."""
    with psycopg.connect(database_server, autocommit=True) as server:
        server.execute("CREATE ROLE shop LOGIN")
        server.execute("CREATE ROLE keeper LOGIN")
        server.execute("CREATE DATABASE shop OWNER shop")
        yield address(database_server, "shop"), address(database_server, "keeper")
        server.execute("DROP DATABASE shop WITH (FORCE)")
        server.execute("DROP ROLE shop, keeper")


def refuses(url: str) -> set[str]:
    """What is said when history is rewritten there: each statement on each table has to be refused."""
    said = set()
    with psycopg.connect(url, autocommit=True) as connection:
        for table in HISTORY:
            for text in REWRITING[:3]:
                with pytest.raises(errors.InsufficientPrivilege) as caught:
                    connection.execute(statement(text, table))
                said.add(str(caught.value).split()[0])
    return said


def test_one_role_on_a_server_then_two(
    shop: tuple[str, str], database_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve, own = shop
    alone = regulars(tmp_path, "migrate", DATABASE_URL=serve)
    assert alone.stderr == ""
    assert alone.stdout.endswith(
        "History is kept by triggers only: the database role that serves owns the tables"
        " (docs/deployment.md says how to have two roles).\n"
    )
    assert refuses(serve) == {"history"}
    assert regulars(tmp_path, "operator", "create", "a@example.com", DATABASE_URL=serve).returncode == 0

    mixed = regulars(tmp_path, "migrate", DATABASE_URL=serve, DATABASE_OWNER_URL=own)
    assert mixed.returncode == 1
    assert mixed.stderr == (
        "regulars: The tables belong to shop, the role that serves; as a superuser run once in this database: "
        'REASSIGN OWNED BY "shop" TO "keeper";\n'
    )
    with psycopg.connect(database_server, dbname="shop", autocommit=True) as server:
        server.execute('REASSIGN OWNED BY "shop" TO "keeper"')
    split = regulars(tmp_path, "migrate", DATABASE_URL=serve, DATABASE_OWNER_URL=own)
    assert (split.stdout, split.stderr) == ("The database is up to date.\n", "")
    assert refuses(serve) == {"permission"}
    with psycopg.connect(own, autocommit=True) as owner:
        owner.execute("DELETE FROM staff_auditentry")  # no trigger any more: a migration may

    assert regulars(tmp_path, "operator", "create", "b@example.com", DATABASE_URL=serve).returncode == 0
    assert regulars(tmp_path, "migrate", DATABASE_URL=serve).stdout == "The database is up to date.\n"
    served_by(serve, own, tmp_path, monkeypatch)

    with psycopg.connect(own, autocommit=True) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'portal'")
    behind = regulars(tmp_path, "migrate", DATABASE_URL=serve)
    assert behind.stderr == (
        "regulars: The database lacks this version's tables, and they belong to another role; "
        "run `regulars migrate` with DATABASE_OWNER_URL first.\n"
    )


def served_by(serve: str, own: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`up`, told of both, migrates as one and serves as the other, and its children know of the other alone."""
    monkeypatch.setenv("DATABASE_URL", serve)
    monkeypatch.setenv("DATABASE_OWNER_URL", own)
    with served(House(data)) as house:
        assert "History" not in house.said()
        assert "DATABASE_OWNER_URL" not in house.child("regulars.processes.web").environ()
        assert "DATABASE_OWNER_URL" not in house.child("regulars.cli worker").environ()
        with psycopg.connect(own) as owner:
            found = owner.execute(
                "SELECT DISTINCT usename FROM pg_stat_activity"
                " WHERE datname = 'shop' AND usename IS NOT NULL AND pid <> pg_backend_pid()"
            ).fetchall()
        assert found == [("shop",)]
    monkeypatch.undo()


def test_up_says_that_one_role_does_both(
    shop: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", shop[0])
    with served(House(tmp_path)) as house:
        assert "kept by triggers only: the database role that serves owns the tables" in house.said()


def test_an_owner_alone_is_no_database(tmp_path: Path) -> None:
    refused = regulars(tmp_path, "migrate", DATABASE_OWNER_URL="postgresql://keeper@/shop")
    assert refused.returncode == 2
    assert refused.stderr == (
        "regulars: A setting is wrong: DATABASE_OWNER_URL: Value error, needs DATABASE_URL beside it, "
        "the role that serves on the same database.\n"
    )


def test_an_owner_who_is_not_let_in(shop: tuple[str, str], tmp_path: Path) -> None:
    nobody = shop[1].replace("keeper", "nobody:secret")
    refused = regulars(tmp_path, "migrate", DATABASE_URL=shop[0], DATABASE_OWNER_URL=nobody)
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "regulars: The database that DATABASE_OWNER_URL names can't be reached: "
    )
    assert "secret" not in refused.stderr
