"""What time alone does, on the right day, and what late events find when they come."""

from datetime import date

import pytest
from django.db import connection

from regulars.engine import tasks
from regulars.engine.service import submit
from regulars.engine.tasks import settle_all, settle_due
from regulars.events.models import Event
from regulars.ledger.models import Lot
from regulars.tiers.models import Change
from tests.engine.world import (
    EARN,
    balances,
    books,
    check_books,
    event,
    fresh,
    incoming,
    joined,
    level,
    moved,
    order,
    refund,
    send,
    shop,
    tables,
    today,
    took,
    who_is,
)
from tests.owner import as_owner

pytestmark = pytest.mark.django_db


def steps(who: str) -> list[tuple[str, str, str, str]]:
    return [
        (str(day), before, after, reason) for _, day, before, after, reason, _ in books(who_is(who)).changes
    ]


def test_points_run_out_at_midnight_in_the_programmes_zone() -> None:
    fresh(shop())
    took(order("a", "2026-01-31", 50, "1"))
    with today("2026-07-31 23:59"):
        assert settle_all() == 0
    assert balances("a") == {"points": 50, "growth": 50}
    with today("2026-08-01 00:00"):
        assert settle_all() == 1
        assert settle_all() == 0
    assert balances("a") == {"points": 0, "growth": 50}
    found = Event.objects.get(type="asset.expired")
    assert (found.source, found.time.isoformat()) == ("timer", "2026-07-31T16:00:00+00:00")
    assert found.data == {"asset": "points", "units": 50}
    check_books()


def test_a_level_is_kept_or_ends_on_the_day_after_its_last() -> None:
    fresh(shop())
    took(
        order("a", "2025-03-10", 120, "1"),
        order("b", "2025-03-10", 120, "2"),
        order("b", "2026-02-01", 100, "3"),
    )
    assert level("a") == ("silver", date(2025, 3, 10), date(2026, 3, 31))
    with today("2026-03-31 23:59"):
        assert settle_due() == 1, "only a's points ran out meanwhile: b's did before b's next order"
        assert level("a")[0] == level("b")[0] == "silver"
    with today("2026-04-01 00:00"):
        settle_all()
    assert level("a") == ("basic", date(2026, 4, 1), None)
    assert level("b") == ("silver", date(2026, 4, 1), date(2027, 3, 31))
    assert steps("a") == [
        ("2025-03-10", "basic", "silver", "earned"),
        ("2026-04-01", "silver", "basic", "ended"),
    ]
    assert steps("b") == [
        ("2025-03-10", "basic", "silver", "earned"),
        ("2026-04-01", "silver", "silver", "kept"),
    ]
    assert sorted(Event.objects.filter(cause__isnull=False).values_list("type", flat=True)) == [
        "member.joined", "member.joined", "tier.downgraded", "tier.kept", "tier.upgraded", "tier.upgraded",
    ]  # fmt: skip
    check_books()


def test_a_member_who_cannot_be_settled_holds_up_no_other() -> None:
    fresh(shop())
    took(order("a", "2026-01-31", 50, "1"), order("b", "2026-01-31", 20, "2"))
    broken = who_is("a")
    with (
        as_owner(),
        connection.cursor() as cursor,
    ):  # as after a careless repair by hand: the books refuse to go below zero
        cursor.execute(
            "ALTER TABLE ledger_balance ADD CONSTRAINT careful CHECK (member_id <> %s OR balance > 0)",
            [broken],
        )
    with today("2026-08-01 00:00"):
        assert settle_all() == 1
    assert balances("a") == {"points": 50, "growth": 50}
    assert balances("b") == {"points": 0, "growth": 20}
    check_books()


def test_a_part_of_the_buckets_with_nothing_to_do_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(shop())
    took(*(order(f"m{number}", "2026-01-31", 50, str(number)) for number in range(16)))
    monkeypatch.setattr(tasks, "MEMBERS_PER_BATCH", 2)
    monkeypatch.setattr(tasks, "sample", lambda shares, _: list(shares))
    with today("2026-08-01 00:00"):
        assert settle_all() == 16
        assert settle_due() == 0
    assert all(balances(f"m{number}")["points"] == 0 for number in range(16))


