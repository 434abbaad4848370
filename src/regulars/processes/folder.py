"""One supervisor per data folder, and a free port before anything starts."""

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.kit import lifeline
from regulars.kit.errors import CliError

FILE = Path("run") / "up.lock"
EARLIER_SECONDS = 20.0


@contextmanager
def claimed(data: Path, address: str) -> Iterator[None]:
    """Hold the data folder for this process alone.

    Waits for the processes of an earlier start whose supervisor was killed: they end on their own. Refuses a
    folder that another supervisor holds, naming that one's process and address.
    """
    path = data / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CliError(
                f"Regulars runs on the data folder {data} already ({file.read().strip() or 'just starting'}); "
                "stop it first, or name another folder with REGULARS_DATA."
            ) from None
        if not lifeline.all_gone(data, EARLIER_SECONDS):
            raise CliError(
                f"Processes of an earlier start still use the data folder {data}; stop them first."
            )
        file.truncate(0)
        file.write(address)
        file.flush()
        yield
        file.truncate(0)


def check_port(host: str, port: int) -> None:
    """Refuse an address that nobody can listen on, or on which somebody does."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CliError(f"There is no address {host}; try --host 127.0.0.1.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CliError(
                f"Port {port} on {host} is taken by another program; choose another one with --port."
            ) from None
        raise CliError(f"Regulars can't listen on {host}:{port}: {error.strerror}.") from None
