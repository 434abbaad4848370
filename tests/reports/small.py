"""Small histories as the warehouse's tables: rows written by hand, what is left out is empty."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import ibis
import pyarrow as pa

from regulars.console.reporting import NUMBERS
from regulars.insight.report import Answer
from regulars.language.text import LANGUAGES
from regulars.warehouse.contracts import SCHEMAS, Tables

Row = Mapping[str, Any]


def tables_of(**rows: Sequence[Row]) -> Tables:
    """Tables with these rows; columns that a row leaves out are empty."""
    unknown = set(rows) - set(SCHEMAS)
    assert not unknown, unknown
    return Tables(**{name: _table(name, rows.get(name, ())) for name in SCHEMAS})


def _table(name: str, rows: Sequence[Row]) -> Any:
    schema = SCHEMAS[name]
    shape = schema.to_pyarrow()
    columns = {
        column: pa.array([_filled(row, column) for row in rows], type=shape.field(column).type)
        for column in schema.names
    }
    return ibis.memtable(pa.table(columns, schema=shape), schema=schema)


def _filled(row: Row, column: str) -> Any:
    if column in row:
        return row[column]
    if column == "at" and "day" in row:
        return noon(row["day"])
    return None


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def member(number: int, joined: date, **more: Any) -> Row:
    return {
        "member": number, "member_id": f"00000000-0000-7000-8000-{number:012}", "joined_at": noon(joined),
        "joined_day": joined, **more,
    }  # fmt: skip


def order(number: int, name: str, day: date, total_minor: int, **more: Any) -> Row:
    return {
        "member": number, "order": f"shop/{name}", "source": "shop", "day": day, "hour": 12, "channel": "store",
        "store": "S1", "lines": 1, "total_minor": total_minor, **more,
    }  # fmt: skip


def says_what_it_means(found: Answer) -> None:
    """Every column of figures has its definition in every language; what is drawn alone stands in another table."""
    for table in found.tables:
        for column in table.columns[1:]:
            if column.unit in NUMBERS and table.id not in ("drawn", "loop", "curve"):
                assert column.definition, (table.id, column.id)
                assert set(column.definition) == set(LANGUAGES), (table.id, column.id)
