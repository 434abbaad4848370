"""From the outbox to deliveries."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from regulars.kit import clock
from regulars.messaging import service, tasks
from regulars.messaging.contracts import Template, reason
from regulars.messaging.models import Delivery, Message
from tests.messaging.world import (
    MOMENT,
    OFFER,
    ORDER,
    Book,
    Post,
    book_of,
    delivery,
    inbox_of,
    make_member,
    say,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("post")
def test_without_an_address_mail_is_skipped_saying_so_and_nothing_piles_up() -> None:
    member = make_member()
    say(member)
    assert tasks.deliver_due(book_of) == 1
    assert tasks.deliver_due(book_of) == 0
    assert told(member) == {"inbox": ("sent", ""), "email": ("skipped", "no_address")}
    assert Message.objects.get().due_at is None
    assert not Delivery.objects.exists()
    assert reason("no_address", "zh-hans") == "会员没有邮箱地址"


def test_without_a_mail_server_nothing_waits_for_a_worker_and_the_message_says_so() -> None:
    member = make_member(email="a@example.com")
    say(member)
    assert told(member) == {"inbox": ("sent", ""), "email": ("skipped", "no_mail_server")}
    assert tasks.deliver_due(book_of) == 0
    assert not Delivery.objects.exists()


@pytest.mark.usefixtures("post")
def test_marketing_needs_consent_by_mail_and_obeys_refusal_in_the_inbox() -> None:
    silent, keen, tired = (make_member(email=f"{n}@example.com") for n in "abc")
    service.set_preference(keen, "email", "marketing", True, "join")
    service.set_preference(tired, "inbox", "marketing", False, "portal")
    for member in (silent, keen, tired):
        say(member, OFFER)
    tasks.deliver_due(book_of)
    sent, refused = ("sent", ""), ("skipped", "refused")
    assert told(silent) == {"inbox": sent, "email": refused}
    assert told(keen) == {"inbox": sent, "email": ("sent", "250 Message taken")}
    assert told(tired) == {"inbox": refused, "email": refused}
    assert inbox_of(tired) == []


def test_a_wrong_template_fails_alone_by_mail_and_says_why(post: Post) -> None:
    broken = Template("broken", "service", ("inbox", "email"), {"en": "s"}, {"en": "{{ a | nonsense }}"})
    book = Book(templates={"order_points": ORDER, "broken": broken})
    good, bad, lost = (make_member(email=f"{n}@example.com") for n in "abc")
    say(bad, broken)
    say(good)
    say(lost, OFFER)
    while tasks.deliver_due(lambda _: book):
        pass
    assert delivery(good, "email").status == "sent"
    assert delivery(bad, "email").status == "failed"
    assert "nonsense" in delivery(bad, "email").detail
    assert told(lost, lambda _: book) == {"inbox": ("sent", ""), "email": ("skipped", "no_template")}
    assert len(post.envelopes) == 1
    assert not Message.objects.filter(due_at__isnull=False).exists()


@pytest.mark.usefixtures("post")
def test_a_message_that_is_not_due_waits() -> None:
    member = make_member()
    with clock.fixed(MOMENT + timedelta(hours=1)):
        say(member)
    with clock.fixed(MOMENT):
        assert tasks.deliver_due(book_of) == 0
    with clock.fixed(MOMENT + timedelta(hours=1)):
        assert tasks.deliver_due(book_of) == 1


@pytest.mark.usefixtures("post")
def test_a_crash_while_writing_deliveries_leaves_the_message_in_the_outbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = make_member(email="a@example.com")
    say(member)

    def die(_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.outbox, "settle_messages", die)
        with pytest.raises(RuntimeError, match="killed"):
            tasks.deliver_due(book_of)
    assert not Delivery.objects.exists()
    assert tasks.deliver_due(book_of) == 2, "the message, and its delivery"
    assert delivery(member, "email").status == "sent"


@pytest.mark.usefixtures("post")
def test_workers_claim_only_the_buckets_they_are_given() -> None:
    members = [make_member() for _ in range(8)]
    for member in members:
        say(member)
    mine = [members[0].int & 63]
    expected = sum(1 for member in members if member.int & 63 == mine[0])
    assert tasks.deliver_due(book_of, mine) == expected
    assert Message.objects.filter(due_at__isnull=False).count() == len(members) - expected


def test_several_workers_send_each_message_once(post: Post) -> None:
    members = [make_member(email=f"m{n}@example.com") for n in range(60)]
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
    assert Delivery.objects.filter(channel="email", status="sent", attempts=1).count() == 300
    assert len(post.envelopes) == 300
    assert sum(moved) == 600
