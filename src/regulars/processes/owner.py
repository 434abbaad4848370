"""The owner's connection: for migrations and the rights that follow from them, never for serving."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from django.db import OperationalError, connections

from regulars.kit import postgres_access
from regulars.kit.errors import CliError
from regulars.processes import database
from regulars.settings import CONFIG, DATABASE_OWNER

ALIAS = "default"


@contextmanager
def owning() -> Iterator[None]:
    """Make Django's connection of this thread the owner's for the block.

    Refuses, in one sentence, an owner whom the database does not let in.
    """
    own = connections[ALIAS]
    line = connections.create_connection(ALIAS)
    line.settings_dict = {**deepcopy(line.settings_dict), **DATABASE_OWNER}
    connections[ALIAS] = line
    try:
        try:
            line.ensure_connection()
        except OperationalError as error:
            raise _refusal(str(error)) from None
        yield
    finally:
        line.close()
        connections[ALIAS] = own


def _refusal(reason: str) -> CliError:
    if CONFIG.database_url:
        name = "DATABASE_OWNER_URL" if CONFIG.database_owner_url else "DATABASE_URL"
        return database.unreachable(name, reason)
    return postgres_access.refusal(database.FOLDER, reason)
