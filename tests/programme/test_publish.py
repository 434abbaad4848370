"""Publishing: a version for every text, none twice, none half."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection

from regulars.engine.doors import receive
from regulars.events.models import Event
from regulars.programme.loader import InvalidProgramme
from regulars.programme.models import Version
from regulars.programme.service import NotPublished, UnknownVersion, current, publish, version
from tests.engine.world import EARN, event, joined, moved, order, post, shop, tables, took


@pytest.mark.django_db
def test_the_same_text_again_is_the_same_version() -> None:
    first = publish(shop(), "alice")
    before = tables()
    assert publish(shop(), "bob").number == first.number == 1
    assert moved(before) == {}
    assert publish(shop(""), "bob").number == 2
    assert publish(shop(), "bob").number == 3
    assert list(Version.objects.order_by("number").values_list("published_by", flat=True)) == [
        "alice",
        "bob",
        "bob",
    ]


@pytest.mark.django_db
def test_a_faulty_text_publishes_nothing() -> None:
    before = tables()
    with pytest.raises(InvalidProgramme):
        publish("programme: x", "alice")
    assert moved(before) == {}
    with pytest.raises(NotPublished):
        current()
    with pytest.raises(UnknownVersion):
        version(7)
    with pytest.raises(NotPublished):
        receive(b'{"id": "1"}', "api", "en")


@pytest.mark.django_db
def test_events_remember_their_version() -> None:
    publish(shop(), "alice")
    one = order("a", "2026-03-01", 10, "1", id="x")
    first = took(one)[0]
    publish(shop(EARN.replace("消费得积分", "新名").replace("Points for purchases", "New name")), "alice")
    took(order("a", "2026-03-01", 10, "2"))
    assert sorted(Event.objects.filter(type="order.paid").values_list("data__order_id", "version")) == [
        ("1", 1),
        ("2", 2),
    ]
    again = post(one)[0]
    assert {**again, "status": "processed"} == first
    assert again["effects"][0]["reason"] == "Points for purchases"


@pytest.mark.django_db
def test_the_next_event_follows_the_new_version() -> None:
    publish(shop(), "alice")
    took(joined("a", "2026-03-01"))
    assert took(event("checkin", "a", "2026-03-01"))[0]["effects"] == []
    publish(
        shop(
            EARN.replace("on: order.paid", "on: checkin").replace("for_each: 1, of: event.total", "amount: 3")
        ),
        "alice",
    )
    assert took(event("checkin", "a", "2026-03-01"))[0]["balances"] == {"points": 3, "growth": 3}


@pytest.mark.django_db(transaction=True)
def test_publishers_at_the_same_time() -> None:
    texts = [shop(EARN.replace("for_each: 1,", f"for_each: {1 + n % 4},")) for n in range(8)]
    start = Barrier(8)

    def run(text: str) -> int:
        start.wait()
        try:
            return publish(text, "tests").number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(run, texts))
    versions = dict(Version.objects.values_list("number", "source"))
    assert sorted(versions) == list(range(1, len(versions) + 1))
    for number, text in zip(numbers, texts, strict=True):
        assert versions[number] == text, "everybody got the version of their own text"
    latest = [versions[number] for number in sorted(versions)]
    assert all(a != b for a, b in pairwise(latest)), "no text twice in a row"