def test_several_periods_at_once() -> None:
    fresh(shop(window=12, period=1, expires="never"))
    took(order("a", "2025-01-10", 510, "1"))
    with today("2026-06-01"):
        assert settle_all() == 1
    assert level("a") == ("basic", date(2026, 2, 1), None)
    assert [after for _, _, after, _ in steps("a")] == ["platinum"] * 12 + ["basic"]
    check_books()


def test_an_event_finds_what_time_did_before_it() -> None:
    fresh(shop())
    took(order("a", "2025-03-10", 120, "1"))
    result = took(event("checkin", "a", "2026-05-01"))[0]
    assert result["balances"] == {"points": 0, "growth": 120}
    assert result["tier"] == {
        "level": "basic",
        "since": "2026-04-01",
        "until": None,
        "ladder": "level",
        "name": "Basic",
    }
    check_books()


def test_the_window_counts_its_first_day_and_not_the_one_before() -> None:
    fresh(shop(expires="never"))
    took(order("a", "2025-03-10", 60, "1"), order("a", "2026-03-10", 40, "2"))
    assert books(who_is("a")).standings == [("level", "basic", date(2025, 3, 10), None)]
    took(order("b", "2025-03-11", 60, "3"), order("b", "2026-03-10", 40, "4"))
    assert level("b")[0] == "silver"


def test_days_are_days_of_the_programme() -> None:
    fresh(shop(expires="{days: 1}"))
    took({**order("a", "2026-03-01", 100, "1"), "time": "2026-03-01T15:59:59Z"})
    took({**order("b", "2026-03-01", 100, "2"), "time": "2026-03-01T16:00:00Z"})
    assert (level("a")[1], level("b")[1]) == (date(2026, 3, 1), date(2026, 3, 2))
    assert sorted(Lot.objects.filter(asset="points").values_list("expires_at", flat=True)) == [
        lot.expires_at for lot in Lot.objects.filter(asset="points").order_by("expires_at")
    ]
    assert [f"{lot.expires_at}" for lot in Lot.objects.filter(asset="points").order_by("expires_at")] == [
        "2026-03-02 16:00:00+00:00", "2026-03-03 16:00:00+00:00",
    ]  # fmt: skip


def test_a_period_that_a_late_event_rewrote_may_end_again() -> None:
    """The same period ends a second time after its first end was rewritten: nothing stands in the way."""
    fresh(shop(expires="never"))
    took(joined("a", "2024-11-01"), order("a", "2025-11-05", 120, "1"))
    with today("2026-12-05"):
        settle_all()
        assert level("a") == ("basic", date(2026, 12, 1), None)
        took(order("a", "2025-12-10", 200, "2"))
        assert level("a") == ("gold", date(2025, 12, 10), date(2026, 12, 31))
        took(refund("a", "2025-12-20", 200, "2"))
        settle_all()
        assert level("a") == ("basic", date(2026, 12, 1), None)
        assert steps("a") == [
            ("2025-11-05", "basic", "silver", "earned"),
            ("2026-12-01", "silver", "basic", "ended"),
        ]
        took(event("checkin", "a", "2026-12-04"))
    check_books()


def test_rules_on_what_time_brings() -> None:
    fresh(shop(EARN + """\
  - id: consolation
    name: Consolation
    on: asset.expired
    then:
      - credit: {asset: growth, amount: 100}
"""))  # fmt: skip
    took(order("a", "2026-01-31", 50, "1"))
    with today("2026-08-02"):
        settle_all()
        assert balances("a") == {"points": 0, "growth": 150}
        assert level("a") == ("silver", date(2026, 8, 1), date(2027, 8, 31))
    check_books()


