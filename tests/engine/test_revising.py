"""A new version moves everybody whom it puts elsewhere, once, whatever stops in between; and tells before whom."""

from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from regulars.engine import revising
from regulars.engine.level_operations import place
from regulars.engine.operations import Request
from regulars.engine.revising import movement, revise_due
from regulars.events.models import Event
from regulars.events.queries import tallies
from regulars.kit import clock
from regulars.language.calendar import local_day
from regulars.members.models import Member
from regulars.programme.contracts import Programme
from regulars.programme.service import current
from regulars.tiers import logic
from regulars.tiers.models import Revision, Standing
from regulars.tiers.windows import days_of
from tests.engine.test_ladders import EARNS, GATE, shop, steps
from tests.engine.world import event, fresh, joined, level, order, refund, today, took, who_is

pytestmark = pytest.mark.django_db

BEFORE = shop("{asset: points}") + EARNS
AT_ONCE = shop("{asset: points}", silver="150", keep="120", gold="200", more="on_change: at_once") + EARNS
LATER = shop("{asset: points}", silver="150", keep="120", gold="200") + EARNS


def people() -> None:
    """a 90, b 110, c 130, d 210, e 300."""
    for number, (who, points) in enumerate({"a": 90, "b": 110, "c": 130, "d": 210, "e": 300}.items()):
        took(order(who, "2026-03-01", points, str(number)))


def levels() -> dict[str, str]:
    found = {}
    for who in "abcde":
        one = Standing.objects.filter(member_id=who_is(who), ladder="level").first()
        found[who] = one.level if one else "basic"
    return found


def revise() -> int:
    rounds = 0
    while revise_due():
        rounds += 1
    return rounds


def test_up_at_once_and_down_when_the_period_ends() -> None:
    fresh(BEFORE)
    people()
    assert levels() == {"a": "basic", "b": "silver", "c": "silver", "d": "silver", "e": "gold"}
    old = current()
    with today("2026-05-01"):
        new = fresh(LATER)
        assert [(one.before, one.after, one.members) for one in movement(old, new)] == [("silver", "gold", 1)]
        assert revise() == 8
        assert revise() == 0
    assert levels() == {"a": "basic", "b": "silver", "c": "silver", "d": "gold", "e": "gold"}
    assert level("d") == ("gold", date(2026, 5, 1), date(2027, 5, 31))
    assert steps("d")[-1] == ("2026-05-01", "silver", "gold", "revised")
    found = Event.objects.get(type="tier.recomputed")
    assert (found.source, found.key, found.version) == (
        "programme",
        f"{new.number}:level:{who_is('d')}",
        new.number,
    )
    assert Event.objects.filter(type="tier.upgraded", cause=found.id).count() == 1


def test_down_at_once_where_the_ladder_says_so() -> None:
    fresh(BEFORE)
    people()
    with today("2026-05-01"):
        Request(who_is("b"), "console", "k", "chen", "friend")
        place(Request(who_is("b"), "console", "k", "chen", "friend"), "level", "silver", date(2026, 12, 31))
        old, new = current(), fresh(AT_ONCE)
        told = movement(old, new)
        revise()
    assert [(one.before, one.after, one.members, one.sample) for one in told] == [
        ("silver", "gold", 1, (who_is("d"),))
    ], "b is held by hand, c keeps silver with 130"
    assert levels() == {"a": "basic", "b": "silver", "c": "silver", "d": "gold", "e": "gold"}
    with today("2026-05-02"):
        fresh(AT_ONCE.replace("at: 150, keep_at: 120", "at: 150, keep_at: 140"))
        revise()
    assert levels()["c"] == "basic"


