"""What commands do to the books, to the unit."""

import pytest

from tests.engine.world import order, refund, took, who_is
from tests.value.shop import Till, in_order, night, opened


def buyer(total: str = "100.00", when: str = "2026-03-01", order_id: str = "1") -> Till:
    took(order("a", when, total, order_id))
    return Till(who_is("a"))


def test_spending_takes_what_ends_first_and_a_reversal_puts_it_back_there() -> None:
    opened()
    till = buyer("100.00", "2026-03-01", "1")
    buyer("50.00", "2026-04-01", "2")
    spent = till.did("2026-04-02", "spend", "points", 120)
    assert till.lots() == [(100, 0), (50, 30)]
    assert till.has() == (30, 0, 0)
    till.did("2026-04-03", "reverse", spent, 30)
    assert till.lots() == [(100, 10), (50, 50)], "what was taken last goes back first"
    till.did("2026-04-03", "reverse", spent)
    assert till.lots() == [(100, 100), (50, 50)]
    assert till.refused("2026-04-04", "reverse", spent) == "nothing_left"
    in_order()


def test_too_little_is_refused_and_leaves_nothing() -> None:
    opened()
    till = buyer()
    assert till.refused("2026-03-02", "spend", "points", 101) == "insufficient"
    assert till.refused("2026-03-02", "spend", "growth", 1) == "not_spendable"
    assert till.refused("2026-03-02", "spend", "gold", 1) == "asset_unknown"
    assert till.refused("2026-03-02", "spend", "points", 0) == "not_positive"


def test_the_same_key_is_the_same_command_and_another_content_a_conflict() -> None:
    opened()
    till = buyer()
    first = till.do("2026-03-02", "spend", "points", 40, key="same")
    again = till.do("2026-03-03", "spend", "points", 40, key="same")
    assert (first.status, again.status) == ("processed", "duplicate")
    assert again.event_id == first.event_id
    assert again.effects == first.effects
    other = till.do("2026-03-03", "spend", "points", 41, key="same")
    assert other.error is not None
    assert other.error.code == "key_conflict"
    assert till.has() == (60, 0, 0)
    in_order()


def test_a_hold_is_captured_in_parts_and_the_rest_released() -> None:
    opened()
    till = buyer()
    held = till.did("2026-03-02 10:01", "hold", "points", 80)
    assert till.has() == (20, 80, 0)
    assert till.refused("2026-03-02 10:02", "spend", "points", 21) == "insufficient"
    till.did("2026-03-02 10:03", "capture", held, 30)
    assert till.has() == (20, 50, 0)
    assert till.refused("2026-03-02 10:04", "capture", held, 51) == "too_much"
    till.did("2026-03-02 10:05", "release", held)
    assert till.has() == (70, 0, 0)
    assert till.refused("2026-03-02 10:06", "release", held) == "nothing_held"
    assert till.entries() == [
        ("issue", 100), ("hold", -80), ("hold", 30), ("spend", -30), ("hold", 50),
    ]  # fmt: skip
    till.did("2026-03-03", "reverse", held)
    assert till.has() == (100, 0, 0)
    in_order()


def test_a_hold_lapses_at_its_limit() -> None:
    opened()
    till = buyer()
    till.did("2026-03-02 10:00", "hold", "points", 80)
    night("2026-03-03 09:59")
    assert till.has() == (20, 80, 0)
    night("2026-03-03 10:00")
    assert till.has() == (100, 0, 0)
    in_order()


def test_a_lapsed_hold_is_settled_before_the_next_command() -> None:
    opened()
    till = buyer()
    held = till.did("2026-03-02 10:00", "hold", "points", 80)
    late = till.do("2026-03-03 10:00", "capture", held)
    assert late.error is not None
    assert late.error.code == "nothing_held"
    till.did("2026-03-03 10:00", "spend", "points", 100)
    in_order()


