"""RFM, lifecycle, layers and preferences of small histories, exactly."""

from datetime import date, timedelta
from typing import Any

import pytest

from regulars.insight.scoring import preferences, rfm, stages
from regulars.insight.scoring.calibration import calibrate
from regulars.insight.scoring.compute import score
from regulars.programme.contracts import Insight, LayerTerms, RfmBounds, RfmTerms
from regulars.warehouse.contracts import Tables
from tests.scoring.tables import tables

TODAY = date(2026, 6, 30)
JOINED = date(2024, 1, 1)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def read(expression: Any, *names: str) -> dict[int, tuple[Any, ...]]:
    rows = expression.to_pyarrow().to_pylist()
    return {row["member"]: tuple(row[name] for name in names) for row in rows}


def test_every_pair_of_scores_is_in_one_group() -> None:
    for recency in range(1, 6):
        for both in range(1, 6):
            found = [name for name, (r, fm) in rfm.GROUPS.items() if recency in r and both in fm]
            assert found == [rfm.group_of(recency, both)]


def fifths() -> Tables:
    """Ten members: the n-th was here 10n days ago, n orders of 100·n."""
    orders = [(n, f"{n}-{k}", ago(10 * n + k), 100 * n) for n in range(1, 11) for k in range(n)]
    return tables([(n, JOINED) for n in range(1, 12)], orders)


def test_scores_by_rank_are_fifths() -> None:
    found = read(rfm.scored(fifths(), RfmTerms(), TODAY), "recency", "frequency", "monetary")
    assert found == {
        1: (5, 1, 1), 2: (5, 1, 1), 3: (4, 2, 2), 4: (4, 2, 2), 5: (3, 3, 3),
        6: (3, 3, 3), 7: (2, 4, 4), 8: (2, 4, 4), 9: (1, 5, 5), 10: (1, 5, 5),
    }  # fmt: skip


def test_who_is_alike_scores_alike() -> None:
    everybody_once = tables([(n, JOINED) for n in range(8)], [(n, f"{n}", TODAY, 500) for n in range(8)])
    found = read(rfm.scored(everybody_once, RfmTerms(), TODAY), "recency", "frequency", "monetary", "group")
    assert set(found.values()) == {(5, 1, 1, "new")}


def test_scores_by_bounds_of_ones_own_and_a_window() -> None:
    terms = RfmTerms(90, RfmBounds((7, 15, 30, 60), (2, 3, 4, 5), (1_000, 2_000, 3_000, 4_000)))
    shop = tables(
        [(n, JOINED) for n in (1, 2, 3)],
        [
            (1, "a", ago(7), 1_000),
            (1, "b", ago(8), 1_000),
            (2, "c", ago(61), 4_000),
            (3, "d", ago(90), 9_000),
        ],
    )
    found = read(rfm.scored(shop, terms, TODAY), "recency", "frequency", "monetary", "both", "group")
    assert found == {1: (5, 2, 3, 3, "potential"), 2: (1, 1, 5, 3, "at_risk")}


def test_what_went_back_does_not_count() -> None:
    shop = tables(
        [(1, JOINED), (2, JOINED)],
        [(1, "a", ago(9), 1_000), (1, "b", ago(3), 2_000), (2, "c", ago(1), 500)],
        [(1, "b", ago(2), 1_500), (1, "b", ago(1), 500), (1, "a", ago(1), 400), (2, "c", ago(0), 500)],
    )
    found = read(rfm.scored(shop, RfmTerms(), TODAY), "recency_days", "orders", "spend_minor")
    assert found == {1: (9, 1, 600)}
    before = read(rfm.scored(shop, RfmTerms(), ago(1)), "recency_days", "orders", "spend_minor")
    assert before == {1: (8, 1, 600), 2: (0, 1, 500)}


def test_stages_at_their_borders() -> None:
    def shopper(number: int, *days: int) -> list[tuple[int, str, date, int]]:
        return [(number, f"{number}-{day}", ago(day), 100) for day in days]

    shop = tables(
        [(n, JOINED) for n in (*range(1, 12), 13, 14)] + [(12, TODAY + timedelta(days=1))],
        [
            *shopper(1, 30),
            *shopper(2, 31),
            *shopper(3, 60, 100, 140, 180, 220, 260),
            *shopper(4, 61, 100),
            *shopper(5, 120),
            *shopper(6, 121),
            *shopper(7, 240),
            *shopper(8, 241),
            *shopper(9, 5, 126),
            *shopper(10, 5, 125),
            *shopper(13, 60, 181),
            *shopper(14, 2, 40, 170, 300),
        ],
    )
    found = read(stages.placed(shop, Insight(), TODAY), "stage")
    assert {number: stage for number, (stage,) in found.items()} == {
        1: "new", 2: "active", 3: "loyal", 4: "at_risk", 5: "at_risk", 6: "sleeping", 7: "sleeping", 8: "lost",
        9: "won_back", 10: "active", 11: "prospect", 13: "won_back", 14: "won_back",
    }  # fmt: skip


