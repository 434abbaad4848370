"""A brand with paid plans, and short ways to pay, give back, ask, and let time pass."""

from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.engine import plan_operations
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.plans.models import Act, Subscription
from tests.engine.world import event, fresh, joined, send, today, took, who_is

HEAD = """\
programme: club
name: Club
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points}
  growth: {name: growth, spendable: false}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    period: {months: 12, round: month}
    levels: [{id: basic, name: Basic, at: 0}, {id: gold, name: Gold, at: 100}, {id: top, name: Top, at: 1000}]
plans:
"""
VIP = """\
  vip:
    name: VIP
    family: club
    rank: 1
    periods:
      - {id: month, months: 1, price: "30.00"}
      - {id: quarter, months: 3, price: "80.00"}
      - {id: year, months: 12, price: "300.00"}
    trial: {days: 7}
    grace_days: 3
    renew_reminder_days: 5
"""
SVIP = """\
  svip:
    name: SVIP
    family: club
    rank: 2
    periods: [{id: month, months: 1, price: "60.00"}, {id: year, months: 12, price: "600.00"}]
    level: {ladder: level, level: gold}
    daily: {asset: growth, units: 10, by_period: {year: 15}}
    refund: end
"""
BUSINESS = """\
  business:
    name: Business
    periods: [{id: year, months: 12, price: "16800.00"}]
    entry:
      evidence:
        - {id: revenue, name: Revenue, kind: number}
        - {id: founded, name: Founded, kind: date}
        - {id: note, name: Note, required: false}
      when:
        all:
          - {field: event.revenue, op: gt, value: 20000000}
          - {field: event.founded, op: before, value: "2024-01-01"}
          - {field: tags, op: has_not, value: negative}
      approval: true
"""


def opened(*plans: str, rules: str = "") -> None:
    fresh(HEAD + "".join(plans or (VIP, SVIP, BUSINESS)) + (f"rules:\n{rules}" if rules else ""))


_numbers = count(1)


def paid(plan: str, when: str, period: str = "month", price: str = "30.00", **more: Any) -> dict[str, Any]:
    who = more.pop("who", "a")
    named = {k: more.pop(k) for k in ("id",) if k in more}
    data = {"plan": plan, "period": period, "price": price, "payment_id": f"p{next(_numbers)}", **more}
    return event("plan.paid", who, when, data, source="pay", **named)


def refund(payment: str, when: str, amount: str, who: str = "a", **more: Any) -> dict[str, Any]:
    data = {"payment_id": payment, "amount": amount, **more}
    return event("plan.refunded", who, when, data, source="pay")


def cancelled(plan: str, when: str, who: str = "a") -> dict[str, Any]:
    return event("plan.cancelled", who, when, {"plan": plan}, source="pay")


def member(who: str = "a", when: str = "2026-01-01") -> UUID:
    took(joined(who, when))
    return who_is(who)


def refused(one: dict[str, Any]) -> str:
    """Sent and rejected; the code."""
    (result,) = send(one)
    assert result["status"] == "rejected", result
    return str(result["error"]["code"])


def stands(plan: str, who: str = "a") -> tuple[str, str, str, str]:
    """Status, period, since and until, the days as they are said in the year 2026."""
    one = Subscription.objects.get(member_id=who_is(who), plan=plan)
    return one.status, one.period, _short(one.since), _short(one.until)


def _short(day: Any) -> str:
    return str(day).removeprefix("2026-") if day else ""


def happened(who: str = "a", prefix: str = "plan.") -> list[tuple[str, str]]:
    """What has happened about plans, with its local day, in the order of time."""
    found = Event.objects.filter(member_id=who_is(who), type__startswith=prefix)
    found = sorted(found, key=lambda one: (one.time, one.cause is not None, one.id))
    return [(one.type.partition(".")[2], _short(one.time.astimezone(ZONE).date())) for one in found]


ZONE = ZoneInfo("Asia/Shanghai")


def night(when: str) -> None:
    with today(when):
        settle_all()


def command(when: str, name: str, *args: Any, who: str = "a", key: str = "", **options: Any) -> Outcome:
    with today(when):
        request = Request(who_is(who), "desk", key or f"c{next(_numbers)}", options.pop("by", ""))
        outcome: Outcome = getattr(plan_operations, name)(request, *args, **options)
    return outcome


def code(outcome: Outcome) -> str:
    assert outcome.error is not None
    return outcome.error.code


def acts(who: str = "a") -> list[tuple[str, str]]:
    return list(Act.objects.filter(member_id=who_is(who)).order_by("at", "id").values_list("plan", "kind"))
