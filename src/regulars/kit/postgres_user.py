"""Whom the embedded PostgreSQL runs as: it refuses to run as root, so root hands it to an account of its own."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from regulars.kit.errors import CliError

ACCOUNT = "pgserver"
MAC_ACCOUNT = "_postgres"


@dataclass(frozen=True)
class Account:
    """The user the server runs as. All None: whoever we are ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """The further groups to run with: none for another account, unchanged for ourselves."""
        return None if self.uid is None else []

    def make_folder(self, path: Path) -> None:
        """Make `path`, for this account alone; refuse one that somebody else got hold of first."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            _let_through(path)
            os.chown(path, self.uid, self.gid)
        elif path.stat().st_uid != os.geteuid():
            raise CliError(f"The folder {path} belongs to another user; remove it and start again.")
        path.chmod(0o700)

    def own(self, path: Path) -> None:
        """Give the file at `path` to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def server_account(folder: Path, binaries: Path) -> Account:
    """Who shall run the server of `folder`: ourselves, or, where we are root, the folder's owner or our account."""
    if os.geteuid() != 0:
        return Account()
    owner = _owner(folder) or _system_account()
    account = Account(owner.pw_uid, owner.pw_gid)
    _let_through(folder)
    _let_through(binaries / "postgres")
    if not (binaries / "postgres").stat().st_mode & stat.S_IROTH:
        _let_read(binaries.parent.parent)
    return account


def _owner(folder: Path) -> pwd.struct_passwd | None:
    """Whoever made this database, unless that is root."""
    if not (folder / "PG_VERSION").exists():
        return None
    uid = (folder / "PG_VERSION").stat().st_uid
    try:
        return pwd.getpwuid(uid) if uid else None
    except KeyError:
        raise CliError(
            f"The database folder {folder} belongs to user {uid}, whom this system lacks."
        ) from None


def _system_account() -> pwd.struct_passwd:
    for name in (ACCOUNT, MAC_ACCOUNT if sys.platform == "darwin" else ACCOUNT):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    if not shutil.which("useradd"):
        raise CliError("PostgreSQL does not run as root here; run Regulars as an ordinary user.")
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
    subprocess.run(command, check=False, capture_output=True)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise CliError(
            f"PostgreSQL does not run as root, and the user {ACCOUNT} for it could not be made; "
            "run Regulars as an ordinary user."
        ) from None


def _let_through(path: Path) -> None:
    """Let everybody pass (not list, not read) the folders above `path`, as the server's user has to."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)


def _let_read(package: Path) -> None:
    """Let everybody read the installed package and its libraries, which a strict umask may have closed."""
    libraries = package.with_name(f"{package.name}.libs")
    for root in [package, *([libraries] if libraries.is_dir() else [])]:
        for path in [root, *root.rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
