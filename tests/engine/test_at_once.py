"""Many at once: from the threads of one process, past its gate, and from several processes."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from threading import Event as Signal
from time import sleep
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from structlog.testing import capture_logs

from regulars.campaigns.models import BudgetUse, RuleUse
from regulars.engine import merging, turn
from regulars.engine.batch import process
from regulars.engine.contracts import Incoming, Outcome
from regulars.engine.operations import Request
from regulars.engine.service import submit, take
from regulars.events.models import Event
from regulars.ledger.reconcile import reconcile
from regulars.members.models import Identity, Member
from regulars.orders.models import Order
from tests.engine.world import (
    EARN,
    balances,
    check_books,
    event,
    fresh,
    incoming,
    joined,
    order,
    shop,
    took,
    who_is,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
THREADS = 32
Send = Callable[[Sequence[Incoming]], list[Outcome]]

CHECKIN = """\
  - id: r
    name: Rule
    on: checkin
    %s
    then:
      - %s
"""
BUDGET = CHECKIN % ("budget: {units: 1000, per: lifetime}", "credit: {asset: points, amount: 33}")
FIRST_COME = "budget: {units: 33, per: lifetime}\n    limit: {times: 9, per: day}"
ONCE = CHECKIN % ("limit: {times: 1, per: day}", "credit: {asset: points, amount: 5}")
TAKE = EARN + CHECKIN % ("priority: 0", "debit: {asset: points, amount: 10}")


@pytest.fixture(params=["gate", "past the gate"])
def door(request: pytest.FixtureRequest) -> Send:
    """The engine's door; and the transaction behind it, where every thread has one of its own."""
    return submit if request.param == "gate" else take


def together(events: Sequence[dict[str, Any]], door: Send) -> list[Outcome]:
    """Each event from a thread of its own, all released at once."""
    ready = [incoming(one) for one in events]
    threads = min(THREADS, len(ready))
    start = Barrier(threads)

    def run(number: int) -> list[Outcome]:
        start.wait()
        try:
            return [outcome for one in ready[number::threads] for outcome in door([one])]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [outcome for some in pool.map(run, range(threads)) for outcome in some]


def processes(events: Sequence[dict[str, Any]], count: int = 2) -> list[dict[str, Any]]:
    """The events, shared out among processes that begin at one word."""
    database = connection.settings_dict
    host = quote(str(database["HOST"] or database["OPTIONS"].get("host", "")), safe="/")
    place = f"host={host}&port={database['PORT'] or 5432}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?{place}",
        "REGULARS_DATA": str(settings.DATA),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.engine.sender"], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        pipes = [(one.stdin, one.stdout) for one in running if one.stdin and one.stdout]
        for number, (into, _) in enumerate(pipes):
            into.write(json.dumps(events[number::count]) + "\n")
            into.flush()
        for _, out in pipes:
            assert out.readline() == "ready\n"
        for into, _ in pipes:
            into.write("go\n")
            into.flush()
        results = [result for _, out in pipes for result in json.loads(out.readline())]
        assert [one.wait(30) for one in running] == [0] * count
        return results
    finally:
        for one in running:
            one.kill()
            one.communicate()


def statuses(results: Sequence[Any]) -> Counter[str]:
    return Counter(one["status"] if isinstance(one, dict) else one.status for one in results)


def test_a_budget_is_used_up_to_the_unit_and_never_exceeded(door: Send) -> None:
    fresh(shop(BUDGET))
    people = [f"m{n}" for n in range(40)]
    took(*(joined(who, "2026-03-01") for who in people))
    results = together([event("checkin", who, "2026-03-02") for who in people], door)
    assert statuses(results) == {"processed": 40}
    given = sorted(sum(effect["amount"] for effect in one.effects) for one in results)
    assert given == [0] * 9 + [10] + [33] * 30
    assert BudgetUse.objects.get().units == 1000
    check_books()


def test_a_rule_whose_budget_is_used_up_does_nothing_else_either() -> None:
    fresh(shop(CHECKIN % (FIRST_COME, "credit: {asset: points, amount: 30}\n      - tag: {add: [lucky]}")))
    took(joined("a", "2026-03-01"), joined("b", "2026-03-01"))
    first, second, third = took(*(event("checkin", who, "2026-03-02") for who in ("a", "b", "b")))
    assert [effect["kind"] for effect in first["effects"]] == ["credit", "tag"]
    assert [effect["amount"] for effect in second["effects"] if effect["kind"] == "credit"] == [3]
    assert third["effects"] == []
    assert dict(RuleUse.objects.values_list("units", "times")) == {30: 1, 3: 1}
    assert set(Member.objects.values_list("tags", flat=True)[0]) == {"lucky"}
    check_books()


