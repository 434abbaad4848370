"""Getting at the database: ours, started from the data folder, or the server that `DATABASE_URL` names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from regulars.kit import lines, postgres, postgres_access
from regulars.kit.errors import CliError
from regulars.settings import CONFIG, DATA

FOLDER = DATA / "postgres"
OLDEST_SERVER = 160000
CONNECT_SECONDS = 5
WORKER_CONNECTIONS = 32
"""Of a worker process at most: each of its loops and jobs, what it listens on, and the lines of its batches."""

SPARE_CONNECTIONS = 20
"""For commands, exports, backups and the owner; PostgreSQL keeps three of them for the owner alone."""


@contextmanager
def held() -> Iterator[None]:
    """Have a database that answers for as long as the block runs.

    Refuses, in one sentence each, a server that can't be reached, one older than PostgreSQL 16, and whatever
    keeps our own from starting.
    """
    if CONFIG.database_url:
        _check_server(CONFIG.database_url)
        yield
        return
    with postgres.running(FOLDER, _settings()):
        yield


def revive() -> None:
    """Start our own database again if it died; a server of somebody else's is left to them."""
    if not CONFIG.database_url and not postgres.alive(FOLDER):
        with postgres.running(FOLDER, _settings()):
            pass


def connections_needed() -> int:
    """How many connections this installation may hold at once: all threads of all its processes, and the commands."""
    server = CONFIG.workers * (CONFIG.threads + lines.MOST)
    return max(100, server + CONFIG.background * WORKER_CONNECTIONS + SPARE_CONNECTIONS)


def too_few() -> tuple[int, int] | None:
    """How many connections a server of somebody else's allows, and how many may be needed; None: it has enough."""
    if not CONFIG.database_url:
        return None
    with _connected("DATABASE_URL", CONFIG.database_url) as server:
        found = server.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert found is not None
    allowed, needed = int(str(found[0])), connections_needed()
    return (allowed, needed) if allowed < needed else None


def _settings() -> dict[str, str]:
    return {"max_connections": str(connections_needed())}


def serving_role() -> str:
    """The role that serves, as the database itself calls it."""
    if not CONFIG.database_url:
        return postgres_access.SERVING
    with _connected("DATABASE_URL", CONFIG.database_url) as server:
        found = server.execute("SELECT current_user::text").fetchone()
    assert found is not None
    return str(found[0])


def unreachable(name: str, reason: str) -> CliError:
    """That the database which the setting `name` names can't be reached, without any password."""
    return CliError(f"The database that {name} names can't be reached: {_masked(' '.join(reason.split()))}")


def _check_server(url: str) -> None:
    with _connected("DATABASE_URL", url) as server:
        version = server.info.server_version
    if version < OLDEST_SERVER:
        raise CliError(
            f"The database that DATABASE_URL names runs PostgreSQL {version // 10000}; "
            "Regulars needs PostgreSQL 16 or newer."
        )


def _connected(name: str, url: str) -> "psycopg.Connection[tuple[object, ...]]":
    try:
        return psycopg.connect(url, connect_timeout=CONNECT_SECONDS)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise unreachable(name, str(error)) from None


def _masked(text: str) -> str:
    return re.sub(r"(://[^:@/\s]*):[^@/\s]*@", r"\1:…@", text)