def test_held_units_outlive_their_end_and_end_as_they_come_back() -> None:
    opened()
    till = buyer("100.00", "2026-03-01")
    held = till.did("2026-09-30 23:00", "hold", "points", 60)
    night("2026-10-01 01:00")
    assert till.has() == (0, 60, 0), "40 have ended, 60 are held"
    till.did("2026-10-01 02:00", "capture", held, 50)
    till.did("2026-10-01 02:01", "release", held)
    assert till.has() == (0, 0, 0)
    assert till.entries()[-2:] == [("hold", 10), ("expire", -10)]
    in_order()


def test_what_was_spent_on_an_order_comes_back_in_the_share_that_went_back() -> None:
    opened()
    till = buyer("100.00", "2026-03-01", "1")
    took(order("a", "2026-03-05", "30.00", "2"))
    till.did("2026-03-05", "spend", "points", 70, order=("pos", "2"))
    assert till.has() == (60, 0, 0)
    took(refund("a", "2026-03-06", "10.00", "2"))
    assert till.has() == (60 - 10 + 23, 0, 0), "a third of 30 earned goes, a third of 70 spent comes"
    took(refund("a", "2026-03-07", "20.00", "2"))
    assert till.has() == (100, 0, 0)
    assert till.lots() == [(100, 100), (30, 0)]
    in_order()


def test_what_comes_back_after_its_end_is_gone_without_grace() -> None:
    opened()
    till = buyer("100.00", "2026-03-01", "1")
    took(order("a", "2026-09-29", "30.00", "2"))
    till.did("2026-09-29", "spend", "points", 70, order=("pos", "2"))
    night("2026-10-01 00:30")
    took(refund("a", "2026-10-02", "30.00", "2"))
    assert till.has() == (0, 0, 0)
    in_order()


def test_what_comes_back_after_its_end_lives_for_the_grace() -> None:
    opened(points="grace_days: 30")
    till = buyer("100.00", "2026-03-01", "1")
    took(order("a", "2026-09-29", "30.00", "2"))
    till.did("2026-09-29", "spend", "points", 70, order=("pos", "2"))
    night("2026-10-01 00:30")
    took(refund("a", "2026-10-02", "30.00", "2"))
    assert till.has() == (70, 0, 0)
    night("2026-11-01 23:59")
    assert till.has() == (70, 0, 0)
    night("2026-11-02 00:00")
    assert till.has() == (0, 0, 0)
    in_order()


@pytest.mark.parametrize(("clawback", "left"), [("debt", -20), ("cap", 0), ("waive", 0)])
def test_a_reversed_credit_that_was_spent_follows_the_clawback(clawback: str, left: int) -> None:
    opened(clawback=clawback)
    till = buyer("10.00")
    given = till.did("2026-03-02", "credit", "points", 50)
    till.did("2026-03-02", "spend", "points", 30)
    till.did("2026-03-03", "reverse", given, 40)
    assert till.has() == ({"debt": -10, "cap": 0, "waive": 0}[clawback], 0, 0)
    till.did("2026-03-03", "reverse", given)
    assert till.has() == (left, 0, 0)
    assert till.refused("2026-03-03", "reverse", given) == "nothing_left"
    in_order()


def test_a_floor_bounds_what_is_owed() -> None:
    opened(points="floor: -15")
    till = buyer("10.00")
    given = till.did("2026-03-02", "credit", "points", 50)
    till.did("2026-03-02", "spend", "points", 60)
    till.did("2026-03-03", "reverse", given)
    assert till.has() == (-15, 0, 0)
    in_order()


def test_adjusting_down_to_zero_and_no_further() -> None:
    opened()
    till = buyer("10.00")
    up = till.did("2026-03-02", "adjust", "points", 5)
    down = till.did("2026-03-02", "adjust", "points", -12)
    assert till.has() == (3, 0, 0)
    assert till.refused("2026-03-02", "adjust", "points", -4) == "insufficient"
    assert till.refused("2026-03-02", "adjust", "points", 0) == "no_change"
    till.did("2026-03-03", "reverse", down)
    till.did("2026-03-03", "reverse", up)
    assert till.has() == (10, 0, 0)
    in_order()


