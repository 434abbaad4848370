"""The books as the database holds them, all three tables as of one moment, streamed.

PostgreSQL sorts and writes each row in its binary form, which is the canonical form of an entry but for the page in
front: so nothing is built from it, only digested.
"""

import select
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from struct import Struct
from typing import Any

from django.db import connections
from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from regulars.ledger.chain import ENTRY
from regulars.ledger.proof.checks import LinkRow, PageRow

ALIAS = "default"
SORT_MEMORY = "128MB"

_ENTRIES = f"COPY (SELECT page, {', '.join(ENTRY)} FROM ledger_entry ORDER BY page) TO STDOUT (FORMAT binary)"
_PAGES = "COPY (SELECT id, entries, digest, time FROM ledger_page ORDER BY id) TO STDOUT (FORMAT binary)"
_LINKS = """COPY (
SELECT seal.number, coalesce(seal.page, page.id), seal.hash, page.id, page.entries, page.digest, page.time
  FROM ledger_seal AS seal FULL JOIN ledger_page AS page ON page.id = seal.page
 ORDER BY seal.number NULLS LAST) TO STDOUT (FORMAT binary)"""

_HEADER_BYTES = 19
"""Signature, flags and the length of an extension that there is none of: what a binary COPY begins with."""
_ENTRY_BEGINS = 14
"""A row begins with the number of its fields in 2 bytes, and the page's number with its length in 12."""
_PAGE = Struct(">q")
_LENGTH = Struct(">i")
_NUMBERS = {2: Struct(">h"), 4: Struct(">i"), 8: Struct(">q")}


class DatabaseBooks:
    """The books in the database; `opened` makes it. Entries and pages are read over two connections at a time."""

    def __init__(self, first: Connection[Any], second: Connection[Any]) -> None:
        self._first = first
        self._second = second

    def total(self) -> int | None:
        """What the pages say."""
        row = self._first.execute("SELECT sum(entries)::bigint FROM ledger_page").fetchone()
        return row[0] if row else None

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every entry as its page and canonical form, by page."""
        for row in _copied(self._first, _ENTRIES):
            yield _PAGE.unpack_from(row, 6)[0], row[_ENTRY_BEGINS:]

    def pages(self) -> Iterator[PageRow]:
        """Every page, by number."""
        for row in _copied(self._second, _PAGES):
            number, entries, digest, time = _fields(row)
            yield PageRow(_number(number), _number(entries), digest or b"", _number(time))

    def links(self) -> Iterator[LinkRow]:
        """Every seal by number with its page, and then every page that has none."""
        for row in _copied(self._second, _LINKS):
            seal, page, hash_, number, entries, digest, time = _fields(row)
            content = None
            if number is not None:
                content = PageRow(_number(number), _number(entries), digest or b"", _number(time))
            yield LinkRow(_number(seal) if seal is not None else None, _number(page), hash_ or b"", content)


@contextmanager
def opened() -> Iterator[DatabaseBooks]:
    """The books as they are now; what is written meanwhile is not seen, and nobody is kept from writing."""
    with ExitStack() as stack:
        first, second = stack.enter_context(_line()), stack.enter_context(_line())
        snapshot = _value(first, "SELECT pg_export_snapshot()")
        second.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield DatabaseBooks(first, second)


def _value(line: Connection[Any], sql: str) -> Any:
    row = line.execute(sql).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def _line() -> Iterator[Connection[Any]]:
    """A connection of our own, in a transaction that reads one moment and writes nothing."""
    line = connections.create_connection(ALIAS)
    try:
        line.ensure_connection()
        raw: Connection[Any] = line.connection
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        raw.execute(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
        raw.execute("SET LOCAL jit = off")
        yield raw
    finally:
        line.close()


def _copied(line: Connection[Any], sql: str) -> Iterator[bytes]:
    """The rows of a binary COPY as they come. Waiting for them leaves the interpreter to others."""
    pgconn = line.pgconn
    result = pgconn.exec_(sql.encode())
    if result.status != ExecStatus.COPY_OUT:
        raise error_from_result(result)
    poll = select.poll()
    poll.register(pgconn.socket, select.POLLIN)
    header = True
    while True:
        size, data = pgconn.get_copy_data(1)
        if size > 0:
            row = bytes(data)
            if header:
                header, row = False, row[_HEADER_BYTES:]
            if len(row) > 2:
                yield row
        elif size == 0:
            poll.poll()
            pgconn.consume_input()
        else:
            break
    while (ended := pgconn.get_result()) is not None:
        if ended.status != ExecStatus.COMMAND_OK:
            raise error_from_result(ended)


def _fields(row: bytes) -> Iterator[bytes | None]:
    """The values of a row, None for NULL."""
    at = 2
    while at < len(row):
        (size,) = _LENGTH.unpack_from(row, at)
        at += 4
        if size < 0:
            yield None
            continue
        yield row[at : at + size]
        at += size


def _number(value: bytes | None) -> int:
    assert value is not None
    number: int = _NUMBERS[len(value)].unpack(value)[0]
    return number
