"""Books in order are said to be in order, whatever happened; and each identity that is broken is found and named."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from regulars.engine import operations
from regulars.engine.operations import Request
from regulars.ledger.models import Balance, Draw, Entry, Lot
from regulars.ledger.reconcile import SHOWN, Difference, Reconciled, reconcile
from regulars.ledger.reconcile_words import CHECKS
from tests.engine.world import EARN, balances, fresh, joined, order, refund, shop, today, took, who_is
from tests.owner import as_owner

SPENDS = (
    EARN
    + """\
  - id: gift
    name: A present for 30 points
    on: visit
    then:
      - debit: {asset: points, amount: 30}
"""
)


def visit(who: str, when: str) -> dict[str, Any]:
    return {**joined(who, when), "type": "visit"}


@pytest.fixture
def lived(db: None) -> UUID:  # noqa: ARG001
    """A house with purchases, spending, refunds, expiry and a debt; Ann, who earned, spent and holds."""
    fresh(shop(SPENDS, expires="{months: 6, round: month}"))
    with today("2026-11-20 12:00"):
        took(
            joined("ann", "2026-01-05"),
            order("ann", "2026-01-10", 100, "a1"),
            order("ann", "2026-09-10", 80, "a2"),
        )
        took(visit("ann", "2026-09-12"), refund("ann", "2026-09-20", "20.00", "a2", data={"refund_id": "r1"}))
        took(joined("bo", "2026-10-05"), order("bo", "2026-10-10", 40, "b1"), visit("bo", "2026-10-11"))
        took(refund("bo", "2026-10-12", "40.00", "b1", data={"refund_id": "r2"}))
    return who_is("ann")


def run(*statements: str) -> Reconciled:
    """What is found after `statements`, which write where only the owner may."""
    with as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return reconcile()


def found(result: Reconciled) -> set[str]:
    return {each.check for each in result.differences}


def test_a_house_that_has_lived_is_in_order(lived: UUID) -> None:
    assert balances("bo")["points"] == -30
    assert Entry.objects.filter(member_id=lived, account="expire").exists()
    result = reconcile()
    assert result.differences == ()
    assert result.ok
    assert result.checked["entries"] == Entry.objects.count()
    assert result.checked["effects"] > 5
    assert all(sum(accounts.values()) == 0 for accounts in result.house.values())
    assert reconcile().ok


def test_nothing_is_in_order(db: None) -> None:  # noqa: ARG001
    result = reconcile()
    assert result.ok
    assert set(result.checked.values()) == {0}


BALANCE = "UPDATE ledger_balance SET {} WHERE member_id = 'ANN' AND asset = 'points'"
LOT = (
    "UPDATE ledger_lot SET {} WHERE id = (SELECT id FROM ledger_lot WHERE member_id = 'ANN' AND remaining > 1"
    " AND asset = 'points' ORDER BY id LIMIT 1)"
)
ENTRY = (
    "UPDATE ledger_entry SET {} WHERE id = (SELECT min(id::text)::uuid FROM ledger_entry WHERE member_id = 'ANN'"
    " AND account = '{}' AND asset = 'points')"
)
EVENT = "UPDATE events_event SET effects = {} WHERE member_id = 'ANN' AND type = 'visit'"
DRAW = "UPDATE ledger_draw SET {} WHERE member_id = 'ANN'"

BROKEN: dict[str, tuple[str, set[str]]] = {
    "a balance": (BALANCE.format("balance = balance + 1"), {"balance", "house"}),
    "earned": (BALANCE.format("earned = earned + 1"), {"earned"}),
    "spent": (BALANCE.format("spent = spent + 1"), {"spent"}),
    "expired": (BALANCE.format("expired = expired - 1"), {"expired"}),
    "reversed": (BALANCE.format("reversed = reversed + 1"), {"reversed"}),
    "moved": (BALANCE.format("moved = moved + 1"), {"moved"}),
    "held": (BALANCE.format("held = held + 1"), {"held", "house"}),
    "pending": (BALANCE.format("pending = pending + 1"), {"pending", "house"}),
    "no due": (BALANCE.format("due_at = NULL"), {"due"}),
    "late due": (BALANCE.format("due_at = '2030-01-01'"), {"due"}),
    "no balance": (
        "DELETE FROM ledger_balance WHERE member_id = 'ANN' AND asset = 'growth'",
        {"balance", "earned", "reversed", "house"},
    ),
    "remaining": (LOT.format("remaining = remaining - 1"), {"lots", "lot_remaining"}),
    "too much remains": (LOT.format("remaining = amount + 1"), {"lots", "lot", "lot_remaining"}),
    "lot held": (LOT.format("held = held + 1"), {"lots_held", "draws_held", "lot_held", "lot_drawn"}),
    "lot pending": (
        LOT.format("pending = pending + 1, remaining = remaining - 1"),
        {"lots", "lots_pending", "lot_pending", "lot_remaining"},
    ),
    "lot amount": (LOT.format("amount = amount + 1"), {"lot_amount"}),
    "lot expired": (
        LOT.format("expired = expired + 1, remaining = remaining - 1"),
        {"lots", "lot_expired", "lot_remaining"},
    ),
    "less than nothing": (LOT.format("reversed = -1"), {"lot"}),
    "a lot gone": (
        "DELETE FROM ledger_lot WHERE member_id = 'ANN' AND asset = 'growth' AND amount = 80",
        {"lots", "lot_amount", "lot_remaining"},
    ),
    "an entry more": (
        ENTRY.format("amount = amount - 1", "spend"),
        {"balance", "lots", "spent", "house", "effects", "draw_taken", "lot_remaining"},
    ),
    "another account": (
        ENTRY.format("account = 'bribe'", "spend"),
        {"account", "spent", "effects", "draw_taken"},
    ),
    "another lot": (ENTRY.format("lot_id = id", "expire"), {"lot_expired", "lot_remaining"}),
    "a gift to nobody": (ENTRY.format("account = 'gift'", "spend"), {"spent", "moved", "gifts", "effects"}),
    "an effect gone": (EVENT.format("'[]'"), {"effects"}),
    "an effect changed": (EVENT.format("replace(effects::text, '30', '31')::json"), {"effects"}),
    "an effect twice": (
        EVENT.format("(rtrim(effects::text, ']') || ',' || ltrim(effects::text, '['))::json"),
        {"effects"},
    ),
    "not a number": (EVENT.format("replace(effects::text, '30', '\"many\"')::json"), {"effects"}),
    "no list": (EVENT.format("'{}'"), {"effects"}),
    "no effects at all": (EVENT.format("'[1]'"), {"unreadable"}),
    "a draw's part": (DRAW.format("used[1] = used[1] - 1"), {"draw_taken"}),
    "a draw's lot": (DRAW.format("lots[1] = id"), {"draw_taken"}),
    "an open draw": (DRAW.format("open = 1"), {"draw"}),
    "a part gone": (DRAW.format("returned = '{}'"), {"draw"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named(lived: UUID, name: str) -> None:
    statement, checks = BROKEN[name]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement.replace("ANN", str(lived)))
        assert cursor.rowcount == 1
    result = reconcile()
    assert not result.ok
    assert found(result) == checks
    assert result.count == len(result.differences)
    for each in result.differences:
        assert each.member_id == (None if each.check in {"house", "gifts", "unreadable"} else lived)


def test_a_difference_says_what_was_expected_where(lived: UUID) -> None:
    before = Balance.objects.get(member_id=lived, asset="points").balance
    result = run(f"UPDATE ledger_balance SET balance = 999 WHERE member_id = '{lived}' AND asset = 'points'")
    assert [each for each in result.differences if each.member_id] == [
        Difference("balance", lived, "points", before, 999)
    ]
    lot = Lot.objects.filter(member_id=lived, asset="growth").order_by("id").first()
    assert lot is not None
    result = run(
        f"UPDATE ledger_balance SET balance = {before} WHERE member_id = '{lived}' AND asset = 'points'",
        f"UPDATE ledger_lot SET amount = amount + 5 WHERE id = '{lot.id}'",
    )
    assert result.differences == (
        Difference("lot_amount", lived, "growth", lot.amount, lot.amount + 5, f"lot {lot.id}"),
    )


def test_lots_that_trade_places_are_found_though_every_sum_is_right(lived: UUID) -> None:
    """Fingerprints see what sums do not."""
    one, two = Lot.objects.filter(member_id=lived, asset="growth").order_by("id")[:2]
    assert one.amount != two.amount
    result = run(
        *(
            f"UPDATE ledger_lot SET amount = {other.amount}, remaining = {other.remaining}, reversed = {other.reversed}"
            f" WHERE id = '{lot.id}'"
            for lot, other in ((one, two), (two, one))
        )
    )
    assert [(each.check, each.where) for each in result.differences] == [
        ("lot_amount", f"lot {one.id}"),
        ("lot_remaining", f"lot {one.id}"),
        ("lot_amount", f"lot {two.id}"),
        ("lot_remaining", f"lot {two.id}"),
    ]


def test_an_entry_of_another_event_is_found_though_every_sum_is_right(lived: UUID) -> None:
    entry = Entry.objects.get(member_id=lived, account="spend")
    moved = UUID(int=entry.id.int + (1 << 12))
    Draw.objects.filter(member_id=lived).delete()
    result = run(f"UPDATE ledger_entry SET id = '{moved}' WHERE id = '{entry.id}'")
    assert found(result) == {"effects"}
    assert {(each.expected, each.found) for each in result.differences} == {(-30, 0), (0, -30)}


def test_a_topup_paid_back_twice(lived: UUID) -> None:
    result = run(
        "INSERT INTO ledger_topup (member_id, source, topup_id, bucket, event_id, wallet, principal, bonus,"
        " principal_back, bonus_back, refunds, time)"
        f" VALUES ('{lived}', 'pay', 't1', 0, '{lived}', 'wallet', 100, 10, 200, 0, '{{r1,r2}}', now())"
    )
    assert [(each.check, each.expected, each.found) for each in result.differences] == [("topup", 110, 200)]


def test_many_differences_are_counted_and_the_first_told(db: None) -> None:  # noqa: ARG001
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_balance (member_id, asset, bucket, balance, earned, spent, expired, reversed, moved,"
            " held, pending) SELECT gen_random_uuid(), 'points', 0, 1, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 250)"
        )
    result = reconcile()
    assert len(result.differences) == SHOWN
    assert result.count == 251
    assert found(result) == {"balance", "house"}


def test_every_check_has_words() -> None:
    told = {check for _, checks in BROKEN.values() for check in checks} | {"draws_held", "topup"}
    assert told <= set(CHECKS)
    for text in CHECKS.values():
        assert set(text) == {"zh-hans", "zh-hant", "en"}


def test_every_operation_leaves_the_books_in_order(db: None) -> None:  # noqa: ARG001
    """Held, captured, released, spent, taken back meanwhile, given back, gifted, adjusted, corrected, ended."""
    gifts = "clawback: debt, gifts: {least: 1, most: 1000, revoke_hours: 24}}\n  growth"
    fresh(shop(EARN).replace("clawback: debt}\n  growth", gifts))
    keys = count(1)

    def asked(member: UUID) -> Request:
        return Request(member, "till", f"k{next(keys)}", by="alice", reason="a test")

    with today("2026-03-01 09:00"):
        took(
            joined("ann", "2026-01-05"),
            order("ann", "2026-01-10", 100, "a1"),
            order("ann", "2026-02-10", 50, "a2"),
        )
        took(joined("bo", "2026-01-05"))
        ann, bo = who_is("ann"), who_is("bo")
        held = operations.hold(asked(ann), "points", 40)
        operations.capture(asked(ann), held.event_id, 15)
        operations.release(asked(ann), held.event_id, 10)
        spent = operations.spend(asked(ann), "points", 60, order=("pos", "o9"))
        took(refund("ann", "2026-03-01 08:59", "100.00", "a1", data={"refund_id": "r"}))
        assert reconcile().differences == ()
        operations.reverse(asked(ann), spent.event_id, 60)
        gift = operations.gift(asked(ann), "points", 5, bo)
        assert reconcile().differences == ()
        operations.adjust(asked(bo), "points", 20)
        given = operations.credit(asked(bo), "points", 30)
        operations.correct(asked(bo), given.event_id, 50)
        assert reconcile().differences == ()
        operations.correct(asked(bo), given.event_id, 10)
        less = operations.adjust(asked(bo), "points", -12)
        operations.reverse(asked(bo), less.event_id)
        operations.end(asked(bo), "points", 3)
        operations.revoke(asked(ann), gift.event_id, bo)
        result = reconcile()
    assert result.differences == ()
    assert Draw.objects.filter(open__gt=0).count() == 1
    assert result.house["points"]["held"] == 15
    assert result.house["points"].get("gift", 0) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_draw SET until = '2026-03-01T10:00Z' WHERE open > 0")
        cursor.execute("UPDATE ledger_balance SET due_at = '2026-03-02T10:00Z' WHERE due_at IS NOT NULL")
    assert ("due", "points") in {(each.check, each.asset) for each in reconcile().differences}


def test_what_a_correction_raised_is_bounded_by_its_entries(db: None) -> None:  # noqa: ARG001
    fresh(shop(EARN))
    with today("2026-03-01 09:00"):
        took(joined("ann", "2026-01-05"))
        ann = who_is("ann")
        given = operations.credit(Request(ann, "till", "k1"), "points", 30)
        operations.correct(Request(ann, "till", "k2"), given.event_id, 50)
    [lot] = Lot.objects.filter(member_id=ann)
    assert (lot.amount, lot.remaining) == (50, 50)
    assert reconcile().ok
    for wrong in (51, 29):
        result = run(f"UPDATE ledger_lot SET amount = {wrong} WHERE id = '{lot.id}'")
        assert ("lot_amount", 30, wrong) in {
            (each.check, each.expected, each.found) for each in result.differences
        }
