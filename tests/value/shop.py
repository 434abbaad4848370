"""A shop whose programme uses every kind of value, and short ways to command it."""

from itertools import count
from typing import Any
from uuid import UUID

from regulars.engine import operations
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.ledger.models import Balance, Draw, Entry, Lot
from regulars.ledger.reconcile import reconcile
from tests.engine.world import fresh, today

SHOP = """\
programme: shop
name: Shop
timezone: Asia/Shanghai
currency: CNY
assets:
  points:
    name: points
    expires: {months: 6, round: month}
    clawback: %(clawback)s
    cost: "0.01"
    gifts: {least: 10, most: 500, per_day: 600, revoke_hours: 24}
    %(points)s
  growth: {name: growth, spendable: false}
  coins: {name: coins, expires: {idle_months: 3}}
  cash: {name: cash, scale: 2, clawback: debt}
  gift_cash: {name: gift cash, scale: 2, clawback: cap, expires: {months: 12}}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    period: {months: 12, round: month}
    levels: [{id: basic, name: Basic, at: 0}, {id: gold, name: Gold, at: 250}]
conversions:
  exchange: {name: exchange, from: points, to: coins, give: 100, get: 1, per_day: 1000}
wallets:
  purse:
    name: purse
    principal: cash
    bonus: gift_cash
    spend: %(spend)s
    steps: [{at: "100.00", bonus: "5.00"}, {at: "500.00", bonus: "50.00"}]
    least: "10.00"
    most_at_once: "1000.00"
    most: "2000.00"
rules:
  - id: base
    name: Base
    on: order.paid
    %(rule)s
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      %(growth)s
%(more)s
"""


def shop(**parts: str) -> str:
    """The programme with these parts instead of the usual."""
    usual = {
        "growth": "- credit: {asset: growth, for_each: 1, of: event.total}",
        "clawback": "debt",
        "points": "",
        "spend": "principal_first",
        "rule": "",
        "more": "",
    }
    return SHOP % {**usual, **parts}


def opened(**parts: str) -> None:
    """The shop's programme published."""
    fresh(shop(**parts))


_keys = count(1)


class Till:
    """Commands for one member, each at a stated moment."""

    def __init__(self, member_id: UUID | str) -> None:
        self.member_id = UUID(str(member_id))

    def do(self, when: str, name: str, *args: Any, key: str = "", **options: Any) -> Outcome:
        with today(when):
            request = Request(self.member_id, "till", key or f"k{next(_keys)}")
            outcome: Outcome = getattr(operations, name)(request, *args, **options)
        return outcome

    def did(self, when: str, name: str, *args: Any, **options: Any) -> UUID:
        """Done; the operation's id."""
        outcome = self.do(when, name, *args, **options)
        assert outcome.error is None, outcome.error.text
        assert outcome.event_id is not None
        return outcome.event_id

    def refused(self, when: str, name: str, *args: Any, **options: Any) -> str:
        """Refused; the code."""
        before = books()
        outcome = self.do(when, name, *args, **options)
        assert outcome.status == "rejected"
        assert outcome.error is not None
        assert books() == before
        return outcome.error.code

    def has(self, asset: str = "points") -> tuple[int, int, int]:
        """Units free, held and pending."""
        row = Balance.objects.filter(member_id=self.member_id, asset=asset).first()
        return (row.balance, row.held, row.pending) if row else (0, 0, 0)

    def lots(self, asset: str = "points") -> list[tuple[int, int]]:
        """(amount, remaining) of every lot, oldest first."""
        found = Lot.objects.filter(member_id=self.member_id, asset=asset).order_by("id")
        return [(lot.amount, lot.remaining) for lot in found]

    def entries(self, asset: str = "points") -> list[tuple[str, int]]:
        """(account, amount) of every movement, oldest first."""
        found = Entry.objects.filter(member_id=self.member_id, asset=asset).order_by("id")
        return [(entry.account, entry.amount) for entry in found]


def books() -> tuple[Any, ...]:
    """All that the books hold, to see that nothing has changed."""
    return tuple(
        tuple(sorted(map(str, model.objects.values_list(*names))))
        for model, names in (
            (Entry, ("id", "amount")),
            (Lot, ("id", "remaining", "held", "pending")),
            (Balance, ("member_id", "asset", "balance")),
            (Draw, ("id", "open", "used", "returned")),
        )
    )


def night(when: str) -> None:
    """Time does what it has to do."""
    with today(when):
        settle_all()


def in_order() -> None:
    """The books agree with each other."""
    found = reconcile()
    assert found.ok, found.record()
