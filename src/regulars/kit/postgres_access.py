"""Who comes in to the embedded PostgreSQL: the role that serves as it is, the owner with a password kept in a file.

Both come by the socket in a folder that nobody but its owner may enter. The password keeps the owner apart from the
role that serves: whoever has got hold of a serving connection, or of its URL, has nothing to become the owner with.
Whoever reads the installation's files can; no rule inside the database could stop that.
"""

import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from regulars.kit import postgres_conf
from regulars.kit.errors import CliError
from regulars.kit.postgres_user import Account

OWNER = "postgres"
SERVING = "regulars_serving"
RULES = "pg_hba.conf"
WAYS = ("local all", "local replication", "host all", "host replication")
BEGIN = "# Regulars: how the owner comes in; written at the start. Rules of your own go below.\n"
END = "# Regulars: end\n"


def passfile(folder: Path) -> Path:
    """Where the owner's password lies, as libpq reads it: beside the cluster's folder."""
    return folder.with_name(f"{folder.name}.owner")


def closed(folder: Path) -> bool:
    """Whether the owner needs the password, and there is one."""
    return passfile(folder).exists() and _rules(folder).startswith(_block("scram-sha-256"))


def open_door(folder: Path, account: Account) -> None:
    """Let the owner in without a password, to be given one. Only for a server that does not run."""
    _write(folder, account, "trust")


def close_door(folder: Path, account: Account, connection: "psycopg.Connection[object]") -> None:
    """Give the owner a new password, and ask for it from now on. `connection` is the owner's."""
    secret = secrets.token_urlsafe(32)
    file = passfile(folder)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"*:*:*:{OWNER}:{secret}\n")
    hashed = connection.pgconn.encrypt_password(secret.encode(), OWNER.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(OWNER), sql.Literal(hashed))
    )
    _write(folder, account, "scram-sha-256")
    connection.execute("SELECT pg_reload_conf()")


def make_role(connection: "psycopg.Connection[object]") -> None:
    """Make the role that serves, or make it again what it has to be: one that may come in, and see since when anybody
    is writing, which tells up to where the log is whole; nothing else."""
    role = sql.Identifier(SERVING)
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [SERVING]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS").format(
            role
        )
    )
    connection.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(role))


def refusal(folder: Path, reason: str) -> CliError:
    """Why the owner did not come in, and where the password is lost, the way out."""
    if "password" not in reason:
        return CliError(f"The database in {folder} does not answer: {' '.join(reason.split())}")
    return CliError(
        f"The database in {folder} does not take its owner's password from {passfile(folder)}; stop Regulars, "
        "remove that file if it is there, and start again: a new one is made."
    )


def _rules(folder: Path) -> str:
    try:
        return (folder / RULES).read_text()
    except FileNotFoundError:
        return ""


def _block(method: str) -> str:
    lines = [f"{way} {OWNER}{' all' if way.startswith('host') else ''} {method}\n" for way in WAYS]
    return "".join([BEGIN, *lines, END])


def _write(folder: Path, account: Account, method: str) -> None:
    """Our lines come first, and the first that fits decides; all others stay as they are."""
    text = _rules(folder)
    if text.startswith(BEGIN) and END in text:
        text = text.split(END, 1)[1]
    postgres_conf.replace(folder / RULES, _block(method) + text, account)
