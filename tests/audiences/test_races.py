"""Filling and events beside each other leave everybody where the condition puts them."""

import threading

import pytest
from django.db import connection, connections, transaction

from regulars.audiences import filling, queries
from regulars.audiences.contracts import Kind, Phase, Wish
from regulars.engine import audiences, ready
from regulars.engine.following import follow_all, follow_due
from regulars.engine.ready import SHARE
from regulars.events.models import Event
from regulars.kit import clock
from regulars.language.condition import parse_condition
from regulars.programme.service import current
from regulars.programme.vocabulary import fields_for
from tests.engine.world import fresh, order, refund, shop, today, took, who_is

BIG = {"field": "orders.spend", "op": "gte", "value": 100}


@pytest.mark.django_db(transaction=True)
def test_filling_waits_for_whoever_decided_before() -> None:
    fresh(shop())
    held, done = threading.Event(), threading.Event()

    def decide() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SHARE, [ready.DECIDING])
            held.set()
            done.wait(30)
        connections.close_all()

    with today("2026-03-01"):
        other = threading.Thread(target=decide)
        other.start()
        held.wait(30)
        audiences.create("big", Wish({"en": "Big"}, Kind.RULE, BIG), "console", "op@x.cn")
        batches = ready.under_way()
        assert len(batches) == 1
        assert not ready.over(batches, seconds=0.05)
        done.set()
        other.join()
        assert ready.over(batches, seconds=5)
        follow_all()
        assert queries.get("big").phase is Phase.SETTLED


@pytest.mark.django_db
def test_what_an_event_changes_while_everybody_is_filled_is_put_right() -> None:
    fresh(shop())
    with today("2026-03-01"):
        took(order("1", "2026-03-01", 100, "a"), order("2", "2026-03-01", 100, "b"))
        audiences.create("big", Wish({"en": "Big"}, Kind.RULE, BIG), "console", "op@x.cn")
        while queries.get("big").phase is not Phase.CHECKING:
            assert follow_due()
        took(refund("1", "2026-03-01", 50, "a"))
        # The filling that had looked before the refund writes after it.
        programme = current()
        before = parse_condition({**BIG, "value": 50}, fields_for(programme, None))
        asked = audiences.where(before, programme, clock.now())
        filling.enter("big", asked, range(64), clock.now())
        assert queries.among("big", [who_is("1"), who_is("2")]) == {who_is("1"), who_is("2")}
        follow_all()
        assert queries.among("big", [who_is("1"), who_is("2")]) == {who_is("2")}
        assert queries.get("big").members == 1
    (review,) = Event.objects.filter(type="audience.reviewed")
    assert review.member_id == who_is("1")
    assert review.effects == [{"kind": "audience", "rule": "", "audience": "big", "enters": False}]
