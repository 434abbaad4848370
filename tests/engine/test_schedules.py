"""Rules that start by themselves: once for every member, whoever runs them, however often, and late if need be."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from regulars.alerts.models import Alert
from regulars.campaigns import service as campaigns
from regulars.campaigns.models import Run, Timetable
from regulars.engine import schedules
from regulars.engine.queries import explain
from regulars.engine.schedules import run_due
from regulars.events.models import Event
from regulars.events.queries import by_ids
from regulars.kit import clock
from tests.engine.world import balances, event, fresh, joined, moment, shop, today, took, who_is

pytestmark = pytest.mark.django_db


def scheduled(schedule: str, more: str = "", name: str = "gift", amount: int = 5) -> str:
    lines = "".join(f"    {line}\n" for line in more.strip().splitlines())
    return (
        f"  - id: {name}\n    name: Gift\n    on: schedule\n    schedule: {{{schedule}}}\n{lines}"
        f"    then: [{{credit: {{asset: points, amount: {amount}}}}}]\n"
    )


def run_all() -> int:
    """Until nothing is left; how many events of schedules there are then."""
    while run_due():
        pass
    return Event.objects.filter(type="schedule.due").count()


def at(text: str) -> int:
    with today(text):
        return run_all()


def points(*whose: str) -> list[int]:
    return [balances(who).get("points", 0) for who in whose]


MONTHLY = scheduled('cron: "0 9 18 * *"')


def test_on_the_18th_at_nine_for_everybody_who_is_a_member_by_then() -> None:
    with today("2026-11-17"):
        fresh(shop(MONTHLY))
        took(joined("a", "2026-11-01"), joined("b", "2026-11-17"))
        assert run_all() == 0
    assert at("2026-11-18 08:59") == 0
    with today("2026-11-18 09:01"):
        took(joined("c", "2026-11-18 09:01"))
        assert run_all() == 2
        assert run_all() == 2
    assert points("a", "b", "c") == [5, 5, 0]
    found = Event.objects.filter(type="schedule.due").first()
    assert found is not None
    assert (found.source, found.time, found.data) == ("timer", moment("2026-11-18 09:00"), {"rule": "gift"})
    run = Run.objects.get()
    assert (run.rule, run.due_at, run.members, run.failed, run.outcome) == (
        "gift", moment("2026-11-18 09:00"), 2, 0, "done",
    )  # fmt: skip
    assert at("2026-12-18 09:00") == 5
    recorded = by_ids(found.member_id, [found.id])[found.id]
    assert [one.held for one in explain(recorded, "en").verdicts] == [True]


def test_what_passed_before_it_was_published_is_not_made_up_for() -> None:
    with today("2026-11-18 10:00"):
        took_before = fresh(shop(""))
        assert took_before
        took(joined("a", "2026-11-01"))
        fresh(shop(MONTHLY))
        assert run_all() == 0
    assert at("2026-11-18 12:00") == 0


def test_made_up_for_after_the_worker_was_down_but_not_for_ever() -> None:
    with today("2026-11-17"):
        fresh(shop(scheduled('cron: "0 9 * * *", catch_up_hours: 30')))
        took(joined("a", "2026-11-01"))
        run_all()
    with today("2026-11-21 10:00"):
        assert run_all() == 2  # the 20th and the 21st; the 18th and the 19th are too long ago
    assert points("a") == [10]
    assert dict(Run.objects.order_by("due_at").values_list("due_at", "outcome")) == {
        moment("2026-11-18 09:00"): "missed",
        moment("2026-11-20 09:00"): "done",
        moment("2026-11-21 09:00"): "done",
    }
    assert Alert.objects.get().code == "schedule.missed"


def test_a_birthday_a_week_ahead_and_29_february() -> None:
    with today("2026-01-01"):
        fresh(shop(scheduled("birthday: {days_before: 7}, at: '10:30'")))
        took(
            joined("a", "2026-01-01", data={"birthday": "1990-02-28"}),
            joined("b", "2026-01-01", data={"birthday": "1992-02-29"}),
            joined("c", "2026-01-01", data={"birthday": "1992-03-01"}),
            joined("d", "2026-01-01"),
        )
        run_all()
    for day in range(15, 28):
        at(f"2026-02-{day} 10:30")
    assert points("a", "b", "c", "d") == [5, 5, 5, 0]
    times = {who: Event.objects.get(type="schedule.due", member_id=who_is(who)).time for who in "abc"}
    assert times == {
        "a": moment("2026-02-21 10:30"),
        "b": moment("2026-02-21 10:30"),
        "c": moment("2026-02-22 10:30"),
    }


def test_the_anniversary_is_not_the_day_of_joining() -> None:
    with today("2025-11-22"):
        fresh(shop(scheduled("anniversary: {}")))
        took(joined("a", "2025-11-23 01:00"))
        run_all()
    assert at("2025-11-23 09:00") == 0
    assert at("2026-11-22 09:00") == 0
    assert at("2026-11-23 09:00") == 1
    assert points("a") == [5]


def test_the_condition_chooses_in_sql_and_is_asked_again() -> None:
    with today("2026-11-17"):
        when = "when: {field: events.checkin.count, op: gte, value: 2, window: {days: 30}}"
        fresh(shop(scheduled("member_day: {}", when)).replace("assets:", "member_day: {days: [18]}\nassets:"))
        took(*(joined(who, "2026-11-01") for who in "abc"))
        took(*(event("checkin", each[0], f"2026-11-{each[1:]}") for each in ("a10", "a11", "b10")))
    assert at("2026-11-18 09:00") == 1
    assert points("a", "b", "c") == [5, 0, 0]


def test_a_festival_within_the_term_of_the_rule() -> None:
    with today("2026-01-01"):
        fresh(shop(scheduled("holiday: {name: 七夕, days_before: 1}", "until: 2026-12-31")))
        took(joined("a", "2026-01-01"))
        run_all()
    assert at("2026-08-18 09:00") == 1
    assert at("2027-08-07 09:00") == 1


def test_a_rule_that_is_tried_runs_for_its_audience() -> None:
    with today("2026-11-17"):
        fresh(shop(""))
        took(joined("a", "2026-11-01"), joined("b", "2026-11-01"))
        fresh(shop(scheduled('cron: "0 9 * * *"', f"test: {{members: [{who_is('b')}]}}")))
        run_all()
    assert at("2026-11-18 09:00") == 1
    assert points("a", "b") == [0, 5]


@pytest.fixture
def three_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each a page of their own."""
    monkeypatch.setattr(schedules, "MEMBERS_PER_PAGE", 1)
    with today("2026-11-17"):
        fresh(shop(MONTHLY))
        took(*(joined(who, "2026-11-01") for who in "abc"))
        run_all()


