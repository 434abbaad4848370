"""What a points card costs, with the figures that are told of it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.economics import Base, Card, forecast

BILLION = 1_000_000_000_00
"""¥1 billion, in fen."""
MILLION = 1_000_000_00


def card(
    exchange: int = 100, *, good: str = "4/5", base: Base = Base.BUDGET, operations: str = "1/5"
) -> Card:
    """¥1 = 1 point; 30 % redeemed in the first year, 50 % by the second, `good` by the third."""
    curve = (Fraction("3/10"), Fraction("1/2"), Fraction(good))
    return Card(Fraction(1), Fraction(exchange), curve, Fraction(operations), base)


def test_a_billion_of_sales_is_a_billion_points_and_gifts_for_ten_million() -> None:
    (year,) = forecast(card(), [BILLION])
    assert (year.issued, year.most_minor) == (1_000_000_000, 10 * MILLION)
    (dearer,) = forecast(card(150), [BILLION])
    assert dearer.most_minor == 666_666_667, "¥6,666,666.67"


def test_thirty_percent_in_the_first_year_fifty_in_the_second_eighty_when_it_goes_well() -> None:
    years = forecast(card(), [BILLION] * 4)
    assert [year.redeemed for year in years] == [300_000_000, 500_000_000, 800_000_000, 800_000_000]
    assert [year.gifts_minor for year in years] == [3 * MILLION, 5 * MILLION, 8 * MILLION, 8 * MILLION]
    modest = forecast(card(good="3/5"), [BILLION] * 3)
    assert modest[2].gifts_minor == 6 * MILLION


def test_with_a_fifth_for_operations_it_is_one_percent_of_sales() -> None:
    year = forecast(card(), [BILLION] * 3)[2]
    assert (year.operations_minor, year.budget_minor) == (2 * MILLION, 10 * MILLION)
    assert year.share == Fraction(1, 100)
    (first,) = forecast(card(), [BILLION])
    assert (first.gifts_minor, first.budget_minor) == (3 * MILLION, 375_000_000), "¥3.75M"
    (first_on_gifts,) = forecast(card(base=Base.GIFTS), [BILLION])
    assert first_on_gifts.budget_minor == 360_000_000, "¥3.6M"
    on_gifts = forecast(card(base=Base.GIFTS), [BILLION] * 3)[2]
    assert (on_gifts.operations_minor, on_gifts.share) == (160_000_000, Fraction(96, 10_000))


def test_what_has_not_come_back_is_owed_as_far_as_it_will_come() -> None:
    first, second, third = forecast(card(), [BILLION, BILLION, 0])
    assert (first.outstanding, first.exposure_minor, first.liability_minor) == (
        700_000_000,
        7 * MILLION,
        5 * MILLION,
    )
    assert (second.outstanding, second.liability_minor) == (1_200_000_000, 8 * MILLION)
    # Nothing is sold any more, and points still come back: 30 % of the second year's and 20 % of the first's.
    assert (third.issued, third.gifts_minor, third.liability_minor) == (0, 5 * MILLION, 3 * MILLION)
    assert third.share == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"earn": Fraction(0)}, "earn and exchange"),
        ({"exchange": Fraction(-1)}, "earn and exchange"),
        ({"redeemed": ()}, "at least one share"),
        ({"redeemed": (Fraction(1, 2), Fraction(1, 3))}, "none below the one before"),
        ({"redeemed": (Fraction(3, 2),)}, "at most 1"),
        ({"operations": Fraction(1)}, "less than all of it"),
        ({"operations": Fraction(-1)}, "operations must be 0 or more"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    usual = {
        "earn": Fraction(1),
        "exchange": Fraction(100),
        "redeemed": (Fraction(1),),
        "operations": Fraction(0),
    }
    with pytest.raises(ValueError, match=said):
        Card(**{**usual, **wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sales"):
        forecast(card(), [-1])


@given(
    st.lists(st.integers(0, 10**13), min_size=1, max_size=8),
    st.lists(st.fractions(0, 1, max_denominator=100), min_size=1, max_size=5).map(sorted),
)
def test_every_point_came_back_will_come_back_or_never_does(sales: list[int], curve: list[Fraction]) -> None:
    terms = Card(Fraction(1), Fraction(100), tuple(curve), Fraction(1, 5))
    years = forecast(terms, sales)
    issued = sum(Fraction(one, 100) for one in sales)
    last = years[-1]
    back = sum(year.redeemed for year in years)
    assert abs(back + last.outstanding - issued) <= len(sales), "each year is rounded once"
    assert 0 <= last.liability_minor <= last.exposure_minor
