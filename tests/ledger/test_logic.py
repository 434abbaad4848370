"""Earning, taking and taking back, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.kit.ids import child_id, member_id, time_id
from regulars.language.calendar import RoundUp
from regulars.language.effects import Credit
from regulars.language.snapshot import Lot, Snapshot
from regulars.ledger.contracts import Asset, Clawback, Expiry
from regulars.ledger.logic import (
    apply_credit,
    apply_take,
    draw_from,
    expire,
    expires_at,
    fill_debts,
    in_order,
    share_of,
    take_back,
    take_from,
    wanted_back,
)
from regulars.ledger.timing import Kind, first_moment

SHANGHAI, BERLIN, NEW_YORK, HAVANA = map(
    ZoneInfo, ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana")
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MANY = settings(max_examples=150, deadline=None, derandomize=True)


@MANY
@given(earned=st.integers(0, 10**9), parts=st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_any_split_of_a_full_refund_adds_up_exactly(earned: int, parts: list[int]) -> None:
    total, refunded, taken = sum(parts), 0, 0
    for part in parts:
        refunded += part
        share = share_of(earned, (refunded, total))
        assert taken <= share <= earned
        if total:
            assert abs(share - earned * refunded / total) <= 0.5 + 1e-6 * earned
        taken = share
    assert taken == (earned if total else 0)


@pytest.mark.parametrize(
    ("expiry", "day", "zone", "moment"),
    [
        (Expiry(days=1), "2026-03-01", SHANGHAI, "2026-03-02T16:00:00"),
        (Expiry(months=1), "2026-01-31", SHANGHAI, "2026-02-28T16:00:00"),
        (Expiry(months=1), "2028-01-31", SHANGHAI, "2028-02-29T16:00:00"),
        (Expiry(months=12), "2028-02-29", SHANGHAI, "2029-02-28T16:00:00"),
        (Expiry(months=12, round=RoundUp.YEAR), "2026-01-01", SHANGHAI, "2027-12-31T16:00:00"),
        (Expiry(months=3, round=RoundUp.QUARTER), "2026-02-10", SHANGHAI, "2026-06-30T16:00:00"),
        (Expiry(months=1, round=RoundUp.MONTH), "2026-01-31", SHANGHAI, "2026-02-28T16:00:00"),
        (Expiry(months=1, days=1), "2026-01-31", SHANGHAI, "2026-03-01T16:00:00"),
        (Expiry(days=28), "2026-03-01", BERLIN, "2026-03-29T22:00:00"),
        (Expiry(days=27), "2026-03-01", BERLIN, "2026-03-28T23:00:00"),
        (Expiry(months=1, round=RoundUp.MONTH), "2026-09-10", BERLIN, "2026-10-31T23:00:00"),
        (Expiry(days=1), "2026-03-07", NEW_YORK, "2026-03-09T04:00:00"),
        (Expiry(days=1), "2026-10-31", NEW_YORK, "2026-11-02T05:00:00"),
        (Expiry(days=1), "2026-03-06", HAVANA, "2026-03-08T05:00:00"),
    ],
)
def test_the_moment_of_expiry(expiry: Expiry, day: str, zone: ZoneInfo, moment: str) -> None:
    assert expires_at(expiry, date.fromisoformat(day), zone) == datetime.fromisoformat(moment).replace(
        tzinfo=UTC
    )


def test_what_never_expires() -> None:
    assert Expiry().never
    assert expires_at(Expiry(round=RoundUp.YEAR), date(2026, 1, 1), SHANGHAI) is None


@MANY
@given(
    amounts=st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
    parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
)
def test_what_goes_back_is_shared_by_largest_remainder(amounts: list[int], parts: list[int]) -> None:
    lots = [lot(amount, None, amount=amount) for amount in amounts]
    total, refunded = sum(parts), 0
    for part in parts:
        refunded += part
        before = [one.reversed for one in lots]
        for one, wanted in zip(lots, wanted_back(lots, (refunded, total)), strict=True):
            assert wanted >= 0
            one.reversed += wanted
        assert sum(one.reversed for one in lots) == share_of(sum(amounts), (refunded, total))
        assert all(was <= one.reversed <= one.amount for was, one in zip(before, lots, strict=True))
    if total:
        assert [one.reversed for one in lots] == amounts


def lot(remaining: int, days: int | None, earned: int = 0, amount: int | None = None) -> Lot:
    at = NOW + timedelta(days=earned)
    ends = None if days is None else NOW + timedelta(days=days)
    return Lot(
        child_id(time_id(at), 1), "points", remaining if amount is None else amount, remaining, at, ends
    )


def test_the_order_of_spending() -> None:
    never, late, soon_young, soon_old = lot(5, None), lot(5, 30), lot(5, 10, earned=2), lot(5, 10, earned=1)
    assert in_order([never, late, soon_young, soon_old]) == [soon_old, soon_young, late, never]
    takes = take_from(in_order([never, late, soon_young, soon_old]), 12)
    assert takes == [(soon_old.id, 5), (soon_young.id, 5), (late.id, 2)]
    assert take_from([never], 9) == [(never.id, 5)]
    assert take_from([never], 0) == []
    assert take_from([lot(-3, None, amount=0), lot(0, 3)], 4) == []


def test_debts_are_filled_first_and_in_order() -> None:
    first, second = lot(-10, None, amount=0), lot(-10, None, earned=1, amount=0)
    assert fill_debts([first, lot(4, 3), second], 15) == [(first.id, 10), (second.id, 5)]
    assert fill_debts([first], 4) == [(first.id, 4)]
    assert fill_debts([lot(4, 3)], 4) == []


def holding(*lots: Lot) -> Snapshot:
    return Snapshot(
        member_id(NOW, "till", "1"),
        balances={"points": sum(one.remaining for one in lots)},
        lots={"points": list(lots)},
    )


def test_what_runs_out_together() -> None:
    a, b, c, empty = lot(1, 5), lot(2, 5, earned=1), lot(3, 6), lot(0, 1, amount=9)
    snapshot = holding(c, b, empty, a)
    assert first_moment(snapshot, {}, NOW + timedelta(days=4, hours=23)) is None
    due = first_moment(snapshot, {}, NOW + timedelta(days=5))
    assert due is not None
    assert (due.at, due.kind, due.asset, due.lots) == (a.expires_at, Kind.END, "points", (a, b))
    take = expire("points", [a, b], NOW)
    apply_take(snapshot, take)
    assert (take.amount, a.expired, a.remaining, b.expired, snapshot.balances) == (3, 1, 0, 2, {"points": 3})


def asset(clawback: Clawback) -> Asset:
    return Asset("points", {"en": "points"}, True, Expiry(), clawback)


@pytest.mark.parametrize(
    ("clawback", "own", "others", "takes", "debt", "waived"),
    [
        (Clawback.DEBT, 100, 50, [100], 0, 0),
        (Clawback.DEBT, 40, 50, [40, 50], 10, 0),
        (Clawback.CAP, 40, 50, [40, 50], 0, 10),
        (Clawback.WAIVE, 40, 50, [40], 0, 60),
        (Clawback.DEBT, 0, 0, [], 100, 0),
        (Clawback.CAP, 0, 0, [], 0, 100),
        (Clawback.WAIVE, 0, 500, [], 0, 100),
    ],
)
def test_taking_back(
    clawback: Clawback, own: int, others: int, takes: list[int], debt: int, waived: int
) -> None:
    mine, other = lot(own, 10, amount=100), lot(others, 5)
    snapshot = holding(mine, other)
    take = take_back(asset(clawback), mine, 100, snapshot, NOW, SHANGHAI)
    assert [units for _, units in take.takes] == takes
    assert (take.debt, take.waived, take.amount) == (debt, waived, sum(takes) + debt)
    take.debt_lot = child_id(time_id(NOW), 7) if debt else None
    apply_take(snapshot, take)
    assert mine.reversed == 100
    assert (
        snapshot.balances["points"]
        == sum(one.remaining for one in snapshot.lots["points"])
        == own + others - take.amount
    )
    assert wanted_back([mine], (500, 500)) == [0]


def test_what_has_expired_is_not_taken_back() -> None:
    mine = lot(0, 10, amount=100)
    mine.expired = 70
    assert wanted_back([mine], (1, 1)) == [30]
    take = take_back(asset(Clawback.DEBT), mine, 30, holding(mine), NOW, SHANGHAI)
    assert (take.amount, take.debt) == (30, 30)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("credit"), st.integers(1, 100)), st.tuples(st.just("spend"), st.integers(1, 150)),
        st.tuples(st.just("back"), st.integers(0, 9)), st.tuples(st.just("expire"), st.integers(1, 40)),
    ),
    max_size=25,
)  # fmt: skip


@MANY
@given(steps=steps, clawback=st.sampled_from(Clawback))
def test_the_balance_is_always_the_sum_of_the_lots(steps: list[tuple[str, int]], clawback: Clawback) -> None:
    snapshot, shares, at = holding(), dict[int, int](), NOW
    made: list[Lot] = []
    entries = 0
    for kind, number in steps:
        at += timedelta(days=1)
        lots = snapshot.lots.setdefault("points", [])
        if kind == "credit":
            ends = at + timedelta(days=20) if number % 2 else None
            fills = fill_debts(lots, number)
            made.append(
                apply_credit(
                    snapshot,
                    Credit("points", number, "r", at, at.date(), ends, child_id(time_id(at), 1), fills),
                )
            )
            entries += number
        elif kind == "spend" and 0 < snapshot.balances["points"] >= number:
            take = draw_from("spend", "points", in_order(lots), number, "r", at)
            assert sum(units for _, units in take.takes) == number
            apply_take(snapshot, take)
            entries -= number
        elif kind == "back" and made:
            mine = made[number % len(made)]
            shares[number % len(made)] = min(shares.get(number % len(made), 0) + 3, 7)
            (wanted,) = wanted_back([mine], (shares[number % len(made)], 7))
            if wanted:
                back = take_back(asset(clawback), mine, wanted, snapshot, at, SHANGHAI)
                back.debt_lot = child_id(time_id(at), 2) if back.debt else None
                apply_take(snapshot, back)
                entries -= back.amount
        elif kind == "expire":
            due = first_moment(snapshot, {}, at + timedelta(days=number))
            if due is not None:
                take = expire("points", due.lots, due.at)
                apply_take(snapshot, take)
                entries -= take.amount
        assert snapshot.balances["points"] == sum(one.remaining for one in lots) == entries
        assert (snapshot.balances["points"] >= 0) or clawback is Clawback.DEBT
        owing = any(one.remaining < 0 for one in lots)
        assert owing == (snapshot.balances["points"] < 0), "who owes has nothing, who has owes nothing"
        for one in lots:
            assert one.expired >= 0
            assert 0 <= one.reversed <= one.amount
            assert one.expired + one.reversed <= one.amount or one.amount == 0
            assert one.remaining <= one.amount
