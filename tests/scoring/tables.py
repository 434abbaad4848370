"""Small histories as the warehouse's tables, written line by line in a test."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import ibis
import pyarrow as pa

from regulars.warehouse.contracts import SCHEMAS, Tables


def tables(
    members: Sequence[tuple[int, date]],
    orders: Sequence[tuple[int, str, date, int]] = (),
    refunds: Sequence[tuple[int, str, date, int]] = (),
    lines: Sequence[dict[str, Any]] = (),
) -> Tables:
    """`members`: (number, joined); `orders` and `refunds`: (member, order, day, amount in the smallest unit)."""
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "members": [
            {
                "member": number,
                "member_id": f"00000000-0000-7000-8000-{number:012x}",
                "joined_day": day,
                "joined_at": _at(day),
            }
            for number, day in members
        ],
        "orders": [
            {
                "member": member,
                "order": order,
                "source": "pos",
                "day": day,
                "at": _at(day),
                "hour": 12,
                "channel": "store",
                "store": "S1",
                "lines": 1,
                "total_minor": total,
            }
            for member, order, day, total in orders
        ],
        "refunds": [
            {"member": member, "order": order, "day": day, "at": _at(day), "amount_minor": amount}
            for member, order, day, amount in refunds
        ],
        "lines": lines,
    }
    return Tables(**{name: _table(name, rows.get(name, ())) for name in SCHEMAS})


def _at(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def _table(name: str, rows: Iterable[dict[str, Any]]) -> Any:
    schema = SCHEMAS[name]
    arrow = schema.to_pyarrow()
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=arrow), schema=schema)
