"""Levels that somebody decides: with an end and a reason, kept whatever comes, taken back, and never twice."""

from datetime import date
from uuid import UUID

import pytest

from regulars.engine.contracts import Outcome
from regulars.engine.level_operations import place, release
from regulars.engine.operations import Request
from regulars.engine.tasks import settle_all
from regulars.events.models import Event
from tests.engine.test_ladders import steps
from tests.engine.world import (
    EARN,
    fresh,
    joined,
    level,
    order,
    refund,
    shop,
    tables,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db


def asks(who: str, key: str, preview: bool = False) -> Request:
    member: UUID = who_is(who)
    return Request(member, "console", key, "chen@shop", "Founder’s friend", preview=preview)


def done(outcome: Outcome) -> Outcome:
    assert outcome.error is None, outcome.error
    return outcome


def test_at_least_a_level_until_a_day_then_what_is_earned() -> None:
    fresh(shop(EARN, expires="never"))
    took(joined("a", "2025-01-01"))
    with today("2025-05-01"):
        one = done(place(asks("a", "k1"), "level", "gold", date(2025, 12, 31)))
        again = done(place(asks("a", "k1"), "level", "gold", date(2025, 12, 31)))
    assert (one.status, again.status, one.event_id) == ("processed", "duplicate", again.event_id)
    assert level("a") == ("gold", date(2025, 5, 1), date(2025, 12, 31))
    assert Event.objects.get(type="tier.placed").data == {
        "ladder": "level", "level": "gold", "until": "2025-12-31", "by": "chen@shop", "reason": "Founder’s friend",
    }  # fmt: skip
    took(order("a", "2025-06-01", 120, "1"), order("a", "2025-04-01", 30, "2"))
    assert level("a") == ("gold", date(2025, 5, 1), date(2025, 12, 31)), "late events leave it where it is"
    with today("2026-01-01"):
        settle_all()
    assert steps("a") == [
        ("2025-05-01", "basic", "gold", "placed"),
        ("2026-01-01", "gold", "silver", "ended"),
    ]
    took(refund("a", "2026-01-05", 60, "1"))
    assert steps("a")[-1] == ("2026-01-01", "gold", "basic", "ended")


def test_exactly_a_level_whatever_is_earned() -> None:
    fresh(shop(EARN))
    took(order("a", "2025-04-01", 300, "1"))
    with today("2025-05-01"):
        refused = place(asks("a", "k0"), "level", "silver", date(2025, 5, 31))
        done(place(asks("a", "k1"), "level", "silver", date(2025, 5, 31), exact=True))
    assert refused.error is not None
    assert (refused.error.code, refused.error.field) == ("below_level", "level")
    took(order("a", "2025-05-10", 300, "2"))
    assert level("a")[0] == "silver"
    with today("2025-06-01"):
        settle_all()
    assert level("a") == ("platinum", date(2025, 6, 1), date(2026, 6, 30))


def test_what_was_decided_is_taken_back() -> None:
    fresh(shop(EARN))
    took(order("a", "2025-04-01", 120, "1"))
    with today("2025-05-01"):
        done(place(asks("a", "k1"), "level", "platinum", date(2026, 12, 31)))
    with today("2025-05-03"):
        done(release(asks("a", "k2"), "level"))
        twice = release(asks("a", "k3"), "level")
    assert level("a") == ("silver", date(2025, 5, 3), date(2026, 5, 31))
    assert twice.error is not None
    assert twice.error.code == "nothing_placed"


@pytest.mark.parametrize(
    ("ladder", "to", "until", "code"),
    [
        ("stairs", "gold", "2025-12-31", "ladder_unknown"),
        ("level", "iron", "2025-12-31", "level_unknown"),
        ("level", "gold", "2025-04-30", "until_range"),
        ("level", "gold", "2035-12-31", "until_range"),
    ],
)
def test_what_cannot_be_decided(ladder: str, to: str, until: str, code: str) -> None:
    fresh(shop(EARN))
    took(joined("a", "2025-01-01"))
    before = tables()
    with today("2025-05-01"):
        outcome = place(asks("a", "k1"), ladder, to, date.fromisoformat(until))
        preview = place(asks("a", "k2", preview=True), "level", "gold", date(2025, 12, 31))
    assert outcome.error is not None
    assert outcome.error.code == code
    assert preview.tiers["level"]["level"] == "gold"
    assert tables() == before
