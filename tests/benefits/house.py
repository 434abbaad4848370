"""A house with benefits of every sort, and short ways to claim and use them."""

from itertools import count
from typing import Any
from uuid import UUID

from regulars.benefits.models import Entitlement
from regulars.engine import benefits
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from regulars.ledger.models import Balance
from tests.engine.world import fresh, order, today, took, who_is

HOUSE = """\
programme: house
name: House
timezone: Asia/Shanghai
currency: CNY
assets:
  points: {name: points, clawback: debt, cost: "0.01"}
  growth: {name: growth, spendable: false, clawback: debt}
ladders:
  level:
    name: Level
    measure: {asset: growth, months: 12}
    period: {months: 12, round: month}
    levels: [{id: basic, name: Basic, at: 0}, {id: silver, name: Silver, at: 100}, {id: gold, name: Gold, at: 300}]
messages:
  soon: {channels: [inbox], subject: "{{ benefit.name }}", body: "{{ benefit.until }}"}
benefits:
%s
rules:
  - id: base
    name: Base
    on: order.paid
    then:
      - credit: {asset: points, for_each: 1, of: event.total}
      - credit: {asset: growth, for_each: 1, of: event.total}
%s
"""


def opened(benefits_: str, rules: str = "") -> None:
    """The house's programme published with these benefits and, beside the base rule, these rules."""
    fresh(HOUSE % (benefits_, rules))


_keys = count(1)


class Guest:
    """Commands on the benefits of one member, each at a stated moment."""

    def __init__(self, member_id: UUID | str) -> None:
        self.member_id = UUID(str(member_id))

    def do(self, when: str, name: str, *args: Any, key: str = "", **more: Any) -> Outcome:
        with today(when):
            request = Request(self.member_id, "desk", key or f"b{next(_keys)}", "key:desk", "because")
            return getattr(benefits, name)(request, *args, **more)  # type: ignore[no-any-return]

    def did(self, when: str, name: str, *args: Any, **more: Any) -> UUID:
        outcome = self.do(when, name, *args, **more)
        assert outcome.error is None, (outcome.error.code, outcome.error.text["en"])
        assert outcome.status == "processed"
        assert outcome.event_id is not None
        return outcome.event_id

    def refused(self, when: str, name: str, *args: Any, **more: Any) -> str:
        before = self.rows(), self.points()
        outcome = self.do(when, name, *args, **more)
        assert outcome.error is not None, outcome.effects
        assert (self.rows(), self.points()) == before, "a refusal changes nothing"
        return outcome.error.code

    def kept(self, benefit: str = "") -> list[Entitlement]:
        found = Entitlement.objects.filter(member_id=self.member_id).order_by("id")
        return [one for one in found if not benefit or one.benefit == benefit]

    def rows(self) -> list[tuple[str, str]]:
        """(benefit, state) in the order in which they came."""
        return [(one.benefit, one.state) for one in self.kept()]

    def points(self) -> int:
        found = Balance.objects.filter(member_id=self.member_id, asset="points").first()
        return int(found.balance) if found else 0

    def told(self) -> list[str]:
        """Types of the events about benefits, in their order."""
        found = Event.objects.filter(member_id=self.member_id, type__startswith="benefit.").order_by("id")
        return [one.type.removeprefix("benefit.") for one in found]


def buyer(total: str = "10.00", when: str = "2026-03-01", order_id: str = "1", who: str = "a") -> Guest:
    took(order(who, when, total, order_id))
    return Guest(who_is(who))


def night(when: str) -> None:
    """What time has done by then."""
    with today(when):
        settle_all()
