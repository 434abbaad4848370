"""A hundred threads of several processes, released together: nothing is spent twice, given twice, or lost.

Which test holds which line of the pitfalls:

| line | held by |
|---|---|
| 1 a refund keeps points, charges twice, pays cash | `test_pitfall_1_…` here and in test_pitfalls.py, the lives |
| 2 two requests use the same points, also on an account without a row | `test_pitfall_2_…` here |
| 3 expiry without lots | test_pitfalls.py, the random lives |
| 4 a replayed command pays twice; the same key with another content | `test_pitfall_4_…` here, the kills |
| 5 the level is not recomputed | test_pitfalls.py |
| 10 day boundaries in the wrong zone | test_pitfalls.py, the random lives (a zone whose clocks change) |
| 12 a setting is ignored | test_pitfalls.py |
| 13 limits outside the transaction, budgets refreshed late | `test_pitfall_13_…` here |
| 15 buy, earn, return; staff who adjust alone | test_pitfalls.py; tests/approvals |

Every attack is made several times, through the engine's gate and past it (BOOKS_ROUNDS), and leaves books that add up.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from regulars.campaigns.models import BudgetUse
from regulars.engine import operations
from regulars.engine.contracts import Outcome
from regulars.engine.doors import check
from regulars.engine.operations import Request
from regulars.engine.service import submit
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.ledger.models import Balance, Entry
from regulars.ledger.reconcile import reconcile
from regulars.programme.service import current, version
from tests.books.raids import ROUNDS, Job, Raiders, command, raiders, told
from tests.engine.world import fresh

THREADS = 100

PROGRAMME = """\
programme: raid
name: Raid
timezone: Asia/Shanghai
currency: CNY
assets:
  points:
    name: points
    clawback: debt
    cost: "0.01"
    expires: {months: 12}
    gifts: {least: 1}
  stars: {name: stars, clawback: debt, gifts: {least: 1, per_day: 300, revoke_hours: 24}}
  tokens: {name: tokens, caps: {day: 400}}
  cash: {name: cash, scale: 2}
  gift_cash: {name: gift cash, scale: 2}
wallets:
  purse: {name: purse, principal: cash, bonus: gift_cash, least: "1.00", most: "1500.00"}
conversions:
  exchange: {name: exchange, from: points, to: stars, give: 10, get: 1, per_day: 300}
rules:
  - {id: base, name: Base, on: order.paid, then: [{credit: {asset: points, for_each: 1, of: event.total}}]}
  - {id: capped, name: Capped, on: checkin, then: [{credit: {asset: tokens, amount: 33}}]}
  - id: small
    name: Small
    on: review.posted
    budget: {units: 1000, per: day, when_short: partial}
    then: [{credit: {asset: points, amount: 33}}]
  - {id: dear, name: Dear, on: product.viewed, campaign: spring, then: [{credit: {asset: points, amount: 33}}]}
campaigns:
  spring: {name: Spring, budget: {money: "5.00", per: day, when_short: partial}}
"""

_names = count(1)


@pytest.fixture(scope="module")
def band(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Raiders]:  # noqa: ARG001
    """Processes that wait for their prey. Everything is committed, so the tables are emptied once, in the end."""
    with django_db_blocker.unblock():
        fresh(PROGRAMME)
        with raiders() as found:
            yield found
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        forget()


@pytest.fixture(params=range(ROUNDS))
def round_(request: pytest.FixtureRequest, band: Raiders) -> Iterator[int]:  # noqa: ARG001
    """The number of this round: even ones go through the engine's gate. Afterwards the books add up."""
    yield request.param
    found = reconcile()
    assert found.ok, found.record()


def forget() -> None:
    """A version number will mean another programme."""
    version.cache_clear()


def told_of(kind: str, who: str, data: dict[str, Any], days_ago: int = 0) -> dict[str, Any]:
    """An event of the customer whose till number is `who`."""
    at = clock.now() - timedelta(days=days_ago)
    return {
        "id": f"e{next(_names)}", "source": "pos", "type": kind, "member": {"pos": who},
        "time": at.isoformat(), "data": data,
    }  # fmt: skip


def sent(raw: dict[str, Any]) -> Outcome:
    outcome = submit([check(raw, current(), "pos", clock.now(), False)])[0]
    assert outcome.error is None, outcome.error.text
    return outcome


def someone() -> UUID:
    """A new member, who has nothing."""
    found = sent(told_of("member.joined", f"m{next(_names)}", {})).member_id
    assert found is not None
    return found


def given(member: UUID, asset: str, units: int) -> UUID:
    outcome = operations.credit(Request(member, "tests", f"g{next(_names)}"), asset, units)
    assert outcome.event_id is not None
    return outcome.event_id


def held(member: UUID, asset: str = "points") -> tuple[int, int]:
    """Free and held."""
    row = Balance.objects.filter(member_id=member, asset=asset).first()
    return (row.balance, row.held) if row else (0, 0)


def moved(member: UUID, account: str, asset: str = "points") -> list[int]:
    """What every entry of an account moved."""
    found = Entry.objects.filter(member_id=member, account=account, asset=asset)
    return sorted(found.values_list("amount", flat=True))


