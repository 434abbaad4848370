"""Reading the database into Arrow: columns come over as PostgreSQL's binary COPY, a million rows a second."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
from adbc_driver_postgresql import dbapi
from django.db import connection
from psycopg.conninfo import make_conninfo

BATCH_BYTES = 8 << 20
_CONTEXT = {"context", "prepare_threshold", "cursor_factory", "row_factory", "server_side_binding", "pool"}


class Source:
    """One reading: all its queries see the database as it was when the first of them began."""

    def __init__(self, cursor: dbapi.Cursor) -> None:
        self._cursor = cursor

    def table(self, sql: str) -> pa.Table:
        """All rows at once, of a query that bounds itself."""
        self._cursor.execute(sql)
        return self._cursor.fetch_arrow_table()

    def batches(self, sql: str) -> pa.RecordBatchReader:
        """The rows a few megabytes at a time; to be read to the end before the next query."""
        self._cursor.execute(sql)
        return self._cursor.fetch_record_batch()


@contextmanager
def reading() -> Iterator[Source]:
    """A connection of its own to the same database, as the same role, that only reads."""
    with (
        dbapi.connect(conninfo()) as line,
        line.cursor(adbc_stmt_kwargs={"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}) as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Source(cursor)
        line.rollback()


def text(value: str) -> str:
    """`value` as SQL has it. Queries here are read by COPY, which takes no parameters."""
    return "'" + value.replace("'", "''") + "'"


def conninfo() -> str:
    """How to reach the database that Django uses here, for libpq."""
    known = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in known.items() if name not in _CONTEXT})
