"""The inbox: a message stands there with its event, and is put into words when it is read."""

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from django.db import connection, transaction
from structlog.testing import capture_logs

from regulars.kit.ids import bucket_of
from regulars.messaging import letters, queries, service, tasks
from regulars.messaging.contracts import UNREADABLE_BODY, UNREADABLE_SUBJECT, Reader, Template
from regulars.messaging.models import Delivery, Message
from tests.messaging.world import (
    MOMENT,
    NEWS,
    NOTE,
    OFFER,
    ORDER,
    Book,
    book_of,
    inbox_of,
    make_member,
    say,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)
BROKEN = Template("broken", "service", ("inbox",), {"en": "s"}, {"en": "{{ a | nonsense }}"})


class Stop(Exception):
    """Undoes a transaction."""


def test_a_message_stands_in_the_inbox_at_once_without_any_worker() -> None:
    member = make_member(email="a@example.com")
    message = say(member, NOTE)
    [item] = inbox_of(member)
    assert (item.id, item.subject, item.read_at) == (message, "本次消费获得 24 积分", None)
    assert item.body == "小雨，您好：您于 2026年11月22日 10:00 消费 24.60 元。"
    assert Message.objects.get().due_at is None
    assert tasks.deliver_due(book_of) == 0
    assert told(member) == {"inbox": ("sent", "")}
    assert queries.counts() == {"sent": 1, "waiting": 0}
    assert not Delivery.objects.exists()


def test_a_message_is_in_the_inbox_exactly_when_its_transaction_committed() -> None:
    member = make_member()
    with suppress(Stop), transaction.atomic():
        say(member, NOTE)
        assert queries.unread(member) == 1
        raise Stop
    assert (queries.unread(member), inbox_of(member)) == (0, [])


def test_it_is_read_in_the_language_that_the_reader_has_now() -> None:
    member = make_member()
    say(member, NOTE)
    assert inbox_of(member, language="en")[0].subject == "You earned 24 points"
    assert inbox_of(member, language="zh-CN")[0].subject == "本次消费获得 24 积分"
    assert inbox_of(member, language="")[0].subject == "本次消费获得 24 积分", "the programme's language"


@pytest.mark.usefixtures("post")
def test_a_message_that_also_goes_out_waits_only_for_that() -> None:
    member = make_member(email="a@example.com")
    say(member)
    assert told(member) == {"inbox": ("sent", "")}
    [waiting] = queries.of_member(member, book_of).items
    assert (waiting.waiting, waiting.deliveries[0].subject) == (True, "本次消费获得 24 积分")
    assert service.mark_read(member) == 1
    tasks.deliver_due(book_of)
    assert told(member) == {"inbox": ("sent", ""), "email": ("sent", "250 Message taken")}
    [settled] = queries.of_member(member, book_of).items
    assert not settled.waiting
    assert settled.deliveries[0].read_at is not None
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["email"]
    assert queries.counts() == {"sent": 2, "waiting": 0}


def test_what_was_refused_before_does_not_stand_in_the_inbox_and_what_comes_later_changes_nothing() -> None:
    open_minded, tired = make_member(), make_member()
    service.set_preference(tired, "inbox", "marketing", False, "portal")
    for member in (open_minded, tired):
        say(member, NEWS)
        say(member, NOTE)
    assert [item.category for item in inbox_of(open_minded)] == ["service", "marketing"]
    assert [item.category for item in inbox_of(tired)] == ["service"]
    assert (queries.unread(open_minded), queries.unread(tired)) == (2, 1)
    service.set_preference(tired, "inbox", "marketing", True, "portal")
    service.set_preference(open_minded, "inbox", "marketing", False, "portal")
    assert tasks.deliver_due(book_of) == 0
    assert (queries.unread(open_minded), queries.unread(tired)) == (2, 1)
    states = [each.deliveries[0] for each in queries.of_member(tired, book_of).items]
    assert [(each.channel, each.status, each.detail) for each in states] == [
        ("inbox", "sent", ""), ("inbox", "skipped", "refused"),
    ]  # fmt: skip
    assert queries.counts() == {"sent": 3, "skipped": 1, "waiting": 0}