def test_a_members_limit_of_one(door: Send) -> None:
    fresh(shop(ONCE))
    took(joined("a", "2026-03-01"))
    results = together([event("checkin", "a", "2026-03-02") for _ in range(THREADS)], door)
    assert statuses(results) == {"processed": THREADS}
    assert sorted(len(one.effects) for one in results) == [0] * (THREADS - 1) + [1]
    assert RuleUse.objects.values_list("times", "units").get() == (1, 5)
    assert balances("a") == {"points": 5}
    check_books()


def test_the_same_event_from_everywhere(door: Send) -> None:
    fresh(shop())
    one = order("new", "2026-03-02", 10, "1", id="same")
    results = together([one] * THREADS, door)
    assert statuses(results) == {"processed": 1, "duplicate": THREADS - 1}
    told = {
        json.dumps([str(one.member_id), one.effects, one.balances, one.tiers], sort_keys=True)
        for one in results
    }
    assert len(told) == 1
    assert Event.objects.filter(key="same").count() == Order.objects.count() == Member.objects.count() == 1
    assert balances("new") == {"points": 10, "growth": 10}
    check_books()


def test_the_same_order_from_everywhere(door: Send) -> None:
    fresh(shop())
    results = together([order(f"who{n % 3}", "2026-03-02", 10, "1") for n in range(THREADS)], door)
    assert statuses(results) == {"processed": 1, "rejected": THREADS - 1}
    assert Order.objects.count() == 1
    check_books()


def test_a_new_phone_from_everywhere_makes_one_member(door: Send) -> None:
    fresh(shop())
    results = together(
        [
            order("", "2026-03-02", 1, f"{n}", member={"phone": "13800000000", "wechat": f"w{n % 4}"})
            for n in range(THREADS)
        ],
        door,
    )
    assert statuses(results) == {"processed": THREADS}
    assert len({one.member_id for one in results}) == Member.objects.count() == 1
    assert Identity.objects.count() == 1 + 4 + 1, "phone, four WeChat ids, the card"
    assert set(Identity.objects.values_list("member_id", flat=True)) == {results[0].member_id}
    assert Event.objects.filter(type="member.joined").count() == 1
    check_books()


def test_the_last_points_are_spent_once(door: Send) -> None:
    fresh(shop(TAKE))
    took(order("a", "2026-03-01", 55, "1"))
    results = together([event("checkin", "a", "2026-03-02") for _ in range(THREADS)], door)
    assert sorted(len(one.effects) for one in results) == [0] * (THREADS - 5) + [1] * 5
    assert balances("a") == {"points": 5, "growth": 55}
    check_books()


def test_members_crossing_each_other(door: Send) -> None:
    """Batches that lock the same members in other orders: all are taken, none waits for ever."""
    fresh(shop(TAKE + BUDGET.replace("id: r\n", "id: b\n")))
    people = [f"m{n}" for n in range(6)]
    took(*(joined(who, "2026-03-01") for who in people))
    batches = [
        [incoming(event("checkin", who, "2026-03-02")) for who in (people if n % 2 else reversed(people))]
        for n in range(12)
    ]
    start = Barrier(12)

    def run(some: list[Incoming]) -> list[Outcome]:
        start.wait()
        try:
            return door(some)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        results = [one for some in pool.map(run, batches) for one in some]
    assert statuses(results) == {"processed": 72}
    assert BudgetUse.objects.get().units == 1000
    check_books()


def test_several_processes() -> None:
    fresh(shop(BUDGET + ONCE.replace("id: r\n", "id: once\n") + CHECKIN.replace("id: r\n", "id: t\n").replace(
        "on: checkin", "on: visit") % ("priority: 0", "debit: {asset: points, amount: 1}") + EARN
    ))  # fmt: skip
    people = [f"m{n}" for n in range(40)]
    took(*(joined(who, "2026-03-01") for who in people))
    took(order("rich", "2026-03-01", 7, "rich"))
    same = [order("", "2026-03-02", 5, "same", id="same", member={"phone": "13800000000"})] * 16
    phones = [order("", "2026-03-02", 5, f"p{n}", member={"phone": "13900000000"}) for n in range(16)]
    spend = [event("visit", "rich", "2026-03-02") for _ in range(16)]
    results = processes([event("checkin", who, "2026-03-02") for who in people] + same + phones + spend)
    assert statuses(results) == {"processed": 40 + 1 + 16 + 16, "duplicate": 15}
    assert BudgetUse.objects.get().units == 1000
    assert sum(balances(who)["points"] for who in people) == 1000 + 40 * 5
    assert balances("rich") == {"points": 0, "growth": 7}
    assert Order.objects.filter(order_id="same").count() == 1
    assert Identity.objects.filter(kind="phone").count() == 2
    assert Member.objects.count() == 40 + 3
    check_books()


