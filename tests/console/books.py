"""A shop whose books have seen everything: earned, spent, expired, taken back, adjusted, held, pending, topped up."""

from dataclasses import dataclass
from uuid import UUID

from regulars.insight import freshness
from tests.engine.world import event, order, refund, took
from tests.value.shop import Till, night, opened

RULES = """\
  - id: visit
    name: {zh-hans: 到店礼, zh-hant: 到店禮, en: Visit gift}
    on: checkin
    campaign: autumn
    then: [{credit: {asset: points, amount: 10}}]
campaigns:
  autumn:
    name: {zh-hans: 秋季活动, zh-hant: 秋季活動, en: Autumn}
    budget: {money: "0.25", per: month}
"""
RULE = "budget: {units: 400, per: month, when_short: partial}"


@dataclass(frozen=True)
class Story:
    """Whose books they are, and the operations that tests come back to."""

    ann: UUID
    bob: UUID
    spent: UUID
    held: UUID
    adjusted: UUID
    gift: UUID


def tell() -> Story:
    """In autumn 2026, Shanghai time; tests stand at noon of November 20.

    Ann: 300 points earned in January expired, 200 of September of which 50 were spent, 100 of November of which 40 went
    back with a refund, 20 by hand, 30 held for order h-1; 10 given to Bob, who may yet lose them; 100.00 paid in, with
    5.00 on top. Bob: 80 points, and 10 for a visit.
    """
    opened(points="adjust: {limit: 100}", rule=RULE, more=RULES)
    (first,) = took(order("ann", "2026-01-10", 300, "a-1"))
    ann = UUID(first["member_id"])
    till = Till(ann)
    night("2026-09-01 10:00")
    took(order("ann", "2026-09-10", 200, "a-2"))
    spent = till.did("2026-10-05 10:00", "spend", "points", 50, order=("pos", "a-9"))
    took(order("ann", "2026-11-02", 100, "a-3"), refund("ann", "2026-11-03", 40, "a-3"))
    adjusted = till.did("2026-11-04 10:00", "adjust", "points", 20)
    held = till.did("2026-11-20 11:00", "hold", "points", 30, order=("pos", "h-1"))
    data = {"wallet": "purse", "topup_id": "t-1", "amount": "100.00", "currency": "CNY"}
    took(event("wallet.topped_up", "ann", "2026-11-06", data))
    (second,) = took(order("bob", "2026-11-10", 80, "b-1"))
    bob = UUID(second["member_id"])
    took(event("checkin", "bob", "2026-11-11", {}))
    gift = till.did("2026-11-20 11:30", "gift", "points", 10, bob)
    freshness.forget()
    return Story(ann, bob, spent, held, adjusted, gift)
