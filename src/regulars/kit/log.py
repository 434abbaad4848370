"""Structured logs: JSON lines in one bounded file for all processes, and on standard error what a person needs."""

import fcntl
import logging
import os
import sys
from pathlib import Path

import structlog
from structlog.typing import Processor

LIMIT_BYTES = 10 * 1024 * 1024
KEPT = 5
FILE = "regulars.log"
CHATTY = ("procrastinate", "urllib3", "asyncio")

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class SharedFile(logging.Handler):
    """A log file that many processes append to, whole lines at a time; it keeps at most `KEPT` full ones beside it.

    The renaming is done under a lock, by whoever finds the file full first; the others notice and open the new one.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._descriptor: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            os.write(self._current(), self.format(record).encode() + b"\n")
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Close the file; the next line opens it again (granian closes every handler while it starts)."""
        self.acquire()
        try:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
        finally:
            self.release()

    def _current(self) -> int:
        if self._descriptor is None:
            self._descriptor = self._open()
        mine = os.fstat(self._descriptor)
        if mine.st_size >= LIMIT_BYTES:
            self._rotate(mine.st_ino)
        elif mine.st_nlink and self._inode() == mine.st_ino:
            return self._descriptor
        os.close(self._descriptor)
        self._descriptor = self._open()
        return self._descriptor

    def _open(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o640)

    def _inode(self) -> int | None:
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return None

    def _rotate(self, full: int) -> None:
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._inode() != full:
                return
            for number in range(KEPT - 1, 0, -1):
                older = self.path.with_suffix(f".log.{number}")
                if older.exists():
                    older.replace(self.path.with_suffix(f".log.{number + 1}"))
            self.path.replace(self.path.with_suffix(".log.1"))


def file_of(data: Path) -> Path:
    """The log file of the installation in the folder `data`."""
    return data / "logs" / FILE


def configure(data: Path, level: str, process: str, to_stderr: bool = True) -> None:
    """Send every log of this process to the file in `data`, and to standard error.

    A terminal shows warnings and worse only (everything at level DEBUG); where standard error is collected by
    something else it gets what the file gets.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    shared = SharedFile(file_of(data))
    shared.setFormatter(_json())
    handlers: list[logging.Handler] = [shared]
    if to_stderr:
        handlers.append(_stderr(level))
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _json() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def _stderr(level: str) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    if not sys.stderr.isatty():
        handler.setFormatter(_json())
        return handler
    handler.setLevel(level if level == "DEBUG" else logging.WARNING)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
            ],
        )
    )
    return handler
