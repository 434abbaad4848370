"""Short ways to say what was done about a member's plans, without any table."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID

from regulars.language.effects import PlanAct
from regulars.plans.contracts import PaidPlan, Period, RefundMode

_ids = count(1)


def day(text: str) -> date:
    """`01-31` of 2026, or a whole date."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def act(kind: str, plan: str, on: str, **more: Any) -> PlanAct:
    number = next(_ids)
    when = datetime.combine(day(on), time(4), tzinfo=UTC)
    return PlanAct(UUID(int=number), plan, kind, when, day(on), **more)


def paid(plan: str, on: str, months: int = 1, amount: int = 3000, **more: Any) -> PlanAct:
    named = {"period": f"m{months}", "payment_id": f"p{next(_ids)}", **more}
    return act("paid", plan, on, months=months, amount_minor=amount, **named)


def refunded(payment: PlanAct, on: str, amount: int) -> PlanAct:
    return act("refunded", payment.plan, on, payment_id=payment.payment_id, amount_minor=amount)


def plan(plan_id: str = "vip", rank: int = 1, **more: Any) -> PaidPlan:
    periods = tuple(
        Period(f"m{months}", {"en": f"{months} months"}, months, price)
        for months, price in ((1, 3000), (3, 8000), (12, 30000))
    )
    usual: dict[str, Any] = {
        "family": "vip",
        "refund": RefundMode.PRO_RATA,
        "grace_days": 3,
        "remind_days": 5,
    }
    return PaidPlan(plan_id, {"en": plan_id}, rank=rank, periods=periods, **{**usual, **more})


def family(*plans: PaidPlan) -> dict[str, PaidPlan]:
    return {one.id: one for one in plans}