@pytest.mark.parametrize("error", [ZeroDivisionError("a rule"), LookupError("a room")])
def test_one_event_that_blows_up_stops_no_other(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(shop())
    follow = turn.Turn.follow_rules

    def blow(self: turn.Turn) -> None:
        if self.event.key == "bad":
            raise error
        follow(self)

    monkeypatch.setattr(turn.Turn, "follow_rules", blow)
    events = [order(who, "2026-03-01", 10, who, id="bad" if who == "c" else f"ok-{who}") for who in "abcde"]
    with capture_logs() as logs:
        outcomes = submit([incoming(one) for one in events])
    assert [(one["event"], one.get("key")) for one in logs] == [
        ("batch_failed", None),
        ("event_failed", "bad"),
    ]
    assert [one.status for one in outcomes] == [
        "processed",
        "processed",
        "rejected",
        "processed",
        "processed",
    ]
    assert outcomes[2].error is not None
    assert outcomes[2].error.code == "failed_rule"
    assert Order.objects.count() == Member.objects.count() == 4
    assert not Event.objects.filter(key="bad").exists()
    monkeypatch.undo()
    assert submit([incoming(events[2])])[0].status == "processed"
    check_books()


def test_a_batch_leaves_members_whom_another_has_in_hand_for_later() -> None:
    fresh(shop())
    took(joined("held", "2026-03-01"), joined("free", "2026-03-01"))
    batch = [
        incoming(order("held", "2026-03-02 10:00", "10.00", "1")),
        incoming(order("free", "2026-03-02 10:01", "20.00", "2")),
        incoming(order("held", "2026-03-02 10:02", "30.00", "3", member={"pos": "held", "card": "777"})),
    ]
    ours = {name: connection.settings_dict[name] for name in ("HOST", "PORT", "USER", "NAME")}
    with psycopg.connect(
        host=ours["HOST"], port=ours["PORT"], user=ours["USER"], dbname=ours["NAME"]
    ) as another:
        another.execute(
            "SELECT FROM members_member WHERE id = %s FOR UPDATE",
            [Identity.objects.get(value="held").member_id],
        )
        outcomes = process(batch, wait=False)
        assert [one and one.status for one in outcomes] == [None, "processed", None]
        assert (balances("held"), balances("free")) == ({}, {"points": 20, "growth": 20})
        assert not Identity.objects.filter(value="777").exists(), "what is left for later leaves nothing"
    again = take(batch)
    assert [one.status for one in again] == ["processed", "duplicate", "processed"]
    assert balances("held") == {"points": 40, "growth": 40}
    assert Identity.objects.filter(value="777").exists()
    check_books()


def test_an_event_that_waits_for_a_merge_belongs_to_who_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"), order("b", "2026-03-02", 200, "2"))
    kept, gone = who_is("a"), who_is("b")
    noted, may_end, note = Signal(), Signal(), merging.members.note

    def slowly(*args: Any) -> None:
        note(*args)
        noted.set()
        assert may_end.wait(30)

    def in_thread(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    monkeypatch.setattr(merging.members, "note", slowly)
    with ThreadPoolExecutor(2) as threads:
        merge = threads.submit(
            in_thread, lambda: merging.merge(Request(kept, "desk", "m1", reason="same person"), gone)
        )
        assert noted.wait(30)
        late = threads.submit(in_thread, lambda: took(order("b", "2026-03-03", 50, "3")))
        _until_somebody_waits()
        may_end.set()
        assert merge.result(60).error is None
        (answer,) = late.result(60)
    assert answer["member_id"] == str(kept)
    assert Order.objects.get(order_id="3").member_id == kept
    assert balances("a")["growth"] == 350
    assert reconcile().ok


def test_two_who_merge_the_same_pair_crosswise_do_it_once() -> None:
    fresh(shop())
    took(order("a", "2026-03-01", 100, "1"), order("b", "2026-03-02", 200, "2"))
    pair, start = (who_is("a"), who_is("b")), Barrier(8)

    def one(number: int) -> str:
        kept, gone = pair if number % 2 else pair[::-1]
        start.wait(30)
        try:
            outcome = merging.merge(Request(kept, "desk", f"m{number}", reason="same person"), gone)
        finally:
            connection.close()
        return outcome.error.code if outcome.error else outcome.status

    with ThreadPoolExecutor(8) as threads:
        found = Counter(threads.map(one, range(8)))
    assert found == {"processed": 1, "already_merged": 7}
    assert Member.objects.filter(status="merged").count() == 1
    assert reconcile().ok


def _until_somebody_waits() -> None:
    """For a lock of a row, which is that of the member in hand."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("nobody waits")
