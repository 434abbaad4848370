"""Whatever the order in which a life becomes known, it ends the same: late events count at their own time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from regulars.campaigns.logic import Budgets
from regulars.engine.decide import live, settle
from regulars.engine.load import SINGLY, Loader
from regulars.engine.plan import plan
from regulars.engine.service import submit
from regulars.engine.tasks import settle_all
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.language.events import Event
from regulars.language.snapshot import Profile, Snapshot
from regulars.ledger.models import Balance
from tests.engine.world import (
    DAY,
    EARN,
    Books,
    books,
    by_day,
    check_books,
    fresh,
    incoming,
    joined,
    level,
    moment,
    order,
    refund,
    shop,
    today,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db
START = moment("2024-01-10")
END = moment("2028-01-01")
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_people = count(1)


@dataclass(frozen=True)
class Deed:
    """An order, or the refund of part of one: `day` after the start, `share` percent of order `number`."""

    day: int
    number: int
    total: int = 0
    share: int = 0


@st.composite
def lives(draw: st.DrawFn) -> list[Deed]:
    """Orders over two and a half years and refunds after them, never more than the order came to."""
    orders = draw(
        st.lists(
            st.tuples(st.integers(1, 900), st.sampled_from((20, 60, 99, 100, 101, 149, 151, 260, 510))),
            min_size=1,
            max_size=7,
        )
    )
    deeds = [Deed(day, number, total) for number, (day, total) in enumerate(orders)]
    for number, (day, _) in enumerate(orders):
        left = 100
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            share = draw(st.integers(1, left)) if left > 1 else left
            if not share:
                break
            left -= share
            deeds.append(Deed(day + draw(st.sampled_from((0, 1, 30, 200, 420))), number, share=share))
    return deeds


def spelled(who: str, deeds: list[Deed]) -> list[dict[str, Any]]:
    """The deeds as events; an order comes before its refunds of the same day."""
    totals = {deed.number: deed.total for deed in deeds if not deed.share}
    found = []
    for place, deed in enumerate(sorted(deeds, key=lambda deed: (deed.day, deed.share > 0, deed.number))):
        when = (START + deed.day * DAY).strftime("%Y-%m-%d") + f" 10:{place:02}"
        order_id = f"{who}-{deed.number}"
        if deed.share:
            amount = f"{totals[deed.number] * deed.share}"
            found.append(refund(who, when, f"{int(amount) // 100}.{int(amount) % 100:02}", order_id))
        else:
            found.append(order(who, when, deed.total, order_id))
    return found


def someone() -> str:
    who = f"who{next(_people)}"
    submit([incoming(joined(who, "2024-01-10"))])
    return who


def put(events: list[dict[str, Any]]) -> None:
    outcomes = submit([incoming(one) for one in events])
    assert [one.status for one in outcomes] == ["processed"] * len(events), [one.error for one in outcomes]


def in_order(deeds: list[Deed]) -> Books:
    """Loaded in time's own order."""
    who = someone()
    with clock.fixed(END):
        put(spelled(who, deeds))
        settle_all()
    return books(who_is(who))


PROGRAMMES = (
    shop(),
    shop(expires="{days: 45}", window=3, period=2, round_="day"),
    shop(expires="never", window=12, period=6, round_="quarter", clawback="cap"),
)


@pytest.mark.parametrize("source", PROGRAMMES)
@FEW
@given(deeds=lives(), data=st.data())
def test_any_order_of_arrival_ends_the_same(source: str, deeds: list[Deed], data: st.DataObject) -> None:
    fresh(source)
    expected = in_order(deeds)
    who = someone()
    events = data.draw(st.permutations(spelled(who, deeds)))
    with clock.fixed(END):
        while events:
            size = data.draw(st.integers(1, len(events)))
            put(events[:size])
            events = events[size:]
            if data.draw(st.booleans()):
                settle_all()
        settle_all()
    assert books(who_is(who)) == expected
    check_books()


