"""What is offered to whom, in a shop small enough to know it by heart."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.insight.scoring import offering
from regulars.insight.scoring.compute import score
from regulars.insight.scoring.recommend import Offer, measure, offers, wares
from regulars.members.models import Recommendation
from regulars.members.recommending import of_member
from regulars.programme.contracts import Insight
from regulars.warehouse.contracts import Tables
from tests.scoring.tables import tables

TODAY = date(2026, 6, 30)
JOINED = date(2025, 1, 1)
TEA_LOVERS, MILK_LOVERS = range(1, 11), range(12, 21)


def shop() -> Tables:
    """Ten buy tea and cups, nine milk and bread, each thing once a month; 11 has bought tea three times, and no cup."""
    orders: list[tuple[int, str, date, int]] = []
    lines: list[dict[str, Any]] = []

    def buy(member: int, ago: int, *skus: str) -> None:
        day, order = TODAY - timedelta(days=ago), f"{member}-{ago}"
        orders.append((member, order, day, 1_000))
        for sku in skus:
            lines.append(
                {
                    "member": member,
                    "order": order,
                    "day": day,
                    "sku": sku,
                    "name": sku.title(),
                    "quantity": 1_000.0 if sku == "cup" else 1.0,
                    "total_minor": 500,
                }
            )

    for member in TEA_LOVERS:
        for ago in (25, 55, 85):
            buy(member, ago, "tea", "cup")
    for member in MILK_LOVERS:
        for ago in (25, 55, 85):
            buy(member, ago, "milk", "bread")
    for ago in (30, 60, 90):
        buy(11, ago, "tea")
    buy(21, 20, "rare")
    return tables([(n, JOINED) for n in range(1, 23)], orders, lines=lines)


def test_what_is_bought_again_comes_before_what_goes_with_it() -> None:
    found = dict(offers(wares(shop(), TODAY), 3))
    assert found[11] == [Offer("tea", "again"), Offer("cup", "together"), found[11][2]]
    assert found[11][2].reason in ("alike", "popular")
    assert [one.sku for one in found[12][:2]] in (["milk", "bread"], ["bread", "milk"])
    assert {one.reason for one in found[12][:2]} == {"again"}
    assert 21 not in found  # what one member bought is offered to nobody
    assert all(len({one.sku for one in some}) == len(some) for some in found.values())


def test_nothing_sold_offers_nothing() -> None:
    assert list(offers(wares(tables([(1, JOINED)]), TODAY))) == []
    assert measure(tables([(1, JOINED)]), TODAY) is None


def test_what_came_true_is_measured_beside_what_most_buy() -> None:
    """In the last 30 days everybody bought just what they always do: of two offered both are right, of the most popular
    two those of the tea lovers."""
    found = measure(shop(), TODAY, 31, 2)
    assert found is not None
    assert (found.members, found.offered) == (20, pytest.approx(0.975))
    assert found.popular == pytest.approx((10 * 1 + 0.5) / 20)
    few = measure(shop(), TODAY, 31, 2, members_most=3)
    assert few is not None
    assert (few.members, few.offered) == (3, 1.0)


@pytest.mark.django_db
def test_they_are_kept_by_member_and_replaced() -> None:
    people = score(shop(), Insight(), TODAY).people
    assert offering.write(shop(), people, TODAY) == 20
    member = UUID(f"00000000-0000-7000-8000-{11:012x}")
    found = of_member(member, 2)
    assert [(one.rank, one.sku, one.name, one.price_minor, one.reason) for one in found] == [
        (1, "tea", "Tea", 500, "again"),
        (2, "cup", "Cup", None, "together"),
    ]
    offering.write(tables([(1, JOINED)]), people, TODAY)
    assert Recommendation.objects.count() == 0
