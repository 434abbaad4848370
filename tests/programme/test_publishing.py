"""From a draft to the version in force: at once, at its moment, with a second person, back again; never half."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from regulars.alerts.models import Alert
from regulars.kit import clock
from regulars.programme import drafts, publications
from regulars.programme.held import StillHeld, find
from regulars.programme.loader import InvalidProgramme, load
from regulars.programme.models import Publication, Version
from regulars.programme.publications import Author, State
from regulars.programme.publishing import (
    BadMoment,
    NoteTooLong,
    Overtaken,
    OwnPublication,
    Settled,
    UnknownPublication,
    Wish,
    approve,
    ask,
    call_off,
    publish_due,
    reject,
)
from regulars.programme.service import current, current_number, publish, version
from regulars.staff.contracts import KeyHolder
from regulars.staff.models import AuditEntry
from tests.engine.world import EARN, joined, moment, moved, order, shop, tables, today, took

ALICE, BOB = (
    publications.operator("alice@example.cn", "admin"),
    publications.operator("bob@example.cn", "admin"),
)
OLIVER = publications.operator("oliver@example.cn", "operator")
DOUBLE = shop(EARN.replace("for_each: 1", "for_each: 2"))
TREBLE = shop(EARN.replace("for_each: 1", "for_each: 3"))
STRICT = shop().replace("assets:", "publishing: {second_person: true}\nassets:", 1)
NOW = "2026-03-01 10:00"


def coins(source: str) -> str:
    """Without points."""
    text = source.replace("  points:", "  coins:", 1)
    return text.replace("earned.points", "earned.coins").replace("balances.points", "balances.coins")


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> object:
    with today(NOW):
        yield


def deeds() -> list[tuple[str, str]]:
    return list(
        AuditEntry.objects.exclude(action__startswith="draft").order_by("id").values_list("actor", "action")
    )


def test_at_once_and_its_draft_is_done() -> None:
    publish(shop(), "tests")
    draft = drafts.create("x", DOUBLE, "alice@example.cn")
    row = ask(ALICE, Wish(DOUBLE, "twice", follows=1, draft_id=draft.id))
    assert (row.state, row.version, row.note) == (State.PUBLISHED, 2, "twice")
    assert (current().number, Version.objects.get(number=2).source) == (2, DOUBLE)
    assert list(drafts.every()) == []


def test_a_draft_that_went_on_meanwhile_stays() -> None:
    publish(shop(), "tests")
    draft = drafts.create("x", TREBLE, "alice@example.cn")
    ask(ALICE, Wish(DOUBLE, draft_id=draft.id))
    assert [each.source for each in drafts.every()] == [TREBLE]


def test_what_was_compared_with_another_version_is_told() -> None:
    publish(shop(), "tests")
    publish(DOUBLE, "bob@example.cn")
    before = tables()
    with pytest.raises(Overtaken, match=r"version 1, and meanwhile bob@example.cn has published version 2"):
        ask(ALICE, Wish(TREBLE, follows=1))
    assert moved(before) == {}
    assert ask(ALICE, Wish(DOUBLE, follows=1)).version == 2, "what is in force already is no conflict"
    assert current_number() == 2


def test_a_second_person_agrees() -> None:
    publish(STRICT, "tests")
    row = ask(ALICE, Wish(DOUBLE, "no more second person"))
    assert (row.state, row.version, current_number()) == (State.WAITING, None, 1)
    assert ask(ALICE, Wish(DOUBLE, "no more second person")).id == row.id, "asked twice it waits once"
    with pytest.raises(OwnPublication):
        approve(row.id, ALICE)
    key = publications.key(KeyHolder("git", frozenset({"programme:write"}), "alice@example.cn"))
    with pytest.raises(OwnPublication):
        approve(row.id, key)
    done = approve(row.id, BOB, "seen")
    assert (done.state, done.version, done.decided_by) == (State.PUBLISHED, 2, "bob@example.cn")
    with pytest.raises(Settled):
        approve(row.id, BOB)
    assert publications.approvals([1, 2]) == {2: "bob@example.cn"}
    assert deeds() == [
        ("tests", "programme.published"),
        ("alice@example.cn", "publication.asked"),
        ("alice@example.cn", "programme.published"),
        ("bob@example.cn", "publication.approved"),
    ]
    assert ask(ALICE, Wish(TREBLE)).state is State.PUBLISHED, (
        "the version in force decides, and asks for nobody"
    )


def test_the_second_person_says_no_and_why() -> None:
    publish(STRICT, "tests")
    row = ask(ALICE, Wish(DOUBLE))
    with pytest.raises(NoteTooLong):
        reject(row.id, BOB, " ")
    assert reject(row.id, BOB, "too dear").state is State.REJECTED
    with pytest.raises(Settled):
        approve(row.id, BOB)
    assert current_number() == 1
    assert ask(ALICE, Wish(DOUBLE)).id != row.id, "it can be asked for anew"


def test_who_may_only_ask_waits_for_who_may_publish() -> None:
    publish(shop(), "tests")
    row = ask(OLIVER, Wish(DOUBLE))
    assert row.state is State.WAITING
    assert publications.waiting_count() == 1
    assert approve(row.id, ALICE).version == 2


def test_the_first_version_waits_for_nobody() -> None:
    assert ask(ALICE, Wish(STRICT)).version == 1


def test_at_a_moment_and_once_also_after_downtime() -> None:
    publish(shop(), "tests")
    first, second = moment("2026-03-02 00:00"), moment("2026-03-03 00:00")
    row = ask(ALICE, Wish(DOUBLE, at=first))
    ask(ALICE, Wish(TREBLE, at=second))
    assert (row.state, current_number()) == (State.SCHEDULED, 1)
    with clock.fixed(first - timedelta(seconds=1)):
        assert publish_due() == 0
    with clock.fixed(second + timedelta(hours=5)):
        assert publish_due() == 2
        assert publish_due() == 0
    assert [(each.number, each.source) for each in Version.objects.order_by("number")] == [
        (1, shop()), (2, DOUBLE), (3, TREBLE),
    ]  # fmt: skip
    assert Publication.objects.get(pk=row.id).version == 2


def test_what_waits_for_its_moment_is_called_off() -> None:
    publish(shop(), "tests")
    row = ask(ALICE, Wish(DOUBLE, at=moment("2026-03-02 00:00")))
    assert call_off(row.id, BOB).state is State.WITHDRAWN
    with pytest.raises(Settled):
        call_off(row.id, BOB)
    with today("2026-03-05"):
        assert publish_due() == 0
    assert current_number() == 1
    with pytest.raises(UnknownPublication):
        call_off(drafts.create("x", "y", "a").id, BOB)


def test_agreed_to_before_its_moment_it_waits_for_it_after_it_it_is_published() -> None:
    publish(STRICT, "tests")
    early = ask(ALICE, Wish(DOUBLE, at=moment("2026-03-02 00:00")))
    assert approve(early.id, BOB).state is State.SCHEDULED
    late = ask(ALICE, Wish(TREBLE, at=moment("2026-03-03 00:00")))
    with today("2026-03-04"):
        assert publish_due() == 1, "what nobody agreed to is not published"
        assert current_number() == 2
        assert approve(late.id, BOB).version == 3


@pytest.mark.parametrize("when", ["2026-03-01 10:00", "2026-02-01 00:00", "2027-04-01 00:00"])
def test_moments_that_are_none(when: str) -> None:
    publish(shop(), "tests")
    before = tables()
    with pytest.raises(BadMoment):
        ask(ALICE, Wish(DOUBLE, at=moment(when)))
    assert moved(before) == {}


def test_what_does_not_pass_at_its_moment_leaves_all_as_it_was_and_calls() -> None:
    publish(shop(), "tests")
    without = coins(shop(""))
    row = ask(ALICE, Wish(without, at=moment("2026-03-02 00:00")))
    assert row.state is State.SCHEDULED, "nobody holds points yet"
    took(order("m", "2026-03-01", 10, "1"))
    with today("2026-03-03"):
        assert publish_due() == 1
        assert publish_due() == 0
    failed = publications.get(row.id)
    assert failed is not None
    assert (failed.state, failed.version, current_number()) == (State.FAILED, None, 1)
    assert failed.faults[0]["en"].startswith("1 members hold points (points), so it can't go")
    assert Alert.objects.filter(code="publication_failed", resolved_at=None).count() == 1
    ask(BOB, Wish(DOUBLE))
    assert Alert.objects.filter(code="publication_failed", resolved_at=None).count() == 0


def test_back_to_an_old_version_is_a_new_one() -> None:
    publish(shop(), "tests")
    publish(DOUBLE, "tests")
    first = Version.objects.get(number=1)
    row = ask(ALICE, Wish(first.source, "back", follows=2))
    assert row.version == 3
    assert (version(3).rules, version(3).number) == (version(1).rules, 3)
    assert Version.objects.get(number=1) == first


def test_bad_texts_are_refused_and_nothing_is_written() -> None:
    publish(shop(), "tests")
    before = tables()
    with pytest.raises(InvalidProgramme):
        ask(ALICE, Wish("programme: x"))
    with pytest.raises(NoteTooLong):
        ask(ALICE, Wish(DOUBLE, "x" * 301))
    assert moved(before) == {}


def test_what_members_hold_stays() -> None:
    publish(shop(), "tests")
    took(joined("a", "2026-02-01"), order("b", "2026-02-01", 300, "1"))
    before = tables()
    gone = shop(EARN.replace("      - credit: {asset: points, for_each: 1, of: event.total}\n", ""))
    with pytest.raises(StillHeld) as told:
        publish(coins(gone), "tests", accepted=["assets.points"])
    assert [(one.place, one.count, one.grave) for one in told.value.findings] == [("assets.points", 1, True)]
    with pytest.raises(StillHeld, match="would have 2 decimals instead of 0"):
        publish(shop().replace("clawback: debt}\n  growth", "scale: 2, clawback: debt}\n  growth"), "tests")
    with pytest.raises(StillHeld, match="orders in CNY"):
        publish(shop().replace("currency: CNY", "currency: TWD"), "tests")
    assert moved(before) == {}


def test_a_level_on_which_members_stand_goes_when_that_is_named() -> None:
    publish(shop(), "tests")
    took(order("b", "2026-02-01", 300, "1"))
    without = shop().replace("      - {id: gold, name: Gold, at: 250}\n", "")
    (found,) = find(version(1), load(without))
    assert (found.place, found.count, found.grave) == ("ladders.level.levels.gold", 1, False)
    with pytest.raises(StillHeld, match="1 members are Gold now"):
        ask(ALICE, Wish(without))
    assert ask(ALICE, Wish(without, accepted=(found.place,))).version == 2
    assert find(version(1), load(shop().replace("{id: platinum", "{id: diamond"))) == (), (
        "nobody stands there"
    )


def test_a_budget_in_use_goes_when_that_is_named() -> None:
    budgeted = shop(EARN + "    budget: {units: 1000, per: lifetime}\n")
    publish(budgeted, "tests")
    publish(shop(""), "tests")
    publish(budgeted, "tests")
    took(order("b", "2026-02-01", 300, "1"))
    with pytest.raises(StillHeld, match=r"60% of this period's is used"):
        publish(shop(""), "tests")
    assert publish(shop(""), "tests", accepted=["rules.base"]).number == 4


@pytest.mark.django_db(transaction=True)
def test_many_who_approve_publish_and_work_at_once_make_one_version() -> None:
    publish(STRICT, "tests")
    row = ask(ALICE, Wish(DOUBLE, at=moment("2026-03-02 00:00")))
    start = Barrier(6)

    def run(number: int) -> str:
        start.wait()
        try:
            if number < 3:
                return approve(row.id, Author(f"p{number}", f"p{number}")).state
            return str(publish_due())
        except Settled:
            return "settled"
        finally:
            connection.close()

    with today("2026-03-05"), ThreadPoolExecutor(6) as pool:
        results = list(pool.map(run, range(6)))
    assert sorted(results) == ["0", "0", "0", "published", "settled", "settled"]
    assert current_number() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_publish_once() -> None:
    publish(shop(), "tests")
    ask(ALICE, Wish(DOUBLE, at=moment("2026-03-02 00:00")))
    start = Barrier(4)

    def run(_: int) -> int:
        start.wait()
        try:
            return publish_due()
        finally:
            connection.close()

    with today("2026-03-05"), ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == [0, 0, 0, 1]
    assert current_number() == 2