@pytest.mark.parametrize("source", PROGRAMMES[:2])
@FEW
@given(deeds=lives())
def test_settling_every_month_is_settling_at_the_end(source: str, deeds: list[Deed]) -> None:
    fresh(source)
    expected = in_order(deeds)
    who = someone()
    events = spelled(who, deeds)
    today = START
    while today < END:
        today = min(today + 30 * DAY, END)
        with clock.fixed(today):
            due = [one for one in events if one["time"] <= today.isoformat()]
            events = events[len(due) :]
            if due:
                put(due)
            settle_all()
    assert not events
    assert books(who_is(who)) == expected
    check_books()


@pytest.mark.parametrize("source", PROGRAMMES)
@FEW
@given(deeds=lives())
def test_in_memory_is_as_in_the_database(source: str, deeds: list[Deed]) -> None:
    programme = fresh(source)
    expected = in_order(deeds)
    ready = plan(programme.number)
    who = someone()
    snapshot = Snapshot(who_is(who), profile=Profile(joined_at=START), steps={})
    with clock.fixed(END):
        happened = [incoming(one) for one in spelled(who, deeds)]
    for one in happened:
        settle(ready, snapshot, one.time, END, Budgets())
        moved = Event(
            time_id(one.time), one.source, one.key, one.type, snapshot.member_id, one.time, one.data
        )
        live(ready, snapshot, moved, END, Budgets())
    settle(ready, snapshot, END, END, Budgets())
    lots = {lot.id: lot for some in (*snapshot.lots.values(), *snapshot.earned.values()) for lot in some}
    assert snapshot.balances == expected.balances
    assert (
        sorted(
            ((lot.asset, lot.earned_at, lot.expires_at, lot.amount, lot.remaining) for lot in lots.values()),
            key=repr,
        )
        == expected.lots
    )
    assert [
        (one.ladder, one.level, one.since, one.until) for one in snapshot.standings.values()
    ] == expected.standings
    assert (
        by_day(
            (ladder, step.day, step.before, step.after, step.reason, step.until)
            for ladder, steps in (snapshot.steps or {}).items()
            for step in steps
        )
        == expected.changes
    )


def test_late_events_of_one_batch_find_the_steps_that_time_took_after_the_first() -> None:
    """The first brings a level whose periods have long ended; the second must see that they did."""
    web_earns_nothing = EARN.replace(
        "    then:", "    when: {field: event.channel, op: eq, value: store}\n    then:", 1
    )
    fresh(shop(web_earns_nothing, period=1))
    with today("2026-11-20"):
        took(joined("a", "2025-12-01"), order("a", "2026-11-01", 5, "1", data={"channel": "web"}))
        late = [
            order("a", day, units, name, data={"channel": "store"})
            for day, units, name in (("2026-02-01", 120, "2"), ("2026-02-10", 20, "3"))
        ]
        with capture_logs() as logs:
            took(*late)
    assert [one["event"] for one in logs] == []
    check_books()


def test_a_latest_day_that_was_set_too_late_ends_no_level_early() -> None:
    """As the migration that brought the day in sets it, where it does not know the programme's zone."""
    fresh(shop(window=1, period=1))
    with today("2026-03-31"):
        took(joined("a", "2026-01-01"), order("a", "2026-02-20", 120, "1"))
        Balance.objects.update(earned_on=date(2026, 4, 1))
        took(order("a", "2026-03-31", 1, "2"))
        assert level("a") == ("silver", date(2026, 2, 20), date(2026, 3, 31))
    check_books()


def test_many_who_come_to_a_level_in_one_batch_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(shop())
    people = [f"m{n}" for n in range(30)]
    took(*(order(who, "2026-03-01", 60, f"a{who}") for who in people))
    asked: list[int] = []
    alone = Loader._tallies

    def counted(self: Loader, whose: Iterable[UUID], names: Iterable[str]) -> Any:
        ids = list(whose)
        asked.append(len(ids))
        return alone(self, ids, names)

    monkeypatch.setattr(Loader, "_tallies", counted)
    took(*(order(who, "2026-03-02", 60, f"b{who}") for who in people))
    assert asked == [1] * SINGLY + [len(people) - SINGLY]
    assert {level(who)[0] for who in people} == {"silver"}
    took(*(order(who, "2026-03-03", 5, f"c{who}") for who in people))
    assert {level(who)[0] for who in people} == {"silver"}
    check_books()