def test_layers_by_share_and_by_spend() -> None:
    shop = tables(
        [(n, JOINED) for n in range(1, 8)],
        [(n, f"{n}", ago(5), 1_000 * n) for n in range(1, 6)] + [(6, "6", ago(90), 99_000)],
    )
    by_share = read(stages.placed(shop, Insight(), TODAY), "layer")
    assert {n: layer for n, (layer,) in by_share.items()} == {
        1: "active", 2: "active", 3: "active", 4: "active", 5: "high", 6: "basic", 7: "basic",
    }  # fmt: skip
    by_spend = Insight(layers=LayerTerms(None, 4_000))
    found = read(stages.placed(shop, by_spend, TODAY), "layer")
    assert [n for n, (layer,) in sorted(found.items()) if layer == "high"] == [4, 5]


def line(member: int, order: str, sku: str, total: int, quantity: float = 1, **more: str) -> dict[str, Any]:
    return {
        "member": member, "order": order, "day": ago(5), "sku": sku, "quantity": quantity, "total_minor": total, **more,
    }  # fmt: skip


def test_favourites_by_spend_and_the_name_where_equal() -> None:
    shop = tables(
        [(1, JOINED)],
        [(1, "a", ago(5), 100), (1, "b", ago(5), 100)],
        [(1, "b", ago(4), 100)],
        [
            line(1, "a", "t", 300, category="tea", brand="Lao"),
            line(1, "a", "c", 300, category="cake", brand=""),
            line(1, "b", "m", 900, category="milk", brand="Nai"),
        ],
    )
    found = preferences.favourites(shop, TODAY)
    assert read(found["favourite_category"], "label", "share") == {1: ("cake", 0.5)}
    assert read(found["favourite_brand"], "label", "share") == {1: ("Lao", 1.0)}
    assert read(found["favourite_hours"], "label", "share") == {1: ("noon", 1.0)}


def test_discounts_are_seen_by_the_prices_themselves() -> None:
    """Tea is usually 10.00; 9.50 is the highest price that counts as a discount. Cake has too few lines to say."""
    dear = [line(2, "b", "tea", 1_000) for _ in range(6)]
    cheap = [line(1, "a", "tea", total, quantity) for total, quantity in
             ((950, 1), (1_900, 2), (951, 1), (1_000, 1), (1_000, 1))]  # fmt: skip
    shop = tables(
        [(1, JOINED), (2, JOINED), (3, JOINED)],
        [(1, "a", ago(5), 100), (2, "b", ago(5), 100), (3, "c", ago(5), 100)],
        lines=[*dear, *cheap, line(3, "c", "cake", 100), line(3, "c", "tea", 500)],
    )
    found = read(preferences.discounts(shop, TODAY), "share")
    assert found == {1: (pytest.approx(2_850 / 5_801),), 2: (0.0,)}


@pytest.mark.parametrize(
    "shop",
    [
        tables([]),
        tables([(1, JOINED)]),
        tables([(1, JOINED)], [(1, "a", TODAY, 0)]),
        tables([(1, JOINED)], [(1, "a", ago(3), 100)], [(1, "a", TODAY, 100)]),
        tables([(n, JOINED) for n in range(50)], [(n, f"{n}", ago(n), 100) for n in range(50)]),
    ],
    ids=["nobody", "no order", "for nothing", "all returned", "one order each"],
)
def test_too_little_to_go_by_gives_no_number_rather_than_a_wrong_one(shop: Tables) -> None:
    scored = score(shop, Insight(), TODAY)
    for name in ("alive", "expected_orders", "clv", "rhythm", "usual_gap", "discount_share"):
        assert not scored.columns[name].given.any(), name
    assert all(scored.people.words["stage"] != "")
    assert scored.fit["calibration"] is None
    assert calibrate(shop, TODAY) is None
