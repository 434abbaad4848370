"""Reading with SQL where it is clearer or faster than the ORM: rows in, frozen dataclasses out."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection

Made = TypeVar("Made")
Params = Sequence[Any] | Mapping[str, Any]


def rows(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """All rows of a query that bounds itself. Parameters always go beside the text, never into it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(sql: str, params: Params = ()) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def read(make: Callable[..., Made], sql: str, params: Params = ()) -> list[Made]:
    """Each row as `make(*columns)`."""
    return [make(*found) for found in rows(sql, params)]


def from_json(value: Any) -> Any:
    """A jsonb column: Django's cursors hand it over as text, other paths already parsed."""
    return json.loads(value) if isinstance(value, str | bytes) else value


def contains(text: str) -> str:
    """The ILIKE pattern for “has `text` in it”, taken literally."""
    return f"%{like(text)}%"


def like(text: str) -> str:
    """`text` with what LIKE would read as a pattern escaped, and without NUL, which no text column holds."""
    return text.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