def test_a_debit_that_follows_from_a_level_that_ends() -> None:
    fresh(shop(EARN + """\
  - id: farewell
    name: Farewell
    on: tier.downgraded
    then:
      - debit: {asset: points, amount: 7, when_short: partial}
"""))  # fmt: skip
    took(order("b", "2025-01-05", 120, "2"), order("b", "2025-12-02", 30, "3"))
    took(order("c", "2025-01-05", 120, "4"), order("c", "2025-12-02", 5, "5"))
    took(event("checkin", "b", "2026-02-02"))
    assert balances("b") == {"points": 30 - 7, "growth": 150}
    with today("2026-02-02"):
        settle_all()
    assert balances("c") == {"points": 0, "growth": 125}
    check_books()


def test_growth_that_time_brings_late() -> None:
    """A lot that comes late and has run out long ago, with a rule that gives growth for it."""
    fresh(shop(EARN + """\
  - id: consolation
    name: Consolation
    on: asset.expired
    then:
      - credit: {asset: growth, amount: 100}
"""))  # fmt: skip
    took(joined("a", "2025-01-01"), order("a", "2026-05-01", 10, "1"))
    with today("2026-05-02"):
        took(order("a", "2025-03-01", 10, "2"))
        settle_all()
        assert settle_all() == 0
    assert balances("a") == {"points": 10, "growth": 120}
    assert level("a")[:2] == ("silver", date(2025, 10, 1))
    check_books()


def test_a_late_order_on_the_way_of_a_known_one() -> None:
    fresh(shop())
    took(joined("a", "2025-01-01"), order("a", "2025-06-01", 60, "1"))
    took(order("a", "2025-05-01", 60, "2"))
    assert level("a") == ("silver", date(2025, 6, 1), date(2026, 6, 30))
    assert steps("a") == [("2025-06-01", "basic", "silver", "earned")]
    assert Change.objects.get().reason == "earned"


def test_levels_and_ladders_that_a_new_version_has_not() -> None:
    fresh(shop(expires="never"))
    took(order("a", "2025-03-01", 120, "1"), order("b", "2025-03-01", 260, "2"))
    fresh(shop(expires="never").replace("{id: silver, name: Silver", "{id: argent, name: Argent"))
    with today("2026-09-01"):
        settle_all()
    assert level("a")[0] == "silver", "nobody has asked yet"
    assert level("b")[0] == "argent" or level("b")[0] == "basic"
    assert took(order("a", "2026-09-02", 130, "3"))[0]["tier"]["level"] == "argent"
    fresh(shop(expires="never").replace("ladders:\n  level:", "ladders:\n  other:"))
    with today("2028-09-01"):
        settle_all()
        assert took(order("a", "2028-08-31", 130, "4"))[0]["tier"]["ladder"] == "other"
        results = send(order("a", "2028-08-30", 130, "5"), refund("a", "2028-08-31", 130, "3"))
    assert [one["status"] for one in results] == ["processed", "processed"]


def test_one_member_settles_the_same_from_doors_and_timers() -> None:
    fresh(shop(expires="{days: 20}", window=1, period=1))
    with today("2026-06-01"):
        for who in ("a", "b"):
            submit([incoming(one) for one in (
                order(who, "2026-01-01", 300, f"{who}1"), order(who, "2026-02-15", 90, f"{who}2"),
            )])  # fmt: skip
        settle_all()
        took(event("checkin", "b", "2026-06-01"))
    assert books(who_is("a")) == books(who_is("b"))
    before = tables()
    with today("2026-06-01"):
        assert settle_all() == 0
    assert moved(before) == {}
    check_books()


@pytest.mark.django_db
def test_a_late_order_is_answered_without_what_has_run_out_since() -> None:
    fresh(shop())
    took(joined("a", "2025-01-01"), order("a", "2026-05-01", 10, "1"))
    with today("2026-05-02"):
        assert took(order("a", "2025-02-01", 40, "2"))[0]["balances"]["points"] == 10
        settle_all()
    check_books()
