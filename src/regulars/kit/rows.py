"""Reading and writing many rows at once: COPY for what is new, arrays for what may be there already.

Arrays go to the server as text that is put together here: the driver's own way of writing arrays costs ten
times as much, and they are most of what a batch sends.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Connection
from psycopg import Cursor as PsycopgCursor

SOON = 2
"""A statement is prepared on the server from its third use on a connection on."""


class Cursor(PsycopgCursor[Any]):
    """A cursor of Django's connection that binds on the server, so that statements are planned once."""


@contextmanager
def cursor() -> Iterator[Cursor]:
    """A cursor in the transaction that Django's connection is in."""
    connection.ensure_connection()
    raw: Connection[Any] = connection.connection
    raw.prepare_threshold = SOON
    with Cursor(raw) as made:
        yield made


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITE: dict[str, Callable[[Any], str]] = {
    "uuid": lambda value: value.hex,
    "text": _quoted,
    "date": lambda value: value.isoformat(),
    "timestamptz": lambda value: value.isoformat(),
    "boolean": lambda value: "t" if value else "f",
}


def array(kind: str, values: Iterable[Any]) -> str:
    """`values` as a PostgreSQL array of `kind`, None as NULL."""
    write = _WRITE.get(kind, str)
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def uuids(values: Iterable[UUID]) -> str:
    """Ids as an array."""
    return "{" + ",".join([value.hex for value in values]) + "}"


def copy_rows(cursor: Cursor, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append `rows` to `table`. JSON goes in as text. Nothing is done for no rows."""
    if not rows:
        return
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def unnest(cursor: Cursor, sql: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Run `sql` once over all `rows`: its `{rows}` becomes an unnest of one array per column of `types`."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [array(kind, column) for kind, column in zip(types, columns, strict=True)]
    cursor.execute(sql.replace("{rows}", f"unnest({arrays})"), values)
