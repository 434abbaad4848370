"""What the warehouse holds: the tables that every report is written over, whatever computes them.

Facts are one row for each thing that happened and are only added to; the others are as things stand. A `member` is
the number of the person: rows of a record that was merged away carry the number of the one that was kept. `day` is
the local day of the programme's zone, `at` the moment in UTC; money and units are integers in the smallest unit.
"""

from dataclasses import dataclass, fields

import ibis
import ibis.expr.types as ir
from ibis.expr.schema import Schema

_MOMENT = "timestamp('UTC')"

MEMBERS = ibis.schema(
    {
        "member": "int64",
        "member_id": "string",
        "joined_at": _MOMENT,
        "joined_day": "date",
        "source": "string",
        "gender": "string",
        "birthday": "date",
        "language": "string",
        "tags": "array<string>",
        "attributes": "string",
    }
)
"""Everybody who is a member now, once; `attributes` is JSON."""

ORDERS = ibis.schema(
    {
        "member": "int64",
        "order": "string",
        "source": "string",
        "at": _MOMENT,
        "day": "date",
        "hour": "int8",
        "channel": "string",
        "store": "string",
        "lines": "int32",
        "total_minor": "int64",
    }
)
"""Orders as they were paid; `order` is `source/order_id`, unique. What was given back is in REFUNDS."""

LINES = ibis.schema(
    {
        "member": "int64",
        "order": "string",
        "day": "date",
        "sku": "string",
        "name": "string",
        "category": "string",
        "brand": "string",
        "quantity": "float64",
        "total_minor": "int64",
    }
)

REFUNDS = ibis.schema(
    {
        "member": "int64",
        "order": "string",
        "at": _MOMENT,
        "day": "date",
        "amount_minor": "int64",
    }
)

EVENTS = ibis.schema(
    {
        "member": "int64",
        "event": "string",
        "type": "string",
        "source": "string",
        "at": _MOMENT,
        "day": "date",
        "version": "int32",
        "cause": "string",
        "data": "string",
    }
)
"""The log. `data` is JSON, empty for orders: they are in ORDERS and LINES."""

ENTRIES = ibis.schema(
    {
        "member": "int64",
        "asset": "string",
        "account": "string",
        "units": "int64",
        "rule": "string",
        "at": _MOMENT,
        "day": "date",
    }
)
"""Every movement of value; `units` is positive where the member received."""

AWARDS = ibis.schema(
    {
        "member": "int64",
        "event": "string",
        "rule": "string",
        "kind": "string",
        "asset": "string",
        "units": "int64",
        "version": "int32",
        "at": _MOMENT,
        "day": "date",
    }
)
"""What rules did, one row for each effect; `kind` is the effect's, `asset` and `units` are set where it moved value."""

EXPOSURES = ibis.schema(
    {
        "member": "int64",
        "experiment": "string",
        "arm": "string",
        "rule": "string",
        "at": _MOMENT,
        "day": "date",
    }
)
"""Each time that a rule of an experiment would have applied; `arm` is the member's group, whether or not it got it."""

STEPS = ibis.schema(
    {
        "member": "int64",
        "ladder": "string",
        "before": "string",
        "after": "string",
        "reason": "string",
        "at": _MOMENT,
        "day": "date",
        "since": "date",
        "until": "date",
    }
)
"""Every step on a ladder and every period renewed, as now known."""

STANDINGS = ibis.schema(
    {"member": "int64", "ladder": "string", "level": "string", "since": "date", "until": "date"}
)
"""Levels now; who has no row stands on the lowest."""

LOTS = ibis.schema(
    {
        "member": "int64",
        "asset": "string",
        "units": "int64",
        "remaining": "int64",
        "earned_at": _MOMENT,
        "earned_day": "date",
        "expires_at": _MOMENT,
        "expires_day": "date",
        "rule": "string",
    }
)

ENTITLEMENTS = ibis.schema(
    {
        "member": "int64",
        "benefit": "string",
        "state": "string",
        "granted_day": "date",
        "claimed_day": "date",
        "used_day": "date",
        "ended_day": "date",
        "cost_minor": "int64",
    }
)

MESSAGES = ibis.schema(
    {
        "member": "int64",
        "template": "string",
        "category": "string",
        "at": _MOMENT,
        "day": "date",
        "inbox": "boolean",
        "read_at": _MOMENT,
        "sent": "int32",
    }
)
"""What was said to members; `sent` counts the channels outside on which it went out."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one reading, each in the shape above: reports take this and nothing else."""

    members: ir.Table
    orders: ir.Table
    lines: ir.Table
    refunds: ir.Table
    events: ir.Table
    entries: ir.Table
    awards: ir.Table
    exposures: ir.Table
    steps: ir.Table
    standings: ir.Table
    lots: ir.Table
    entitlements: ir.Table
    messages: ir.Table


SCHEMAS: dict[str, Schema] = {
    "members": MEMBERS,
    "orders": ORDERS,
    "lines": LINES,
    "refunds": REFUNDS,
    "events": EVENTS,
    "entries": ENTRIES,
    "awards": AWARDS,
    "exposures": EXPOSURES,
    "steps": STEPS,
    "standings": STANDINGS,
    "lots": LOTS,
    "entitlements": ENTITLEMENTS,
    "messages": MESSAGES,
}

if set(SCHEMAS) != {field.name for field in fields(Tables)}:
    raise RuntimeError("every table of the warehouse has a schema")
