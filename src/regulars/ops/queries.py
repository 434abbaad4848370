"""Whether this process can do its work."""

import threading

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

_current = threading.Event()


def problem() -> str | None:
    """What keeps us from serving: no database, or tables of another version. None: nothing does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _current.is_set():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "The database lacks this version's tables; run `regulars migrate`."
            _current.set()
    except Error:
        return "The database does not answer."
    return None
