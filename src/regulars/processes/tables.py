"""The tables of this version: whether the database has them, and bringing it there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from regulars.kit.errors import CliError
from regulars.processes import database
from regulars.settings import CONFIG

MIGRATION_LOCK = 0x5265_6775


def pending_migrations() -> int:
    """How many migrations this version of Regulars has and the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> int:
    """Bring the tables to this version's state, one process at a time; return how many migrations it took."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            pending = pending_migrations()
            if pending:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return pending


@contextmanager
def ready() -> Iterator[None]:
    """Have a database with this version's tables. Ours is brought up to date; somebody else's has to be already."""
    with database.held():
        try:
            if not CONFIG.database_url:
                migrate()
            elif pending_migrations():
                raise CliError("The database lacks this version's tables; run `regulars migrate` first.")
            yield
        finally:
            connections.close_all()
