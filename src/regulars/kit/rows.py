"""Reading and writing many rows at once: arrays in, one statement a table, many statements a round trip.

Arrays go to the server as text that a JSON writer puts together: the driver's own way of writing arrays costs
thirty times as much, and they are most of what a batch sends. Statements that don't wait for each other's answers
go in one pipeline: on a busy process every wait for an answer is also a wait for the interpreter.
"""

import re
import select
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import Connection, adapters
from psycopg.adapt import AdaptersMap, Buffer, Loader, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from pydantic_core import to_json

Params = Sequence[Any] | Mapping[str, Any]
Statement = tuple[str, Params]

_PLACEHOLDER = re.compile(r"%s|%\((\w+)\)s")
_statements: WeakKeyDictionary[Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
"""Connection → SQL → the name under which it is prepared there."""


@lru_cache(maxsize=512)
def _compiled(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """`sql` with `$1`, `$2`, … for `%s` or `%(name)s`; for the latter the names, in the order of their numbers."""
    names: list[str] = []
    count = 0

    def number(found: re.Match[str]) -> str:
        nonlocal count
        if found[1] is None:
            count += 1
            return f"${count}"
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return _PLACEHOLDER.sub(number, sql).encode(), tuple(names)


def _value(value: Any) -> bytes | None:
    """A parameter as text."""
    if value is None:
        return None
    if isinstance(value, date | datetime):
        return value.isoformat().encode()
    return str(value).encode()


class _MomentLoader(Loader):
    """Moments as the sessions write them, in UTC: fifteen times as fast as the driver's own way with any zone."""

    def load(self, data: Buffer) -> datetime:
        """The moment that the text says."""
        return datetime.fromisoformat(bytes(data).decode())


_adapters = AdaptersMap(adapters)
_adapters.register_loader("timestamptz", _MomentLoader)


class _Reading:
    """Where a result comes from, and how its values are read."""

    adapters = _adapters

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection


class Cursor:
    """Statements on Django's connection, in its transaction, many in one round trip.

    It speaks to libpq through psycopg without psycopg's own cursors, whose bookkeeping for twenty statements
    costs more than deciding a batch of thirty events. Each statement is prepared once on a connection.
    """

    def __init__(self, raw: Connection[Any]) -> None:
        self._raw = raw
        self._rows: list[Any] = []
        self._gathered: list[Statement] | None = None

    def execute(self, sql: str, params: Params = ()) -> None:
        """Run a statement now, or with the others where statements are being gathered."""
        if self._gathered is not None:
            self._gathered.append((sql, params))
        else:
            (self._rows,) = self.run([(sql, params)])

    def fetchall(self) -> list[Any]:
        """The rows of the last statement."""
        return self._rows

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Statements inside run at the end, in one round trip, in their order; none of them if the body fails."""
        self._gathered = []
        try:
            yield
            gathered = self._gathered
        finally:
            self._gathered = None
        if gathered:
            self.run(gathered)

    def run(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """The rows of every statement. The first failure is raised, and nothing after it has run."""
        known = _statements.setdefault(self._raw, {})
        commands, expected, fresh = self._commands(statements, known)
        results = self._exchange(commands, len(expected) + 1)
        answers: list[list[Any]] = []
        loader = Transformer(_Reading(self._raw))
        for wanted, result in zip(expected, results, strict=False):
            if result.status in (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED):
                done = len(answers)
                for number, sql in fresh:
                    if number >= done:
                        known.pop(sql, None)
                if result.error_field(DiagnosticField.SQLSTATE) in STALE:
                    known.pop(statements[done][0], None)
                raise error_from_result(result, encoding="utf-8")
            if wanted:
                loader.set_pgresult(result)
                answers.append(loader.load_rows(0, result.ntuples, tuple) if result.nfields else [])
        return answers

    def _commands(
        self, statements: Sequence[Statement], known: dict[str, bytes]
    ) -> tuple[list[Callable[[], None]], list[bool], list[tuple[int, str]]]:
        """What to send; for each answer whether its rows are wanted; and what is prepared on the way: the number
        of the statement, and its SQL."""
        pgconn = self._raw.pgconn
        commands: list[Callable[[], None]] = []
        expected: list[bool] = []
        fresh: list[tuple[int, str]] = []
        if pgconn.transaction_status == TransactionStatus.IDLE and not self._raw.autocommit:
            commands.append(partial(pgconn.send_query_params, b"BEGIN", None))
            expected.append(False)
        for number, (sql, params) in enumerate(statements):
            text, names = _compiled(sql)
            name = known.get(sql)
            if name is None:
                _last[0] += 1
                name = known[sql] = b"regulars_%d" % _last[0]
                fresh.append((number, sql))
                commands.append(partial(pgconn.send_prepare, name, text))
                expected.append(False)
            given = [params[each] for each in names] if isinstance(params, Mapping) else params
            commands.append(partial(pgconn.send_query_prepared, name, [_value(each) for each in given]))
            expected.append(True)
        commands.append(pgconn.pipeline_sync)
        return commands, expected, fresh

    def _exchange(self, commands: Sequence[Callable[[], None]], answers: int) -> list[PGresult]:
        """Send everything at once, and wait for as many answers."""
        pgconn = self._raw.pgconn
        results: list[PGresult] = []
        pgconn.enter_pipeline_mode()
        try:
            for command in commands:
                command()
            _flush(pgconn)
            while len(results) < answers:
                while pgconn.is_busy():
                    _wait(pgconn, select.POLLIN)
                    pgconn.consume_input()
                result = pgconn.get_result()
                if result is not None:
                    results.append(result)
        finally:
            if pgconn.status == ConnStatus.OK and len(results) == answers:
                pgconn.exit_pipeline_mode()
        return results


def _wait(pgconn: PGconn, what: int) -> None:
    """Wait until the server has said something, or takes more. The only place where others get the interpreter:
    each time it is given away and fetched back on the way costs a busy process a millisecond."""
    poll = select.poll()
    poll.register(pgconn.socket, what)
    poll.poll()


def _flush(pgconn: PGconn) -> None:
    """Send what is still to be sent; what the server says meanwhile is taken in, so that neither waits for ever."""
    while pgconn.flush():
        _wait(pgconn, select.POLLIN | select.POLLOUT)
        pgconn.consume_input()


_last = [0]

STALE = frozenset({b"0A000", b"26000"})
"""What PostgreSQL says of a prepared statement whose tables have changed, or that it does not know (any more)."""

JSON = frozenset({"json", "jsonb"})


@contextmanager
def cursor() -> Iterator[Cursor]:
    """A cursor in the transaction that Django's connection is in. Failures are Django's database errors."""
    with connection.wrap_database_errors:
        connection.ensure_connection()
        yield Cursor(connection.connection)


def array(values: Iterable[Any]) -> str:
    """`values` as a PostgreSQL array in text form, None as NULL. Numbers, texts, ids, days and moments.

    A JSON list is such an array but for its brackets, and for the escapes of control characters.
    """
    column = values if isinstance(values, list) else list(values)
    text = to_json(column)[1:-1]
    if b"\\" in text and b"\\" in text.replace(b"\\\\", b"").replace(b'\\"', b""):
        return "{" + ",".join(["NULL" if value is None else _quoted(str(value)) for value in column]) + "}"
    return (b"{%b}" % text).decode()


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A query, and how its rows become what was asked for."""

    sql: str
    params: Params
    read: Callable[[list[Any]], T]


def ask(cursor: Cursor, questions: Sequence[Question[Any]]) -> list[Any]:
    """The answers to all questions, in one round trip. Each sees what the one before it locked."""
    answers = cursor.run([(question.sql, question.params) for question in questions])
    return [question.read(rows) for question, rows in zip(questions, answers, strict=True)]


def ask_one(cursor: Cursor, question: Question[T]) -> T:
    """The answer to one question."""
    (answer,) = ask(cursor, [question])
    return answer  # type: ignore[no-any-return]


def insert(cursor: Cursor, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Append `rows` to `table`: `columns` are names and types, JSON goes in as text."""
    if not rows:
        return
    values = ", ".join(f"{name}::{kind}" if kind in JSON else name for name, kind in columns.items())
    names = ", ".join(columns)
    kinds = ["text" if kind in JSON else kind for kind in columns.values()]
    sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM {{rows}} AS row({names})"
    unnest(cursor, sql, kinds, rows)


def unnest(cursor: Cursor, sql: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Run `sql` once over all `rows`: its `{rows}` becomes an unnest of one array per column of `types`."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    values = [
        array([f"\\x{value.hex()}" for value in column] if kind == "bytea" else list(column))
        for kind, column in zip(types, columns, strict=True)
    ]
    cursor.execute(sql.replace("{rows}", f"unnest({arrays})"), values)