def test_what_stops_in_the_middle_is_taken_up_and_moves_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(BEFORE)
    people()
    submit, calls = revising.submit, []

    def dies(batch: Any) -> Any:
        calls.append(batch)
        if len(calls) == 2:
            submit(batch)
            raise ConnectionError("the worker was killed after the batch was taken")
        return submit(batch)

    monkeypatch.setattr(revising, "submit", dies)
    easier = BEFORE.replace("at: 100, keep_at: 100", "at: 50, keep_at: 50").replace("at: 250", "at: 105")
    with today("2026-05-01"):
        fresh(easier)
        with pytest.raises(ConnectionError):
            revise()
        half = Revision.objects.get()
        assert half.finished_at is None
        revise()
    assert levels() == {"a": "silver", "b": "gold", "c": "gold", "d": "gold", "e": "gold"}
    assert Event.objects.filter(type="tier.recomputed").count() == 4
    assert Revision.objects.get().finished_at is not None


def test_what_another_worker_has_in_hand_is_left_to_it() -> None:
    fresh(BEFORE)
    people()
    with today("2026-05-01"):
        fresh(LATER)
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [revising.CLAIM])
            assert revise() == 0
        assert levels()["d"] == "silver"
        assert revise() == 8
    assert levels()["d"] == "gold"


def test_nothing_is_done_where_no_ladder_changed() -> None:
    fresh(BEFORE)
    people()
    fresh(BEFORE.replace("name: Gold", "name: Golden"))
    assert revise() == 0
    assert Event.objects.filter(type="tier.recomputed").count() == 0


MEASURES = ("{asset: points}", "{of: spend, over: lifetime}", "{of: orders, over: calendar_year}",
            "{event: checkin, over: member_year}", "{asset: points, months: 2}")  # fmt: skip


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "more", ["down: one\n    on_change: at_once", "down: {floor: silver}\n    on_change: at_once"]
)
def test_sql_says_what_the_walk_says(measure: str, more: str) -> None:
    few = "event" in measure or "orders" in measure
    thresholds = (
        {"silver": "2", "keep": "1", "gold": "3"} if few else {"silver": "100", "keep": "80", "gold": "250"}
    )
    fresh(BEFORE)
    for number in range(8):
        who = f"m{number}"
        took(joined(who, f"202{3 + number % 3}-0{1 + number}-1{number}"))
        for turn in range(number % 5):
            when = f"2026-0{1 + (number + turn) % 9}-0{1 + turn}"
            took(order(who, when, 40 + 23 * number, f"{number}-{turn}"), event("checkin", who, when))
        if number % 4 == 3:
            took(refund(who, "2026-09-20", 40 + 23 * number, f"{number}-0"))
        if number % 2:
            took(event("member.updated", who, "2026-09-21", {"attributes": {"verified": True}}))
    with today("2026-10-01"):
        programme = fresh(shop(measure, more=more, gate=GATE, **thresholds) + EARNS)
        found = revising._ranking(programme, local_day(clock.now(), programme.zone)).places(
            programme.ladders["level"]
        )
        assert found == {member: _walked(programme, member) for member in found}
        assert len(found) == 8
        revise()
        again = revising._ranking(programme, local_day(clock.now(), programme.zone))
        assert again.movers(programme.ladders["level"]) == [], "everybody stands where the statement says"


def _walked(programme: Programme, member_id: UUID) -> tuple[int, str]:
    """What counts, and where that puts the member, by the pure functions."""

    ladder, day = programme.ladders["level"], local_day(clock.now(), programme.zone)
    member = Member.objects.get(id=member_id)
    found = tallies([member_id], list(ladder.tallies), date.min)
    days = days_of(
        ladder.measure, lambda name: {k: list(v) for k, v in found.get((member_id, name), {}).items()}
    )
    measured = logic.measure(days, ladder, day, local_day(member.joined_at, programme.zone))
    row = Standing.objects.filter(member_id=member_id, ladder="level").first()
    now = ladder.level(row.level) if row else ladder.levels[0]
    reached = logic.level_for(
        ladder, measured, lambda _level, _day: member.attributes.get("verified") is True
    )
    if reached.rank > now.rank:
        return measured, reached.id
    return measured, now.id if measured >= now.keep_at else logic.falls_to(ladder, now, measured).id
