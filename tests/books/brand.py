"""The programme whose books are attacked: every kind of asset, with unlike policies, in a zone whose clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BRAND = """\
programme: brand
name: Brand
timezone: Europe/Berlin
currency: CNY
assets:
  points:
    name: points
    expires: {months: 6, round: month}
    clawback: debt
    floor: -150
    caps: {day: 400, month: 700}
    cost: "0.01"
    remind_days: 7
    gifts: {least: 10, most: 200, per_day: 300, revoke_hours: 24}
  stars:
    name: stars
    expires: {days: 45}
    pending: {until: completed, days: 7}
    clawback: cap
    spend_order: newest
    grace_days: 10
  coins:
    name: coins
    expires: {idle_months: 3}
    clawback: debt
    gifts: {least: 1}
  growth: {name: growth, spendable: false, clawback: waive, spend_order: oldest}
  cash: {name: cash, scale: 2, clawback: debt}
  gift_cash: {name: gift cash, scale: 2, clawback: cap, expires: {months: 12}}
conversions:
  exchange: {name: exchange, from: points, to: coins, give: 20, get: 3, per_day: 200}
wallets:
  purse:
    name: purse
    principal: cash
    bonus: gift_cash
    spend: ratio
    steps: [{at: "100.00", bonus: "5.00"}, {at: "500.00", bonus: "50.00"}]
    least: "10.00"
    most_at_once: "1000.00"
    most: "1500.00"
rules:
  - id: base
    name: Base
    on: order.paid
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - credit: {asset: stars, for_each: 2, of: event.total}
      - credit: {asset: growth, for_each: 1, of: event.total}
  - id: extra
    name: Extra
    on: order.paid
    campaign: spring
    limit: {times: 2, per: month}
    then:
      - credit: {asset: points, amount: 25}
      - credit: {asset: coins, amount: 5}
campaigns:
  spring: {name: Spring, budget: {units: 200, per: year, when_short: partial}}
"""

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 1, 10, 9, tzinfo=UTC)
"""When the members join."""

CAP_DAY, CAP_MONTH, FLOOR = 400, 700, -150
EXTRA_POINTS, EXTRA_COINS, EXTRA_TIMES, BUDGET = 25, 5, 2, 200
GRACE_DAYS = {"stars": 10}
CLAWBACK = {
    "points": "debt", "stars": "cap", "coins": "debt", "growth": "waive", "cash": "debt", "gift_cash": "cap",
}  # fmt: skip
ASSETS = tuple(CLAWBACK)
SPENDABLE = frozenset(ASSETS) - {"growth"}
SPEND_ORDER = {"stars": "newest", "growth": "oldest"}
GIFTS = {"points": (10, 200, 300, 24), "coins": (1, 0, 0, 0)}
"""Asset → least, most, per day, hours to take it back (0: no bound, at once)."""


def money(minor: int) -> str:
    """As events state it."""
    return f"{minor // 100}.{minor % 100:02}"