@pytest.mark.django_db
def test_one_thread_gets_what_a_hundred_may() -> None:
    """The measure of the attacks: what they count is what is there, one after the other too."""
    fresh(PROGRAMME)
    member = someone()
    given(member, "points", 55)
    done = [operations.spend(Request(member, "tests", f"one{n}"), "points", 10) for n in range(7)]
    assert [one.error.code if one.error else one.status for one in done] == ["processed"] * 5 + [
        "insufficient"
    ] * 2
    assert held(member) == (5, 0)
    forget()


def test_pitfall_2_the_last_points_are_spent_once(band: Raiders, round_: int) -> None:
    member = someone()
    given(member, "points", 550)
    results = band.raid(
        [command("spend", member, asset="points", units=10) for _ in range(THREADS)], round_ % 2 == 0
    )
    assert told(results) == {"processed": 55, "insufficient": 45}
    assert held(member) == (0, 0)
    assert moved(member, "spend") == [-10] * 55


def test_pitfall_2_an_account_that_was_never_used(band: Raiders, round_: int) -> None:
    member = someone()
    jobs = [command("credit" if n % 2 else "spend", member, asset="points", units=10) for n in range(THREADS)]
    results = band.raid(jobs, round_ % 2 == 0)
    spent = told(results[0::2]).get("processed", 0)
    assert told(results[1::2]) == {"processed": 50}
    assert told(results[0::2]).get("insufficient", 0) == 50 - spent
    assert held(member) == (10 * (50 - spent), 0)
    assert (len(moved(member, "issue")), len(moved(member, "spend"))) == (50, spent)


@pytest.mark.parametrize(
    ("kind", "budget", "most", "cost"),
    [("review.posted", "small", 1000, 1), ("product.viewed", "campaign:spring:money", 500, 10**6)],
)
def test_pitfall_13_a_small_budget_and_a_hundred_members(
    band: Raiders, round_: int, kind: str, budget: str, most: int, cost: int
) -> None:
    members = [f"b{next(_names)}" for _ in range(THREADS)]
    for name in members:
        sent(told_of("member.joined", name, {}))
    data = {"sku": "a"} if kind == "product.viewed" else {}
    results = band.raid(
        [{"event": told_of(kind, name, data, days_ago=round_)} for name in members], round_ % 2 == 0
    )
    assert told(results) == {"processed": THREADS}
    amounts = sorted(sum(effect["amount"] for effect in one["effects"]) for one in results)
    whole, rest = divmod(most, 33)
    assert amounts == sorted([33] * whole + [rest] + [0] * (THREADS - whole - 1))
    day = local_day(clock.now() - timedelta(days=round_), ZoneInfo("Asia/Shanghai")).isoformat()
    assert BudgetUse.objects.get(rule=budget, period=day).units == most * cost


def test_pitfall_13_a_members_cap_of_a_day(band: Raiders, round_: int) -> None:
    name = f"c{next(_names)}"
    member = sent(told_of("member.joined", name, {})).member_id
    assert member is not None
    results = band.raid([{"event": told_of("checkin", name, {})} for _ in range(THREADS)], round_ % 2 == 0)
    assert told(results) == {"processed": THREADS}
    assert held(member, "tokens") == (400, 0)
    assert moved(member, "issue", "tokens") == [4] + [33] * 12


def test_pitfall_4_the_same_key_a_hundred_times(band: Raiders, round_: int) -> None:
    member = someone()
    given(member, "points", 550)
    job = command("spend", member, asset="points", units=10)
    results = band.raid([job] * THREADS, round_ % 2 == 0)
    assert told(results) == {"processed": 1, "duplicate": THREADS - 1}
    assert len({str([one["operation"], one["balances"], one["effects"]]) for one in results}) == 1
    assert held(member) == (540, 0)
    assert moved(member, "spend") == [-10]


def test_pitfall_4_one_key_and_two_contents(band: Raiders, round_: int) -> None:
    member = someone()
    given(member, "points", 550)
    jobs = [
        command("spend", member, key=f"two{member}", asset="points", units=10 + n % 2) for n in range(THREADS)
    ]
    results = band.raid(jobs, round_ % 2 == 0)
    assert told(results) == {"processed": 1, "duplicate": 49, "key_conflict": 50}
    assert len(moved(member, "spend")) == 1


def test_pitfall_1_a_credit_is_reversed_while_it_is_spent(band: Raiders, round_: int) -> None:
    member = someone()
    operation = given(member, "points", 500)
    back = [command("reverse", member, operation_id=operation, units=10) for _ in range(50)]
    spend = [command("spend", member, asset="points", units=10) for _ in range(50)]
    results = band.raid([job for pair in zip(back, spend, strict=True) for job in pair], round_ % 2 == 0)
    spent = told(results[1::2]).get("processed", 0)
    assert told(results[0::2]) == {"processed": 50}, "every part of it comes back, as a debt if need be"
    assert told(results[1::2]).get("insufficient", 0) == 50 - spent
    assert held(member) == (-10 * spent, 0)


