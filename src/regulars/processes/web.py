"""The server: granian with its processes, each with its threads. Started by the supervisor."""

import argparse
import multiprocessing

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from regulars.kit import lifeline, log
from regulars.processes import database
from regulars.settings import CONFIG, DATA

BACKLOG = 2048
CONNECTIONS_PER_PROCESS = 1024
DRAIN_SECONDS = 10
QUIET = {"handlers": [], "propagate": True}


def main() -> None:
    """Serve until told to stop; then finish what was begun."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    options = parser.parse_args()
    lifeline.attach(DATA)
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "regulars.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=CONFIG.workers,
        blocking_threads=CONFIG.threads,
        blocking_threads_idle_timeout=600,
        backlog=BACKLOG,
        backpressure=CONNECTIONS_PER_PROCESS,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig={"handlers": {}, "loggers": {"_granian": QUIET, "granian.access": dict(QUIET)}},
    )
    log.configure(DATA, CONFIG.log_level, "server")
    with database.held():
        server.serve()


if __name__ == "__main__":
    main()
