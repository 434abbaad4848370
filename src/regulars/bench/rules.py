"""How many rules a programme may have: a stream of purchases decided with few and with many, and publishing's own time.

In this process and without a database, so that nothing hides what deciding costs; `run.measure_rules` sends purchases
through the whole engine, too.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from regulars.bench.client import LINES
from regulars.campaigns.logic import Budgets
from regulars.engine.decide import live
from regulars.engine.plan import Plan, make_plan
from regulars.kit.ids import event_id
from regulars.language.events import Event
from regulars.language.snapshot import OrderState, Snapshot
from regulars.programme.loader import load

MEMBERS = 200
FEW, MANY, MOST = 5, 100, 300
STORES = tuple(f"S{number:02}" for number in range(20))
CATEGORIES = (*dict.fromkeys(kind for _, _, kind, _ in LINES), *(f"C{number}" for number in range(22)))
"""What purchases name; over HTTP the first store and the first three categories."""

START = datetime(2026, 1, 1, tzinfo=UTC)

HEAD = """\
programme: bench
name: Bench
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points, expires: {months: 12, round: month}}
  growth: {name: growth, spendable: false}
ladders:
  level:
    name: Level
    measure: {asset: growth}
    levels: [{id: basic, name: Basic, at: 0}, {id: gold, name: Gold, at: 5000}]
rules:
  - id: base
    name: Base
    on: order.paid
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - credit: {asset: growth, for_each: 1, of: event.total}
"""

CONDITIONS = (
    "{{field: event.store, op: eq, value: {store}}}, {{field: level.level, op: gte, value: gold}}",
    "{{items: any, where: {{field: item.category, op: eq, value: {category}}}}},"
    " {{field: orders.count, op: gte, value: 2, window: {{days: 30}}}}",
    "{{field: calendar.day, op: eq, value: {day}}}, {{field: event.channel, op: eq, value: app}}",
    "{{field: event.total, op: gte, value: {total}}}, {{field: event.store, op: eq, value: {store}}}",
)
"""What campaigns ask for: a store, a category, a day, an amount, beside something of the member."""


def programme(rules: int) -> str:
    """A programme with so many rules on purchases."""
    chance = random.Random(7)
    said = [HEAD]
    for number in range(1, rules):
        when = CONDITIONS[number % len(CONDITIONS)].format(
            store=chance.choice(STORES),
            category=chance.choice(CATEGORIES),
            day=chance.randrange(1, 29),
            total=chance.randrange(100, 1000, 50),
        )
        said.append(
            f"  - id: r{number}\n    name: Rule {number}\n    on: order.paid\n    when: {{all: [{when}]}}\n"
            f"    then: [{{credit: {{asset: points, amount: 5}}}}]\n"
        )
    return "".join(said)


def measure(seconds: float) -> dict[str, Any]:
    """Purchases decided in a second with few and with many rules, and how long making many ready takes."""
    plans = {rules: make_plan(load(programme(rules), 1)) for rules in (FEW, MANY)}
    rates = dict.fromkeys(plans, 0.0)
    for _ in range(3):
        for rules, plan in plans.items():
            rates[rules] = max(rates[rules], _rate(plan, seconds / 6))
    started = time.perf_counter()
    published = load(programme(MOST))
    loaded = time.perf_counter()
    make_plan(published)
    return {
        f"rate_{FEW}": round(rates[FEW], 1),
        f"rate_{MANY}": round(rates[MANY], 1),
        "ratio": round(rates[MANY] / rates[FEW], 3),
        f"publish_{MOST}_seconds": round(time.perf_counter() - started, 3),
        f"compile_{MOST}_seconds": round(time.perf_counter() - loaded, 3),
    }


def _rate(plan: Plan, seconds: float) -> float:
    """Purchases a second, their traces and effects put into JSON as they are stored."""
    chance = random.Random(11)
    snapshots = [Snapshot(UUID(int=number << 70), steps={}, whole=True) for number in range(1, MEMBERS + 1)]
    budgets, done = Budgets(), 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        for snapshot in snapshots:
            done += 1
            event = _order(snapshot.member_id, done, chance)
            snapshot.orders = {("bench", str(done)): OrderState(0, 0, None, None)}
            for one in live(plan, snapshot, event, event.time, budgets):
                to_json(one.trace)
                to_json(one.records)
            snapshot.lots.clear()
            snapshot.known.clear()
            snapshot.earned.clear()
    return done / (time.perf_counter() - started)


def _order(member: UUID, number: int, chance: random.Random) -> Event:
    total = chance.randrange(500, 100_000)
    data = {
        "order_id": str(number),
        "total_minor": total,
        "currency": "CNY",
        "store": chance.choice(STORES),
        "channel": chance.choice(("app", "web", "store")),
        "items": [
            {
                "sku": f"K{chance.randrange(1000)}",
                "category": chance.choice(CATEGORIES),
                "total_minor": total,
            }
            for _ in range(3)
        ],
    }
    when = START + timedelta(minutes=number * 2)
    return Event(event_id(when, "bench", str(number)), "bench", str(number), "order.paid", member, when, data)
