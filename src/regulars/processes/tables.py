"""The tables of this version: whether the database has them, and bringing it there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import ProgrammingError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from regulars.kit.errors import CliError
from regulars.processes import database, roles
from regulars.processes.owner import owning
from regulars.settings import CONFIG

MIGRATION_LOCK = 0x5265_6775
LACKING = "The database lacks this version's tables; run `regulars migrate` first."


def pending_migrations() -> int:
    """How many migrations this version of Regulars has and the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> int:
    """Bring the tables to this version's state and the role that serves to its rights, one process at a time.

    Returns how many migrations it took. Runs as the owner. A server whose tables belong to somebody else, and whose
    owner we are not told, has to be up to date already.
    """
    serving = database.serving_role()
    with owning(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            return _migrate(serving)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _migrate(serving: str) -> int:
    if not roles.may_migrate(serving):
        if pending_migrations():
            raise CliError(
                "The database lacks this version's tables, and they belong to another role; run `regulars migrate`"
                " with DATABASE_OWNER_URL first."
            )
        return 0
    pending = pending_migrations()
    if pending:
        roles.release()
        call_command("migrate", verbosity=0, interactive=False)
    roles.settle(serving)
    return pending


def analyze() -> None:
    """Count anew what the planner goes by, which only the owner may."""
    with owning(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def ready() -> Iterator[None]:
    """Have a database with this version's tables. Ours is brought up to date; somebody else's has to be already."""
    with database.held():
        try:
            if not _up_to_date():
                if CONFIG.database_url:
                    raise CliError(LACKING)
                migrate()
            yield
        finally:
            connections.close_all()


def _up_to_date() -> bool:
    """As the role that serves sees it: nothing, where it may not look yet."""
    try:
        return not pending_migrations()
    except ProgrammingError:
        return False
