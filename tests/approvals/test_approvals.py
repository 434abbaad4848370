"""Changes by hand: up to the limit at once, above it by a second person, and never twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from regulars.approvals import queries, service
from regulars.approvals.contracts import (
    Answer,
    Asker,
    Change,
    Kind,
    NameTaken,
    NoSuchRequest,
    NotAllowed,
    NotWaiting,
    NotYours,
    OwnRequest,
    State,
    TextMissing,
)
from regulars.approvals.models import ChangeRequest
from regulars.engine import operations
from regulars.engine.operations import Request
from regulars.kit import clock
from regulars.kit.ids import time_id
from regulars.ledger.models import Balance, Entry
from regulars.ledger.reconcile import reconcile
from regulars.staff.contracts import KeyHolder
from regulars.staff.models import AuditEntry
from tests.engine.world import fresh, joined, moment, shop, today, took

pytestmark = pytest.mark.django_db

ALICE, BOB, RITA = "alice@example.cn", "bob@example.cn", "rita@example.cn"
NOW = "2026-03-01 10:00"


@pytest.fixture(autouse=True)
def _open() -> Iterator[None]:
    source = shop().replace("clawback: debt}\n  growth", "clawback: debt, adjust: {limit: 100}}\n  growth")
    assert "adjust" in source
    with today(NOW):
        fresh(source)
        yield


@pytest.fixture
def member() -> UUID:
    (result,) = took(joined("m", "2026-02-01"))
    return UUID(result["member_id"])


def alice() -> Asker:
    return service.operator_asks(ALICE, "operator")


def adjust(member: UUID, units: int, reason: str = "a mistake") -> Change:
    return Change(Kind.ADJUST, member, reason, "points", units)


def asked(member: UUID, units: int, key: str = "k") -> Answer:
    return service.ask_or_do(alice(), adjust(member, units), key)


def waiting(member: UUID, units: int = 500, key: str = "k") -> UUID:
    answer = asked(member, units, key)
    assert answer.waits
    assert answer.request is not None
    return answer.request.id


def points(member: UUID) -> int:
    row = Balance.objects.filter(member_id=member, asset="points").first()
    return row.balance if row else 0


def deeds() -> list[tuple[str, str]]:
    return list(
        AuditEntry.objects.filter(action__startswith="value.").order_by("id").values_list("actor", "action")
    )


def test_at_the_limit_it_is_done_at_once(member: UUID) -> None:
    answer = asked(member, 100)
    assert answer.outcome is not None
    assert answer.request is not None
    assert (answer.outcome.status, answer.request.state, points(member)) == ("processed", State.DONE, 100)
    assert answer.request.operation_id == answer.outcome.event_id
    assert deeds() == [(ALICE, "value.done")]
    again = asked(member, 100)
    assert again.outcome is not None
    assert (again.outcome.status, points(member)) == ("duplicate", 100)
    assert deeds() == [(ALICE, "value.done")]


def test_above_the_limit_it_waits_for_a_second_person(member: UUID) -> None:
    request = waiting(member, 101)
    assert points(member) == 0
    assert (queries.waiting_count(), queries.get(request).measures) == (1, {"points": 101})
    assert queries.waiting()[0].change == adjust(member, 101)
    answer = service.approve(request, BOB, "admin", "seen the receipt")
    assert answer.outcome is not None
    assert (answer.outcome.status, points(member)) == ("processed", 101)
    found = queries.get(request)
    assert (found.state, found.decided_by, found.note) == (State.APPROVED, BOB, "seen the receipt")
    assert found.operation_id == answer.outcome.event_id
    assert deeds() == [(ALICE, "value.asked"), (BOB, "value.approved")]
    assert queries.waiting_count() == 0
    with pytest.raises(NotWaiting):
        service.approve(request, BOB, "admin")
    asked_again = asked(member, 101)
    assert asked_again.outcome is not None
    assert (asked_again.outcome.status, points(member)) == ("duplicate", 101)


def test_small_ones_of_one_day_count_together(member: UUID) -> None:
    """PITFALLS 15: staff who adjust points alone."""
    assert not asked(member, 60, "a").waits
    assert not asked(member, -30, "b").waits
    assert service.foresee(alice(), adjust(member, 11)).needs_second
    assert service.foresee(alice(), adjust(member, 10)).left == {"points": 10}
    assert asked(member, 11, "c").waits
    assert not asked(member, 10, "d").waits
    assert asked(member, 1, "e").waits
    somebody = service.operator_asks(RITA, "operator")
    assert not service.ask_or_do(somebody, adjust(member, 100), "f").waits
    (other,) = took(joined("n", "2026-02-01"))
    assert not asked(UUID(other["member_id"]), 100, "g").waits
    with clock.fixed(moment("2026-03-02 00:00")):
        assert not asked(member, 100, "h").waits
    with clock.fixed(moment("2026-03-02 23:59")):
        assert asked(member, 1, "i").waits


def test_a_key_counts_with_who_made_it_and_they_are_not_the_second_person(member: UUID) -> None:
    assert not asked(member, 100).waits
    key = service.key_asks(KeyHolder("till", frozenset({"*"}), ALICE), "till")
    answer = service.ask_or_do(key, adjust(member, 1), "k1")
    assert answer.request is not None
    assert (answer.waits, answer.request.asked_by, answer.request.person) == (True, "key:till", ALICE)
    with pytest.raises(OwnRequest):
        service.approve(answer.request.id, ALICE, "admin")
    with pytest.raises(OwnRequest):
        service.reject(answer.request.id, ALICE, "admin", "no")
    service.withdraw(answer.request.id, ALICE)
    lone = service.key_asks(KeyHolder("cli", frozenset({"*"}), "command line"), "cli")
    assert lone.person == "key:cli"


def test_nobody_approves_their_own_and_not_everybody_approves(member: UUID) -> None:
    request = waiting(member)
    with pytest.raises(OwnRequest):
        service.approve(request, ALICE, "admin")
    for role in ("operator", "reader"):
        with pytest.raises(NotAllowed):
            service.approve(request, BOB, role)
        with pytest.raises(NotAllowed):
            service.reject(request, BOB, role, "no")
    with pytest.raises(NotAllowed):
        service.operator_asks(RITA, "reader")
    with pytest.raises(NoSuchRequest):
        service.approve(time_id(clock.now()), BOB, "admin")
    assert (queries.get(request).state, points(member)) == (State.WAITING, 0)


def test_no_is_said_with_a_reason_and_is_final(member: UUID) -> None:
    request = waiting(member)
    for note in ("", "  ", "x" * 501):
        with pytest.raises(TextMissing):
            service.reject(request, BOB, "admin", note)
    service.reject(request, BOB, "admin", "no receipt")
    assert (queries.get(request).state, queries.get(request).note) == (State.REJECTED, "no receipt")
    for decide in (
        lambda: service.approve(request, BOB, "admin"),
        lambda: service.reject(request, BOB, "admin", "again"),
        lambda: service.withdraw(request, ALICE),
    ):
        with pytest.raises(NotWaiting):
            decide()
    answer = asked(member, 500)
    assert answer.request is not None
    assert (answer.outcome, answer.request.state, points(member)) == (None, State.REJECTED, 0)
    assert deeds() == [(ALICE, "value.asked"), (BOB, "value.rejected")]


def test_who_asked_withdraws(member: UUID) -> None:
    request = waiting(member)
    with pytest.raises(NotYours):
        service.withdraw(request, BOB)
    service.withdraw(request, ALICE)
    assert queries.get(request).state is State.WITHDRAWN
    with pytest.raises(NotWaiting):
        service.approve(request, BOB, "admin")
    assert Entry.objects.count() == 0


def test_what_cannot_be_done_is_refused_at_once(member: UUID) -> None:
    for units in (-500, -5):
        answer = asked(member, units)
        assert answer.outcome is not None
        assert answer.outcome.error is not None
        assert answer.outcome.error.code == "insufficient"
    assert ChangeRequest.objects.count() == 0
    with pytest.raises(TextMissing):
        service.ask_or_do(alice(), adjust(member, 5, " "), "k")
    assert deeds() == []


def test_a_key_names_one_change(member: UUID) -> None:
    waiting(member)
    for other in (adjust(member, 501), adjust(member, 500, "another reason")):
        with pytest.raises(NameTaken):
            service.ask_or_do(alice(), other, "k")
    operations.credit(Request(member, service.CONSOLE, "c"), "points", 5)
    answer = asked(member, 500, "c")
    assert answer.outcome is not None
    assert answer.outcome.error is not None
    assert answer.outcome.error.code == "key_conflict"


def test_an_approved_one_that_the_books_refuse_waits_again(member: UUID) -> None:
    operations.credit(Request(member, "t", "c"), "points", 200)
    request = waiting(member, -150)
    operations.spend(Request(member, "t", "s"), "points", 100)
    answer = service.approve(request, BOB, "admin")
    assert answer.outcome is not None
    assert answer.outcome.error is not None
    assert (answer.outcome.error.code, queries.get(request).state) == ("insufficient", State.WAITING)
    assert queries.get(request).decided_by == ""
    operations.credit(Request(member, "t", "c2"), "points", 100)
    done = service.approve(request, BOB, "admin").outcome
    assert done is not None
    assert (done.status, points(member)) == ("processed", 50)


def test_a_crash_after_the_decision_is_repaired_by_approving_again(
    member: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = waiting(member)
    with monkeypatch.context() as broken:
        broken.setattr(service, "_finish", lambda *_: Answer())
        service.approve(request, BOB, "admin")
    assert queries.get(request).unfinished
    assert (queries.waiting_count(), points(member)) == (1, 0)
    service.approve(request, RITA, "admin")
    found = queries.get(request)
    assert (found.decided_by, found.unfinished, points(member)) == (BOB, False, 500)


def test_a_crash_after_the_movement_is_repaired_by_asking_again(member: UUID) -> None:
    asked(member, 80)
    ChangeRequest.objects.update(operation_id=None)
    answer = asked(member, 80)
    assert answer.request is not None
    assert answer.outcome is not None
    assert (answer.outcome.status, points(member)) == ("duplicate", 80)
    assert answer.request.operation_id == answer.outcome.event_id


def test_other_ways_to_move_value_are_measured_too(member: UUID) -> None:
    spent = operations.credit(Request(member, "t", "c"), "points", 300)
    assert spent.event_id is not None
    taken = operations.spend(Request(member, "t", "s"), "points", 150).event_id
    assert taken is not None
    changes = [
        Change(Kind.CREDIT, member, "x", "points", 101),
        Change(Kind.REVERSE, member, "x", operation_id=taken),
        Change(Kind.CORRECT, member, "x", units=800, operation_id=spent.event_id),
        Change(Kind.END, member, "x", "points"),
    ]
    measures = []
    for number, change in enumerate(changes):
        answer = service.ask_or_do(alice(), change, f"k{number}")
        assert answer.waits, change
        assert answer.request is not None
        measures.append(answer.request.measures["points"])
    assert measures == [101, 150, 500, 150]
    small = service.ask_or_do(
        alice(), Change(Kind.REVERSE, member, "x", units=50, operation_id=taken), "small"
    )
    assert small.outcome is not None
    assert (small.outcome.status, points(member)) == ("processed", 200)
    assert reconcile().ok


def test_an_asset_without_a_limit_needs_nobody(member: UUID) -> None:
    change = Change(Kind.ADJUST, member, "x", "growth", 10**6)
    answer = service.ask_or_do(alice(), change, "k")
    assert answer.outcome is not None
    assert (answer.outcome.status, answer.request) == ("processed", None)
    assert deeds() == [(ALICE, "value.done")]


def test_requests_are_listed_by_state_and_page(member: UUID) -> None:
    for number in range(3):
        with clock.fixed(moment(NOW) + timedelta(minutes=number)):
            waiting(member, 500 + number, f"k{number}")
    first = queries.requests(State.WAITING, member, limit=2)
    assert [row.change.units for row in first.items] == [502, 501]
    rest = queries.requests(State.WAITING, member, first.next, 2)
    assert ([row.change.units for row in rest.items], rest.next) == ([500], None)
    assert queries.requests(State.DONE).items == ()
    assert [row.change.units for row in queries.waiting()] == [500, 501, 502]


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_do_it_once(member: UUID) -> None:
    for round_ in range(5):
        request = waiting(member, 500, f"k{round_}")
        before = points(member)

        def one(who: str, request: UUID = request) -> Any:
            try:
                return service.approve(request, who, "admin").outcome
            except NotWaiting:
                return None
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as many:
            outcomes = list(many.map(one, [BOB, RITA, "carl@example.cn", "dora@example.cn"]))
        assert [one.status for one in outcomes if one is not None].count("processed") == 1
        assert all(one is None or one.error is None for one in outcomes)
        assert points(member) == before + 500
    assert reconcile().ok


@pytest.mark.django_db(transaction=True)
def test_many_small_ones_at_once_never_pass_the_limit(member: UUID) -> None:
    def one(number: int) -> bool:
        try:
            return asked(member, 30, f"k{number}").waits
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as many:
        waits = list(many.map(one, range(12)))
    assert waits.count(False) == 3
    assert points(member) == 90
