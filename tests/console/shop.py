"""A shop with a short past: four members, one of them without a name, one whose name is an attack."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from regulars.engine.doors import receive
from regulars.insight import freshness
from regulars.programme.service import publish, version

GROCERY = (Path(__file__).parents[2] / "programmes" / "grocery.yaml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""

LIN = {"phone": "+8613800001234", "email": "lin@example.cn"}
NAMELESS = {"card": "88001"}
ATTACKER = {"phone": "+8613800005678"}
IDLE = {"external": "idle-1"}


def open_shop() -> None:
    """The grocery's programme is in force, and nothing has happened."""
    version.cache_clear()
    freshness.forget()
    publish(GROCERY, "tests")


def tell(kind: str, member: dict[str, str], key: str, time: datetime, **data: Any) -> UUID:
    """One event through the door; the member's id."""
    event = {"id": key, "type": kind, "member": member, "time": time.isoformat(), "data": data}
    [result] = receive(json.dumps(event).encode(), "pos", "en")
    assert result["status"] == "processed", result
    return UUID(result["member_id"])


def paid(member: dict[str, str], order: str, total: str, time: datetime) -> UUID:
    """A purchase in store S01."""
    return tell(
        "order.paid", member, f"e-{order}", time, order_id=order, total=total, currency="CNY", store="S01"
    )


def fill_shop() -> dict[str, UUID]:
    """The past of the four; who is who."""
    weeks = [NOW - timedelta(weeks=count) for count in range(12)]
    lin = tell("member.joined", LIN, "j-1", weeks[11], name="林小雨", birthday="1990-05-17", gender="female")
    paid(LIN, "1001", "1200.00", weeks[6])
    paid(LIN, "1002", "24.90", weeks[1])
    tell(
        "order.refunded", LIN, "r-1", weeks[0], order_id="1002", refund_id="1", amount="4.90", currency="CNY"
    )
    nameless = paid(NAMELESS, "2001", "9.99", weeks[3])
    attacker = tell(
        "member.joined", ATTACKER, "j-3", weeks[5], name='=HYPERLINK("http://x")<script>alert(1)</script>'
    )
    idle = tell("member.joined", IDLE, "j-4", weeks[9], name="Anna Müller")
    freshness.forget()
    return {"lin": lin, "nameless": nameless, "attacker": attacker, "idle": idle}
