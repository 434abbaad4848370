"""Reading the database into Arrow: columns come over as PostgreSQL's binary COPY, a million rows a second."""

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_manager as adbc
import adbc_driver_postgresql as postgres
import pyarrow as pa
from django.db import connection
from psycopg.conninfo import make_conninfo

BATCH_BYTES = 8 << 20
_CONTEXT = {"context", "prepare_threshold", "cursor_factory", "row_factory", "server_side_binding", "pool"}


class Source:
    """One reading: all its queries see the database as it was when the first of them began."""

    def __init__(self, line: adbc.AdbcConnection) -> None:
        self._line = line

    def table(self, sql: str) -> pa.Table:
        """All rows at once, of a query that bounds itself."""
        with adbc.AdbcStatement(self._line) as asked:
            return _rows(asked, sql).read_all()

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows a few megabytes at a time; to be read to the end before the next query."""
        with adbc.AdbcStatement(self._line) as asked:
            asked.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)})
            yield from _rows(asked, sql)


@contextmanager
def reading() -> Iterator[Source]:
    """A connection of its own to the same database, as the same role, that only reads."""
    # The driver's own DB-API module is not used: it loads pandas into every process that imports it.
    with postgres.connect(conninfo()) as database, adbc.AdbcConnection(database) as line:
        line.set_autocommit(False)
        with adbc.AdbcStatement(line) as begin:
            begin.set_sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            begin.execute_update()
        try:
            yield Source(line)
        finally:
            line.rollback()


def _rows(asked: adbc.AdbcStatement, sql: str) -> pa.RecordBatchReader:
    asked.set_sql_query(sql)
    stream, _ = asked.execute_query()
    return pa.RecordBatchReader._import_from_c(stream.address)


def text(value: str) -> str:
    """`value` as SQL has it. Queries here are read by COPY, which takes no parameters."""
    return "'" + value.replace("'", "''") + "'"


def conninfo() -> str:
    """How to reach the database that Django uses here, for libpq."""
    known = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in known.items() if name not in _CONTEXT})
