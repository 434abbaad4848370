"""Reading and writing many rows at once: arrays in, one statement a table, many statements a round trip.

Arrays go to the server as text that is put together here: the driver's own way of writing arrays costs ten
times as much, and they are most of what a batch sends. Statements that don't wait for each other's answers
go in one pipeline: on a busy process every wait for an answer is also a wait for the interpreter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
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
    "bytea": lambda value: '"\\\\x' + value.hex() + '"',
    "boolean": lambda value: "t" if value else "f",
}


def array(kind: str, values: Iterable[Any]) -> str:
    """`values` as a PostgreSQL array of `kind`, None as NULL."""
    write = _WRITE.get(kind, str)
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def uuids(values: Iterable[UUID]) -> str:
    """Ids as an array."""
    return "{" + ",".join([value.hex for value in values]) + "}"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A query, and how its rows become what was asked for."""

    sql: str
    params: Sequence[Any] | Mapping[str, Any]
    read: Callable[[list[Any]], T]


def ask(cursor: Cursor, questions: Sequence[Question[Any]]) -> list[Any]:
    """The answers to all questions, in one round trip. Each sees what the one before it locked."""
    with cursor.connection.pipeline():
        asked = []
        for question in questions:
            one = Cursor(cursor.connection)
            one.execute(question.sql, question.params)
            asked.append((one, question))
    return [question.read(one.fetchall() if one.description else []) for one, question in asked]


def ask_one(cursor: Cursor, question: Question[T]) -> T:
    """The answer to one question."""
    cursor.execute(question.sql, question.params)
    return question.read(cursor.fetchall() if cursor.description else [])


@contextmanager
def together(cursor: Cursor) -> Iterator[None]:
    """What is written inside goes in one round trip; a failure shows at the end at the latest."""
    with cursor.connection.pipeline():
        yield


def insert(cursor: Cursor, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Append `rows` to `table`: `columns` are names and types, JSON goes in as text."""
    if not rows:
        return
    values = ", ".join(f"{name}::jsonb" if kind == "jsonb" else name for name, kind in columns.items())
    names = ", ".join(columns)
    kinds = ["text" if kind == "jsonb" else kind for kind in columns.values()]
    sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM {{rows}} AS row({names})"
    unnest(cursor, sql, kinds, rows)


def unnest(cursor: Cursor, sql: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Run `sql` once over all `rows`: its `{rows}` becomes an unnest of one array per column of `types`."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [array(kind, column) for kind, column in zip(types, columns, strict=True)]
    cursor.execute(sql.replace("{rows}", f"unnest({arrays})"), values)