def test_pitfall_1_a_spending_is_reversed_once(band: Raiders, round_: int) -> None:
    member = someone()
    given(member, "points", 500)
    operation = operations.spend(Request(member, "tests", f"s{next(_names)}"), "points", 400).event_id
    assert operation is not None
    results = band.raid(
        [command("reverse", member, operation_id=operation) for _ in range(THREADS)], round_ % 2 == 0
    )
    assert told(results) == {"processed": 1, "nothing_left": THREADS - 1}
    assert held(member) == (500, 0)
    assert moved(member, "spend") == [-400, 400]


def test_pitfall_2_captured_and_released_at_once(band: Raiders, round_: int) -> None:
    member = someone()
    given(member, "points", 500)
    hold = operations.hold(Request(member, "tests", f"h{next(_names)}"), "points", 500).event_id
    assert hold is not None
    jobs = [
        command("capture" if n % 2 else "release", member, hold_id=hold, units=20) for n in range(THREADS)
    ]
    results = band.raid(jobs, round_ % 2 == 0)
    assert told(results) == {"processed": 25, "nothing_held": 75}
    captured = told(results[1::2]).get("processed", 0)
    assert held(member) == (20 * (25 - captured), 0)
    assert moved(member, "spend") == [-20] * captured


def refund(who: str, order: str, amount: str, refund_id: str) -> Job:
    data = {"order_id": order, "refund_id": refund_id, "amount": amount, "currency": "CNY"}
    return {"event": told_of("order.refunded", who, data)}


def test_pitfall_1_refunds_that_together_exceed_the_order(band: Raiders, round_: int) -> None:
    name = f"o{next(_names)}"
    data = {"order_id": name, "total": "100.00", "currency": "CNY"}
    member = sent(told_of("order.paid", name, data, days_ago=1)).member_id
    assert member is not None
    results = band.raid([refund(name, name, "30.00", f"r{n}") for n in range(THREADS)], round_ % 2 == 0)
    assert told(results) == {"processed": 3, "refund_exceeds_order": THREADS - 3}
    assert held(member) == (10, 0)
    assert moved(member, "reverse") == [-30] * 3


def test_pitfall_1_the_same_refund_under_a_hundred_names(band: Raiders, round_: int) -> None:
    name = f"o{next(_names)}"
    data = {"order_id": name, "total": "100.00", "currency": "CNY"}
    member = sent(told_of("order.paid", name, data, days_ago=1)).member_id
    assert member is not None
    results = band.raid([refund(name, name, "1.00", "same") for _ in range(THREADS)], round_ % 2 == 0)
    assert told(results) == {"processed": 1, "refund_known": THREADS - 1}
    assert held(member) == (99, 0)


def test_gifts_that_cross_each_other(band: Raiders, round_: int) -> None:
    first, second = someone(), someone()
    given(first, "points", 500)
    given(second, "points", 500)
    pairs = [(first, second) if n % 2 else (second, first) for n in range(THREADS)]
    results = band.raid(
        [command("gift", a, asset="points", units=10, to=b) for a, b in pairs], round_ % 2 == 0
    )
    assert told(results) == {"processed": THREADS}, "nobody is told of a deadlock"
    assert (held(first), held(second)) == ((500, 0), (500, 0))
    assert moved(first, "gift") == moved(second, "gift") == [-10] * 50 + [10] * 50


@pytest.mark.parametrize("name", ["gift", "convert"])
def test_pitfall_13_a_days_limit_of_gifts_and_conversions(band: Raiders, round_: int, name: str) -> None:
    giver, receiver = someone(), someone()
    asset = "stars" if name == "gift" else "points"
    given(giver, asset, 1000)
    said = {"asset": asset, "to": receiver} if name == "gift" else {"conversion": "exchange"}
    results = band.raid([command(name, giver, units=10, **said) for _ in range(THREADS)], round_ % 2 == 0)
    assert told(results) == {"processed": 30, "daily_limit": 70}
    assert held(giver, asset) == (700, 0)


def test_pitfall_13_a_wallet_is_not_filled_above_its_limit(band: Raiders, round_: int) -> None:
    name = f"w{next(_names)}"
    member = sent(told_of("member.joined", name, {})).member_id
    assert member is not None
    hundred = {"amount": "100.00", "currency": "CNY"}
    top_ups = [
        told_of("wallet.topped_up", name, {"wallet": "purse", "topup_id": f"{name}-{n}", **hundred})
        for n in range(THREADS)
    ]
    results = band.raid([{"event": one} for one in top_ups], round_ % 2 == 0)
    assert told(results) == {"processed": 15, "wallet_full": 85}
    assert held(member, "cash") == (150_000, 0)
    paid = next(one for one, result in zip(top_ups, results, strict=True) if not result["code"])
    payouts: list[Job] = []
    for n in range(THREADS):
        data = {
            "topup_id": paid["data"]["topup_id"],
            "refund_id": f"p{n}",
            "amount": "30.00",
            "currency": "CNY",
        }
        payouts.append({"event": told_of("wallet.refunded", name, data)})
    assert told(band.raid(payouts, round_ % 2 == 0)) == {"processed": 3, "principal_spent": 97}
    assert held(member, "cash") == (141_000, 0)