@pytest.mark.usefixtures("three_members")
def test_a_worker_that_dies_between_its_events_and_its_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is on disk, that it was done is not: whoever takes the run up sends it again to no effect."""
    moved = campaigns.move_run

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with today("2026-11-18 09:00"):
        run_due()
        monkeypatch.setattr(campaigns, "move_run", killed)
        with pytest.raises(KeyboardInterrupt):
            run_due()
        monkeypatch.setattr(campaigns, "move_run", moved)
        assert run_all() == 2  # the dead worker's lease still holds
    assert at("2026-11-18 09:03") == 3
    assert points("a", "b", "c") == [5, 5, 5]
    run = Run.objects.get()
    assert (run.members, run.outcome) == (3, "done")


@pytest.mark.usefixtures("three_members")
def test_two_workers_with_the_same_run_in_hand() -> None:
    """The lease of the first ran out while it was slow: both do the page, once."""
    with today("2026-11-18 09:00"):
        run_due()
        slow = campaigns.claim_run(clock.now())
        assert slow is not None
    with today("2026-11-18 09:05"):
        assert run_all() == 3
        campaigns.move_run(slow, UUID(int=1), 100, 0, True, clock.now())
    assert points("a", "b", "c") == [5, 5, 5]
    assert Run.objects.get().members == 3


@pytest.mark.usefixtures("three_members")
def test_a_rule_withdrawn_in_the_middle_goes_no_further() -> None:
    with today("2026-11-18 09:00"):
        run_due()
        run_due()
        fresh(shop(""))
        assert run_all() == 2
    assert Run.objects.get().outcome == "withdrawn"
    assert not Timetable.objects.exists()


def test_through_a_year_with_workers_that_come_and_go() -> None:
    """Each moment once, whenever somebody looks."""
    with today("2026-01-01"):
        fresh(shop(scheduled('cron: "30 2 1,15 * *", catch_up_hours: 168')))
        took(joined("a", "2026-01-01"))
    when = moment("2026-01-01")
    for hours in (1, 30, 150, 7, 100, 160, 166, 5, 48, 120, 90, 150, 30, 160, 100, 140):
        when += timedelta(hours=hours)
        with clock.fixed(when):
            run_all()
    times = Counter(Event.objects.filter(type="schedule.due").values_list("time", flat=True))
    due = [moment(f"2026-{month:02}-{day:02} 02:30") for month in range(1, 13) for day in (1, 15)]
    assert times == Counter(one for one in due if moment("2026-01-01") < one <= when)
    assert len(times) == 4
