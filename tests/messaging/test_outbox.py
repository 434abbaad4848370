"""From the outbox to deliveries."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from regulars.kit import clock
from regulars.messaging import queries, service, tasks
from regulars.messaging.contracts import Template, reason
from regulars.messaging.models import Delivery, Message
from tests.messaging.world import MOMENT, OFFER, ORDER, Book, book_of, delivery, make_member, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_lands_in_the_inbox_once_and_the_outbox_is_clear() -> None:
    member = make_member()
    message = say(member)
    assert tasks.deliver_due(book_of) == 1
    assert tasks.deliver_due(book_of) == 0
    inbox = delivery(member, "inbox")
    assert (inbox.message_id, inbox.status, inbox.subject, inbox.due_at) == (
        message,
        "sent",
        "本次消费获得 24 积分",
        None,
    )
    assert Message.objects.get().due_at is None
    [item] = queries.inbox(member).items
    assert (item.subject, item.read_at) == ("本次消费获得 24 积分", None)


@pytest.mark.usefixtures("post")
def test_without_an_address_mail_is_skipped_saying_so_and_nothing_piles_up() -> None:
    member = make_member()
    say(member)
    tasks.deliver_due(book_of)
    mail = delivery(member, "email")
    assert (mail.status, mail.detail, mail.due_at, mail.attempts) == ("skipped", "no_address", None, 0)
    assert reason("no_address", "zh-hans") == "会员没有邮箱地址"


def test_no_mail_server_is_said_on_the_delivery() -> None:
    member = make_member(email="a@example.com")
    say(member)
    assert tasks.deliver_due(book_of) == 1
    assert (delivery(member, "email").status, delivery(member, "email").detail) == (
        "skipped",
        "no_mail_server",
    )


@pytest.mark.usefixtures("post")
def test_marketing_needs_consent_by_mail_and_obeys_refusal_in_the_inbox() -> None:
    silent, keen, tired = (make_member(email=f"{n}@example.com") for n in "abc")
    service.set_preference(keen, "email", "marketing", True, "join")
    service.set_preference(tired, "inbox", "marketing", False, "portal")
    for member in (silent, keen, tired):
        say(member, OFFER)
    tasks.deliver_due(book_of)
    states = {m: [delivery(m, c).status for c in ("inbox", "email")] for m in (silent, keen, tired)}
    assert states == {silent: ["sent", "skipped"], keen: ["sent", "sent"], tired: ["skipped", "skipped"]}
    assert delivery(silent, "email").detail == "refused"


def test_a_wrong_template_fails_alone_and_says_why() -> None:
    broken = Template("broken", "service", ("inbox",), {"en": "s"}, {"en": "{{ a | nonsense }}"})
    book = Book(templates={"order_points": ORDER, "broken": broken})
    good, bad, lost = make_member(), make_member(), make_member()
    say(bad, broken)
    say(good)
    say(lost, OFFER)
    assert tasks.deliver_due(lambda _: book) == 3
    assert delivery(good, "inbox").status == "sent"
    assert delivery(bad, "inbox").status == "failed"
    assert "nonsense" in delivery(bad, "inbox").detail
    assert (delivery(lost, "inbox").status, delivery(lost, "inbox").detail) == ("failed", "no_template")
    assert [item.id for item in queries.inbox(bad).items] == []


def test_a_message_that_is_not_due_waits() -> None:
    member = make_member()
    with clock.fixed(MOMENT + timedelta(hours=1)):
        say(member)
    with clock.fixed(MOMENT):
        assert tasks.deliver_due(book_of) == 0
    with clock.fixed(MOMENT + timedelta(hours=1)):
        assert tasks.deliver_due(book_of) == 1


def test_a_crash_while_writing_deliveries_leaves_the_message_in_the_outbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = make_member()
    say(member)

    def die(_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.outbox, "settle_messages", die)
        with pytest.raises(RuntimeError, match="killed"):
            tasks.deliver_due(book_of)
    assert not Delivery.objects.exists()
    assert tasks.deliver_due(book_of) == 1
    assert Delivery.objects.filter(channel="inbox", status="sent").count() == 1


def test_workers_claim_only_the_buckets_they_are_given() -> None:
    members = [make_member() for _ in range(8)]
    for member in members:
        say(member)
    mine = [members[0].int & 63]
    expected = sum(1 for member in members if member.int & 63 == mine[0])
    assert tasks.deliver_due(book_of, mine) == expected
    assert Message.objects.filter(due_at__isnull=False).count() == len(members) - expected


def test_several_workers_write_each_message_once() -> None:
    members = [make_member(name=f"m{n}") for n in range(60)]
    for member in members:
        for _ in range(5):
            say(member)
    moved: list[int] = []

    def work() -> None:
        try:
            moved.append(tasks.deliver_due(book_of))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(moved) == 300
    assert Delivery.objects.filter(channel="inbox", status="sent").count() == 300


def test_reading_is_noted_once_and_only_for_the_member_and_messages_named() -> None:
    alice, bob = make_member(), make_member()
    first, _second, of_bob = say(alice), say(alice), say(bob)
    tasks.deliver_due(book_of)
    assert service.mark_read(alice, [first, of_bob]) == 1
    assert service.mark_read(alice, [first]) == 0
    assert (queries.unread(alice), queries.unread(bob)) == (1, 1)
    assert service.mark_read(alice) == 1
    assert (queries.unread(alice), queries.unread(bob)) == (0, 1)
