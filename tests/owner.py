"""The tests' way to what only the owner of the tables may: making the database, emptying it, breaking it on purpose."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import psycopg
from django.core.management.color import Style
from django.core.management.commands import flush
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.pq import TransactionStatus

from regulars.kit.postgres_access import OWNER, SERVING

MIGRATED = ("django_content_type", "auth_permission")
"""Tables that migrations fill."""


def let_tests_become_owner(url: str) -> None:
    """Let the tests' connections become the owner when they ask for it, on this run's server and nowhere else.

    Without INHERIT the role that serves has no more rights than anywhere, until it asks.
    """
    with psycopg.connect(url) as server:
        server.execute(f"GRANT {OWNER} TO {SERVING} WITH INHERIT FALSE, SET TRUE")


def connect_as(role: Mapping[str, object]) -> None:
    """Have Django connect as the role of these settings, to the database it is on."""
    connection.close()
    place = connections.settings["default"]
    place.update({name: role[name] for name in ("USER", "PASSWORD", "OPTIONS")})


@contextmanager
def as_owner() -> Iterator[None]:
    """Let Django's connection be the owner for the block, in its transaction where it is in one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {OWNER}")
        try:
            yield
        finally:
            if connection.connection.info.transaction_status != TransactionStatus.INERROR:
                cursor.execute("SET ROLE NONE")


@contextmanager
def emptying_tables() -> Iterator[None]:
    """Have Django empty the tables between tests as the owner: TRUNCATE is nothing that serving may.

    Only those in which something is: a hundred empty ones take half a second. What points at them goes with them. What
    migrations wrote stays, so that it need not be written again.
    """
    execute, write = DatabaseOperations.execute_sql_flush, DatabaseOperations.sql_flush

    def as_the_owner(self: DatabaseOperations, statements: Sequence[str]) -> None:
        execute(self, [f"SET LOCAL ROLE {OWNER}", *statements] if statements else [])

    def of_filled(
        self: DatabaseOperations,
        style: Style,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        **_: bool,
    ) -> list[str]:
        return write(self, style, _filled(tables), reset_sequences=reset_sequences, allow_cascade=True)

    with (
        patch.object(DatabaseOperations, "execute_sql_flush", as_the_owner),
        patch.object(DatabaseOperations, "sql_flush", of_filled),
        patch.object(flush, "emit_post_migrate_signal"),
    ):
        yield


def _filled(tables: Sequence[str]) -> list[str]:
    name, wanted = connection.ops.quote_name, [each for each in tables if each not in MIGRATED]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{each}' FROM {name(each)} LIMIT 1)" for each in wanted))
        return [each for (each,) in cursor.fetchall()]
