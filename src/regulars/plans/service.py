"""Writing down what was done about plans, and where members stand with them. Whole lists at a time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from regulars.kit.ids import bucket_of
from regulars.kit.rows import Cursor, insert, unnest
from regulars.language.effects import PlanAct
from regulars.language.snapshot import Subscription

ACT = {
    "member_id": "uuid",
    "id": "uuid",
    "bucket": "smallint",
    "plan": "text",
    "kind": "text",
    "at": "timestamptz",
    "day": "date",
    "source": "text",
    "payment_id": "text",
    "refund_id": "text",
    "period": "text",
    "months": "int",
    "days": "int",
    "amount_minor": "bigint",
    "credit_minor": "bigint",
    "starts": "date",
    "auto_renew": "boolean",
    "quote": "uuid",
    "data": "json",
}
NAMED = tuple(ACT)[5:18]
"""Columns of an act that are called as in `PlanAct`."""

STANDING = {
    "status": "text",
    "period": "text",
    "since": "date",
    "until": "date",
    "last_day": "date",
    "turns_on": "date",
    "auto_renew": "boolean",
    "trial_used": "boolean",
    "application": "text",
    "reminded_to": "date",
    "grown_to": "date",
    "known_at": "timestamptz",
    "changed_by": "uuid",
    "due_at": "timestamptz",
}
_SET = ", ".join(f"{name} = excluded.{name}" for name in STANDING)
PUT = (
    f"INSERT INTO plans_subscription (member_id, plan, bucket, {', '.join(STANDING)}) SELECT * FROM {{rows}}"
    f" ON CONFLICT (member_id, plan, bucket) DO UPDATE SET {_SET}"
)


def write(
    cursor: Cursor,
    acts: Sequence[tuple[UUID, PlanAct]],
    subscriptions: Sequence[tuple[UUID, Subscription]],
) -> None:
    """Note what was done, in the order it was decided, and where the members now stand."""
    rows: list[tuple[Any, ...]] = [
        (
            member_id,
            act.id,
            bucket_of(member_id),
            act.plan,
            act.kind,
            *(getattr(act, name) for name in NAMED),
            to_json(act.data).decode(),
        )
        for member_id, act in acts
    ]
    insert(cursor, "plans_act", ACT, rows)
    unnest(
        cursor,
        PUT,
        ("uuid", "text", "smallint", *STANDING.values()),
        [
            (member_id, one.plan, bucket_of(member_id), *(getattr(one, name) for name in STANDING))
            for member_id, one in subscriptions
        ],
    )
