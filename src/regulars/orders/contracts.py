"""What others may know of orders."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

RETURNED = "order.returned"
"""The tally of orders that went back as a whole, on the day on which they were paid."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `paid_at` is None while only a refund of it is known."""

    id: UUID
    source: str
    order_id: str
    total_minor: int
    refunded_minor: int
    currency: str
    channel: str
    store: str
    lines: int
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """All orders of a member; `spend_minor` is before refunds."""

    orders: int = 0
    spend_minor: int = 0
    refunded_minor: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold in the period that starts on `period`, and what of those very orders went back."""

    period: date
    orders: int
    buyers: int
    sales_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class SalesSum:
    """Sales over all time or one window."""

    orders: int = 0
    sales_minor: int = 0
    refunded_minor: int = 0
    buyers: int = 0
    repeat_buyers: int = 0
    """Members with two orders or more among them."""
