"""Writing many rows at once: COPY for what is new, one statement with arrays for what may be there already."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper


def copy_rows(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append `rows` to `table`. JSON goes in as text. Nothing is done for no rows."""
    if not rows:
        return
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def unnest(cursor: CursorWrapper, sql: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Run `sql` once over all `rows`: its `{rows}` becomes an unnest of one array per column of `types`."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    cursor.execute(sql.replace("{rows}", f"unnest({arrays})"), [list(column) for column in columns])
