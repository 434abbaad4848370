"""A hundred at once: to the unit what there is, and no code is used twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from regulars.benefits.models import Code, Entitlement
from regulars.campaigns.models import BudgetUse
from regulars.engine.contracts import Incoming, Outcome
from regulars.engine.doors import incoming
from regulars.engine.service import submit, take
from regulars.kit import clock, lines
from tests.benefits.house import opened
from tests.engine.world import order, took, who_is

THREADS = 25
MEMBERS = 100
STOCK = 37
Send = Callable[[Sequence[Incoming]], list[Outcome]]
_keys = count(1)

FEW = f"""\
  tea:
    name: Tea
    kind: gift
    item: tea
    grant: {{levels: [level/silver+]}}
    quota: {{times: 1, per: lifetime}}
    claim: any_time
    stock: {{units: {STOCK}}}
    needs_verification: true
"""


@pytest.fixture(autouse=True)
def _books(transactional_db: None) -> None:
    """A database in which several write at once."""


@pytest.fixture(params=["gate", "past the gate"])
def door(request: pytest.FixtureRequest) -> Send:
    """The engine's door; and the transaction behind it, where every thread has one of its own."""
    return submit if request.param == "gate" else take


def command(kind: str, member_id: UUID, data: dict[str, Any], key: str = "") -> Incoming:
    name = key or f"race{next(_keys)}"
    return incoming("desk", name, kind, (), None, data, False, member_id, clock.now())


def together(commands: Sequence[Incoming], door: Send) -> list[Outcome]:
    """Each from a thread, so many at a time, released at once."""
    barrier = Barrier(THREADS)
    first = set(range(THREADS))

    def one(number: int) -> Outcome:
        try:
            if number in first:
                barrier.wait()
            return door([commands[number]])[0]
        finally:
            lines.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(len(commands))))


def buyers() -> list[UUID]:
    took(*(order(f"m{number}", "2026-03-01", "100.00", f"o{number}") for number in range(MEMBERS)))
    return [UUID(str(who_is(f"m{number}"))) for number in range(MEMBERS)]


def said(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(one.error.code if one.error else one.status for one in outcomes)


def test_a_hundred_claims_get_exactly_the_stock(door: Send) -> None:
    opened(FEW)
    claims = [command("benefit.claimed", member_id, {"benefits": ["tea"]}) for member_id in buyers()]
    assert said(together(claims, door)) == {"processed": STOCK, "out_of_stock": MEMBERS - STOCK}
    assert Counter(Entitlement.objects.values_list("state", flat=True)) == {
        "claimed": STOCK,
        "granted": MEMBERS - STOCK,
    }
    assert BudgetUse.objects.get(rule="benefit:tea").units == STOCK
    codes = list(Code.objects.values_list("code", flat=True))
    assert len(set(codes)) == STOCK


def test_one_member_claims_once_however_often_at_once(door: Send) -> None:
    opened(FEW)
    took(order("a", "2026-03-01", "100.00", "1"))
    member_id = UUID(str(who_is("a")))
    claims = [command("benefit.claimed", member_id, {"benefits": ["tea"]}) for _ in range(MEMBERS)]
    assert said(together(claims, door)) == {"processed": 1, "quota_used": MEMBERS - 1}
    assert BudgetUse.objects.get(rule="benefit:tea").units == 1


def test_one_code_is_used_once_however_many_tills_scan_it(door: Send) -> None:
    opened(FEW)
    took(order("a", "2026-03-01", "100.00", "1"))
    member_id = UUID(str(who_is("a")))
    submit([command("benefit.claimed", member_id, {"benefits": ["tea"]})])
    row = Entitlement.objects.get()
    uses = [command("benefit.used", member_id, {"entitlement": str(row.id)}) for _ in range(MEMBERS)]
    assert said(together(uses, door)) == {"processed": 1, "already_used": MEMBERS - 1}
    assert Entitlement.objects.get().uses == 1
