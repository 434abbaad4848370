"""The movements that a statement is made of: page by page they are the same, and every balance is right."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from regulars.kit import clock
from regulars.ledger import history
from regulars.ledger.history import Moves, gifts_given, gifts_waiting, lapses, moves, ripening
from regulars.ledger.models import Entry
from tests.portal.world import MALL, NOW, command, open_programme, paid, rain, tell, topped_up

pytestmark = pytest.mark.usefixtures("programme", "now")

RAIN = {"phone": "+8613800001234"}


def life() -> UUID:
    """Orders, spendings over several lots, holds, a top-up and payments from both of its sides."""
    me = rain()
    topped_up(RAIN, "T1", "500.00")
    for number in range(1, 8):
        moment = NOW + timedelta(minutes=number)
        with clock.fixed(moment):
            paid(RAIN, f"L{number}", f"{number}0.00", moment)
        with clock.fixed(moment + timedelta(seconds=20)):
            command(me, "spend", "points", 50 * number)
        with clock.fixed(moment + timedelta(seconds=40)):
            command(me, "spend", "wallet", 7_000 + number)
    return me


def pages(member: UUID, assets: tuple[str, ...], size: int) -> list[Moves]:
    found: list[Moves] = []
    cursor = None
    for _ in range(200):
        page = moves(member, assets, cursor, size)
        assert len(page.items) <= size
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("it never ends")


@pytest.mark.parametrize("assets", [("points",), ("cash", "gift_cash"), ("growth", "points")])
def test_every_way_of_paging_shows_the_same(monkeypatch: pytest.MonkeyPatch, assets: tuple[str, ...]) -> None:
    me = life()
    whole = pages(me, assets, 200)
    entries = Entry.objects.filter(member_id=me, asset__in=assets)
    assert sum(part.amount for each in whole for part in each.parts) == sum(entry.amount for entry in entries)
    assert whole[0].after == sum(entry.amount for entry in entries)
    assert whole[-1].before == 0
    for later, earlier in pairwise(whole):
        assert earlier.after == later.before
        assert earlier.event_id < later.event_id
    for size in (1, 3, 5):
        assert pages(me, assets, size) == whole
    monkeypatch.setattr(history, "SCANNED", 6)
    assert pages(me, assets, 4) == whole, "however little is read at a time"


def test_nobody_elses_value_is_read() -> None:
    me = life()
    other = tell("member.joined", {"phone": "+8613900005678"}, "j-o", NOW)
    with clock.fixed(NOW + timedelta(hours=1)):
        gift = command(me, "gift", "points", 50, other)
    stranger = tell("member.joined", {"phone": "+8613700000001"}, "j-s", NOW)
    assert [(one.id, one.units, one.other) for one in gifts_given(me, 10)] == [(gift, 50, other)]
    assert [(one.units, one.until) for one in gifts_waiting(other, 10)] == [(50, NOW + timedelta(hours=25))]
    assert gifts_waiting(me, 10) == gifts_given(other, 10) == []
    assert gifts_given(stranger, 10) == gifts_waiting(stranger, 10) == []
    assert ripening(stranger, ["points"]) == []
    assert [each.after for each in moves(stranger, ["points"]).items] == [100]
    assert moves(stranger, ["cash"]).items == ()


def test_units_that_end_together_say_when() -> None:
    open_programme(MALL)
    me = tell("member.joined", RAIN, "j-mall", NOW)
    assert lapses(me) == {}
    command(me, "credit", "coins", 20)
    assert set(lapses(me)) == {"coins"}
    assert lapses(me)["coins"].isoformat() == "2027-11-30T16:00:00+00:00"
