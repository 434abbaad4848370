"""Two records of one person, made one and taken apart again."""

from typing import Any

from regulars.engine import merging
from regulars.engine.contracts import Outcome
from regulars.engine.operations import Request
from regulars.events.models import Tally
from regulars.ledger.models import Balance, Draw, Lot
from regulars.members.models import Identity
from regulars.messaging.models import Message, Preference
from regulars.orders.models import MemberTotals, Order
from regulars.tiers.models import Change, Standing
from tests.engine.world import order, today, took, who_is
from tests.value.shop import Till, books

ROUND_TRIP = (Lot, Balance, Draw, Order, MemberTotals, Tally, Standing, Change, Identity, Preference, Message)


def asked(kind: str, when: str, kept: Till, gone: Till, key: str, **more: Any) -> Outcome:
    with today(when):
        request = Request(kept.member_id, "console", key, "operator:lin", "same person", **more)
        outcome: Outcome = getattr(merging, kind)(request, gone.member_id)
    return outcome


def merged(when: str, kept: Till, gone: Till, key: str = "m1") -> Outcome:
    outcome = asked("merge", when, kept, gone, key)
    assert outcome.error is None, outcome.error.text
    return outcome


def apart(when: str, kept: Till, gone: Till, key: str = "u1") -> Outcome:
    outcome = asked("unmerge", when, kept, gone, key)
    assert outcome.error is None, outcome.error.text
    return outcome


def refused(kind: str, when: str, kept: Till, gone: Till, key: str) -> str:
    before = books()
    outcome = asked(kind, when, kept, gone, key)
    assert outcome.error is not None
    assert books() == before
    return outcome.error.code


def two() -> tuple[Till, Till]:
    """A bought for 100 (order 1), B for 200 (order 2)."""
    took(order("a", "2026-03-01", "100.00", "1"), order("b", "2026-03-02", "200.00", "2"))
    return Till(who_is("a")), Till(who_is("b"))


def level(till: Till) -> tuple[str, str] | None:
    found = Standing.objects.filter(member_id=till.member_id).first()
    return (found.level, found.since.isoformat()) if found else None


def rows(till: Till) -> dict[str, list[tuple[Any, ...]]]:
    """All that a member has, as it lies in the tables."""
    found = {}
    for model in ROUND_TRIP:
        names = [one.name for one in model._meta.concrete_fields if one.name not in ("moved", "changed_at")]
        mine = model.objects.filter(member_id=till.member_id).values_list(*names)
        found[model.__name__] = sorted(map(tuple, mine), key=str)
    return found
