"""What events reach: which orders, top-ups, operations and other members they speak of, and what may move by them."""

from typing import Any
from uuid import UUID

from regulars.engine.plan import TIMED
from regulars.language.events import Event

JOINED = "member.joined"
ANSWERING = frozenset(
    {"asset.received", "asset.withdrawn", "plan.renewed", "plan.resumed", "plan.trial_started"}
)
"""Types of event that only commands lead to."""

CAUSED = TIMED | ANSWERING | {JOINED}
"""Types of event that may follow from others, whatever comes in."""

ORDER_AFTER = frozenset({"order.refunded", "order.completed", "order.cancelled"})
"""Types of event that speak of an order after it was paid, and move value."""

BETWEEN = frozenset({"asset.gifted", "gift.revoked"})
"""Types of event that move value from one member to another; the other one's id is in `to`."""

OPERATING = frozenset({"hold.captured", "hold.released", "asset.reversed", "asset.corrected", "gift.revoked"})
"""Commands on what another event did, named in `operation`."""

TAKING = frozenset(
    {
        *ORDER_AFTER,
        *BETWEEN,
        *OPERATING,
        "asset.credited",
        "asset.spent",
        "asset.held",
        "asset.adjusted",
        "asset.ended",
        "asset.converted",
        "wallet.refunded",
        "benefit.withdrawn",
    }
)
"""Types of event on which value may leave a member, or come back to one, whatever the rules say."""

RETURNING = frozenset({"order.refunded", "order.cancelled"})
"""Types of event by which an order goes back."""

REWRITING = RETURNING | {
    "wallet.refunded",
    "asset.reversed",
    "asset.corrected",
    "asset.adjusted",
    "tier.reckoned",
    "benefit.withdrawn",
}
"""Types of event by which what counted for a level may count no more."""

DAILY = frozenset({"asset.converted", "asset.gifted"})
"""Commands of which a member may do so much a day."""


OrderName = tuple[str, str]


def order_name(event_type: str, source: str, data: dict[str, Any]) -> OrderName | None:
    """The order that an event speaks of, if it speaks of one by which it counts."""
    if event_type == "order.paid":
        return source, data["order_id"]
    if event_type in ORDER_AFTER or (event_type == "asset.credited" and "order_id" in data):
        return data.get("order_source") or source, data["order_id"]
    return None


def topup_name(event: Event) -> OrderName | None:
    """The top-up that an event brings or pays back."""
    if event.type == "wallet.topped_up":
        return event.source, event.data.get("topup_id") or event.key
    if event.type == "wallet.refunded":
        return event.data.get("topup_source") or event.source, event.data["topup_id"]
    return None


def other_member(event: Event) -> UUID | None:
    """Another member to whom something happens by the event."""
    return UUID(event.data["to"]) if event.type in BETWEEN else None