@pytest.mark.usefixtures("post")
def test_a_refusal_between_event_and_mail_stops_the_mail_and_leaves_the_inbox() -> None:
    member = make_member(email="a@example.com")
    service.set_preference(member, "email", "marketing", True, "join")
    say(member, OFFER)
    service.set_preference(member, "inbox", "marketing", False, "portal")
    service.set_preference(member, "email", "marketing", False, "link")
    tasks.deliver_due(book_of)
    assert told(member) == {"inbox": ("sent", ""), "email": ("skipped", "refused")}
    assert len(inbox_of(member)) == 1


def test_a_template_that_can_not_be_rendered_says_so_neutrally_and_is_logged_once() -> None:
    letters._complain.cache_clear()
    book = Book(templates={"broken": BROKEN, "note": NOTE})
    member = make_member()
    say(member, BROKEN)
    say(member, NOTE)
    say(member, NEWS)  # the book has none of that name
    with capture_logs() as logs:
        for language in ("zh-hans", "zh-hant", "en"):
            gone, good, bad = inbox_of(member, lambda _: book, language)
            unreadable = (UNREADABLE_SUBJECT[language], UNREADABLE_BODY[language])
            assert (bad.subject, bad.body) == (gone.subject, gone.body) == unreadable
            assert "24" in good.subject
    assert [(each["event"], each["template"]) for each in logs] == [
        ("message_not_rendered", "news"),
        ("message_not_rendered", "broken"),
    ]
    assert "nonsense" in logs[1]["error"]


def test_pages_of_the_inbox_follow_each_other_and_opening_one_finds_only_the_members_own() -> None:
    alice, bob = make_member(), make_member()
    ids = sorted((say(alice, NOTE) for _ in range(5)), reverse=True)
    of_bob = say(bob, NOTE)
    reader = Reader("小雨", "en")
    first = queries.inbox(alice, book_of, reader, limit=3)
    second = queries.inbox(alice, book_of, reader, first.next, 3)
    assert [item.id for item in (*first.items, *second.items)] == ids
    assert second.next is None
    opened = queries.in_inbox(alice, ids[2], book_of, reader)
    assert opened is not None
    assert (opened.id, opened.subject) == (ids[2], "You earned 24 points")
    assert queries.in_inbox(alice, of_bob, book_of, reader) is None


def test_a_message_for_mail_alone_is_not_in_the_inbox() -> None:
    member = make_member()
    message = say(member, replace(ORDER, channels=("email",)))
    assert inbox_of(member) == []
    assert queries.in_inbox(member, message, book_of, Reader("", "")) is None
    assert queries.unread(member) == service.mark_read(member) == 0
    assert told(member) == {"email": ("skipped", "no_mail_server")}


def test_reading_is_noted_once_and_only_for_the_member_and_messages_named() -> None:
    alice, bob = make_member(), make_member()
    first, _second, of_bob = say(alice), say(alice), say(bob)
    assert service.mark_read(alice, [first, of_bob]) == 1
    assert service.mark_read(alice, [first]) == 0
    assert (queries.unread(alice), queries.unread(bob)) == (1, 1)
    assert service.mark_read(alice) == 1
    assert (queries.unread(alice), queries.unread(bob)) == (0, 1)


def test_a_message_that_waited_when_the_inbox_became_the_message_still_gets_there() -> None:
    """Rows as the version before wrote them: a timer, and nothing decided."""
    open_minded, tired = make_member(), make_member()
    service.set_preference(tired, "inbox", "marketing", False, "portal")
    for member in (open_minded, tired):
        say(member, NEWS)
    Message.objects.update(inbox=False, skipped=None, due_at=MOMENT)
    assert tasks.deliver_due(book_of) == 2
    assert told(open_minded) == {"inbox": ("sent", "")}
    assert told(tired) == {"inbox": ("skipped", "refused")}


def test_the_inbox_and_its_unread_count_are_one_range_of_the_primary_key() -> None:
    members = [make_member() for _ in range(40)]
    for member in members:
        for _ in range(25):
            say(member, NOTE)
    where = "WHERE member_id = %s AND bucket = %s AND inbox"
    asked = [
        f"SELECT id FROM messaging_message {where} ORDER BY id DESC LIMIT 31",
        f"SELECT count(*) FROM messaging_message {where} AND read_at IS NULL",
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for sql in asked:
            cursor.execute(f"EXPLAIN {sql}", [members[0], bucket_of(members[0])])
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "messaging_message_pkey" in plan, plan
            assert re.search(
                r"Index Cond: .*member_id = .*bucket = |Index Cond: .*bucket = .*member_id = ", plan
            ), plan
            assert "Sort" not in plan, plan
