"""The embedded PostgreSQL: where it lives and how to reach it."""

import hashlib
import tempfile
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_LIMIT = 90


def socket_folder(folder: Path) -> Path:
    """Where the server in `folder` listens: in the folder, or in a short path where that would be too long."""
    if len(str(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"regulars-{name}"


def url(folder: Path) -> str:
    """The connection URL of the server whose data lies in `folder`."""
    return f"postgresql://postgres@/regulars?host={quote(str(socket_folder(folder)), safe='/')}"