def test_adjusted_growth_moves_the_level() -> None:
    opened()
    took(order("a", "2026-03-01", "200.00", "1"))
    till = Till(who_is("a"))
    outcome = till.do("2026-03-02", "adjust", "growth", 60)
    assert outcome.tiers["level"]["level"] == "gold"
    assert outcome.event_id is not None
    back = till.do("2026-03-03", "reverse", outcome.event_id)
    assert back.tiers["level"]["level"] == "basic"
    in_order()


def test_a_correction_comes_to_what_was_meant() -> None:
    opened()
    till = buyer("10.00")
    given = till.did("2026-03-02", "credit", "points", 50)
    till.did("2026-03-02", "correct", given, 80)
    assert till.lots() == [(10, 10), (80, 80)]
    till.did("2026-03-02", "correct", given, 60)
    assert till.has() == (70, 0, 0)
    assert till.refused("2026-03-02", "correct", given, 60) == "no_change"
    spent = till.did("2026-03-03", "spend", "points", 20)
    more = till.did("2026-03-03", "correct", spent, 45)
    assert till.has() == (25, 0, 0)
    assert till.refused("2026-03-03", "correct", spent, 40) == "nothing_left"
    till.did("2026-03-03", "correct", more, 5)
    assert till.has() == (65, 0, 0)
    assert till.refused("2026-03-03", "correct", more, 71) == "insufficient"
    till.did("2026-03-03", "reverse", more)
    assert till.has() == (70, 0, 0)
    in_order()


def test_ending_before_the_time() -> None:
    opened()
    till = buyer("100.00", "2026-03-01", "1")
    buyer("50.00", "2026-05-01", "2")
    till.did("2026-05-02", "end", "points", 120)
    assert till.lots() == [(100, 0), (50, 30)]
    till.did("2026-05-02", "end", "points")
    assert till.has() == (0, 0, 0)
    assert till.refused("2026-05-02", "end", "points") == "insufficient"
    in_order()


def test_converting_at_the_rate_within_the_day() -> None:
    opened()
    till = buyer("2500.00")
    done = till.did("2026-03-02", "convert", "exchange", 900)
    assert (till.has(), till.has("coins")) == ((1600, 0, 0), (9, 0, 0))
    assert till.refused("2026-03-02", "convert", "exchange", 200) == "daily_limit"
    assert till.refused("2026-03-02", "convert", "exchange", 150) == "not_a_multiple"
    till.did("2026-03-02", "convert", "exchange", 100)
    assert till.refused("2026-03-02", "convert", "nothing", 100) == "conversion_unknown"
    till.did("2026-03-03", "reverse", done)
    assert (till.has(), till.has("coins")) == ((2400, 0, 0), (1, 0, 0))
    in_order()


def test_a_conversion_whose_gain_was_used_stays() -> None:
    opened()
    till = buyer("500.00")
    done = till.did("2026-03-02", "convert", "exchange", 300)
    till.did("2026-03-02", "spend", "coins", 1)
    assert till.refused("2026-03-03", "reverse", done) == "used_meanwhile"


def test_idle_value_ends_together_and_activity_keeps_it() -> None:
    opened()
    till = buyer("10.00")
    till.did("2026-03-02", "credit", "coins", 5)
    till.did("2026-04-20", "credit", "coins", 5)
    night("2026-06-03")
    till.did("2026-07-19", "spend", "coins", 1)
    night("2026-10-19 23:59")
    assert till.has("coins") == (9, 0, 0)
    night("2026-10-20 00:00")
    assert till.has("coins") == (0, 0, 0)
    in_order()
