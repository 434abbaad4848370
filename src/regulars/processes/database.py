"""Getting at the database: ours, started from the data folder, or the server that `DATABASE_URL` names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from regulars.kit import postgres
from regulars.kit.errors import CliError
from regulars.settings import CONFIG, DATA

FOLDER = DATA / "postgres"
OLDEST_SERVER = 160000
CONNECT_SECONDS = 5
SPARE_CONNECTIONS = 40


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


def _settings() -> dict[str, str]:
    """Enough connections for every thread of every server process."""
    return {"max_connections": str(max(100, CONFIG.workers * CONFIG.threads + SPARE_CONNECTIONS))}


def _check_server(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as server:
            version = server.info.server_version
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        reason = " ".join(str(error).split())
        raise CliError(f"The database that DATABASE_URL names can't be reached: {_masked(reason)}") from None
    if version < OLDEST_SERVER:
        raise CliError(
            f"The database that DATABASE_URL names runs PostgreSQL {version // 10000}; "
            "Regulars needs PostgreSQL 16 or newer."
        )


def _masked(text: str) -> str:
    return re.sub(r"(://[^:@/\s]*):[^@/\s]*@", r"\1:…@", text)
